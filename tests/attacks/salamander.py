"""A ciphertext that XChaCha20-Poly1305 opens under two keys, to two texts (Len+ 2021; Grubbs+ 2017: "salamanders").

Poly1305's tag is sum(block[i] * r**(n - i)) + s: for two keys known to the attacker, one free block of ciphertext is the
solution of a linear equation modulo 2**130 - 5, and a few tries give one that fits 16 bytes.
"""

from __future__ import annotations

import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

P = 2**130 - 5
CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
MASK = 0xFFFFFFFF
TAG = 2**128 - 1


def hchacha20(key: bytes, nonce: bytes) -> bytes:
    """The subkey of XChaCha20 (draft-irtf-cfrg-xchacha, section 2.2)."""
    x = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", key), *struct.unpack("<4I", nonce)]

    def quarter(a: int, b: int, c: int, d: int) -> None:
        for at, plus, rotated, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[at] = (x[at] + x[plus]) & MASK
            mixed = x[rotated] ^ x[at]
            x[rotated] = ((mixed << by) | (mixed >> (32 - by))) & MASK

    for _ in range(10):
        for column in range(4):
            quarter(column, column + 4, column + 8, column + 12)
        for diagonal in range(4):
            quarter(diagonal, (diagonal + 1) % 4 + 4, (diagonal + 2) % 4 + 8, (diagonal + 3) % 4 + 12)
    return struct.pack("<8I", *x[:4], *x[12:])


def keystream(key: bytes, nonce: bytes, size: int) -> tuple[int, int, bytes]:
    """r and s of Poly1305, and the stream that covers the text."""
    subkey = hchacha20(key, nonce[:16])
    cipher = Cipher(ChaCha20(subkey, bytes(8) + nonce[16:]), None).encryptor()
    stream = cipher.update(bytes(64 + size))
    return int.from_bytes(stream[:16], "little") & CLAMP, int.from_bytes(stream[16:32], "little"), stream[64:]


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 16)


def _blocks(aad: bytes, ct: bytes) -> list[int]:
    data = _padded(aad) + _padded(ct) + struct.pack("<QQ", len(aad), len(ct))
    return [int.from_bytes(data[i : i + 16], "little") + 2**128 for i in range(0, len(data), 16)]


def two_keys(keys: tuple[tuple[bytes, bytes], tuple[bytes, bytes]], aad: bytes, texts: tuple[bytes, bytes]) -> bytes:
    """Ciphertext and tag that open under both (key, nonce) pairs.

    Args:
        texts: under the first key the opening begins with the first, and the rest is noise. Under the second it is
            noise, then the second, then noise again, up to padding as an entry has it. Together at most 144 bytes.

    Returns:
        192 bytes of ciphertext, and the tag.
    """
    (r1, s1, stream1), (r2, s2, stream2) = (keystream(key, nonce, 192) for key, nonce in keys)
    head = _xor(texts[0], stream1)
    head += _xor(texts[1], stream2[len(head) :])
    tail = _xor(b"\x80" + bytes(15), stream2[176:])
    free = len(_padded(aad)) // 16 + 10  # the eleventh block of ciphertext
    for attempt in range(512):
        body = head.ljust(144, b"\0") + attempt.to_bytes(16, "little")
        blocks = _blocks(aad, body + bytes(16) + tail)
        blocks[free] = 0
        power = len(blocks) - free
        sum1, sum2 = _poly(blocks, r1), _poly(blocks, r2)
        # (sum1 + x * r1**power) % P + s1 = (sum2 + x * r2**power) % P + s2: asked for modulo P, it often holds as is.
        x = (sum2 + s2 - sum1 - s1) * pow(pow(r1, power, P) - pow(r2, power, P), -1, P) % P
        tag1 = (sum1 + x * pow(r1, power, P)) % P + s1 & TAG
        tag2 = (sum2 + x * pow(r2, power, P)) % P + s2 & TAG
        if x >> 128 == 1 and tag1 == tag2:
            return body + (x & TAG).to_bytes(16, "little") + tail + tag1.to_bytes(16, "little")
    raise ValueError("no block found")


def _poly(blocks: list[int], r: int) -> int:
    total = 0
    for block in blocks:
        total = (total + block) * r % P
    return total


def _xor(text: bytes, stream: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(text, stream, strict=False))
