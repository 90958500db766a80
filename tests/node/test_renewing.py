"""A coalition that outlives its certificates: devices are renewed while they talk, seats by their root."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.renewal import ListDevices, RenewCustodians, RenewDevice
from coalchat.custody.founding import Terms
from coalchat.custody.keying import DEVICE_LIFETIME
from coalchat.custody.renewal import END_WARNING, RENEW_BEFORE
from coalchat.errors import NotAuthorised, Refused, UnknownDevice, UsageError
from coalchat.node.passing import otar_header
from coalchat.paths import Home
from protocol.base.ids import Tag
from protocol.trust.credential import Certificate
from tests.fakes.joined import DAY, HOUR, device_home, joined, until_time
from tests.fakes.keyed import held, texts
from tests.fakes.nodes import NOW, Running, Town, copy_homes, found_homes, linked, until

SLOW = Terms("Slow", segment=5 * DAY, edition=6, retention=400 * DAY)
"""An edition of thirty days: a year has twelve."""


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    return found_homes(tmp_path_factory.mktemp("slow"), ("XAA", "XBB"), terms=SLOW)


@pytest.fixture
def homes(slow: dict[str, Home], tmp_path: Path, days: None) -> dict[str, Home]:
    return copy_homes(slow, tmp_path) | {"laptop": device_home(tmp_path, "laptop")}


async def start(town: Town) -> tuple[Running, Running, Running]:
    """XAA and XBB in a channel, and a laptop of XAA."""
    a, b = await town.start("XAA"), await town.start("XBB")
    await town.join_up(a, b)
    laptop = await joined(town, a, "laptop")
    await linked(laptop, a)
    await a.channel("ops", ["XAA", "XBB"])
    await until(b.channels)
    await until(laptop.channels)
    return a, b, laptop


def certificate(of: Running, at: Running) -> Certificate:
    """A device's certificate as a node knows it."""
    member = at.station.context.member
    standing = member.directory.standing(of.station.context.member.device, member.now())
    assert standing is not None
    return standing.certified.certificate


async def test_a_year_of_coalition_life(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, laptop = nodes = await start(town)
        before = certificate(laptop, laptop)
        said: list[str] = []
        while (at := a.station.context.now()) < NOW + 365 * DAY:
            author = nodes[len(said) % 3]
            said.append(f"{author.code} at {at}")
            await author.send("ops", said[-1], ("SECRET", "RESTRICTED", "TOP SECRET")[len(said) % 3 - 1])
            for custodian in (a, b):
                if any("nation renew" in warning for warning in custodian.station.warnings()):
                    await custodian.ask(RenewCustodians())
            await trio.sleep(13 * DAY)
        assert len(said) == 29
        for node in nodes:
            assert Counter(await node.texts("ops")) == Counter(said)
            assert not [message for message in await node.messages("ops") if message.flags]
            for event in ("send-refused", "document-refused", "otar-refused", "entry-refused", "link-refused"):
                assert not await node.audited(event), event
            now = certificate(laptop, node)
            assert now.not_before > NOW + 300 * DAY
            assert (now.person, now.key, now.request, now.clearance) == (
                before.person, before.key, before.request, before.clearance,
            )  # fmt: skip
            for tag, kept in ((Tag.CERTIFICATE, 2 * 3), (Tag.CUSTODIAN_CERTIFICATE, 2)):
                stored = node.station.context.store.read.documents(int(tag))
                assert len(stored) <= kept, "what is over does not pile up"
        assert len(await a.audited("custodian-certified")) == 4
        await a.stop()
        a = await town.start("XAA")
        await a.send("ops", "after a new start", "SECRET")
        await texts(b, [*said, "after a new start"])
        assert 10 <= len(await a.audited("certificate-renewed")) <= 14, "two devices, every sixty days"
        await town.close()


async def test_a_device_that_was_off_when_it_was_renewed_goes_on(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """It shows the certificate that it knows, which is listed no more: its key is the same."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, laptop = await start(town)
        end = certificate(laptop, a).not_after
        await until_time(a, end - RENEW_BEFORE - DAY)
        old = certificate(laptop, a)
        await laptop.stop()
        await until_time(a, end - RENEW_BEFORE + 3 * DAY)
        assert certificate(laptop, a).not_before > old.not_before, "it was online of late"
        await b.send("ops", "while it was off", "SECRET")
        laptop = await town.start("laptop")
        assert certificate(laptop, laptop) == old
        await linked(laptop, a)
        await texts(laptop, ["while it was off"])
        assert certificate(laptop, laptop) == certificate(laptop, a)
        await laptop.send("ops", "here again", "SECRET")
        await texts(b, ["while it was off", "here again"])
        assert not await laptop.audited("otar-refused")
        await town.close()


async def test_seeds_that_were_sealed_for_the_certificate_before_a_renewal_are_taken(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, laptop = await start(town)
        device, second = laptop.station.context.member.device, NOW - NOW % SLOW.segment + SLOW.edition * SLOW.segment
        old = laptop.station.context.member.certified.hash
        await until_time(a, second - 3 * HOUR)
        await laptop.stop()
        await until_time(a, second + 60)
        waiting = [otar_header(c.data) for c in a.station.context.member.controls.of(Tag.OTAR) if c.issuer == device]
        assert {(header.edition, header.certificate) for header in waiting} == {(2, old)}
        await a.ask(RenewDevice(device=device.hex()))
        await until_time(a, second + HOUR)
        await b.send("ops", "under the second edition", "SECRET")
        laptop = await town.start("laptop")
        await texts(laptop, ["under the second edition"])
        assert laptop.station.context.member.certified.hash != old
        assert held(laptop) >= {2}
        assert not await laptop.audited("otar-refused")
        await town.close()


async def test_a_silent_device_is_renewed_by_a_person_s_act_only(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, laptop = await start(town)
        device, end = laptop.station.context.member.device, certificate(laptop, a).not_after
        await until_time(a, NOW + 30 * DAY)
        await laptop.stop()
        await until_time(a, end - END_WARNING + DAY)
        (warning,) = [w for w in b.station.warnings() if "custodian 0 of XAA" in w]
        assert "its root renews it" in warning
        for custodian in (a, b):
            await custodian.ask(RenewCustodians())
        await trio.sleep(5)
        assert not [w for w in b.station.warnings() if "custodian" in w]
        await until_time(a, end + DAY)
        assert not next(d for d in (await a.ask(ListDevices())).devices if d.person == "Officer laptop").valid
        laptop = await town.start("laptop")
        await trio.sleep(60)
        assert a.station.links.register.session(device) is None, "its certificate has ended"
        with pytest.raises(Refused) as refused:
            await laptop.channel("mine", ["XAA", "XBB"])
        assert refused.value.clause in {"certificate", "clock-doubtful"}
        assert "this device's certificate has ended: its custodian renews it" in laptop.station.warnings()
        with pytest.raises(UnknownDevice):
            await a.ask(RenewDevice(device="0" * 32))
        with pytest.raises(UsageError, match="hex digits"):
            await a.ask(RenewDevice(device="Officer laptop"))
        for node in (laptop, b):
            with pytest.raises((NotAuthorised, UnknownDevice)):
                await node.ask(RenewDevice(device=device.hex()))
        made = await a.ask(RenewDevice(device=device.hex()[:8]))
        assert made.valid
        assert made.until >= end + DEVICE_LIFETIME
        await linked(laptop, a)
        await until(lambda: _sends(laptop))
        await texts(b, ["back"])
        await town.close()


async def _sends(node: Running) -> bool:
    try:
        await node.send("ops", "back", "SECRET")
    except Refused:
        return False
    return True


async def test_after_its_end_a_nation_says_why_it_stands_still_and_goes_on_by_its_root_s_act(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, laptop = await start(town)
        await until_time(a, NOW + DEVICE_LIFETIME - DAY)
        await b.ask(RenewCustodians())
        await until_time(a, NOW + DEVICE_LIFETIME + DAY)
        for node in (a, laptop):
            with pytest.raises(Refused) as refused:
                await node.channel("new", ["XAA", "XBB"])
            assert refused.value.clause == "certificate"
            with pytest.raises(Refused) as refused:
                await node.send("ops", "nobody takes it", "SECRET")
            assert refused.value.clause == "certificate"
            assert "certificate of custodian 0 of XAA has ended" in node.station.warnings()[0]
        with pytest.raises(Refused):
            await a.ask(RenewDevice(device=laptop.station.context.member.device.hex()))
        with pytest.raises(NotAuthorised):
            await laptop.ask(RenewCustodians())
        (renewed,) = (await a.ask(RenewCustodians())).custodians
        assert renewed.own
        assert renewed.until > NOW + 2 * DEVICE_LIFETIME
        await until(lambda: _sends(a))
        await texts(b, ["back"])
        await texts(laptop, ["back"])
        await town.close()
