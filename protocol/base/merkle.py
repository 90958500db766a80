"""Merkle tree hashes (SPEC 6.3), the tree of RFC 6962 section 2.1 with BLAKE2b-256 in place of SHA-256.

Leaves and nodes have their own personalisation strings, where RFC 6962 prefixes 0x00 and 0x01: a node can never pass
for a leaf. Trees here are small (a nation's certificates); nothing is cached.
"""

from __future__ import annotations

from collections.abc import Sequence

from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, LocalProtocolError
from protocol.base.ids import Person


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf."""
    return digest(Person.DIRECTORY_LEAF, data)


def _node(left: bytes, right: bytes) -> bytes:
    return digest(Person.DIRECTORY_NODE, left, right)


def _split(size: int) -> int:
    """Largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes (32 bytes each); of no leaves, the hash of nothing."""
    if not leaves:
        return digest(Person.DIRECTORY_NODE)
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return _node(root(leaves[:k]), root(leaves[k:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Audit path of the leaf at `index`, from the leaf up (RFC 6962, section 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise LocalProtocolError("out of range", field="index")
    if len(leaves) == 1:
        return ()
    k = _split(len(leaves))
    if index < k:
        return (*inclusion_proof(leaves[:k], index), root(leaves[k:]))
    return (*inclusion_proof(leaves[k:], index - k), root(leaves[:k]))


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> None:
    """Check an audit path (RFC 9162, section 2.1.3.2).

    Raises:
        AuthenticationError: it does not lead to the root.
    """
    if not 0 <= index < size:
        raise AuthenticationError
    fn, sn, r = index, size - 1, leaf
    for step in path:
        if sn == 0:
            raise AuthenticationError
        if fn & 1 or fn == sn:
            r = _node(step, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = _node(r, step)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or r != expected:
        raise AuthenticationError
