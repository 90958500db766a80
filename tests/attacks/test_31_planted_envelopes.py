"""Attack 31 (own): planted and retired envelopes.

With a stolen signing key of one nation and no seed, an envelope is authored whose key the thief chose: no honest device
seals under it. After the revocation nobody seals under an envelope that the stolen device could open, and what was sealed
before still opens: the control. A keying device's key is another matter: until it is revoked its thief reads what its nation
says below the highest level.
"""

from __future__ import annotations

from pathlib import Path

import trio
from trio.testing import MockClock

from coalchat.api.emergency import RevokeDevices
from coalchat.api.renewal import NameKeyingDevice
from coalchat.api.vocabulary import Flag, RevocationReason
from coalchat.node.envelopes import Sealing, _not_after
from coalchat.paths import Home
from protocol.base.ids import VERSION
from protocol.base.records import evolve
from protocol.keys.envelope import Context, Envelope, Slot, open_slot, seal_envelope
from protocol.messages.payload import FORMAT, TextPayload
from protocol.trust.credential import Precedence
from protocol.trust.label import ReleaseKey
from tests.fakes.joined import FIRST, SEGMENT, device_home, envelope_of
from tests.fakes.keyed import start, texts
from tests.fakes.nodes import Running, Town, until
from tests.fakes.thief import Thief

UNCLASSIFIED, RESTRICTED, TOP_SECRET = 0, 1, 3
TEK = b"the thief chose it" + bytes(14)


def planted(
    thief: Thief, stolen: Running, channel: bytes, release: ReleaseKey, *, cheated: int | None = None
) -> Envelope:
    """An envelope in the stolen device's name, wrapped to the real keys: every reader would open it, but for one that is
    cheated.
    """
    member = stolen.station.context.member
    segment = member.segment(stolen.station.context.now())
    slots = [
        (Slot(sid.nation, sid.custodian, sid.counter), key)
        for nation in release.releasable
        for sid, key in member.keys.slots(nation, *release.compartment, segment)
    ]
    ctx = Context(
        VERSION,
        member.coalition.id,
        member.coalition.charter_hash,
        channel,
        member.channels[channel].hash,
        release,
        member.nation,
        member.device,
        segment,
        tuple(slot for slot, _ in slots),
        _not_after(segment, SEGMENT),
    )
    keys = [slots[0][1] if slot.nation == cheated else key for slot, key in slots]
    return seal_envelope(ctx, TEK, keys, thief.ring.device.ed25519)


async def test_no_honest_device_seals_under_a_planted_envelope(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, laptop = await start(town)
        thief = Thief.of(everyone["laptop"], tmp_path / "copy")
        thief.seeds.clear()
        release = evolve(envelope_of(a, (await a.send("ops", "one", "SECRET")).entry_id).context.release)
        (channel,) = a.station.context.member.channels
        false = planted(thief, laptop, channel, release)
        for node in (a, b, laptop):
            # It is well made, so it is taken; it opens, to the thief's key.
            assert await node.station.intake.envelope(false.data, 0) == false.id
            assert node.station.envelopes.open(false) == TEK
            sent = await node.send("ops", f"by {node.code}", "SECRET")
            envelope = envelope_of(node, sent.entry_id)
            assert envelope.id != false.id
            assert envelope.context.device == node.station.context.member.device
            assert not thief.opens(envelope)
        await texts(a, ["one", *(f"by {node.code}" for node in (a, b, laptop))])

        # The control: named a keying device, it is the thief's to say what the others seal under, below TOP SECRET.
        device = laptop.station.context.member.device.hex()
        await a.ask(NameKeyingDevice(device=device))
        for level, text in ((RESTRICTED, "RESTRICTED"), (TOP_SECRET, "TOP SECRET")):
            false = planted(thief, laptop, channel, evolve(release, level=level))
            assert await a.station.intake.envelope(false.data, 0) == false.id
            envelope = envelope_of(a, (await a.send("ops", text, text)).entry_id)
            assert (envelope.id == false.id) is (level != TOP_SECRET)
        # A program that does so all the same at TOP SECRET is believed by nobody.
        member, payload = a.station.context.member, TextPayload(FORMAT, a.station.context.now(), False, (), "a lie", 0)
        lie = Sealing(false, TEK)
        await a.station.sending.post(
            member.channels[channel], false.context.release, payload, Precedence.ROUTINE, under=lie
        )
        await texts(b, ["one", *(f"by {node.code}" for node in (a, b, laptop)), "RESTRICTED", "TOP SECRET"])
        # If it cheats a nation, that one complains, and who spoke under it says it again under his own.
        false = planted(thief, laptop, channel, evolve(release, level=UNCLASSIFIED), cheated=1)
        assert await a.station.intake.envelope(false.data, 0) == false.id
        sent = await a.send("ops", "cheated", "UNCLASSIFIED")
        assert envelope_of(a, sent.entry_id).id == false.id
        await until(lambda: _reads(b, "cheated"))
        assert [record.subject for record in await a.audited("envelope-reissued")] == [false.id.hex()]
        # Until it is revoked.
        await a.ask(RevokeDevices(device=device, person="", reason=RevocationReason.COMPROMISED, rehearse=False))
        envelope = envelope_of(a, (await a.send("ops", "after", "RESTRICTED")).entry_id)
        assert envelope.context.device == a.station.context.member.device
        await trio.sleep(60)
        assert [record.clause for record in await b.audited("entry-refused")] == ["own-nation"]
        await town.close()


async def test_after_a_revocation_nothing_is_sealed_that_the_device_could_open(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {name: device_home(tmp_path, name) for name in ("laptop", "radio")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, laptop = await start(town)
        before = [await node.send("ops", f"before, by {node.code}", "SECRET") for node in (a, b)]
        kept = [envelope_of(node, sent.entry_id) for node, sent in zip((a, b), before, strict=True)]
        thief = Thief.of(everyone["laptop"], tmp_path / "copy")
        assert all(thief.opens(envelope) for envelope in kept), "the control: it holds the keys"
        device = laptop.station.context.member.device.hex()
        # In the same segment, in the middle of a conversation.
        await a.ask(RevokeDevices(device=device, person="", reason=RevocationReason.COMPROMISED, rehearse=False))
        await trio.sleep(60)
        assert a.station.context.now() < FIRST + SEGMENT
        after = [await node.send("ops", f"after, by {node.code}", "SECRET") for node in (a, b)]
        for node, sent, old in zip((a, b), after, kept, strict=True):
            envelope = envelope_of(node, sent.entry_id)
            assert envelope.id != old.id
            assert not thief.opens(envelope)
        await texts(b, [f"{when}, by {code}" for when in ("before", "after") for code in ("XAA", "XBB")])
        flags = {m.text: Flag.SUPERSEDED_KEY in m.flags for m in await b.messages("ops")}
        assert flags == {text: text.startswith("before") for text in flags}
        # No receipt goes under the retired envelope either: it would say to the thief who reads on.
        under = [len(b.station.context.store.read.entries_under(envelope.id)) for envelope in kept]
        await b.mark("ops", after[0].entry_id)
        await a.acknowledge(before[1].entry_id)
        await trio.sleep(60)
        assert [len(b.station.context.store.read.entries_under(envelope.id)) for envelope in kept] == under
        # What was sealed before still opens, from the envelope alone.
        b.station.envelopes._teks.clear()
        assert open_slot(kept[0], 1, _own_key(b, kept[0])) == b.station.envelopes.open(kept[0])
        await town.close()


async def _reads(node: Running, text: str) -> bool:
    return text in await node.texts("ops")


def _own_key(node: Running, envelope: Envelope) -> bytes:
    ctx, slot = envelope.context, envelope.context.slots[1]
    key = node.station.context.member.private_key(slot.custodian, slot.counter, ctx.release.compartment, ctx.segment)
    assert key is not None
    return key
