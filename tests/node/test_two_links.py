"""Several peers bring one feed: what is kept of it does not depend on who brings which part when."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from coalchat.paths import Home
from protocol.base.ids import VERSION
from protocol.base.records import encode
from protocol.messages.entry import Entry, EntryBase, read_entry, seal_entry
from protocol.messages.entry import _Wire as EntryWire
from protocol.messages.feed import sign_feed
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from tests.fakes.nodes import NOW, until
from tests.node.test_hostile import scene
from tests.node.test_refused import TEK, own_envelope, own_feed


async def test_what_two_links_bring_of_one_feed_at_one_moment_is_kept_in_its_order(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        record, envelope = own_feed(s), own_envelope(s)
        key, station = s.c.station.context.member.ring.device, s.b.station
        assert await station.intake.feed(sign_feed(record, key.key).data, 2)
        assert await station.intake.envelope(envelope.data, 2)
        entries: list[Entry] = []
        for seq in range(1, 5):
            said = encode_payload(TextPayload(FORMAT, NOW, noplay=False, refs=(), text=f"line {seq}", ack_by=0))
            before = entries[-1].id if entries else b""
            base = EntryBase(VERSION, 0, record.id, seq, before, envelope.id)
            entries.append(seal_entry(base, said, TEK, key.ed25519))
        first, second, third, fourth = entries
        # Its signature does not hold: it waits for the next one, which lets both in.
        waits = read_entry(encode(EntryWire(second.base_data, second.salt, second.ct, bytes(64))))
        for entry in (first, waits):
            await station.intake.entry(entry, 2, lambda feed, seq: None)
        async with trio.open_nursery() as links:
            links.start_soon(station.intake.entry, third, 2, lambda feed, seq: None)
            while (feed := station.feeds.get(record.id)) is None or feed.chain.head_seq < 3:
                await trio.lowlevel.checkpoint()
            await station.intake._offer(feed, fourth, 0, lambda feed, seq: None)  # judged already; at this very moment

        async def all_there() -> bool:
            return [text for text in await s.b.texts("ops") if text != "true"] == [f"line {seq}" for seq in range(1, 5)]

        await until(all_there)
        await s.town.close()
