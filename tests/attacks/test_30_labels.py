"""Attack 30 (own): labels that say less, or more, than they may.

Above the channel's ceiling, above the author's clearance, without the author's nation, to a nation that the charter does not
have or twice to one, with two restrictive categories, lower than what is quoted, to keys that have ended. The author's node
refuses to seal; of an author whose node does not ask, every reader's node refuses the feed, the envelope or the entry.
Nothing is shown or answered, and one audit line says which rule it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import attrs
import pytest
import trio
from trio.testing import MockClock

from coalchat.errors import Refused
from coalchat.paths import Home
from protocol.base import crypto
from protocol.base.codec import pack, unpack
from protocol.base.errors import RemoteProtocolError
from protocol.base.ids import VERSION, Person, Tag
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import read_signed, sign
from protocol.keys.envelope import Envelope, read_envelope, seal_envelope
from protocol.messages.entry import EntryBase, seal_entry
from protocol.messages.feed import FeedRecord
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from protocol.messages.refs import Ref, Relation
from protocol.messages.versions import Quote, QuotingPayload
from protocol.trust.amendment import admission, check_amendment
from protocol.trust.charter import Nation
from protocol.trust.label import ReleaseKey
from tests.fakes.coalition import make_coalition
from tests.fakes.insider import Insider
from tests.fakes.joined import EDITION, FIRST, HOUR, device_home, joined, until_time
from tests.fakes.nodes import NOW, Running, Town, linked, until
from tests.node.test_hostile import Scene, scene
from tests.node.test_quotes import reads

TEK = bytes(range(32))
LIE = encode_payload(TextPayload(FORMAT, NOW, noplay=False, refs=(), text="a lie", ack_by=0))
RELEASE, CATEGORY, RELEASABLE = 5, 2, 3
"""Places of the release key in a packed FEED, and of two of its fields in it."""


def named(node: Running, title: str) -> bytes:
    return next(name for name, revision in node.station.context.member.channels.items() if revision.title == title)


@attrs.frozen
class Liar:
    """A member whose node asks nothing before it seals."""

    s: Scene
    author: Running

    def release(self) -> ReleaseKey:
        """That of the scene's message: SECRET, to all three nations."""
        return decode(FeedRecord, read_signed(self.s.feed).body).release

    def feed(self, release: ReleaseKey, channel: bytes, nonce: int) -> bytes:
        """The body of a feed record of his."""
        member = self.author.station.context.member
        theirs = decode(FeedRecord, read_signed(self.s.feed).body)
        own = evolve(theirs, device=member.device, person=member.certificate.person, nonce=bytes([nonce]) * 16)
        return encode(evolve(own, channel=channel, release=release))

    def envelope(self, release: ReleaseKey, channel: bytes) -> Envelope:
        """An envelope of his to the keys of all nations, as well made as an honest one."""
        member, honest = self.author.station.context.member, read_envelope(self.s.envelope).context
        own = evolve(honest, nation=member.nation, device=member.device, release=release)
        own = evolve(own, channel=channel, revision=member.channels[channel].hash)
        keys = [member.keys.public_key(own.slot_segment(slot)) for slot in own.slots]
        return seal_envelope(own, TEK, [key for key in keys if key is not None], member.ring.device.ed25519)

    async def push(self, feed: bytes, envelope: Envelope, payload: bytes = LIE) -> None:
        """Push one entry of a feed under an envelope to XBB."""
        member = self.author.station.context.member
        name = crypto.digest(Person.FEED_ID, feed, size=16)
        base = EntryBase(VERSION, 0, name, 1, b"", envelope.id)
        insider = await Insider.dial(self.s.town, as_device=self.author, to=self.s.b)
        insider.offer(seal_entry(base, payload, TEK, member.ring.device.ed25519).data)
        insider.feeds[name] = sign(Tag.FEED, member.device, feed, member.ring.device.key).data
        insider.envelopes[envelope.id] = envelope.data
        await insider.speak(5)
        await insider.hang_up()

    async def lie(self, channel: str = "ops", payload: bytes = LIE, nonce: int = 1, **changes: object) -> None:
        """The same of a release key, with changes."""
        place = named(self.author, channel)
        release = evolve(self.release(), **changes)
        await self.push(self.feed(release, place, nonce), self.envelope(release, place), payload)


def spelt(feed: bytes, field: int, value: object) -> bytes:
    """A feed's body with one field of its release key as no record can hold it."""
    fields = list(unpack(feed))  # type: ignore[arg-type]
    release = list(fields[RELEASE])  # type: ignore[arg-type]
    release[field] = value  # type: ignore[call-overload]
    fields[RELEASE] = tuple(release)
    return pack(tuple(fields))


async def refusals(node: Running, before: int) -> list[tuple[str, str, str]]:
    """Event, nation and clause of what was refused behind an audit number."""
    return [
        (one.event, one.nation, one.clause)
        for one in await node.audit()
        if one.number > before and one.event.endswith("-refused")
    ]


async def test_every_reader_refuses_what_an_author_may_not_label_so(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes | {"laptop": device_home(tmp_path, "laptop")})
        await s.a.channel("low", ["XAA", "XBB", "XCC"], ceiling="RESTRICTED")
        laptop = await joined(s.town, s.c, "laptop", level="RESTRICTED")
        await linked(laptop, s.c)

        async def known() -> bool:
            return all([len(await node.channels()) == 2 for node in (s.b, s.c, laptop)])

        await until(known)
        liar, low = Liar(s, s.c), Liar(s, laptop)
        ops = named(s.c, "ops")
        whole = liar.feed(liar.release(), ops, 9)
        honest = liar.envelope(liar.release(), ops)
        quote = Quote(0, "Officer XAA", NOW + 60, 2, 0, (0, 1, 2), "true")
        true = Ref(int(Relation.QUOTE), s.b.station.context.store.read.messages_of_all(limit=1)[0].entry_id)
        quoting = encode_payload(QuotingPayload(FORMAT, NOW, False, (true,), "", 0, (quote,)))
        hidden = encode_payload(QuotingPayload(FORMAT, NOW, False, (true,), "", 0, (evolve(quote, level=0),)))

        lies: list[tuple[Callable[[], Awaitable[None]], tuple[str, str, str]]] = [
            (lambda: liar.lie("low", level=2), ("entry-refused", "XCC", "level-ceiling")),
            (lambda: liar.lie("low", level=1, category=1, nonce=2), ("entry-refused", "XCC", "category-ceiling")),
            (low.lie, ("envelope-refused", "XCC", "authentication")),
            (lambda: low.lie(level=1, category=1, nonce=2), ("envelope-refused", "XCC", "authentication")),
            (lambda: liar.lie(releasable=(0, 1)), ("feed-refused", "XCC", "authentication")),
            (lambda: liar.push(spelt(whole, RELEASABLE, (0, 1, 2, 3)), honest), ("feed-refused", "XCC", "decode")),
            (lambda: liar.push(spelt(whole, RELEASABLE, (0, 1, 2, 2)), honest), ("feed-refused", "XCC", "decode")),
            (lambda: liar.push(spelt(whole, CATEGORY, (1, 2)), honest), ("feed-refused", "XCC", "decode")),
            (lambda: liar.lie(level=0, payload=quoting, nonce=3), ("entry-refused", "XCC", "combination")),
            (lambda: liar.lie(level=0, payload=hidden, nonce=4), ("entry-refused", "XCC", "combination")),
        ]
        for lie, told in lies:
            shown = [(one.entry_id, one.text) for one in await s.b.messages()]
            before = (await s.b.audit())[-1].number
            await lie()
            assert await refusals(s.b, before) == [told]
            assert [(one.entry_id, one.text) for one in await s.b.messages()] == shown
        # The control: the same hand, under a label that he may use.
        await liar.lie(nonce=7)
        assert await s.b.texts("ops") == ["true", "a lie"]
        await s.town.close()


async def test_an_author_s_own_node_seals_none_of_it(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"], ceiling="SECRET CONVOY EXCON")
        await until(b.channels)
        secret = (await a.send("ops", "secret", "SECRET CONVOY")).entry_id
        await reads(b, "ops", "secret")
        await trio.sleep(5)  # for the receipt
        feeds = [(feed.feed_id, feed.head_seq) for feed in a.station.context.store.read.feeds()]
        for label, clause in (
            ("TOP SECRET", "level-ceiling"),
            ("SECRET CONVOY EXCON", "category-single"),
            ("SECRET REL XBB", "release-own-nation"),
            ("SECRET REL XAA, XCC", "release-member"),
        ):
            with pytest.raises(Refused) as refused:
                await a.send("ops", label, label)
            assert refused.value.clause == clause
        with pytest.raises(Refused) as refused:
            await a.send("ops", "", "SECRET", quotes=[secret], key="quote")
        assert refused.value.clause == "combination"
        assert [(feed.feed_id, feed.head_seq) for feed in a.station.context.store.read.feeds()] == feeds
        assert len(await a.audited("send-refused")) == 5

        # Its keys end: nothing goes at SECRET to a nation that has published no more.
        await a.stop()
        await until_time(b, FIRST + 3 * EDITION + HOUR)
        with pytest.raises(Refused) as refused:
            await b.send("ops", "to nobody", "SECRET")
        assert refused.value.clause == "keys-run-out"
        assert [one.clause for one in await b.audited("send-refused")] == ["keys-run-out"]
        assert await b.texts("ops") == ["secret"]
        await town.close()


def test_the_index_of_a_nation_is_given_to_no_other() -> None:
    """An amendment cannot put a newcomer in the place of a nation: what was released to that would be his to ask for."""
    world = make_coalition()
    xdd = Nation("XDD", "Nation XDD", bytes(32), bytes(32))
    admits = admission(world.charter, xdd)
    check_amendment(world.charter, admits)
    for nations in ((*world.charter.nations[:2], xdd), (xdd, *world.charter.nations)):
        with pytest.raises(RemoteProtocolError) as refused:
            check_amendment(world.charter, evolve(admits, nations=nations))
        assert refused.value.field == "nations"
