"""A scripted node whose home is a custodian's: it revokes, rekeys and renews as it says, and invites stand there."""

from __future__ import annotations

from coalchat.api import emergency, enrolment, nouns, renewal
from coalchat.api.base import Response
from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, InviteState, Phase, Precedence, RevocationReason, Role
from coalchat.errors import UnknownDevice
from coalchat.record import evolve
from tests.fakes.api_enrolment import WORDS
from tests.fakes.api_keys import DAY, HOUR, OWN
from tests.fakes.api_node import FakeNode

UNTIL = 90 * DAY


def device(number: int, person: str, count: int, until: int) -> renewal.Device:
    return renewal.Device(
        device_id=f"{number:02x}" * 16, person=person, device=count, role=Role.OFFICER, clearance="MISSION SECRET",
        custodian=0, until=until, valid=True, revoked=False,
    )  # fmt: skip


def let_custody(node: FakeNode, now: int) -> list[renewal.Device]:
    """Let this home be the custodian's, with devices of Berg (this one), Varga (two) and Holm; the list goes on."""
    devices = [
        evolve(device(0, "Berg", 1, now + 61 * DAY), device_id=OWN),
        device(0x3F, "Varga", 1, now + 40 * DAY),
        device(0x4A, "Varga", 2, now + 9 * DAY),
        device(0x1F, "Holm", 1, now + 70 * DAY),
    ]
    node.answers[renewal.ListDevices] = lambda _: renewal.DeviceList(devices=tuple(devices))
    node.answers[renewal.ListCustodians] = renewal.CustodianList(
        custodians=(renewal.Custodian(seat=0, until=now + 88 * DAY, published=now, keys_until=now + 9 * DAY, own=True),)
    )

    def rekeyed(revoked: list[renewal.Device], reason: RevocationReason, *, rehearse: bool) -> Response:
        left = [one for one in devices if one not in revoked and not one.revoked and one.device_id != OWN]
        for one in [] if rehearse else revoked:
            devices[devices.index(one)] = evolve(one, revoked=True, valid=False)
        if not rehearse:
            demand = nouns.KeyDemand(at=now, devices=len(left), answered=0, keyed=0)
            node.keys = evolve(node.keys, demands=(demand,))
        return emergency.Rekeyed(
            revoked=tuple(
                emergency.RevokedDevice(person=one.person, device=one.device, device_id=one.device_id) for one in revoked
            ),
            reason=reason, done=not rehearse, publication=7, edition=0 if rehearse else 15, replaced=(12, 13),
            cut_off_until=now + 30 * HOUR, devices=len(left),
        )  # fmt: skip

    def revoke(request: emergency.RevokeDevices) -> Response:
        named = [one for one in devices if not one.revoked and request.person == one.person]
        named += [one for one in devices if request.device and one.device_id.startswith(request.device)]
        if not named:
            raise UnknownDevice(request.person or request.device)
        return rekeyed(named, request.reason, rehearse=request.rehearse)

    def renew(request: renewal.RenewDevice) -> Response:
        (found,) = [one for one in devices if one.device_id == request.device]
        devices[devices.index(found)] = made = evolve(found, until=now + UNTIL)
        return made

    node.answers[emergency.RevokeDevices] = revoke
    node.answers[emergency.RekeyNation] = lambda request: rekeyed(
        [], RevocationReason.UNSPECIFIED, rehearse=request.rehearse
    )
    node.answers[renewal.RenewDevice] = renew
    return devices


def let_invite(
    node: FakeNode, now: int, state: InviteState = InviteState.OPEN, person: str = "Lt Saar"
) -> enrolment.Invite:
    """Let an invite be there; of one that was asked for, with words."""
    asked = state is InviteState.ASKED
    invite = enrolment.Invite(
        id=f"{len(node.invites) + 1:016x}", person=person, role=Role.OFFICER, clearance="MISSION SECRET CONVOY",
        precedence=Precedence.IMMEDIATE, state=state, words=WORDS if asked else (), device_id="0d" * 16 if asked else "",
        expires=now + 72 * HOUR,
    )  # fmt: skip
    node.invites.insert(0, invite)
    node.tell(ControlChanged(subject=ControlSubject.INVITE, id=invite.id, phase=Phase.UNLOCKED))
    return invite
