"""Reading on a node: pages in both directions, read marks that others are told of, and what a desk's rail shows."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.base import NEWEST
from coalchat.api.events import MarkMoved
from coalchat.api.national import SetNational
from coalchat.api.nouns import Message
from coalchat.api.requests import AddPeer, ListMessages, PreviewLabel, RemovePeer, ShowKeys, ShowPolicy
from coalchat.api.responses import Keys, MessagePage
from coalchat.api.vocabulary import Precedence, State
from coalchat.errors import UsageError
from coalchat.paths import Home
from tests.fakes.api_records import POLICY
from tests.fakes.nodes import Running, Town, linked, until


async def page(
    node: Running, channel: str = "ops", *, after: int = 0, before: int = 0, limit: int = 100
) -> MessagePage:
    request = ListMessages(channel=channel, after_position=after, before_position=before, limit=limit)
    return await node.ask(request)  # type: ignore[no-any-return]


async def alone(town: Town) -> Running:
    """XAA, with a channel of its own."""
    a = await town.start("XAA")
    await a.channel("ops", ["XAA"])
    return a


async def test_pages_backwards_from_the_newest(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await alone(town)
        await a.channel("med", ["XAA"])
        for number in range(7):
            await a.send("med" if number == 3 else "ops", f"text {number}", "SECRET")
        for channel, expected in (("ops", [0, 1, 2, 4, 5, 6]), ("", [*range(7)])):
            found: list[Message] = []
            before, pages = NEWEST, 0
            while True:
                got = await page(a, channel, before=before, limit=3)
                found = [*got.messages, *found]
                pages += 1
                if not got.more:
                    break
                assert got.next_position == got.messages[0].position
                before = got.next_position
            assert [message.text for message in found] == [f"text {number}" for number in expected]
            assert pages == -(-len(expected) // 3)
            assert list((await page(a, channel)).messages) == found, "the same messages in the same order"
        first = (await page(a)).messages[0].position
        nothing = await page(a, before=first)
        assert (nothing.messages, nothing.next_position, nothing.more) == ((), first, False)
        await town.close()


async def test_a_page_of_an_empty_channel(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await alone(town)
        for channel in ("ops", ""):
            empty = await page(a, channel, before=NEWEST)
            assert (empty.messages, empty.next_position, empty.more) == ((), NEWEST, False)
        await town.close()


async def test_a_page_backwards_that_is_too_large_is_cut_at_its_front(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await alone(town)
        for number in range(60):
            await a.send("ops", f"{number:04}" + "x" * 16_000, "SECRET", key=str(number))
        newest = await page(a, before=NEWEST)
        assert newest.more
        assert 10 < len(newest.messages) < 60
        assert newest.messages[-1].text.startswith("0059")
        rest = await page(a, before=newest.next_position)
        assert not rest.more
        texts = [message.text[:4] for message in (*rest.messages, *newest.messages)]
        assert texts == [f"{number:04}" for number in range(60)]
        await town.close()


@pytest.mark.parametrize(
    ("after", "before", "field"),
    [
        (1, 5, "before_position"),
        (1, NEWEST, "before_position"),
        (0, NEWEST - 1, "before_position"),
        (-1, 0, "after_position"),
    ],
)
async def test_a_page_is_asked_for_in_one_direction(
    homes: dict[str, Home], autojump_clock: MockClock, after: int, before: int, field: str
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await alone(town)
        with pytest.raises(UsageError, match=field):
            await page(a, after=after, before=before)
        await town.close()


async def test_what_waits_in_a_channel_and_how_urgent_it_is(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"], ceiling="SECRET CONVOY")
        await until(b.channels)
        (channel,) = await b.channels()
        assert (channel.unread, channel.unread_precedence, channel.read_position) == (0, None, 0)
        assert (channel.ceiling, channel.ceiling_level) == ("MISSION SECRET CONVOY", 2)
        flash = await a.send("ops", "flash", "SECRET", precedence=Precedence.FLASH)
        last = await a.send("ops", "priority", "SECRET", precedence=Precedence.PRIORITY)

        async def both() -> bool:
            return len(await b.texts("ops")) == 2

        await until(both)
        (channel,) = await b.channels()
        assert (channel.unread, channel.unread_precedence) == (2, Precedence.FLASH)
        await b.mark("ops", flash.entry_id)
        (channel,) = await b.channels()
        assert (channel.unread, channel.unread_precedence) == (1, Precedence.PRIORITY)
        assert channel.read_position == (await b.messages("ops"))[0].position
        await b.mark("ops", last.entry_id)
        await b.send("ops", "own", "SECRET", precedence=Precedence.FLASH)
        (channel,) = await b.channels()
        assert (channel.unread, channel.unread_precedence) == (0, None)
        await town.close()


async def test_what_comes_late_stands_below_what_was_read(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """Hours after it was written, in an older segment, by the author with the first number: still it is news here."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(b, c)
        await town.join_up(b, a)
        await b.channel("ops", ["XAA", "XBB", "XCC"])
        for node in (a, c):
            await until(node.channels)
        await a.ask(RemovePeer(address=b.address))
        await a.stop()
        a = await town.start("XAA")  # alone now
        await a.send("ops", "written in the morning", "SECRET")
        await trio.sleep(3 * a.station.context.member.coalition.charter.segment)
        await b.send("ops", "noon", "SECRET")

        async def noon() -> bool:
            return await c.texts("ops") == ["noon"]

        await until(noon)
        (newest,) = await c.messages("ops")
        await c.mark("ops", newest.entry_id)
        await a.ask(AddPeer(address=c.address))
        await linked(c, a)

        async def both() -> bool:
            return len(await c.texts("ops")) == 2

        await until(both)
        before, late = await c.messages("ops")
        assert (before.text, before.read, late.text, late.read) == ("noon", True, "written in the morning", False)
        assert late.n < before.n
        assert late.author_time < before.author_time
        await town.close()


async def test_clients_are_told_when_a_read_mark_moves(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await alone(town)
        first = await a.send("ops", "one", "SECRET")
        second = await a.send("ops", "two", "SECRET")
        (channel,) = await a.channels()
        async with trio.open_nursery() as clients:
            for _ in range(5):
                clients.start_soon(a.mark, "ops", second.entry_id)
        await a.mark("ops", second.entry_id)
        await a.mark("ops", first.entry_id)
        assert await a.events(MarkMoved) == [MarkMoved(channel_id=channel.id, position=second.position)]
        await town.close()


async def test_a_crash_between_a_read_mark_and_its_receipt_loses_no_receipt(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        sent = [await a.send("ops", text, "SECRET") for text in ("read", "read too", "not yet")]

        async def states() -> list[State]:
            return [row.state for one in sent for row in (await a.status(one.entry_id)).deliveries]

        async def delivered() -> bool:
            return await states() == [State.DELIVERED] * 3

        await until(delivered)
        seen = (await b.messages("ops"))[1]
        channel = bytes.fromhex(seen.channel_id)
        # The first of the two transactions of a mark, and then the power goes.
        await b.station.context.store.write(lambda tx: tx.advance_read_mark(channel, seen.position))
        await b.kill()
        b = await town.start("XBB")

        async def read() -> bool:
            return await states() == [State.READ, State.READ, State.DELIVERED]

        await until(read)
        await trio.sleep(10)
        heads = b.station.context.store.read.feeds()
        await b.stop()
        b = await town.start("XBB")
        await trio.sleep(10)
        assert b.station.context.store.read.feeds() == heads, "what was said is not owed again"
        await town.close()


async def test_a_label_has_a_level_and_a_portion_mark(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        for label, level, portion in (
            ("SECRET CONVOY REL XAA, XBB", 2, "S CONVOY"),
            ("TOP SECRET", 3, "TS"),
            ("UNCLASSIFIED REL XAA", 0, "U"),
        ):
            preview = await a.ask(PreviewLabel(channel="ops", label=label))
            sent = await a.send("ops", label, label)
            message = (await page(a, before=NEWEST, limit=1)).messages[0]
            assert message.entry_id == sent.entry_id
            assert (preview.level, preview.portion) == (message.level, message.portion) == (level, portion)
            assert preview.marking == message.marking
            assert {(reach.devices, reach.of) for reach in (*preview.readers, *preview.withheld)} == {(1, 1)}
        await town.close()


async def test_the_policy_is_shown_as_the_charter_names_it(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        policy = await a.ask(ShowPolicy())
        assert (policy.levels, policy.categories, policy.prefix) == (POLICY.levels, POLICY.categories, POLICY.prefix)
        assert (policy.id, policy.version) == (POLICY.id, POLICY.version)
        assert policy.levels[policy.readable].name == "TOP SECRET"
        assert policy.tag_names == POLICY.tag_names
        # What the own nation marks alike stands beside it, and stays over a restart.
        names = ("OFFEN", "NUR F\u00dcR DEN DIENST", "GEHEIM", "")
        beside = await a.ask(SetNational(policy="ALDANIA 3", levels=names))
        assert (beside.national, tuple(level.national for level in beside.levels)) == ("ALDANIA 3", names)
        assert [level.name for level in beside.levels] == [level.name for level in policy.levels]
        await a.stop()
        a = await town.start("XAA")
        assert await a.ask(ShowPolicy()) == beside
        for wrong in (names[:3], ("a\nb", "", "", ""), ("\x1b", "", "", ""), ("x" * 65, "", "", "")):
            with pytest.raises(UsageError, match="levels"):
                await a.ask(SetNational(policy="ALDANIA 3", levels=wrong))
        assert await a.ask(SetNational(policy="", levels=())) == policy
        await town.close()


async def test_the_key_period_that_runs(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        charter = a.station.context.member.coalition.charter
        (publication,) = a.station.context.member.directory.publications(0)
        length = charter.edition * charter.segment

        async def at(now: int) -> Keys:
            nonlocal a
            await a.stop()
            town.now = now
            a = await town.start("XAA")
            return await a.ask(ShowKeys())  # type: ignore[no-any-return]

        end = 0
        for edition in publication.editions:
            first = await at(edition.first * charter.segment)
            end = (edition.last + 1) * charter.segment + 2 * length  # two more are drawn and published
            assert (first.edition, first.segment, first.segments) == (edition.counter, 1, charter.edition)
            assert first.segment_ends == (edition.first + 1) * charter.segment
            assert first.edition_ends == (edition.last + 1) * charter.segment
            assert first.published_until == end
            last = await at((edition.last + 1) * charter.segment - 60)
            assert (last.edition, last.segment) == (edition.counter, charter.edition)
            assert last.segment_ends == last.edition_ends == first.edition_ends
        over = await at(end)
        assert (over.edition, over.segment, over.segments, over.published_until) == (0, 0, 0, end)
        assert over.clock_doubtful
        await town.close()
