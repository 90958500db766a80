"""Accepting entries (SPEC 10.3, step 11): what was judged becomes durable, with what it opened to, in one transaction.

Runs on the writer: it touches the store only. What this device wrote itself and lost comes back the same way.
"""

from __future__ import annotations

import attrs

from coalchat.node.arriving import Arrival
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.folding import Folding
from coalchat.node.journal import Finding, write_finding
from coalchat.node.keeping import keep_conversation
from coalchat.node.opening import Opened, Rejected, Unreadable
from coalchat.node.retaining import Retaining
from coalchat.node.retracting import is_recalled
from coalchat.node.roe import KINDS as ROE
from coalchat.store.faces import Transaction
from coalchat.store.rows import Delivery, Message, Outgoing
from coalchat.store.rows import Entry as EntryRow
from protocol.messages.entry import Entry
from protocol.messages.payload import kind_of


@attrs.define(eq=False)
class Accepting:
    """The part of the intake that writes."""

    context: Context = attrs.field(repr=False)
    folding: Folding = attrs.field(repr=False)
    retaining: Retaining = attrs.field(repr=False)

    def is_own(self, arrival: Arrival) -> bool:
        """Whether this device wrote it."""
        return arrival.feed.record.device == self.context.member.device

    def write(self, tx: Transaction, batch: list[Arrival], now: int) -> tuple[dict[bytes, Entry], set[bytes]]:
        """Keep what was accepted.

        Returns:
            Feeds in which this device wrote another entry meanwhile, with the one that came. Ids of entries that were left
            out because one before them is missing: it was lost with its link, and all of them come again.
        """
        astray: dict[bytes, Entry] = {}
        left_out: set[bytes] = set()
        for arrival in batch:
            feed_id, entry = arrival.feed.id, arrival.entry
            there, row_of = tx.entry_at(feed_id, entry.base.seq), tx.feed(feed_id)
            if there is None and row_of is not None and entry.base.seq > row_of.head_seq + 1:
                left_out.add(entry.id)
                continue
            if feed_id in astray or (there is not None and there.entry_id != entry.id):
                astray.setdefault(feed_id, entry)
                continue
            data = entry.header if arrival.over else entry.data
            base, precedence = entry.base, int(arrival.precedence)
            row = EntryRow(entry.id, feed_id, base.seq, base.envelope, precedence, data, now, arrival.over)
            if tx.put_entry(row):
                tx.advance_feed(feed_id, entry.base.seq, entry.id)
                self.keep(tx, arrival, now)
            if arrival.feed.chain.bound is not None:
                tx.unpark(*(parked for parked in tx.parked_of_feed(feed_id) if parked.seq <= entry.base.seq))
        return astray, left_out

    def keep_all(self, tx: Transaction, batch: list[Arrival], now: int) -> None:
        for arrival in batch:
            self.keep(tx, arrival, now)

    def keep(self, tx: Transaction, arrival: Arrival, now: int) -> None:
        """Write what an entry opened to, inside the transaction that accepts it."""
        feed, entry, outcome = arrival.feed, arrival.entry, arrival.outcome
        if isinstance(outcome, Opened) and (denial := self.folding.denied(tx, feed, outcome.payload)) is not None:
            outcome = Rejected(denial)
        nation = feed.author.certificate.nation
        if isinstance(outcome, Rejected):
            denial = outcome.denial
            finding = Finding(
                AuditEvent.ENTRY_REFUSED, entry.id.hex(), self.context.code(nation), denial.clause, denial.reason
            )
            write_finding(tx, now, finding)
        if isinstance(outcome, Unreadable) and outcome.complaint is not None:
            finding = Finding(
                AuditEvent.ENVELOPE_REFUSED, entry.base.envelope.hex(), self.context.code(nation), "authentication"
            )
            write_finding(tx, now, finding)
        if isinstance(outcome, Opened | Unreadable):
            conversation = self.context.member.direct.conversations.get(feed.record.channel)
            if conversation is not None:
                keep_conversation(tx, conversation, now)
            payload = outcome.payload if isinstance(outcome, Opened) else None
            said, ck = (
                (outcome.data, outcome.ck) if isinstance(outcome, Opened) else (outcome.reason.encode("utf-8"), b"")
            )
            gone = arrival.over or (payload is not None and is_recalled(tx, feed, entry.id, payload))
            if gone and payload is not None and kind_of(payload) not in ROE:
                said, ck = b"", b""
            message = Message(
                entry_id=entry.id,
                channel=feed.record.channel,
                feed_id=feed.id,
                seq=entry.base.seq,
                n=arrival.segment,
                device=feed.record.device,
                nation=nation,
                person=feed.record.person,
                kind=int(kind_of(payload)) if payload is not None else 0,
                author_time=payload.time if payload is not None else 0,
                precedence=int(arrival.precedence),
                release=feed.record.release.packed,
                payload=said,
                ck=ck,
                received=now,
                mine=self.is_own(arrival),
                listed=outcome.listed
                if isinstance(outcome, Unreadable)
                else self.folding.takes_a_line(tx, feed.record, entry.id, payload),
                slots=arrival.slots,
            )
            self.folding.fold(tx, feed, entry, message, payload, now)
            if arrival.over and payload is not None:
                self.retaining.forget_text(tx, message, payload)
            if message.mine and message.listed:
                self._sent_before(tx, arrival, now)

    def _sent_before(self, tx: Transaction, arrival: Arrival, now: int) -> None:
        """A message of this device that came back: whoever brought it has it."""
        held = f"by {self.context.code(arrival.peer)}"
        for nation in arrival.feed.record.release.releasable:
            if nation != self.context.member.nation:
                state, detail = (Delivery.SENT, "") if nation == arrival.peer else (Delivery.HELD, held)
                tx.set_outgoing(Outgoing(arrival.entry.id, nation, state, detail, now))
