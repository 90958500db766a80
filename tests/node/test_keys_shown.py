"""What a client sees of the keys: states, windows, and who holds them open."""

from __future__ import annotations

from pathlib import Path

import trio
from trio.testing import MockClock

from coalchat.api.requests import ShowKeys
from coalchat.api.responses import Keys
from coalchat.api.vocabulary import KeyState
from coalchat.cli.keys import key_lines
from coalchat.paths import Home
from tests.fakes.joined import DAY, EDITION, FIRST, HOUR, SEGMENT, device_home, hours, joined, until_time
from tests.fakes.nodes import Running, Town, linked


async def shown(node: Running) -> Keys:
    return await node.ask(ShowKeys())  # type: ignore[no-any-return]


async def test_editions_have_their_states_and_levels_their_windows(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes | {"laptop": device_home(tmp_path, "laptop")})
        a = await town.start("XAA")
        laptop = await joined(town, a, "laptop", level="SECRET")
        await linked(laptop, a)
        first = await shown(laptop)
        assert [(e.counter, e.state, e.held) for e in first.editions] == [
            (1, KeyState.EFFECTIVE, True),
            (2, KeyState.RESERVE, False),
            (3, KeyState.RESERVE, False),
        ]
        assert [(e.starts, e.ends) for e in first.editions] == [
            (FIRST + n * EDITION, FIRST + (n + 1) * EDITION) for n in range(3)
        ]
        end = FIRST + SEGMENT
        assert [(w.name, w.closes, w.kept_until) for w in first.levels] == [
            ("UNCLASSIFIED", end + 3 * DAY, end + 3 * DAY),
            ("RESTRICTED", end + 3 * DAY, end + 3 * DAY),
            ("SECRET", end + 3 * DAY, end + 3 * DAY),
        ]
        top = (await shown(a)).levels[3]
        assert (top.name, top.closes, top.kept_until) == ("TOP SECRET", end + DAY, end + DAY)
        assert all(e.held for e in (await shown(a)).editions), "the custodian holds what he drew"
        await until_time(a, FIRST + EDITION + 2 * SEGMENT + HOUR)
        later = await shown(laptop)
        assert [(e.counter, e.state, e.held) for e in later.editions] == [
            (1, KeyState.SUPERSEDED, True),
            (2, KeyState.EFFECTIVE, True),
            (3, KeyState.RESERVE, False),
            (4, KeyState.RESERVE, False),
        ]
        assert later.levels[2].closes == FIRST + EDITION + 3 * SEGMENT + 3 * DAY
        assert later.levels[2].kept_until == FIRST + 3 * SEGMENT + 3 * DAY
        assert (later.edition, later.segment, later.silent) == (2, 3, ())
        await town.close()


async def test_a_custodian_sees_who_holds_a_window_open(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes | {"laptop": device_home(tmp_path, "laptop")})
        a = await town.start("XAA")
        laptop = await joined(town, a, "laptop", person="Lt Away")
        await linked(laptop, a)
        await hours(20)
        assert (await shown(a)).silent == ()
        await laptop.stop()
        last = FIRST + 3 * SEGMENT
        await until_time(a, FIRST + EDITION + HOUR)
        (silent,) = (await shown(a)).silent
        assert (silent.person, silent.device, silent.suspended) == ("Lt Away", 1, False)
        assert last <= silent.stated < last + 120
        await until_time(a, last + 7 * DAY + HOUR)
        keys = await shown(a)
        assert [one.suspended for one in keys.silent] == [True]
        lines = key_lines(keys)
        assert any("Lt Away (1)" in line and "suspended" in line for line in lines)
        assert any(line.startswith("TOP SECRET: on the wire closed to a later thief after ") for line in lines)
        assert any("EFFECTIVE" in line for line in lines)
        await town.close()
