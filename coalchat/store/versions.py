"""What became of messages (SPEC, "At rest"): their versions, and who recalled them.

Rule 1: a row says only what an entry claims; it counts where that entry is of the same author, channel and release key as what
it speaks of. So what came first does not matter, and nobody can take another's place by being early.
"""

from __future__ import annotations

from coalchat.store.rows import Confirmation, Message, Recall, Version
from coalchat.store.sql import Verbs


class VersionReads(Verbs):
    """Verbs that read versions and retractions."""

    def version(self, entry_id: bytes) -> Version | None:
        """Which version of what an entry is, if it is a further one."""
        return self.sql.one(Version, "WHERE entry_id = ?", entry_id)

    def versions(self, first: bytes, of: Message) -> list[tuple[int, Message]]:
        """Numbers and entries of what goes back to a first entry, by the author of a message; the newest last."""
        numbers = {row.entry_id: row.number for row in self.sql.all(Version, "WHERE first = ?", first)}
        if not numbers:
            return []
        rows = self.sql.all(
            Message,
            "WHERE entry_id IN (SELECT entry_id FROM version WHERE first = ?)"
            " AND nation = ? AND person = ? AND channel = ? AND release = ?",
            first,
            of.nation,
            of.person,
            of.channel,
            of.release,
        )
        return sorted(((numbers[row.entry_id], row) for row in rows), key=lambda one: (one[0], one[1].entry_id))

    def recalls_of(
        self, entry_id: bytes, nation: int, person: bytes, channel: bytes, release: bytes
    ) -> list[tuple[int, Message]]:
        """Reasons and retractions by which the author of an entry recalled it; the first one first."""
        reasons = {row.retraction_id: row.reason for row in self.sql.all(Recall, "WHERE entry_id = ?", entry_id)}
        if not reasons:
            return []
        rows = self.sql.all(
            Message,
            "WHERE entry_id IN (SELECT retraction_id FROM recall WHERE entry_id = ?)"
            " AND nation = ? AND person = ? AND channel = ? AND release = ? ORDER BY position",
            entry_id,
            nation,
            person,
            channel,
            release,
        )
        return [(reasons[row.entry_id], row) for row in rows]

    def recalls(self, retraction_id: bytes) -> list[Recall]:
        """What a retraction recalls, by id."""
        return self.sql.all(Recall, "WHERE retraction_id = ? ORDER BY entry_id", retraction_id)

    def confirmations(self, retraction_id: bytes) -> list[Confirmation]:
        """Devices that confirmed a retraction; by device."""
        return self.sql.all(Confirmation, "WHERE retraction_id = ? ORDER BY device", retraction_id)

    def unconfirmed(self, device: bytes) -> list[Message]:
        """Retractions of others that a device has not confirmed, in the order they came."""
        return self.sql.all(
            Message,
            "WHERE kind = 69 AND position > 0 AND mine = 0 AND listed = 1 AND NOT EXISTS"
            " (SELECT 1 FROM confirmation WHERE retraction_id = entry_id AND device = ?) ORDER BY position",
            device,
        )


class VersionWrites(VersionReads):
    """Verbs that write versions and retractions."""

    def put_version(self, version: Version) -> bool:
        """Keep which version an entry is; False if that is here."""
        return self.sql.insert(version, "ON CONFLICT (entry_id) DO NOTHING")

    def put_recall(self, recall: Recall) -> bool:
        """Keep that a retraction recalls an entry; False if that is here."""
        return self.sql.insert(recall, "ON CONFLICT (entry_id, retraction_id) DO NOTHING")

    def put_confirmation(self, confirmation: Confirmation) -> bool:
        """Keep that a device confirmed a retraction; False if it had done so."""
        return self.sql.insert(confirmation, "ON CONFLICT (retraction_id, device) DO NOTHING")
