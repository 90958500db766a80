"""A device is revoked by its custodian's command, and what it said beyond its nation's knowledge is marked, not unmade (SPEC 6.5, 8.6)."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.events import MessageMarked
from coalchat.api.vocabulary import Flag
from coalchat.paths import Home
from tests.fakes.joined import device_home
from tests.fakes.keyed import start, texts
from tests.fakes.nodes import Running, Town, linked, until
from tests.node.test_revocation import revoke


@pytest.fixture
def with_laptop(homes: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return homes | {"laptop": device_home(tmp_path, "laptop")}


async def flags(node: Running) -> dict[str, tuple[Flag, ...]]:
    return {message.text: message.flags for message in await node.messages("ops")}


async def test_what_the_custodian_never_saw_is_disowned_where_it_was_accepted(
    with_laptop: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, b, laptop = await start(town)
        await town.join_up(b, laptop)
        await laptop.send("ops", "seen by all", "SECRET")
        await texts(a, ["seen by all"])
        await texts(b, ["seen by all"])
        town.network.cut("xaa", "laptop")
        town.network.cut("xaa", "xbb")
        await laptop.send("ops", "stolen by now", "SECRET")
        await texts(b, ["seen by all", "stolen by now"])
        assert Flag.DISOWNED not in (await flags(b))["stolen by now"]

        await a.ask(revoke(laptop))
        town.network.heal("xaa", "xbb")
        await linked(b, a)

        async def marked() -> bool:
            return Flag.DISOWNED in (await flags(b))["stolen by now"]

        await until(marked)
        assert Flag.DISOWNED not in (await flags(b))["seen by all"]
        told = [event.entry_id for event in await b.events(MessageMarked)]
        (late,) = [m for m in await b.messages("ops") if m.text == "stolen by now"]
        assert told == [late.entry_id]
        assert late.disowned is not None
        assert late.disowned.nation == "XAA"

        # What was never seen is refused, what was accepted stays; at a restart too.
        await trio.sleep(120)
        assert await a.texts("ops") == ["seen by all"]
        await b.stop()
        b = await town.start("XBB")
        marks = {text: Flag.DISOWNED in said for text, said in (await flags(b)).items()}
        assert marks == {"seen by all": False, "stolen by now": True}
        await town.close()
