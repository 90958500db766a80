"""What has happened (SPEC, "At rest"): events that clients follow by cursor, and the audit table.

A cursor is a number that is never used twice, even when old events are dropped: a client that comes back resumes
where it was. Events are about what this device opened and did, never about what it carries.
"""

from __future__ import annotations

from coalchat.store.rows import Audit, Event
from coalchat.store.sql import Verbs


class JournalReads(Verbs):
    """Verbs that read events and audit."""

    def events_after(self, cursor: int, limit: int) -> list[Event]:
        """At most `limit` events beyond a cursor, in order."""
        return self.sql.all(Event, "WHERE cursor > ? ORDER BY cursor LIMIT ?", cursor, limit)

    def last_cursor(self) -> int:
        """Cursor of the newest event there ever was, 0 before the first."""
        return int(self.sql.value("SELECT seq FROM sqlite_sequence WHERE name = 'event'") or 0)

    def first_cursor(self) -> int:
        """Cursor of the oldest event that is kept, 0 if there is none: a reader further behind has missed some."""
        return int(self.sql.value("SELECT coalesce(min(cursor), 0) FROM event"))

    def audit_after(self, number: int, limit: int) -> list[Audit]:
        """At most `limit` audit rows beyond a number, in order."""
        return self.sql.all(Audit, "WHERE number > ? ORDER BY number LIMIT ?", number, limit)


class JournalWrites(JournalReads):
    """Verbs that append."""

    def append_event(self, at: int, kind: str, data: bytes) -> int:
        """Tell clients something; its cursor. Whoever sleeps in `Store.wait_event` wakes when it is committed."""
        cursor = self.sql.append(Event(at, kind, data))
        self.appended = True
        return cursor

    def drop_events(self, up_to: int) -> int:
        """Forget events up to a cursor; how many."""
        return self.sql.change("DELETE FROM event WHERE cursor <= ?", up_to)

    def append_audit(self, at: int, event: str, subject: str, detail: str) -> int:
        """Account for something; its number."""
        return self.sql.append(Audit(at, event, subject, detail))
