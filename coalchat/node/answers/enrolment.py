"""Invites, as a custodian's clients ask for them."""

from __future__ import annotations

import attrs

from coalchat.api.enrolment import (
    ApproveInvite,
    CreateInvite,
    Enrolled,
    InviteCode,
    InviteList,
    ListInvites,
    WithdrawInvite,
)
from coalchat.api.responses import Done
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.seat import Seat


@attrs.define(eq=False)
class EnrolmentAnswers:
    """Handlers for invites."""

    seat: Seat = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {
            CreateInvite: self.create,
            ListInvites: self.list,
            ApproveInvite: self.approve,
            WithdrawInvite: self.withdraw,
        }

    async def create(self, request: CreateInvite, session: Session) -> InviteCode:
        """Invite a device."""
        del session
        code, invite_id, expires = await self.seat.create(request)
        return InviteCode(code=code, invite_id=invite_id.hex(), expires=expires)

    async def list(self, request: ListInvites, session: Session) -> InviteList:
        """Invites of this custodian."""
        del request, session
        return InviteList(invites=self.seat.listed())

    async def approve(self, request: ApproveInvite, session: Session) -> Enrolled:
        """Certify the device that asked."""
        del session
        certified = await self.seat.approve(request.id, request.words)
        certificate = certified.certificate
        return Enrolled(device_id=certified.device.hex(), person=certificate.name, device=certificate.number)

    async def withdraw(self, request: WithdrawInvite, session: Session) -> Done:
        """End an invite that was not approved."""
        del session
        await self.seat.withdraw(request.id)
        return Done()
