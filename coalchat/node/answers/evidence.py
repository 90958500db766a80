"""Evidence, as clients ask for it."""

from __future__ import annotations

import attrs

from coalchat.api.evidence import CheckEvidence, EvidenceOf, ExportEvidence, Proof
from coalchat.custody.evidence import check
from coalchat.node.answers.naming import find_message
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.checkpoints import checkpointed
from coalchat.node.context import Context
from coalchat.node.proving import Proving
from coalchat.record import evolve
from coalchat.store.rows import Message

WHOLE_ID = 64
"""Hex digits: a receipt is named by all of them, for it has no line that a prefix could be read from."""


@attrs.define(eq=False)
class EvidenceAnswers:
    """Handlers for evidence."""

    context: Context = attrs.field(repr=False)
    proving: Proving = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {ExportEvidence: self.export, CheckEvidence: self.check}

    async def export(self, request: ExportEvidence, session: Session) -> EvidenceOf:
        """Make evidence of one entry."""
        del session
        message = self._receipt(request.id) or find_message(self.context, request.id)
        data = await self.proving.export(message)
        given = self.context.store.read.acknowledgements(message.feed_id, message.seq)
        return EvidenceOf(
            entry_id=message.entry_id.hex(),
            data=data,
            acknowledgements=tuple(row.receipt_id.hex() for row in given if row.entry_id == message.entry_id),
        )

    def _receipt(self, given: str) -> Message | None:
        """What was opened here and takes no line, by its whole id."""
        if len(given) != WHOLE_ID or not set(given.lower()) <= set("0123456789abcdef"):
            return None
        return self.context.store.read.message(bytes.fromhex(given))

    async def check(self, request: CheckEvidence, session: Session) -> Proof:
        """Say what a piece of evidence proves, and whether a checkpoint covers that entry here."""
        del session
        member, read = self.context.member, self.context.store.read
        proof = check(member.coalition, member.policy, request.data)
        device, feed = bytes.fromhex(proof.device_id), bytes.fromhex(proof.feed_id)
        here = read.entry_at(feed, proof.seq)
        if here is None or here.entry_id.hex() != proof.entry_id:
            return proof  # a checkpoint that agrees with what stands here says nothing of another entry
        return evolve(proof, checkpoint=checkpointed(member.checkpoints.found, read, device, feed, proof.seq))
