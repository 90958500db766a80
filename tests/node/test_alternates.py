"""Alternate custodians: who covers for a silent one takes over without ceremony, and nothing clashes when that one is back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.emergency import RevokeDevices
from coalchat.api.renewal import CertifySeat, ListCustodians, RenewCustodians, RequestSeat
from coalchat.api.requests import AddPeer
from coalchat.api.vocabulary import RevocationReason
from coalchat.custody.founding import Terms
from coalchat.errors import NotAuthorised, Refused, UsageError
from coalchat.paths import Home
from tests.fakes.joined import DAY, HOUR, device_home, envelope_of, joined, until_time
from tests.fakes.keyed import texts
from tests.fakes.nodes import NOW, Running, Town, copy_homes, found_homes, linked, until
from tests.fakes.thief import Thief

DAILY = Terms("Daily", segment=DAY, edition=4, retention=400 * DAY)
"""Editions of four days."""
DEVICES = ("deputy", "clerk", "recruit")
EVENTS = ("send-refused", "document-refused", "otar-refused", "entry-refused", "envelope-refused", "feed-refused")


@pytest.fixture(scope="module")
def daily(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    return found_homes(tmp_path_factory.mktemp("daily"), ("XAA", "XBB"), terms=DAILY)


@pytest.fixture
def homes(daily: dict[str, Home], tmp_path: Path, days: None) -> dict[str, Home]:
    return copy_homes(daily, tmp_path) | {name: device_home(tmp_path, name) for name in DEVICES}


async def seated(node: Running, root: Running, seat: int = 1) -> None:
    """Give a device a seat."""
    made = await node.ask(RequestSeat(seat=seat))
    again = await node.ask(RequestSeat(seat=seat))
    assert again == made or again.request != made.request  # signatures differ, the keys do not
    done = await root.ask(CertifySeat(request=made.request))
    assert (done.seat, done.device_id) == (seat, node.station.context.member.device.hex())

    async def check() -> bool:
        return node.station.context.member.seat is not None

    await until(check)


async def start(town: Town) -> tuple[Running, Running, Running, Running]:
    """XAA with a deputy and a clerk, and XBB, all linked with the deputy and with XAA."""
    a, b = await town.start("XAA"), await town.start("XBB")
    await town.join_up(a, b)
    deputy, clerk = await joined(town, a, "deputy"), await joined(town, a, "clerk")
    for node in (b, clerk):
        await node.ask(AddPeer(address=deputy.address))
        await linked(node, deputy)
    await linked(deputy, a)
    await linked(clerk, a)
    await a.channel("ops", ["XAA", "XBB"])
    for node in (b, deputy, clerk):
        await until(node.channels)
    await seated(deputy, a)
    return a, b, deputy, clerk


async def talk(nodes: list[Running], said: list[str], until_: int, step: int = 2 * DAY) -> None:
    """Talk in turns, until a time."""
    while (at := nodes[0].station.context.now()) < until_:
        author = nodes[len(said) % len(nodes)]
        said.append(f"{author.code} at {at}")
        await author.send("ops", said[-1], ("SECRET", "TOP SECRET", "RESTRICTED")[len(said) % 3])
        await trio.sleep(step)


def seats_of(node: Running, entry_id: str, nation: int = 0) -> set[int]:
    """The seats of a nation whose keys open an entry."""
    return {slot.custodian for slot in envelope_of(node, entry_id).context.slots if slot.nation == nation}


async def quiet(*nodes: Running) -> None:
    for node in nodes:
        for event in EVENTS:
            assert not await node.audited(event), (node.code, event)


async def test_an_alternate_takes_over_from_a_silent_custodian_and_gives_back(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, deputy, clerk = await start(town)
        said: list[str] = []
        await talk([a, b, deputy, clerk], said, NOW + 4 * DAY)
        publication = deputy.station.context.member.directory.publication(0, 1)
        assert publication is None, "who is not needed says nothing"
        await a.stop()
        others = [b, deputy, clerk]
        await talk(others, said, NOW + 17 * DAY, 3 * DAY)
        for node in others:
            assert Counter(await node.texts("ops")) == Counter(said), node.code
        sent = await b.send("ops", "to the deputy's keys", "SECRET")
        said.append("to the deputy's keys")
        assert seats_of(b, sent.entry_id) == {1}
        recruit = await joined(town, deputy, "recruit")
        await linked(recruit, deputy)
        await until(recruit.channels)
        await recruit.send("ops", "recruited while he is away", "SECRET")
        said.append("recruited while he is away")
        await texts(clerk, said)
        # He is back: his keys and his certificate have ended meanwhile, and he had not heard of anything.
        a = await town.start("XAA")
        await trio.sleep(5 * HOUR)
        await linked(b, a)
        await linked(clerk, a)
        sent = await b.send("ops", "to both", "SECRET")
        said.append("to both")
        assert seats_of(b, sent.entry_id) == {0, 1}
        everybody = [a, b, deputy, clerk, recruit]
        await talk(everybody, said, NOW + 34 * DAY, 6 * DAY)
        sent = await b.send("ops", "to him alone", "SECRET")
        said.append("to him alone")
        assert seats_of(b, sent.entry_id) == {0}
        for node in (b, deputy, clerk):
            await texts(node, said)
        await deputy.stop()
        deputy = await town.start("deputy")
        assert deputy.station.context.member.seat is not None
        await texts(deputy, said)
        assert (await a.texts("ops"))[-1] == "to him alone"
        assert (await recruit.texts("ops"))[-1] == "to him alone"
        await quiet(b, deputy, clerk, recruit)
        for node in (a, deputy):
            zero, one = (await node.ask(ListCustodians())).custodians
            assert (zero.seat, one.seat, zero.own, one.own) == (0, 1, node is a, node is deputy)
            assert zero.keys_until > node.station.context.now() > one.keys_until
        await a.ask(RenewCustodians())
        await a.ask(RenewCustodians(seats=(0,)))
        assert [record.subject for record in await a.audited("custodian-certified")] == ["1", "0", "1", "0"]
        await town.close()


async def test_a_partition_with_both_custodians_at_work_heals(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, deputy, clerk = await start(town)
        for name in ("deputy", "clerk"):
            town.network.cut("xaa", name)
            town.network.cut("xbb", name)
        sent = None
        for day in range(3, 18, 7):
            await until_time(a, NOW + day * DAY)
            await b.send("ops", f"here on day {day}", "SECRET")
            sent = await clerk.send("ops", f"there on day {day}", "SECRET REL XAA")  # keys of XBB have run out
        assert sent is not None
        assert seats_of(clerk, sent.entry_id) == {1}, "he is silent, as far as they know"
        for name in ("deputy", "clerk"):
            town.network.heal("xaa", name)
            town.network.heal("xbb", name)
        await trio.sleep(DAY)
        await linked(clerk, a)
        await linked(b, deputy)
        sent = await b.send("ops", "together again", "SECRET")
        assert seats_of(b, sent.entry_id) == {0, 1}
        late = {"here on day 17", "there on day 17", "together again"}  # what is older is past its hold
        for node in (a, b, deputy, clerk):

            async def check(node: Running = node) -> bool:
                return late - ({"there on day 17"} if node is b else set()) <= set(await node.texts("ops"))

            await until(check)
        await quiet(a, b, deputy, clerk)
        await town.close()


async def test_who_is_revoked_at_one_seat_is_left_out_of_the_keys_of_all(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, deputy, clerk = await start(town)
        recruit = await joined(town, deputy, "recruit")  # the deputy has keys of his own now
        await linked(recruit, deputy)
        await until(recruit.channels)
        await until_time(a, NOW + 2 * HOUR)
        sent = await b.send("ops", "to both", "SECRET")
        assert seats_of(b, sent.entry_id) == {0, 1}
        thief = Thief.of(town.homes["clerk"], tmp_path / "copy")
        assert thief.opens(envelope_of(b, sent.entry_id))
        for revoked, custodian in ((clerk, a), (recruit, deputy)):
            device = revoked.station.context.member.device.hex()
            await custodian.ask(RevokeDevices(device=device, person="", reason=RevocationReason.LOST, rehearse=False))
            await trio.sleep(HOUR)
            now = [s.custodian for s in envelope_of(b, (await b.send("ops", device, "SECRET")).entry_id).context.slots]
            assert set(now) == {0, 1}
            await texts_of(a, device)
            await texts_of(deputy, device)
            held_by_thief = envelope_of(b, (await b.send("ops", f"without {device}", "SECRET")).entry_id)
            assert not thief.opens(held_by_thief)
        directory = a.station.context.member.directory
        before = [directory.publication(0, seat) for seat in (0, 1)]
        await trio.sleep(2 * HOUR)
        assert [directory.publication(0, seat) for seat in (0, 1)] == before, "nobody follows him who follows"
        await quiet(a, b, deputy)
        await town.close()


async def texts_of(node: Running, text: str) -> None:
    async def check() -> bool:
        return text in await node.texts("ops")

    await until(check)


async def test_a_seat_is_the_root_s_to_give(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, _, clerk = await start(town)
        for seat in (0, 3):
            with pytest.raises(UsageError):
                await clerk.ask(RequestSeat(seat=seat))
        with pytest.raises(UsageError, match="already"):
            await a.ask(RequestSeat(seat=1))
        asked = (await clerk.ask(RequestSeat(seat=1))).request
        assert clerk.station.context.member.seat is None, "to ask gives nothing"
        with pytest.raises(NotAuthorised):
            await clerk.ask(CertifySeat(request=asked))
        with pytest.raises(UsageError, match="no device of this nation"):
            await b.ask(CertifySeat(request=asked))
        with pytest.raises(Refused, match="another's"):
            await a.ask(CertifySeat(request=asked))
        with pytest.raises(UsageError, match="no request"):
            await a.ask(CertifySeat(request=asked[:-1] + bytes([asked[-1] ^ 1])))
        await seated(clerk, a, 2)
        await town.close()
