"""What a node knows against feeds, devices and seats (SPEC 6.3, 8.6): fork proofs, revocations, and custodians' two words.

Rule 1: a proof is verified before it has an effect, and of each feed one is kept: the one that shows the lowest fork.
Rule 2: of a custodian who signed two things of one number both are kept, one such proof for each seat. The first that
came goes on to count here, until he publishes under a number beyond both.
"""

from __future__ import annotations

import attrs

from coalchat.node.controls import Control, Controls
from coalchat.node.passing import seat_name
from protocol.base.codec import unpack_loose
from protocol.base.errors import DecodeError, LimitError, StateError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_FEEDS_PER_DEVICE
from protocol.base.records import decode, peek
from protocol.base.signed import read_signed
from protocol.exchange.messages import document_hash
from protocol.messages.forks import Fork, author_of, check_fork, lowest_proof
from protocol.messages.verdict import Disowning, Verdict, judge
from protocol.trust.credential import CustodianCertificate
from protocol.trust.directory import Directory
from protocol.trust.publication import Publication


@attrs.define(eq=False)
class Verdicts:
    """Proofs by what they are against.

    Attributes:
        forks: by feed id.
        splits: by the issuer of two documents of one number: their hashes, the one that counts here first.
        disownings: by device id: what its nation says of its feeds since it revoked it.
    """

    directory: Directory = attrs.field(repr=False)
    forks: dict[bytes, Fork] = attrs.field(factory=dict, init=False)
    splits: dict[bytes, tuple[bytes, bytes]] = attrs.field(factory=dict, init=False)
    disownings: dict[bytes, tuple[Disowning, ...]] = attrs.field(factory=dict, init=False)

    def of(self, feed: bytes, device: bytes, now: int) -> Verdict:
        """What is held against a feed of a device."""
        fork, disowned = self.forks.get(feed), self.disownings.get(device, ())
        if fork is None and not disowned:
            return Verdict(feed)
        standing = self.directory.standing(device, now)
        certified = standing.certified.certificate.not_before if standing is not None and standing.listed else 0
        return judge(feed, _nothing, () if fork is None else fork.branches, disowned, certified)

    def names(self, feed: bytes, device: bytes) -> bool:
        """Whether a revocation of its device names the last good entry of a feed."""
        return any(feed in disowning.heads for disowning in self.disownings.get(device, ()))

    # --- documents in ---

    def disown(self, device: bytes) -> None:
        """A revocation of a device was verified: what is held against its feeds from now on."""
        act = self.directory.revocation(device)
        if act is not None:
            self.disownings[device] = (Disowning(act.nation, act.at, act.last_good),)

    def judge_fork(self, data: bytes, controls: Controls, now: int) -> tuple[Control, bool]:
        """Verify a fork proof; what is kept of its feed from now on, and whether that is news.

        Raises:
            StateError: its device is not known yet.
            RemoteProtocolError: it is refused.
        """
        standing = self.directory.standing(author_of(data), now)
        if standing is None:
            raise StateError("its device is not known yet", field="device")
        certificate = standing.certified.certificate
        fork = check_fork(certificate, data)
        feed, release = fork.feed.id, fork.feed.release
        if release.releasable[-1] >= len(self.directory.coalition.codes):
            raise DecodeError("names a nation that the charter does not", field="releasable")
        known = self.forks.get(feed)
        if (
            known is None
            and sum(f.feed.device == fork.feed.device for f in self.forks.values()) >= MAX_FEEDS_PER_DEVICE
        ):
            raise LimitError("too many feeds of one device", field="feed")
        if known is not None:
            best = lowest_proof(known, fork)
            if best == known.data:
                return controls[document_hash(best)], False
            controls.drop(document_hash(known.data))
            fork = check_fork(certificate, best)
        self.forks[feed] = fork
        audience = sum(1 << nation for nation in release.releasable)
        return Control(document_hash(fork.data), Tag.FORK_PROOF, feed, fork.seq, audience, fork.data, feed), True

    def judge_split(self, data: bytes, controls: Controls, everyone: int) -> Control | None:
        """A custodian's document, verified, that contradicts one that counts: both are kept as proof.

        Returns:
            It; None if it is of another kind, or there is a proof of this seat already.
        """
        tag, signed = peek(unpack_loose(data)), read_signed(data)
        if tag is Tag.PUBLICATION:
            issuer, number = signed.signer, decode(Publication, signed.body).number
            known = controls.at(tag, issuer)
        elif tag is Tag.CUSTODIAN_CERTIFICATE:
            certificate = decode(CustodianCertificate, signed.body)
            issuer, number = seat_name(certificate.nation, certificate.index), certificate.not_before
            known = tuple(c for c in controls.by(tag, issuer) if c.number == number)
        else:
            return None
        if issuer in self.splits or not known:
            return None
        first = known[-1]
        self.splits[issuer] = (first.hash, document_hash(data))
        # Out of its place: the next one would drop it, and half of a proof is none.
        controls.drop(first.hash)
        controls.put(attrs.evolve(first, place=b"", rank=()))
        return Control(document_hash(data), tag, issuer, number, everyone, data)

    def split(self, control: Control) -> bool:
        """Whether a document is the second half of such a proof."""
        return self.splits.get(control.issuer, (b"", b""))[1] == control.hash


def _nothing(_seq: int) -> None:
    """What is here has been folded into the proof that is kept."""
