"""Several peers bring one feed: what is kept of it does not depend on who brings which part when."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from coalchat.paths import Home
from protocol.base.ids import VERSION
from protocol.base.records import encode
from protocol.messages.entry import Entry, EntryBase, read_entry, seal_entry
from protocol.messages.entry import _Wire as EntryWire
from protocol.messages.feed import Accepted, sign_feed
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from tests.fakes.nodes import NOW, until
from tests.node.test_hostile import Scene, scene
from tests.node.test_refused import TEK, own_envelope, own_feed


class Told:
    """XBB has a feed and an envelope of XCC's device, and is told four entries of it."""

    def __init__(self, s: Scene) -> None:
        self.s, self.station = s, s.b.station
        self.record, self.envelope = own_feed(s), own_envelope(s)
        self.key = s.c.station.context.member.ring.device
        self.entries: list[Entry] = []
        for seq in range(1, 5):
            said = encode_payload(TextPayload(FORMAT, NOW, noplay=False, refs=(), text=f"line {seq}", ack_by=0))
            before = self.entries[-1].id if self.entries else b""
            base = EntryBase(VERSION, 0, self.record.id, seq, before, self.envelope.id)
            self.entries.append(seal_entry(base, said, TEK, self.key.ed25519))

    async def begin(self) -> None:
        assert await self.station.intake.feed(sign_feed(self.record, self.key.key).data, 2)
        assert await self.station.intake.envelope(self.envelope.data, 2)

    async def tell(self, *entries: Entry) -> None:
        for entry in entries:
            await self.station.intake.entry(entry, 2, nobody)

    async def all_there(self) -> bool:
        return [text for text in await self.s.b.texts("ops") if text != "true"] == [f"line {n}" for n in range(1, 5)]

    def head(self) -> int:
        row = self.station.context.store.read.feed(self.record.id)
        assert row is not None
        return row.head_seq


def nobody(feed: bytes, seq: int) -> None:
    """Waits for it to be stored."""


async def test_what_two_links_bring_of_one_feed_at_one_moment_is_kept_in_its_order(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        told = Told(await scene(nursery, homes))
        await told.begin()
        first, second, third, fourth = told.entries
        # Its signature does not hold: it waits for the next one, which lets both in.
        waits = read_entry(encode(EntryWire(second.base_data, second.salt, second.ct, bytes(64))))
        await told.tell(first, waits)
        intake = told.station.intake
        async with trio.open_nursery() as links:
            links.start_soon(intake.entry, third, 2, nobody)
            while (feed := told.station.feeds.get(told.record.id)) is None or feed.chain.head_seq < 3:
                await trio.lowlevel.checkpoint()
            await intake._offer(feed, fourth, 0, nobody)  # judged already; at this very moment
        await until(told.all_there)
        await told.s.town.close()


async def test_what_follows_an_entry_that_was_lost_with_its_link_is_left_out_until_both_come_again(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        told = Told(await scene(nursery, homes))
        await told.begin()
        first, second, third, _ = told.entries
        await told.tell(first)
        await until_head(told, 1)
        feed = told.station.feeds.get(told.record.id)
        assert feed is not None
        feed.chain.offer(second, None)  # and its link ends before it is queued
        accepted = feed.chain.offer(third, None)
        assert isinstance(accepted, Accepted)
        await told.station.intake._queue(feed, accepted, 2, nobody)
        await trio.sleep(1)
        assert told.head() == 1
        assert told.station.context.store.read.entry(third.id) is None
        await told.tell(*told.entries)
        await until(told.all_there)
        await told.s.town.close()


async def until_head(told: Told, seq: int) -> None:
    async def reached() -> bool:
        return told.head() == seq

    await until(reached)
