"""The clock: set back it revives nothing; set forward beyond what is published it is doubted, and moves nothing."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.requests import ConfirmClock, ShowKeys
from coalchat.errors import Refused
from coalchat.paths import Home
from tests.fakes.joined import DAY, EDITION, FIRST, SEGMENT, hours, until_time
from tests.fakes.nodes import NOW, Running, Town, until
from tests.node.test_rollover import counters


async def restart(town: Town, node: Running, now: int) -> Running:
    """The same home, under a clock that was set."""
    await node.stop()
    town.now = now - int(trio.current_time())
    return await town.start(node.code)


async def test_a_clock_set_back_revives_nothing(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA", "XBB"])
        await hours(80)
        ring = a.station.holding.ring
        mark = a.station.context.member.segment(a.station.context.now())
        a = await restart(town, a, NOW + 60)
        assert a.station.context.member.segment(a.station.context.now()) == mark
        assert a.station.holding.ring.seeds == ring.seeds
        await hours(8)
        assert a.station.holding.ring.seeds == ring.seeds, "nothing is walked back, or further"
        await a.send("ops", "still in the segment that was reached", "SECRET REL XAA")
        (message,) = await a.messages("ops")
        assert message.n == mark
        await town.close()


async def test_a_clock_beyond_what_is_published_seals_and_erases_nothing(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        await a.send("ops", "before", "SECRET")
        ring, true = a.station.holding.ring, a.station.context.now()
        a = await restart(town, a, FIRST + 3 * EDITION)
        assert a.station.warnings()[0].startswith("CLOCK DOUBTFUL")
        assert (await a.ask(ShowKeys())).clock_doubtful
        with pytest.raises(Refused) as refused:
            await a.send("ops", "in doubt", "RESTRICTED REL XAA")
        assert refused.value.clause == "clock-doubtful"
        assert [r.clause for r in await a.audited("send-refused")] == ["clock-doubtful"]
        await hours(100)
        assert a.station.holding.ring == ring
        assert counters(a) == [1, 2, 3], "and nothing is drawn"
        assert len(await a.audited("clock-doubtful")) == 1
        a = await restart(town, a, true + 300)
        assert not (await a.ask(ShowKeys())).clock_doubtful
        assert a.station.holding.ring.seeds == ring.seeds
        await a.send("ops", "set right", "SECRET")
        assert await a.texts("ops") == ["before", "set right"]
        await town.close()


async def test_the_last_segment_that_is_published_is_believed(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        a = await restart(town, a, FIRST + 3 * EDITION - 60)
        assert not (await a.ask(ShowKeys())).clock_doubtful
        assert counters(a)[-1] == 5, "the custodian goes on"
        await town.close()


async def test_a_person_confirms_the_clock(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA", "XBB"])
        a = await restart(town, a, FIRST + 20 * DAY)
        assert (await a.ask(ShowKeys())).clock_doubtful
        keys = await a.ask(ConfirmClock())
        assert not keys.clock_doubtful
        assert (keys.edition, keys.segment) == (4, 1), "the custodian draws from now on"
        assert [record.event for record in await a.audited("clock-confirmed")] == ["clock-confirmed"]
        assert a.station.rollover.windows, "as if it had been off so long: what is due now has its window"
        await a.send("ops", "on we go", "SECRET REL XAA")
        await hours(25)
        assert min(s.segment for s in a.station.holding.ring.seeds) == (FIRST + 20 * DAY) // SEGMENT
        await a.ask(ConfirmClock())
        assert len(await a.audited("clock-confirmed")) == 1, "what is not in doubt needs no word"
        await town.close()


async def test_a_confirmed_clock_is_believed_for_one_edition(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """Where the custodian stays silent: here his node may draw nothing."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        a = await restart(town, a, FIRST + 20 * DAY)

        async def nothing() -> None:
            """He is away."""

        a.station.rollover.draw = nothing
        await a.ask(ConfirmClock())
        start = a.station.context.now()
        await until_time(a, start + EDITION - SEGMENT)
        assert not a.station.context.member.doubtful(a.station.context.now())
        await until_time(a, start + EDITION + SEGMENT)
        assert a.station.context.member.doubtful(a.station.context.now())
        await town.close()
