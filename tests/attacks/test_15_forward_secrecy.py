"""Attack 15: at a segment's end and hold, and one minute more, a device is seized: disk, passphrase and process.

All that was recorded of the segment stays closed: its envelopes, its entries, and the OTARs that once brought its seeds. A
minute before its hold is over the same copy opens all of it: the control. As far as Python allows: what is looked at is
every object that the running node can still reach, not what the allocator or the C libraries left behind.
"""

from __future__ import annotations

import gc
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
import trio
from trio.testing import MockClock

from coalchat.paths import Home
from protocol.base.errors import AuthenticationError
from protocol.keys.walking import erased_at
from protocol.messages.entry import Entry, open_entry, read_entry
from tests.fakes.joined import EDITION, FIRST, HOUR, SEGMENT, device_home, envelope_of, hours, joined, until_time
from tests.fakes.nodes import Running, Town, linked, until
from tests.fakes.thief import Thief, recorded_otars

pytestmark = pytest.mark.usefixtures("days")


def reachable(root: object) -> set[bytes]:
    """All bytes that can be reached from an object, but not through modules, classes and functions' globals."""
    seen: set[int] = set()
    found: set[bytes] = set()
    left = [root]
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, ModuleType | type | FunctionType):
            continue
        seen.add(id(one))
        if isinstance(one, bytes | bytearray):
            found.add(bytes(one))
        else:
            left += gc.get_referents(one)
    return found


def entry_of(node: Running, entry_id: str) -> Entry:
    row = node.station.context.store.read.entry(bytes.fromhex(entry_id))
    assert row is not None
    return read_entry(row.data)


async def test_a_seized_device_opens_nothing_that_is_past_its_hold(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        laptop = await joined(town, a, "laptop")
        await linked(laptop, a)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        await until_time(a, FIRST + EDITION + HOUR)  # the laptop's second edition came over the link
        otars = recorded_otars(a, laptop)
        sent = await b.send("ops", "for the record", "SECRET")
        envelope, entry = envelope_of(b, sent.entry_id), entry_of(b, sent.entry_id)
        await until(lambda: laptop.texts("ops"))
        segment = envelope.context.segment
        charter = a.station.context.member.coalition.charter
        seeds = {
            node.code: [
                bytes(chain.seed_at(segment))
                for chain in node.station.context.member.chains
                if (chain.at.level, chain.at.category) == (2, 0) and chain.at.segment <= segment <= chain.last
            ]
            for node in (a, b, laptop)
        }
        assert all(seeds.values())
        teks = {node.code: [tek for tek, _ in node.station.envelopes._teks.values()] for node in (a, b, laptop)}
        assert all(teks.values())
        assert open_entry(entry, teks["laptop"][0])
        for node in (a, b, laptop):
            assert reachable(node.node) & {*teks[node.code]}, "control: the search finds what is there"

        end = erased_at(charter, 2, segment)
        await until_time(a, end - 60)
        recorded = [*otars, *recorded_otars(a, laptop)]
        for code in ("XAA", "XBB", "laptop"):
            before = Thief.of(everyone[code], tmp_path / f"before-{code}")
            assert before.opens(envelope), "control: until then it opens"
        for node in (a, b, laptop):
            assert reachable(node.node) & {*seeds[node.code]}, "control: until then the seed is there"
        await until_time(a, end + 60)
        for node in (a, b, laptop):
            after = Thief.of(everyone[node.code], tmp_path / f"after-{node.code}")
            after.reads(recorded)
            assert not after.opens(envelope)
            memory = reachable(node.node)
            for seed in seeds[node.code]:
                assert seed not in memory
                assert not any(seed in one for one in memory if len(one) > 32)
            assert not memory & {*teks[node.code]}
            for key in (one for one in memory if len(one) == 32):
                with pytest.raises(AuthenticationError):
                    open_entry(entry, key)
        assert (await laptop.texts("ops")) == ["for the record"], "bodies stay until their retention"
        await town.close()


async def test_a_device_that_was_off_erases_at_its_next_start(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    """It says so: a device that is off erases nothing. When it is on again, its window closes within a day."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA", "XBB"])
        sent = envelope_of(a, (await a.send("ops", "to myself", "SECRET REL XAA")).entry_id)
        await a.stop()
        await hours(5 * 24)
        assert Thief.of(homes["XAA"], tmp_path / "off").opens(sent)
        a = await town.start("XAA")
        await hours(24.1)
        assert not Thief.of(homes["XAA"], tmp_path / "on").opens(sent)
        assert a.station.context.now() - FIRST > SEGMENT
        await town.close()
