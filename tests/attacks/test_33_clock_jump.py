"""Attack 33: the clock of a node is set by 400 days, either way, and once forward and back again.

No key is erased early, none is revived, nothing is sealed in doubt, and the doubt is shown.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.requests import ShowKeys
from coalchat.errors import Refused
from coalchat.paths import Home
from protocol.keys.walking import erased_at
from tests.fakes.joined import DAY, FIRST, HOUR, envelope_of, hours, until_time
from tests.fakes.nodes import Running, Town
from tests.fakes.thief import Thief


async def set_clock(town: Town, node: Running, now: int) -> Running:
    await node.stop()
    town.now = now - int(trio.current_time())
    return await town.start(node.code)


@pytest.mark.parametrize("jump", [400 * DAY, -400 * DAY])
async def test_a_jump_erases_no_key_early_and_revives_none(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock, jump: int
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA", "XBB"])
        old = envelope_of(a, (await a.send("ops", "old", "TOP SECRET REL XAA")).entry_id)
        charter = a.station.context.member.coalition.charter
        await until_time(a, erased_at(charter, 3, old.context.segment) + HOUR)
        new = envelope_of(a, (await a.send("ops", "new", "TOP SECRET REL XAA")).entry_id)
        true = a.station.context.now()
        ring = a.station.holding.ring
        a = await set_clock(town, a, true + jump)
        await hours(1)
        shown = await a.ask(ShowKeys())
        assert shown.clock_doubtful == (jump > 0)
        if jump > 0:
            with pytest.raises(Refused) as refused:
                await a.send("ops", "in doubt", "SECRET REL XAA")
            assert refused.value.clause == "clock-doubtful"
            assert a.station.warnings()[0].startswith("CLOCK DOUBTFUL")
            assert [record.event for record in await a.audited("clock-doubtful")] == ["clock-doubtful"]
        assert a.station.holding.ring.seeds == ring.seeds
        during = Thief.of(homes["XAA"], tmp_path / "during")
        assert during.opens(new), "nothing is erased early"
        assert not during.opens(old), "nothing is revived"

        a = await set_clock(town, a, true + 2 * HOUR)
        assert not (await a.ask(ShowKeys())).clock_doubtful
        assert a.station.holding.ring.seeds == ring.seeds
        await a.send("ops", "set right", "SECRET REL XAA")
        # Control: time that passes does erase it.
        await until_time(a, max(erased_at(charter, 3, new.context.segment), FIRST) + DAY + HOUR)
        assert not Thief.of(homes["XAA"], tmp_path / "after").opens(new)
        await town.close()
