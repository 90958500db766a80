"""Channels, labels and nations, as clients ask for them."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from coalchat.api.amendment import WidenChannel
from coalchat.api.nouns import Channel, Denial, Nation, Reach
from coalchat.api.requests import CreateChannel, ListChannels, ListNations, PreviewLabel
from coalchat.api.responses import ChannelList, LabelPreview, NationList
from coalchat.api.vocabulary import Precedence as PrecedenceWord
from coalchat.errors import AlreadyExists, NotAuthorised, Refused, UnknownLabel, UnknownNation, UsageError
from coalchat.node.addressing import Conversation
from coalchat.node.answers.direct import CLOSED, addressees, conversation_noun, reaches
from coalchat.node.answers.drafts import DraftAnswers
from coalchat.node.answers.naming import find_channel, find_place
from coalchat.node.answers.offices import OfficeAnswers
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.deputies import shown_deputies
from coalchat.node.directing import direct_slots, place_title
from coalchat.node.journal import Finding
from coalchat.node.keeping import keep_control
from coalchat.node.noticing import shown_minimize
from coalchat.node.runout import keys_until, last_key_words, run_out, runs_on, sealing_slots
from coalchat.node.sending import Sending
from coalchat.store.rows import Unread
from protocol.base.errors import Denied, ProtocolError
from protocol.base.records import evolve
from protocol.base.signed import Signed
from protocol.trust.access import Clause, Clearance, dominates
from protocol.trust.channel import ChannelRevision, channel_id, sign_revision
from protocol.trust.credential import Precedence
from protocol.trust.label import Label, parse_label


@attrs.define(eq=False)
class ChannelAnswers:
    """Handlers for channels, labels and nations."""

    context: Context = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class. What is being written in channels goes with them."""
        return {
            ListChannels: self.list,
            CreateChannel: self.create,
            WidenChannel: self.widen,
            PreviewLabel: self.preview,
            ListNations: self.nations,
            **OfficeAnswers(self.context, self.sending, self.now, self._keep).handlers(),
            **DraftAnswers(self.context).handlers(),
        }

    # --- channels ---

    async def list(self, request: ListChannels, session: Session) -> ChannelList:
        """All channels here."""
        del request, session
        unread = {row.channel: row for row in self.context.store.read.unread_counts()}
        revisions = sorted(self.context.member.channels.values(), key=lambda revision: revision.title)
        direct = (
            conversation_noun(self.context, place, unread)
            for place in self.context.member.direct.conversations.values()
        )
        return ChannelList(
            channels=(
                *(self.noun(revision, unread) for revision in revisions),
                *sorted(direct, key=lambda noun: noun.title),
            )
        )

    def noun(self, revision: ChannelRevision, unread: Mapping[bytes, Unread]) -> Channel:
        """A channel as clients see it."""
        member = self.context.member
        waiting = unread.get(revision.channel)
        newest = self.context.store.read.messages(revision.channel, before_position=2**62, limit=1)
        return Channel(
            id=revision.channel.hex(),
            title=place_title(member, revision),
            members=tuple(self.context.code(nation) for nation in revision.members),
            ceiling=member.clearance_marking(revision.ceiling),
            ceiling_level=revision.ceiling.level,
            purpose=revision.purpose,
            admin=member.device in revision.admins,
            unread=0 if waiting is None else waiting.count,
            unread_precedence=None if waiting is None else PrecedenceWord(Precedence(waiting.precedence).name),
            read_position=self.context.store.read.read_mark(revision.channel),
            newest=newest[0].position if newest else 0,
            admins=tuple(self._device(device) for device in revision.admins),
            revision=revision.number,
            minimize=shown_minimize(self.context, revision),
            deputies=shown_deputies(self.context, revision),
        )

    def now(self, revision: ChannelRevision) -> Channel:
        """A channel as it is now, after something was done with it."""
        return self.noun(revision, {row.channel: row for row in self.context.store.read.unread_counts()})

    def _device(self, device: bytes) -> str:
        """Whose device it is; its id, where its certificate is not here."""
        standing = self.context.member.directory.standing(device, self.context.now())
        if standing is None:
            return device.hex()
        certificate = standing.certified.certificate
        return f"{self.context.code(certificate.nation)} {certificate.name} ({certificate.number})"

    async def create(self, request: CreateChannel, session: Session) -> Channel:
        """Found a channel and tell its members' nodes."""
        del session
        member, now = self.context.member, self.context.now()
        denial = self.sending.standing_denied()
        if denial is not None:
            raise Refused(denial.clause, denial.reason)
        codes = member.coalition.codes
        members = self._nations(request.members)
        if any(known.title.casefold() == request.title.casefold() for known in member.channels.values()):
            raise AlreadyExists(f"the channel {request.title}")
        ceiling = self._ceiling(request.ceiling)
        if member.nation not in members:
            raise Refused(Clause.RELEASE_OWN_NATION, "a channel includes the nation that founds it")
        label = Label(member.policy.hash, ceiling.level, frozenset(ceiling.categories))
        if not dominates(member.certificate.clearance, label):
            raise Refused(Clause.LEVEL_CLEARANCE, "the ceiling is above this device's clearance")
        nonce = self.context.entropy(16)
        revision = ChannelRevision(
            coalition=member.coalition.id,
            channel=channel_id(member.coalition.id, member.device, nonce),
            number=0,
            previous=b"",
            nation=member.nation,
            nonce=nonce,
            title=request.title,
            purpose=request.purpose,
            members=members,
            ceiling=ceiling,
            admins=(member.device,),
            issued=now,
        )
        try:
            signed = sign_revision(revision, member.device, member.ring.device.key)
        except ProtocolError as error:
            raise UsageError(str(error)) from None
        await self._keep(signed, Finding(AuditEvent.CHANNEL_CREATED, revision.channel.hex(), codes[member.nation]))
        return self.noun(revision, {})

    async def widen(self, request: WidenChannel, session: Session) -> Channel:
        """Make more nations members of a channel, and tell their nodes."""
        del session
        member, now = self.context.member, self.context.now()
        known = find_channel(self.context, request.channel)
        members = tuple(sorted({*known.members, *self._nations(request.nations)}))
        if member.device not in known.admins:
            raise NotAuthorised("only an admin of the channel does this")
        if members == known.members:
            return self.noun(known, {})
        revision = evolve(known, number=known.number + 1, previous=known.hash, members=members, issued=now)
        codes = member.coalition.codes
        more = ", ".join(codes[nation] for nation in members if nation not in known.members)
        finding = Finding(AuditEvent.CHANNEL_WIDENED, revision.channel.hex(), codes[member.nation], detail=more)
        await self._keep(sign_revision(revision, member.device, member.ring.device.key), finding)
        return self.noun(revision, {})

    def _nations(self, named: tuple[str, ...]) -> tuple[int, ...]:
        """Indices of nations that may become members."""
        coalition = self.context.member.coalition
        for code in named:
            if code.upper() not in coalition.codes:
                raise UnknownNation(code)
            if coalition.codes.index(code.upper()) in coalition.suspended:
                raise Refused(Clause.RELEASE_MEMBER, f"the charter suspends {code.upper()}")
        return tuple(sorted({coalition.codes.index(code.upper()) for code in named}))

    async def _keep(self, signed: Signed, finding: Finding) -> None:
        control, _ = self.context.member.apply(signed.data)
        await keep_control(self.context, control, finding)
        self.context.control_changed(control.hash)

    def _ceiling(self, text: str) -> Clearance:
        member = self.context.member
        try:
            label = parse_label(text, member.policy, member.coalition.codes)
        except ProtocolError as error:
            raise UnknownLabel(error.detail) from None
        if label.releasable:
            raise UsageError("a ceiling names no nations: the channel's members are its release set")
        return Clearance(label.level, tuple(sorted(label.categories)))

    # --- labels ---

    async def preview(self, request: PreviewLabel, session: Session) -> LabelPreview:
        """Who would read a message with this label."""
        del session
        member = self.context.member
        revision = find_place(self.context, request.channel, begin=True)
        label = self.sending.label(request.label, revision)
        denial = self.sending.decide(label, revision)
        if isinstance(revision, Conversation):
            return self._preview_direct(revision, label, denial)
        if denial is None:  # a Denied is false, as an answer
            denial = self._keys(label)
        last = {} if denial is not None else run_out(member, label.release_key(), member.segment(self.context.now()))
        readers = tuple(self._reach(nation, label) for nation in sorted(label.releasable))
        members = sorted(member.members(revision))
        withheld = tuple(self._reach(nation, None) for nation in members if nation not in label.releasable)
        return LabelPreview(
            marking=member.marking(label),
            level=label.level,
            portion=member.portion(label),
            readers=readers,
            withheld=withheld,
            denied=None if denial is None else Denial(clause=str(denial.clause), reason=denial.reason),
            warnings=(
                *(last_key_words(member, label.level, nation, key) for nation, key in last.items()),
                *(f"no device of {reach.nation} is cleared for it" for reach in readers if reach.devices == 0),
            ),
            minimize=shown_minimize(self.context, revision),
        )

    def _preview_direct(self, place: Conversation, label: Label, denial: Denied | None) -> LabelPreview:
        member = self.context.member
        if denial is None:
            try:
                direct_slots(member, place, member.segment(self.context.now()))
            except Refused as refused:
                denial = Denied(refused.clause, refused.detail)
        return LabelPreview(
            marking=member.marking(label),
            level=label.level,
            portion=member.portion(label),
            readers=reaches(self.context, place),
            withheld=(),
            denied=None if denial is None else Denial(clause=str(denial.clause), reason=denial.reason),
            warnings=(CLOSED,),
            devices=addressees(self.context, place),
        )

    def _keys(self, label: Label) -> Denied | None:
        member = self.context.member
        (category,) = label.categories or (0,)
        segment = member.segment(self.context.now())
        for nation in sorted(label.releasable):
            if not sealing_slots(member, nation, (label.level, category), segment):
                return Denied(Clause.KEYS_RUN_OUT, f"no current key of {self.context.code(nation)} for it is here")
        return None

    def _reach(self, nation: int, label: Label | None) -> Reach:
        devices = self.context.member.valid(nation)
        cleared = [c for c in devices if label is None or dominates(c.certificate.clearance, label)]
        return Reach(nation=self.context.code(nation), devices=len(cleared), of=len(devices))

    # --- nations ---

    async def nations(self, request: ListNations, session: Session) -> NationList:
        """Nations of the charter."""
        del request, session
        return NationList(
            nations=tuple(self._nation(index) for index in range(len(self.context.member.coalition.codes)))
        )

    def _nation(self, index: int) -> Nation:
        member = self.context.member
        named = member.coalition.charter.nations[index]
        publications = member.directory.publications(index)
        level, until = runs_on(member, index)
        return Nation(
            code=named.code,
            name=named.name,
            index=index,
            own=index == member.nation,
            devices=self._reach(index, None).devices,
            published=max((publication.issued for publication in publications), default=0),
            keys_until=keys_until(member, index),
            runs_on=level,
            runs_on_until=until,
            suspended=index in member.coalition.suspended,
        )
