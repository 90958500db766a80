"""Devices that were away: what they read when they are back, what they are told of the rest, and how long keys wait."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.vocabulary import Flag
from coalchat.node.passing import otar_header
from coalchat.node.times import dtg
from coalchat.paths import Home
from protocol.base.ids import Tag
from tests.fakes.joined import (
    DAY,
    EDITION,
    FIRST,
    HOUR,
    SEGMENT,
    device_home,
    envelope_of,
    hours,
    until_time,
)
from tests.fakes.keyed import held, start, statements, texts
from tests.fakes.nodes import Town, linked, until


@pytest.fixture
def with_laptop(homes: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return homes | {name: device_home(tmp_path, name) for name in ("laptop", "radio")}


@pytest.mark.usefixtures("days")
async def test_a_laptop_that_was_off_for_the_weekend_reads_everything_up_to_secret(
    with_laptop: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, b, laptop = await start(town)
        off = FIRST + EDITION - 30 * HOUR
        await until_time(a, off)
        await laptop.stop()
        said = []
        lost = []
        for n in range(11):
            await until_time(a, off + n * 6 * HOUR + HOUR)
            level = "TOP SECRET" if n % 2 else "SECRET"
            said.append(f"{level} after {n * 6} hours")
            sent = await b.send("ops", said[-1], level)
            segment = envelope_of(b, sent.entry_id).context.segment
            end = (segment + 1) * SEGMENT + DAY
            # Of TOP SECRET the OTAR was sealed anew when the first segment of its seeds was past its hold.
            if level == "TOP SECRET" and FIRST + EDITION <= segment * SEGMENT < FIRST + EDITION + SEGMENT + DAY:
                over = end <= off + 72 * HOUR
                none = "this device holds no key of the segment in which it was sealed"
                lost.append(f"key erased {dtg(end)}" if over else none)
                said[-1] = lost[-1]
        assert len(lost) == 3
        assert len(set(lost)) == 3
        await until_time(a, off + 72 * HOUR)
        laptop = await town.start("laptop")
        await linked(laptop, a)
        await texts(laptop, said)
        unread = {m.text: m.level for m in await laptop.messages("ops") if Flag.UNREADABLE in m.flags}
        assert unread == dict.fromkeys(lost, 3)
        await b.send("ops", "and goes on", "TOP SECRET")
        await texts(laptop, [*said, "and goes on"])
        await town.close()


async def test_what_came_before_its_key_is_read_when_the_key_comes(
    with_laptop: dict[str, Home], autojump_clock: MockClock
) -> None:
    """The custodian is away, so another nation's node brings the messages first."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, b, laptop = await start(town)
        await town.join_up(b, laptop)
        off = FIRST + EDITION - 30 * HOUR
        await until_time(a, off)
        await laptop.stop()
        await until_time(a, FIRST + EDITION + HOUR)
        await b.send("ops", "of the new edition", "SECRET")
        await hours(1)
        town.network.cut("xaa", "laptop")
        laptop = await town.start("laptop")
        await linked(laptop, b)
        await texts(laptop, ["its key has not come yet: this nation's custodian sends it"])
        (before,) = await laptop.messages("ops")
        assert before.flags == (Flag.UNREADABLE,)
        town.network.heal("xaa", "laptop")
        await texts(laptop, ["of the new edition"])
        (after,) = await laptop.messages("ops")
        assert (after.flags, after.entry_id) == ((), before.entry_id)
        assert after.position > before.position, "what can be read only now stands below what was shown"
        await town.close()


@pytest.mark.usefixtures("days")
async def test_a_silent_device_is_keyed_for_its_grace_and_then_not(
    with_laptop: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, _, laptop = await start(town)
        await hours(13)
        await laptop.stop()
        (said,) = statements(a, laptop)

        def waiting() -> set[int]:
            return {otar_header(c.data).edition for c in a.station.context.member.controls.of(Tag.OTAR)}

        await until_time(a, FIRST + EDITION + HOUR)
        assert 2 in waiting()
        (silent,) = a.station.rekeying.silent()
        assert (silent.certified.certificate.name, silent.suspended) == ("Officer laptop", False)
        await until_time(a, FIRST + 2 * EDITION + HOUR)
        assert 3 in waiting()
        await until_time(a, FIRST + 3 * EDITION + HOUR)
        assert 4 not in waiting(), "nine days without a statement"
        (silent,) = a.station.rekeying.silent()
        assert silent.suspended
        assert statements(a, laptop) == [said]
        laptop = await town.start("laptop")
        await linked(laptop, a)

        async def keyed() -> bool:
            return 4 in held(laptop)

        await until(keyed)
        assert a.station.rekeying.silent() == ()
        await town.close()


@pytest.mark.usefixtures("days")
async def test_a_laptop_that_was_off_for_longer_than_all_of_it_shows_what_it_cannot_open_and_why(
    with_laptop: dict[str, Home], autojump_clock: MockClock
) -> None:
    """Ten days: beyond hold, grace, and the publications that it knows. Its clock is in doubt until it is online."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, b, laptop = await start(town)
        await hours(13)
        await laptop.stop()
        said = {}
        for day in range(10):
            sent = await b.send("ops", f"day {day}", "SECRET")
            said[f"day {day}"] = envelope_of(b, sent.entry_id).context.segment
            await hours(24)
        now = a.station.context.now()
        laptop = await town.start("laptop")
        assert laptop.station.context.member.doubtful(now)
        assert laptop.station.rollover.windows == ()
        await linked(laptop, a)
        member = laptop.station.context.member

        async def believed() -> bool:
            return not member.doubtful(laptop.station.context.now())

        await until(believed)
        shown = {}
        for text, segment in said.items():
            edition = (segment * SEGMENT - FIRST) // EDITION + 1
            end = (segment + 1) * SEGMENT + 3 * DAY
            # It holds the first edition; of the others it gets the running one, from the segment of now on.
            reason = "this device holds no key of the segment in which it was sealed"
            shown[text] = text if edition == 1 else f"key erased {dtg(end)}" if end <= now else reason
        assert {text: found for text, found in shown.items() if text == found} == {
            "day 0": "day 0",
            "day 1": "day 1",
            "day 2": "day 2",
        }
        await texts(laptop, list(shown.values()))
        await b.send("ops", "and goes on", "SECRET")
        await texts(laptop, [*shown.values(), "and goes on"])
        assert a.station.rekeying.silent() == ()
        await town.close()
