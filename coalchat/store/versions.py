"""What became of messages (SPEC, "At rest"): their versions.

Rule 1: a row says only what an entry claims; it counts where that entry is of the same author, channel and release key as what
it speaks of. So what came first does not matter, and nobody can take another's place by being early.
"""

from __future__ import annotations

from coalchat.store.rows import Message, Version
from coalchat.store.sql import Verbs


class VersionReads(Verbs):
    """Verbs that read versions."""

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


class VersionWrites(VersionReads):
    """Verbs that write versions."""

    def put_version(self, version: Version) -> bool:
        """Keep which version an entry is; False if that is here."""
        return self.sql.insert(version, "ON CONFLICT (entry_id) DO NOTHING")
