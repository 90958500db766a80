"""Keys are erased when their hold is over, wherever a device is stopped; what comes later is named, not lost."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
import trio
from trio.testing import MockClock

from coalchat.api.vocabulary import Flag
from coalchat.custody.home import COUNTER
from coalchat.node.holding import Holding
from coalchat.node.rollover import WINDOWS
from coalchat.node.times import dtg
from coalchat.paths import Home
from protocol.keys.keyring import KeyRing
from protocol.keys.walking import erased_at
from tests.fakes.joined import DAY, EDITION, FIRST, HOUR, SEGMENT, device_home, envelope_of, hours, joined, until_time
from tests.fakes.nodes import Running, Town, linked, until
from tests.fakes.thief import Thief, recorded_otars

SECRET, TOP = 2, 3


def oldest(node: Running, level: int) -> int:
    """The first segment whose key a node still holds."""
    return min(seed.segment for seed in node.station.holding.ring.seeds if seed.level == level)


async def test_a_seed_stands_at_the_oldest_segment_that_is_kept(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        charter = a.station.context.member.coalition.charter
        first = FIRST // SEGMENT
        for level, hold in ((SECRET, 3 * DAY), (TOP, DAY)):
            end = erased_at(charter, level, first)
            assert end == FIRST + SEGMENT + hold
        await until_time(a, erased_at(charter, TOP, first) - 1)
        assert oldest(a, TOP) == first
        await hours(1 / 60)
        assert (oldest(a, TOP), oldest(a, SECRET)) == (first + 1, first)
        await until_time(a, erased_at(charter, SECRET, first) + 60)
        assert (oldest(a, TOP), oldest(a, SECRET)) == (first + 9, first + 1)
        custodian = a.station.holding.ring.custodian[0]
        assert min(seed.segment for seed in custodian.seeds) == first + 1
        assert len(await a.audited("keys-erased")) == 9
        assert a.node.keys.unlock(b"correct horse").seeds == a.station.holding.ring.seeds
        await town.close()


async def test_a_copied_home_opens_a_segment_until_its_hold_is_over_and_no_longer(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    town_homes = homes | {"laptop": device_home(tmp_path, "laptop")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, town_homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        laptop = await joined(town, a, "laptop")
        await town.join_up(a, laptop)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        secret = envelope_of(a, (await a.send("ops", "for two", "SECRET")).entry_id)
        top = envelope_of(a, (await a.send("ops", "for few", "TOP SECRET")).entry_id)
        otars = recorded_otars(a, laptop)
        charter = a.station.context.member.coalition.charter
        ends = {level: erased_at(charter, level, secret.context.segment) for level in (SECRET, TOP)}

        def thieves(when: str) -> list[Thief]:
            found = [Thief.of(town_homes[code], tmp_path / f"{when}-{code}") for code in ("XAA", "XBB", "laptop")]
            for thief in found:
                thief.reads([*otars, *recorded_otars(a)])
            return found

        await until_time(a, ends[TOP] - 60)
        assert all(thief.opens(top) and thief.opens(secret) for thief in thieves("before"))
        await until_time(a, ends[TOP] + 60)
        assert all(thief.opens(secret) and not thief.opens(top) for thief in thieves("between"))
        await until_time(a, ends[SECRET] + 60)
        assert not any(thief.opens(secret) or thief.opens(top) for thief in thieves("after"))
        for node in (a, b, laptop):
            assert not node.station.envelopes._teks
        assert await b.texts("ops") == ["for two", "for few"]
        await town.close()


async def test_what_comes_after_its_key_is_gone_is_named(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        town.network.cut("xaa", "xbb")
        await trio.sleep(1)
        sent = await a.send("ops", "too late", "TOP SECRET")
        await a.send("ops", "in time", "SECRET")
        await hours(36)
        town.network.heal("xaa", "xbb")

        async def both() -> bool:
            return len(await b.texts("ops")) == 2

        await until(both)
        read, late = sorted(await b.messages("ops"), key=lambda message: message.level)
        n = envelope_of(a, sent.entry_id).context.segment
        assert (late.flags, late.text) == ((Flag.UNREADABLE,), f"key erased {dtg((n + 1) * SEGMENT + DAY)}")
        assert (read.flags, read.text) == ((), "in time")
        await town.close()


async def test_keys_that_fell_due_while_the_device_was_off_are_kept_to_read_what_waits(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        before = envelope_of(a, (await a.send("ops", "while on", "TOP SECRET")).entry_id)
        await hours(13)
        await b.stop()
        sent = envelope_of(a, (await a.send("ops", "while off", "TOP SECRET")).entry_id)
        await hours(48)
        b = await town.start("XBB")
        await linked(b, a)

        async def came() -> bool:
            return await b.texts("ops") == ["while on", "while off"]

        await until(came)
        held = Thief.of(homes["XBB"], tmp_path / "in the window")
        assert held.opens(sent)
        assert not held.opens(before), "what had ended before the outage gets no window"
        await trio.sleep(1_500)
        await b.stop()
        b = await town.start("XBB")
        await linked(b, a)
        assert Thief.of(homes["XBB"], tmp_path / "restarted in the window").opens(sent)
        await trio.sleep(480)
        assert not Thief.of(homes["XBB"], tmp_path / "after the window").opens(sent)
        await town.close()


async def test_a_window_closes_after_a_day_though_no_link_came_up(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA", "XBB"])
        sent = envelope_of(a, (await a.send("ops", "to myself", "TOP SECRET REL XAA")).entry_id)
        await a.stop()
        await hours(48)
        a = await town.start("XAA")
        await hours(23)
        assert Thief.of(homes["XAA"], tmp_path / "a day").opens(sent)
        await hours(1.2)
        assert not Thief.of(homes["XAA"], tmp_path / "more").opens(sent)
        await town.close()


class Cut(Exception):
    """The power goes."""


@pytest.mark.parametrize("at", ["store", "file", "after"])
async def test_a_crash_at_any_step_leaves_a_home_that_opens_and_forgets_at_its_next_start(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA", "XBB"])
        sent = envelope_of(a, (await a.send("ops", "to myself", "TOP SECRET REL XAA")).entry_id)
        holding, keep = a.station.holding, a.station.context.keep_ring
        before = holding.ring

        async def cut(ring: KeyRing) -> None:
            if at == "after":
                await keep(ring)
            raise Cut

        if at == "store":

            async def change(self: Holding, step: object) -> bool:
                raise Cut

            monkeypatch.setattr(Holding, "change", change)
        else:
            a.station.context.keep_ring = cut
        turn = a.station.rollover._walk
        with pytest.raises(Cut):
            await turn(FIRST + SEGMENT + DAY + 60)
        monkeypatch.undo()
        a.station.context.keep_ring = keep
        assert holding.ring == before
        await a.kill()
        await hours(36)
        a = await town.start("XAA")
        stored = a.station.context.store.read.meta(COUNTER)
        assert stored is not None
        assert int.from_bytes(stored, "big") == a.station.holding.ring.counter
        assert not a.station.holding.restored
        await hours(25)
        assert not Thief.of(homes["XAA"], tmp_path / "copy").opens(sent)
        assert not await a.audited("home-restored")
        await town.close()


async def test_a_home_of_two_times_is_found(homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await hours(7)
        old = homes["XAA"].keys.read_bytes()
        await hours(24)
        await a.stop()
        homes["XAA"].keys.write_bytes(old)
        a = await town.start("XAA")
        (record,) = await a.audited("home-restored")
        assert record.detail == "the key file is of an earlier time"
        assert any("restored" in warning for warning in a.station.warnings())
        await a.stop()
        a = await town.start("XAA")
        assert len(await a.audited("home-restored")) == 1
        await town.close()


async def test_windows_are_durable_before_the_mark_moves(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.stop()
        await hours(60)
        a = await town.start("XAA")
        written = a.station.context.store.read.meta(WINDOWS)
        assert written is not None
        (window,) = a.station.rollover.windows
        assert window.since == FIRST // SEGMENT
        assert attrs.asdict(window)["online"] == 0
        await hours(EDITION / HOUR)
        assert a.station.rollover.windows == ()
        await town.close()
