"""Retention (SPEC 10.8): bodies are kept until theirs is over, then purged; the headers stay, and the chain verifies.

    segment begins -> envelopes of segments that are over -> entries under them: header for the whole, body and key gone
                   -> clients told -> the log of the store cut

Rule 1: what is carried for others goes as what was opened here goes: nothing but headers stays.
Rule 2: a batch is one transaction: entries, messages, events and the audit record. A node that was killed between two goes on
at its next start, before it links.
Rule 3: a clock that is not believed purges nothing, and a segment that is over stays over: what comes later of it is stored
as its header at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import attrs

from coalchat.api.events import MessagePurged
from coalchat.node.audit import AuditEvent
from coalchat.node.bell import Bell
from coalchat.node.context import Context
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.roe import KINDS as ROE
from coalchat.node.times import dtg
from coalchat.store.faces import Transaction
from coalchat.store.rows import Message
from protocol.base.limits import CLOCK_SKEW
from protocol.base.records import decode
from protocol.messages.entry import read_entry
from protocol.messages.payload import Payload, decode_payload
from protocol.messages.receipts import ReceiptPayload
from protocol.messages.retention import is_over, kept_until, last_over
from protocol.messages.versions import Recall, RetractionPayload
from protocol.trust.label import ReleaseKey

BATCH = 256
"""Entries of one commit."""


def purged_words(context: Context, level: int, segment: int) -> str:
    """What stands in the place of a body: a sentence for the person."""
    return f"purged: retention ended {dtg(kept_until(context.member.coalition.charter, level, segment))}"


def gone_words(context: Context, message: Message) -> str:
    """What stands in the place of a message's body: who recalled it, or since when its retention is over."""
    author = (message.nation, message.person, message.channel, message.release)
    recalled = context.store.read.recalls_of(message.entry_id, *author)
    if not recalled:
        return purged_words(context, _release(message.release).level, message.n)
    reason, retraction = recalled[-1]
    why = ": SPILL, it had been sent under too low a label" if reason == Recall.SPILL else ""
    return f"recalled by its author {dtg(retraction.author_time)}{why}"


def retraction_words(payload: RetractionPayload) -> str:
    """What a retraction's line says: which messages, and of a spill what a person has to see to."""
    names = ", ".join(name.hex()[:12] for name in payload.entries)
    if payload.reason == Recall.SPILL:
        return (
            f"SPILL: {names} had been sent under too low a label. It is gone from this device; see that no copy stays."
        )
    return f"recalls {names}: it is gone from this device."


@attrs.define(eq=False)
class Retaining:
    """The node's part for what time does to bodies."""

    context: Context = attrs.field(repr=False)
    _bell: Bell = attrs.field(factory=Bell, init=False, repr=False)

    # --- what is over ---

    def over(self, level: int, segment: int) -> bool:
        """Whether the retention of what was sealed in a segment at a level is over; never by a clock in doubt."""
        member, now = self.context.member, self.context.now()
        return is_over(member.coalition.charter, level, segment, member.segment(now)) and not member.doubtful(now)

    def may_be_bare(self, level: int, segment: int) -> bool:
        """Whether a peer may give no more than the header of such an entry: by its clock, which may be ahead of ours."""
        member, now = self.context.member, self.context.now()
        until = kept_until(member.coalition.charter, level, segment)
        return not member.doubtful(now) and 0 < until <= member.believed(now) + CLOCK_SKEW

    # --- purging ---

    def wake(self) -> None:
        """A segment has begun."""
        self._bell.ring()

    async def run(self) -> None:
        """Purge what is over, whenever a segment has begun, until cancelled."""
        while True:
            await self._bell.wait()
            await self.purge()

    async def purge(self) -> None:
        """Purge what is over now."""
        names = list(self._over())
        while names:
            done = await self.context.store.write(partial(self._batch, names=names, now=self.context.now()))
            names = names[done:]

    def _over(self) -> Iterator[bytes]:
        member, now = self.context.member, self.context.now()
        if member.doubtful(now):
            return
        charter, segment = member.coalition.charter, member.segment(now)
        for row in self.context.store.read.kept_envelopes(last_over(charter, segment)):
            if is_over(charter, _release(row.release).level, row.n, segment):
                yield row.envelope_id

    def _batch(self, tx: Transaction, names: Sequence[bytes], now: int) -> int:
        """Purge under these envelopes as much as one commit takes; of how many of them nothing is left."""
        room, done, bodies = BATCH, 0, 0
        for name in names:
            entries = tx.entries_under(name, room)
            for row in entries:
                tx.strip_entry(row.entry_id, read_entry(row.data).header)
                message = tx.message(row.entry_id)
                bodies += message is not None and self._purge(tx, message, now)
            room -= len(entries)
            if room <= 0:
                break
            tx.mark_purged(name)
            done += 1
        if bodies:
            write_finding(tx, now, Finding(AuditEvent.BODIES_PURGED, detail=str(bodies)))
        return done

    def _purge(self, tx: Transaction, message: Message, now: int) -> bool:
        """Forget one body, and what else was made of it."""
        if message.kind == 0 or message.purged or message.kind in ROE:
            return False
        payload = decode_payload(message.payload)
        self.forget_text(tx, message, payload)
        if message.listed:
            write_event(tx, now, MessagePurged(channel_id=message.channel.hex(), entry_id=message.entry_id.hex()))
        return tx.purge_message(message.entry_id)

    def forget_text(self, tx: Transaction, message: Message, payload: Payload) -> None:
        """Forget what a receipt said in words: it stands beside what it acknowledges too."""
        if isinstance(payload, ReceiptPayload) and payload.text:
            words = purged_words(self.context, _release(message.release).level, message.n)
            for covered in payload.ranges:
                tx.purge_acknowledgement(covered.feed, covered.up_to, message.entry_id, words)


def _release(packed: bytes) -> ReleaseKey:
    return decode(ReleaseKey, packed)
