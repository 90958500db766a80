"""Fixed entropy for vectors and tests: BLAKE2b in counter mode, seeded by a name. Never for a key that protects."""

from __future__ import annotations

from hashlib import blake2b

import attrs

BLOCK = 64


@attrs.define
class Drbg:
    """An `Entropy` that gives the same bytes each time it is made.

    Block i is BLAKE2b-512(person "coalchat vectors", name || 0x00 || i as 8 bytes, big-endian); each call begins
    with a new block, so that the bytes of one call do not depend on the length of the one before within a block.

    Attributes:
        name: what the bytes are for; another name, other bytes.
    """

    name: str
    _next: int = 0

    def __call__(self, size: int) -> bytes:
        """The next `size` bytes."""
        count = -(-size // BLOCK)
        blocks = [self._block(self._next + offset) for offset in range(count)]
        self._next += count
        return b"".join(blocks)[:size]

    def fork(self, name: str) -> Drbg:
        """An independent source for one part, so that a part added later changes no other."""
        return Drbg(f"{self.name}/{name}")

    def _block(self, index: int) -> bytes:
        message = self.name.encode("utf-8") + b"\0" + index.to_bytes(8, "big")
        return blake2b(message, person=b"coalchat vectors").digest()
