"""Revocation and emergency rekey (SPEC 6.5, 7.5), as a custodian's node does them.

    revocations, a publication that lists them, "rekey begun"     one transaction: it counts from here on
    -> editions drawn, published, new prekeys demanded             `drawing`, again at the next start if it was cut off
    -> seeds to those who answer                                   `rekeying`

Rule 1: a person is shown what is meant before it is done, and afterwards what is still open.
Rule 2: the custodian's own device is not revoked by his own node: nobody could publish after that.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from coalchat.api.emergency import Rekeyed, RevokedDevice, RevokeDevices
from coalchat.api.vocabulary import RevocationReason as ReasonWord
from coalchat.custody.documents import document
from coalchat.custody.editions import compromised
from coalchat.custody.emergency import Pending, cut_off_until, disown, runs_on_until
from coalchat.errors import Ambiguous, UsageError
from coalchat.node.answers.naming import typed_id
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.drawing import PENDING, Drawing
from coalchat.node.journal import Finding, write_finding
from coalchat.node.publishing import Publishing
from coalchat.node.rekeying import Rekeying
from coalchat.store.faces import Transaction
from protocol.base.ids import Tag
from protocol.keys.demand import REQUEST
from protocol.trust.credential import Certified
from protocol.trust.publication import Edition, Revocation, RevocationReason
from protocol.trust.revocation import sign_revocation


@attrs.define(eq=False)
class Emergency:
    """The node's part for a custodian's revocations and emergency rekeys."""

    context: Context = attrs.field(repr=False)
    publishing: Publishing = attrs.field(repr=False)
    drawing: Drawing = attrs.field(repr=False)
    rekeying: Rekeying = attrs.field(repr=False)

    async def revoke(self, request: RevokeDevices) -> Rekeyed:
        """Revoke devices of this nation and rekey without them; a rehearsal only says what would be done.

        Raises:
            NotAuthorised: this is no custodian's node. UsageError, Ambiguous: what is named is not one thing to revoke.
            Refused: the clock is in doubt.
        """
        _ = self.publishing.keys
        devices = self._meant(request)
        replaced = self._replaced() if any(c.certificate.scope.read for c in devices) else ()
        if request.rehearse:
            return self._told(devices, request.reason, replaced, done=False)
        async with self.publishing.acting:
            devices = self._meant(request)  # another session may have been first
            await self._disown(devices, RevocationReason[request.reason.name], rekey=bool(replaced))
        if replaced:
            replaced = self._replaced()
            await self.drawing.draw()
        return self._told(devices, request.reason, replaced, done=True)

    async def rekey(self, *, rehearse: bool) -> Rekeyed:
        """Replace the keys of this nation; a rehearsal only says what would be done.

        Raises:
            NotAuthorised: this is no custodian's node. Refused: the clock is in doubt.
        """
        _ = self.publishing.keys
        replaced = self._replaced()
        if not rehearse:
            async with self.publishing.acting:
                self.publishing.make(self.context.now())  # or it says why it could not
                if self.drawing.pending() is None:
                    begun = self._begun()
                    await self.context.store.write(lambda tx: tx.set_meta(PENDING, begun))
            await self.drawing.draw()
        return self._told((), ReasonWord.UNSPECIFIED, replaced, done=not rehearse)

    # --- what is meant ---

    def _meant(self, request: RevokeDevices) -> tuple[Certified, ...]:
        """The devices that are named: one by its id, or all of one person's, by his name as the certificates say it."""
        if bool(request.device) == bool(request.person):
            raise UsageError("name either a device by its id, or a person")
        member, now = self.context.member, self.context.now()
        standings = [member.directory.standing(c.device, now) for c in member.directory.devices(member.nation)]
        known = [s.certified for s in standings if s is not None and s.revoked is None]
        if request.device:
            found = [c for c in known if c.device.hex().startswith(typed_id(request.device))]
            if len(found) > 1:
                raise Ambiguous(request.device)
        else:
            found = [c for c in known if c.certificate.name == request.person]
            if len({c.certificate.person for c in found}) > 1:
                raise Ambiguous(request.person)
        if not found:
            raise UsageError(
                f"no device of this nation that is not revoked is named {request.device or request.person}"
            )
        if any(c.device == member.device for c in found):
            raise UsageError("this is the custodian's own device: his node cannot publish once it is revoked")
        return tuple(found)

    def _replaced(self) -> tuple[Edition, ...]:
        member = self.context.member
        now = member.believed(self.context.now())
        return compromised(self.publishing.editions(), member.coalition.charter, now)

    # --- doing it ---

    def _begun(self) -> bytes:
        return Pending(self.context.entropy(REQUEST)).encode()

    async def _disown(self, devices: Sequence[Certified], reason: RevocationReason, *, rekey: bool) -> None:
        keys, now, read = self.publishing.keys, self.context.now(), self.context.store.read
        documents = []
        for certified in devices:
            heads = [(row.feed_id, row.head_seq, row.head_id) for row in read.feeds(device=certified.device)]
            act = disown(certified, int(reason), [head for head in heads if head[1]], keys, now)
            documents.append(
                document(Tag.REVOCATION, certified.device, now, sign_revocation(act, keys.seat.key).data, now)
            )
        revoked = [Revocation(certified.device, now, int(reason)) for certified in devices]
        documents += self.publishing.make(now, revoked=revoked)
        begun = self._begun() if rekey and self.drawing.pending() is None else b""
        nation = self.context.code(self.context.member.nation)

        def note(tx: Transaction) -> None:
            for certified in devices:
                finding = Finding(AuditEvent.DEVICE_REVOKED, certified.device.hex(), nation, detail=reason.name.lower())
                write_finding(tx, now, finding)
            if begun:
                tx.set_meta(PENDING, begun)

        await self.publishing.keep(documents, note)

    # --- what is told ---

    def _told(
        self, devices: Sequence[Certified], reason: ReasonWord, replaced: Sequence[Edition], *, done: bool
    ) -> Rekeyed:
        member, newest = self.context.member, self.publishing.newest()
        progress = self.rekeying.progress() if done and replaced else None
        gone = {certified.device for certified in devices} | {member.device}
        waiting = [c for c in member.valid(member.nation) if c.device not in gone and c.certificate.scope.read]
        return Rekeyed(
            revoked=tuple(
                RevokedDevice(person=c.certificate.name, device=c.certificate.number, device_id=c.device.hex())
                for c in devices
            ),
            reason=reason,
            done=done,
            publication=0 if newest is None else newest.number,
            edition=self._edition(replaced) if done else 0,
            replaced=tuple(edition.counter for edition in replaced),
            cut_off_until=cut_off_until(replaced, member.coalition.charter),
            devices=len(waiting) if progress is None else progress.devices,
            runs_on_until=runs_on_until(replaced, member.coalition.charter),
        )

    def _edition(self, replaced: Sequence[Edition]) -> int:
        """The edition that runs in place of the first that was replaced; 0 if none was."""
        counters = {edition.counter for edition in replaced}
        return min((e.counter for e in self.publishing.editions() if e.supersedes in counters), default=0)
