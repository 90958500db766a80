"""TEK envelopes in a node (SPEC 7.3, 10.3, 10.4): which one to seal under, making one, judging and opening others'.

Rule 1: a device seals under envelopes that it made itself. (Those of its nation's keying devices come with them.)
Rule 2: TEKs are kept in memory only, and no longer than their segment's key; the stored envelope opens again while that
is held.
Rule 3: an envelope is not used any more once its segment, its slots' editions, its channel's revision or the charter
is no longer the one that counts; what was sealed under it still opens.
"""

from __future__ import annotations

from collections import OrderedDict

import attrs

from coalchat.errors import Refused
from coalchat.node.context import Context
from coalchat.store.rows import Envelope as EnvelopeRow
from protocol.base.errors import AuthenticationError, DecodeError, Denied, LimitError, StateError
from protocol.base.ids import VERSION
from protocol.base.limits import MAX_LIVE_ENVELOPES
from protocol.keys.envelope import (
    TEK,
    Envelope,
    Slot,
    open_slot,
    own_slots,
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

    envelope: Envelope
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

    def for_sealing(self, revision: ChannelRevision, release: ReleaseKey, now: int) -> Sealing:
        """A usable envelope: the live one of this segment, or a new one.

        Raises:
            Refused: a nation has no key to wrap to, or this device has made as many as it may.
        """
        member = self.context.member
        segment = member.segment(now)
        slots = self._slots(release, segment)
        store = self.context.store.read
        row = store.live_envelope(revision.channel, release.packed, segment)
        if row is not None:
            envelope = read_envelope(row.data)
            if self._still_counts(envelope, revision, tuple(slot for slot, _ in slots)):
                return Sealing(envelope, self.open(envelope))
        made = store.count_envelopes(member.device, revision.channel, release.packed, segment)
        if made >= MAX_LIVE_ENVELOPES:
            raise Refused(Clause.OWN_BOUND, "no more envelopes can be made for this label in this segment")
        return self._make(revision, release, slots, segment, now)

    def _slots(self, release: ReleaseKey, segment: int) -> list[tuple[Slot, bytes]]:
        found: list[tuple[Slot, bytes]] = []
        for nation in release.releasable:
            keys = self.context.member.keys.slots(nation, *release.compartment, segment)
            if not keys:
                code = self.context.code(nation)
                raise Refused(Clause.KEYS_RUN_OUT, f"no current key of {code} for this label is here")
            found.extend((Slot(sid.nation, sid.custodian, sid.counter), key) for sid, key in keys)
        return sorted(found, key=lambda pair: (pair[0].nation, pair[0].custodian, pair[0].counter))

    def _still_counts(self, envelope: Envelope, revision: ChannelRevision, slots: tuple[Slot, ...]) -> bool:
        ctx = envelope.context
        charter = self.context.member.coalition.charter_hash
        return (ctx.charter, ctx.revision, ctx.slots) == (charter, revision.hash, slots)

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

    # --- of others ---

    def judge(self, data: bytes, now: int) -> tuple[Envelope, EnvelopeRow]:
        """Check a received envelope: form, author, signature, bounds.

        Raises:
            RemoteProtocolError: it is refused.
        """
        member = self.context.member
        envelope = read_envelope(data)
        ctx = envelope.context
        if (ctx.coalition, ctx.charter) != (member.coalition.id, member.coalition.charter_hash):
            raise AuthenticationError
        if ctx.not_after != _not_after(ctx.segment, member.coalition.charter.segment):
            raise DecodeError("must be a quarter of a segment after its end", field="not_after")
        standing = member.directory.standing(ctx.device, now)
        if standing is None:
            raise StateError("its author is not known", field="device")
        certificate = standing.certified.certificate
        envelope.verify(certificate.key)
        if certificate.nation != ctx.nation or standing.revoked is not None or not standing.listed:
            raise AuthenticationError
        if not dominates(certificate.clearance, label_of(ctx.release)):
            raise AuthenticationError
        count = self.context.store.read.count_envelopes(ctx.device, ctx.channel, ctx.release.packed, ctx.segment)
        if count >= MAX_LIVE_ENVELOPES and self.context.store.read.envelope(envelope.id) is None:
            raise LimitError("too many envelopes of this label and segment", field="envelope")
        row = EnvelopeRow(envelope.id, ctx.device, ctx.channel, ctx.release.packed, ctx.segment, data, now)
        return envelope, row

    def open(self, envelope: Envelope) -> bytes:
        """The TEK, from the first of our nation's slots that this device holds a key of.

        Raises:
            NoKey: it holds none.
            AuthenticationError: it holds one, and the slot does not open, or not to the committed TEK.
        """
        known = self._teks.get(envelope.id)
        if known is not None:
            self._teks.move_to_end(envelope.id)
            return known[0]
        member = self.context.member
        ctx = envelope.context
        for index, slot in own_slots(envelope, member.nation):
            key = member.private_key(slot.custodian, slot.counter, ctx.release.compartment, ctx.segment)
            if key is not None:
                tek = open_slot(envelope, index, key)
                self._remember(envelope, tek)
                return tek
        raise NoKey

    def authorised(self, envelope: Envelope, device: bytes, nation: int) -> Denied | None:
        """Own-nation rule: whether entries of a device may stand under an envelope; None grants."""
        ctx = envelope.context
        if ctx.nation != nation:
            return Denied("own-nation", "sealed under another nation's envelope")
        if ctx.device == device:
            return None
        keying = {d for publication in self.context.member.directory.publications(nation) for d in publication.keying}
        if ctx.device in keying:
            return None
        return Denied("own-nation", "sealed under an envelope of a device that is no keying device of its nation")

    def erased(self, envelope: Envelope) -> int:
        """Unix time at which the keys that open an envelope are past their hold."""
        charter = self.context.member.coalition.charter
        return erased_at(charter, envelope.context.release.level, envelope.context.segment)

    def forget(self, now: int) -> None:
        """Forget the TEKs whose segment's key is past its hold."""
        for name, (_, erased) in tuple(self._teks.items()):
            if erased <= now:
                del self._teks[name]

    def _remember(self, envelope: Envelope, tek: bytes) -> None:
        self._teks[envelope.id] = (tek, self.erased(envelope))
        while len(self._teks) > MAX_CACHED:
            self._teks.popitem(last=False)


def _not_after(segment: int, length: int) -> int:
    """Unix time until which an envelope of a segment may be sealed under."""
    return (segment + 1) * length + length // 4
