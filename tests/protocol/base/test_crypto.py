"""Our use of the primitives: domains, bound inputs, one error for every failed check. The primitives: test_third_party."""

from hashlib import blake2b
from typing import cast

import nacl.bindings
import pytest
from nacl.encoding import RawEncoder
from nacl.hash import blake2b as sodium_blake2b

from protocol.base import crypto
from protocol.base.errors import AuthenticationError, LimitError, LocalProtocolError
from protocol.base.ids import Domain, Person
from protocol.base.limits import ARGON2_MEMORY_MAX
from protocol.vectors.drbg import Drbg

ENTROPY = Drbg("test crypto")
ED, MLDSA, XWING = ENTROPY(32), ENTROPY(32), ENTROPY(96)
PUBLIC = crypto.xwing_public(XWING)
SEALED = crypto.hpke_seal(PUBLIC, b"info", b"plaintext")

SMALL_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
]
"""Encodings of X25519 points of small order (RFC 7748, section 6.1 and its literature), without the ignored top bit."""


def bent(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


# --- BLAKE2b ---


def test_digest_is_blake2b_with_person_key_and_size() -> None:
    for size in (16, 32, 56, 64):
        expected = blake2b(b"one two", digest_size=size, key=b"k" * 32, person=b"entry key").digest()
        assert crypto.digest(Person.ENTRY_KEY, b"one ", b"two", key=b"k" * 32, size=size) == expected
        assert len(expected) == size


@pytest.mark.parametrize("person", list(Person))
def test_libsodium_agrees_on_every_person(person: Person) -> None:
    padded = person.value.encode().ljust(16, b"\0")
    assert sodium_blake2b(b"x", digest_size=32, person=padded, encoder=RawEncoder) == crypto.digest(person, b"x")


def test_same_compares_contents() -> None:
    assert crypto.same(b"ab", b"ab")
    assert not crypto.same(b"ab", b"ac")
    assert not crypto.same(b"ab", b"abc")


# --- signatures ---


def test_ed25519_is_over_domain_and_message() -> None:
    public = crypto.ed25519_public(ED)
    signature = crypto.ed25519_sign(ED, Domain.ENTRY, b"message")
    assert signature == crypto.ed25519_sign(ED, Domain.ENTRY, b"message")
    crypto.ed25519_verify(public, Domain.ENTRY, b"message", signature)
    crypto.ed25519_verify_raw(public, b"coalchat/entry/1\0message", signature)
    for wrong in (
        (public, Domain.ENVELOPE, b"message", signature),
        (public, Domain.ENTRY, b"messag", signature),
        (public, Domain.ENTRY, b"message", bent(signature, 0)),
        (public, Domain.ENTRY, b"message", bent(signature, 63)),
        (public, Domain.ENTRY, b"message", signature[:63]),
        (public, Domain.ENTRY, b"message", signature + b"\0"),
        (public, Domain.ENTRY, b"message", b""),
        (public[:31], Domain.ENTRY, b"message", signature),
        (crypto.ed25519_public(MLDSA), Domain.ENTRY, b"message", signature),
        (bytes(32), Domain.ENTRY, b"message", signature),
    ):
        with pytest.raises(AuthenticationError):
            crypto.ed25519_verify(*wrong)


def test_ed25519_bytes_cannot_move_between_signature_and_message() -> None:
    public = crypto.ed25519_public(ED)
    signature = crypto.ed25519_sign(ED, Domain.ENTRY, b"message")
    with pytest.raises(AuthenticationError):
        crypto.ed25519_verify_raw(public, signature[63:] + Domain.ENTRY.prefix + b"message", signature[:63])


def test_mldsa_is_over_message_in_the_context_of_its_domain() -> None:
    public = crypto.mldsa_public(MLDSA)
    signature = crypto.mldsa_sign(MLDSA, Domain.CHARTER, b"message")
    assert (len(public), len(signature)) == (crypto.MLDSA_PUBLIC, crypto.MLDSA_SIGNATURE)
    crypto.mldsa_verify(public, Domain.CHARTER, b"message", signature)
    crypto.mldsa_verify_raw(public, b"message", signature, b"coalchat/charter/1\0")
    for wrong in (
        (public, Domain.PUBLICATION, b"message", signature),
        (public, Domain.CHARTER, b"messag", signature),
        (public, Domain.CHARTER, b"message", bent(signature, 0)),
        (public, Domain.CHARTER, b"message", signature[:-1]),
        (public, Domain.CHARTER, b"message", signature + b"\0"),
        (public[:-1], Domain.CHARTER, b"message", signature),
        (bent(public, 0), Domain.CHARTER, b"message", signature),
    ):
        with pytest.raises(AuthenticationError):
            crypto.mldsa_verify(*wrong)
    with pytest.raises(AuthenticationError):
        crypto.mldsa_verify_raw(public, b"message", signature, bytes(256))


def test_mldsa_signatures_are_hedged() -> None:
    assert crypto.mldsa_sign(MLDSA, Domain.CHARTER, b"m") != crypto.mldsa_sign(MLDSA, Domain.CHARTER, b"m")


def test_hybrid_is_both() -> None:
    keys = (crypto.ed25519_public(ED), crypto.mldsa_public(MLDSA))
    signature = crypto.hybrid_sign(ED, MLDSA, Domain.CHARTER, b"message")
    assert len(signature) == crypto.HYBRID_SIGNATURE == 3_373
    crypto.hybrid_verify(*keys, Domain.CHARTER, b"message", signature)
    for wrong in (bent(signature, 0), bent(signature, 64), signature[:64], signature[64:], signature + b"\0"):
        with pytest.raises(AuthenticationError):
            crypto.hybrid_verify(*keys, Domain.CHARTER, b"message", wrong)


# --- HPKE ---


def test_hpke_opens_what_it_sealed_and_nothing_else() -> None:
    assert crypto.hpke_open(XWING, b"info", SEALED) == b"plaintext"
    assert len(SEALED) == len(b"plaintext") + crypto.HPKE_OVERHEAD
    assert crypto.hpke_seal(PUBLIC, b"info", b"plaintext") != SEALED
    for seed, info in ((XWING, b"inf"), (XWING, b""), (ENTROPY(96), b"info"), (XWING[:95] + b"\1", b"info")):
        with pytest.raises(AuthenticationError):
            crypto.hpke_open(seed, info, SEALED)


@pytest.mark.parametrize("place", [0, 1_087, 1_088, 1_119, 1_120, len(SEALED) - 17, len(SEALED) - 16, len(SEALED) - 1])
def test_hpke_refuses_an_altered_byte_in_each_part(place: int) -> None:
    """ML-KEM ciphertext, X25519 share, ciphertext, tag; the top bit of an X25519 share is none of its value."""
    with pytest.raises(AuthenticationError):
        crypto.hpke_open(XWING, b"info", bent(SEALED, place))


def test_hpke_refuses_the_top_bit_of_the_share_too() -> None:
    altered = bytearray(SEALED)
    altered[1_119] ^= 0x80
    with pytest.raises(AuthenticationError):
        crypto.hpke_open(XWING, b"info", bytes(altered))


@pytest.mark.parametrize("size", [0, 1, 1_119, 1_120, 1_135, 1_136])
def test_hpke_refuses_what_is_too_short(size: int) -> None:
    with pytest.raises(AuthenticationError):
        crypto.hpke_open(XWING, b"info", SEALED[:size])


@pytest.mark.parametrize("point", SMALL_ORDER)
@pytest.mark.parametrize("top", [0, 0x80])
def test_small_order_x25519_is_refused_as_key_and_as_share(point: str, top: int) -> None:
    half = bytearray.fromhex(point)
    half[31] |= top
    public = PUBLIC[:1_184] + half
    for act in (crypto.xwing_check, lambda key: crypto.hpke_seal(key, b"", b"")):
        with pytest.raises(AuthenticationError):
            act(public)
    with pytest.raises(AuthenticationError):
        crypto.hpke_open(XWING, b"info", SEALED[:1_088] + half + SEALED[1_120:])


def test_a_malformed_public_key_is_refused() -> None:
    crypto.xwing_check(PUBLIC)
    overflow = b"\xff" * 384 + PUBLIC[384:]  # coefficients of 4,095: FIPS 203, 7.2, the modulus check
    barely = bytearray(PUBLIC)
    barely[0], barely[1] = 0x01, (barely[1] & 0xF0) | 0x0D  # one coefficient of 3,329 = q
    for key in (b"", PUBLIC[:-1], PUBLIC + b"\0", overflow, bytes(barely), b"\xff" * 1_216):
        for act in (crypto.xwing_check, lambda k: crypto.hpke_seal(k, b"info", b"x")):
            with pytest.raises(AuthenticationError):
                act(key)
    barely[0] = 0x00  # 3,328 = q - 1
    crypto.xwing_check(bytes(barely))


def test_seeds_determine_keys() -> None:
    assert crypto.xwing_public(XWING) == PUBLIC
    assert len(PUBLIC) == crypto.XWING_PUBLIC
    assert crypto.ed25519_public(ED) == nacl.bindings.crypto_sign_seed_keypair(ED)[0]
    for size in (0, 31, 33, 64):
        for make in (crypto.ed25519_public, crypto.mldsa_public, crypto.xwing_public):
            with pytest.raises(LocalProtocolError):
                make(bytes(size))
        with pytest.raises(LocalProtocolError):
            crypto.ed25519_sign(bytes(size), Domain.ENTRY, b"")
        with pytest.raises(LocalProtocolError):
            crypto.mldsa_sign(bytes(size), Domain.CHARTER, b"")
        with pytest.raises(LocalProtocolError):
            crypto.hpke_open(bytes(size), b"", SEALED)


def test_bytearrays_serve_as_secrets() -> None:
    """Seeds are held in bytearrays, so that they can be overwritten."""
    ed, mldsa, xwing, key = cast(list[bytes], [bytearray(secret) for secret in (ED, MLDSA, XWING, bytes(32))])
    assert crypto.ed25519_sign(ed, Domain.ENTRY, b"m") == crypto.ed25519_sign(ED, Domain.ENTRY, b"m")
    assert crypto.hpke_open(xwing, b"info", SEALED) == b"plaintext"
    assert crypto.mldsa_public(mldsa) == crypto.mldsa_public(MLDSA)
    assert crypto.aead_open(key, bytes(24), b"", crypto.aead_seal(key, bytes(24), b"", b"text")) == b"text"


# --- AEAD ---


def test_aead_binds_key_nonce_and_associated_data() -> None:
    key, nonce = ENTROPY(32), ENTROPY(24)
    sealed = crypto.aead_seal(key, nonce, b"aad", b"text")
    assert len(sealed) == 4 + crypto.AEAD_TAG
    assert crypto.aead_open(key, nonce, b"aad", sealed) == b"text"
    for wrong in (
        (bent(key, 0), nonce, b"aad", sealed),
        (key, bent(nonce, 23), b"aad", sealed),
        (key, nonce, b"aa", sealed),
        (key, nonce, b"", sealed),
        *((key, nonce, b"aad", bent(sealed, place)) for place in range(len(sealed))),
        (key, nonce, b"aad", sealed[:-1]),
        (key, nonce, b"aad", sealed[:15]),
        (key, nonce, b"aad", b""),
        (key[:31], nonce, b"aad", sealed),
        (key, nonce[:12], b"aad", sealed),
    ):
        with pytest.raises(AuthenticationError):
            crypto.aead_open(*wrong)
    for bad_key, bad_nonce in ((key[:31], nonce), (key, nonce[:12])):
        with pytest.raises(LocalProtocolError):
            crypto.aead_seal(bad_key, bad_nonce, b"", b"")


# --- Argon2id ---


def test_argon2id_is_rfc_9106s() -> None:
    derived = crypto.argon2id(b"passphrase", b"s" * 16, passes=3, memory_kib=64)
    assert derived == nacl.bindings.crypto_pwhash_alg(
        32, b"passphrase", b"s" * 16, 3, 64 * 1024, nacl.bindings.crypto_pwhash_ALG_ARGON2ID13
    )
    assert derived != crypto.argon2id(b"passphrase", b"t" * 16, passes=3, memory_kib=64)
    assert derived != crypto.argon2id(b"passphrase", b"s" * 16, passes=4, memory_kib=64)
    assert derived != crypto.argon2id(b"passphrase", b"s" * 16, passes=3, memory_kib=65)


@pytest.mark.parametrize(("passes", "memory"), [(0, 64), (3, 0), (3, 7), (2**33, 64), (3, 2**33), (-1, 64), (3, -1)])
def test_argon2id_refuses_parameters_out_of_range(passes: int, memory: int) -> None:
    with pytest.raises(LimitError):
        crypto.argon2id(b"p", b"s" * 16, passes=passes, memory_kib=memory)


def test_argon2id_wants_a_salt_of_sixteen() -> None:
    assert ARGON2_MEMORY_MAX * 1024 < 2**32  # or the library would refuse what we allow
    with pytest.raises(LocalProtocolError):
        crypto.argon2id(b"p", b"s" * 15, passes=3, memory_kib=64)
