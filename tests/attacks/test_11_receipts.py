"""Attack 11 (Roesler+ 2018: forged and erased receipts): a relay drops, replays and invents receipts; none says more than was signed."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from coalchat.api.events import ReceiptArrived
from coalchat.api.vocabulary import State
from coalchat.paths import Home
from protocol.base.codec import pack
from protocol.base.ids import VERSION, Tag
from protocol.base.records import decode, evolve
from protocol.base.signed import read_signed
from protocol.keys.envelope import read_envelope
from protocol.messages.entry import Entry, EntryBase, read_entry, seal_entry
from protocol.messages.feed import FeedRecord, sign_feed
from protocol.messages.payload import FORMAT, encode_payload
from protocol.messages.receipts import Range, ReceiptPayload, ReceiptState, Response
from tests.fakes.insider import Insider
from tests.fakes.nodes import NOW, Running, Town, linked, until


async def meet(nursery: trio.Nursery, homes: dict[str, Home]) -> tuple[Town, Running, Running, Running]:
    """XAA and XBB know each other, and meet through XCC's node only from now on."""
    town = Town(nursery, homes)
    a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
    await town.join_up(a, b, c)
    await a.channel("ops", ["XAA", "XBB"])
    await until(b.channels)
    town.network.cut("xaa", "xbb")
    return town, a, b, c


async def states(node: Running, entry_id: str) -> list[State]:
    return [row.state for row in (await node.status(entry_id)).deliveries]


async def relayed(c: Running, of: Running, count: int) -> list[Entry]:
    """What the relay carries of a device's feed, once it has so much."""
    device, store = of.station.context.member.device, c.station.context.store.read

    async def carried() -> list[Entry]:
        rows = [row for feed in store.feeds(device=device) for row in store.entries_from(feed.feed_id, 1, 100)]
        return [read_entry(row.data) for row in rows] if len(rows) >= count else []

    found: list[Entry] = await until(carried)
    return found


async def test_a_relay_that_drops_receipts_makes_none(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await meet(nursery, homes)
        sent = await a.send("ops", "who has this?", "SECRET")

        async def came() -> bool:
            return await b.texts("ops") == ["who has this?"]

        await until(came)
        town.network.cut("xaa", "xcc")  # before XBB's receipt has come back
        await b.mark("ops", sent.entry_id)
        await relayed(c, b, 2)
        await trio.sleep(600)
        assert (await states(a, sent.entry_id))[0] in {State.SENT, State.HELD}, "it knows what left, and no more"
        town.network.heal("xaa", "xcc")

        async def read() -> bool:
            return await states(a, sent.entry_id) == [State.READ]

        await until(read)
        await town.close()


async def test_receipts_again_count_once_and_invented_ones_never(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await meet(nursery, homes)
        sent = await a.send("ops", "who has this?", "SECRET")

        async def delivered() -> bool:
            return await states(a, sent.entry_id) == [State.DELIVERED]

        await until(delivered)
        entries = await relayed(c, b, 1)
        feed = c.station.context.store.read.feed(entries[0].base.feed)
        assert feed is not None
        told = await a.events(ReceiptArrived)
        before = a.station.context.store.read.receipts_of(*_place(a, sent.entry_id))

        # The relay cannot open the envelope. It knows the entry's id and feed, and signs with the key that it has.
        member = c.station.context.member
        message_feed, seq = _place(a, sent.entry_id)
        ranges = (Range(message_feed, seq, bytes.fromhex(sent.entry_id)),)
        read = ReceiptPayload(
            FORMAT, NOW, noplay=False, refs=(), state=int(ReceiptState.READ), ranges=ranges,
            response=int(Response.NONE), text="",
        )  # fmt: skip
        last = entries[-1]
        base = EntryBase(VERSION, 0, last.base.feed, last.base.seq + 1, last.id, last.base.envelope)
        in_xbbs_name = seal_entry(base, encode_payload(read), bytes(32), member.ring.device.ed25519)
        record = decode(FeedRecord, read_signed(feed.record).body)
        own = evolve(record, device=member.device, person=member.certificate.person, nonce=bytes(16))
        own_base = EntryBase(VERSION, 0, own.id, 1, b"", last.base.envelope)
        in_its_own = seal_entry(own_base, encode_payload(read), bytes(32), member.ring.device.ed25519)
        upgraded = pack((int(Tag.ENTRY), last.base_data, last.salt, last.ct[::-1], last.signature))

        for forged, document in (
            (in_xbbs_name.data, b""),
            (in_its_own.data, sign_feed(own, member.ring.device.key).data),
            (upgraded, b""),
            *((entry.data, b"") for entry in entries),
        ):
            insider = await Insider.dial(town, as_device=c, to=a)
            insider.offer(forged)
            envelope = a.station.context.store.read.envelope(last.base.envelope)
            assert envelope is not None
            insider.envelopes[read_envelope(envelope.data).id] = envelope.data
            if document:
                insider.feeds[own.id] = document
            await insider.speak(20)
            await insider.hang_up()
            assert await states(a, sent.entry_id) == [State.DELIVERED]
        assert await a.events(ReceiptArrived) == told, "nobody is told of it twice"
        assert a.station.context.store.read.receipts_of(*_place(a, sent.entry_id)) == before
        await linked(a, c)
        await town.close()


def _place(node: Running, entry_id: str) -> tuple[bytes, int]:
    message = node.station.context.store.read.message(bytes.fromhex(entry_id))
    assert message is not None
    return message.feed_id, message.seq
