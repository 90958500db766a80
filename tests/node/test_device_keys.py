"""A device's own keys over time (SPEC 7.7): drawn ahead, erased at hold, and what a thief of them can and cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.errors import Refused
from coalchat.node.keeping import keep_control
from coalchat.node.stating import STATED
from coalchat.paths import Home
from protocol.base.ids import Tag
from protocol.base.records import decode, evolve
from protocol.base.signed import Signed, read_signed
from protocol.keys.device import DeviceEdition, make_edition
from protocol.keys.edition import DeviceChain, DeviceSegment
from protocol.keys.keyring import own
from protocol.trust.access import Clause
from tests.attacks.test_15_forward_secrecy import reachable
from tests.fakes.direct import acquainted, device_of, direct_envelope_of, opens
from tests.fakes.joined import DAY, EDITION, FIRST, HOUR, SEGMENT, hours, until_time
from tests.fakes.nodes import Running, Town, until
from tests.fakes.thief import Thief

START = FIRST // SEGMENT


def editions(node: Running, of: Running) -> list[DeviceEdition]:
    """Editions of a device that a node knows, by counter."""
    controls = node.station.context.member.controls.of(Tag.DEVICE_EDITION)
    bodies = (read_signed(control.data).body for control in controls if control.issuer.hex() == device_of(of))
    return sorted((decode(DeviceEdition, body) for body in bodies), key=lambda edition: edition.counter)


def stated(node: Running, of: Running) -> list[tuple[int, int]]:
    """First and last segment of each, counted from the founding."""
    return [(edition.first - START, edition.last - START) for edition in editions(node, of)]


async def test_editions_go_on_and_a_stolen_device_opens_nothing_that_is_past_its_hold(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await acquainted(a, b)
        assert stated(a, b) == [(0, 11)]
        sent = await a.send("@Officer XBB", "for the record", "SECRET")
        envelope = direct_envelope_of(a, sent.entry_id)
        await until(lambda: b.texts("@Officer XAA"))
        member, charter = b.station.context.member, b.station.context.member.coalition.charter
        (chain,) = member.direct.own
        seed = bytes(chain.seed)
        tek = b.station.envelopes.open(envelope)
        state = reachable(b.node)
        assert {seed, tek} <= state  # the control: what is looked for below is found here
        # The shortest hold of what the device is cleared for, here TOP SECRET's: a SECRET message has no longer one.
        over = FIRST + SEGMENT + DAY
        await until_time(b, over - 60)
        assert opens(Thief.of(homes["XBB"], tmp_path / "before").ring, envelope)
        await until_time(b, over + 60)
        thief = Thief.of(homes["XBB"], tmp_path / "after")
        assert not opens(thief.ring, envelope)
        assert not opens(Thief.of(homes["XAA"], tmp_path / "author").ring, envelope)
        assert not {seed, tek} & reachable(b.node)
        assert await b.texts("@Officer XAA") == ["for the record"]  # its text stays
        assert len(await b.audited("keys-erased")) >= 1

        # The next edition is stated `preload` before it begins: a copy of the day before holds nothing of it.
        await until_time(b, FIRST + EDITION - charter.preload - HOUR)
        assert stated(a, b) == [(0, 11)]
        early = Thief.of(homes["XBB"], tmp_path / "early")
        await hours(2)
        await until(lambda: _known(a, b, [(0, 11), (12, 23)]))
        await until_time(b, FIRST + EDITION + 2 * HOUR)
        later = direct_envelope_of(a, (await a.send("@Officer XBB", "next edition", "SECRET")).entry_id)
        (running,) = editions(b, b)  # what is over is not kept
        assert {s.device.hex(): s.counter for s in later.context.slots}[device_of(b)] == running.counter
        await until(lambda: _count(b, 2))
        assert not opens(early.ring, later)
        assert stated(b, b) == [(12, 23)]
        await town.close()


async def _known(node: Running, of: Running, expected: list[tuple[int, int]]) -> bool:
    return stated(node, of) == expected


async def _count(node: Running, count: int) -> bool:
    return len(await node.texts("@Officer XAA")) == count


async def come(node: Running, signed: Signed) -> None:
    """An edition comes to a node over a link."""
    context = node.station.context
    control, news = context.member.apply(signed.data)
    if news:
        await keep_control(context, control)
        context.control_changed(control.hash)


async def test_who_has_a_device_s_key_and_states_editions_for_it_is_seen(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await acquainted(a, b)
        member = b.station.context.member

        def thief_states(counter: int) -> Signed:
            chain = DeviceChain(DeviceSegment(member.device, counter, START), START + 3, bytearray(range(32)))
            return make_edition(member.coalition.id, member.nation, chain, member.ring.device.key)

        # Above the device's counter: it is told, and goes on above that.
        (own,) = editions(b, b)
        above = own.counter + DAY
        await come(a, thief_states(above))
        await until(lambda: _known(a, b, [(0, 3), (0, 11)]))
        assert [record.detail for record in await b.audited("edition-stranger")] == [f"counter {above}"]
        sent = await a.send("@Officer XBB", "hello", "SECRET")
        assert {s.device.hex(): s.counter for s in direct_envelope_of(a, sent.entry_id).context.slots}[
            device_of(b)
        ] == above + 1
        await until(lambda: _count(b, 1))
        # At its counter: that is the proof, everywhere, and the device gets nothing more.
        await come(a, thief_states(above + 1))
        for node in (a, b):
            await until(lambda node=node: node.audited("edition-clash"))
        with pytest.raises(Refused) as refused:
            await a.send("@Officer XBB", "hello?", "SECRET")
        assert refused.value.clause == Clause.KEYS_RUN_OUT
        # The proof outlives the editions, and a restart.
        await until_time(a, FIRST + EDITION + DAY)
        await a.stop()
        again = await town.start("XAA")
        with pytest.raises(Refused) as refused:
            await again.send("@Officer XBB", "hello?", "SECRET")
        assert refused.value.clause == Clause.KEYS_RUN_OUT
        assert {edition.counter for edition in editions(again, b)} == {above, above + 1}
        await town.close()


async def test_a_device_that_died_between_drawing_and_stating_burns_the_counter(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await until(lambda: _known(a, b, [(0, 11)]))
        station = b.station
        (known,) = editions(b, b)
        burnt = known.counter + 30 * DAY
        device = station.context.member.device
        lost = own(DeviceChain(DeviceSegment(device, burnt, START + 12), START + 23, bytearray(range(32))))
        await station.context.store.write(lambda tx: tx.set_meta(STATED, burnt.to_bytes(8, "big")))
        await station.holding.change(lambda ring: evolve(ring, own=(*ring.own, lost)))
        await b.stop()
        again = await town.start("XBB")
        await until_time(again, FIRST + EDITION - DAY + HOUR)
        await until(lambda: _known(again, again, [(0, 11), (12, 23)]))
        assert [seed.counter for seed in again.station.holding.ring.own] == [known.counter, burnt, burnt + 1]
        await town.close()
