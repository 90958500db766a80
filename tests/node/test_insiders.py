"""Attacks 3, 7, 13 and 29 over whole nodes: a reader of a message uses what he knows against others."""

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
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from protocol.trust.credential import Precedence
from tests.fakes.insider import Insider
from tests.fakes.nodes import NOW, Running
from tests.node.test_hostile import Scene, scene

LIE = encode_payload(TextPayload(FORMAT, NOW, noplay=False, refs=(), text="a lie", ack_by=0))


async def push(s: Scene, *entries: bytes, feed: bytes = b"") -> Insider:
    """As XCC, push entries to XBB."""
    insider = await Insider.dial(s.town, as_device=s.c, to=s.b)
    insider.offer(*entries)
    insider.envelopes[read_envelope(s.envelope).id] = s.envelope
    if feed:
        record = decode(FeedRecord, read_signed(feed).body)
        insider.feeds[record.id] = feed
    await insider.speak()
    await insider.hang_up()
    return insider


def tek_of(s: Scene, node: Running) -> bytes:
    """XCC reads the message, so it has the key of its envelope."""
    return node.station.envelopes.open(read_envelope(s.envelope))


async def test_the_same_entry_again_changes_nothing(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        await trio.sleep(30)  # for the receipts
        store = s.b.station.context.store.read
        before = (store.last_position(), store.feeds())
        await push(s, s.entry)
        assert (store.last_position(), store.feeds()) == before
        assert await s.b.texts("ops") == ["true"]
        await s.town.close()


async def test_who_has_the_key_cannot_speak_in_anothers_feed(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        true = read_entry(s.entry)
        base = EntryBase(VERSION, 0, true.base.feed, 2, true.id, true.base.envelope)
        forged = seal_entry(base, LIE, tek_of(s, s.c), s.c.station.context.member.ring.device.ed25519)
        await push(s, forged.data)
        assert await s.b.texts("ops") == ["true"]
        assert [record.nation for record in await s.b.audited("entry-not-authentic")] == ["XCC"]
        await s.town.close()


async def test_an_entry_under_another_nations_envelope(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        member = s.c.station.context.member
        theirs = decode(FeedRecord, read_signed(s.feed).body)
        own = evolve(theirs, device=member.device, person=member.certificate.person, nonce=bytes(16))
        document = sign_feed(own, member.ring.device.key)
        base = EntryBase(VERSION, 0, own.id, 1, b"", read_entry(s.entry).base.envelope)
        entry = seal_entry(base, LIE, tek_of(s, s.c), member.ring.device.ed25519)
        await push(s, entry.data, feed=document.data)
        assert await s.b.texts("ops") == ["true"]
        (refused,) = await s.b.audited("entry-refused")
        assert (refused.nation, refused.clause) == ("XCC", "own-nation")
        await s.town.close()


async def test_a_feed_in_anothers_name(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        member = s.c.station.context.member
        theirs = decode(FeedRecord, read_signed(s.feed).body)
        false = evolve(theirs, nonce=b"another feed of ", person=member.certificate.person)
        document = sign_feed(false, member.ring.device.key)
        base = EntryBase(VERSION, 0, false.id, 1, b"", read_entry(s.entry).base.envelope)
        entry = seal_entry(base, LIE, tek_of(s, s.c), member.ring.device.ed25519)
        await push(s, entry.data, feed=document.data)
        assert s.b.station.context.store.read.feed(false.id) is None
        (refused,) = await s.b.audited("feed-refused")
        assert refused.nation == "XCC"
        assert await s.b.texts("ops") == ["true"]
        await s.town.close()


async def test_a_label_above_the_channels_ceiling(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """Attack 30 in part: an author whose node does not ask the access decision is refused by every reader's."""
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        await s.a.channel("low", ["XAA", "XBB", "XCC"], ceiling="RESTRICTED")
        await trio.sleep(30)
        station = s.c.station
        revision = next(r for r in station.context.member.channels.values() if r.title == "low")
        release = evolve(decode(FeedRecord, read_signed(s.feed).body).release, level=2)
        payload = TextPayload(FORMAT, NOW, noplay=False, refs=(), text="too high", ack_by=0)
        await station.sending.post(revision, release, payload, Precedence.ROUTINE)
        await trio.sleep(30)
        assert await s.b.texts("low") == []
        (refused,) = await s.b.audited("entry-refused")
        assert (refused.nation, refused.clause) == ("XCC", "level-ceiling")
        await s.town.close()
