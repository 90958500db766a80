"""Revocation and emergency rekey, as a custodian asks for them (SPEC 6.5, 7.5)."""

from __future__ import annotations

import attrs

from coalchat.api.emergency import Rekeyed, RekeyNation, RevokeDevices
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.emergency import Emergency


@attrs.define(eq=False)
class EmergencyAnswers:
    """Handlers for a custodian's acts in an emergency."""

    emergency: Emergency = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {RevokeDevices: self.revoke, RekeyNation: self.rekey}

    async def revoke(self, request: RevokeDevices, session: Session) -> Rekeyed:
        """Revoke devices, and rekey without them."""
        del session
        return await self.emergency.revoke(request)

    async def rekey(self, request: RekeyNation, session: Session) -> Rekeyed:
        """Replace the nation's keys."""
        del session
        return await self.emergency.rekey(rehearse=request.rehearse)
