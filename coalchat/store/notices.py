"""Channel notices (SPEC, "At rest"): which orders were given in a channel, and who stands in for a nation there, each by which device.

Rule 1: every notice that was opened has a row, whoever gave it: whose counts is decided when it is asked, for admins change.
Rule 2: a row stays when the body of its message is purged: an order outlives its reason's text.
"""

from __future__ import annotations

import attrs

from coalchat.store.rows import Row
from coalchat.store.sql import Verbs


@attrs.frozen
class Notice(Row):
    """One device has put an order on in a channel, or lifted it; or said who stands in for its nation, or that nobody does.

    `first` is the notice that said it first: its own id, where it was not stated anew. `at`: since when it is so.
    """

    TABLE = "notice"

    entry_id: bytes
    channel: bytes
    device: bytes
    notice: int
    number: int
    active: bool = attrs.field(converter=bool)
    at: int
    first: bytes
    person: bytes
    until: int


class NoticeReads(Verbs):
    """Verbs that read notices."""

    def notices(self, channel: bytes, notice: int) -> list[Notice]:
        """All of one order in a channel, by number."""
        return self.sql.all(Notice, "WHERE channel = ? AND notice = ? ORDER BY number, entry_id", channel, notice)


class NoticeWrites(NoticeReads):
    """Verbs that write notices."""

    def put_notice(self, notice: Notice) -> bool:
        """Keep a notice; False if it is here."""
        return self.sql.insert(notice, "ON CONFLICT (entry_id) DO NOTHING")
