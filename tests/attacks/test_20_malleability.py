"""Attack 20 (MTProto, 2015 and 2022): bytes that a receiver accepts without looking at them.

Two claims: padding can be of one form only, even by an author who chooses it; and of everything on the wire no byte can
be changed, added or taken away without a refusal, unsigned lists of hashes included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, RemoteProtocolError, StateError
from protocol.base.ids import Domain, Person, Tag
from protocol.base.records import encode
from protocol.keys.edition import SegmentKeys
from protocol.messages.entry import content_key, entry_id, open_entry, read_entry
from protocol.trust.charter import found
from tests.attacks.objects import ANN, ENTRY, OBJECTS, SEALED, WORLD, XAA, SignedObject

ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the Ed25519 base point: S and S + ORDER solve the same equation."""

# ------------------------------------------------------------------------------------------------ padding


def padded_as(padded: bytes) -> bytes:
    """An entry over any padded plaintext, with salt, tag, id and signature as its author would make them."""
    base = encode(ENTRY.base)
    ck = content_key(SEALED.tek, base)
    salt = digest(Person.SALT, base, padded, key=ck)
    both = digest(Person.MESSAGE_KEY, base, salt, key=ck, size=56)
    ct = crypto.aead_seal(both[:32], both[32:], base + salt, padded)
    signature = crypto.ed25519_sign(ANN.key.ed25519, Domain.ENTRY, entry_id(base, salt, ct))
    return pack((int(Tag.ENTRY), base, salt, ct, signature))


TEXT = b"t" * 40


@pytest.mark.parametrize(
    "padded",
    [
        TEXT + b"\x80" + bytes(23 + 64),
        TEXT + b"\x80" + bytes(22) + b"\1",
        TEXT + b"\x80" + b"\xff" * 23,
        TEXT + b"\x81" + bytes(23),
        TEXT + bytes(24),
        bytes(64),
        b"t" * 64,
    ],
    ids=["a block more", "last byte", "other filling", "other mark", "no mark", "nothing", "full"],
)
def test_an_author_can_pad_in_one_way_only(padded: bytes) -> None:
    good = read_entry(padded_as(TEXT + b"\x80" + bytes(23)))
    assert open_entry(good, SEALED.tek)[0] == TEXT
    made = read_entry(padded_as(padded))
    made.verify(ANN.certificate.key)
    with pytest.raises(AuthenticationError):
        open_entry(made, SEALED.tek)


@pytest.mark.parametrize("length", [0, 1, 63, 65])
def test_padding_that_does_not_fill_a_block_is_not_even_read(length: int) -> None:
    with pytest.raises(RemoteProtocolError):
        read_entry(padded_as(bytes(length)))


# ------------------------------------------------------------------------------------------------ signed objects


def changes(data: bytes, step: int = 1) -> Iterator[bytes]:
    """One bit of each byte flipped, each byte left out, one put in before each; a byte more, a byte less."""
    for at in range(0, len(data), step):
        yield data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]
        yield data[:at] + data[at + 1 :]
        yield data[:at] + b"\0" + data[at:]
    yield data + b"\0"
    yield data + data
    yield data[:-1]
    yield b""


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one.name)
def test_no_byte_of_a_signed_object_can_be_changed(one: SignedObject) -> None:
    one.door(one.data)
    # Keys and ML-DSA signatures are long and checked as a whole: a few bytes of them stand for all.
    for changed in changes(one.data, 1 if len(one.data) < 3_000 else 5):
        with pytest.raises(RemoteProtocolError):
            one.door(changed)


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one.name)
def test_the_head_of_a_signed_object_to_the_bit(one: SignedObject) -> None:
    """Tag, lengths and the signer's name stand outside of what is signed."""
    for bit in range(8 * 32):
        changed = bytearray(one.data)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RemoteProtocolError):
            one.door(bytes(changed))


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one.name)
def test_a_signature_has_one_form(one: SignedObject) -> None:
    signature = crypto.ed25519_sign(one.key.ed25519, one.domain, one.message)
    rest = crypto.mldsa_sign(one.key.mldsa, one.domain, one.message) if one.hybrid else b""
    one.door(one.under(signature + rest))
    scalar = int.from_bytes(signature[32:], "little")
    for other in (scalar + ORDER, ORDER - scalar):
        with pytest.raises(RemoteProtocolError):
            one.door(one.under(signature[:32] + other.to_bytes(32, "little") + rest))
    for wrong in (b"", signature[:-1], signature + b"\0"):
        with pytest.raises(RemoteProtocolError):
            one.door(one.under(wrong))


# ------------------------------------------------------------------------------------------------ hashed objects


def charter(data: bytes) -> object:
    return found(data, WORLD.signatures, WORLD.policy.hash)


def key_list(data: bytes) -> object:
    return SegmentKeys(WORLD.directory).apply(data)


def directory_part(data: bytes) -> object:
    """A part without effect is refused in fact: nobody is listed by it."""
    directory = WORLD.new_directory()
    directory.apply_custodian(XAA.custodian_document.data)
    directory.apply_publication(XAA.publication_document.data)
    directory.apply_certificate(ANN.document.data)
    directory.apply_directory_part(data)
    if not directory.listing_complete(0, 0):
        raise StateError("lists nobody", field="directory")
    return directory.require_valid(ANN.id, WORLD.now)


@pytest.mark.parametrize(
    ("data", "door", "step"),
    [
        (WORLD.charter_data, charter, 3),
        (XAA.lists[0], key_list, 37),
        (XAA.directory_part, directory_part, 1),
    ],
    ids=["charter", "segment list", "directory part"],
)
def test_no_byte_of_an_object_that_is_named_by_hash_can_be_changed(
    data: bytes, door: Callable[[bytes], object], step: int
) -> None:
    door(data)
    for changed in changes(data, step):
        with pytest.raises(RemoteProtocolError):
            door(changed)
