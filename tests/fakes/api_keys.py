"""What a scripted node says of keys, certificates, requests for history and devices that may be addressed."""

from __future__ import annotations

from typing import Any, Final

from coalchat.api import direct, history, nouns, renewal, requests, responses
from coalchat.api.base import Response
from coalchat.api.events import AuditWritten
from coalchat.api.vocabulary import KeyState, Role
from coalchat.errors import UnknownDevice, UnknownRequest, WordsDiffer
from coalchat.record import evolve
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import KEYS, NATIONS

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
LENGTH: Final = 6 * HOUR
HOLD: Final = 72 * HOUR
EDITION: Final = 12 * LENGTH
OWN_WORDS: Final = ("acid", "bench", "coral", "drum", "elbow", "frost")
WORDS: Final = ("globe", "harbour", "iron", "jacket", "kettle", "lemon")
OWN: Final = "0a" * 16
CLOSED: Final = "no nation can read it, this one neither: only the devices that it names"


def addressee(number: int, nation: str, person: str, device: int = 1, **more: Any) -> nouns.Addressee:
    """A device of an officer; `number` makes its id."""
    fields: dict[str, Any] = {
        "device_id": f"{number:032x}", "nation": nation, "person": person, "device": device, "role": Role.OFFICER,
        "clearance": "MISSION SECRET", "own": False, "confirmed": False, "keys": True,
        "person_id": f"{nation}-{person}",
    }  # fmt: skip
    return nouns.Addressee(**{**fields, **more})


def own_device() -> nouns.Addressee:
    return addressee(0, "XAA", "Berg", own=True, device_id=OWN)


def keys_at(segment_ends: int) -> responses.Keys:
    """Segment 3 of 12 of edition 12 runs until then; 11 is over, 13 and 14 are in reserve."""
    starts = segment_ends - 3 * LENGTH
    editions = tuple(
        nouns.KeyEdition(
            custodian=0,
            counter=12 + place,
            state=KeyState.EFFECTIVE if not place else KeyState.RESERVE if place > 0 else KeyState.SUPERSEDED,
            starts=starts + place * EDITION,
            ends=starts + (place + 1) * EDITION,
            held=place < 2,
        )
        for place in (-1, 0, 1, 2)
    )
    levels = tuple(
        nouns.KeyWindow(
            level=level,
            name=name,
            closes=segment_ends + HOLD,
            kept_until=segment_ends,
            bodies_until=segment_ends + 30 * DAY,
        )
        for level, name in enumerate(("UNCLASSIFIED", "RESTRICTED", "SECRET"))
    )
    return evolve(
        KEYS, edition=12, segment=3, segments=12, segment_ends=segment_ends, edition_ends=starts + EDITION,
        published_until=starts + 3 * EDITION, editions=editions, levels=levels,
    )  # fmt: skip


def let_keys(node: FakeNode, now: int, segment_ends: int) -> None:
    """Let a node have keys, certificates, and neighbours of which one has hardly published."""
    node.keys = keys_at(segment_ends)
    until = {"XAA": 201 * HOUR, "XBB": 198 * HOUR, "XCC": 50 * HOUR}
    heard = {"XAA": 1 * HOUR, "XBB": 40 * 60, "XCC": 26 * HOUR}
    node.answers[requests.ListNations] = responses.NationList(
        nations=tuple(
            evolve(one, published=now - heard[one.code], keys_until=segment_ends + until[one.code]) for one in NATIONS
        )
    )
    node.answers[renewal.ListDevices] = renewal.DeviceList(
        devices=tuple(
            renewal.Device(
                device_id=device_id,
                person=person,
                device=number,
                role=Role.OFFICER,
                clearance="MISSION SECRET",
                custodian=0,
                until=now + days * DAY,
                valid=True,
                revoked=False,
            )
            for device_id, person, number, days in ((OWN, "Berg", 1, 61), ("0f" * 16, "Varga", 2, 9))
        )
    )
    node.answers[renewal.ListCustodians] = renewal.CustodianList(
        custodians=tuple(
            renewal.Custodian(seat=seat, until=now + days * DAY, published=now - HOUR, keys_until=now, own=False)
            for seat, days in ((0, 88), (1, 13))
        )
    )
    node.answers[history.ListHistory] = history.HistoryList(requests=())


def let_trouble(node: FakeNode, now: int) -> None:
    """An emergency rekey is under way, devices are silent, a nation's keys end, and somebody asks for history."""
    earlier = now - 5 * HOUR
    *others, effective, reserve, _ = node.keys.editions
    old = evolve(effective, state=KeyState.SUPERSEDED, cut_off_until=effective.starts + 5 * LENGTH)
    new = evolve(effective, counter=15, starts=effective.starts + 2 * LENGTH, supersedes=12)
    node.keys = evolve(
        node.keys,
        edition=15,
        segment=1,
        segments=10,
        editions=(*others, old, new, evolve(reserve, counter=16, held=False)),
        demands=(nouns.KeyDemand(at=earlier, devices=14, answered=12, keyed=11),),
        silent=(
            nouns.SilentDevice(
                person="Varga", device_id="0f" * 16, device=2, stated=now - 5 * DAY - 2 * HOUR, suspended=False
            ),
            nouns.SilentDevice(person="Holm", device_id="1f" * 16, device=1, stated=0, suspended=True),
        ),
    )
    node.warnings = (
        "emergency rekey: 11 of 14 devices are keyed",
        "a device asks for history: `coalchat history list`",
        "the published keys of XCC end in 52 h",
    )
    let_history(node, request(1, now - 20 * 60))


def request(number: int, at: int, person: str = "Varga") -> history.HistoryRequest:
    return history.HistoryRequest(
        id=f"{number:032x}", person=person, device=2, device_id=f"{number:02x}" * 16, at=at, asked=40, givable=31,
        markings=("MISSION RESTRICTED REL XAA, XBB, XCC", "MISSION SECRET REL XAA, XBB"), first=at - 30 * HOUR,
        last=at - 6 * HOUR,
    )  # fmt: skip


def let_history(node: FakeNode, *asked: history.HistoryRequest) -> None:
    """Let these wait for a decision, and tell so, as a node does: by its audit record alone."""
    waiting = list(asked)

    def decided(one: history.ApproveHistory | history.RefuseHistory) -> history.HistoryRequest:
        found = next((known for known in waiting if known.id == one.id), None)
        if found is None:
            raise UnknownRequest(one.id)
        waiting.remove(found)
        return found

    def approve(one: history.ApproveHistory) -> Response:
        found = decided(one)
        return history.HistoryApproved(device_id=found.device_id, asked=found.asked, given=found.givable)

    def refuse(one: history.RefuseHistory) -> Response:
        decided(one)
        return responses.Done()

    node.answers[history.ListHistory] = lambda _: history.HistoryList(requests=tuple(waiting))
    node.answers[history.ApproveHistory] = approve
    node.answers[history.RefuseHistory] = refuse
    node.tell(AuditWritten(number=1, event="history-requested", nation=""))


def let_direct(node: FakeNode, *devices: nouns.Addressee) -> list[nouns.Addressee]:
    """Let these be the devices that may be addressed; the list that the node goes on with."""
    known = [own_device(), *devices]

    def find(device_id: str) -> nouns.Addressee:
        for one in known:
            if one.device_id == device_id:
                return one
        raise UnknownDevice(device_id)

    def words(one: direct.ShowWords) -> Response:
        return direct.DeviceWords(own=OWN_WORDS, device=find(one.device), words=WORDS)

    def confirm(one: direct.ConfirmDevice) -> Response:
        found = find(one.device)
        if one.words != WORDS:
            raise WordsDiffer
        known[known.index(found)] = made = evolve(found, confirmed=True)
        return made

    node.answers[direct.ListDevices] = lambda _: direct.DeviceList(devices=tuple(known))
    node.answers[direct.ShowWords] = words
    _let_conversations(node, known)
    node.answers[direct.ConfirmDevice] = confirm
    return known


def conversation(node: FakeNode, *devices: nouns.Addressee) -> nouns.Channel:
    """Let a conversation of these devices and the own one be here."""
    title = f"@{devices[0].person}"
    members = tuple(sorted({one.nation for one in (own_device(), *devices)}))
    made = evolve(
        node.add_channel(title, *members), devices=(own_device(), *devices), id=f"{len(node.channels):x}" * 32
    )
    node.channels[-1] = made
    return made


def _let_conversations(node: FakeNode, known: list[nouns.Addressee]) -> None:
    """What "@NAME" and "@ID" mean: the conversation begins with the first message."""

    def meant(place: str) -> list[nouns.Addressee]:
        name = place.removeprefix("@")
        found = [one for one in known if one.confirmed and not one.own and name in {one.device_id, one.person}]
        if not found:
            raise UnknownDevice(place)
        return found

    def preview(request: requests.PreviewLabel) -> Response:
        if not request.channel.startswith("@"):
            return node._preview(request)
        devices = (own_device(), *meant(request.channel))
        nations = sorted({one.nation for one in devices})
        reaches = tuple(
            nouns.Reach(nation=code, devices=sum(one.nation == code for one in devices), of=5) for code in nations
        )
        return responses.LabelPreview(
            marking=f"MISSION {request.label}", level=2, portion="S", readers=reaches, withheld=(), denied=None,
            warnings=(CLOSED,), devices=devices,
        )  # fmt: skip

    def send(request: requests.SendMessage) -> Response:
        if request.channel.startswith("@"):
            devices = meant(request.channel)
            ids = {own_device().device_id, *(one.device_id for one in devices)}
            here = [one for one in node.channels if {device.device_id for device in one.devices} == ids]
            channel = here[0] if here else conversation(node, *devices)
            request = evolve(request, channel=channel.id)
        return node._send(request)

    node.answers[requests.PreviewLabel] = preview
    node.answers[requests.SendMessage] = send
