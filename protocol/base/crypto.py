"""The primitives, by library (SPEC 4): the one module that imports pynacl and cryptography.

Rule 1: no primitive is written here; BLAKE2b is hashlib's, Ed25519, XChaCha20-Poly1305 and Argon2id are libsodium's,
ML-DSA-65, ML-KEM-768, X25519 and HPKE are OpenSSL's by `cryptography`.
Rule 2: Ed25519 is verified by libsodium only. libsodium and OpenSSL disagree on edge cases (small-order keys and
non-canonical encodings), and a mixed network would split on them.
Rule 3: entropy is an argument, with two exceptions that the library does not open: HPKE sealing and ML-DSA signing
draw their own randomness. Vectors with such parts are recorded once and checked by opening and verifying.
Rule 4: every failure of a check is an `AuthenticationError` without detail; a key of the wrong length is a bug.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from hmac import compare_digest
from typing import Final

import nacl.bindings
import nacl.exceptions
import nacl.pwhash
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from protocol.base.errors import AuthenticationError, LimitError, LocalProtocolError
from protocol.base.ids import Domain, Person

Entropy = Callable[[int], bytes]
"""A source of random bytes: `entropy(n)` gives n of them."""

SIGNATURE: Final = 64
"""Bytes of an Ed25519 signature."""
MLDSA_PUBLIC: Final = 1_952
MLDSA_SIGNATURE: Final = 3_309
HYBRID_SIGNATURE: Final = SIGNATURE + MLDSA_SIGNATURE
XWING_PUBLIC: Final = 1_216
"""Bytes of an X-Wing public key: ML-KEM-768 encapsulation key 1,184, then X25519 32."""
XWING_SEED: Final = 96
"""Bytes that determine an X-Wing pair here: ML-KEM seed 64 (d, z of FIPS 203), then the X25519 private key 32."""
HPKE_OVERHEAD: Final = 1_136
"""Bytes that HPKE adds to a plaintext: encapsulated key 1,120 and tag 16."""
AEAD_TAG: Final = 16
AEAD_KEY: Final = 32
AEAD_NONCE: Final = 24

_HPKE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_MLKEM_PUBLIC: Final = 1_184
_MLKEM_CIPHERTEXT: Final = 1_088


def digest(person: Person, *parts: bytes, key: bytes = b"", size: int = 32) -> bytes:
    """BLAKE2b (RFC 7693) of the concatenated parts.

    Callers keep the concatenation unambiguous: fixed-length parts, or one canonical record.

    Args:
        person: domain separation, of SPEC's registry.
        parts: what is hashed, in order.
        key: up to 64 bytes; keyed BLAKE2b is a MAC and a KDF.
        size: bytes of the result, up to 64.
    """
    return blake2b(b"".join(parts), digest_size=size, key=key, person=person.packed).digest()


def same(a: bytes, b: bytes) -> bool:
    """Compare two secrets in constant time."""
    return compare_digest(a, b)


# --- Ed25519 (RFC 8032) ---


def ed25519_public(seed: bytes) -> bytes:
    """Public key (32 bytes) of an Ed25519 seed (32 bytes)."""
    _length("Ed25519 seed", seed, 32)
    public, _ = nacl.bindings.crypto_sign_seed_keypair(bytes(seed))
    return public


def ed25519_sign(seed: bytes, domain: Domain, message: bytes) -> bytes:
    """Sign `domain || message` with an Ed25519 seed; 64 bytes."""
    _length("Ed25519 seed", seed, 32)
    signed = nacl.bindings.crypto_sign(domain.prefix + message, _ed25519_secret(bytes(seed)))
    return signed[:SIGNATURE]


@lru_cache(maxsize=8)
def _ed25519_secret(seed: bytes) -> bytes:
    """libsodium's form of a signing key: the seed, then its public key, which takes as long to make as a signature.

    Kept for the few keys that a process signs with, each of which it holds as long as it runs.
    """
    _, secret = nacl.bindings.crypto_sign_seed_keypair(seed)
    return secret


def ed25519_verify(public: bytes, domain: Domain, message: bytes, signature: bytes) -> None:
    """Check a signature over `domain || message`.

    Raises:
        AuthenticationError: it does not hold, or key or signature has the wrong form.
    """
    ed25519_verify_raw(public, domain.prefix + message, signature)


def ed25519_verify_raw(public: bytes, message: bytes, signature: bytes) -> None:
    """Check a signature without a domain: for third-party vectors; the protocol never calls it directly."""
    if len(public) != 32 or len(signature) != SIGNATURE:
        raise AuthenticationError
    try:
        nacl.bindings.crypto_sign_open(signature + message, public)
    except (nacl.exceptions.BadSignatureError, nacl.exceptions.RuntimeError, ValueError):
        raise AuthenticationError from None


# --- ML-DSA-65 (FIPS 204), pure, context = the domain ---


def mldsa_public(seed: bytes) -> bytes:
    """Public key (1,952 bytes) of an ML-DSA-65 seed (32 bytes)."""
    _length("ML-DSA seed", seed, 32)
    return MLDSA65PrivateKey.from_seed_bytes(bytes(seed)).public_key().public_bytes_raw()


def mldsa_sign(seed: bytes, domain: Domain, message: bytes) -> bytes:
    """Sign `message` in the context `domain`; 3,309 bytes; hedged by the library's own randomness."""
    _length("ML-DSA seed", seed, 32)
    return MLDSA65PrivateKey.from_seed_bytes(bytes(seed)).sign(message, domain.prefix)


def mldsa_verify(public: bytes, domain: Domain, message: bytes, signature: bytes) -> None:
    """Check an ML-DSA-65 signature in the context `domain`.

    Raises:
        AuthenticationError: it does not hold, or key or signature has the wrong form.
    """
    mldsa_verify_raw(public, message, signature, domain.prefix)


def mldsa_verify_raw(public: bytes, message: bytes, signature: bytes, context: bytes) -> None:
    """Check an ML-DSA-65 signature in any context: for third-party vectors."""
    try:
        MLDSA65PublicKey.from_public_bytes(public).verify(signature, message, context)
    except (InvalidSignature, ValueError):
        raise AuthenticationError from None


# --- hybrid signatures: Ed25519 || ML-DSA-65, both must verify ---


def hybrid_sign(ed_seed: bytes, mldsa_seed: bytes, domain: Domain, message: bytes) -> bytes:
    """Sign with both algorithms; 3,373 bytes."""
    return ed25519_sign(ed_seed, domain, message) + mldsa_sign(mldsa_seed, domain, message)


def hybrid_verify(ed_public: bytes, mldsa_public_key: bytes, domain: Domain, message: bytes, signature: bytes) -> None:
    """Check both signatures.

    Raises:
        AuthenticationError: either does not hold.
    """
    if len(signature) != HYBRID_SIGNATURE:
        raise AuthenticationError
    ed25519_verify(ed_public, domain, message, signature[:SIGNATURE])
    mldsa_verify(mldsa_public_key, domain, message, signature[SIGNATURE:])


# --- X-Wing HPKE (RFC 9180 with KEM 0x647a, HKDF-SHA256, ChaCha20-Poly1305), base mode, single shot ---


def xwing_public(seed: bytes) -> bytes:
    """Public key (1,216 bytes) of a pair given by ML-KEM seed (64) and X25519 private key (32)."""
    _length("X-Wing seed", seed, XWING_SEED)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(bytes(seed[:64]))
    x25519 = X25519PrivateKey.from_private_bytes(bytes(seed[64:]))
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def hpke_seal(public: bytes, info: bytes, plaintext: bytes) -> bytes:
    """Seal to an X-Wing public key: encapsulated key 1,120 bytes, then ciphertext and tag.

    The single-shot interface takes no AAD: whatever must be bound stands in `info`.

    Raises:
        AuthenticationError: the public key is not one (wrong length, ML-KEM modulus check, small-order X25519 half).
    """
    return _HPKE.encrypt(plaintext, _xwing_public_key(public), info)


def hpke_open(seed: bytes, info: bytes, sealed: bytes) -> bytes:
    """Open what `hpke_seal` made.

    Raises:
        AuthenticationError: wrong key, wrong info, or altered bytes; one error for all.
    """
    _length("X-Wing seed", seed, XWING_SEED)
    key = MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(bytes(seed[:64])),
        X25519PrivateKey.from_private_bytes(bytes(seed[64:])),
    )
    try:
        return _HPKE.decrypt(sealed, key, info)
    except (InvalidTag, ValueError):
        raise AuthenticationError from None


def xwing_check(public: bytes) -> None:
    """Refuse a public key that is malformed or whose X25519 half has small order.

    Raises:
        AuthenticationError: it is not a usable key.
    """
    _xwing_public_key(public)


def _xwing_public_key(public: bytes) -> MLKEM768X25519PublicKey:
    if len(public) != XWING_PUBLIC:
        raise AuthenticationError
    try:
        x25519 = X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:])
        # A point of small order makes every exchange with it all zeros, which OpenSSL refuses.
        _PROBE.exchange(x25519)
        return MLKEM768X25519PublicKey(MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]), x25519)
    except ValueError:
        raise AuthenticationError from None


_PROBE: Final = X25519PrivateKey.from_private_bytes(bytes(31) + b"\x40")
"""A fixed, public scalar: it only serves to find points of small order."""


# --- XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) ---


def aead_seal(key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
    """Seal; the result is 16 bytes longer than the plaintext."""
    _length("AEAD key", key, AEAD_KEY)
    _length("AEAD nonce", nonce, AEAD_NONCE)
    return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, aad, nonce, bytes(key))


def aead_open(key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes:
    """Open.

    Raises:
        AuthenticationError: wrong key, nonce or associated data, or altered bytes.
    """
    if len(key) != AEAD_KEY or len(nonce) != AEAD_NONCE or len(sealed) < AEAD_TAG:
        raise AuthenticationError
    try:
        return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, aad, nonce, bytes(key))
    except nacl.exceptions.CryptoError:
        raise AuthenticationError from None


# --- Argon2id (RFC 9106), for the key file only ---


def argon2id(passphrase: bytes, salt: bytes, *, passes: int, memory_kib: int) -> bytes:
    """Derive 32 bytes from a passphrase.

    Args:
        passphrase: any bytes.
        salt: 16 bytes.
        passes: t.
        memory_kib: m, in KiB.

    Raises:
        LimitError: the library refuses the parameters.
    """
    _length("Argon2 salt", salt, 16)
    try:
        return nacl.pwhash.argon2id.kdf(32, passphrase, salt, opslimit=passes, memlimit=memory_kib * 1024)
    except (nacl.exceptions.CryptoError, nacl.exceptions.ValueError):
        raise LimitError("parameters out of range", field="argon2") from None


def _length(what: str, value: bytes, expected: int) -> None:
    if len(value) != expected:
        raise LocalProtocolError(f"must be {expected} bytes", field=what)
