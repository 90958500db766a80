"""Keys in an emergency: devices are revoked, and a nation's keys replaced (SPEC 6.5, 7.5, 12.4)."""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import RevocationReason
from coalchat.record import record


@record
class RevokedDevice:
    """A device that is revoked: whose, the number within the person's, and its id (32 hex digits)."""

    person: str
    device: int
    device_id: str


@record
class Rekeyed(Response):
    """What a revocation, or an emergency rekey, did; or what it would do.

    Attributes:
        revoked, reason: which devices, and why. done: false in a rehearsal.
        publication: number of the nation's newest publication.
        edition: counter of the edition that runs from now; 0 in a rehearsal, or where no revoked device held keys.
        replaced: counters of the editions that are superseded.
        cut_off_until: Unix time until which a sender who has not heard of it may still seal to one of these; 0 if none.
        devices: how many devices of the nation have to be keyed anew.
        runs_on_until: the same as `cut_off_until` at the levels that run on, where one does; else 0.
    """

    revoked: tuple[RevokedDevice, ...] = ()
    reason: RevocationReason
    done: bool
    publication: int
    edition: int
    replaced: tuple[int, ...]
    cut_off_until: int
    devices: int
    runs_on_until: int = 0


@record
class RevokeDevices(Request[Rekeyed]):
    """Revoke a device by its id or how that begins (8 to 32 hex digits), or every device of a person by his name.

    One of `device` and `person` is given, the other is empty. `rehearse`: only say what would be done.
    """

    op = "keys.revoke"
    scope = Scope.ADMIN
    repeatable = False
    device: str
    person: str
    reason: RevocationReason
    rehearse: bool


@record
class RekeyNation(Request[Rekeyed]):
    """Replace the nation's keys now, and key anew the devices that show a fresh prekey."""

    op = "keys.rekey"
    scope = Scope.ADMIN
    repeatable = False
    rehearse: bool
