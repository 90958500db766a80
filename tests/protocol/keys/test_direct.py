"""Direct envelopes: form, size, what is bound, and that each device opens its own slot only."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.errors import AuthenticationError, DecodeError, LocalProtocolError, VersionError
from protocol.base.ids import VERSION, Domain, Tag
from protocol.base.limits import MAX_SLOTS
from protocol.base.records import encode, encode_part, evolve
from protocol.keys.device import direct_channel
from protocol.keys.direct import (
    DEVICES,
    DirectContext,
    DirectEnvelope,
    DirectSlot,
    open_own,
    read_any,
    read_direct,
    seal_direct,
)
from protocol.keys.edition import DeviceChain, DeviceSegment
from protocol.keys.envelope import commitment, read_envelope
from protocol.trust.label import ReleaseKey
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN, BO, CY = (nation.devices[0] for nation in WORLD.nations)
NATIONS = WORLD.envelope(ANN, "secret rel xaa, xbb", WORLD.channel(ANN)).envelope
TEK = Drbg("tek")(32)
SEGMENT = WORLD.charter.segment


def private(device: bytes) -> bytes:
    at = DeviceSegment(device, 1, WORLD.segment)
    return DeviceChain(at, WORLD.segment, bytearray(Drbg(device.hex())(32))).private(WORLD.segment)


def context(*devices: bytes, **changes: Any) -> DirectContext:
    ordered = sorted(devices)
    made = DirectContext(
        VERSION,
        WORLD.id,
        WORLD.coalition.charter_hash,
        direct_channel(WORLD.id, ordered),
        ReleaseKey(WORLD.policy.hash, 2, 0, (0, 1)),
        0,
        ANN.id,
        WORLD.segment,
        tuple(DirectSlot(device, 1) for device in ordered),
        (WORLD.segment + 1) * SEGMENT + SEGMENT // 4,
    )
    return evolve(made, **changes)


def sealed(ctx: DirectContext, tek: bytes = TEK) -> DirectEnvelope:
    publics = [crypto.xwing_public(private(slot.device)) for slot in ctx.slots]
    return seal_direct(ctx, tek, publics, ANN.key.ed25519)


ENVELOPE = sealed(context(ANN.id, BO.id))


def test_it_reads_back_and_each_device_opens_its_own_slot() -> None:
    read = read_direct(ENVELOPE.data)
    assert read == ENVELOPE == read_any(ENVELOPE.data)
    assert read_any(NATIONS.data) == NATIONS
    read.verify(ANN.certificate.key)
    for device in (ANN.id, BO.id):
        assert open_own(read, device, private(device)) == TEK
    with pytest.raises(DecodeError):
        open_own(read, CY.id, private(CY.id))
    with pytest.raises(AuthenticationError):  # another device's slot is no way in
        open_own(read, BO.id, private(CY.id))
    with pytest.raises(AuthenticationError):
        open_own(read, BO.id, private(ANN.id))
    assert repr(TEK)[2:10] not in repr(read)


def test_nothing_of_it_is_anything_of_an_envelope_to_nations() -> None:
    with pytest.raises(DecodeError):
        read_envelope(ENVELOPE.data)
    with pytest.raises(DecodeError):
        read_direct(NATIONS.data)
    assert commitment(TEK, ENVELOPE.ctx) != ENVELOPE.commitment == commitment(TEK, ENVELOPE.ctx, DEVICES)
    with pytest.raises(AuthenticationError):
        crypto.ed25519_verify(ANN.certificate.key, Domain.ENVELOPE, ENVELOPE.id, ENVELOPE.signature)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (context(ANN.id, BO.id, channel=bytes(16)), "channel"),
        (context(BO.id, CY.id), "slots"),
        (context(ANN.id, BO.id, nation=2), "releasable"),
        (context(ANN.id, BO.id, slots=(DirectSlot(ANN.id, 1), DirectSlot(ANN.id, 2))), "slots"),
    ],
    ids=["channel", "without its author", "without its author's nation", "a device twice"],
)
def test_its_form(changed: DirectContext, field: str) -> None:
    with pytest.raises(DecodeError) as refused:
        read_direct(sealed(changed).data)
    assert refused.value.field == field


def test_there_is_one_wrap_a_device() -> None:
    made = sealed(context(ANN.id, BO.id, CY.id))
    for wraps in (made.wraps[:-1], (*made.wraps, made.wraps[0])):
        with pytest.raises(DecodeError) as refused:
            read_direct(pack((int(Tag.DIRECT_ENVELOPE), made.ctx, made.commitment, wraps, made.signature)))
        assert refused.value.field == "wraps"


def test_a_newer_version_is_newer() -> None:
    with pytest.raises(VersionError):
        read_direct(sealed(context(ANN.id, BO.id, version=2)).data)


def test_a_wrap_is_bound_to_context_slot_and_key() -> None:
    again = sealed(context(ANN.id, BO.id))
    assert again.id != ENVELOPE.id
    moved = sealed(context(ANN.id, BO.id, segment=WORLD.segment + 1))
    for other in (sealed(context(ANN.id, BO.id, release=ReleaseKey(WORLD.policy.hash, 1, 0, (0, 1)))), moved):
        for index, slot in enumerate(ENVELOPE.context.slots):
            grafted = evolve(other, wraps=ENVELOPE.wraps)
            with pytest.raises(AuthenticationError):
                grafted.unwrap(index, encode_part(slot), private(slot.device))


def test_a_tek_that_was_not_committed_to_is_refused() -> None:
    other = sealed(ENVELOPE.context, Drbg("another")(32))
    with pytest.raises(AuthenticationError):
        open_own(evolve(other, commitment=ENVELOPE.commitment), BO.id, private(BO.id))


def test_forty_eight_devices_fit_and_one_more_does_not() -> None:
    devices = [ANN.id, *(bytes([n]) * 16 for n in range(1, MAX_SLOTS))]
    key = crypto.xwing_public(private(ANN.id))
    full = context(*devices)
    data = seal_direct(full, TEK, [key] * MAX_SLOTS, ANN.key.ed25519).data
    assert len(data) <= 300 + 1_200 * MAX_SLOTS
    assert open_own(read_direct(data), ANN.id, private(ANN.id)) == TEK
    for wrong in (context(*devices, b"\xfe" * 16), context(ANN.id)):
        with pytest.raises(LocalProtocolError):
            encode(wrong)
    with pytest.raises(LocalProtocolError):
        seal_direct(full, TEK, [key], ANN.key.ed25519)
