"""Merkle trees: the shape of RFC 6962 against a second, recursive reading of it, and every proof of small trees."""

from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base import merkle
from protocol.base.errors import AuthenticationError, LocalProtocolError

SIZES = range(1, 34)


def h(person: bytes, data: bytes) -> bytes:
    return blake2b(data, digest_size=32, person=person).digest()


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(bytes([i])) for i in range(size)]


def expected_root(hashes: list[bytes]) -> bytes:
    """From the leaves up, pair by pair; a last one without a partner rises as it is."""
    while len(hashes) > 1:
        paired = [h(b"directory node", a + b) for a, b in zip(hashes[::2], hashes[1::2], strict=False)]
        hashes = paired + hashes[len(paired) * 2 :]
    return hashes[0]


def test_a_leaf_and_a_node_have_their_own_person() -> None:
    a, b = leaves(2)
    assert a == h(b"directory leaf", b"\x00")
    assert merkle.root([a]) == a
    assert merkle.root([a, b]) == h(b"directory node", a + b)
    assert merkle.leaf_hash(a + b) != merkle.root([a, b])
    assert merkle.root([]) == h(b"directory node", b"")


@pytest.mark.parametrize("size", SIZES)
def test_the_root_is_rfc_6962s(size: int) -> None:
    assert merkle.root(leaves(size)) == expected_root(leaves(size))


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_has_a_proof_for_its_place_and_no_other(size: int) -> None:
    hashes, root = leaves(size), merkle.root(leaves(size))
    for index in range(size):
        path = merkle.inclusion_proof(hashes, index)
        merkle.check_inclusion(hashes[index], index, size, path, root)
        for other in [i for i in range(-1, size + 2) if i != index]:
            with pytest.raises(AuthenticationError):
                merkle.check_inclusion(hashes[index], other, size, path, root)


@pytest.mark.parametrize("size", [2, 3, 7, 8, 13])
def test_a_changed_proof_fails(size: int) -> None:
    hashes, root = leaves(size), merkle.root(leaves(size))
    for index in range(size):
        path = merkle.inclusion_proof(hashes, index)
        wrong = [path[:-1], (*path, root), (root, *path), (*path[:-1], bytes(32)), tuple(reversed(path))]
        for proof in (p for p in wrong if p != path):
            with pytest.raises(AuthenticationError):
                merkle.check_inclusion(hashes[index], index, size, proof, root)
        with pytest.raises(AuthenticationError):
            merkle.check_inclusion(bytes(32), index, size, path, root)
        with pytest.raises(AuthenticationError):
            merkle.check_inclusion(hashes[index], index, size, path, bytes(32))


def test_an_inner_node_is_no_leaf_of_a_smaller_tree() -> None:
    hashes = leaves(4)
    left, right = merkle.root(hashes[:2]), merkle.root(hashes[2:])
    root = merkle.root(hashes)
    # By hash alone the proof leads to the root: who calls must take leaves through `leaf_hash`, as the directory does.
    merkle.check_inclusion(left, 0, 2, [right], root)
    assert merkle.leaf_hash(hashes[0] + hashes[1]) != left


def test_an_index_outside_is_refused() -> None:
    for size, index in ((0, 0), (3, 3), (3, -1)):
        with pytest.raises(LocalProtocolError):
            merkle.inclusion_proof(leaves(size), index)
    with pytest.raises(AuthenticationError):
        merkle.check_inclusion(leaves(1)[0], 0, 0, (), leaves(1)[0])


@given(st.integers(1, 200), st.data())
def test_larger_trees(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(min(size, 256))
    path = merkle.inclusion_proof(hashes, index)
    root = merkle.root(hashes)
    assert root == expected_root(hashes)
    merkle.check_inclusion(hashes[index], index, size, path, root)
    assert len(path) <= (size - 1).bit_length()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=8), st.integers(0, 300), st.integers(0, 300))
def test_no_invented_proof_leads_to_a_root(path: list[bytes], index: int, size: int) -> None:
    root = merkle.root(leaves(5))
    with pytest.raises(AuthenticationError):
        merkle.check_inclusion(merkle.leaf_hash(b"none of them"), index, size, path, root)
