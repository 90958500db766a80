"""Direct envelopes (SPEC 8.8): one traffic encryption key, wrapped to each device of a conversation.

Rule 1: its author makes it: no keying device makes one for another, and only his entries stand under it.
Rule 2: its slots are all devices of the conversation, the author's among them; they make the channel's id.
Rule 3: a reader opens its own device's slot only, then recomputes the commitment, as of any envelope.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import attrs

from protocol.base import crypto
from protocol.base.codec import unpack_loose
from protocol.base.errors import DecodeError, VersionError
from protocol.base.ids import VERSION, Domain, Person, Tag
from protocol.base.limits import MAX_SLOTS
from protocol.base.records import Bin, Blob, Part, Seq, Uint, decode, encode, encode_part, peek, record
from protocol.keys.device import direct_channel
from protocol.keys.envelope import WRAP, Binding, Envelope, Sealed, envelope_id, read_envelope, wrap_all
from protocol.trust.charter import TIME
from protocol.trust.label import NATION, ReleaseKey
from protocol.trust.publication import COUNTER, SEGMENT

MIN_DEVICES = 2


@record()
class DirectSlot:
    """One key that can open a direct envelope: an edition of a device, at the envelope's segment."""

    device: Annotated[bytes, Bin(16)]
    counter: Annotated[int, COUNTER]


@record(Tag.DIRECT_CONTEXT)
class DirectContext:
    """What a direct envelope is for.

    Attributes:
        charter: hash of the charter in force.
        channel: made of the slots' devices.
        release: its nations are those of the slots' devices.
        nation, device: of the author.
        segment: when it was made.
        slots: by device; one wrap each.
        not_after: Unix time after which nothing more may be sealed under it.
    """

    version: Annotated[int, Uint(255)]
    coalition: Annotated[bytes, Bin(16)]
    charter: Annotated[bytes, Bin(32)]
    channel: Annotated[bytes, Bin(16)]
    release: Annotated[ReleaseKey, Part(ReleaseKey)]
    nation: Annotated[int, NATION]
    device: Annotated[bytes, Bin(16)]
    segment: Annotated[int, SEGMENT]
    slots: Annotated[tuple[DirectSlot, ...], Seq(Part(DirectSlot), MAX_SLOTS, MIN_DEVICES, ascending=True)]
    not_after: Annotated[int, TIME]

    @property
    def devices(self) -> tuple[bytes, ...]:
        """Device ids of the conversation, sorted."""
        return tuple(slot.device for slot in self.slots)


@record(Tag.DIRECT_ENVELOPE)
class _Wire:
    """A direct envelope as it travels."""

    ctx: Annotated[bytes, Blob(2_048, 1)]
    commitment: Annotated[bytes, Bin(32)]
    wraps: Annotated[tuple[bytes, ...], Seq(Bin(WRAP), MAX_SLOTS, MIN_DEVICES)]
    signature: Annotated[bytes, Bin(crypto.SIGNATURE)]


DEVICES = Binding(
    Domain.DIRECT_ENVELOPE, Domain.HPKE_DIRECT, Person.DIRECT_CONTEXT, Person.DIRECT_COMMITMENT, Person.DIRECT_ENVELOPE
)


@attrs.frozen
class DirectEnvelope(Sealed):
    """An envelope to devices.

    Attributes:
        context: decoded `ctx`.
    """

    context: DirectContext

    @property
    def binding(self) -> Binding:
        """What its parts are hashed and signed under."""
        return DEVICES


AnyEnvelope = Envelope | DirectEnvelope


def seal_direct(context: DirectContext, tek: bytes, publics: Sequence[bytes], device_seed: bytes) -> DirectEnvelope:
    """Wrap a TEK to one public key a device, and sign.

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
    eid, cm, wraps, signature = wrap_all(DEVICES, ctx, tek, slots, publics, device_seed)
    return DirectEnvelope(eid, ctx, cm, wraps, signature, encode(_Wire(ctx, cm, wraps, signature)), context)


def read_direct(data: bytes) -> DirectEnvelope:
    """Take a direct envelope apart and check its form.

    Raises:
        RemoteProtocolError: malformed or newer.
    """
    wire = decode(_Wire, data)
    context = decode(DirectContext, wire.ctx)
    if context.version != VERSION:
        raise VersionError("of another version", field="envelope")
    if len(wire.wraps) != len(context.slots):
        raise DecodeError("must be one a slot", field="wraps")
    if context.nation not in context.release.releasable:
        raise DecodeError("must include the author's nation", field="releasable")
    devices = context.devices
    if len(set(devices)) != len(devices):
        raise DecodeError("must be one a device", field="slots")
    if context.device not in devices:
        raise DecodeError("must include the author's device", field="slots")
    if context.channel != direct_channel(context.coalition, devices):
        raise DecodeError("must be made of the devices", field="channel")
    eid = envelope_id(wire.ctx, wire.commitment, wire.wraps, DEVICES)
    return DirectEnvelope(eid, wire.ctx, wire.commitment, wire.wraps, wire.signature, data, context)


def read_any(data: bytes) -> AnyEnvelope:
    """Take an envelope of either kind apart and check its form.

    Raises:
        RemoteProtocolError: malformed or newer.
    """
    return read_direct(data) if peek(unpack_loose(data)) is Tag.DIRECT_ENVELOPE else read_envelope(data)


def open_own(envelope: DirectEnvelope, device: bytes, private_seed: bytes) -> bytes:
    """Unwrap the TEK from a device's own slot and check the commitment.

    Args:
        private_seed: that device's segment key (96 bytes).

    Raises:
        DecodeError: it has no slot for that device.
        AuthenticationError: wrong key, altered wrap, or a TEK that the author did not commit to.
    """
    for index, slot in enumerate(envelope.context.slots):
        if slot.device == device:
            return envelope.unwrap(index, encode_part(slot), private_seed)
    raise DecodeError("has no slot for this device", field="slots")
