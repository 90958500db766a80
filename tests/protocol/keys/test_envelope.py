"""TEK envelopes: form, size, what is bound, and who opens which slot."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.crypto import digest
from protocol.base.errors import (
    AuthenticationError,
    DecodeError,
    LocalProtocolError,
    RemoteProtocolError,
    VersionError,
)
from protocol.base.ids import Domain, Person, Tag
from protocol.base.limits import MAX_SLOTS
from protocol.base.records import decode, encode, encode_part, evolve
from protocol.keys.envelope import (
    Context,
    Envelope,
    Slot,
    commitment,
    envelope_id,
    open_slot,
    own_slots,
    pack_slots,
    read_envelope,
    seal_envelope,
    unpack_slots,
)
from protocol.trust.charter import key_hash
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN, BO, CY = (nation.devices[0] for nation in WORLD.nations)
OPS = WORLD.channel(ANN)
SEALED = WORLD.envelope(ANN, "secret convoy rel xaa, xbb", OPS)
ENVELOPE, TEK = SEALED.envelope, SEALED.tek
CONTEXT = ENVELOPE.context
PUBLICS = tuple(key for nation in (0, 1) for _, key in WORLD.keys.slots(nation, 2, 1, WORLD.segment))


def sealed(publics: tuple[bytes, ...] = PUBLICS, tek: bytes = TEK, **changes: Any) -> Envelope:
    return seal_envelope(evolve(CONTEXT, **changes), tek, publics, ANN.key.ed25519)


def private(device: int) -> bytes:
    chain = (ANN, BO, CY)[device].chain(2, 1)
    assert chain is not None
    return chain.private(WORLD.segment)


# ------------------------------------------------------------------------------------------------ form


def test_it_reads_back_as_it_was_made() -> None:
    read = read_envelope(ENVELOPE.data)
    assert read == ENVELOPE
    read.verify(ANN.certificate.key)
    assert read.context == CONTEXT
    assert repr(TEK)[2:10] not in repr(SEALED) + repr(read)


def test_its_ids_and_bindings_are_as_specified() -> None:
    ctx = encode(CONTEXT)
    assert ENVELOPE.ctx == ctx
    assert ENVELOPE.commitment == digest(Person.COMMITMENT, ctx, key=TEK) == commitment(TEK, ctx)
    assert ENVELOPE.id == digest(Person.ENVELOPE, ctx, ENVELOPE.commitment, *ENVELOPE.wraps)
    assert envelope_id(ctx, ENVELOPE.commitment, ENVELOPE.wraps) == ENVELOPE.id
    crypto.ed25519_verify(ANN.certificate.key, Domain.ENVELOPE, ENVELOPE.id, ENVELOPE.signature)
    for index, slot in enumerate(CONTEXT.slots):
        info = b"coalchat/hpke-envelope/1\0" + digest(Person.CONTEXT, ctx) + encode_part(slot)
        info += key_hash(PUBLICS[index]) + ENVELOPE.commitment
        assert crypto.hpke_open(private(index), info, ENVELOPE.wraps[index]) == TEK


def test_sealing_again_gives_another_id_for_the_same_key() -> None:
    again = sealed()
    assert again.id != ENVELOPE.id
    assert again.commitment == ENVELOPE.commitment


@pytest.mark.parametrize("nations", [1, 2, 3])
def test_it_is_small(nations: int) -> None:
    codes = ", ".join(WORLD.coalition.codes[:nations])
    made = WORLD.envelope(ANN, f"secret rel {codes}", OPS).envelope
    assert len(made.data) <= 300 + 1_200 * nations


def test_the_largest_is_one_record_and_one_slot_more_is_none() -> None:
    slots = tuple(Slot(nation, seat, 2**32 - 1) for nation in range(32) for seat in range(3))
    release = evolve(CONTEXT.release, releasable=tuple(range(32)))
    publics = PUBLICS[:1] * MAX_SLOTS
    largest = sealed(publics, slots=slots[:MAX_SLOTS], release=release)
    assert read_envelope(largest.data) == largest
    assert len(largest.data) <= 65_536
    with pytest.raises(LocalProtocolError):
        sealed(PUBLICS[:1] * (MAX_SLOTS + 1), slots=slots[: MAX_SLOTS + 1], release=release)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"version": 2}, VersionError),
        ({"nation": 2}, DecodeError),
        ({"slots": (CONTEXT.slots[0], Slot(2, 0, 1))}, DecodeError),
    ],
    ids=["newer", "without the author's nation", "slot outside the release set"],
)
def test_a_context_against_its_rules_is_refused(changes: dict[str, Any], error: type[RemoteProtocolError]) -> None:
    read_envelope(sealed().data)
    with pytest.raises(error):
        read_envelope(sealed(**changes).data)


def wire(ctx: bytes, wraps: tuple[bytes, ...]) -> bytes:
    return pack((int(Tag.ENVELOPE), ctx, ENVELOPE.commitment, wraps, ENVELOPE.signature))


def test_there_is_one_wrap_a_slot() -> None:
    assert read_envelope(wire(ENVELOPE.ctx, ENVELOPE.wraps)) == ENVELOPE
    for wraps in (ENVELOPE.wraps[:1], ENVELOPE.wraps + ENVELOPE.wraps[:1], (), (ENVELOPE.wraps[0][:-1],) * 2):
        with pytest.raises(DecodeError):
            read_envelope(wire(ENVELOPE.ctx, wraps))


@pytest.mark.parametrize("slots", [(), CONTEXT.slots[::-1], CONTEXT.slots[:1] * 2])
def test_slots_stand_in_order_and_once(slots: tuple[Slot, ...]) -> None:
    with pytest.raises(LocalProtocolError):
        sealed(PUBLICS[: len(slots)], slots=slots)


def test_a_context_that_is_no_context_is_refused() -> None:
    for ctx in (b"\x90", encode(WORLD.policy), ENVELOPE.ctx + b"\0", ENVELOPE.ctx[:-1]):
        with pytest.raises(RemoteProtocolError):
            read_envelope(wire(ctx, ENVELOPE.wraps))


# ------------------------------------------------------------------------------------------------ sealing


def test_slots_and_keys_match() -> None:
    for publics, tek in ((PUBLICS[:1], TEK), (PUBLICS * 2, TEK), (PUBLICS, TEK[:31]), (PUBLICS, b"")):
        with pytest.raises(LocalProtocolError):
            sealed(publics, tek)


def test_an_unusable_key_is_refused() -> None:
    for bad in (PUBLICS[1][:-32] + bytes(32), PUBLICS[1][:-1], b"\xff" * 1184 + PUBLICS[1][-32:]):
        with pytest.raises(AuthenticationError):
            sealed((PUBLICS[0], bad))


# ------------------------------------------------------------------------------------------------ opening


def test_each_nation_opens_its_own_slot_to_the_same_key() -> None:
    for device in (ANN, BO):
        ((index, slot),) = own_slots(ENVELOPE, device.nation)
        assert slot == Slot(device.nation, 0, 1)
        assert open_slot(ENVELOPE, index, private(device.nation)) == TEK
        assert WORLD.open_envelope(device, ENVELOPE) == TEK


def test_a_nation_outside_has_no_slot_and_opens_none() -> None:
    assert own_slots(ENVELOPE, CY.nation) == ()
    assert WORLD.open_envelope(CY, ENVELOPE) is None
    for index in (0, 1):
        with pytest.raises(AuthenticationError):
            open_slot(ENVELOPE, index, private(2))


def test_no_other_compartment_edition_or_segment_opens_it() -> None:
    chain = BO.chain(2, 1)
    assert chain is not None
    others = [other.private(WORLD.segment) for other in BO.delivery.chains if other is not chain]
    others += [chain.private(WORLD.segment + 1), private(0)]
    for seed in others:
        with pytest.raises(AuthenticationError):
            open_slot(ENVELOPE, 1, seed)
    assert open_slot(ENVELOPE, 1, private(1)) == TEK


def test_a_slot_names_the_segment_key_it_is_wrapped_to() -> None:
    for slot, public in zip(CONTEXT.slots, PUBLICS, strict=True):
        assert WORLD.keys.public_key(CONTEXT.slot_segment(slot)) == public


def test_a_signature_is_the_authors_and_covers_the_id() -> None:
    with pytest.raises(AuthenticationError):
        ENVELOPE.verify(BO.certificate.key)
    other = sealed()
    moved = pack((int(Tag.ENVELOPE), other.ctx, other.commitment, other.wraps, ENVELOPE.signature))
    with pytest.raises(AuthenticationError):
        read_envelope(moved).verify(ANN.certificate.key)
    read_envelope(other.data).verify(ANN.certificate.key)


def test_a_context_has_one_encoding() -> None:
    assert decode(Context, ENVELOPE.ctx) == CONTEXT


def test_a_key_that_the_author_did_not_commit_to_is_refused() -> None:
    def wrapped(tek: bytes) -> bytes:
        info = Domain.HPKE_ENVELOPE.prefix + digest(Person.CONTEXT, ENVELOPE.ctx) + encode_part(CONTEXT.slots[1])
        return crypto.hpke_seal(PUBLICS[1], info + key_hash(PUBLICS[1]) + ENVELOPE.commitment, tek)

    good = read_envelope(wire(ENVELOPE.ctx, (ENVELOPE.wraps[0], wrapped(TEK))))
    assert open_slot(good, 1, private(1)) == TEK
    other = read_envelope(wire(ENVELOPE.ctx, (ENVELOPE.wraps[0], wrapped(bytes(32)))))
    with pytest.raises(AuthenticationError):
        open_slot(other, 1, private(1))


def test_slots_are_kept_as_they_were() -> None:
    slots = (Slot(0, 0, 1), Slot(1, 2, 2**32 - 1), Slot(31, 1, 256))
    assert unpack_slots(pack_slots(slots)) == slots
    assert len(pack_slots(slots)) == 18
    assert unpack_slots(pack_slots(())) == ()
