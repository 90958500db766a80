"""Envelopes and feeds that a member signs and no honest node makes: without a reader's slot, too long, of no label."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.vocabulary import Flag
from coalchat.node.envelopes import Envelopes, Sealing
from coalchat.paths import Home
from protocol.base.ids import VERSION
from protocol.base.records import decode, evolve
from protocol.base.signed import read_signed
from protocol.keys.envelope import Envelope, Slot, read_envelope, seal_envelope
from protocol.messages.entry import EntryBase, seal_entry
from protocol.messages.feed import FeedRecord, sign_feed
from protocol.trust.channel import ChannelRevision
from protocol.trust.label import ReleaseKey
from tests.fakes.insider import Insider
from tests.fakes.nodes import Running, Town, until
from tests.node.test_hostile import Scene, scene
from tests.node.test_insiders import LIE

TEK = bytes(range(32))


class Forgetful(Envelopes):
    """Makes one envelope without the slot of one nation, and whole ones after it."""

    def __init__(self, node: Running, nation: int) -> None:
        super().__init__(node.station.context)
        self.nation = nation
        self.forgot = False

    def _make(
        self, revision: ChannelRevision, release: ReleaseKey, slots: list[tuple[Slot, bytes]], segment: int, now: int
    ) -> Sealing:
        if not self.forgot:
            self.forgot = True
            slots = [(slot, key) for slot, key in slots if slot.nation != self.nation]
        return super()._make(revision, release, slots, segment, now)


async def test_a_reader_without_a_slot_complains_and_is_told_again(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        for node in (b, c):
            await until(node.channels)
        a.station.sending.envelopes = Forgetful(a, nation=2)
        await a.send("ops", "for all", "SECRET")

        async def told_again() -> bool:
            return "for all" in await c.texts("ops")

        await until(told_again)
        await trio.sleep(60)
        (raised,) = await c.audited("complaint-raised")
        assert (raised.nation, raised.detail) == ("XAA", "no_slot")
        unreadable, again = await c.messages("ops")
        assert (unreadable.flags, again.text) == ((Flag.UNREADABLE,), "for all")
        assert len(await a.audited("envelope-reissued")) == 1
        # XBB has a slot in both, reads it once and complains of nothing; nor does a whole envelope of XAA's lead to more.
        await a.send("ops", "and on", "SECRET")

        async def on() -> bool:
            return await b.texts("ops") == ["for all", "and on"] and (await c.texts("ops"))[-1] == "and on"

        await until(on)
        assert not await b.audited("complaint-raised")
        assert len(await c.audited("complaint-raised")) == 1
        await town.close()


def own_feed(s: Scene, **changes: Any) -> FeedRecord:
    """A feed of XCC's device; `changes` are of its release key."""
    member = s.c.station.context.member
    theirs = decode(FeedRecord, read_signed(s.feed).body)
    release = evolve(theirs.release, **changes)
    return evolve(theirs, device=member.device, person=member.certificate.person, nonce=bytes(16), release=release)


def own_envelope(s: Scene, **changes: Any) -> Envelope:
    """An envelope of XCC's device for the channel and label of the scene, to the same keys; `changes` are of its context."""
    member = s.c.station.context.member
    honest = read_envelope(s.envelope).context
    context = evolve(honest, nation=member.nation, device=member.device, **changes)
    keys = [member.keys.public_key(honest.slot_segment(slot)) for slot in honest.slots]
    return seal_envelope(context, TEK, [key for key in keys if key is not None], member.ring.device.ed25519)


async def push(s: Scene, record: FeedRecord, envelope: Envelope) -> None:
    """As XCC, push one entry of a feed under an envelope to XBB."""
    key = s.c.station.context.member.ring.device
    entry = seal_entry(EntryBase(VERSION, 0, record.id, 1, b"", envelope.id), LIE, TEK, key.ed25519)
    insider = await Insider.dial(s.town, as_device=s.c, to=s.b)
    insider.offer(entry.data)
    insider.feeds[record.id] = sign_feed(record, key.key).data
    insider.envelopes[envelope.id] = envelope.data
    await insider.speak()
    await insider.hang_up()


async def test_what_a_member_makes_by_the_rules_is_read(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """The control of the tests below."""
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        await push(s, own_feed(s), own_envelope(s))
        assert await s.b.texts("ops") == ["true", "a lie"]
        assert not await s.b.audited("feed-refused")
        assert not await s.b.audited("envelope-refused")
        await s.town.close()


@pytest.mark.parametrize(
    "changes", [{"level": 4}, {"category": 3}, {"releasable": (0, 1, 2, 3)}], ids=["level", "category", "nation"]
)
async def test_a_feed_of_a_label_that_is_none(
    homes: dict[str, Home], autojump_clock: MockClock, changes: dict[str, Any]
) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        record = own_feed(s, **changes)
        await push(s, record, own_envelope(s))
        assert s.b.station.context.store.read.feed(record.id) is None
        (refused,) = await s.b.audited("feed-refused")
        assert (refused.nation, refused.clause) == ("XCC", "decode")
        assert await s.b.texts("ops") == ["true"]
        await s.town.close()


async def test_an_envelope_that_claims_to_last_longer(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        longer = own_envelope(s, not_after=read_envelope(s.envelope).context.not_after + 1)
        await push(s, own_feed(s), longer)
        assert s.b.station.context.store.read.envelope(longer.id) is None
        (refused,) = await s.b.audited("envelope-refused")
        assert (refused.nation, refused.clause) == ("XCC", "decode")
        assert await s.b.texts("ops") == ["true"]
        await s.town.close()
