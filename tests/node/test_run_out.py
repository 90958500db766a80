"""When a nation's published keys have run out: what still goes to it, what does not, who reads it, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.requests import ConfirmClock, ListNations, PreviewLabel, ShowKeys
from coalchat.api.responses import LabelPreview
from coalchat.api.vocabulary import Flag
from coalchat.custody.founding import Terms
from coalchat.errors import Refused
from coalchat.node.ports import TrioClock
from coalchat.node.times import dtg
from coalchat.paths import Home
from protocol.keys.envelope import Slot
from tests.fakes.joined import DAY, HOUR, device_home, envelope_of, joined, until_time
from tests.fakes.nodes import NOW, Running, Town, copy_homes, found_homes, until
from tests.fakes.thief import Thief

EDITION = 4 * HOUR
END = NOW - NOW % HOUR + 3 * EDITION
"""When the editions end that everybody published at the founding."""


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """Homes of a coalition of short editions, and of a device: what is published is handed out at once there."""
    base = tmp_path_factory.mktemp("quick")
    homes = found_homes(base, ("XAA", "XBB"), terms=Terms("Quick", segment=HOUR, edition=4))
    return homes | {"laptop": device_home(base, "laptop")}


@pytest.fixture
def homes(quick: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return copy_homes(quick, tmp_path)


async def preview(node: Running, label: str) -> LabelPreview:
    return await node.ask(PreviewLabel(channel="ops", label=label))  # type: ignore[no-any-return]


async def refused(node: Running, text: str, label: str) -> str:
    shown = await preview(node, label)
    assert shown.denied is not None
    with pytest.raises(Refused) as told:
        await node.send("ops", text, label)
    assert told.value.clause == shown.denied.clause
    return told.value.clause


async def flags(node: Running) -> dict[str, tuple[Flag, ...]]:
    return {message.text: message.flags for message in await node.messages("ops")}


async def leap(node: Running, town: Town, at: int) -> None:
    """Let a node's clock say a time at once, and a person confirm it."""
    node.station.context.clock = TrioClock(town.now + at - int(town.now + trio.current_time()))
    await node.ask(ConfirmClock())


async def test_who_is_cut_off_from_a_nation_writes_to_its_last_key_for_one_edition_below_secret(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """XAA publishes on, and XBB hears nothing of it: the nation that reads it has newer keys by then."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        town.network.cut("xaa", "xbb")

        await until_time(b, END - 5 * HOUR)
        (warned,) = [w for w in b.station.warnings() if "keys of XAA" in w]
        assert warned == "the published keys of XAA end in 5 h: then nothing above RESTRICTED can be sent to it"
        assert (await preview(b, "RESTRICTED")).warnings == ()

        await until_time(b, END + HOUR // 2)
        assert await refused(b, "too high for an old key", "SECRET") == "keys-run-out"
        shown = await preview(b, "RESTRICTED")
        kept = dtg(END + EDITION + 3 * DAY)
        assert shown.denied is None
        assert shown.warnings == (
            f"the keys of XAA ran out {dtg(END)}: this goes to its last one, which its devices may keep until {kept}",
        )
        (warned,) = [w for w in b.station.warnings() if "keys of XAA" in w]
        assert warned.startswith(
            f"the published keys of XAA ended {dtg(END)}: nothing above RESTRICTED can be sent to it"
        )
        (xaa, _) = (await b.ask(ListNations())).nations[:2]
        assert (xaa.keys_until, xaa.runs_on, xaa.runs_on_until) == (END, "RESTRICTED", END + EDITION)
        first = await b.send("ops", "we are cut off", "RESTRICTED")
        await b.send("ops", "and go on", "RESTRICTED")
        envelope = envelope_of(b, first.entry_id)
        assert envelope.context.slots == (Slot(0, 0, 3), Slot(1, 0, 4))
        assert envelope.context.segment == END // HOUR
        (line,) = await b.audited("last-key-used")
        assert (line.subject, line.nation, line.detail) == (envelope.id.hex(), "XAA", shown.warnings[0])
        assert await flags(b) == {"we are cut off": (Flag.LAST_KEY,), "and go on": (Flag.LAST_KEY,)}

        town.network.heal("xaa", "xbb")
        await until(lambda: a.texts("ops"))
        assert await flags(a) == await flags(b)
        assert not await a.audited("complaint-raised")
        assert (await preview(b, "SECRET")).warnings == ()
        await b.send("ops", "to its new keys", "RESTRICTED")
        await until(lambda: a.texts("ops"))
        assert (await flags(b))["to its new keys"] == ()
        assert len(await b.audited("last-key-used")) == 1

        member = a.station.context.member
        late, last = envelope.context.segment, END // HOUR - 1
        assert member.private_key(0, 3, (1, 0), late) == member.private_key(0, 3, (1, 0), last) is not None
        assert member.private_key(0, 3, (2, 0), late) is None, "at SECRET no key is for a segment that is not its own"
        await town.close()


async def test_a_device_without_a_newer_seed_keeps_that_one_key_until_the_hold_of_the_last_message_to_it(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        laptop = await joined(town, a, "laptop")
        await town.join_up(a, b, laptop)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        await until(laptop.channels)

        async def keyed() -> bool:
            return {seed.counter for seed in laptop.station.holding.ring.seeds} >= {1, 2, 3}

        await until(keyed)
        await a.stop()
        await until_time(b, END + EDITION - HOUR // 2)
        sealed = envelope_of(b, (await b.send("ops", "is anybody there", "RESTRICTED")).entry_id)
        await until(lambda: laptop.texts("ops"))
        assert laptop.station.context.member.doubtful(b.station.context.now())
        await laptop.ask(ConfirmClock())
        await laptop.send("ops", "here, without a custodian", "RESTRICTED")
        both = ["is anybody there", "here, without a custodian"]

        async def came() -> bool:
            return await b.texts("ops") == both

        await until(came)
        assert await laptop.texts("ops") == both
        assert await refused(laptop, "above", "SECRET") == "keys-run-out"
        gone = END + EDITION + 3 * DAY
        member, segment = laptop.station.context.member, (END + EDITION) // HOUR - 1
        levels = (await laptop.ask(ShowKeys())).levels
        assert (levels[1].closes, levels[2].closes) == (gone, (segment + 1) * HOUR + 3 * DAY)

        await until_time(b, END + EDITION + 60)
        assert await refused(b, "too late", "UNCLASSIFIED") == "keys-run-out"
        (warned,) = [w for w in b.station.warnings() if "keys of XAA" in w]
        assert warned == f"the published keys of XAA ended {dtg(END)}: nothing can be sent to it"

        await b.stop()
        await leap(laptop, town, gone - 60)
        assert member.private_key(0, 3, (1, 0), segment) is not None
        assert member.private_key(0, 3, (2, 0), segment) is None
        assert (await laptop.ask(ShowKeys())).levels[1].kept_until == gone
        assert {(s.counter, s.level) for s in laptop.station.holding.ring.seeds} == {(3, 0), (3, 1)}
        assert Thief.of(homes["laptop"], tmp_path / "before").opens(sealed), "control: until then a copy opens it"
        await until_time(laptop, gone + 360)
        assert not Thief.of(homes["laptop"], tmp_path / "after").opens(sealed)
        assert laptop.station.holding.ring.seeds == ()
        assert (await laptop.audited("keys-erased"))[-1].detail == f"of segments that were to be read until {dtg(gone)}"
        await town.close()
