"""Who has a message: each device that could read it, and never more than was said."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from coalchat.api.codec import MAX_FRAME, encode_result
from coalchat.api.events import StateChanged
from coalchat.api.nouns import Delivery
from coalchat.api.requests import AddPeer
from coalchat.api.responses import MessageStatus
from coalchat.api.vocabulary import Answer, Role, State
from coalchat.client.waiting import missing
from coalchat.node.status import bounded
from coalchat.paths import Home
from coalchat.record import evolve
from tests.fakes.nodes import Running, Town, linked, until
from tests.node.test_enrolment import enrolled

CUSTODIAN = ("XBB", "Officer XBB", 1, Role.CUSTODIAN)
BOT = ("XBB", "Watch Bot", 1, Role.BOT)

Row = tuple[tuple[str, str | None, int | None, Role | None], State, str]


async def rows(node: Running, entry_id: str) -> list[Row]:
    found = (await node.status(entry_id)).deliveries
    return [((row.nation, row.person, row.device, row.role), row.state, row.reason) for row in found]


async def becomes(node: Running, entry_id: str, *expected: Row) -> None:
    async def has() -> bool:
        return await rows(node, entry_id) == [*expected]

    await until(has)


async def years_later(town: Town, node: Running) -> Running:
    """The same node, when every publication has ended and nobody is known to be valid any more."""
    await node.stop()
    town.now += 3 * 365 * 86_400
    return await town.start(node.code)


async def test_devices_that_say_nothing_are_named_and_no_further_than_their_nation(
    with_device: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        bot = await town.start("bot")
        await enrolled(town, b, bot, address="xbb:7447")
        await until(bot.channels)
        known = a.station.context.member

        async def listed() -> bool:
            return len(known.valid(1)) == 2

        await until(listed)
        await bot.stop()
        await b.stop()
        sent = await a.send("ops", "radio check", "RESTRICTED REL XAA, XBB")
        await becomes(a, sent.entry_id, (CUSTODIAN, State.HELD, "by XCC"), (BOT, State.HELD, "by XCC"))
        b = await town.start("XBB")
        # Its custodian's receipt says nothing of the bot, beyond that a node of the nation has it.
        await becomes(a, sent.entry_id, (CUSTODIAN, State.DELIVERED, ""), (BOT, State.SENT, ""))
        await b.mark("ops", sent.entry_id)
        await becomes(a, sent.entry_id, (CUSTODIAN, State.READ, ""), (BOT, State.SENT, ""))
        # The reader knows of those that said something, and of nobody what is on its way to him.
        assert await rows(b, sent.entry_id) == [(CUSTODIAN, State.READ, "")]
        bot = await town.start("bot")
        await becomes(a, sent.entry_id, (CUSTODIAN, State.READ, ""), (BOT, State.DELIVERED, ""))
        # What a device is not cleared for it does not wait for.
        above = await a.send("ops", "above the bot", "SECRET REL XAA, XBB")
        await becomes(a, above.entry_id, (CUSTODIAN, State.DELIVERED, ""))
        await town.close()


async def test_who_said_something_is_named_when_he_is_valid_no_more(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        await town.join_up(a, b)
        await until(b.channels)
        sent = await a.send("ops", "for two", "SECRET REL XAA, XBB")
        await becomes(a, sent.entry_id, (CUSTODIAN, State.DELIVERED, ""))
        await b.stop()
        a = await years_later(town, a)
        assert a.station.context.member.valid(1) == ()
        assert await rows(a, sent.entry_id) == [(CUSTODIAN, State.DELIVERED, "")]
        await town.close()


async def test_a_message_of_which_no_reader_is_known(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await b.stop()
        sent = await a.send("ops", "alone", "SECRET")
        assert await rows(a, sent.entry_id) == [(CUSTODIAN, State.QUEUED, "")]
        a = await years_later(town, a)
        assert await rows(a, sent.entry_id) == [(("XBB", None, None, None), State.QUEUED, "")]
        await town.close()


async def test_own_devices_are_recipients_too(with_device: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, bot = await town.start("XAA"), await town.start("bot")
        await a.channel("home", ["XAA"])
        await enrolled(town, a, bot)
        await linked(bot, a)
        await until(bot.channels)
        own = ("XAA", "Watch Bot", 1, Role.BOT)
        await bot.stop()
        sent = await a.send("home", "for ourselves", "RESTRICTED")
        assert await rows(a, sent.entry_id) == [(own, State.QUEUED, "")]
        assert missing(await a.status(sent.entry_id), State.DELIVERED) == (("XAA", State.QUEUED),)
        bot = await town.start("bot")
        await becomes(a, sent.entry_id, (own, State.DELIVERED, ""))
        assert missing(await a.status(sent.entry_id), State.DELIVERED) == ()
        await town.close()


async def test_clients_are_told_once_of_each_step_on_the_way(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        for node in (b, c):
            await until(node.channels)
        await b.stop()
        sent = await a.send("ops", "for two", "SECRET REL XAA, XBB")
        await becomes(a, sent.entry_id, (CUSTODIAN, State.HELD, "by XCC"))

        async def told() -> list[tuple[str, State, str]]:
            changes = await a.events(StateChanged)
            return [(e.nation, e.state, e.reason) for e in changes if e.entry_id == sent.entry_id]

        assert await told() == [("XBB", State.HELD, "by XCC")]
        await c.stop()
        b = await town.start("XBB")
        await becomes(a, sent.entry_id, (CUSTODIAN, State.DELIVERED, ""))
        # It was sent before it was delivered, if the link said so before the receipt came; and then nothing more.
        first = await told()
        assert first[1:] in ([], [("XBB", State.SENT, "")])
        for _ in range(3):
            await b.stop()
            b = await town.start("XBB")
            await linked(b, a)
            await trio.sleep(5)
        c = await town.start("XCC")
        await linked(c, a)
        await trio.sleep(5)
        assert await told() == first
        await town.close()


async def test_a_message_that_reached_the_nation_alone_is_sent(
    with_device: dict[str, Home], autojump_clock: MockClock
) -> None:
    """XBB's bot takes a message that it may not open: a node of the nation has it, and nobody has read it."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        bot = await town.start("bot")
        await enrolled(town, b, bot, address="xbb:7447")
        await until(bot.channels)
        await bot.ask(AddPeer(address=a.address))
        await linked(bot, a)
        await b.stop()
        sent = await a.send("ops", "above the bot", "SECRET")
        await becomes(a, sent.entry_id, (CUSTODIAN, State.SENT, ""))
        (event,) = [e for e in await a.events(StateChanged) if e.entry_id == sent.entry_id]
        assert (event.nation, event.state, event.reason) == ("XBB", State.SENT, "")
        await town.close()


SILENT = Delivery(
    nation="XBB", person="Sgt Person", device=1, role=Role.OFFICER, state=State.SENT, since=1_790_000_000, answer=None,
    reason="",
)  # fmt: skip


def test_a_frame_holds_any_answer_and_no_nation_is_left_out() -> None:
    long = "x" * 256
    spoken = [
        evolve(SILENT, person=f"Maj {n}", state=State.ACKNOWLEDGED, answer=Answer.CAVEAT, reason=long)
        for n in range(1_000)
    ]
    silent = [evolve(SILENT, person=f"Sgt {n}") for n in range(20_000)]
    others = [evolve(SILENT, nation=f"N{n}", state=State.QUEUED, person=f"Lt {m}") for n in range(31) for m in "ab"]
    kept = bounded([*spoken, *silent, *others])
    answer = MessageStatus(
        entry_id="ab" * 32, channel_id="cd" * 16, marking="MISSION SECRET", author_time=1, own_nation="XAA",
        deliveries=kept,
    )  # fmt: skip
    assert len(encode_result(1, answer)) < MAX_FRAME
    assert {row.nation for row in kept} == {"XBB", *(f"N{n}" for n in range(31))}
    assert set(spoken) <= set(kept), "who said nothing is left out before who said something"
    assert any(row in kept for row in silent)
    assert missing(answer, State.READ) == tuple((f"N{n}", State.QUEUED) for n in range(31))


def test_few_rows_are_all_kept() -> None:
    every = [evolve(SILENT, person=f"Sgt {n}", nation=f"N{n % 3}") for n in range(50)]
    assert sorted(row.person or "" for row in bounded(every)) == sorted(row.person or "" for row in every)
    assert bounded([]) == ()
