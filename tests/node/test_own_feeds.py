"""A home that was brought back from a copy does not fork itself (SPEC 10.7)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.requests import GetStatus, WorkOffline
from coalchat.api.responses import Status
from coalchat.errors import Refused
from coalchat.node.ownfeeds import START_WAIT
from coalchat.node.sending import Sending
from coalchat.paths import Home
from protocol.base.records import decode
from protocol.base.signed import read_signed
from protocol.messages.feed import FeedRecord
from tests.fakes.copies import forks, keep_store, put_store_back, says
from tests.fakes.joined import hours
from tests.fakes.nodes import Running, Town, linked, until

LABEL = "SECRET REL XAA, XBB"


async def begin(town: Town) -> tuple[Running, Running]:
    """XAA dials XBB; XAA has said "one"."""
    a, b = await town.start("XAA"), await town.start("XBB")
    await town.join_up(b, a)
    await a.channel("ops", ("XAA", "XBB"))
    await a.send("ops", "one", LABEL)
    await until(lambda: says(b, "one"))
    return a, b


async def older_store(town: Town, tmp_path: Path) -> None:
    """XAA said "two" as well, hours later, and its store is of before; nobody runs."""
    a, b = await begin(town)
    await a.stop()
    copy = keep_store(town.homes["XAA"], tmp_path / "store")
    a = await town.start("XAA")
    await linked(a, b)
    await hours(31)
    await a.send("ops", "two", LABEL)
    await until(lambda: says(b, "one", "two"))
    await a.stop()
    await b.stop()
    put_store_back(town.homes["XAA"], copy)


def own_feeds(node: Running) -> dict[bytes, bytes]:
    """This device's feeds with what each goes on after."""
    member, read = node.station.context.member, node.station.context.store.read
    rows = read.feeds(device=member.device)
    return {row.feed_id: decode(FeedRecord, read_signed(row.record).body).predecessor for row in rows}


async def test_a_store_of_an_earlier_time_writes_nothing_before_a_peer_has_told(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        await older_store(town, tmp_path)
        a = await town.start("XAA")
        assert await a.texts("ops") == ["one"]
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                await a.send("ops", "three", LABEL)
            assert refused.value.clause == "feed-unconfirmed"
            # It stays so, also where the two files have become of one time since.
            await a.stop()
            a = await town.start("XAA")
            status: Status = await a.ask(GetStatus())
            assert any("wait for a peer" in warning for warning in status.warnings)
        assert (await a.audited("send-refused"))[0].clause == "feed-unconfirmed"
        b = await town.start("XBB")
        await linked(a, b)
        await until(lambda: says(a, "one", "two"))
        await a.send("ops", "three", LABEL)
        await until(lambda: says(b, "one", "two", "three"))
        assert not forks(a, b)
        assert list(own_feeds(a).values()) == [b""]
        assert not any("wait for a peer" in warning for warning in a.station.warnings())
        await town.close()


async def test_entries_that_come_back_are_this_devices_own(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    """The whole home is a day old, so nothing here says so: a peer does."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await begin(town)
        await a.stop()
        shutil.copytree(homes["XAA"].path, tmp_path / "copy")
        a = await town.start("XAA")
        await linked(a, b)
        two = await a.send("ops", "two", LABEL)
        await until(lambda: says(b, "one", "two"))
        await a.stop()
        shutil.rmtree(homes["XAA"].path)
        shutil.copytree(tmp_path / "copy", homes["XAA"].path)
        a = await town.start("XAA")
        # It is asked to write at once: a peer's word comes first.
        await a.send("ops", "three", LABEL)
        await until(lambda: says(b, "one", "two", "three"))
        assert await a.texts("ops") == ["one", "two", "three"]
        assert all(message.mine and message.read for message in await a.messages("ops"))
        (found,) = await a.audited("home-restored")
        assert found.subject == next(iter(own_feeds(a))).hex()
        (state,) = [row for row in (await a.status(two.entry_id)).deliveries if row.nation == "XBB"]
        assert state.state.rank >= 1
        assert not forks(a, b)
        await town.close()


async def test_a_feed_that_was_forgotten_whole_comes_back_and_is_left(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(b, a)
        await a.channel("ops", ("XAA", "XBB"))
        await until(b.channels)
        await a.stop()
        copy = keep_store(homes["XAA"], tmp_path / "store")
        a = await town.start("XAA")
        await linked(a, b)
        await a.send("ops", "one", LABEL)
        (old,) = own_feeds(a)
        await until(lambda: says(b, "one"))
        await a.stop()
        put_store_back(homes["XAA"], copy)
        a = await town.start("XAA")
        await linked(a, b)
        await until(lambda: says(a, "one"))
        await a.send("ops", "two", LABEL)
        await until(lambda: says(b, "one", "two"))
        assert sorted(own_feeds(a).values()) == [b"", old]
        await town.close()


async def test_a_person_may_say_that_no_peer_can_tell(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        await older_store(town, tmp_path)
        a = await town.start("XAA")
        (old,) = own_feeds(a)
        assert (await a.ask(WorkOffline())).left == 1
        await a.send("ops", "three", LABEL)
        assert (await a.ask(WorkOffline())).left == 0
        feeds = own_feeds(a)
        assert sorted(feeds.values()) == [b"", old]
        assert len(await a.audited("feeds-left")) == 1
        b = await town.start("XBB")
        await linked(a, b)
        await until(lambda: says(b, "one", "two", "three"))
        # What was forgotten comes back, below what was said since; nothing is written after it.
        await until(lambda: says(a, "one", "three", "two"))
        await a.send("ops", "four", LABEL)
        assert own_feeds(a) == feeds
        assert not forks(a, b)
        await a.stop()
        a = await town.start("XAA")
        await linked(a, b)
        await a.send("ops", "five", LABEL)
        assert own_feeds(a) == feeds
        await town.close()


async def test_the_first_entry_after_a_start_waits_for_a_peer_and_not_for_ever(
    homes: dict[str, Home], autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed: list[float] = []
    seal = Sending._seal

    def note(self: Sending, *given: object) -> object:
        sealed.append(trio.current_time())
        return seal(self, *given)  # type: ignore[arg-type]

    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await begin(town)
        await a.send("ops", "at once: it was opened a moment ago", LABEL)
        assert trio.current_time() < START_WAIT / 2
        await a.stop()
        await b.stop()
        monkeypatch.setattr(Sending, "_seal", note)
        began = trio.current_time()
        a = await town.start("XAA")
        await a.send("ops", "on a cut link", LABEL)
        await a.send("ops", "and at once", LABEL)
        assert [round(at - began) for at in sealed] == [START_WAIT, START_WAIT]
        # A head that nobody can show costs as much, once, and is no more believed than that.
        (feed,) = own_feeds(a)
        claimed = 0.0
        for _ in range(2):
            claimed = trio.current_time()
            await a.station.own.named({feed: (99, bytes(32))}, lambda _released: True)
            await a.send("ops", f"whatever peers say, {len(sealed)}", LABEL)
        assert sealed[3] - claimed < 1
        assert round(sealed[2] - sealed[1]) == START_WAIT
        assert not await a.audited("home-restored")
        await a.stop()
        b = await town.start("XBB")
        began = trio.current_time()
        sealed.clear()
        a = await town.start("XAA")
        await a.send("ops", "with a peer", LABEL)
        assert sealed[0] - began < START_WAIT / 2
        await town.close()
