"""Quotes and forwards over whole nodes: the label of the whole is never lower than a part's, at both ends."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.evidence import CheckEvidence, ExportEvidence
from coalchat.api.vocabulary import Likeness
from coalchat.errors import Refused, UsageError
from coalchat.paths import Home
from protocol.base.records import decode, evolve
from protocol.messages.payload import FORMAT
from protocol.messages.refs import Ref, Relation
from protocol.messages.versions import Quote, QuotingPayload
from protocol.trust.credential import Precedence
from protocol.trust.label import ReleaseKey
from tests.fakes.nodes import NOW, Running, Town, until

ALL = ["XAA", "XBB", "XCC"]


async def two_channels(nursery: trio.Nursery, homes: dict[str, Home]) -> tuple[Town, Running, Running, Running]:
    """Three nations, of which all are in "ops", and XAA and XBB in "two"."""
    town = Town(nursery, homes)
    a, b, c = [await town.start(code) for code in ALL]
    await town.join_up(a, b, c)
    await a.channel("two", ["XAA", "XBB"])
    await a.channel("ops", ALL)

    async def both() -> bool:
        return len(await b.channels()) == 2 and len(await c.channels()) == 1

    await until(both)
    return town, a, b, c


async def reads(node: Running, channel: str, *texts: str) -> None:
    async def come() -> bool:
        return await node.texts(channel) == list(texts)

    await until(come)


async def test_a_quote_says_where_it_comes_from_and_goes_along_when_forwarded(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await two_channels(nursery, homes)
        order = await a.send("two", "hold at PL RED", "SECRET REL XAA, XBB")
        await reads(b, "two", "hold at PL RED")
        await b.send("two", "as ordered", "SECRET", quotes=[order.entry_id])
        await reads(a, "two", "hold at PL RED", "as ordered")
        for node in (a, b):
            (quoted,) = (await node.messages("two"))[-1].quotes
            assert (quoted.nation, quoted.person, quoted.text) == ("XAA", "Officer XAA", "hold at PL RED")
            assert (quoted.marking, quoted.likeness) == ("MISSION SECRET REL XAA, XBB", Likeness.SAME)
            assert quoted.entry_id == order.entry_id

        # What the quoted message quotes goes along; nothing goes twice.
        answer = (await a.messages("two"))[-1].entry_id
        await b.send("ops", "", "SECRET REL XAA, XBB", quotes=[answer, order.entry_id])
        await reads(a, "ops", "")
        (forwarded,) = await a.messages("ops")
        assert [(one.nation, one.text, one.likeness) for one in forwarded.quotes] == [
            ("XBB", "as ordered", Likeness.SAME),
            ("XAA", "hold at PL RED", Likeness.SAME),
        ]
        await trio.sleep(30)
        assert await c.texts("ops") == []  # XCC is in the channel; the label is the lock

        proof = await a.ask(CheckEvidence(data=(await a.ask(ExportEvidence(id=forwarded.entry_id))).data))
        assert [(one.nation, one.text) for one in proof.quotes] == [("XBB", "as ordered"), ("XAA", "hold at PL RED")]
        assert proof.kind == "quoting"
        await town.close()


async def test_who_has_not_the_original_is_told_so(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town, a, _, c = await two_channels(nursery, homes)
        said = (await a.send("ops", "for all", "RESTRICTED")).entry_id
        await reads(c, "ops", "for all")
        revision = c.station.sending.place(_ops(c))
        release = _release(c, said)
        false = Quote(0, "Officer XAA", NOW + 60, release.level, 0, release.releasable, "for nobody")
        for name, quote in ((said, false), ("f" * 64, false)):
            ref = Ref(int(Relation.QUOTE), bytes.fromhex(name))
            payload = QuotingPayload(FORMAT, NOW, False, (ref,), "so they say", 0, (quote,))
            await c.station.sending.post(revision, release, payload, Precedence.ROUTINE)
        await reads(a, "ops", "for all", "so they say", "so they say")
        told = [message.quotes[0].likeness for message in (await a.messages("ops"))[1:]]
        assert told == [Likeness.DIFFERS, Likeness.UNKNOWN]
        await town.close()


def _ops(node: Running) -> bytes:
    return next(id_ for id_, revision in node.station.context.member.channels.items() if revision.title == "ops")


def _release(node: Running, name: str) -> ReleaseKey:
    found = node.station.context.store.read.message(bytes.fromhex(name))
    assert found is not None
    return decode(ReleaseKey, found.release)


async def test_the_sender_is_refused_what_would_lower_a_label(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, _ = await two_channels(nursery, homes)
        secret = (await a.send("two", "secret", "SECRET REL XAA, XBB")).entry_id
        convoy = (await a.send("two", "convoy", "RESTRICTED CONVOY REL XAA, XBB")).entry_id
        excon = (await a.send("two", "excon", "RESTRICTED EXCON REL XAA, XBB")).entry_id
        feeds = [(feed.feed_id, feed.head_seq) for feed in a.station.context.store.read.feeds()]
        for label, quotes, clause in (
            ("RESTRICTED REL XAA, XBB", [secret], "combination"),
            ("SECRET", [secret], "combination"),  # completed with XCC
            ("SECRET REL XAA, XBB", [secret, convoy], "combination"),
            ("SECRET CONVOY REL XAA, XBB", [convoy, excon], "category-single"),
        ):
            with pytest.raises(Refused) as refused:
                await a.send("ops", f"see {label}", label, quotes=quotes)
            assert refused.value.clause == clause
        assert "MISSION SECRET REL XAA, XBB, or narrower" in (await a.audited("send-refused"))[0].detail
        assert len(await a.audited("send-refused")) == 4
        assert [(feed.feed_id, feed.head_seq) for feed in a.station.context.store.read.feeds()] == feeds
        assert await a.texts("ops") == []
        # The controls: raised, with the category, narrower. And a plain answer repeats nothing: it has any label.
        for label, quotes in (
            ("TOP SECRET CONVOY REL XAA", [secret, convoy]),
            ("SECRET REL XAA, XBB", [secret]),
        ):
            await a.send("ops", label, label, quotes=quotes)
        await a.send("two", "yes", "UNCLASSIFIED", reply_to=secret)
        await reads(b, "ops", "SECRET REL XAA, XBB")
        await town.close()


async def test_a_message_holds_no_more_than_before_with_what_it_quotes(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA", "XBB"])
        long = (await a.send("ops", "x" * 16_000, "SECRET REL XAA", key="long")).entry_id
        with pytest.raises(UsageError, match="longer than a message may be"):
            await a.send("ops", "y" * 385, "SECRET REL XAA", quotes=[long], key="too long")
        await a.send("ops", "y" * 384, "SECRET REL XAA", quotes=[long], key="just fits")
        many = [(await a.send("ops", str(number), "SECRET REL XAA")).entry_id for number in range(7)]
        with pytest.raises(UsageError, match="quotes 1 to 6 others"):
            await a.send("ops", "all of them", "SECRET REL XAA", quotes=many)
        again = await a.send("ops", "some", "SECRET REL XAA", quotes=many[:6], key="once")
        assert (await a.send("ops", "some", "SECRET REL XAA", quotes=many[:6], key="once")).entry_id == again.entry_id
        await town.close()


async def test_a_reader_refuses_what_lowers_a_label(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """An author whose node asks nothing: by what his quotes say themselves, and by what the originals are here."""
    async with trio.open_nursery() as nursery:
        town, a, b, c = await two_channels(nursery, homes)
        secret = (await a.send("ops", "secret", "SECRET")).entry_id
        await reads(c, "ops", "secret")
        revision = c.station.sending.place(_ops(c))
        high = _release(c, secret)
        low = evolve(high, level=0)

        async def push(text: str, *quotes: Quote) -> None:
            refs = tuple(Ref(int(Relation.QUOTE), bytes.fromhex(secret)) for _ in quotes[:1])
            refs += tuple(Ref(int(Relation.QUOTE), bytes([n]) * 32) for n in range(1, len(quotes)))
            payload = QuotingPayload(FORMAT, NOW, False, refs, text, 0, quotes)
            await c.station.sending.post(revision, low, payload, Precedence.ROUTINE)

        honest = Quote(0, "Officer XAA", NOW + 60, high.level, high.category, high.releasable, "secret")
        await push("said openly", honest)
        await push("the label is false", evolve(honest, level=0))
        await push("to nobody", evolve(honest, level=0, releasable=(0,)), evolve(honest, level=0, releasable=(1,)))
        await push("nowhere", evolve(honest, level=0, releasable=(0, 1, 2, 31)))
        await push("no author", evolve(honest, level=0, nation=30))
        await push("no level", evolve(honest, level=15))
        await push("no category", evolve(honest, level=0, category=32))
        await c.send("ops", "control", "UNCLASSIFIED")
        for node in (a, b):
            await reads(node, "ops", "secret", "control")
            refused = await node.audited("entry-refused")
            assert [(one.nation, one.clause) for one in refused] == [
                ("XCC", "combination"),
                ("XCC", "combination"),
                ("XCC", "release-empty"),
                ("XCC", "release-member"),
                ("XCC", "release-member"),
                ("XCC", "policy-unknown"),
                ("XCC", "policy-unknown"),
            ]
        await town.close()
