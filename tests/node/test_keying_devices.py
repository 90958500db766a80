"""Keying devices: one envelope for all devices of a nation, and each makes its own where that is not to be had."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.emergency import RevokeDevices
from coalchat.api.events import ControlChanged
from coalchat.api.renewal import NameKeyingDevice
from coalchat.api.requests import AddPeer, ShowKeys
from coalchat.api.vocabulary import ControlSubject, RevocationReason
from coalchat.errors import NotAuthorised, Refused, UnknownDevice, UsageError
from coalchat.node import designating, sharing
from coalchat.node.context import Say
from coalchat.node.keyers import may_make
from coalchat.paths import Home
from protocol.base.limits import KEYING_ANSWER
from protocol.base.records import evolve
from protocol.exchange.asking import Unshared
from protocol.exchange.events import EnvelopeRequested
from protocol.trust.access import Clearance
from protocol.trust.credential import FULL_SCOPE, Role
from protocol.trust.label import ReleaseKey
from tests.fakes.coalition import make_coalition
from tests.fakes.insider import Insider
from tests.fakes.joined import SEGMENT, device_home, envelope_of, joined, time, until_time
from tests.fakes.keyed import start, texts
from tests.fakes.nodes import Running, Town, linked, until

UNCLASSIFIED, RESTRICTED, SECRET, TOP_SECRET = range(4)


def device(node: Running) -> bytes:
    return node.station.context.member.device


async def name(custodian: Running, keyer: Running, *others: Running, withdraw: bool = False) -> None:
    """Name a keying device, or do no more, and wait until others have heard."""
    await custodian.ask(NameKeyingDevice(device=device(keyer).hex(), withdraw=withdraw))

    async def heard() -> bool:
        nation = keyer.station.context.member.nation
        known = [node.station.context.member.directory.publication(nation, 0) for node in (custodian, keyer, *others)]
        return all(one is not None and (device(keyer) in one.keying) is not withdraw for one in known)

    await until(heard)


async def made_by(node: Running, text: str, label: str = "SECRET") -> bytes:
    """Say something, and who made the envelope that it stands under."""
    return envelope_of(node, (await node.send("ops", text, label)).entry_id).context.device


async def two_of_a_nation(town: Town, level: str = "TOP SECRET") -> tuple[Running, Running, Running, Running]:
    """XAA and XBB in a channel, and a laptop and a radio of XAA that have a link to its custodian's node only."""
    a, b, laptop = await start(town)
    radio = await joined(town, a, "radio", level=level)
    await linked(radio, a)
    await until(radio.channels)
    return a, b, laptop, radio


async def _told(node: Running) -> int:
    """How often clients were told that the keys changed."""
    return sum(body.subject is ControlSubject.KEYS for body in await node.events(ControlChanged))


async def _silence(*_: Any) -> None:
    """A device that hears and says nothing."""


async def asked(keyer: Running, by: Running, channel: bytes, level: int = SECRET) -> bytes | Unshared:
    """What a device answers to another of its nation that asks for an envelope."""
    member = keyer.station.context.member
    standing = member.directory.standing(device(by), time(keyer))
    assert standing is not None
    release = ReleaseKey(member.policy.hash, level, 0, (0, 1))
    return await keyer.station.sharing._answer(standing.certified, EnvelopeRequested(1, channel, release))


async def _revoked(node: Running, of: Running) -> bool:
    standing = node.station.context.member.directory.standing(device(of), time(node))
    return standing is not None and standing.revoked is not None


async def test_the_devices_of_a_nation_speak_under_one_envelope(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = homes | {each: device_home(tmp_path, each) for each in ("laptop", "radio")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, laptop, radio = await two_of_a_nation(town)
        with pytest.raises(NotAuthorised):
            await laptop.ask(NameKeyingDevice(device=device(a).hex()))
        with pytest.raises(UnknownDevice):
            await a.ask(NameKeyingDevice(device=device(b).hex()))
        # Before one is named, each makes its own, also where another's is here.
        assert await made_by(a, "by a", "RESTRICTED") == device(a)
        await texts(laptop, ["by a"])
        assert await made_by(laptop, "own", "RESTRICTED") == device(laptop)
        await b.stop()

        told = [await _told(node) for node in (a, laptop)]
        await name(a, a, laptop, radio)
        assert [await _told(node) for node in (a, laptop)] == [count + 1 for count in told]
        with monkeypatch.context() as few:
            few.setattr(designating, "MAX_KEYING_DEVICES", 1)
            with pytest.raises(UsageError):
                await a.ask(NameKeyingDevice(device=device(radio).hex()))
        (named,) = (await laptop.ask(ShowKeys())).keying
        assert (named.device_id, named.valid, named.own) == (device(a).hex(), True, False)
        began = trio.current_time()
        sent = [await node.send("ops", f"by {node.code}", "SECRET") for node in (laptop, radio, a)]
        under = [envelope_of(node, one.entry_id) for node, one in zip((laptop, radio, a), sent, strict=True)]
        assert {envelope.id for envelope in under} == {under[0].id}
        assert under[0].context.device == device(a)
        assert trio.current_time() - began < KEYING_ANSWER
        # An own one that is live is gone on with, and at the highest level everybody makes his own.
        assert await made_by(laptop, "own again", "RESTRICTED") == device(laptop)
        assert await made_by(laptop, "top", "TOP SECRET") == device(laptop)
        # What is here already needs no question.
        radio.station.context.keying = _silence
        assert await made_by(radio, "no question", "RESTRICTED") == device(a)
        radio.station.context.keying = radio.station.sharing.take
        # In the next segment there is a new one.
        await until_time(a, time(a) - time(a) % SEGMENT + SEGMENT + 60)
        assert await made_by(radio, "next") == device(a)

        # Withdrawn, it is not asked any more, and what it made is not gone on with.
        await name(a, a, laptop, radio, withdraw=True)
        assert await made_by(radio, "after") == device(radio)
        assert (await laptop.ask(ShowKeys())).keying == ()
        with pytest.raises(UnknownDevice):
            await a.ask(NameKeyingDevice(device=device(a).hex(), withdraw=True))
        assert [record.detail for record in await a.audited("keying-changed")] == ["named", "withdrawn"]

        # Who was away all that time never knew of it, and reads what was said.
        b = await town.start("XBB")
        said = ["by a", "own", *(f"by {node.code}" for node in (laptop, radio, a)), "own again", "top", "no question"]
        await texts(b, [*said, "next", "after"])
        assert not await b.audited("entry-refused")

        # Another nation that asks is cut off.
        await name(a, a)
        stranger = await Insider.dial(town, as_device=b, to=a)
        stranger.asks.append((under[0].context.channel, under[0].context.release))
        await stranger.speak()
        refused = [record for record in await a.audited("link-refused") if "within a nation" in record.detail]
        assert [(record.nation, record.clause) for record in refused] == [("XBB", "state")]
        await town.close()


def test_who_reads_nothing_keys_nothing() -> None:
    device = evolve(make_coalition().device("XAA").certificate, clearance=Clearance(SECRET, ()), scope=FULL_SCOPE)
    narrow = evolve(FULL_SCOPE, channels=(bytes(16),))
    release = ReleaseKey(bytes(32), SECRET, 0, (0,))
    for certificate, channel, label, expected in (
        (device, bytes(16), release, True),
        (evolve(device, role=int(Role.RELAY)), bytes(16), release, False),
        (evolve(device, scope=evolve(FULL_SCOPE, read=False)), bytes(16), release, False),
        (device, bytes(16), evolve(release, level=TOP_SECRET), False),
        (evolve(device, scope=narrow), bytes(16), release, True),
        (evolve(device, scope=narrow), b"another channel!", release, False),
    ):
        assert may_make(certificate, channel, label) is expected


async def test_where_none_is_to_be_had_a_device_makes_its_own(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = homes | {each: device_home(tmp_path, each) for each in ("laptop", "radio")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, _, laptop, radio = await two_of_a_nation(town, "RESTRICTED")
        await name(a, radio, laptop)
        # No link to the keying device is up: at once.
        began = trio.current_time()
        assert await made_by(laptop, "no link", "RESTRICTED REL XAA, XBB") == device(laptop)
        assert trio.current_time() - began < 1

        # What it gives is another's: that is refused, and it is as if nothing had come.
        other = envelope_of(radio, (await radio.send("ops", "by radio", "UNCLASSIFIED REL XAA")).entry_id)
        await name(a, radio, laptop, radio, withdraw=True)
        await name(a, a, laptop)

        async def lend(_: object, event: EnvelopeRequested, say: Say) -> None:
            assert say(lambda sync: sync.share_envelope(event.number, other.data))

        a.station.context.keying = lend  # type: ignore[assignment]  # it is only asked
        assert await made_by(laptop, "lent by a", "UNCLASSIFIED REL XAA") == device(laptop)
        (refused,) = await laptop.audited("envelope-refused")
        assert (refused.subject, refused.clause) == (device(a).hex(), "authentication")

        # It hears and says nothing: after five seconds, once for all that waits, and then it is left in peace.
        a.station.context.keying = _silence
        began, found = trio.current_time(), []

        async def say(text: str) -> None:
            found.append(await made_by(laptop, text, "SECRET"))

        async with trio.open_nursery() as senders:
            for number in range(3):
                senders.start_soon(say, f"silence {number}")
        assert found == [device(laptop)] * 3
        assert KEYING_ANSWER <= trio.current_time() - began < KEYING_ANSWER + 1
        began = trio.current_time()
        assert await made_by(laptop, "silence", "UNCLASSIFIED") == device(laptop)
        assert trio.current_time() - began < 1

        # The link ends while it is asked: at once.
        await trio.sleep(sharing.RESPITE)
        session = laptop.station.links.register.session(device(a))
        assert session is not None
        began = trio.current_time()
        async with trio.open_nursery() as senders:
            senders.start_soon(made_by, laptop, "cut", "SECRET REL XAA")
            await trio.sleep(1)
            session.stream.cut()  # type: ignore[attr-defined]  # a MemoryLink
        assert trio.current_time() - began < KEYING_ANSWER

        # It answers for no label that is not to be shared, nobody above his clearance, and nobody without end.
        a.station.context.keying = a.station.sharing.take
        own = envelope_of(a, (await a.send("ops", "by a", "SECRET")).entry_id)
        assert await asked(a, laptop, own.context.channel) == own.data
        assert await asked(a, laptop, own.context.channel, TOP_SECRET) is Unshared.LABEL
        assert await asked(a, laptop, bytes(16)) is Unshared.CHANNEL
        assert await asked(laptop, a, own.context.channel) is Unshared.NOT_KEYING
        assert await asked(a, radio, own.context.channel) is Unshared.LABEL, "it is cleared for RESTRICTED"
        monkeypatch.setattr(sharing, "MAX_SHARED_ENVELOPES", 1)
        anew = await asked(a, radio, own.context.channel, RESTRICTED)
        assert await asked(a, radio, own.context.channel, UNCLASSIFIED) is Unshared.BUSY
        assert await asked(a, radio, own.context.channel, RESTRICTED) == anew

        # A keying device that is revoked is not asked any more, and nothing more stands under what it made.
        await name(a, a, laptop, withdraw=True)
        await name(a, radio, laptop)
        await laptop.ask(AddPeer(address=radio.address))
        await linked(laptop, radio)
        assert await made_by(laptop, "lent", "RESTRICTED REL XAA") == device(radio)
        await a.ask(RevokeDevices(device=device(radio).hex(), person="", reason=RevocationReason.LOST, rehearse=False))
        await until(lambda: _revoked(laptop, radio))
        assert await made_by(laptop, "after", "RESTRICTED REL XAA") == device(laptop)
        newest = a.station.publishing.newest()
        assert newest is not None
        assert newest.keying == ()
        with pytest.raises(Refused):
            await a.ask(NameKeyingDevice(device=device(radio).hex()))
        await town.close()
