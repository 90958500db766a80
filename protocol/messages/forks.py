"""Fork proofs (SPEC 8.6): two branches of one feed, each with what makes it its author's word.

A branch is a run of entries without their texts, linked by prev, whose last signature holds: what makes an id is enough
to prove that the author signed it, so a proof is as small for long texts as for short ones, and shows nothing of them.
The feed's record stands in it, so that it can be judged where no entry of the feed is.

Rule 1: a proof is no accusation by anyone: whoever holds the device's certificate checks it, whoever brings it.
Rule 2: of one pair of branches there is one proof: that whose ids are lower stands first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Annotated

import attrs

from protocol.base import crypto
from protocol.base.errors import AuthenticationError, DecodeError, VersionError
from protocol.base.ids import VERSION, Domain, Tag
from protocol.base.limits import MAX_FORK_RUN
from protocol.base.records import Bin, Blob, Part, Seq, decode, encode, record
from protocol.base.signed import read_signed
from protocol.messages.entry import Entry, EntryBase, EntryHeader, header_id
from protocol.messages.feed import FeedRecord, check_feed
from protocol.messages.verdict import Branch, judge
from protocol.trust.credential import Certificate


@record()
class EntryDigest:
    """What makes an entry's id: `base` and `salt` as they stand in it, and the hash of its ciphertext."""

    base: Annotated[bytes, Blob(256, 1)]
    salt: Annotated[bytes, Bin(32)]
    ciphertext: Annotated[bytes, Bin(32)]

    @property
    def id(self) -> bytes:
        """32 bytes: the entry's."""
        return header_id(self.base, self.salt, self.ciphertext)


@record(Tag.FORK_PROOF)
class ForkProof:
    """Two branches of one feed.

    Attributes:
        feed: its FEED document.
        first, second: linked entries, perhaps from before the fork on; the ids of `first` are the lower ones.
        first_signature, second_signature: of the last entry of each.
    """

    feed: Annotated[bytes, Blob(512, 1)]
    first: Annotated[tuple[EntryDigest, ...], Seq(Part(EntryDigest), MAX_FORK_RUN, 1)]
    first_signature: Annotated[bytes, Bin(crypto.SIGNATURE)]
    second: Annotated[tuple[EntryDigest, ...], Seq(Part(EntryDigest), MAX_FORK_RUN, 1)]
    second_signature: Annotated[bytes, Bin(crypto.SIGNATURE)]


@attrs.frozen
class Run:
    """One branch as it stands in a proof: linked entries, and the signature of the last."""

    entries: tuple[EntryDigest, ...]
    signature: bytes = attrs.field(repr=False)

    @property
    def ids(self) -> tuple[bytes, ...]:
        """Of its entries."""
        return tuple(item.id for item in self.entries)

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Run:
        """Of entries that are here, linked by prev; the last one's own signature is good."""
        headers = (decode(EntryHeader, entry.header) for entry in entries)
        return cls(tuple(EntryDigest(one.base, one.salt, one.hash) for one in headers), entries[-1].signature)


@attrs.frozen
class Fork:
    """A fork proof that holds.

    Attributes:
        feed: the record. runs, branches: what the proof shows, the lower ids first. seq: the lowest number at which it shows
            two entries. data: the exact bytes.
    """

    feed: FeedRecord
    runs: tuple[Run, Run]
    branches: tuple[Branch, Branch]
    seq: int
    data: bytes = attrs.field(repr=False)


def prove_fork(feed: bytes, one: Run, other: Run) -> bytes:
    """The proof that two branches make.

    Args:
        feed: the FEED document.

    Raises:
        LocalProtocolError: a run is empty or too long.
    """
    first, second = sorted((one, other), key=lambda run: run.ids)
    return encode(ForkProof(feed, first.entries, first.signature, second.entries, second.signature))


def lowest_proof(one: Fork, other: Fork) -> bytes:
    """Of two proofs of one feed, and those that their branches make with each other, the one that shows the lowest fork.

    Of several, the one whose bytes are lowest: every node that knows both keeps the same.
    """
    best = min((one.seq, one.data), (other.seq, other.data))
    feed = decode(ForkProof, one.data).feed
    for left, right in product((0, 1), repeat=2):
        seq = judge(one.feed.id, _nothing, (one.branches[left], other.branches[right])).fork
        if 0 < seq < best[0]:
            best = (seq, prove_fork(feed, one.runs[left], other.runs[right]))
    return best[1]


def author_of(data: bytes) -> bytes:
    """The device whose certificate a proof is to be checked with; nothing is verified yet.

    Raises:
        RemoteProtocolError: malformed.
    """
    return read_signed(decode(ForkProof, data).feed, Tag.FEED).signer


def check_fork(certificate: Certificate, data: bytes) -> Fork:
    """Verify a proof against the certificate of the feed's device, whatever has become of that certificate.

    Raises:
        RemoteProtocolError: malformed, not the device's, or no fork.
    """
    proof = decode(ForkProof, data)
    feed = check_feed(certificate, proof.feed)
    runs = (Run(proof.first, proof.first_signature), Run(proof.second, proof.second_signature))
    one, other = (_check_run(run, feed.id, certificate.key) for run in runs)
    if one.ids >= other.ids:
        raise DecodeError("the branch of the lower ids stands first", field="first")
    seq = judge(feed.id, _nothing, (one, other)).fork
    if not seq:
        raise DecodeError("is no fork", field="second")
    return Fork(feed, runs, (one, other), seq, data)


def _nothing(_seq: int) -> None:
    """No entry is here: a proof is judged by itself."""


def _check_run(run: Run, feed: bytes, key: bytes) -> Branch:
    """The signature is checked before what it covers is believed."""
    crypto.ed25519_verify(key, Domain.ENTRY, run.entries[-1].id, run.signature)
    bases = [decode(EntryBase, item.base) for item in run.entries]
    for base in bases:
        if base.version != VERSION:
            raise VersionError("of another version", field="base")
        if base.feed != feed or (base.seq == 1) != (base.prev == b""):
            raise AuthenticationError
    for item, before, after in zip(run.entries, bases, bases[1:], strict=False):
        if (after.seq, after.prev) != (before.seq + 1, item.id):
            raise AuthenticationError
    return Branch(bases[0].seq, run.ids, bases[0].prev)
