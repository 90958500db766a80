"""TEK envelopes (SPEC, "At rest"): those this device made, those it opens, and those it only carries. Never a TEK.

Retired means: nothing new is sealed under it; what was sealed before still opens.
These verbs see what is carried for others; nothing that answers a client may call them.
"""

from __future__ import annotations

from coalchat.store.rows import Envelope, KeptEnvelope
from coalchat.store.sql import Verbs


class EnvelopeReads(Verbs):
    """Verbs that read envelopes."""

    def envelope(self, envelope_id: bytes) -> Envelope | None:
        """One envelope."""
        return self.sql.one(Envelope, "WHERE envelope_id = ?", envelope_id)

    def envelopes_of_segment(self, n: int) -> list[Envelope]:
        """Envelopes of a segment, in the order they came: what a late key may open."""
        return self.sql.all(Envelope, "WHERE n = ? ORDER BY rowid", n)

    def kept_envelopes(self, up_to: int) -> list[KeptEnvelope]:
        """Envelopes of segments up to one, under which something may not be purged; the oldest first."""
        return self.sql.all(KeptEnvelope, "WHERE purged = 0 AND n <= ? ORDER BY n", up_to)

    def live_envelope(self, channel: bytes, release: bytes, n: int) -> Envelope | None:
        """The newest envelope that this device made (`mine`) and that is not retired."""
        return self.sql.one(
            Envelope,
            "WHERE channel = ? AND release = ? AND n = ? AND mine = 1 AND retired = 0 ORDER BY rowid DESC",
            channel,
            release,
            n,
        )

    def live_envelopes_by(self, device: bytes, channel: bytes, release: bytes, n: int) -> list[Envelope]:
        """Envelopes that a device made and that are neither retired nor complained of, the newest first."""
        return self.sql.all(
            Envelope,
            "WHERE device = ? AND channel = ? AND release = ? AND n = ? AND retired = 0 AND complained = 0"
            " ORDER BY rowid DESC",
            device,
            channel,
            release,
            n,
        )

    def count_envelopes(self, device: bytes, channel: bytes, release: bytes, n: int) -> int:
        """How many envelopes a device has authored for this channel, release key and segment, retired or not."""
        return int(
            self.sql.value(
                "SELECT count(*) FROM envelope WHERE device = ? AND channel = ? AND release = ? AND n = ?",
                device,
                channel,
                release,
                n,
            )
        )


class EnvelopeWrites(EnvelopeReads):
    """Verbs that write envelopes."""

    def put_envelope(self, envelope: Envelope) -> bool:
        """Keep an envelope; False if it is here already, which changes nothing."""
        return self.sql.insert(envelope, "ON CONFLICT (envelope_id) DO NOTHING")

    def retire_envelopes(self, channel: bytes | None = None) -> int:
        """Retire the envelopes of a channel, or all: a key, charter or channel changed. How many were live."""
        if channel is None:
            return self.sql.change("UPDATE envelope SET retired = 1 WHERE retired = 0")
        return self.sql.change("UPDATE envelope SET retired = 1 WHERE channel = ? AND retired = 0", channel)

    def retire_envelope(self, envelope_id: bytes) -> bool:
        """Retire one envelope; False if it is not here or retired."""
        return (
            self.sql.change("UPDATE envelope SET retired = 1 WHERE envelope_id = ? AND retired = 0", envelope_id) == 1
        )

    def mark_purged(self, envelope_id: bytes) -> bool:
        """Note that no whole entry stands under an envelope, and none will; False if it is not here or noted already."""
        return self.sql.change("UPDATE envelope SET purged = 1 WHERE envelope_id = ? AND purged = 0", envelope_id) == 1

    def mark_complained(self, envelope_id: bytes) -> bool:
        """Note that a nation has complained of an envelope; False if it is not here or noted already."""
        return (
            self.sql.change("UPDATE envelope SET complained = 1 WHERE envelope_id = ? AND complained = 0", envelope_id)
            == 1
        )
