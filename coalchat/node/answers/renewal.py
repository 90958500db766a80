"""Certificates and custodians, as clients ask for them (SPEC 6.7, 7.6)."""

from __future__ import annotations

import attrs

from coalchat.api.renewal import (
    CertifySeat,
    Custodian,
    CustodianList,
    Device,
    DeviceList,
    ListCustodians,
    ListDevices,
    RenewCustodians,
    RenewDevice,
    RequestSeat,
    Seated,
    SeatRequest,
)
from coalchat.api.vocabulary import Role as RoleWord
from coalchat.errors import UnknownDevice
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from coalchat.node.renewing import Renewing
from coalchat.node.seating import Seating
from protocol.base.limits import MAX_CUSTODIANS
from protocol.trust.credential import Role


@attrs.define(eq=False)
class RenewalAnswers:
    """Handlers for devices' and custodians' certificates."""

    context: Context = attrs.field(repr=False)
    renewing: Renewing = attrs.field(repr=False)
    seating: Seating = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {
            ListDevices: self.devices,
            RenewCustodians: self.renew_custodians,
            RenewDevice: self.renew_device,
            RequestSeat: self.request_seat,
            CertifySeat: self.certify_seat,
            ListCustodians: self.list_custodians,
        }

    async def devices(self, request: ListDevices, session: Session) -> DeviceList:
        """Every device that is known of this nation."""
        del request, session
        member = self.context.member
        found = [self._device(certified.device) for certified in member.directory.devices(member.nation)]
        return DeviceList(devices=tuple(sorted(found, key=lambda one: (one.person, one.device, one.device_id))))

    async def renew_device(self, request: RenewDevice, session: Session) -> Device:
        """A custodian renews a device."""
        del session
        return self._device((await self.renewing.renew(request.device)).device)

    async def renew_custodians(self, request: RenewCustodians, session: Session) -> CustodianList:
        """The root certifies its custodians anew."""
        del session
        await self.renewing.renew_seats(request.seats)
        return self.custodians()

    async def request_seat(self, request: RequestSeat, session: Session) -> SeatRequest:
        """This device asks for a seat."""
        del session
        return SeatRequest(seat=request.seat, request=await self.seating.request(request.seat))

    async def certify_seat(self, request: CertifySeat, session: Session) -> Seated:
        """The root certifies a seat."""
        del session
        seat, holder = await self.seating.certify(request.request)
        certificate = holder.certificate
        return Seated(seat=seat, person=certificate.name, device_id=holder.device.hex(), device=certificate.number)

    async def list_custodians(self, request: ListCustodians, session: Session) -> CustodianList:
        """Who keys the nation, and who covers."""
        del request, session
        return self.custodians()

    def custodians(self) -> CustodianList:
        """The nation's custodians as clients see them."""
        return CustodianList(custodians=tuple(one for index in range(MAX_CUSTODIANS) if (one := self._seat(index))))

    def _seat(self, index: int) -> Custodian | None:
        member = self.context.member
        certificate = member.directory.custodian(member.nation, index)
        if certificate is None:
            return None
        publication = member.directory.publication(member.nation, index)
        ends = [edition.last + 1 for edition in publication.editions] if publication else []
        return Custodian(
            seat=index,
            until=certificate.not_after,
            published=publication.issued if publication else 0,
            keys_until=max(ends, default=0) * member.coalition.charter.segment,
            own=member.seat is not None and member.seat.index == index,
        )

    def _device(self, device: bytes) -> Device:
        member = self.context.member
        standing = member.directory.standing(device, self.context.now())
        if standing is None:
            raise UnknownDevice(device.hex())
        certificate = standing.certified.certificate
        return Device(
            device_id=device.hex(),
            person=certificate.name,
            device=certificate.number,
            role=RoleWord(Role(certificate.role).name.lower()),
            clearance=member.clearance_marking(certificate.clearance),
            custodian=certificate.custodian,
            until=certificate.not_after,
            valid=standing.valid,
            revoked=standing.revoked is not None,
        )
