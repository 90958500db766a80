"""Keys over the link: devices state prekeys, the custodian seals, and what was missed is read when the keys have come."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject
from coalchat.custody.rekeying import Due
from coalchat.node.ports import TrioClock
from coalchat.node.rekeying import Rekeying
from coalchat.paths import Home
from protocol.base.ids import Tag
from tests.fakes.joined import (
    DAY,
    EDITION,
    FIRST,
    HOUR,
    SEGMENT,
    device_home,
    hours,
    joined,
    until_time,
)
from tests.fakes.keyed import held, start, statements, texts
from tests.fakes.nodes import Town, linked, until


@pytest.fixture
def with_laptop(homes: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return homes | {name: device_home(tmp_path, name) for name in ("laptop", "radio")}


class Cut(Exception):
    """The power goes."""


@pytest.mark.usefixtures("days")
async def test_a_device_is_keyed_edition_after_edition(with_laptop: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, b, laptop = await start(town)
        assert held(laptop) == {1}
        assert laptop.station.holding.ring.prekeys == (), "its first OTAR has come, and the key to it is gone"
        await until_time(a, FIRST + EDITION - DAY - 60)
        assert held(laptop) == {1}, "no seed goes out before `preload`"
        await until_time(a, FIRST + EDITION - DAY + 60)
        assert held(laptop) == {1, 2}
        await until_time(a, FIRST + EDITION - DAY + SEGMENT + 60)
        (said,) = statements(a, laptop)
        assert (said.edition, len(laptop.station.holding.ring.prekeys)) == (2, 1)
        assert [c for c in a.station.context.member.controls.of(Tag.OTAR) if c.number == 2] == [], "it was taken"
        counters = []
        for edition in range(2, 6):
            await until_time(a, FIRST + edition * EDITION + HOUR)
            assert edition + 1 in held(laptop)
            await b.send("ops", f"in {edition + 1}", "SECRET")
            counters.append(statements(a, laptop)[0].counter)
            assert len(laptop.station.holding.ring.prekeys) <= EDITION // SEGMENT + 2
        await texts(laptop, [f"in {edition + 1}" for edition in range(2, 6)])
        assert not [message for message in await laptop.messages("ops") if message.flags]
        assert counters == sorted(set(counters))
        assert len(await laptop.audited("otar-taken")) >= 10
        assert not await laptop.audited("otar-refused")
        assert not await a.audited("document-refused")
        changed = [body for body in await laptop.events(ControlChanged) if body.subject is ControlSubject.KEYS]
        assert len(changed) > 50
        await town.close()


async def test_statements_and_otars_stay_in_their_nation(
    with_laptop: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, b, laptop = await start(town)
        await town.join_up(b, laptop)
        await until_time(a, FIRST + EDITION + HOUR)
        assert statements(a, laptop)
        assert 2 in held(laptop)
        for kind in (Tag.PREKEY_STATEMENT, Tag.OTAR):
            assert b.station.context.member.controls.of(kind) == ()
            assert b.station.context.store.read.documents(int(kind)) == []
        await town.close()


@pytest.mark.usefixtures("days")
async def test_another_device_of_the_nation_brings_the_keys(
    with_laptop: dict[str, Home], autojump_clock: MockClock
) -> None:
    """The radio never meets the custodian again: the laptop goes to and fro between them."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, _, laptop = await start(town)
        radio = await joined(town, a, "radio")
        await linked(radio, a)
        town.network.cut("xaa", "radio")
        await town.join_up(laptop, radio)
        await until_time(a, FIRST + EDITION - DAY + HOUR)
        assert held(radio) == {1, 2}
        await until_time(a, FIRST + 3 * EDITION + HOUR)
        assert 4 in held(radio)
        await town.close()


async def test_a_custodians_kill_between_otars_is_made_good(
    with_laptop: dict[str, Home], autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, _, laptop = await start(town)
        radio = await joined(town, a, "radio")
        await linked(radio, a)
        await until_time(a, FIRST + EDITION - DAY - 30)
        seal = a.station.rekeying.seal
        count: list[tuple[Due, ...]] = []

        def cut(due: tuple[Due, ...]) -> tuple[bytes, ...]:
            """The power goes when one device's are sealed."""
            if count:
                raise Cut
            count.append(due)
            return seal(due)

        monkeypatch.setattr(Rekeying, "seal", lambda _self, due: cut(due))
        monkeypatch.setattr("coalchat.node.rekeying.BATCH", 1)
        a.station.context.clock = TrioClock(town.now + 60)
        with pytest.raises(Cut):
            await a.station.rekeying.seal_due()
        monkeypatch.undo()
        assert len(a.station.context.store.read.documents(int(Tag.OTAR))) >= 2
        await a.kill()
        await hours(1)
        assert 2 not in held(laptop) & held(radio)
        a = await town.start("XAA")
        await linked(laptop, a)

        async def keyed() -> bool:
            return 2 in held(laptop) and 2 in held(radio)

        await until(keyed)
        await town.close()


async def test_a_device_states_one_prekey_a_segment_and_only_online(
    with_laptop: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, _, laptop = await start(town)

        def stated() -> int:
            member = laptop.station.context.member
            return member.prekeys.highest(member.device)

        assert stated() == 1, "the enrolment's was of this segment"
        await until_time(a, FIRST + SEGMENT + HOUR)
        assert stated() == 2
        await hours(4)
        assert stated() == 2
        town.network.cut("xaa", "laptop")
        await until_time(a, FIRST + 5 * SEGMENT + HOUR)
        assert stated() == 2, "who is not online states nothing ahead"
        town.network.heal("xaa", "laptop")
        await trio.sleep(120)
        assert stated() == 3
        assert statements(a, laptop)[0].counter == 3
        await laptop.stop()
        laptop = await town.start("laptop")
        await linked(laptop, a)
        await trio.sleep(120)
        assert stated() == 3, "a restart in the same segment needs no other"
        await town.close()


@pytest.mark.usefixtures("days")
async def test_prekeys_go_when_their_grace_is_over(with_laptop: dict[str, Home], autojump_clock: MockClock) -> None:
    """No OTAR comes: the custodian's node is away, and the laptop meets the radio only."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_laptop)
        a, b, laptop = await start(town)
        await town.join_up(b, laptop)
        await a.stop()
        await until_time(b, FIRST + 6 * DAY)
        counters = [prekey.counter for prekey in laptop.station.holding.ring.prekeys]
        assert counters == list(range(2, 2 + len(counters)))
        assert len(counters) >= 23
        await until_time(b, FIRST + 8 * DAY + HOUR)
        kept = [prekey.counter for prekey in laptop.station.holding.ring.prekeys]
        assert min(kept) > 3
        assert len(kept) <= 7 * DAY // SEGMENT + 2
        await laptop.stop()
        await hours(20 * 24)
        laptop = await town.start("laptop")
        assert laptop.station.context.member.doubtful(laptop.station.context.now())
        assert [prekey.counter for prekey in laptop.station.holding.ring.prekeys] == kept, "in doubt nothing is erased"
        await town.close()
