"""Entries that wait (SPEC, "At rest"): not yet authentic, or their feed record or envelope is not here.

A parked entry takes no place in its feed and is shown to nobody. The caller keeps the caps: it asks `count_parked` and
`parked_bytes` before it parks. One entry id may wait in several copies whose signatures differ, for a relay may have
swapped one of them.
"""

from __future__ import annotations

from coalchat.store.rows import Parked
from coalchat.store.sql import Verbs


class ParkingReads(Verbs):
    """Verbs that read what waits."""

    def parked_of_feed(self, feed_id: bytes) -> list[Parked]:
        """What waits in a feed, by seq, then in the order it came."""
        return self.sql.all(Parked, "WHERE feed_id = ? ORDER BY seq, number", feed_id)

    def parked_for_envelope(self, envelope_id: bytes) -> list[Parked]:
        """What waits under an envelope, for whatever reason; by feed and seq."""
        return self.sql.all(Parked, "WHERE envelope_id = ? ORDER BY feed_id, seq, number", envelope_id)

    def count_parked(self, feed_id: bytes) -> int:
        """How many entries wait in a feed."""
        return int(self.sql.value("SELECT count(*) FROM parked WHERE feed_id = ?", feed_id))

    def parked_bytes(self, peer: bytes) -> int:
        """Bytes of entries from one peer that wait."""
        return int(self.sql.value("SELECT coalesce(sum(size), 0) FROM parked WHERE peer = ?", peer))


class ParkingWrites(ParkingReads):
    """Verbs that park and unpark."""

    def park(self, parked: Parked) -> bool:
        """Let an entry wait; False if the very same bytes wait already."""
        if self.sql.run("SELECT 1 FROM parked WHERE entry_id = ? AND data = ?", parked.entry_id, parked.data):
            return False
        self.sql.append(parked)
        return True

    def unpark(self, *parked: Parked) -> int:
        """Forget entries that waited; how many there were."""
        return sum(self.sql.change("DELETE FROM parked WHERE number = ?", one.number) for one in parked)

    def drop_parked(self, before: int) -> int:
        """Forget what has waited since before a time; how many."""
        return self.sql.change("DELETE FROM parked WHERE received < ?", before)
