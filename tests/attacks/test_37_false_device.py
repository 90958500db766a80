"""Attack 37: the addressee's custodian certifies a second device for that person, and waits for its slot.

It gets none until the sender has compared its words by voice, however it is called. A keying device, which makes envelopes
for others of its nation, makes no direct one: an entry under it is refused. And the direct half of attack 30: nobody is
addressed above his clearance, by an honest sender or by a forger.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest
import trio
from trio.testing import MockClock

from coalchat.api.direct import ConfirmDevice
from coalchat.api.requests import PreviewLabel
from coalchat.errors import Refused, WordsDiffer
from coalchat.node.addressing import conversation
from coalchat.node.directing import direct_slots
from coalchat.paths import Home
from protocol.base.ids import VERSION
from protocol.keys.direct import AnyEnvelope, DirectContext, seal_direct
from protocol.keys.envelope import Context, Slot, seal_envelope
from protocol.messages.entry import EntryBase, seal_entry
from protocol.messages.feed import FeedRecord, sign_feed
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from protocol.trust.access import Clause
from protocol.trust.label import ReleaseKey
from tests.fakes.direct import acquainted, addressees, confirm, device_of, direct_envelope_of, keyed, own_words
from tests.fakes.insider import Insider
from tests.fakes.joined import device_home, joined
from tests.fakes.nodes import NOW, Running, Town, linked, until

SECRET = 2
LIE = encode_payload(TextPayload(FORMAT, NOW, noplay=False, refs=(), text="a lie", ack_by=0))


@attrs.frozen
class Forged:
    """One direct message, made outside of any node."""

    envelope: AnyEnvelope
    feed: bytes
    feed_id: bytes
    entry: bytes


def forge(
    maker: Running,
    speaker: Running,
    others: Sequence[Running],
    level: int = SECRET,
    *,
    also: tuple[int, ...] = (),
    to_nations: bool = False,
) -> Forged:
    """An entry in the speaker's feed, under an envelope that the maker signed.

    Args:
        also: nations that the release set names beside those of the devices. to_nations: an envelope to nations, in the
            conversation of those devices.
    """
    nodes = {maker.code: maker, speaker.code: speaker} | {node.code: node for node in others}
    members = [node.station.context.member for node in nodes.values()]
    member, spoken = maker.station.context.member, speaker.station.context.member
    place = conversation(member.coalition.id, [(m.device, m.nation) for m in members])
    segment = member.segment(maker.station.context.now())
    length = member.coalition.charter.segment
    release = ReleaseKey(member.policy.hash, level, 0, (*place.members, *also))
    tek, seed = bytes(range(32)), member.ring.device.ed25519
    head = (VERSION, member.coalition.id, member.coalition.charter_hash, place.channel)
    author, not_after = (member.nation, member.device, segment), (segment + 1) * length + length // 4
    envelope: AnyEnvelope
    if to_nations:
        keys = [member.keys.slots(nation, level, 0, segment)[0] for nation in release.releasable]
        nations = tuple(Slot(sid.nation, sid.custodian, sid.counter) for sid, _ in keys)
        context = Context(*head, bytes(32), release, *author, nations, not_after)
        envelope = seal_envelope(context, tek, [key for _, key in keys], seed)
    else:
        slots = direct_slots(member, place, segment)
        ctx = DirectContext(*head, release, *author, tuple(slot for slot, _ in slots), not_after)
        envelope = seal_direct(ctx, tek, [key for _, key in slots], seed)
    person, nonce = spoken.certificate.person, bytes((to_nations,)) * 16
    record = FeedRecord(member.coalition.id, spoken.device, person, place.channel, release, b"", nonce)
    feed = sign_feed(record, spoken.ring.device.key).data
    base = EntryBase(VERSION, 0, record.id, 1, b"", envelope.id)
    return Forged(envelope, feed, record.id, seal_entry(base, LIE, tek, spoken.ring.device.ed25519).data)


async def push(town: Town, forged: Forged, *, by: Running, to: Running) -> None:
    insider = await Insider.dial(town, as_device=by, to=to)
    insider.offer(forged.entry)
    insider.feeds[forged.feed_id] = forged.feed
    insider.envelopes[forged.envelope.id] = forged.envelope.data
    await insider.speak()
    await insider.hang_up()


async def test_a_false_device_a_keying_device_and_a_label_above_a_clearance(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {name: device_home(tmp_path, name) for name in ("kowal", "spy", "clerk")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        kowal = await joined(town, b, "kowal", person="Kowal")
        await linked(kowal, b)
        await acquainted(a, kowal)

        spy = await joined(town, b, "spy", person="Kowal")
        await linked(spy, b)
        await keyed(a, spy)
        listed = (await addressees(a))[device_of(spy)]
        assert (listed.person, listed.keys, listed.confirmed) == ("Kowal", True, False)
        sent = await a.send("@Kowal", "for one device", "SECRET")
        slots = direct_envelope_of(a, sent.entry_id).context.slots
        assert {slot.device.hex() for slot in slots} == {device_of(a), device_of(kowal)}
        with pytest.raises(Refused) as refused:
            await a.send(f"@{device_of(spy)}", "for that device", "SECRET")
        assert refused.value.clause == Clause.RECIPIENT_UNCONFIRMED
        with pytest.raises(WordsDiffer):  # what Kowal reads out is of his own device
            await a.ask(ConfirmDevice(device=device_of(spy), words=await own_words(kowal)))
        await until(lambda: kowal.texts("@Officer XAA"))
        await trio.sleep(30)
        assert await spy.messages() == []
        # The control: who confirms it unchecked writes to it.
        await confirm(a, spy)
        await a.send("@Kowal", "for two devices", "SECRET")
        await until(lambda: spy.texts("@Officer XAA"))
        assert await spy.texts("@Officer XAA") == ["for two devices"]

        # XBB's keying device makes an envelope, and Kowal's device speaks under it.
        await push(town, forge(b, kowal, [a]), by=b, to=a)
        (wrong,) = await a.audited("entry-refused")
        assert (wrong.nation, wrong.clause) == ("XBB", "direct-author")

        clerk = await joined(town, b, "clerk", person="Clerk", level="RESTRICTED")
        await linked(clerk, b)
        await keyed(a, clerk)
        await keyed(b, clerk)
        await confirm(a, clerk)
        with pytest.raises(Refused) as refused:
            await a.send("@Clerk", "above him", "SECRET")
        assert refused.value.clause == Clause.RECIPIENT_CLEARANCE
        preview = await a.ask(PreviewLabel(channel="@Clerk", label="SECRET"))
        assert preview.denied.clause == Clause.RECIPIENT_CLEARANCE
        assert (await a.send("@Clerk", "for him", "RESTRICTED")).nations
        await push(town, forge(b, b, [clerk, a]), by=b, to=a)
        assert [record.clause for record in await a.audited("entry-refused")][1:] == [Clause.RECIPIENT_CLEARANCE]
        # And a maker above his own clearance: nobody even keeps the envelope.
        await push(town, forge(clerk, clerk, [a]), by=clerk, to=a)
        assert [record.nation for record in await a.audited("envelope-refused")] == ["XBB"]
        # Nor one whose release set names a nation of which no device is addressed.
        await push(town, forge(b, b, [a], also=(2,)), by=b, to=a)
        assert [record.nation for record in await a.audited("envelope-refused")] == ["XBB", "XBB"]
        assert "a lie" not in [message.text for message in await a.messages()]
        # The control: the same forger, within the rules, is believed.
        await push(town, forge(b, b, [a]), by=b, to=a)
        assert [message.text for message in await a.messages()].count("a lie") == 1
        # In that conversation, an envelope to nations by his nation's keying device.
        await push(town, forge(b, b, [a], to_nations=True), by=b, to=a)
        assert [record.clause for record in await a.audited("entry-refused")][2:] == ["envelope-mismatch"]
        assert [message.text for message in await a.messages()].count("a lie") == 1
        await town.close()
