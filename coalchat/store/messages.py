"""What this device opened (SPEC, "At rest"): channels, messages in the order they became readable, read marks.

A client's world: it holds what was opened here and nothing that is only carried. `position` is that order: it never
changes, is never used twice, and is the order shown, so that no line appears above what a person has read.
A message may be kept and not `listed`, as a receipt is: it proves something and takes no line.
"""

from __future__ import annotations

from coalchat.store.rows import Channel, Message, Unread
from coalchat.store.searching import SearchWrites
from coalchat.store.sql import Verbs


def _place(channel: bytes | None) -> tuple[str, tuple[bytes, ...]]:
    return ("1 = 1", ()) if channel is None else ("channel = ?", (channel,))


class MessageReads(Verbs):
    """Verbs that read channels and messages."""

    def channel(self, channel: bytes) -> Channel | None:
        """One channel."""
        return self.sql.one(Channel, "WHERE channel = ?", channel)

    def channels(self) -> list[Channel]:
        """All channels of this device, by title."""
        return self.sql.all(Channel, "ORDER BY title, channel")

    def message(self, entry_id: bytes) -> Message | None:
        """One message, listed or not."""
        return self.sql.one(Message, "WHERE entry_id = ?", entry_id)

    def messages(
        self, channel: bytes, *, after_position: int = 0, before_position: int | None = None, limit: int
    ) -> list[Message]:
        """A page of a channel's listed messages, in order: the first `limit` after a position, or the last before one."""
        if before_position is None:
            return self.sql.all(
                Message,
                "WHERE channel = ? AND listed = 1 AND position > ? ORDER BY position LIMIT ?",
                channel,
                after_position,
                limit,
            )
        page = self.sql.all(
            Message,
            "WHERE channel = ? AND listed = 1 AND position > ? AND position < ? ORDER BY position DESC LIMIT ?",
            channel,
            after_position,
            before_position,
            limit,
        )
        return page[::-1]

    def messages_of_all(
        self, *, after_position: int = 0, before_position: int | None = None, limit: int
    ) -> list[Message]:
        """Likewise a page of the listed messages of all channels."""
        if before_position is None:
            return self.sql.all(
                Message, "WHERE listed = 1 AND position > ? ORDER BY position LIMIT ?", after_position, limit
            )
        page = self.sql.all(
            Message,
            "WHERE listed = 1 AND position > ? AND position < ? ORDER BY position DESC LIMIT ?",
            after_position,
            before_position,
            limit,
        )
        return page[::-1]

    def messages_between(
        self, channel: bytes | None, since: int, until: int, *, after_position: int, limit: int
    ) -> list[Message]:
        """A page of the listed messages of a channel, or of all, that came here from `since` on and before `until`."""
        place, names = _place(channel)
        return self.sql.all(
            Message,
            f"WHERE {place} AND listed = 1 AND received >= ? AND received < ? AND position > ? ORDER BY position LIMIT ?",
            *names,
            since,
            until,
            after_position,
            limit,
        )

    def releases_between(self, channel: bytes | None, since: int, until: int) -> list[bytes]:
        """The release keys that these bear, each once."""
        place, names = _place(channel)
        rows = self.sql.run(
            f"SELECT DISTINCT release FROM message WHERE {place} AND listed = 1 AND received >= ? AND received < ?",  # noqa: S608
            *names,
            since,
            until,
        )
        return [release for (release,) in rows]

    def messages_named(self, prefix: str, *, limit: int = 2) -> list[Message]:
        """Listed messages whose id, in hex, begins so; two are enough to see that a prefix is ambiguous."""
        low = bytes.fromhex(prefix + "0" * (len(prefix) % 2))
        high = bytes.fromhex(prefix + "f" * (64 - len(prefix)))
        return self.sql.all(
            Message,
            "WHERE entry_id >= ? AND entry_id <= ? AND listed = 1 ORDER BY entry_id LIMIT ?",
            low,
            high,
            limit,
        )

    def last_position(self) -> int:
        """Position of the newest message of all channels, 0 if there was none; one more is "before the end"."""
        return int(self.sql.value("SELECT seq FROM sqlite_sequence WHERE name = 'message'") or 0)

    def messages_of_feed(self, feed_id: bytes, up_to: int, *, after: int = 0) -> list[Message]:
        """Messages of a feed from `after` (exclusive) to `up_to` (inclusive), listed or not: what a receipt covers."""
        return self.sql.all(Message, "WHERE feed_id = ? AND seq > ? AND seq <= ? ORDER BY seq", feed_id, after, up_to)

    def last_read_of_feed(self, feed_id: bytes, *, after: int, position: int) -> Message | None:
        """The last listed and readable message of a feed after a number and not behind a position."""
        return self.sql.one(
            Message,
            "WHERE feed_id = ? AND seq > ? AND position <= ? AND listed = 1 AND kind <> 0 ORDER BY seq DESC",
            feed_id,
            after,
            position,
        )

    def unreadable(self, n: int) -> list[Message]:
        """Messages that could not be read when they came, sealed in this segment or later: what a late key may open."""
        return self.sql.all(Message, "WHERE kind = 0 AND n >= ? ORDER BY n, position", n)

    def roe_log(self) -> list[Message]:
        """Notices of rules of engagement, and the signatures under them, in the order in which they became readable."""
        return self.sql.all(Message, "WHERE kind IN (71, 72) ORDER BY position")

    def unread_counts(self) -> list[Unread]:
        """For each channel that has any: listed messages of others beyond its read mark."""
        counted = self.sql.run(
            "SELECT channel.channel, count(*), max(message.precedence)"
            " FROM channel LEFT JOIN read_mark USING (channel)"
            " CROSS JOIN message ON message.channel = channel.channel"
            "   AND message.listed = 1 AND message.mine = 0 AND message.position > coalesce(read_mark.position, 0)"
            " GROUP BY channel.channel ORDER BY channel.channel"
        )
        return [Unread(*row) for row in counted]

    def read_mark(self, channel: bytes) -> int:
        """Position up to which a human has read a channel, 0 at first."""
        return self.sql.value("SELECT position FROM read_mark WHERE channel = ?", channel) or 0


class MessageWrites(MessageReads, SearchWrites):
    """Verbs that write channels and messages."""

    def put_channel(self, channel: Channel) -> bool:
        """Keep what is known of a channel now, in the place of what was; True."""
        return self.sql.insert(
            channel,
            "ON CONFLICT (channel) DO UPDATE SET head_hash = excluded.head_hash, title = excluded.title,"
            " data = excluded.data, received = excluded.received",
        )

    def put_message(self, message: Message) -> int | None:
        """Keep an opened entry; its position, or None if it is here already, which changes nothing.

        Raises:
            StoreConflict: its entry or its channel is not here, or another message stands at its (feed, seq).
        """
        if self.sql.run("SELECT 1 FROM message WHERE entry_id = ?", message.entry_id):
            return None
        return self.sql.append(message)

    def drop_unreadable(self, entry_id: bytes) -> bool:
        """Make room for a message that can be read now; False if what is here can be read already, or nothing is."""
        return self.sql.change("DELETE FROM message WHERE entry_id = ? AND kind = 0", entry_id) == 1

    def explain_unreadable(self, entry_id: bytes, reason: bytes) -> bool:
        """Say anew why a message cannot be read; False if it can be, or nothing is here."""
        return self.sql.change("UPDATE message SET payload = ? WHERE entry_id = ? AND kind = 0", reason, entry_id) == 1

    def purge_message(self, entry_id: bytes) -> bool:
        """Forget what a message said, and the key that proves it; False if that is gone, was never read, or nothing is here."""
        self.purged = True
        self.unindex(self.sql.value("SELECT position FROM message WHERE entry_id = ?", entry_id) or 0)
        return (
            self.sql.change(
                "UPDATE message SET payload = x'', ck = x'' WHERE entry_id = ? AND kind <> 0 AND payload <> x''",
                entry_id,
            )
            == 1
        )

    def advance_read_mark(self, channel: bytes, position: int) -> bool:
        """Move a read mark forward; False if it is there or further.

        Raises:
            StoreConflict: the channel is not here.
        """
        return (
            self.sql.change(
                "INSERT INTO read_mark (channel, position) VALUES (?, ?) ON CONFLICT (channel)"
                " DO UPDATE SET position = excluded.position WHERE excluded.position > read_mark.position",
                channel,
                position,
            )
            == 1
        )
