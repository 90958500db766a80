"""Offices in a channel, as clients change them: MINIMIZE, who stands in for a nation, who its admins are (SPEC 6.4, 8.13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs

from coalchat.api.deadlines import ChangeAdmins, NameDeputy, OrderMinimize
from coalchat.api.nouns import Channel
from coalchat.errors import Ambiguous, NotAuthorised, UnknownDevice, UsageError
from coalchat.node.answers.naming import MIN_DEVICE, find_channel
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.deputies import NOBODY, make_deputy
from coalchat.node.journal import Finding
from coalchat.node.noticing import current_minimize, for_all, make_notice
from coalchat.node.restating import order_of_minimize, state_anew
from coalchat.node.sending import Sending
from protocol.base.limits import MAX_ADMINS
from protocol.base.records import evolve
from protocol.base.signed import Signed
from protocol.messages.notices import NoticePayload
from protocol.trust.channel import ChannelRevision, sign_revision
from protocol.trust.credential import Certified, Precedence


@attrs.define(eq=False)
class OfficeAnswers:
    """Handlers for offices. `noun` says what clients are told of a channel; `keep` keeps and spreads a revision."""

    context: Context = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    noun: Callable[[ChannelRevision], Channel] = attrs.field(repr=False)
    keep: Callable[[Signed, Finding], Awaitable[None]] = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {OrderMinimize: self.minimize, NameDeputy: self.deputy, ChangeAdmins: self.admins}

    async def minimize(self, request: OrderMinimize, session: Session) -> Channel:
        """Put MINIMIZE on in a channel, or lift it."""
        del session
        revision = find_channel(self.context, request.channel)
        notice = make_notice(self.context, revision, request.reason, on=request.on)
        return await self._said(revision, notice, Precedence.IMMEDIATE)

    async def deputy(self, request: NameDeputy, session: Session) -> Channel:
        """Say who stands in for the own nation, or that nobody does."""
        del session
        revision = find_channel(self.context, request.channel)
        notice = make_deputy(self.context, revision, request.person.strip(), request.until)
        return await self._said(revision, notice, Precedence.ROUTINE)

    async def _said(self, revision: ChannelRevision, notice: NoticePayload | None, urgency: Precedence) -> Channel:
        """Send a notice, if there is one, to all members."""
        if notice is not None:
            urgency = min(urgency, Precedence(self.context.member.certificate.scope.precedence))
            await self.sending.send_text(revision, for_all(self.context, revision), notice, urgency, None)
        return self.noun(revision)

    # --- admins ---

    async def admins(self, request: ChangeAdmins, session: Session) -> Channel:
        """Make devices admins of a channel, or no longer."""
        member, known = self.context.member, find_channel(self.context, request.channel)
        if member.device not in known.admins:
            raise NotAuthorised("only an admin of the channel does this")
        come = {device for name in request.add for device in self._devices(known, name, come=True)}
        go = {device for name in request.remove for device in self._devices(known, name, come=False)}
        if come & go:
            raise UsageError("add, remove: name one device twice")
        admins = (set(known.admins) | come) - go
        if admins == set(known.admins):
            return self.noun(known)
        if len(admins) > MAX_ADMINS:
            raise UsageError(f"add: a channel has at most {MAX_ADMINS} admins")
        if not admins & {c.device for c in self._able(known)}:
            raise UsageError("remove: no admin would be left who can act", hint="add another one first")
        revision = evolve(
            known, number=known.number + 1, previous=known.hash, admins=tuple(sorted(admins)), issued=self.context.now()
        )
        await self._keep_order(known, revision)
        if member.channels.get(known.channel) is not known:
            return await self.admins(request, session)  # another revision came meanwhile: this would be a fork of it
        words = [f"+{self._name(device)}" for device in sorted(admins - set(known.admins))]
        words += [f"-{self._name(device)}" for device in sorted(set(known.admins) - admins)]
        code = self.context.code(member.nation)
        finding = Finding(AuditEvent.CHANNEL_ADMINS, revision.channel.hex(), code, detail=", ".join(words))
        await self.keep(sign_revision(revision, member.device, member.ring.device.key), finding)
        return self.noun(revision)

    async def _keep_order(self, known: ChannelRevision, revision: ChannelRevision) -> None:
        """What was last ordered by who is an admin no longer stays so: this device states it anew, before it stops to count."""
        before, after = current_minimize(self.context, known), current_minimize(self.context, revision)
        if before is None or (after is not None and (after.number, after.entry) == (before.number, before.entry)):
            return
        if self.context.member.device not in revision.admins:
            raise UsageError("remove: MINIMIZE rests on this device", hint="let another admin order or lift it first")
        if not await state_anew(self.context, self.sending, order_of_minimize(self.context, known, before)):
            raise UsageError("remove: MINIMIZE rests on that device", hint="order or lift it first")

    def _able(self, revision: ChannelRevision) -> tuple[Certified, ...]:
        """Devices of the founding nation that may be admins: valid, and a person's."""
        valid = self.context.member.valid(revision.nation)
        return tuple(one for one in valid if one.certificate.role not in NOBODY)

    def _devices(self, revision: ChannelRevision, given: str, *, come: bool) -> frozenset[bytes]:
        """Devices that a person means: to become admins, or of those that are."""
        directory, typed = self.context.member.directory, given.strip().casefold()
        known = directory.devices(revision.nation)
        pool = self._able(revision) if come else tuple(one for one in known if one.device in revision.admins)
        prefix = f"{self.context.code(revision.nation).casefold()} "
        name = typed.removeprefix(prefix).strip()
        named = [one for one in pool if one.certificate.name.casefold() in {typed, name}]
        if named:
            if len({one.certificate.person for one in named}) > 1:
                raise Ambiguous(given, hint="name the device by its id")
            return frozenset(one.device for one in named)
        ids = {one.device for one in pool} | (set() if come else set(revision.admins))
        found = {device for device in ids if len(typed) >= MIN_DEVICE and device.hex().startswith(typed)}
        if len(found) > 1:
            raise Ambiguous(given)
        if not found:
            whose = "a person or device of the nation that founded it" if come else "one of its admins"
            raise UnknownDevice(given, hint=f"name {whose}: NAME, or how a device id begins")
        return frozenset(found)

    def _name(self, device: bytes) -> str:
        standing = self.context.member.directory.standing(device, self.context.now())
        if standing is None:
            return device.hex()
        certificate = standing.certified.certificate
        return f"{certificate.name} ({certificate.number})"
