"""Who has it (SPEC, "At rest"): receipts of all devices, and the way of our own entries to each nation.

Rule 1: a receipt mark only grows; what arrives late or twice changes nothing.
Rule 2: an acknowledgement is of one entry, so each has a row of its own; of several by one device the newest in its
feed counts, in whatever order they arrive.
Rule 3: a delivery that has happened is not taken back.
Rule 4: each step of a mark is kept with its time: since when somebody has a message, later receipts do not change.
"""

from __future__ import annotations

from coalchat.store.rows import Acknowledgement, Outgoing, ReceiptMark
from coalchat.store.sql import Verbs


class ReceiptReads(Verbs):
    """Verbs that read receipt marks, acknowledgements and the outbox."""

    def receipts_of(self, feed_id: bytes, seq: int, *, at_least: int = 0) -> list[ReceiptMark]:
        """Marks that cover one place of a feed, of `at_least` this state; by device and state."""
        return self.sql.all(
            ReceiptMark,
            "WHERE feed_id = ? AND up_to >= ? AND state >= ? ORDER BY device, state",
            feed_id,
            seq,
            at_least,
        )

    def receipt_mark(self, feed_id: bytes, device: bytes, state: int) -> ReceiptMark | None:
        """How far one device has said one state of a feed."""
        return self.sql.one(ReceiptMark, "WHERE feed_id = ? AND device = ? AND state = ?", feed_id, device, state)

    def reached(self, feed_id: bytes, seq: int, device: bytes, state: int) -> int:
        """When one device first said one state of a place of a feed; 0: it has not."""
        at = self.sql.value(
            "SELECT at FROM receipt_step WHERE feed_id = ? AND device = ? AND state = ? AND up_to >= ?"
            " ORDER BY up_to LIMIT 1",
            feed_id,
            device,
            state,
            seq,
        )
        return at or 0

    def acknowledgements(self, feed_id: bytes, seq: int) -> list[Acknowledgement]:
        """How devices acknowledged the entry at one place of a feed; by device."""
        return self.sql.all(Acknowledgement, "WHERE feed_id = ? AND seq = ? ORDER BY device", feed_id, seq)

    def acknowledgement(self, feed_id: bytes, seq: int, device: bytes) -> Acknowledgement | None:
        """How one device acknowledged it."""
        return self.sql.one(Acknowledgement, "WHERE feed_id = ? AND seq = ? AND device = ?", feed_id, seq, device)

    def outgoing(self, entry_id: bytes) -> list[Outgoing]:
        """How far an entry of ours is, by nation."""
        return self.sql.all(Outgoing, "WHERE entry_id = ? ORDER BY nation", entry_id)

    def pending(self, limit: int) -> list[Outgoing]:
        """At most `limit` rows that something may still be done about: highest precedence first, then oldest."""
        rows = self.sql.run(
            "SELECT outbox.entry_id, outbox.nation, outbox.state, outbox.detail, outbox.at"
            " FROM outbox JOIN message USING (entry_id)"
            " WHERE outbox.state IN ('queued', 'sent', 'held')"  # PENDING, written as in the partial index
            " ORDER BY message.precedence DESC, message.position, outbox.nation LIMIT ?",
            limit,
        )
        return [Outgoing(*row) for row in rows]


class ReceiptWrites(ReceiptReads):
    """Verbs that write receipt marks, acknowledgements and the outbox."""

    def advance_receipt(self, mark: ReceiptMark) -> bool:
        """Move a mark forward; False if it is there or further."""
        moved = self.sql.insert(
            mark,
            "ON CONFLICT (feed_id, device, state) DO UPDATE SET up_to = excluded.up_to, nation = excluded.nation,"
            " person = excluded.person, entry_id = excluded.entry_id, receipt_id = excluded.receipt_id,"
            " at = excluded.at WHERE excluded.up_to > receipt_mark.up_to",
        )
        if moved:
            self.sql.change(
                "INSERT INTO receipt_step VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                mark.feed_id,
                mark.device,
                mark.state,
                mark.up_to,
                mark.at,
            )
        return moved

    def put_acknowledgement(self, row: Acknowledgement) -> bool:
        """Keep how a device acknowledged an entry; False if a receipt as new or newer of that device is here."""
        # A device that opened two feeds of one audience has no order between them: the id decides, the same everywhere.
        return self.sql.insert(
            row,
            "ON CONFLICT (feed_id, seq, device) DO UPDATE SET nation = excluded.nation, person = excluded.person,"
            " entry_id = excluded.entry_id, receipt_id = excluded.receipt_id, receipt_seq = excluded.receipt_seq,"
            " answer = excluded.answer, text = excluded.text, at = excluded.at"
            " WHERE (excluded.receipt_seq, excluded.receipt_id)"
            " > (acknowledgement.receipt_seq, acknowledgement.receipt_id)",
        )

    def purge_acknowledgement(self, feed_id: bytes, seq: int, receipt_id: bytes, text: str) -> bool:
        """Put a text in the place of what an acknowledgement said; False if it said nothing, or is not of this receipt."""
        return (
            self.sql.change(
                "UPDATE acknowledgement SET text = ? WHERE feed_id = ? AND seq = ? AND receipt_id = ? AND text <> ''",
                text,
                feed_id,
                seq,
                receipt_id,
            )
            > 0
        )

    def set_outgoing(self, outgoing: Outgoing) -> bool:
        """Say how far an entry of ours is on its way to a nation; False if it was delivered already.

        Raises:
            StoreConflict: the entry is not one of our messages.
        """
        return self.sql.insert(
            outgoing,
            "ON CONFLICT (entry_id, nation) DO UPDATE SET state = excluded.state, detail = excluded.detail,"
            " at = excluded.at WHERE outbox.state <> 'delivered'",
        )
