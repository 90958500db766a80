"""Homes that were made of a backup: a device is keyed again and reads on, a custodian goes on from what was published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.enrolment import ApproveInvite, CreateInvite, Join
from coalchat.api.requests import AddPeer
from coalchat.api.vocabulary import Flag, Precedence, Role
from coalchat.custody.backup import make_backup, read_file
from coalchat.custody.restoring import restore_home
from coalchat.errors import TryAgain
from coalchat.paths import Home, ensure_private_home
from protocol.base.limits import RESTORE_LEAP
from protocol.keys.keyring import KeyRing
from protocol.trust.publication import Publication
from protocol.vectors.drbg import Drbg
from tests.fakes.joined import EDITION, FIRST, HOUR, device_home, envelope_of, hours, joined, time, until_time
from tests.fakes.nodes import FLOOR, PASSPHRASE, Running, Town, linked, until
from tests.fakes.thief import Thief, recorded_otars

SECRET = b"the passphrase of the backup"


async def backed_up(node: Running, home: Home, path: Path) -> None:
    """Stop a node, and write a backup of its home."""
    now = time(node)
    await node.stop()
    draw = Drbg(str(path))
    await make_backup(home, PASSPHRASE, path, SECRET, now=now, cost=FLOOR, entropy=draw)


async def restored(path: Path, place: Path, now: int) -> Home:
    """A new home of that backup."""
    home = ensure_private_home(place)
    await restore_home(home, PASSPHRASE, read_file(path, SECRET), now=now, cost=FLOOR, entropy=Drbg(str(place)))
    return home


def published_by(node: Running) -> Publication:
    found = node.station.publishing.newest()
    assert found is not None
    return found


def ring_of(node: Running) -> KeyRing:
    return node.station.holding.ring


async def test_a_device_that_was_restored_is_keyed_again_and_reads_on(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        laptop = await joined(town, a, "laptop")
        await linked(laptop, a)
        await a.channel("ops", ["XAA", "XBB"])
        await until(laptop.channels)
        await hours(7)
        device = laptop.station.context.member.device
        await laptop.send("ops", "before it broke", "SECRET")
        before = envelope_of(b, (await b.send("ops", "before", "SECRET")).entry_id)
        await until(lambda: laptop.texts("ops"))
        otars = recorded_otars(a, laptop)
        await backed_up(laptop, everyone["laptop"], tmp_path / "laptop.backup")
        backup = read_file(tmp_path / "laptop.backup", SECRET)
        await hours(30)
        later = envelope_of(b, (await b.send("ops", "while it was lost", "SECRET")).entry_id)

        everyone["laptop"] = await restored(tmp_path / "laptop.backup", tmp_path / "again", time(a))
        thief = Thief.of(everyone["laptop"], tmp_path / "copy")
        thief.reads([*otars, *recorded_otars(a)])
        assert not thief.opens(before), "a backup prolongs no key"
        assert not thief.opens(later)
        laptop = await town.start("laptop")
        assert laptop.station.context.member.device == device
        (mark,) = await laptop.audited("home-restored")
        assert mark.detail == "the store is of an earlier time"
        assert (await laptop.audit())[0].event == "backup-restored"
        await linked(laptop, a)

        async def keyed() -> bool:
            return bool(ring_of(laptop).seeds)

        await until(keyed)
        stated = laptop.station.context.member.prekeys.highest(device)
        assert stated > backup.device[0].prekey + RESTORE_LEAP - 1, (
            "its statements go on above all that it may have made"
        )
        assert not await a.audited("prekey-clash")
        # Its own compartment goes on too: under a counter above what it had stated, which is no stranger's.
        await until(partial(_addressed, a, laptop))
        assert not await a.audited("edition-clash")
        assert not await laptop.audited("edition-stranger")
        await b.send("ops", "now", "SECRET")

        async def reads() -> list[str]:
            return [m.text for m in await laptop.messages("ops") if Flag.UNREADABLE not in m.flags]

        await until(partial(_ends_with, reads, "now"))
        await laptop.send("ops", "here again", "SECRET")
        await until(partial(_ends_with, partial(b.texts, "ops"), "here again"))
        assert not await b.audited("entry-fork")
        await town.close()


async def _addressed(node: Running, other: Running) -> bool:
    """Whether a node would seal a direct message to the keys that another device holds now."""
    member, own = node.station.context.member, other.station.context.member
    key = member.direct.editions.key(own.device, member.segment(time(node)))
    return key is not None and key[0] in {chain.at.counter for chain in own.direct.own}


async def _ends_with(look: Callable[[], Awaitable[list[str]]], text: str) -> bool:
    return (await look())[-1:] == [text]


async def test_a_custodian_who_was_restored_goes_on_from_what_was_published(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    """He publishes nothing before a peer has told him what he published last: else he would fork himself."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        await backed_up(a, homes["XAA"], tmp_path / "xaa.backup")
        a = await town.start("XAA")
        await linked(a, b)
        town.homes["laptop"] = device_home(tmp_path, "laptop")
        laptop = await joined(town, a, "laptop")
        await until_time(a, FIRST + EDITION + HOUR)
        published = published_by(a)
        assert published.number > 2
        await until(partial(_knows, b, published.number))
        await a.stop()
        await laptop.stop()

        homes["XAA"] = town.homes["XAA"] = await restored(tmp_path / "xaa.backup", tmp_path / "again", time(b))
        town.network.cut("xaa", "xbb")
        a = await town.start("XAA")
        assert any("publishes nothing" in warning for warning in a.station.warnings())
        made = await a.ask(
            CreateInvite(
                person="Officer Late", role=Role.OFFICER, level="SECRET", categories=(),
                precedence=Precedence.FLASH, address=a.address,
            )
        )  # fmt: skip
        town.homes["late"] = device_home(tmp_path, "late")
        late = await town.start("late")
        asked = await late.ask(Join(code=made.code, display_name="late"))
        with pytest.raises(TryAgain):
            await a.ask(ApproveInvite(id=made.invite_id, words=asked.words))
        assert published_by(a).number < published.number
        assert not await a.audited("publication-made")
        town.network.heal("xaa", "xbb")
        await a.ask(AddPeer(address=b.address))
        await linked(a, b)
        await until(partial(_knows, a, published.number))
        assert not any("publishes nothing" in warning for warning in a.station.warnings())
        await a.ask(ApproveInvite(id=made.invite_id, words=asked.words))
        await late.node.working.wait()
        newest = published_by(a)
        assert newest.number == published.number + 1
        assert newest.devices == published.devices + 1, "nobody was left out"
        await until(partial(_knows, b, newest.number))
        await hours(73)
        newest = published_by(a)
        drawn = {edition.counter for edition in newest.editions} - {edition.counter for edition in published.editions}
        assert min(drawn) > RESTORE_LEAP, "no counter is used twice"
        await until(partial(_knows, b, newest.number))
        await a.send("ops", "by the keys of the backup", "SECRET")
        await until(partial(_ends_with, partial(b.texts, "ops"), "by the keys of the backup"))
        assert not await b.audited("document-refused")
        await town.close()


async def _knows(node: Running, number: int) -> bool:
    found = node.station.context.member.directory.publication(0, 0)
    return found is not None and found.number >= number
