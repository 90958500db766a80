"""What one device may have, claim or say is bounded, at its own node and at every receiver (SPEC 7.3, 8.1, 8.2, 8.4)."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.vocabulary import Precedence, State
from coalchat.errors import Refused
from coalchat.node.envelopes import Envelopes
from coalchat.node.feeds import release_bits
from coalchat.node.invites import Terms
from coalchat.paths import Home
from coalchat.store.faces import Transaction
from coalchat.store.rows import Feed
from protocol.base.ids import Tag
from protocol.base.limits import MAX_FEEDS_PER_DEVICE, MAX_LIVE_ENVELOPES
from protocol.base.records import evolve
from protocol.keys.envelope import read_envelope
from protocol.messages.feed import sign_feed
from protocol.messages.payload import FORMAT, TextPayload
from protocol.trust.credential import Precedence as WirePrecedence
from protocol.trust.credential import Scope
from tests.fakes.nodes import NOW, Running, Town, until
from tests.node.test_enrolment import enrolled
from tests.node.test_hostile import scene
from tests.node.test_refused import own_envelope, own_feed


class Restless(Envelopes):
    """Finds a reason to make a new envelope each time."""

    def retired(self, *_: Any) -> bool:
        return True


async def test_a_device_makes_so_many_envelopes_and_no_more(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA"])
        a.station.sending.envelopes = Restless(a.station.context)
        for number in range(MAX_LIVE_ENVELOPES):
            await a.send("ops", f"number {number}", "SECRET")
        with pytest.raises(Refused) as refused:
            await a.send("ops", "one too many", "SECRET")
        assert refused.value.clause == "own-bound"
        assert len(await a.texts("ops")) == MAX_LIVE_ENVELOPES
        await a.send("ops", "another label has its own", "RESTRICTED")
        await town.close()


async def test_a_receiver_takes_so_many_envelopes_and_no_more(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        intake, store = s.b.station.intake, s.b.station.context.store.read
        # XBB's own receipts stand under XAA's envelope, so XCC has made none yet.
        made = [own_envelope(s).data for _ in range(MAX_LIVE_ENVELOPES + 1)]
        taken = [await intake.envelope(data, 2) for data in made]
        assert taken == [read_envelope(data).id for data in made[:-1]] + [None]
        assert store.envelope(read_envelope(made[-1]).id) is None
        (refused,) = await s.b.audited("envelope-refused")
        assert (refused.nation, refused.clause) == ("XCC", "limit")
        assert await intake.envelope(made[0], 2) is not None, "what is known is no more than it was"
        await s.town.close()


async def test_a_device_has_so_many_feeds_and_others_take_no_more(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        key = s.c.station.context.member.ring.device.key
        record, intake = own_feed(s), s.b.station.intake
        store = s.b.station.context.store.read
        room = MAX_FEEDS_PER_DEVICE - store.count_feeds(record.device)
        feeds = [evolve(record, nonce=number.to_bytes(16, "big")) for number in range(room + 1)]
        taken = [await intake.feed(sign_feed(feed, key).data, 2) for feed in feeds]
        assert taken == [feed.id for feed in feeds[:-1]] + [None]
        (refused,) = await s.b.audited("feed-refused")
        assert (refused.nation, refused.clause) == ("XCC", "limit")

        # Its own node makes no more either, once it has them all.
        own = s.c.station.context.store
        missing = MAX_FEEDS_PER_DEVICE - own.read.count_feeds(record.device)
        rows = [
            Feed(
                feed.id, feed.device, 2, feed.channel, feed.release.packed, sign_feed(feed, key).data,
                release_bits(feed.release),
            )
            for feed in feeds[:missing]
        ]  # fmt: skip

        def fill(tx: Transaction) -> None:
            for row in rows:
                tx.put_feed(row)

        await own.write(fill)
        with pytest.raises(Refused) as denied:
            await s.c.send("ops", "a label that it has not used yet", "UNCLASSIFIED")
        assert denied.value.clause == "own-bound"
        await s.town.close()


async def test_precedence_counts_up_to_what_is_certified(
    with_device: dict[str, Home], autojump_clock: MockClock
) -> None:
    """A bot that may use IMMEDIATE signs FLASH: everybody queues and shows it as IMMEDIATE."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        channel = await a.channel("alerts", ["XAA", "XBB"])
        bot = await town.start("bot")
        await enrolled(town, a, bot)
        await until(bot.channels)
        await bot.send("alerts", "honest", "RESTRICTED")
        sending = bot.station.sending
        place = sending.place(bytes.fromhex(channel.id))
        release = sending.label("RESTRICTED", place).release_key()
        loud = TextPayload(FORMAT, NOW, noplay=False, refs=(), text="loud", ack_by=0)
        await sending.post(place, release, loud, WirePrecedence.FLASH)
        for node in (a, b):

            async def came(node: Running = node) -> bool:
                return await node.texts("alerts") == ["honest", "loud"]

            await until(came)
            message = (await node.messages("alerts"))[-1]
            assert message.precedence is Precedence.IMMEDIATE
            row = node.station.context.store.read.entry(bytes.fromhex(message.entry_id))
            assert row is not None
            assert row.precedence == int(WirePrecedence.IMMEDIATE), "also in the queue to others"
        await town.close()


async def test_an_authors_time_decides_nothing(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """He may claim 1970, or the year 36812: it is shown as what he says, and orders, hides and delays nothing."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        channel = await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        place = a.station.sending.place(bytes.fromhex(channel.id))
        release = a.station.sending.label("SECRET", place).release_key()
        times = (2**40, 0, NOW, 1)
        for time in times:
            said = TextPayload(FORMAT, time, noplay=False, refs=(), text=f"at {time}", ack_by=0)
            await a.station.sending.post(place, release, said, WirePrecedence.ROUTINE)

        async def came() -> bool:
            return await b.texts("ops") == [f"at {time}" for time in times]

        await until(came)
        messages = await b.messages("ops")
        assert [message.author_time for message in messages] == [*times]
        (shown,) = await b.channels()
        assert shown.unread == len(times)

        async def delivered() -> bool:
            rows = [row for message in messages for row in (await a.status(message.entry_id)).deliveries]
            return {row.state for row in rows} == {State.DELIVERED}

        await until(delivered)
        await town.close()


async def test_a_kind_that_the_authors_scope_does_not_name_is_not_shown(
    with_device: dict[str, Home], autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sensor that is certified for receipts only says something: its own node refuses, and so does every reader."""
    only_receipts = property(lambda terms: Scope((), (int(Tag.RECEIPT),), 0, int(terms.precedence), read=True))
    monkeypatch.setattr(Terms, "scope", only_receipts)  # no command certifies so narrowly yet
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        channel = await a.channel("alerts", ["XAA", "XBB"])
        bot = await town.start("bot")
        await enrolled(town, a, bot)
        await until(bot.channels)
        with pytest.raises(Refused) as refused:
            await bot.send("alerts", "I may not", "RESTRICTED")
        assert refused.value.clause == "scope"
        sending = bot.station.sending
        place = sending.place(bytes.fromhex(channel.id))
        release = sending.label("RESTRICTED", place).release_key()
        said = TextPayload(FORMAT, NOW, noplay=False, refs=(), text="and do", ack_by=0)
        await sending.post(place, release, said, WirePrecedence.ROUTINE)
        for node in (a, b):

            async def accounted(node: Running = node) -> bool:
                return [record.clause for record in await node.audited("entry-refused")] == ["scope"]

            await until(accounted)
            assert await node.texts("alerts") == []
        await town.close()
