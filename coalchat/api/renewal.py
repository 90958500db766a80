"""Certificates and custodians' seats: requests and answers (SPEC 6.7, 7.6)."""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.nouns import KeyingDevice
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Role
from coalchat.record import record


@record
class Device(Response):
    """A device of this nation.

    Attributes:
        device_id: hex; device: its number within the person's.
        clearance: marking of the highest that it may read.
        custodian: seat that certified it. until: when its certificate ends.
        valid: it may act now. revoked: its nation disowns it.
    """

    device_id: str
    person: str
    device: int
    role: Role
    clearance: str
    custodian: int
    until: int
    valid: bool
    revoked: bool


@record
class DeviceList(Response):
    """Devices, by person and number."""

    devices: tuple[Device, ...]


@record
class Custodian:
    """A custodian of this nation.

    Attributes:
        seat: its index; 0 keys the nation, the others cover for it.
        until: when its certificate ends. published: when its newest publication was issued, or 0.
        keys_until: end of the last edition that it has published, or 0.
        own: it is this home's.
    """

    seat: int
    until: int
    published: int
    keys_until: int
    own: bool


@record
class CustodianList(Response):
    """Custodians, by seat."""

    custodians: tuple[Custodian, ...]


@record
class SeatRequest(Response):
    """A request for a seat, to be brought to where the nation's root rests. It holds no secret.

    Attributes:
        request: the document (SPEC 7.6).
    """

    seat: int
    request: bytes


@record
class Seated(Response):
    """A seat was certified.

    Attributes:
        person, device_id, device: who holds its keys.
    """

    seat: int
    person: str
    device_id: str
    device: int


@record
class KeyingDevices(Response):
    """The nation's keying devices, by id."""

    devices: tuple[KeyingDevice, ...]


@record
class RequestSeat(Request[SeatRequest]):
    """Make the keys of an alternate custodian's seat in this home, and ask for it.

    Errors: UsageError (no such seat, or this home has one), Refused (this device's certificate).

    Attributes:
        seat: 1 or 2.
    """

    op = "custodian.request"
    scope = Scope.ADMIN
    seat: int


@record
class CertifySeat(Request[Seated]):
    """Certify the seat that a device of this nation asks for, with the root that rests in this home.

    Errors: NotAuthorised (no root here), UsageError (no request), Refused (the device, or the seat is another's).
    """

    op = "custodian.certify"
    scope = Scope.ADMIN
    request: bytes


@record
class ListCustodians(Request[CustodianList]):
    """The custodians of this nation."""

    op = "custodian.list"
    scope = Scope.READ


@record
class NameKeyingDevice(Request[KeyingDevices]):
    """Let the other devices of this nation seal under a device's envelopes, or no more. Only a custodian's node does it.

    Errors: NotAuthorised (no custodian), UnknownDevice, Ambiguous, Refused (the device, or this custodian's own
    certificate), UsageError (the nation has as many as it may, or another custodian names it).

    Attributes:
        device: its id, or the first 8 hex digits or more. withdraw: no more.
    """

    op = "custodian.keying"
    scope = Scope.ADMIN
    device: str
    withdraw: bool = False


@record
class ListDevices(Request[DeviceList]):
    """The devices of this nation, and until when their certificates hold."""

    op = "nation.devices"
    scope = Scope.READ


@record
class RenewCustodians(Request[CustodianList]):
    """Certify the nation's custodians anew, with the root that rests in this home. Errors: NotAuthorised, UsageError.

    Attributes:
        seats: which; none named: all. A seat whose home is lost is left out, and ends.
    """

    op = "nation.renew"
    scope = Scope.ADMIN
    repeatable = False
    seats: tuple[int, ...] = ()


@record
class RenewDevice(Request[Device]):
    """Renew a device's certificate, also a silent one's. Only a custodian's node does it.

    Errors: NotAuthorised (no custodian), UnknownDevice, Ambiguous, Refused (it is revoked or was copied, or this
    custodian's own certificate has ended).

    Attributes:
        device: its id, or the first 8 hex digits or more.
    """

    op = "keys.renew"
    scope = Scope.ADMIN
    repeatable = False
    device: str
