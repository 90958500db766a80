"""History that one device hands to another of its nation: asked for, approved by a person, proved."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.history import ApproveHistory, AskHistory, HistoryRequest, ListHistory, RefuseHistory
from coalchat.api.vocabulary import Answer, Flag, State
from coalchat.cli.history import request_lines
from coalchat.errors import UnknownDevice, UnknownRequest, Unreachable, UsageError
from coalchat.paths import Home
from tests.fakes.joined import DAY, EDITION, FIRST, HOUR, device_home, until_time
from tests.fakes.keyed import start, texts
from tests.fakes.nodes import Running, Town, linked, until


@pytest.fixture
def with_laptop(homes: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return homes | {"laptop": device_home(tmp_path, "laptop")}


async def requests(node: Running) -> list[HistoryRequest]:
    return list((await node.ask(ListHistory())).requests)


async def closed(node: Running, count: int) -> None:
    """Wait until so many lines say that they cannot be read."""

    async def check() -> bool:
        return sum(Flag.UNREADABLE in m.flags for m in await node.messages("ops")) == count

    await until(check)


async def away(town: Town) -> tuple[Running, Running, Running]:
    """XAA's laptop is off for a week; of its first messages no key is left when it comes back."""
    a, b, laptop = await start(town)
    await until_time(a, FIRST + HOUR)
    await laptop.stop()
    await until_time(a, FIRST + EDITION + HOUR)
    for number in range(3):
        await b.send("ops", f"report {number}", "SECRET")
    await texts(a, [f"report {number}" for number in range(3)])
    await until_time(a, FIRST + EDITION + 4 * DAY)
    laptop = await town.start("laptop")
    await linked(laptop, a)
    await closed(laptop, 3)
    return a, b, laptop


async def test_a_device_that_was_off_is_handed_what_it_missed(
    with_laptop: dict[str, Home], autojump_clock: MockClock
) -> None:
    """It is refused once, asks again, is cut off while a person thinks, and is given it in the end."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, b, laptop = await away(town)
        holder = a.station.context.member.device.hex()
        for name in ("f" * 8, laptop.station.context.member.device.hex()):
            with pytest.raises(UnknownDevice):
                await laptop.ask(AskHistory(device=name, channel=""))
        for name in (holder[:7], "Officer XAA"):
            with pytest.raises(UsageError):
                await laptop.ask(AskHistory(device=name, channel=""))
        asked = await laptop.ask(AskHistory(device=holder[:8], channel=""))
        assert (asked.person, asked.asked) == ("Officer XAA", 4), "three reports, and the receipt of who had them"
        await until(lambda: requests(a))
        await laptop.ask(AskHistory(device=holder, channel="ops"))

        async def newest() -> bool:
            return len(await a.audited("history-requested")) == 2

        await until(newest)
        (request,) = await requests(a)
        with pytest.raises(UnknownRequest):
            await a.ask(RefuseHistory(id="ffffffff"))
        await a.ask(RefuseHistory(id=request.id))
        (taken,) = await until(lambda: laptop.audited("history-taken"))
        assert taken.detail == "0"
        assert len(await a.audited("history-refused")) == 1
        with pytest.raises(UnknownRequest):
            await a.ask(ApproveHistory(id=request.id))
        assert await requests(a) == []
        await closed(laptop, 3)

        # What was asked before a cut waits for a person; to give it needs the link.
        await laptop.ask(AskHistory(device="", channel=""))
        (request,) = await until(lambda: requests(a))
        assert (request.person, request.asked, request.givable) == ("Officer laptop", 4, 4)
        assert request.markings == ("MISSION SECRET REL XAA, XBB",)
        assert FIRST + EDITION <= request.first <= request.last < FIRST + EDITION + DAY
        assert any("4 of 4 would go" in line for line in request_lines(request))
        assert any("asks for history" in line for line in a.station.warnings())
        await laptop.stop()
        await trio.sleep(60)
        with pytest.raises(Unreachable):
            await a.ask(ApproveHistory(id=request.id))
        assert await requests(a) == [request]
        laptop = await town.start("laptop")
        await linked(laptop, a)
        done = await a.ask(ApproveHistory(id=request.id[:8]))
        assert (done.asked, done.given) == (4, 4)
        await texts(laptop, [f"report {number}" for number in range(3)])
        assert [m.flags for m in await laptop.messages("ops")] == [()] * 3
        (granted,) = await a.audited("history-granted")
        assert granted.detail == "4 of 4"

        async def twice() -> bool:
            return [one.detail for one in await laptop.audited("history-taken")] == ["0", "4"]

        await until(twice)
        assert [one.detail for one in await laptop.audited("history-asked")] == ["4", "4", "4"]
        assert [one.detail for one in await a.audited("history-requested")] == ["4", "4", "4"]

        # It is a message like others: acknowledged, and nothing is left to ask for.
        first = (await laptop.messages("ops"))[0]
        await laptop.acknowledge(first.entry_id, Answer.WILCO)

        async def answered() -> bool:
            rows = (await b.status(first.entry_id)).deliveries
            return any((row.person, row.state) == ("Officer laptop", State.ACKNOWLEDGED) for row in rows)

        await until(answered)
        with pytest.raises(UsageError, match="nothing"):
            await laptop.ask(AskHistory(device="", channel=""))
        await town.close()
