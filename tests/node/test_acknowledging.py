"""Acknowledgements: a person's signed act about one message, seen by its author, and by nobody taken for more."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.events import ReceiptArrived
from coalchat.api.vocabulary import Answer, Precedence, Role, State
from coalchat.errors import NotAuthorised, Refused, UnknownMessage, UsageError
from coalchat.paths import Home
from coalchat.store.rows import Acknowledgement
from protocol.base.limits import MAX_PURPOSE
from protocol.base.records import decode
from protocol.messages.payload import FORMAT
from protocol.messages.receipts import Range, ReceiptPayload, ReceiptState, Response
from protocol.trust.credential import Precedence as WirePrecedence
from protocol.trust.label import ReleaseKey
from tests.fakes.nodes import Running, Town, until
from tests.node.test_complaints import cheat_once
from tests.node.test_enrolment import enrolled


async def pair(town: Town) -> tuple[Running, Running]:
    """XAA and XBB, with a link and a channel."""
    a, b = await town.start("XAA"), await town.start("XBB")
    await town.join_up(a, b)
    await a.channel("ops", ["XAA", "XBB"])
    await until(b.channels)
    return a, b


async def told(author: Running, reader: Running, text: str, **more: Any) -> str:
    """Id of a message, once the reader has it."""
    sent = await author.send("ops", text, "SECRET", **more)

    async def came() -> bool:
        return text in await reader.texts("ops")

    await until(came)
    return sent.entry_id


async def answers(node: Running, entry_id: str) -> list[tuple[str, str | None, State, Answer | None, str]]:
    rows = (await node.status(entry_id)).deliveries
    return [(row.nation, row.person, row.state, row.answer, row.reason) for row in rows]


async def shows(node: Running, entry_id: str, *expected: tuple[str, str | None, State, Answer | None, str]) -> None:
    async def shown() -> bool:
        return await answers(node, entry_id) == [*expected]

    await until(shown)


async def test_an_acknowledgement_reaches_its_author(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await pair(town)
        order = await told(a, b, "hold at PL RED", precedence=Precedence.IMMEDIATE)
        given = await b.acknowledge(order[:12], Answer.WILCO)
        assert (given.entry_id, given.answer, given.text, given.repeated) == (order, Answer.WILCO, "", False)
        await shows(a, order, ("XBB", "Officer XBB", State.ACKNOWLEDGED, Answer.WILCO, ""))
        (row,) = (await a.status(order)).deliveries
        assert (row.device, row.role, row.since) == (1, Role.CUSTODIAN, given.at)
        read = a.station.context.store.read
        ordered = read.message(bytes.fromhex(order))
        assert ordered is not None
        (kept,) = read.acknowledgements(ordered.feed_id, ordered.seq)
        entry = read.entry(kept.receipt_id)
        assert entry is not None
        assert entry.precedence == WirePrecedence.IMMEDIATE, "it travels as fast as what it answers"
        (message,) = await b.messages("ops")
        assert (message.answered, message.read) == (Answer.WILCO, False), "to acknowledge moves no read mark"
        (channel,) = await b.channels()
        assert (channel.unread, channel.unread_precedence) == (1, Precedence.IMMEDIATE)
        await town.close()


async def test_the_same_again_sends_nothing_and_another_takes_its_place(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await pair(town)
        order = await told(a, b, "weapons hold")
        await trio.sleep(5)  # the receipt of delivery has gone
        first = await b.acknowledge(order, Answer.CAVEAT, "not above 500 ft")
        heads = b.station.context.store.read.feeds(device=b.station.context.member.device)
        await trio.sleep(5)
        again = await b.acknowledge(order, Answer.CAVEAT, "not above 500 ft")
        assert (again.repeated, again.at) == (True, first.at)
        assert b.station.context.store.read.feeds(device=b.station.context.member.device) == heads
        await shows(a, order, ("XBB", "Officer XBB", State.ACKNOWLEDGED, Answer.CAVEAT, "not above 500 ft"))
        for answer, text in ((Answer.UNABLE, "no comms"), (Answer.UNABLE, ""), (Answer.NONE, "")):
            assert not (await b.acknowledge(order, answer, text)).repeated
            await shows(a, order, ("XBB", "Officer XBB", State.ACKNOWLEDGED, answer, text))
        assert not (await b.acknowledge(order, Answer.CAVEAT, "not above 500 ft")).repeated
        await shows(a, order, ("XBB", "Officer XBB", State.ACKNOWLEDGED, Answer.CAVEAT, "not above 500 ft"))
        await town.close()


async def test_two_clients_that_acknowledge_at_once_send_one(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await pair(town)
        order = await told(a, b, "hold")
        given = []

        async def acknowledge() -> None:
            given.append(await b.acknowledge(order, Answer.WILCO))

        async with trio.open_nursery() as clients:
            for _ in range(5):
                clients.start_soon(acknowledge)
        assert sorted(one.repeated for one in given) == [False, True, True, True, True]
        await town.close()


async def test_each_message_has_its_own_acknowledgement(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """The newest says of those before it that they were read, and hides nothing of what they were answered."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await pair(town)
        orders = [await told(a, b, f"order {number}") for number in range(3)]
        await b.acknowledge(orders[2], Answer.WILCO)
        await shows(a, orders[2], ("XBB", "Officer XBB", State.ACKNOWLEDGED, Answer.WILCO, ""))
        for order in orders[:2]:
            await shows(a, order, ("XBB", "Officer XBB", State.READ, None, ""))
        await b.acknowledge(orders[0], Answer.CAVEAT, "by day only")
        await shows(a, orders[0], ("XBB", "Officer XBB", State.ACKNOWLEDGED, Answer.CAVEAT, "by day only"))
        await shows(a, orders[1], ("XBB", "Officer XBB", State.READ, None, ""))
        await shows(a, orders[2], ("XBB", "Officer XBB", State.ACKNOWLEDGED, Answer.WILCO, ""))
        told_of = [(event.entry_id, event.state) for event in await a.events(ReceiptArrived)]
        for order, state in ((orders[0], State.READ), (orders[1], State.READ), (orders[2], State.ACKNOWLEDGED)):
            assert told_of.count((order, state)) == 1
        assert told_of[-1] == (orders[0], State.ACKNOWLEDGED)
        assert (orders[2], State.READ) not in told_of, "acknowledged says it"
        await trio.sleep(5)
        # What is said to have been read already is not said again when the read mark moves.
        before = b.station.context.store.read.feeds(device=b.station.context.member.device)
        await b.mark("ops", orders[2])
        await trio.sleep(5)
        assert b.station.context.store.read.feeds(device=b.station.context.member.device) == before
        await town.close()


async def test_only_what_says_nothing_stands_under_the_authors_envelope(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """A text there would be a text under another nation's key: readers refuse it, so it must not be made."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await pair(town)
        order = bytes.fromhex(await told(a, b, "hold"))
        read, device = b.station.context.store.read, b.station.context.member.device
        message = read.message(order)
        assert message is not None

        async def envelope_author(answer: Answer, text: str) -> bytes:
            await b.acknowledge(order.hex(), answer, text)
            given = read.acknowledgement(message.feed_id, message.seq, device)
            assert given is not None
            entry = read.entry(given.receipt_id)
            assert entry is not None
            envelope = read.envelope(entry.envelope_id)
            assert envelope is not None
            return envelope.device

        assert await envelope_author(Answer.WILCO, "") == a.station.context.member.device
        assert await envelope_author(Answer.CAVEAT, "by day") == device
        assert await envelope_author(Answer.WILCO, "on my way") == device
        await shows(a, order.hex(), ("XBB", "Officer XBB", State.ACKNOWLEDGED, Answer.WILCO, "on my way"))
        assert await a.audited("entry-refused") == []
        await town.close()


async def test_what_cannot_be_acknowledged_is_named(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await pair(town)
        order = await told(a, b, "hold")
        for answer, text, says in (
            (Answer.CAVEAT, "", "text: a caveat"),
            (Answer.NONE, "why not", "text: goes with"),
            (Answer.UNABLE, "x" * (MAX_PURPOSE + 1), "text: must have at most"),
            (Answer.UNABLE, "é" * (MAX_PURPOSE // 2 + 1), "text: must have at most"),
            (Answer.UNABLE, "\ud800", "text"),
        ):
            with pytest.raises(UsageError, match=says):
                await b.acknowledge(order, answer, text)
        with pytest.raises(UsageError, match="id: "):
            await a.acknowledge(order)
        with pytest.raises(UnknownMessage):
            await b.acknowledge("ffffffff")
        assert b.station.context.store.read.acknowledgements(bytes(16), 1) == []
        assert (await b.messages("ops"))[0].answered is None
        longest = "é" * (MAX_PURPOSE // 2)
        await b.acknowledge(order, Answer.CAVEAT, longest)
        await shows(a, order, ("XBB", "Officer XBB", State.ACKNOWLEDGED, Answer.CAVEAT, longest))
        await town.close()


async def test_what_cannot_be_read_is_not_acknowledged(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, c = await town.start("XAA"), await town.start("XCC")
        await town.join_up(a, c)
        await a.channel("ops", ["XAA", "XCC"])
        await until(c.channels)
        cheat_once(a, nation=2)
        sent = await a.send("ops", "the same for all", "SECRET")

        async def came() -> bool:
            return len(await c.messages("ops")) == 2  # unreadable, and told again

        await until(came)
        with pytest.raises(UsageError, match="id: this message cannot be read"):
            await c.acknowledge(sent.entry_id)
        await town.close()


async def test_a_bot_acknowledges_nothing(with_device: dict[str, Home], autojump_clock: MockClock) -> None:
    """Neither by its node, nor by a receipt that its node would not make."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, b = await pair(town)
        bot = await town.start("bot")
        await enrolled(town, b, bot, address="xbb:7447")
        await until(bot.channels)
        sent = await a.send("ops", "hold", "RESTRICTED")

        async def came() -> bool:
            return await bot.texts("ops") == ["hold"]

        await until(came)
        with pytest.raises(NotAuthorised):
            await bot.acknowledge(sent.entry_id)
        message = bot.station.context.store.read.message(bytes.fromhex(sent.entry_id))
        assert message is not None
        forged = ReceiptPayload(
            FORMAT, town.now, noplay=False, refs=(), state=int(ReceiptState.ACKNOWLEDGED),
            ranges=(Range(message.feed_id, message.seq, message.entry_id),), response=int(Response.WILCO), text="",
        )  # fmt: skip
        place = bot.station.sending.place(message.channel)
        release = decode(ReleaseKey, message.release)
        await bot.station.sending.post(place, release, forged, WirePrecedence.ROUTINE)

        async def refused() -> list[Any]:
            return [one for one in await a.audited("entry-refused") if one.clause == "receipt-role"]

        await until(refused)

        async def delivered() -> bool:
            return ("XBB", "Watch Bot", State.DELIVERED, None, "") in await answers(a, sent.entry_id)

        await until(delivered)
        await town.close()


async def test_a_receipt_counts_for_its_own_audience_and_branch_only(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """XBB's node, told to, acknowledges a message in another channel's feed, and one that XAA never wrote."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await pair(town)
        await a.channel("med", ["XAA", "XBB"])
        order = await told(a, b, "hold")
        await a.send("med", "elsewhere", "SECRET")

        async def came() -> bool:
            return await b.texts("med") == ["elsewhere"]

        await until(came)
        await trio.sleep(5)
        read = b.station.context.store.read
        message = read.message(bytes.fromhex(order))
        elsewhere = read.message(bytes.fromhex((await b.messages("med"))[0].entry_id))
        assert message is not None
        assert elsewhere is not None
        for covered, clause in (
            (Range(elsewhere.feed_id, elsewhere.seq, elsewhere.entry_id), "receipt-audience"),
            (Range(message.feed_id, message.seq, bytes(32)), "receipt-branch"),
        ):
            forged = ReceiptPayload(
                FORMAT, town.now, noplay=False, refs=(), state=int(ReceiptState.ACKNOWLEDGED), ranges=(covered,),
                response=int(Response.WILCO), text="",
            )  # fmt: skip
            place = b.station.sending.place(message.channel)
            release = decode(ReleaseKey, message.release)
            await b.station.sending.post(place, release, forged, WirePrecedence.ROUTINE)

            async def refused(clause: str = clause) -> bool:
                return [one.clause for one in await a.audited("receipt-refused")][-1:] == [clause]

            await until(refused)
        # A receipt can come before what it is about: of another entry at this place it says nothing of this one.
        member = b.station.context.member
        early = Acknowledgement(
            message.feed_id, message.seq, member.device, member.nation, member.certificate.person, bytes(32), bytes(32),
            1, int(Response.WILCO), "", town.now,
        )  # fmt: skip
        for node in (a, b):
            assert await node.station.context.store.write(lambda tx: tx.put_acknowledgement(early))
        assert (await b.messages("ops"))[0].answered is None
        for entry_id in (order, elsewhere.entry_id.hex()):
            assert await answers(a, entry_id) == [("XBB", "Officer XBB", State.DELIVERED, None, "")]
        await town.close()


async def test_a_refused_acknowledgement_is_accounted_for_and_sends_nothing(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await pair(town)
        order = await told(a, b, "hold")
        await trio.sleep(5)
        await b.stop()
        town.now += 400 * 86_400  # no word of its nation reaches that far
        b = await town.start("XBB")
        heads = b.station.context.store.read.feeds()
        with pytest.raises(Refused) as refused:
            await b.acknowledge(order, Answer.WILCO)
        assert refused.value.clause == "clock-doubtful"
        (record,) = await b.audited("send-refused")
        assert (record.clause, record.nation) == ("clock-doubtful", "XBB")
        assert b.station.context.store.read.feeds() == heads
        assert (await b.messages("ops"))[0].answered is None
        await town.close()


async def test_a_person_is_told_of_his_own_acknowledgement(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """So that a desk learns what the command line did."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await pair(town)
        order = await told(a, b, "hold")
        await trio.sleep(5)
        assert await b.events(ReceiptArrived) == []
        await b.mark("ops", order)
        await b.acknowledge(order, Answer.UNABLE, "no fuel")
        (event,) = await b.events(ReceiptArrived)
        assert (event.entry_id, event.nation, event.person, event.device, event.state) == (
            order,
            "XBB",
            "Officer XBB",
            1,
            State.ACKNOWLEDGED,
        )
        await town.close()


async def test_others_see_who_acknowledged_and_it_outlives_a_restart(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """XCC sees who acknowledged XAA's message, and that it did not itself."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        for node in (b, c):
            await until(node.channels)
        order = await told(a, b, "hold")
        await b.acknowledge(order, Answer.UNABLE, "no fuel")

        async def seen() -> bool:
            return ("XBB", "Officer XBB", State.ACKNOWLEDGED, Answer.UNABLE, "no fuel") in await answers(c, order)

        await until(seen)
        assert (await c.messages("ops"))[0].answered is None
        assert (await a.messages("ops"))[0].answered is None
        assert (await b.messages("ops"))[0].answered is Answer.UNABLE
        await b.stop()
        b = await town.start("XBB")
        assert (await b.messages("ops"))[0].answered is Answer.UNABLE
        await town.close()
