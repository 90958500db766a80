"""Amendments, as a custodian's clients ask for them (SPEC 6.6)."""

from __future__ import annotations

import attrs

from coalchat.api.amendment import AdmitNation, Amendment, ReinstateNation, SignAmendment, SuspendNation
from coalchat.custody import amending
from coalchat.custody.amending import Present, Signed, read_present
from coalchat.node.amending import Amending
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.journal import Finding


@attrs.define(eq=False)
class CharterAnswers:
    """Handlers for amendments."""

    context: Context = attrs.field(repr=False)
    amending: Amending = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {
            AdmitNation: self.admit,
            SuspendNation: self.suspend,
            ReinstateNation: self.reinstate,
            SignAmendment: self.sign,
        }

    async def admit(self, request: AdmitNation, session: Session) -> Amendment:
        """Write and sign the amendment that admits a nation."""
        del session
        return await self._told(amending.admit(self._present(), request.offer))

    async def suspend(self, request: SuspendNation, session: Session) -> Amendment:
        """Write and sign the amendment that suspends a nation."""
        del session
        return await self._told(amending.suspend(self._present(), request.nation, self.context.entropy))

    async def reinstate(self, request: ReinstateNation, session: Session) -> Amendment:
        """Write and sign the amendment that takes back a suspension."""
        del session
        return await self._told(amending.reinstate(self._present(), request.nation))

    async def sign(self, request: SignAmendment, session: Session) -> Amendment:
        """Sign an amendment, and put a complete one in force."""
        del session
        return await self._told(amending.sign(self._present(), request.file), before=request.file)

    def _present(self) -> Present:
        return read_present(self.context.store.read, self.context.member.ring)

    async def _told(self, signed: Signed, before: bytes = b"") -> Amendment:
        known, nation = signed.round, self.context.member.nation
        if nation in known.signed and (not before or nation not in amending.read(before).signed):
            code, name = self.context.code(nation), known.charter.hash.hex()
            await self.context.record(Finding(AuditEvent.CHARTER_SIGNED, name, code, detail=f"{known.charter.number}"))
        if known.complete:
            await self.amending.take_own((*known.amendments, *known.documents), signed.secret)
        return Amendment(file=signed.data, in_force=known.complete)
