"""Three nodes in one process, under a virtual clock and a network in memory."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from coalchat.api.vocabulary import State
from coalchat.paths import Home
from tests.fakes.nodes import Town, until


async def test_a_message_that_one_of_three_cannot_open(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        await until(b.channels)
        await until(c.channels)
        shared = await a.send("ops", "for two", "SECRET REL XAA, XBB")
        everyone = await a.send("ops", "for all", "RESTRICTED")

        async def both_came() -> bool:
            return await b.texts("ops") == ["for two", "for all"]

        async def one_came() -> bool:
            return await c.texts("ops") == ["for all"]

        await until(both_came)
        await until(one_came)

        async def delivered() -> bool:
            rows = (await a.status(everyone.entry_id)).deliveries
            return {(row.nation, row.state) for row in rows} == {("XBB", State.DELIVERED), ("XCC", State.DELIVERED)}

        await until(delivered)
        await b.mark("ops", shared.entry_id)

        async def read() -> bool:
            rows = (await a.status(shared.entry_id)).deliveries
            return [(row.nation, row.state) for row in rows] == [("XBB", State.READ)]

        await until(read)
        await town.close()
