"""A receipt that comes before what it confirms waits for it, and is then judged; meanwhile nobody is blamed."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from coalchat.paths import Home
from protocol.base.ids import VERSION
from protocol.base.records import decode, evolve
from protocol.base.signed import read_signed
from protocol.keys.envelope import read_envelope
from protocol.messages.entry import EntryBase, read_entry, seal_entry
from protocol.messages.feed import FeedRecord, sign_feed
from protocol.messages.payload import FORMAT, encode_payload
from protocol.messages.receipts import Range, ReceiptPayload, ReceiptState, Response
from tests.fakes.insider import Insider
from tests.fakes.nodes import NOW, Running, Town, linked, until

PAIR = ["XAA", "XBB", "XCC"]


async def apart(nursery: trio.Nursery, homes: dict[str, Home]) -> tuple[Town, Running, Running, Running, bytes]:
    """XAA has told XBB something, and XBB has confirmed it under XAA's envelope; XCC is cut off. The id of the message."""
    town = Town(nursery, homes)
    a, b, c = [await town.start(code) for code in PAIR]
    await town.join_up(a, b, c)
    await a.channel("ops", PAIR)
    await until(c.channels)
    for other in ("xaa", "xbb"):
        town.network.cut("xcc", other)
    sent = await a.send("ops", "are you there?", "SECRET")

    message = a.station.context.store.read.message(bytes.fromhex(sent.entry_id))
    assert message is not None

    async def confirmed() -> bool:
        read, device = a.station.context.store.read, b.station.context.member.device
        return read.receipt_mark(message.feed_id, device, int(ReceiptState.DELIVERED)) is not None

    await until(confirmed)
    return town, a, b, c, bytes.fromhex(sent.entry_id)


async def push(town: Town, b: Running, c: Running, feed: bytes, *entries: bytes) -> None:
    """Give XCC these entries of a feed of XBB's, over a link that has nothing else to give."""
    store = b.station.context.store.read
    insider = await Insider.dial(town, as_device=b, to=c)
    insider.offer(*entries)
    for data in entries:
        envelope = store.envelope(read_entry(data).base.envelope)
        assert envelope is not None
        insider.envelopes[envelope.envelope_id] = envelope.data
    insider.feeds[decode(FeedRecord, read_signed(feed).body).id] = feed
    await insider.speak()
    await insider.hang_up()


async def test_a_receipt_that_comes_first(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c, sent = await apart(nursery, homes)
        device = b.station.context.member.device
        store = b.station.context.store.read
        (feed,) = [row for row in store.feeds(device=device) if row.head_seq]
        (receipt,) = store.entries_from(feed.feed_id, 1, 10)
        await push(town, b, c, feed.record, receipt.data)
        assert c.station.context.store.read.entry(receipt.entry_id) is not None
        assert await c.audited("entry-refused") == []
        assert await c.messages("ops") == [], "a receipt takes no line"
        town.network.heal("xcc", "xaa")
        await linked(c, a)
        message = a.station.context.store.read.message(sent)
        assert message is not None

        async def counts() -> bool:
            read = c.station.context.store.read
            return read.receipt_mark(message.feed_id, device, int(ReceiptState.DELIVERED)) is not None

        await until(counts)
        assert await c.texts("ops") == ["are you there?"]
        assert await c.audited("entry-refused") == []
        await town.close()


async def test_a_receipt_that_came_first_and_covers_nothing_of_its_envelope(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """What waits is judged by the same rule later: under another nation's envelope only for what that envelope holds."""
    async with trio.open_nursery() as nursery:
        town, a, b, c, sent = await apart(nursery, homes)
        member, store = b.station.context.member, b.station.context.store.read
        entry = store.entry(sent)
        assert entry is not None
        older = await a.send("ops", "sealed under another envelope", "RESTRICTED")
        theirs = store.feed(entry.feed_id)
        assert theirs is not None

        async def came() -> bool:
            return store.message(bytes.fromhex(older.entry_id)) is not None

        await until(came)
        other = store.entry(bytes.fromhex(older.entry_id))
        assert other is not None
        record = decode(FeedRecord, read_signed(theirs.record).body)
        own = evolve(record, device=member.device, person=member.certificate.person, nonce=bytes(16))
        covered = (Range(other.feed_id, other.seq, other.entry_id),)
        payload = ReceiptPayload(
            FORMAT, NOW, noplay=False, refs=(), state=int(ReceiptState.DELIVERED), ranges=covered,
            response=int(Response.NONE), text="",
        )  # fmt: skip
        envelope = store.envelope(entry.envelope_id)
        assert envelope is not None
        tek = b.station.envelopes.open(read_envelope(envelope.data))
        base = EntryBase(VERSION, 0, own.id, 1, b"", entry.envelope_id)
        false = seal_entry(base, encode_payload(payload), tek, member.ring.device.ed25519)
        await push(town, b, c, sign_feed(own, member.ring.device.key).data, false.data)
        assert await c.audited("entry-refused") == []
        town.network.heal("xcc", "xaa")
        await linked(c, a)

        async def refused() -> list[str]:
            return [record.clause for record in await c.audited("entry-refused")]

        assert await until(refused) == ["own-nation"]
        await town.close()
