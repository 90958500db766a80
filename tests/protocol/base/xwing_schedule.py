"""X-Wing and the HPKE key schedule, written a second time from their texts, to seal what `crypto.hpke_open` must open.

`cryptography` draws the encapsulation itself and takes no AAD, so third-party vectors cannot be replayed by sealing.
Here the shared secret of a vector gives the key and nonce that HPKE must reach; a plaintext sealed under these opens
in `crypto.hpke_open` only if ML-KEM, X25519, the combiner and the key schedule all agree with the vector.
"""

import hmac
from hashlib import sha3_256, sha256, shake_256

import nacl.bindings

SUITE = b"HPKE" + bytes.fromhex("647a00010003")
"""KEM 0x647a, HKDF-SHA256, ChaCha20-Poly1305 (RFC 9180, section 5.1)."""
LABEL = bytes.fromhex("5c2e2f2f5e5c")
"""XWingLabel of draft-connolly-cfrg-xwing-kem: six ASCII characters that draw a wing."""


def expand(seed: bytes) -> bytes:
    """Our 96-byte form of a 32-byte X-Wing decapsulation key: ML-KEM d || z, then the X25519 private key."""
    return shake_256(seed).digest(96)


def combine(mlkem_secret: bytes, x25519_secret: bytes, share: bytes, x25519_public: bytes) -> bytes:
    """The X-Wing combiner."""
    return sha3_256(mlkem_secret + x25519_secret + share + x25519_public + LABEL).digest()


def key_schedule(shared_secret: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key (32) and base nonce (12) of base mode (RFC 9180, section 5.1)."""
    context = b"\0" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    secret = _extract(shared_secret, b"secret", b"")
    return _expand(secret, b"key", context, 32), _expand(secret, b"base_nonce", context, 12)


def seal(shared_secret: bytes, info: bytes, plaintext: bytes) -> bytes:
    """Ciphertext and tag of the first message, without AAD."""
    key, nonce = key_schedule(shared_secret, info)
    return chacha20_poly1305(key, nonce, b"", plaintext)


def chacha20_poly1305(key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
    """RFC 8439, by libsodium, which HPKE does not use here."""
    return nacl.bindings.crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, aad, nonce, key)


def _extract(salt: bytes, label: bytes, material: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE + label + material, sha256)


def _expand(secret: bytes, label: bytes, context: bytes, size: int) -> bytes:
    # One block of SHA-256 is enough for a key.
    info = size.to_bytes(2, "big") + b"HPKE-v1" + SUITE + label + context
    return hmac.digest(secret, info + b"\x01", sha256)[:size]
