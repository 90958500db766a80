"""What a hostile member pushes is refused, accounted for, and changes nothing."""

from __future__ import annotations

import attrs
import trio
from trio.testing import MockClock

from coalchat.paths import Home
from protocol.base.records import encode, evolve
from protocol.keys.envelope import _Wire as EnvelopeWire
from protocol.keys.envelope import read_envelope
from protocol.messages.entry import _Wire as EntryWire
from protocol.messages.entry import read_entry
from tests.fakes.insider import Insider
from tests.fakes.nodes import Running, Town, until


@attrs.frozen
class Scene:
    """XAA has said one thing to XBB and XCC; XCC is linked to XAA only."""

    town: Town
    a: Running
    b: Running
    c: Running
    entry: bytes
    feed: bytes
    envelope: bytes


async def scene(nursery: trio.Nursery, homes: dict[str, Home]) -> Scene:
    town = Town(nursery, homes)
    a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
    await town.join_up(a, b)
    await town.join_up(a, c)
    await a.channel("ops", ["XAA", "XBB", "XCC"])
    for node in (b, c):
        await until(node.channels)
    sent = await a.send("ops", "true", "SECRET")
    for node in (b, c):

        async def came(node: Running = node) -> bool:
            return await node.texts("ops") == ["true"]

        await until(came)
    read = a.station.context.store.read
    row = read.entry(bytes.fromhex(sent.entry_id))
    assert row is not None
    envelope, feed = read.envelope(row.envelope_id), read.feed(row.feed_id)
    assert envelope is not None
    assert feed is not None
    return Scene(town, a, b, c, row.data, feed.record, envelope.data)


def altered(data: bytes, *, seq: int, prev: bytes) -> bytes:
    """The entry again, as the next of its feed, with one bit of its ciphertext changed."""
    entry = read_entry(data)
    base = encode(evolve(entry.base, seq=seq, prev=prev))
    ct = bytes([entry.ct[0] ^ 1]) + entry.ct[1:]
    return encode(EntryWire(base, entry.salt, ct, entry.signature))


async def test_an_altered_entry(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        before = s.b.station.context.store.read.feeds()
        insider = await Insider.dial(s.town, as_device=s.c, to=s.b)
        insider.offer(altered(s.entry, seq=2, prev=read_entry(s.entry).id))
        await insider.speak()
        await insider.hang_up()
        assert await s.b.texts("ops") == ["true"]
        heads = {feed.feed_id: feed.head_seq for feed in before}
        after = {feed.feed_id: feed.head_seq for feed in s.b.station.context.store.read.feeds()}
        assert {feed: after[feed] for feed in heads} == heads
        (found,) = await s.b.audited("entry-not-authentic")
        assert (found.nation, found.clause) == ("XCC", "authentication")
        # The control: the true next entry still comes.
        await s.a.send("ops", "also true", "SECRET")

        async def came() -> bool:
            return await s.b.texts("ops") == ["true", "also true"]

        await until(came)
        await s.town.close()


async def test_a_relabelled_envelope(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        envelope = read_envelope(s.envelope)
        lower = evolve(envelope.context, release=evolve(envelope.context.release, level=0))
        forged = encode(EnvelopeWire(encode(lower), envelope.commitment, envelope.wraps, envelope.signature))
        name = read_envelope(forged).id
        entry = read_entry(s.entry)
        base = encode(evolve(entry.base, seq=2, prev=entry.id, envelope=name))
        under = encode(EntryWire(base, entry.salt, entry.ct, entry.signature))
        insider = await Insider.dial(s.town, as_device=s.c, to=s.b)
        insider.offer(under)
        insider.envelopes[name] = forged
        await insider.speak()
        await insider.hang_up()
        (found,) = await s.b.audited("envelope-refused")
        assert found.nation == "XCC"
        assert s.b.station.context.store.read.envelope(name) is None
        assert await s.b.texts("ops") == ["true"]
        await s.town.close()


async def test_a_stranger_gets_no_byte(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        b = await town.start("XBB")
        for hello in (
            b"\x00\x00\x00\x04junk",
            b"\xff\xff\xff\xff",
            b"\x00\x00\x00\x24" + b"\x92\x20\xc4\x20" + bytes(32),
        ):
            stream = await town.network.transport("stranger").dial(b.address)
            await stream.send_all(hello)
            answer = b""
            try:
                while chunk := await stream.receive_some():
                    answer += chunk
            except trio.BrokenResourceError:
                pass
            assert answer == b""
        assert len(await b.audited("link-stranger")) == 1
        # What is no proof at all is refused by its form: junk, and a frame above the cap.
        assert {record.clause for record in await b.audited("link-refused")} == {"decode", "limit"}
        await town.close()


async def test_a_garbage_signature_in_the_middle(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """Attack 34 over a whole node: a relay swaps a signature; the next entry authenticates the one before."""
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        await s.b.stop()
        for text in ("second", "third"):
            await s.a.send("ops", text, "SECRET")
        read = s.a.station.context.store.read
        rows = read.entries_from(read_entry(s.entry).base.feed, 1, 10)
        b = await s.town.start("XBB")
        # b dials a by itself: keep them apart until the insider has spoken
        s.town.network.cut("xbb", "xaa")
        entries = [read_entry(row.data) for row in rows]
        swapped = encode(EntryWire(entries[1].base_data, entries[1].salt, entries[1].ct, bytes(64)))
        insider = await Insider.dial(s.town, as_device=s.c, to=b)
        insider.offer(rows[0].data, swapped, rows[2].data)
        await insider.speak()
        assert await b.texts("ops") == ["true", "second", "third"]
        s.town.network.heal("xbb", "xaa")
        await trio.sleep(60)
        assert await b.texts("ops") == ["true", "second", "third"]
        await s.town.close()
