"""Attack 38 (own): the network withholds a device's newer prekey statements, and a thief holds an older prekey.

Without the request of the demand, an emergency rekey would be sealed to the newest statement that the custodian has: the
thief's. That is the control.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.emergency import RekeyNation
from coalchat.api.requests import ShowKeys
from coalchat.node.rekeying import Rekeying
from coalchat.paths import Home
from tests.fakes.joined import DAY, EDITION, FIRST, HOUR, SEGMENT, device_home, envelope_of, until_time
from tests.fakes.keyed import held, start, statements, texts
from tests.fakes.nodes import Running, Town, linked, until
from tests.fakes.thief import Thief, editions_of, recorded_otars

pytestmark = pytest.mark.usefixtures("days")


async def withheld(town: Town, copy: Path) -> tuple[Running, Running, Running, Thief, int]:
    """The copy of a laptop, whose newer statements do not come to its custodian any more."""
    a, b, laptop = await start(town)
    await until_time(a, FIRST + SEGMENT + HOUR)
    (old,) = statements(a, laptop)
    thief = Thief.of(town.homes["laptop"], copy)
    assert [p.counter for p in thief.ring.prekeys][-1] == old.counter, "the copy holds the prekey that was stated"
    town.network.cut("xaa", "laptop")
    await until_time(a, FIRST + 2 * SEGMENT + HOUR)
    (known,) = statements(a, laptop)
    assert known.counter == old.counter, "it is withheld"
    return a, b, laptop, thief, old.counter


async def test_an_emergency_rekey_is_not_sealed_to_a_withheld_devices_old_prekey(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, laptop, thief, old = await withheld(town, tmp_path / "copy")
        await a.ask(RekeyNation(rehearse=False))
        await trio.sleep(HOUR)
        assert 4 not in editions_of(recorded_otars(a))
        (demand,) = (await a.ask(ShowKeys())).demands
        assert (demand.devices, demand.answered, demand.keyed) == (1, 0, 0)
        sent = await b.send("ops", "under the new key", "SECRET")
        # Also when the next edition comes near, nothing goes to the old prekey.
        await until_time(a, FIRST + EDITION - DAY + HOUR)
        assert editions_of(recorded_otars(a)) == set()
        thief.reads(recorded_otars(a))
        assert not thief.opens(envelope_of(b, sent.entry_id))
        # The device is heard again: it answers, and is keyed; the thief's prekey opens nothing of that.
        town.network.heal("xaa", "laptop")
        await linked(laptop, a)
        await until(lambda: _holds(laptop, {1, 2, 4}), within=HOUR)
        (said,) = statements(a, laptop)
        assert said.counter > old
        assert thief.reads(recorded_otars(a)) == 0
        await texts(laptop, ["under the new key"])
        await town.close()


async def test_without_the_request_it_would_be(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a custodian who takes any newest statement."""
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    monkeypatch.setattr(Rekeying, "fresh", lambda _: None)
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, _, thief, _ = await withheld(town, tmp_path / "copy")
        await a.ask(RekeyNation(rehearse=False))
        await trio.sleep(60)
        assert thief.reads(recorded_otars(a)) > 0
        sent = await b.send("ops", "under the new key", "SECRET")
        assert thief.opens(envelope_of(b, sent.entry_id))
        await town.close()


async def _holds(node: Running, editions: set[int]) -> bool:
    return held(node) >= editions
