"""Feeds and their authentic entries (SPEC, "At rest"): wire bytes, whether readable here or only carried.

Rule 1: an entry's id is its place: the same id again changes nothing, another id at the same (feed, seq) is an error
that shows both.
Rule 2: a head moves forward only, and only over entries that are all here: a feed never skips.
These verbs see what is carried for others; nothing that answers a client may call them.
"""

from __future__ import annotations

from coalchat.store.errors import EntryConflict, StoreConflict
from coalchat.store.rows import EVERYONE, Entry, Feed, FeedHead
from coalchat.store.sql import Verbs


class FeedReads(Verbs):
    """Verbs that read feeds and entries."""

    def feed(self, feed_id: bytes) -> Feed | None:
        """One feed."""
        return self.sql.one(Feed, "WHERE feed_id = ?", feed_id)

    def feeds(self, *, device: bytes | None = None, channel: bytes | None = None) -> list[Feed]:
        """Feeds of a device, of a channel, of both, or all; by id."""
        wanted = [(name, value) for name, value in (("device", device), ("channel", channel)) if value is not None]
        where = f"WHERE {' AND '.join(f'{name} = ?' for name, _ in wanted)}" if wanted else ""
        return self.sql.all(Feed, f"{where} ORDER BY feed_id", *(value for _, value in wanted))

    def count_feeds(self, device: bytes) -> int:
        """How many feeds a device has opened."""
        return int(self.sql.value("SELECT count(*) FROM feed WHERE device = ?", device))

    def feed_heads(self, nations: int = EVERYONE) -> list[FeedHead]:
        """Heads of the feeds released to any of these nations (a bit set); by feed id."""
        return self.sql.all(FeedHead, "WHERE released & ? ORDER BY feed_id", nations)

    def entry(self, entry_id: bytes) -> Entry | None:
        """One entry."""
        return self.sql.one(Entry, "WHERE entry_id = ?", entry_id)

    def entry_at(self, feed_id: bytes, seq: int) -> Entry | None:
        """The entry at one place of a feed."""
        return self.sql.one(Entry, "WHERE feed_id = ? AND seq = ?", feed_id, seq)

    def entries_from(self, feed_id: bytes, seq: int, limit: int) -> list[Entry]:
        """At most `limit` entries of a feed from `seq` on, in order."""
        return self.sql.all(Entry, "WHERE feed_id = ? AND seq >= ? ORDER BY seq LIMIT ?", feed_id, seq, limit)

    def entries_under(self, envelope_id: bytes, limit: int = -1) -> list[Entry]:
        """Whole entries sealed under an envelope, all or at most `limit`; by feed and seq."""
        return self.sql.all(
            Entry, "WHERE envelope_id = ? AND bare = 0 ORDER BY feed_id, seq LIMIT ?", envelope_id, limit
        )


class FeedWrites(FeedReads):
    """Verbs that write feeds and entries."""

    def put_feed(self, feed: Feed) -> bool:
        """Open a feed; False if it is here already, which changes nothing."""
        return self.sql.insert(feed, "ON CONFLICT (feed_id) DO NOTHING")

    def put_entry(self, entry: Entry) -> bool:
        """Keep an authentic entry; False if it is here already, which changes nothing.

        Raises:
            EntryConflict: another entry stands at its place; its id is `held`.
            StoreConflict: the feed is not here, or the same id stands at another place.
        """
        if self.sql.insert(entry, "ON CONFLICT DO NOTHING"):
            return True
        there = self.entry_at(entry.feed_id, entry.seq)
        if there is None:
            raise StoreConflict(f"entry {entry.entry_id.hex()} stands at another place")
        if there.entry_id != entry.entry_id:
            raise EntryConflict(f"{entry.seq} of feed {entry.feed_id.hex()}", held=there.entry_id)
        return False

    def strip_entry(self, entry_id: bytes, header: bytes) -> bool:
        """Keep the header of an entry only; False if no more than that is here."""
        self.purged = True
        return (
            self.sql.change("UPDATE entry SET data = ?, bare = 1 WHERE entry_id = ? AND bare = 0", header, entry_id)
            == 1
        )

    def advance_feed(self, feed_id: bytes, seq: int, entry_id: bytes) -> None:
        """Move a feed's head to an entry that is here.

        Raises:
            StoreConflict: backwards, over a gap, or to an entry that is not at that place; or the feed is not here.
        """
        moved = self.sql.change(
            "UPDATE feed SET head_seq = ?2, head_id = ?3 WHERE feed_id = ?1 AND head_seq < ?2"
            " AND EXISTS (SELECT 1 FROM entry WHERE entry_id = ?3 AND feed_id = ?1 AND seq = ?2)"
            " AND ?2 - head_seq = (SELECT count(*) FROM entry WHERE feed_id = ?1 AND seq > head_seq AND seq <= ?2)",
            feed_id,
            seq,
            entry_id,
        )
        if moved != 1:
            raise StoreConflict(f"the head of feed {feed_id.hex()} cannot move to {seq}")
