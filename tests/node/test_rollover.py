"""Editions go on: the custodian's node draws them ahead, and loses no seed and no counter wherever it is stopped."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject
from coalchat.custody.editions import MEANT
from coalchat.errors import Refused
from coalchat.node.membership import Membership
from coalchat.node.ports import TrioClock
from coalchat.paths import Home
from protocol.base.ids import Tag
from protocol.base.limits import MAX_EDITIONS
from protocol.keys.keyring import KeyRing
from protocol.trust.publication import Publication
from tests.fakes.joined import DAY, EDITION, FIRST, HOUR, SEGMENT, hours, until_time
from tests.fakes.nodes import PASSPHRASE, Running, Town, until


def published(node: Running, nation: int = 0) -> Publication:
    (found,) = node.station.context.member.directory.publications(nation)
    return found


def counters(node: Running, nation: int = 0) -> list[int]:
    return [edition.counter for edition in published(node, nation).editions]


async def test_two_editions_lie_ahead_and_old_ones_leave(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        assert counters(a) == [1, 2, 3]
        await until_time(a, FIRST + EDITION - 60)
        assert counters(a) == [1, 2, 3]
        await until_time(a, FIRST + EDITION + 60)
        assert counters(a) == [1, 2, 3, 4]
        await until_time(a, FIRST + 2 * EDITION + 60)
        assert counters(a) == [2, 3, 4, 5], "the last segment of 1 is past its hold"
        await until_time(a, FIRST + 3 * EDITION + 60)
        assert counters(a) == [3, 4, 5, 6]
        assert all(one.last + 1 == other.first for one, other in pairwise(published(a).editions))
        assert published(a).not_after == FIRST + 7 * EDITION, "one edition after its last"
        assert len(await a.audited("edition-drawn")) == 3
        lists = a.station.context.member.controls.of(Tag.SEGMENT_LIST)
        assert Counter(control.rank[2] for control in lists) == dict.fromkeys([3, 4, 5, 6], 12)
        stored = a.station.context.store.read.documents(int(Tag.SEGMENT_LIST))
        assert {row.hash for row in stored} == {control.hash for control in lists}
        assert len(a.station.context.store.read.documents(int(Tag.PUBLICATION))) == 1
        changed = [body for body in await a.events(ControlChanged) if body.subject is ControlSubject.KEYS]
        assert len(changed) >= 36, "clients are told at each segment"
        await town.close()


async def test_others_get_the_new_keys_and_the_old_ones_go(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        await until_time(a, FIRST + 3 * EDITION + 7 * HOUR)
        assert counters(b) == counters(a) == [3, 4, 5, 6]
        held = {c.rank[2] for c in b.station.context.member.controls.of(Tag.SEGMENT_LIST) if c.rank[0] == 0}
        assert held == {3, 4, 5, 6}
        await a.send("ops", "in the fourth edition", "SECRET")
        await until(lambda: b.texts("ops"))
        assert not await b.audited("document-refused")
        await b.stop()
        b = await town.start("XBB")
        assert counters(b) == [3, 4, 5, 6]
        await town.close()


async def test_a_custodian_who_was_away_goes_on_from_now(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """His published editions have not ended yet: six days off."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.stop()
        await trio.sleep(FIRST + 2 * EDITION + 60 - town.now)
        a = await town.start("XAA")
        assert counters(a)[-3:] == [3, 4, 5]
        assert published(a).number == 2, "one publication for all that was missing"
        assert len(published(a).editions) <= MAX_EDITIONS
        await town.close()


class Cut(Exception):
    """The power goes."""


def drawn(node: Running, counter: int) -> list[bytes]:
    """The seeds of an edition, as they rest in a custodian's key file."""
    (keys,) = node.node.keys.unlock(PASSPHRASE).custodian
    return [seed.seed for seed in keys.seeds if seed.counter == counter]


def cut_at(step: str, node: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power goes when the node has done a step of drawing."""
    keep = node.station.context.keep_ring

    async def keep_and_cut(ring: KeyRing) -> None:
        if step == "seeds in the key file":
            await keep(ring)
        raise Cut

    def cut(*_: object) -> None:
        raise Cut

    if step == "publication stored":
        monkeypatch.setattr(Membership, "apply", cut)
    else:
        node.station.context.keep_ring = keep_and_cut


@pytest.mark.parametrize(
    ("step", "fourth"), [("counter meant", 5), ("seeds in the key file", 4), ("publication stored", 4)]
)
async def test_a_kill_at_each_step_loses_no_seed_and_draws_no_counter_twice(
    homes: dict[str, Home], autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch, step: str, fourth: int
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await until_time(a, FIRST + EDITION - 60)
        a.station.context.clock = TrioClock(town.now + 65)
        cut_at(step, a, monkeypatch)
        with pytest.raises(Cut):
            await a.station.drawing.draw()
        monkeypatch.undo()
        assert counters(a) == [1, 2, 3]
        seeds = drawn(a, 4)
        assert len(seeds) == (0 if fourth == 5 else 12)
        await a.kill()
        await trio.sleep(120)
        a = await town.start("XAA")
        assert counters(a) == [1, 2, 3, fourth]
        assert drawn(a, 4) == seeds, "what was drawn is published, and nothing else under its counter"
        assert len(drawn(a, fourth)) == 12
        meant = a.station.context.store.read.meta(MEANT)
        assert meant is not None
        assert int.from_bytes(meant, "big") == fourth
        assert published(a).number == 2
        assert not a.station.holding.restored
        await town.close()


@pytest.mark.usefixtures("days")
async def test_a_silent_custodian_stops_nobody_until_his_published_editions_end(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await b.channel("ops", ["XAA", "XBB", "XCC"])
        await until(c.channels)
        await hours(7)
        await a.stop()
        end = FIRST + 3 * EDITION
        for at in range(FIRST + EDITION, end, DAY):
            await until_time(b, at + HOUR)
            await b.send("ops", f"at {at}", "SECRET")
            warned = any("keys of XAA end" in warning for warning in b.station.warnings())
            assert warned == (at + HOUR > end - 3 * DAY)
        await until_time(b, end - 60)
        await b.send("ops", "the last one", "SECRET")
        await until_time(b, end + 60)
        with pytest.raises(Refused) as refused:
            await b.send("ops", "nobody could read it", "SECRET")
        assert refused.value.clause == "keys-run-out"
        await b.send("ops", "but these two", "SECRET REL XBB, XCC")
        await town.close()


@pytest.mark.usefixtures("days")
async def test_a_month_of_coalition_life(homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock) -> None:
    """Ten editions: three nations talk every few hours, each custodian draws, and what is past is gone."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        nodes = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(*nodes)
        a, b, c = nodes
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        await until(b.channels)
        await until(c.channels)
        said: list[str] = []
        while (at := a.station.context.now()) < FIRST + 10 * EDITION:
            author = nodes[len(said) % 3]
            said.append(f"{author.code} at {at}")
            await author.send("ops", said[-1], ("SECRET", "RESTRICTED", "TOP SECRET")[len(said) % 3 - 1])
            await hours(5)
        for node in nodes:
            assert Counter(await node.texts("ops")) == Counter(said)
            assert not [m for m in await node.messages("ops") if m.flags]
            ring = node.station.holding.ring
            member = node.station.context.member
            for nation in range(3):
                running = [e for e in published(node, nation).editions if e.first <= member.segment(at) <= e.last]
                assert [edition.counter for edition in running] == [11]
            assert {seed.counter for seed in ring.seeds} == {10, 11, 12, 13}
            assert min(seed.segment for seed in ring.seeds) > (FIRST + 9 * EDITION) // SEGMENT - 1
            assert not await node.audited("document-refused")
            assert not await node.audited("send-refused")
            lists = node.station.context.store.read.documents(int(Tag.SEGMENT_LIST))
            assert len(lists) <= 3 * 5 * 12, "what is over does not pile up"
        assert len(said) > 140
        await town.close()
