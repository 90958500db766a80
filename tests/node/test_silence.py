"""What a refusal tells: the peer nothing of the step, the audit record nothing of the content; and who reads slowly (SPEC 10.3, 12.5, 13)."""

from __future__ import annotations

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from coalchat.api.requests import ListMessages, NextEvents
from coalchat.errors import Refused
from coalchat.node.server import MAX_UNDER_WAY
from coalchat.paths import Home
from protocol.base.ids import VERSION, Tag
from protocol.base.records import evolve
from protocol.keys.envelope import read_envelope
from protocol.messages.entry import EntryBase, seal_entry
from protocol.messages.feed import sign_feed
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from tests.fakes.insider import Insider
from tests.fakes.nodes import NOW, Town
from tests.node.test_hostile import Scene, scene
from tests.node.test_refused import TEK, own_envelope, own_feed
from tests.node.test_server import Wire, wire

CANARY = "XYZZY-CANARY"
LIE = encode_payload(TextPayload(FORMAT, NOW, noplay=False, refs=(), text=CANARY, ack_by=0))
NO_ANSWER = {Tag.INVENTORY, Tag.HEADS, Tag.PUSH, Tag.PUSH_FEED, Tag.PUSH_ENVELOPE, Tag.WANT_ENVELOPES}
"""What the victim itself has to give, and what it asks for before it can judge."""


async def answered(s: Scene, payload: bytes, envelope: bytes, tek: bytes, number: int) -> list[tuple[int, int]]:
    """As XCC, push one entry to XBB; what XBB's node says to it, by kind and length."""
    member = s.c.station.context.member
    record = evolve(own_feed(s), nonce=bytes(15) + bytes([number]))
    name = read_envelope(envelope).id
    entry = seal_entry(EntryBase(VERSION, 0, record.id, 1, b"", name), payload, tek, member.ring.device.ed25519)
    insider = await Insider.dial(s.town, as_device=s.c, to=s.b)
    insider.offer(entry.data)
    insider.envelopes[name] = envelope
    insider.feeds[record.id] = sign_feed(record, member.ring.device.key).data
    await insider.speak(20)
    await insider.hang_up()
    assert s.b.station.context.store.read.entry(entry.id) is not None, "it is authentic, and kept"
    return [(frame[1], len(frame)) for frame in insider.heard if frame[1] not in NO_ANSWER]


async def test_a_refusal_tells_the_peer_no_step_and_the_record_no_content(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """One entry is refused for its envelope (step 7), one for its payload (step 10)."""
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        theirs = read_envelope(s.envelope)
        by_envelope = await answered(s, LIE, s.envelope, s.c.station.envelopes.open(theirs), 1)
        malformed = LIE[:-1] + b"\xc0"  # nil, where the time for an acknowledgement stands
        by_payload = await answered(s, malformed, own_envelope(s).data, TEK, 2)
        assert by_envelope == by_payload
        refused = await s.b.audited("entry-refused")
        assert [record.clause for record in refused] == ["own-nation", "payload"]
        assert await s.b.texts("ops") == ["true"]
        with pytest.raises(Refused):
            await s.b.send("ops", CANARY, "SECRET REL XAA")  # not to its own nation
        assert await s.b.audited("send-refused")
        for node in (s.a, s.b, s.c):
            assert CANARY not in repr(await node.audit())
        await s.town.close()


async def test_who_reads_slowly_delays_nobody(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """A client asks for much and reads nothing: its requests wait unread, and another's are answered."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA"])
        for number in range(20):
            await a.send("ops", f"{number} " + "x" * 2_000, "SECRET", key=f"{number}")
        ours, theirs = trio.testing.lockstep_stream_pair()
        nursery.start_soon(a.node.server.serve, theirs)
        slow = Wire(ours)
        assert (await slow.hello()).error is None
        everything = ListMessages(channel="ops", after_position=0, before_position=0, limit=1000)
        taken = 0
        with trio.move_on_after(60):
            while taken < 4 * MAX_UNDER_WAY:
                await slow.raw(slow.frame(everything))
                taken += 1
        assert taken <= MAX_UNDER_WAY + 1, "as many answers wait as may be under way; more is not even read"

        quick = wire(nursery, a)
        assert (await quick.hello()).error is None
        reply = await quick.ask(NextEvents(cursor=0, limit=1000, wait_seconds=0))
        assert reply.error is None
        await town.close()
        nursery.cancel_scope.cancel()
