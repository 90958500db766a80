"""Attack 17 (Threema: unauthenticated metadata, reflection): each bit on the wire is under the author's signature.

"Refused" is said of three readers: who only relays (form and signature), who follows the feed (the chain accepts it at
no place), and who holds the keys (it does not open).
"""

from __future__ import annotations

from itertools import product

import pytest

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.errors import AuthenticationError, RemoteProtocolError
from protocol.base.ids import Domain, Tag
from protocol.keys.envelope import Envelope, envelope_id, open_slot, own_slots, read_envelope
from protocol.messages.entry import Entry, open_entry, read_entry
from protocol.messages.feed import Accepted, Chain, Known, Waiting
from tests.attacks.objects import ANN, BO, ENTRY, FEED, OPS, SEALED, WORLD

AUTHOR = ANN.certificate.key
ENVELOPE = SEALED.envelope
NEXT = WORLD.entry(ANN, FEED, SEALED, "convoy is late", prev=ENTRY)
OTHER = WORLD.envelope(ANN, "secret convoy rel xaa, xbb", OPS, segment=WORLD.segment + 1).envelope


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def read_or_none(data: bytes) -> Entry | None:
    try:
        return read_entry(data)
    except RemoteProtocolError:
        return None


# ------------------------------------------------------------------------------------------------ entries


def test_every_bit_of_an_entry() -> None:
    assert read_entry(ENTRY.data) == ENTRY
    assert Chain(AUTHOR).offer(ENTRY) == Accepted((ENTRY,))
    in_form = 0
    for bit in range(8 * len(ENTRY.data)):
        changed = read_or_none(flipped(ENTRY.data, bit))
        if changed is None:
            continue
        in_form += 1
        with pytest.raises(AuthenticationError):
            changed.verify(AUTHOR)
        if changed.id == ENTRY.id:
            assert changed.signature != ENTRY.signature
            continue  # nothing but the signature differs: the same entry, not yet authentic
        with pytest.raises(AuthenticationError):
            open_entry(changed, SEALED.tek)
    assert in_form > 8 * (64 + 32 + len(ENTRY.ct))  # the form alone refuses few of them


def test_no_flipped_entry_takes_a_place_in_its_feed() -> None:
    chain = Chain(AUTHOR)
    for bit in range(0, 8 * len(ENTRY.data), 61):
        changed = read_or_none(flipped(ENTRY.data, bit))
        if changed is not None and changed.base.seq == 1:
            assert chain.offer(changed) == Waiting(0)
    assert chain.head_seq == 0
    assert chain.offer(ENTRY) == Accepted((ENTRY,))
    assert chain.waiting == 0


def test_swapped_headers() -> None:
    """Every mixture of the four parts of two entries of one author, feed and envelope."""
    fields = [(e.base_data, e.salt, e.ct, e.signature) for e in (ENTRY, NEXT)]
    whole = 0
    for choice in product((0, 1), repeat=4):
        parts = tuple(fields[which][index] for index, which in enumerate(choice))
        mixed = read_entry(pack((int(Tag.ENTRY), *parts)))
        if len(set(choice)) == 1:
            mixed.verify(AUTHOR)
            open_entry(mixed, SEALED.tek)
            whole += 1
            continue
        with pytest.raises(AuthenticationError):
            mixed.verify(AUTHOR)
        if len(set(choice[:3])) > 1:
            with pytest.raises(AuthenticationError):
                open_entry(mixed, SEALED.tek)
    assert whole == 2


def test_an_entry_reflected_to_its_author_is_known() -> None:
    chain = Chain(AUTHOR, 1, ENTRY.id)
    assert chain.offer(read_entry(ENTRY.data), ENTRY.id) == Known()


# ------------------------------------------------------------------------------------------------ envelopes


def envelope_or_none(data: bytes) -> Envelope | None:
    try:
        return read_envelope(data)
    except RemoteProtocolError:
        return None


def bits_of(part: bytes, step: int = 1) -> range:
    """Bits of the envelope at which a part of it lies."""
    at = ENVELOPE.data.index(part)
    return range(8 * at, 8 * (at + len(part)), step)


def header_bits() -> list[int]:
    """Bits that no part holds: tags and lengths."""
    held = set(bits_of(ENVELOPE.ctx)) | set(bits_of(ENVELOPE.commitment)) | set(bits_of(ENVELOPE.signature))
    for wrap in ENVELOPE.wraps:
        held |= set(bits_of(wrap))
    return sorted(set(range(8 * len(ENVELOPE.data))) - held)


PARTS = {
    "context": bits_of(ENVELOPE.ctx),
    "commitment": bits_of(ENVELOPE.commitment),
    "signature": bits_of(ENVELOPE.signature),
    "headers": header_bits(),
    "first wrap": bits_of(ENVELOPE.wraps[0], 3),
    "second wrap": bits_of(ENVELOPE.wraps[1], 3),
}


@pytest.mark.parametrize("bits", PARTS.values(), ids=PARTS.keys())
def test_bits_of_an_envelope(bits: list[int]) -> None:
    read_envelope(ENVELOPE.data).verify(AUTHOR)
    assert bits
    for bit in bits:
        changed = envelope_or_none(flipped(ENVELOPE.data, bit))
        if changed is not None:
            with pytest.raises(AuthenticationError):
                changed.verify(AUTHOR)


def signed_again(changed: Envelope) -> Envelope:
    """The changed parts as its author himself would sign them."""
    eid = envelope_id(changed.ctx, changed.commitment, changed.wraps)
    signature = crypto.ed25519_sign(ANN.key.ed25519, Domain.ENVELOPE, eid)
    wire = pack((int(Tag.ENVELOPE), changed.ctx, changed.commitment, changed.wraps, signature))
    made = read_envelope(wire)
    made.verify(AUTHOR)
    return made


def opens(envelope: Envelope, nation: int) -> bool:
    chain = (ANN, BO)[nation].chain(2, 1)
    assert chain is not None
    ((index, _),) = own_slots(envelope, nation)
    try:
        return open_slot(envelope, index, chain.private(WORLD.segment)) == SEALED.tek
    except AuthenticationError:
        return False


@pytest.mark.parametrize("part", ["context", "commitment", "first wrap", "second wrap"])
def test_a_flipped_bit_that_the_author_signs_again_still_does_not_open(part: str) -> None:
    assert [opens(signed_again(ENVELOPE), nation) for nation in (0, 1)] == [True, True]
    refused = {"first wrap": (0,), "second wrap": (1,)}.get(part, (0, 1))
    tried = 0
    for bit in list(PARTS[part])[::17]:
        changed = envelope_or_none(flipped(ENVELOPE.data, bit))
        if changed is None or changed.context.slots != ENVELOPE.context.slots:
            continue
        tried += 1
        made = signed_again(changed)
        assert not any(opens(made, nation) for nation in refused)
        assert all(opens(made, nation) for nation in {0, 1} - set(refused))
    assert tried > 10


def test_swapped_parts_of_two_envelopes() -> None:
    fields = [(e.ctx, e.commitment, e.wraps, e.signature) for e in (ENVELOPE, OTHER)]
    for choice in product((0, 1), repeat=4):
        parts = tuple(fields[which][index] for index, which in enumerate(choice))
        mixed = read_envelope(pack((int(Tag.ENVELOPE), *parts)))
        if len(set(choice)) == 1:
            mixed.verify(AUTHOR)
            continue
        with pytest.raises(AuthenticationError):
            mixed.verify(AUTHOR)


def test_swapped_wraps() -> None:
    swapped = ENVELOPE.wraps[::-1]
    changed = pack((int(Tag.ENVELOPE), ENVELOPE.ctx, ENVELOPE.commitment, swapped, ENVELOPE.signature))
    with pytest.raises(AuthenticationError):
        read_envelope(changed).verify(AUTHOR)
    made = signed_again(read_envelope(changed))
    assert not opens(made, 0)
    assert not opens(made, 1)
