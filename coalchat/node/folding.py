"""Folding what was opened into what clients see (SPEC 10.5): messages, receipt marks, deliveries, events.

Runs inside the transaction that accepts an entry, on the writer: it touches the store only.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from coalchat.api.events import MessageArrived, ReceiptArrived, RoeChanged
from coalchat.api.vocabulary import Answer, State
from coalchat.api.vocabulary import Precedence as PrecedenceWord
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.feeds import KnownFeed
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.noticing import is_stated_anew, keep_notice
from coalchat.node.quoting import denied_originals
from coalchat.node.reporting import keep_report
from coalchat.node.retracting import denied_recall, keep_confirmation, keep_recall
from coalchat.node.versioning import denied_correction, keep_version
from coalchat.store.faces import Transaction
from coalchat.store.rows import Acknowledgement, Delivery, Message, Outgoing, ReceiptMark
from protocol.base.errors import Denied
from protocol.base.ids import Tag
from protocol.messages.entry import Entry
from protocol.messages.feed import FeedRecord
from protocol.messages.notices import NoticePayload
from protocol.messages.payload import Payload, Spoken
from protocol.messages.receipts import Range, ReceiptPayload, ReceiptState, Response
from protocol.messages.refs import Relation
from protocol.messages.roe import RoeEndorsementPayload, RoeNoticePayload
from protocol.messages.versions import PurgedPayload, RetractionPayload
from protocol.trust.credential import Precedence

ANSWERS = {
    Response.NONE: Answer.NONE,
    Response.WILCO: Answer.WILCO,
    Response.UNABLE: Answer.UNABLE,
    Response.CAVEAT: Answer.CAVEAT,
}
STATES = {
    ReceiptState.DELIVERED: State.DELIVERED,
    ReceiptState.READ: State.READ,
    ReceiptState.ACKNOWLEDGED: State.ACKNOWLEDGED,
}

LINES = Spoken | RetractionPayload | RoeNoticePayload | NoticePayload
"""Payloads that take a line."""

MAX_TOLD = 256
"""Messages of ours that one receipt can be told of singly; a receipt that covers more is told of the newest."""


@attrs.define(eq=False)
class Folding:
    """The node's part for what an opened entry changes."""

    context: Context = attrs.field(repr=False)

    def denied(self, tx: Transaction, feed: KnownFeed, payload: Payload) -> Denied | None:
        """Whether what an author says goes with what stands here already; None: it does."""
        denial = denied_originals(tx, feed.label, payload)
        denial = denied_correction(tx, feed, payload) if denial is None else denial
        return denied_recall(tx, feed, payload) if denial is None else denial

    def takes_a_line(self, tx: Transaction, feed: FeedRecord, entry: bytes, payload: Payload | None) -> bool:
        """Whether what an entry says is shown as a line of its channel.

        A reissue of what was read already is not shown again; nor is a notice whose words stand here already, whichever came
        first.
        """
        if not isinstance(payload, LINES):
            return False
        if isinstance(payload, NoticePayload):
            return not is_stated_anew(self.context, tx, feed, entry, payload)
        originals = [ref.entry for ref in payload.refs if ref.relation == Relation.REISSUE]
        known = (tx.message(original) for original in originals)
        return not any(message is not None and message.kind != 0 for message in known)

    def fold(
        self, tx: Transaction, feed: KnownFeed, entry: Entry, message: Message, payload: Payload | None, now: int
    ) -> None:
        """Keep a message, and what it changes."""
        position = tx.put_message(message)
        if position is None:
            return
        if message.listed:
            write_event(
                tx,
                now,
                MessageArrived(
                    channel_id=message.channel.hex(),
                    entry_id=message.entry_id.hex(),
                    position=position,
                    author_nation=self.context.code(message.nation),
                    precedence=PrecedenceWord(Precedence(message.precedence).name),
                    mine=message.mine,
                ),
            )
        keep_report(tx, message, payload)
        if isinstance(payload, RoeNoticePayload | RoeEndorsementPayload):
            name = payload.notice if isinstance(payload, RoeEndorsementPayload) else message.entry_id
            write_event(tx, now, RoeChanged(channel_id=message.channel.hex(), entry_id=name.hex()))
        keep_version(tx, message, payload, now)
        tx.index(position)
        if isinstance(payload, RetractionPayload):
            keep_recall(tx, self.context.code(message.nation), message, payload, now)
        if isinstance(payload, NoticePayload):
            keep_notice(tx, message, payload, now)
        if isinstance(payload, PurgedPayload) and self._sees(tx, feed, entry, payload.of, now):
            keep_confirmation(tx, feed, payload, now)
        if isinstance(payload, ReceiptPayload):
            for covered in payload.ranges:
                self._receipt(tx, feed, entry, payload, covered, now)

    def _receipt(
        self, tx: Transaction, feed: KnownFeed, entry: Entry, payload: ReceiptPayload, covered: Range, now: int
    ) -> None:
        if not self._sees(tx, feed, entry, covered, now):
            return
        state = ReceiptState(payload.state)
        if state is ReceiptState.ACKNOWLEDGED:
            self._acknowledged(tx, feed, entry, payload, covered, now)
        else:
            self._reached(tx, feed, entry, payload, covered, state, covered.up_to, now)

    def _sees(self, tx: Transaction, feed: KnownFeed, entry: Entry, covered: Range, now: int) -> bool:
        """Whether a receipt is of what stands here, and for its readers; else it is written down."""
        target = tx.feed(covered.feed)
        seen = None if target is None else tx.entry_at(covered.feed, covered.up_to)
        same_audience = target is not None and (target.channel, target.release) == (
            feed.record.channel,
            feed.record.release.packed,
        )
        if not same_audience or (seen is not None and seen.entry_id != covered.entry):
            clause = "receipt-branch" if same_audience else "receipt-audience"
            code = self.context.code(feed.author.certificate.nation)
            saw = f"its author saw {covered.entry.hex()} at number {covered.up_to}" if same_audience else ""
            write_finding(tx, now, Finding(AuditEvent.RECEIPT_REFUSED, entry.id.hex(), code, clause, saw))
            return False
        return True

    def _acknowledged(
        self, tx: Transaction, feed: KnownFeed, entry: Entry, payload: ReceiptPayload, covered: Range, now: int
    ) -> None:
        """It is of the named entry only, and says that this one and those before it were read."""
        row = Acknowledgement(
            feed_id=covered.feed,
            seq=covered.up_to,
            device=feed.record.device,
            nation=feed.author.certificate.nation,
            person=feed.record.person,
            entry_id=covered.entry,
            receipt_id=entry.id,
            receipt_seq=entry.base.seq,
            answer=payload.response,
            text=payload.text,
            at=payload.time,
        )
        if tx.put_acknowledgement(row):
            messages = tx.messages_of_feed(covered.feed, covered.up_to, after=covered.up_to - 1)
            self._tell(tx, feed, ReceiptState.ACKNOWLEDGED, messages, now)
        self._reached(tx, feed, entry, payload, covered, ReceiptState.READ, covered.up_to - 1, now)

    def _reached(
        self,
        tx: Transaction,
        feed: KnownFeed,
        entry: Entry,
        payload: ReceiptPayload,
        covered: Range,
        state: ReceiptState,
        told: int,
        now: int,
    ) -> None:
        """All entries up to the named one are in this state; clients are told of those up to `told`."""
        before = tx.receipt_mark(covered.feed, feed.record.device, int(state))
        mark = ReceiptMark(
            feed_id=covered.feed,
            device=feed.record.device,
            nation=feed.author.certificate.nation,
            person=feed.record.person,
            state=int(state),
            up_to=covered.up_to,
            entry_id=covered.entry,
            receipt_id=entry.id,
            at=payload.time,
        )
        if tx.advance_receipt(mark):
            after = max(0 if before is None else before.up_to, covered.up_to - MAX_TOLD)
            self._tell(tx, feed, state, tx.messages_of_feed(covered.feed, told, after=after), now)

    def _tell(
        self, tx: Transaction, feed: KnownFeed, state: ReceiptState, messages: Iterable[Message], now: int
    ) -> None:
        """Move our own messages on, and tell clients of each; also of what this device itself acknowledged."""
        certificate = feed.author.certificate
        answered = feed.record.device == self.context.member.device and state is ReceiptState.ACKNOWLEDGED
        for message in messages:
            if state is ReceiptState.ACKNOWLEDGED and message.kind == Tag.ROE_NOTICE:
                write_event(tx, now, RoeChanged(channel_id=message.channel.hex(), entry_id=message.entry_id.hex()))
            if not message.listed or not (message.mine or answered):
                continue
            if message.mine and certificate.nation != self.context.member.nation:
                tx.set_outgoing(Outgoing(message.entry_id, certificate.nation, Delivery.DELIVERED, "", now))
            write_event(
                tx,
                now,
                ReceiptArrived(
                    channel_id=message.channel.hex(),
                    entry_id=message.entry_id.hex(),
                    nation=self.context.code(certificate.nation),
                    person=certificate.name,
                    device=certificate.number,
                    state=STATES[state],
                ),
            )
