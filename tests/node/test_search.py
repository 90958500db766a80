"""Search over whole nodes: what a device has opened and still has, and nothing that was not for it."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.search import Found, FoundPage, Piece, SearchMessages
from coalchat.api.versions import CorrectMessage, RecallMessage
from coalchat.api.vocabulary import Flag
from coalchat.errors import UnknownChannel, UnknownDevice, UsageError
from coalchat.paths import Home
from tests.fakes.nodes import NOW, Running, until
from tests.node.test_quotes import reads, two_channels


async def page(node: Running, words: str, **wanted: Any) -> FoundPage:
    given: dict[str, Any] = {
        "channel": "",
        "author": "",
        "since": 0,
        "until": 0,
        "before_position": 0,
        "limit": 50,
    } | wanted
    return await node.ask(SearchMessages(words=words, **given))  # type: ignore[no-any-return]


async def found(node: Running, words: str, **wanted: Any) -> list[str]:
    return [one.message.text for one in (await page(node, words, **wanted)).found]


async def test_each_device_finds_what_it_can_read_and_nothing_else(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await two_channels(nursery, homes)
        await a.send("two", "convoy at the bridge", "SECRET REL XAA, XBB")
        await a.send("ops", "convoy for two of us", "SECRET REL XAA, XBB")
        await a.send("ops", "bridge closed to the convoy", "SECRET")
        await reads(b, "two", "convoy at the bridge")
        await reads(b, "ops", "convoy for two of us", "bridge closed to the convoy")
        await b.send("ops", "convoy halted", "SECRET")
        await reads(a, "ops", "convoy for two of us", "bridge closed to the convoy", "convoy halted")
        everything = ["convoy halted", "bridge closed to the convoy", "convoy for two of us", "convoy at the bridge"]
        for node in (a, b):
            assert await found(node, "CONVOY") == everything
            assert await found(node, "convoy", channel="two") == everything[3:]
            assert await found(node, "convoy", channel="ops", author="xaa") == everything[1:3]
            assert await found(node, "convoy", author="XBB officer") == await found(node, "convoy", author="offi XBB")
            assert await found(node, "convoy", author="XBB") == everything[:1]
            assert await found(node, "convoy", until=NOW - 1) == []
            assert await found(node, "convoy", since=NOW) == everything
        # XCC carries what is not for it, and knows neither that it is there nor of what is in it.
        assert await found(c, "convoy") == ["convoy halted", "bridge closed to the convoy"]
        assert await found(c, "two") == []
        assert any(row.channel for row in c.station.context.store.read.feeds()), "it has the feeds"
        assert c.station.context.store.read.sql.value("SELECT count(*) FROM entry") > len(await c.messages("ops"))

        first = await page(a, "convoy", limit=3)
        assert (len(first.found), first.more) == (3, True)
        second = await page(a, "convoy", limit=3, before_position=first.next_position)
        assert ([one.message.text for one in second.found], second.more) == (everything[3:], False)
        (one,) = (await page(a, "closed to*")).found
        assert one == Found(
            message=(await a.messages("ops"))[1],
            snippet=(
                Piece(text="bridge ", hit=False),
                Piece(text="closed", hit=True),
                Piece(text=" ", hit=False),
                Piece(text="to", hit=True),
                Piece(text=" the convoy", hit=False),
            ),
        )

        # What is corrected or recalled is found no more.
        order = (await a.send("ops", "hold at the ford", "SECRET")).entry_id

        async def told() -> bool:
            return await found(b, "ford") == ["hold at the ford"]

        await until(told)
        await a.ask(CorrectMessage(id=order, text="hold at the bridge", client_id="1"))

        async def corrected() -> bool:
            return await found(b, "hold") == ["hold at the bridge"]

        await until(corrected)
        (newest,) = (await page(a, "hold")).found
        assert (newest.message.version, newest.message.corrects) == (2, order)
        assert await found(a, "ford") == await found(b, "ford") == []
        await a.send("two", "as said", "SECRET REL XAA, XBB", quotes=[order])
        assert await found(a, "ford") == ["as said"], "a quote says it still"
        await a.ask(RecallMessage(id=newest.message.entry_id, spill=False))
        assert await found(a, "hold") == ["as said"]

        async def recalled() -> bool:
            return await found(b, "hold") == ["as said"]

        await until(recalled)
        assert [Flag.RECALLED in one.flags for one in await b.messages("ops")][-3:] == [True, True, False]
        for node in (a, b):
            sql = node.station.context.store.read.sql
            assert sql.value("SELECT count(*) FROM search_docsize") == sql.value("SELECT count(*) FROM searched")
        wrong: tuple[dict[str, Any], ...] = (
            {"words": " "}, {"words": "x" * 513}, {"limit": 0}, {"since": -1}, {"before_position": 2**63},
        )  # fmt: skip
        for given in wrong:
            with pytest.raises(UsageError):
                await page(a, **{"words": "convoy", **given})
        with pytest.raises(UnknownDevice):
            await page(a, "convoy", author="XAA kowal")
        with pytest.raises(UnknownChannel):
            await page(c, "convoy", channel="two")
        await town.close()
