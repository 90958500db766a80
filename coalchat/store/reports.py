"""Which messages are reports (SPEC, "At rest"): by form and serial, which stay when the body is gone."""

from __future__ import annotations

import attrs

from coalchat.store.rows import Message, Row
from coalchat.store.sql import Verbs


@attrs.frozen
class ReportRow(Row):
    """An entry is a report on a form, with a serial."""

    TABLE = "report"

    entry_id: bytes
    form: str
    serial: int


class ReportReads(Verbs):
    """Verbs that read reports."""

    def report(self, entry_id: bytes) -> ReportRow | None:
        """What a report is, also when its body is gone."""
        return self.sql.one(ReportRow, "WHERE entry_id = ?", entry_id)

    def last_serial(self, form: str, nation: int, person: bytes, channel: bytes, release: bytes) -> int:
        """The highest serial of a person's reports on a form, in a channel under a release key; 0: there is none."""
        return int(
            self.sql.value(
                "SELECT max(serial) FROM report JOIN message USING (entry_id)"
                " WHERE form = ? AND nation = ? AND person = ? AND channel = ? AND release = ?",
                form,
                nation,
                person,
                channel,
                release,
            )
            or 0
        )

    def count_reports(self, form: str) -> int:
        """How many reports on a form there are."""
        return int(self.sql.value("SELECT count(*) FROM report WHERE form = ?", form))

    def reports(self, *, channel: bytes | None, form: str, before_position: int, limit: int) -> list[Message]:
        """The last listed reports before a position, in order; of one channel, on one form ("": on any)."""
        page = self.sql.all(
            Message,
            "WHERE kind = 74 AND listed = 1 AND position < ? AND (? IS NULL OR channel = ?)"
            " AND (? = '' OR entry_id IN (SELECT entry_id FROM report WHERE form = ?)) ORDER BY position DESC LIMIT ?",
            before_position,
            channel,
            channel,
            form,
            form,
            limit,
        )
        return page[::-1]


class ReportWrites(ReportReads):
    """Verbs that write reports."""

    def put_report(self, report: ReportRow) -> bool:
        """Keep what a report is; False if that is here."""
        return self.sql.insert(report, "ON CONFLICT (entry_id) DO NOTHING")
