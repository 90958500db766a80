"""Checkpoints (SPEC 8.9): a device signs the heads of all its feeds at once, post-quantum too.

Everyday signatures are Ed25519. Who breaks that one day could write a past that never was; what a checkpoint covers he
could not, for each entry is linked to the head that it names by hashes.

    feed, seq, entry, salt -> leaf -> root -> signature of both algorithms
    proof (feed record, seq, entry, salt, path) -> leaf -> the root of the checkpoint that it names

Rule 1: leaves are salted, and stand in the order of their hashes: who is given no proof of a feed learns of it that it is one of
so many, and nothing else.
Rule 2: of a device the checkpoint of the highest number counts; proofs of another are over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import attrs

from protocol.base import crypto, merkle
from protocol.base.crypto import Entropy, digest
from protocol.base.errors import AuthenticationError, DecodeError, ReplayError, StateError
from protocol.base.ids import Person, Tag
from protocol.base.limits import MAX_FEEDS_PER_DEVICE, MAX_SEQ
from protocol.base.records import Bin, Blob, Seq, Uint, decode, encode, record
from protocol.base.signed import Signed, SigningKey, VerifyKey, read_signed, sign
from protocol.messages.feed import FeedRecord, check_feed
from protocol.trust.charter import TIME, key_hash
from protocol.trust.credential import Certificate
from protocol.trust.label import NATION

SALT: Final = 32


@record(Tag.CHECKPOINT)
class Checkpoint:
    """The heads of all feeds of a device, as one hash.

    Attributes:
        number: rises strictly for each device. at: by its clock.
        mldsa: the ML-DSA-65 key whose hash its certificate names. root: over `leaves` salted heads.
    """

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    device: Annotated[bytes, Bin(16)]
    number: Annotated[int, Uint(2**40, 1)]
    at: Annotated[int, TIME]
    mldsa: Annotated[bytes, Bin(crypto.MLDSA_PUBLIC)]
    root: Annotated[bytes, Bin(32)]
    leaves: Annotated[int, Uint(MAX_FEEDS_PER_DEVICE, 1)]


@record(Tag.CHECKPOINT_PROOF)
class CheckpointProof:
    """That one feed's head is in a checkpoint.

    Attributes:
        device, number: of the checkpoint. feed: its FEED document. seq, entry: its head. salt: of its leaf.
        index, path: the leaf's place, and the hashes from it up to the root.
    """

    device: Annotated[bytes, Bin(16)]
    number: Annotated[int, Uint(2**40, 1)]
    feed: Annotated[bytes, Blob(512, 1)]
    seq: Annotated[int, Uint(MAX_SEQ, 1)]
    entry: Annotated[bytes, Bin(32)]
    salt: Annotated[bytes, Bin(SALT)]
    index: Annotated[int, Uint(MAX_FEEDS_PER_DEVICE - 1)]
    path: Annotated[tuple[bytes, ...], Seq(Bin(32), (MAX_FEEDS_PER_DEVICE - 1).bit_length())]


@attrs.frozen
class Head:
    """How far a device has written one of its feeds; `document`: the FEED document."""

    feed: bytes
    document: bytes = attrs.field(repr=False)
    seq: int
    entry: bytes


@attrs.frozen
class Covered:
    """What a checkpoint says of one feed: its entries up to this one are its device's, by both algorithms.

    Attributes:
        number, at: of the checkpoint.
    """

    feed: FeedRecord
    number: int
    at: int
    seq: int
    entry: bytes


def leaf(salt: bytes, feed: bytes, seq: int, entry: bytes) -> bytes:
    """32 bytes: salt (32 bytes), feed id (16), number (8), entry id (32)."""
    return digest(Person.CHECKPOINT_LEAF, salt, feed, seq.to_bytes(8, "big"), entry)


def make_checkpoint(
    certificate: Certificate, key: SigningKey, number: int, at: int, heads: Sequence[Head], entropy: Entropy
) -> tuple[Signed, tuple[bytes, ...]]:
    """A checkpoint of these heads, and the proof of each.

    Args:
        certificate: the device's. key: both its signing keys.

    Raises:
        LocalProtocolError: there are none, or too many.
    """
    salted = [(entropy(SALT), head) for head in heads]
    placed = sorted((leaf(salt, head.feed, head.seq, head.entry), salt, head) for salt, head in salted)
    leaves = [name for name, _, _ in placed]
    made = Checkpoint(
        certificate.coalition,
        certificate.nation,
        certificate.device,
        number,
        at,
        key.public().mldsa,
        merkle.root(leaves),
        len(leaves),
    )
    signed = sign(Tag.CHECKPOINT, certificate.device, encode(made), key)
    proofs = tuple(
        encode(
            CheckpointProof(
                made.device, number, head.document, head.seq, head.entry, salt, index,
                merkle.inclusion_proof(leaves, index),
            )
        )
        for index, (_, salt, head) in enumerate(placed)
    )  # fmt: skip
    return signed, proofs


def check_checkpoint(certificate: Certificate, data: bytes) -> Checkpoint:
    """Verify a checkpoint against the certificate of its device, whatever has become of that certificate.

    Raises:
        RemoteProtocolError: malformed, not the device's, or either signature does not hold.
    """
    signed = read_signed(data, Tag.CHECKPOINT)
    made = decode(Checkpoint, signed.body)  # brings half of the key that signs: nothing else of it is used before
    if key_hash(made.mldsa) != certificate.mldsa_hash:
        raise AuthenticationError
    signed.verify(VerifyKey(certificate.key, made.mldsa))
    expected = (certificate.coalition, certificate.nation, certificate.device)
    if (made.coalition, made.nation, made.device) != expected or signed.signer != certificate.device:
        raise AuthenticationError
    return made


def check_proof(certificate: Certificate, checkpoint: Checkpoint, data: bytes) -> Covered:
    """Verify a proof against a checkpoint that was verified.

    Raises:
        RemoteProtocolError: malformed, of another checkpoint, of another's feed, or it does not lead to the root.
    """
    proof = decode(CheckpointProof, data)
    if (proof.device, proof.number) != (checkpoint.device, checkpoint.number):
        raise AuthenticationError
    feed = check_feed(certificate, proof.feed)
    name = leaf(proof.salt, feed.id, proof.seq, proof.entry)
    merkle.check_inclusion(name, proof.index, checkpoint.leaves, proof.path, checkpoint.root)
    return Covered(feed, checkpoint.number, checkpoint.at, proof.seq, proof.entry)


@attrs.define
class Checkpoints:
    """The newest checkpoint of each device, and the heads that were proved to stand in it."""

    _newest: dict[bytes, Checkpoint] = attrs.field(factory=dict, init=False, repr=False)
    _covered: dict[bytes, dict[bytes, Covered]] = attrs.field(factory=dict, init=False, repr=False)
    """By device, and feed."""

    def apply(self, certificate: Certificate, data: bytes) -> tuple[Checkpoint, bool]:
        """Take a checkpoint of a certified device; it, and whether it is the newest now.

        Raises:
            RemoteProtocolError: it does not verify. ReplayError: another of this number is known.
        """
        made = check_checkpoint(certificate, data)
        known = self._newest.get(made.device)
        if known is not None and made.number <= known.number:
            if made.number == known.number and made != known:
                raise ReplayError("two checkpoints of one number", field="number")
            return made, False
        self._newest[made.device] = made
        self._covered[made.device] = {}
        return made, True

    def apply_proof(self, certificate: Certificate, nations: int, data: bytes) -> Covered | None:
        """Take a proof; None if it is of a checkpoint that is over.

        Args:
            nations: of the charter.

        Raises:
            StateError: its checkpoint is not here yet.
            RemoteProtocolError: it does not verify. ReplayError: the checkpoint has another head of this feed.
        """
        proof = decode(CheckpointProof, data)
        newest = self._newest.get(proof.device)
        if newest is None or newest.number < proof.number:
            raise StateError("its checkpoint is not here yet", field="number")
        if newest.number > proof.number:
            return None
        covered = check_proof(certificate, newest, data)
        if covered.feed.release.releasable[-1] >= nations:
            raise DecodeError("names a nation that the charter does not", field="releasable")
        known = self._covered[proof.device].setdefault(covered.feed.id, covered)
        if known != covered:
            raise ReplayError("two heads of one feed in one checkpoint", field="feed")
        return covered

    def newest(self, device: bytes) -> Checkpoint | None:
        """A device's newest."""
        return self._newest.get(device)

    def covered(self, device: bytes, feed: bytes) -> Covered | None:
        """What the newest checkpoint of its device says of a feed."""
        return self._covered.get(device, {}).get(feed)

    def feeds(self, device: bytes) -> tuple[bytes, ...]:
        """Of which feeds of a device proofs are here."""
        return tuple(self._covered.get(device, ()))

    def number_covered(self, device: bytes) -> int:
        """How many entries of a device its newest checkpoint covers, as far as proofs are here."""
        return sum(one.seq for one in self._covered.get(device, {}).values())
