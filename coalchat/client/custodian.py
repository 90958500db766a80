"""What a client asks of a custodian's node, and how a device joins (SPEC 12.4): the half of `Client` that few need."""

from __future__ import annotations

from collections.abc import Sequence

from coalchat.api import emergency, enrolment, nouns, renewal
from coalchat.api.base import A_co, Request
from coalchat.api.vocabulary import Precedence, RevocationReason, Role


class CustodianCalls:
    """Calls about certificates and keys."""

    async def call(self, request: Request[A_co]) -> A_co:
        """As `Client.call`."""
        raise NotImplementedError

    # --- emergencies ---

    async def revoke(
        self,
        *,
        device: str = "",
        person: str = "",
        reason: RevocationReason = RevocationReason.UNSPECIFIED,
        rehearse: bool = False,
    ) -> emergency.Rekeyed:
        """Revoke a device by its id, or all of a person's by his name, and rekey without them, as custodian.

        Args:
            rehearse: only say what would be done.

        Raises:
            NotAuthorised, UsageError, Ambiguous, Refused: as they say.
        """
        request = emergency.RevokeDevices(device=device, person=person, reason=reason, rehearse=rehearse)
        return await self.call(request)

    async def rekey(self, *, rehearse: bool = False) -> emergency.Rekeyed:
        """Replace the nation's keys now, as custodian. Raises: NotAuthorised, Refused."""
        return await self.call(emergency.RekeyNation(rehearse=rehearse))

    # --- enrolment ---

    async def create_invite(
        self,
        person: str,
        *,
        role: Role,
        level: str,
        address: str,
        categories: Sequence[str] = (),
        precedence: Precedence = Precedence.IMMEDIATE,
    ) -> enrolment.InviteCode:
        """Invite a device; `address` is where it dials this node. Raises: NotAuthorised, UnknownLabel."""
        request = enrolment.CreateInvite(
            person=person, role=role, level=level, categories=tuple(categories), precedence=precedence, address=address
        )
        return await self.call(request)

    async def invites(self) -> tuple[enrolment.Invite, ...]:
        """Invites of this custodian, the newest first."""
        return (await self.call(enrolment.ListInvites())).invites

    async def approve_invite(self, invite_id: str, words: Sequence[str]) -> enrolment.Enrolled:
        """Certify the device whose words these are. Raises: UnknownInvite, Ambiguous, WordsDiffer, Expired."""
        return await self.call(enrolment.ApproveInvite(id=invite_id, words=tuple(words)))

    async def withdraw_invite(self, invite_id: str) -> None:
        """End an invite. Raises: UnknownInvite, Ambiguous."""
        await self.call(enrolment.WithdrawInvite(id=invite_id))

    async def join(self, code: str, display_name: str) -> enrolment.Joining:
        """Show an invite's code; returns with the words to compare. Raises: UsageError, AlreadyExists, Expired,
        Unreachable.
        """
        return await self.call(enrolment.Join(code=code, display_name=display_name))

    async def join_status(self) -> enrolment.Joining:
        """How far joining is."""
        return await self.call(enrolment.GetJoinStatus())

    # --- certificates and seats ---

    async def nation_devices(self) -> tuple[renewal.Device, ...]:
        """The devices of this nation."""
        return (await self.call(renewal.ListDevices())).devices

    async def renew_device(self, device: str) -> renewal.Device:
        """Renew a device's certificate, as its custodian. Raises: NotAuthorised, UnknownDevice, Ambiguous, Refused."""
        return await self.call(renewal.RenewDevice(device=device))

    async def request_seat(self, seat: int) -> bytes:
        """Ask for an alternate custodian's seat, 1 or 2: the document to bring to the root. Raises: UsageError, Refused."""
        return (await self.call(renewal.RequestSeat(seat=seat))).request

    async def certify_seat(self, request: bytes) -> renewal.Seated:
        """Certify a seat with the root of this home. Raises: NotAuthorised, UsageError, Refused."""
        return await self.call(renewal.CertifySeat(request=request))

    async def custodians(self) -> tuple[renewal.Custodian, ...]:
        """The custodians of this nation."""
        return (await self.call(renewal.ListCustodians())).custodians

    async def name_keying_device(self, device: str, *, withdraw: bool = False) -> tuple[nouns.KeyingDevice, ...]:
        """Let the nation's other devices seal under a device's envelopes, or no more, as custodian.

        Raises:
            NotAuthorised, UnknownDevice, Ambiguous, Refused, UsageError: as they say.
        """
        return (await self.call(renewal.NameKeyingDevice(device=device, withdraw=withdraw))).devices

    async def renew_custodians(self, seats: Sequence[int] = ()) -> tuple[renewal.Custodian, ...]:
        """Certify the nation's custodians anew, all or some, with the root of this home. Raises: NotAuthorised, UsageError."""
        return (await self.call(renewal.RenewCustodians(seats=tuple(seats)))).custodians
