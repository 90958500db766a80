"""Attack 28 over whole nodes: an author gives one nation another key; it complains, and is told again, once."""

from __future__ import annotations

import attrs
import trio
from trio.testing import MockClock

from coalchat.api.vocabulary import Flag
from coalchat.node.complaints import reissued
from coalchat.node.envelopes import Envelopes, Sealing
from coalchat.paths import Home
from coalchat.store.rows import Message
from protocol.base import crypto
from protocol.base.ids import Domain, Tag
from protocol.base.records import encode, encode_part
from protocol.keys.envelope import NATIONS, Envelope, Slot, _Wire, envelope_id, info, own_slots
from protocol.messages.refs import Ref, Relation
from protocol.trust.channel import ChannelRevision
from protocol.trust.label import ReleaseKey
from tests.fakes.nodes import Running, Town, until


def cheat(a: Running, envelope: Envelope, nation: int) -> Envelope:
    """The same envelope, with another TEK in the slot of one nation, signed by its author."""
    ((index, slot),) = own_slots(envelope, nation)
    keys = a.station.context.member.keys
    public = keys.public_key(envelope.context.slot_segment(slot))
    assert public is not None
    wrap = crypto.hpke_seal(
        public, info(NATIONS, envelope.ctx, encode_part(slot), public, envelope.commitment), b"another key" + bytes(21)
    )
    wraps = (*envelope.wraps[:index], wrap, *envelope.wraps[index + 1 :])
    name = envelope_id(envelope.ctx, envelope.commitment, wraps)
    signature = crypto.ed25519_sign(a.station.context.member.ring.device.ed25519, Domain.ENVELOPE, name)
    data = encode(_Wire(envelope.ctx, envelope.commitment, wraps, signature))
    return Envelope(name, envelope.ctx, envelope.commitment, wraps, signature, data, envelope.context)


class Dishonest(Envelopes):
    """Makes one envelope that is false for one nation, and honest ones after it."""

    def __init__(self, node: Running, nation: int) -> None:
        super().__init__(node.station.context)
        self.node = node
        self.nation = nation
        self.cheated = False

    def _make(
        self, revision: ChannelRevision, release: ReleaseKey, slots: list[tuple[Slot, bytes]], segment: int, now: int
    ) -> Sealing:
        made = super()._make(revision, release, slots, segment, now)
        if self.cheated or made.row is None or not isinstance(made.envelope, Envelope):
            return made
        self.cheated = True
        false = cheat(self.node, made.envelope, self.nation)
        self._remember(false, made.tek)
        return Sealing(false, made.tek, attrs.evolve(made.row, envelope_id=false.id, data=false.data))


def cheat_once(a: Running, nation: int) -> None:
    """The next envelope that this node makes is false for one nation."""
    a.station.sending.envelopes = Dishonest(a, nation)


async def test_one_nation_is_given_another_key(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        for node in (b, c):
            await until(node.channels)
        cheat_once(a, nation=2)
        await a.send("ops", "the same for all", "SECRET")

        async def told_again() -> bool:
            return "the same for all" in await c.texts("ops")

        await until(told_again)
        await trio.sleep(60)
        # XBB reads it once, though it came twice.
        assert await b.texts("ops") == ["the same for all"]
        unreadable, again = await c.messages("ops")
        assert unreadable.flags == (Flag.UNREADABLE,)
        assert again.text == "the same for all"
        (raised,) = await c.audited("complaint-raised")
        assert raised.nation == "XAA"
        assert await c.audited("envelope-refused")
        (received,) = await a.audited("complaint-received")
        assert received.nation == "XCC"
        read = a.station.context.store.read
        said = read.sql.all(Message, "WHERE kind = ? AND nation = 2", int(Tag.COMPLAINT))
        assert len(said) == 1
        teks = [tek for node in (a, b, c) for tek, _ in node.station.envelopes._teks.values()]
        seeds = [bytes(seed.seed) for seed in c.station.holding.ring.seeds]
        assert teks
        assert not [secret for secret in (*teks, *seeds) if secret in said[0].payload], (
            "a complaint proves nothing and gives nothing"
        )
        (reissued,) = await a.audited("envelope-reissued")
        assert reissued.detail == "1"
        # Its other envelopes are unaffected, and the next message needs no reissue.
        await a.send("ops", "and on", "SECRET")

        async def on() -> bool:
            return (await b.texts("ops"))[-1] == "and on" and (await c.texts("ops"))[-1] == "and on"

        await until(on)
        assert len(await c.audited("complaint-raised")) == 1
        await town.close()


async def test_a_second_complaint_gains_nothing(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, c = await town.start("XAA"), await town.start("XCC")
        await town.join_up(a, c)
        await a.channel("ops", ["XAA", "XCC"])
        await until(c.channels)
        for text in ("first", "second"):
            cheat_once(a, nation=2)
            await a.send("ops", text, "SECRET")

            async def answered() -> bool:
                return bool(await a.audited("complaint-received"))

            await until(answered)
            await trio.sleep(30)
            # XAA seals the second message under the envelope of the reissue: make it use a new, false one.
            await a.station.context.store.write(lambda tx: tx.retire_envelopes())
        assert len(await a.audited("complaint-received")) == 2
        assert len(await a.audited("envelope-reissued")) == 1
        await town.close()


def test_what_is_said_again_keeps_its_quotes_in_their_order() -> None:
    """They go with its quotes one by one: a message that quotes six and was said again before has no room for all."""
    quotes = tuple(Ref(int(Relation.QUOTE), bytes([n]) * 32) for n in range(6))
    before, answers = Ref(int(Relation.REISSUE), b"r" * 32), Ref(int(Relation.REPLY), b"a" * 32)
    refs = reissued(b"s" * 32, (before, answers, *quotes))
    assert refs == (Ref(int(Relation.REISSUE), b"s" * 32), *quotes, before)
    assert reissued(b"s" * 32, (answers,)) == (Ref(int(Relation.REISSUE), b"s" * 32), answers)
