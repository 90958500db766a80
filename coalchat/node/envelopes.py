"""TEK envelopes in a node (SPEC 7.3, 10.3, 10.4): which one to seal under, making one, judging and opening others'.

Rule 1: a device seals under envelopes that it made itself, or that a keying device of its nation made.
Rule 2: TEKs are kept in memory only, and no longer than their segment's key; the stored envelope opens again while that
is held.
Rule 3: an envelope is not used any more once its segment, its slots' editions, its channel's revision or the charter
is no longer the one that counts, or its author is revoked; what was sealed under it still opens.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress

import attrs

from coalchat.errors import Refused
from coalchat.node.addressing import Conversation
from coalchat.node.context import Context
from coalchat.node.directing import decide_direct, direct_slots
from coalchat.node.keyers import keyers, shareable
from coalchat.node.runout import sealing_slots
from coalchat.store.rows import Envelope as EnvelopeRow
from protocol.base.errors import AuthenticationError, DecodeError, Denied, LimitError, StateError
from protocol.base.ids import VERSION
from protocol.base.limits import MAX_LIVE_ENVELOPES
from protocol.keys.device import device_hold
from protocol.keys.direct import AnyEnvelope, DirectContext, DirectEnvelope, open_own, read_any, seal_direct
from protocol.keys.envelope import (
    TEK,
    Envelope,
    Slot,
    open_slot,
    own_slots,
    pack_slots,
    read_envelope,
    seal_envelope,
)
from protocol.keys.envelope import (
    Context as EnvelopeContext,
)
from protocol.keys.walking import erased_at
from protocol.trust.access import Clause, dominates
from protocol.trust.channel import ChannelRevision
from protocol.trust.label import ReleaseKey, label_of

MAX_CACHED = 1_024
"""Opened TEKs that are kept: some weeks of a busy desk's labels; opening one again costs 0.2 ms."""


@attrs.frozen
class Sealing:
    """An envelope that this device may seal under now, with its key.

    Attributes:
        row: to be stored with the first entry, if it is new.
    """

    envelope: AnyEnvelope
    tek: bytes = attrs.field(repr=False)
    row: EnvelopeRow | None = None


class NoKey(Exception):
    """This device holds no key of any of its nation's slots."""


@attrs.define(eq=False)
class Envelopes:
    """The node's part for envelopes."""

    context: Context = attrs.field(repr=False)
    _teks: OrderedDict[bytes, tuple[bytes, int]] = attrs.field(factory=OrderedDict, init=False, repr=False)
    """By envelope: the TEK, and when its segment's key is past its hold."""

    # --- to seal under ---

    def for_sealing(
        self, place: ChannelRevision | Conversation, release: ReleaseKey, now: int, *, own: bool = False
    ) -> Sealing:
        """A usable envelope: a live one of this segment, or a new one.

        Args:
            own: of this device only.

        Raises:
            Refused: a nation or device has no key to wrap to, a device may not be addressed, or this device has made as
                many as it may.
        """
        if isinstance(place, Conversation):
            return self._for_direct(place, release, now)
        member = self.context.member
        segment = member.segment(now)
        live = self.live(place, release, now, own=own)
        if live is not None:
            return live
        made = self.context.store.read.count_envelopes(member.device, place.channel, release.packed, segment)
        if made >= MAX_LIVE_ENVELOPES:
            raise Refused(Clause.OWN_BOUND, "no more envelopes can be made for this label in this segment")
        return self._make(place, release, self._slots(release, segment), segment, now)

    def live(self, revision: ChannelRevision, release: ReleaseKey, now: int, *, own: bool = False) -> Sealing | None:
        """The envelope of this segment that a device would go on with: its own, or a keying device's.

        Args:
            own: of this device only.

        Raises:
            Refused: a nation has no key to wrap to.
        """
        segment = self.context.member.segment(now)
        slots = tuple(slot for slot, _ in self._slots(release, segment))
        for row in self._candidates(revision.channel, release, segment, now, own=own):
            envelope = read_envelope(row.data)
            if envelope.context.slots == slots and not self.retired(envelope):
                # After a restart this device may hold no key of its own nation yet. What another made may be a fraud.
                with suppress(NoKey, AuthenticationError):
                    return Sealing(envelope, self.open(envelope))
        return None

    def _candidates(
        self, channel: bytes, release: ReleaseKey, segment: int, now: int, *, own: bool
    ) -> Iterator[EnvelopeRow]:
        read = self.context.store.read
        mine = read.live_envelope(channel, release.packed, segment)
        if mine is not None:
            yield mine
        if not own:
            for keyer in keyers(self.context.member, channel, release, now):
                yield from read.live_envelopes_by(keyer.device, channel, release.packed, segment)

    def opens(self, release: ReleaseKey, now: int) -> bool:
        """Whether this device holds a key of its own nation for what is sealed at a label now."""
        member = self.context.member
        segment = member.segment(now)
        own = (slot for slot, _ in self._slots(release, segment) if slot.nation == member.nation)
        return any(member.private_key(s.custodian, s.counter, release.compartment, segment) is not None for s in own)

    def _slots(self, release: ReleaseKey, segment: int) -> list[tuple[Slot, bytes]]:
        found: list[tuple[Slot, bytes]] = []
        # What an older label released to a nation that is suspended now has no slot for it: receipts go on.
        for nation in sorted(set(release.releasable) - self.context.member.coalition.suspended):
            keys = sealing_slots(self.context.member, nation, release.compartment, segment)
            if not keys:
                code = self.context.code(nation)
                raise Refused(Clause.KEYS_RUN_OUT, f"no current key of {code} for this label is here")
            found.extend((Slot(sid.nation, sid.custodian, sid.counter), key) for sid, key in keys)
        return sorted(found, key=lambda pair: (pair[0].nation, pair[0].custodian, pair[0].counter))

    def retired(self, envelope: Envelope) -> bool:
        """Whether nothing more may be sealed under an envelope, its author's or a receipt of another's.

        Its author is revoked, one of its editions superseded, or its charter or channel revision not the newest.
        """
        member, ctx = self.context.member, envelope.context
        author = member.directory.standing(ctx.device, self.context.now())
        revision = member.channels.get(ctx.channel)
        if author is None or author.revoked is not None or revision is None:
            return True
        if (ctx.charter, ctx.revision) != (member.coalition.charter_hash, revision.hash):
            return True
        publications = ((slot, member.directory.publication(slot.nation, slot.custodian)) for slot in ctx.slots)
        return any(p is None or p.superseded_at(slot.counter, ctx.segment) for slot, p in publications)

    def _make(
        self, revision: ChannelRevision, release: ReleaseKey, slots: list[tuple[Slot, bytes]], segment: int, now: int
    ) -> Sealing:
        member = self.context.member
        length = member.coalition.charter.segment
        ctx = EnvelopeContext(
            VERSION,
            member.coalition.id,
            member.coalition.charter_hash,
            revision.channel,
            revision.hash,
            release,
            member.nation,
            member.device,
            segment,
            tuple(slot for slot, _ in slots),
            _not_after(segment, length),
        )
        tek = self.context.entropy(TEK)
        envelope = seal_envelope(ctx, tek, [key for _, key in slots], member.ring.device.ed25519)
        self._remember(envelope, tek)
        row = EnvelopeRow(
            envelope.id, member.device, revision.channel, release.packed, segment, envelope.data, now, mine=True
        )
        return Sealing(envelope, tek, row)

    def _for_direct(self, place: Conversation, release: ReleaseKey, now: int) -> Sealing:
        member, store = self.context.member, self.context.store.read
        segment = member.segment(now)
        denial = decide_direct(member, label_of(release), place)
        if denial is not None:
            raise Refused(denial.clause, denial.reason)
        slots = direct_slots(member, place, segment)
        ctx = DirectContext(
            VERSION,
            member.coalition.id,
            member.coalition.charter_hash,
            place.channel,
            release,
            member.nation,
            member.device,
            segment,
            tuple(slot for slot, _ in slots),
            _not_after(segment, member.coalition.charter.segment),
        )
        row = store.live_envelope(place.channel, release.packed, segment)
        live = None if row is None else read_any(row.data)
        if live is not None and live.context == ctx:  # it names all that must still be so
            return Sealing(live, self.open(live))
        if store.count_envelopes(member.device, place.channel, release.packed, segment) >= MAX_LIVE_ENVELOPES:
            raise Refused(Clause.OWN_BOUND, "no more envelopes can be made for this label in this segment")
        tek = self.context.entropy(TEK)
        envelope = seal_direct(ctx, tek, [key for _, key in slots], member.ring.device.ed25519)
        self._remember(envelope, tek)
        made = EnvelopeRow(
            envelope.id, member.device, place.channel, release.packed, segment, envelope.data, now, mine=True
        )
        return Sealing(envelope, tek, made)

    # --- of others ---

    def judge(self, data: bytes, now: int) -> tuple[AnyEnvelope, EnvelopeRow]:
        """Check a received envelope: form, author, signature, bounds.

        Raises:
            RemoteProtocolError: it is refused.
        """
        member = self.context.member
        envelope = read_any(data)
        ctx = envelope.context
        charter = member.coalition.text(ctx.charter)
        if ctx.coalition != member.coalition.id:
            raise AuthenticationError
        if charter is None:
            raise StateError("its charter is not known", field="charter")
        # A direct envelope has slots of devices; those are of the nations that it is released to.
        sealed_to = (
            ctx.release.releasable if isinstance(ctx, DirectContext) else tuple(slot.nation for slot in ctx.slots)
        )
        if not charter.present.issuperset((ctx.nation, *sealed_to)):
            raise AuthenticationError
        if ctx.not_after != _not_after(ctx.segment, member.coalition.charter.segment):
            raise DecodeError("must be a quarter of a segment after its end", field="not_after")
        standing = member.directory.standing(ctx.device, now)
        if standing is None:
            raise StateError("its author is not known", field="device")
        certificate = standing.certified.certificate
        envelope.verify(certificate.key)
        # What a revocation lets stand is still taken, and what it stands under (SPEC 8.6).
        gone = (standing.revoked is not None or not standing.listed) and ctx.device not in member.verdicts.disownings
        if certificate.nation != ctx.nation or gone:
            raise AuthenticationError
        if not dominates(certificate.clearance, label_of(ctx.release)):
            raise AuthenticationError
        if isinstance(ctx, DirectContext):
            self._check_devices(ctx, now)
        count = self.context.store.read.count_envelopes(ctx.device, ctx.channel, ctx.release.packed, ctx.segment)
        if count >= MAX_LIVE_ENVELOPES and self.context.store.read.envelope(envelope.id) is None:
            raise LimitError("too many envelopes of this label and segment", field="envelope")
        row = EnvelopeRow(envelope.id, ctx.device, ctx.channel, ctx.release.packed, ctx.segment, data, now)
        return envelope, row

    def _check_devices(self, ctx: DirectContext, now: int) -> None:
        """The release set of a direct envelope is the nations of its devices, no more and no less."""
        directory = self.context.member.directory
        standings = [directory.standing(device, now) for device in ctx.devices]
        nations = {standing.certified.certificate.nation for standing in standings if standing is not None}
        if None in standings:
            raise StateError("one of its devices is not known", field="device")
        if nations != set(ctx.release.releasable):
            raise DecodeError("must be the nations of its devices", field="releasable")

    def open(self, envelope: AnyEnvelope) -> bytes:
        """The TEK, from this device's own slot, or the first of our nation's slots that it holds a key of.

        Raises:
            NoKey: it holds none.
            AuthenticationError: it holds one, and the slot does not open, or not to the committed TEK.
        """
        known = self._teks.get(envelope.id)
        if known is not None:
            self._teks.move_to_end(envelope.id)
            return known[0]
        member = self.context.member
        if isinstance(envelope, DirectEnvelope):
            return self._open_direct(envelope)
        ctx = envelope.context
        for index, slot in own_slots(envelope, member.nation):
            key = member.private_key(slot.custodian, slot.counter, ctx.release.compartment, ctx.segment)
            if key is not None:
                tek = open_slot(envelope, index, key)
                self._remember(envelope, tek)
                return tek
        raise NoKey

    def _open_direct(self, envelope: DirectEnvelope) -> bytes:
        direct, ctx = self.context.member.direct, envelope.context
        counter = next((slot.counter for slot in ctx.slots if slot.device == direct.device), 0)
        key = direct.private(counter, ctx.segment)
        if key is None:
            raise NoKey
        tek = open_own(envelope, direct.device, key)
        self._remember(envelope, tek)
        return tek

    def authorised(self, envelope: AnyEnvelope, device: bytes, nation: int) -> Denied | None:
        """Own-nation rule: whether entries of a device may stand under an envelope; None grants."""
        ctx = envelope.context
        if ctx.nation != nation:
            return Denied("own-nation", "sealed under another nation's envelope")
        if ctx.device != device and not shareable(self.context.member, ctx.release.level):
            return Denied("own-nation", "sealed under another device's envelope at the highest level")
        return None

    def slots(self, envelope_id: bytes) -> bytes:
        """The editions that an envelope is wrapped to, as they are kept with a message; none if it is not here."""
        row = self.context.store.read.envelope(envelope_id)
        return b"" if row is None else nation_slots(read_any(row.data))

    def erased(self, envelope: AnyEnvelope) -> int:
        """Unix time at which the keys that open an envelope here are past their hold."""
        member = self.context.member
        charter = member.coalition.charter
        if isinstance(envelope, DirectEnvelope):
            end = (envelope.context.segment + 1) * charter.segment
            return end + device_hold(charter, member.certificate.clearance)
        return erased_at(charter, envelope.context.release.level, envelope.context.segment)

    def forget(self, now: int) -> None:
        """Forget the TEKs whose segment's key is past its hold."""
        for name, (_, erased) in tuple(self._teks.items()):
            if erased <= now:
                del self._teks[name]

    def _remember(self, envelope: AnyEnvelope, tek: bytes) -> None:
        self._teks[envelope.id] = (tek, self.erased(envelope))
        while len(self._teks) > MAX_CACHED:
            self._teks.popitem(last=False)


def nation_slots(envelope: AnyEnvelope) -> bytes:
    """The nations' editions that an envelope is wrapped to, as they are kept with a message; none of a direct one."""
    return b"" if isinstance(envelope, DirectEnvelope) else pack_slots(envelope.context.slots)


def _not_after(segment: int, length: int) -> int:
    """Unix time until which an envelope of a segment may be sealed under."""
    return (segment + 1) * length + length // 4
