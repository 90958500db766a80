"""Attack 12 (Signal groups: no future secrecy): a device's full state is copied, and the thief goes on listening.

The copy opens what was sealed to the prekeys that it holds, and nothing of the first edition that was sealed to a later
one. It goes on opening if the device uses its old prekey again: the control. A copy that states prekeys itself is seen.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.emergency import RekeyNation
from coalchat.api.renewal import RenewDevice
from coalchat.errors import Refused
from coalchat.node.membership import Membership
from coalchat.node.taking import Taking
from coalchat.paths import Home
from protocol.base import crypto
from protocol.base.ids import Tag
from protocol.base.records import evolve
from protocol.keys.envelope import Envelope
from protocol.keys.keyring import Prekey
from protocol.keys.otar import PrekeyStatement, sign_prekey
from protocol.vectors.drbg import Drbg
from tests.fakes.joined import DAY, EDITION, FIRST, HOUR, SEGMENT, device_home, envelope_of, hours, joined, until_time
from tests.fakes.nodes import Running, Town, linked, until
from tests.fakes.thief import Thief

pytestmark = pytest.mark.usefixtures("days")


async def start(town: Town) -> tuple[Running, Running, Running]:
    a, b = await town.start("XAA"), await town.start("XBB")
    await town.join_up(a, b)
    laptop = await joined(town, a, "laptop")
    await linked(laptop, a)
    await b.channel("ops", ["XAA", "XBB"])
    await until(a.channels)
    return a, b, laptop


async def recorded(a: Running, b: Running, until_segment: int) -> tuple[list[bytes], dict[int, Envelope]]:
    """Every OTAR that goes over the wire until then, and one envelope of each edition."""
    otars: list[bytes] = []
    envelopes: dict[int, Envelope] = {}
    while a.station.context.now() < until_segment * SEGMENT:
        member = a.station.context.member
        otars += [c.data for c in member.controls.of(Tag.OTAR) if c.data not in otars]
        (publication,) = member.directory.publications(0)
        (edition,) = publication.current_editions(member.segment(a.station.context.now()))
        if edition.counter not in envelopes:
            sent = await b.send("ops", f"edition {edition.counter}", "SECRET")
            envelopes[edition.counter] = envelope_of(b, sent.entry_id)
        await hours(0.5)
    return otars, envelopes


async def test_a_copy_opens_nothing_of_the_first_edition_sealed_to_a_later_prekey(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, laptop = await start(town)
        await until_time(a, FIRST + EDITION - DAY + HOUR)
        thief = Thief.of(everyone["laptop"], tmp_path / "copy")
        otars, envelopes = await recorded(a, b, (FIRST + 3 * EDITION) // SEGMENT + 1)
        thief.reads(otars)
        assert {c: thief.opens(e) for c, e in envelopes.items()} == {1: True, 2: True, 3: False, 4: False}
        assert len(await laptop.texts("ops")) == 4
        await town.close()


async def test_it_does_if_the_prekey_is_used_again(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a device that states, and keeps, one prekey for ever."""
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    monkeypatch.setattr("coalchat.node.taking.Prekey", lambda counter, _seed: Prekey(counter, Drbg("one for ever")(96)))
    with_ = Taking._with

    def keeps(self: Taking, ring: object, *rest: object) -> object:
        return evolve(with_(self, ring, *rest), prekeys=ring.prekeys)  # type: ignore[arg-type, attr-defined]

    monkeypatch.setattr(Taking, "_with", keeps)
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, _ = await start(town)
        await until_time(a, FIRST + EDITION - DAY + HOUR)
        thief = Thief.of(everyone["laptop"], tmp_path / "copy")
        otars, envelopes = await recorded(a, b, (FIRST + 3 * EDITION) // SEGMENT + 1)
        assert thief.reads(otars)
        assert {c: thief.opens(e) for c, e in envelopes.items()} == {1: True, 2: True, 3: True, 4: True}
        await town.close()


def stated_by_the_thief(member: Membership, counter: int) -> bytes:
    statement = PrekeyStatement(
        member.coalition.id, 0, member.device, counter, 1, b"", crypto.xwing_public(Drbg("thief")(96))
    )
    return sign_prekey(statement, member.ring.device.key).data


async def test_a_copy_that_states_prekeys_itself_is_seen_and_keyed_no_more(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, _, laptop = await start(town)
        await until_time(a, FIRST + 2 * SEGMENT + HOUR)
        member = laptop.station.context.member
        mine = member.prekeys.highest(member.device)
        false = stated_by_the_thief(member, mine)
        (session,) = [s for s in a.station.links.register.sessions() if s.peer.device == member.device]
        await session._documents.take(false)
        await trio.sleep(30)
        (record,) = await a.audited("prekey-clash")
        assert record.subject == member.device.hex()
        both = a.station.context.member.controls.of(Tag.PREKEY_STATEMENT)
        assert len([c for c in both if c.issuer == member.device]) == 2, "both are kept: they are the proof"
        # The device itself learns of it by the same documents.
        (alarm,) = await laptop.audited("prekey-stranger")
        assert alarm.detail == f"counter {mine}"
        assert any("in this device's name" in warning for warning in laptop.station.warnings())
        await until_time(a, FIRST + EDITION - DAY + HOUR)
        assert not [c for c in a.station.context.member.controls.of(Tag.OTAR) if c.number == 2]
        with pytest.raises(Refused, match="enrol it anew"):
            await a.ask(RenewDevice(device=member.device.hex()))
        assert [one.suspended for one in a.station.rekeying.silent()] == [True]
        await a.stop()
        a = await town.start("XAA")
        await hours(1)
        assert a.station.context.member.prekeys.clashed(member.device), "the proof outlives a restart"
        assert not [c for c in a.station.context.member.controls.of(Tag.OTAR) if c.number == 2]
        await town.close()


async def test_a_counter_that_the_device_did_not_make_is_an_alarm(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, _, laptop = await start(town)
        member = laptop.station.context.member
        (session,) = [s for s in a.station.links.register.sessions() if s.peer.device == member.device]
        await session._documents.take(stated_by_the_thief(member, 70))
        await trio.sleep(30)
        (alarm,) = await laptop.audited("prekey-stranger")
        assert alarm.detail == "counter 70"
        await until_time(a, FIRST + SEGMENT + HOUR)
        assert a.station.context.member.prekeys.highest(member.device) == 71, "the device goes on above it"
        await town.close()


async def test_the_last_counter_there_is_stops_no_node(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    """The thief leaves the device no counter above his: it is told, and works on to the end of its seeds."""
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, laptop = await start(town)
        member = laptop.station.context.member
        (session,) = [s for s in a.station.links.register.sessions() if s.peer.device == member.device]
        await session._documents.take(stated_by_the_thief(member, 2**32 - 1))
        await until_time(a, FIRST + SEGMENT + HOUR)
        assert len(await laptop.audited("prekey-stranger")) == 1
        assert member.prekeys.highest(member.device) == 2**32 - 1
        await b.send("ops", "still here", "SECRET")

        async def read() -> bool:
            return await laptop.texts("ops") == ["still here"]

        await until(read)
        await town.close()


@pytest.mark.parametrize("reused", [False, True], ids=["fresh prekeys", "control: the prekey is used again"])
async def test_a_copy_opens_nothing_after_an_emergency_rekey(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch, reused: bool
) -> None:
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    if reused:
        fixed = Drbg("one for ever")(96)
        monkeypatch.setattr("coalchat.node.taking.Prekey", lambda counter, _seed: Prekey(counter, fixed))
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, laptop = await start(town)
        await until_time(a, FIRST + SEGMENT + HOUR)
        thief = Thief.of(everyone["laptop"], tmp_path / "copy")
        before = envelope_of(b, (await b.send("ops", "before", "SECRET")).entry_id)
        await a.ask(RekeyNation(rehearse=False))
        await trio.sleep(60)
        thief.reads([c.data for c in a.station.context.member.controls.of(Tag.OTAR)])
        after = envelope_of(b, (await b.send("ops", "after", "SECRET")).entry_id)
        assert thief.opens(before)
        assert thief.opens(after) is reused

        async def read() -> bool:
            return await laptop.texts("ops") == ["before", "after"]

        await until(read)
        await town.close()
