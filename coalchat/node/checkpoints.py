"""Checkpoints (SPEC 8.9) as control documents: judged, and looked up for clients.

Rule 1: a checkpoint goes to everybody; the proof of a feed to whoever may have the feed.
Rule 2: both pass with time: those of a checkpoint that a later one has replaced have no place any more.
"""

from __future__ import annotations

import attrs

from coalchat.api.about import Checkpointed
from coalchat.node.controls import Control, Controls
from coalchat.store.faces import Reader
from protocol.base.errors import StateError
from protocol.base.ids import Tag
from protocol.base.records import decode
from protocol.base.signed import read_signed
from protocol.messages.checkpoint import CheckpointProof, Checkpoints
from protocol.trust.directory import Directory, Standing


@attrs.define(eq=False)
class Judging:
    """Checkpoints in, verified.

    Attributes:
        found: what is proved of each feed.
    """

    directory: Directory = attrs.field(repr=False)
    found: Checkpoints = attrs.field(factory=Checkpoints, init=False, repr=False)

    def checkpoint(
        self, data: bytes, name: bytes, controls: Controls, now: int, *, everyone: int, known: bool
    ) -> tuple[Control, bool]:
        """Take a checkpoint; it, and whether it has a place.

        Args:
            known: it comes from this node's own store, and was judged before.

        Raises:
            StateError: its device is not known yet. RemoteProtocolError: it is refused.
        """
        signer = read_signed(data, Tag.CHECKPOINT).signer
        standing = self._standing(signer, now)
        if standing.revoked is not None and not known:  # what a thief signs is nobody's word
            return Control(name, Tag.CHECKPOINT, signer, 0, everyone, data), False
        before = self.found.feeds(signer)
        made, newest = self.found.apply(standing.certified.certificate, data)
        for proof in [proof for feed in before if newest for proof in controls.at(Tag.CHECKPOINT_PROOF, signer + feed)]:
            controls.drop(proof.hash)
        return Control(name, Tag.CHECKPOINT, signer, made.number, everyone, data, signer, (made.number,)), newest

    def proof(self, data: bytes, name: bytes, now: int, *, known: bool) -> tuple[Control, bool]:
        """Take the proof of a feed; it, and whether it has a place.

        Raises:
            StateError: its checkpoint is not here yet. RemoteProtocolError: it is refused.
        """
        proof = decode(CheckpointProof, data)
        standing, newest = self._standing(proof.device, now), self.found.newest(proof.device)
        over = Control(name, Tag.CHECKPOINT_PROOF, bytes(16), proof.number, 0, data)
        if standing.revoked is not None and not known and (newest is None or newest.number < proof.number):
            return over, False  # of a checkpoint that is not taken
        nations = len(self.directory.coalition.codes)
        covered = self.found.apply_proof(standing.certified.certificate, nations, data)
        if covered is None:
            return over, False
        audience = sum(1 << nation for nation in covered.feed.release.releasable)
        feed, rank = covered.feed.id, (proof.number,)
        return (
            Control(name, Tag.CHECKPOINT_PROOF, feed, proof.number, audience, data, proof.device + feed, rank),
            True,
        )

    def _standing(self, device: bytes, now: int) -> Standing:
        standing = self.directory.standing(device, now)
        if standing is None:
            raise StateError("its device is not known yet", field="device")
        return standing


def checkpointed(found: Checkpoints, read: Reader, device: bytes, feed: bytes, seq: int) -> Checkpointed | None:
    """The checkpoint that covers an entry that stands here; none that names another head than the one that stands here."""
    covered = found.covered(device, feed)
    if covered is None or covered.seq < seq:
        return None
    here = read.entry_at(feed, covered.seq)
    if here is None or here.entry_id != covered.entry:
        return None
    return Checkpointed(up_to=covered.seq, at=covered.at)
