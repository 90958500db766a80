"""TEK envelopes (SPEC 7.3): one traffic encryption key, wrapped to each nation of a release set.

Rule 1: an envelope is authored by a device of the nation whose entries it serves, cleared for its label.
Rule 2: `ctx` is bound thrice: in the commitment, in each wrap's `info`, and under the signature.
Rule 3: a reader opens its own nation's slot only, then recomputes the commitment: every nation that opens an envelope
opens it to the same TEK, or refuses it.
Rule 4: which clause failed is not told: one error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import attrs

from protocol.base import crypto
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, DecodeError, LocalProtocolError, VersionError
from protocol.base.ids import VERSION, Domain, Person, Tag
from protocol.base.limits import MAX_SLOTS
from protocol.base.records import Bin, Blob, Part, Seq, Uint, decode, encode, encode_part, record
from protocol.keys.edition import SegmentId
from protocol.trust.charter import TIME, key_hash
from protocol.trust.credential import CUSTODIAN
from protocol.trust.label import NATION, ReleaseKey
from protocol.trust.publication import COUNTER, SEGMENT

TEK = 32
WRAP = crypto.HPKE_OVERHEAD + TEK


@record()
class Slot:
    """One key that can open an envelope: an edition of a nation's custodian, at the envelope's compartment and segment."""

    nation: Annotated[int, NATION]
    custodian: Annotated[int, CUSTODIAN]
    counter: Annotated[int, COUNTER]


def pack_slots(slots: Iterable[Slot]) -> bytes:
    """Slots as a store keeps them beside what they opened: one byte each of nation and seat, four of the counter."""
    return b"".join(bytes([slot.nation, slot.custodian]) + slot.counter.to_bytes(4, "big") for slot in slots)


def unpack_slots(data: bytes) -> tuple[Slot, ...]:
    """What `pack_slots` made."""
    parts = (data[at : at + 6] for at in range(0, len(data), 6))
    return tuple(Slot(part[0], part[1], int.from_bytes(part[2:], "big")) for part in parts)


@record(Tag.ENVELOPE_CONTEXT)
class Context:
    """What an envelope is for.

    Attributes:
        charter: hash of the charter in force; charter indices mean what they mean there.
        revision: hash of the channel's revision.
        release: whose keys open it.
        segment: when it was made.
        slots: sorted; one wrap each.
        not_after: Unix time after which nothing more may be sealed under it.
    """

    version: Annotated[int, Uint(255)]
    coalition: Annotated[bytes, Bin(16)]
    charter: Annotated[bytes, Bin(32)]
    channel: Annotated[bytes, Bin(16)]
    revision: Annotated[bytes, Bin(32)]
    release: Annotated[ReleaseKey, Part(ReleaseKey)]
    nation: Annotated[int, NATION]
    device: Annotated[bytes, Bin(16)]
    segment: Annotated[int, SEGMENT]
    slots: Annotated[tuple[Slot, ...], Seq(Part(Slot), MAX_SLOTS, 1, ascending=True)]
    not_after: Annotated[int, TIME]

    def slot_segment(self, slot: Slot) -> SegmentId:
        """The segment key that a slot is wrapped to."""
        level, category = self.release.compartment
        return SegmentId(slot.nation, slot.custodian, slot.counter, level, category, self.segment)


@record(Tag.ENVELOPE)
class _Wire:
    """An envelope as it travels."""

    ctx: Annotated[bytes, Blob(1_024, 1)]
    commitment: Annotated[bytes, Bin(32)]
    wraps: Annotated[tuple[bytes, ...], Seq(Bin(WRAP), MAX_SLOTS, 1)]
    signature: Annotated[bytes, Bin(crypto.SIGNATURE)]


@attrs.frozen
class Binding:
    """What the parts of one kind of envelope are hashed and signed under: nothing of one kind is anything of another."""

    signature: Domain
    wrap: Domain
    ctx: Person
    commitment: Person
    id: Person


NATIONS = Binding(Domain.ENVELOPE, Domain.HPKE_ENVELOPE, Person.CONTEXT, Person.COMMITMENT, Person.ENVELOPE)


@attrs.frozen
class Sealed:
    """What an envelope of any kind is, its form being right; its signature may not have been checked yet.

    Attributes:
        id: 32 bytes; the signature is not part of it.
        ctx: the exact bytes of its context.
        data: the exact bytes.
    """

    id: bytes
    ctx: bytes = attrs.field(repr=False)
    commitment: bytes = attrs.field(repr=False)
    wraps: tuple[bytes, ...] = attrs.field(repr=False)
    signature: bytes = attrs.field(repr=False)
    data: bytes = attrs.field(repr=False)

    @property
    def binding(self) -> Binding:
        """What its parts are hashed and signed under."""
        return NATIONS

    def verify(self, author_key: bytes) -> None:
        """Check the author's signature.

        Raises:
            AuthenticationError: it does not hold.
        """
        crypto.ed25519_verify(author_key, self.binding.signature, self.id, self.signature)

    def unwrap(self, index: int, slot: bytes, private_seed: bytes) -> bytes:
        """The TEK from one wrap.

        Args:
            index: of the wrap. slot: the packed slot. private_seed: its segment key (96 bytes).

        Raises:
            AuthenticationError: wrong key, altered wrap, or a TEK that the author did not commit to.
        """
        bound = info(self.binding, self.ctx, slot, crypto.xwing_public(private_seed), self.commitment)
        try:
            tek = crypto.hpke_open(private_seed, bound, self.wraps[index])
        except AuthenticationError:
            tek = b""  # refused below, after the same work as any other (M-7.19)
        whole = len(tek) == TEK
        made = commitment(tek if whole else bytes(TEK), self.ctx, self.binding)
        if not (crypto.same(made, self.commitment) and whole):
            raise AuthenticationError
        return tek


@attrs.frozen
class Envelope(Sealed):
    """An envelope to nations.

    Attributes:
        context: decoded `ctx`.
    """

    context: Context


def commitment(tek: bytes, ctx: bytes, binding: Binding = NATIONS) -> bytes:
    """BLAKE2b-256(key = TEK, person "commitment", ctx)."""
    return digest(binding.commitment, ctx, key=tek)


def info(binding: Binding, ctx: bytes, slot: bytes, public: bytes, cm: bytes) -> bytes:
    """What a wrap is bound to."""
    return binding.wrap.prefix + digest(binding.ctx, ctx) + slot + key_hash(public) + cm


def envelope_id(ctx: bytes, cm: bytes, wraps: Sequence[bytes], binding: Binding = NATIONS) -> bytes:
    """32 bytes. ctx delimits itself; the rest has fixed widths."""
    return digest(binding.id, ctx, cm, *wraps)


def wrap_all(
    binding: Binding, ctx: bytes, tek: bytes, slots: Sequence[bytes], publics: Sequence[bytes], device_seed: bytes
) -> tuple[bytes, bytes, tuple[bytes, ...], bytes]:
    """Commit to a TEK, wrap it to one public key a slot, and sign: id, commitment, wraps and signature.

    Args:
        ctx: the packed context. tek: 32 random bytes. slots: packed, in their order. publics: X-Wing keys, likewise.
        device_seed: the author's Ed25519 seed.

    Raises:
        LocalProtocolError: slots and keys do not match.
        AuthenticationError: a public key is unusable.
    """
    if len(tek) != TEK or len(publics) != len(slots):
        raise LocalProtocolError("must be one key a slot and a 32-byte TEK", field="slots")
    cm = commitment(tek, ctx, binding)
    wraps = tuple(
        crypto.hpke_seal(public, info(binding, ctx, slot, public, cm), tek)
        for slot, public in zip(slots, publics, strict=True)
    )
    eid = envelope_id(ctx, cm, wraps, binding)
    return eid, cm, wraps, crypto.ed25519_sign(device_seed, binding.signature, eid)


def seal_envelope(context: Context, tek: bytes, publics: Sequence[bytes], device_seed: bytes) -> Envelope:
    """Wrap a TEK to one public key a slot, and sign.

    Args:
        context: with sorted slots.
        tek: 32 random bytes.
        publics: X-Wing public keys in the order of the slots.
        device_seed: the author's Ed25519 seed.

    Raises:
        LocalProtocolError: slots and keys do not match.
        AuthenticationError: a public key is unusable.
    """
    ctx = encode(context)
    slots = [encode_part(slot) for slot in context.slots]
    eid, cm, wraps, signature = wrap_all(NATIONS, ctx, tek, slots, publics, device_seed)
    return Envelope(eid, ctx, cm, wraps, signature, encode(_Wire(ctx, cm, wraps, signature)), context)


def read_envelope(data: bytes) -> Envelope:
    """Take an envelope apart and check its form.

    Raises:
        RemoteProtocolError: malformed or newer.
    """
    wire = decode(_Wire, data)
    context = decode(Context, wire.ctx)
    if context.version != VERSION:
        raise VersionError("of another version", field="envelope")
    if len(wire.wraps) != len(context.slots):
        raise DecodeError("must be one a slot", field="wraps")
    if context.nation not in context.release.releasable:
        raise DecodeError("must include the author's nation", field="releasable")
    if any(slot.nation not in context.release.releasable for slot in context.slots):
        raise DecodeError("a slot of a nation outside the release set", field="slots")
    eid = envelope_id(wire.ctx, wire.commitment, wire.wraps)
    return Envelope(eid, wire.ctx, wire.commitment, wire.wraps, wire.signature, data, context)


def own_slots(envelope: Envelope, nation: int) -> tuple[tuple[int, Slot], ...]:
    """(index, slot) of each slot of a nation."""
    return tuple((i, slot) for i, slot in enumerate(envelope.context.slots) if slot.nation == nation)


def open_slot(envelope: Envelope, index: int, private_seed: bytes) -> bytes:
    """Unwrap the TEK from one slot and check the commitment.

    Args:
        index: of the slot.
        private_seed: the slot's segment key (96 bytes).

    Raises:
        AuthenticationError: wrong key, altered wrap, or a TEK that the author did not commit to.
    """
    return envelope.unwrap(index, encode_part(envelope.context.slots[index]), private_seed)
