"""The tables (SPEC, "At rest"), as migrations: step n makes version n out of version n - 1.

Rule 1: a step that has been released is never edited; what changes is a new step.
Rule 2: each step is one transaction with its `user_version`: a crash leaves the old version or the new one.
Rule 3: a version that this program does not know is refused before anything is read or written.
Rule 4: a step may call `said` (`coalchat.store.said`), which every connection of `sql` has.
Rule 5: wire bytes lie in `document`, `feed`, `entry`, `parked` and `envelope`, opened ones in `message`. Nothing that
answers a client joins the second with the first.
"""

from __future__ import annotations

from typing import Final

from coalchat.store.errors import StoreNewer
from coalchat.store.sql import Sql

STEPS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """CREATE TABLE meta (
            key TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE document (
            hash BLOB PRIMARY KEY,
            tag INTEGER NOT NULL,
            issuer BLOB NOT NULL,
            number INTEGER NOT NULL,
            audience INTEGER NOT NULL,
            data BLOB NOT NULL,
            received INTEGER NOT NULL
        ) STRICT""",
        # inventory() reads this index only, already sorted
        "CREATE UNIQUE INDEX document_key ON document (tag, issuer, number, hash, audience)",
        """CREATE TABLE feed (
            feed_id BLOB PRIMARY KEY,
            device BLOB NOT NULL,
            nation INTEGER NOT NULL,
            channel BLOB NOT NULL,
            released INTEGER NOT NULL,
            head_seq INTEGER NOT NULL,
            head_id BLOB NOT NULL,
            release BLOB NOT NULL,
            record BLOB NOT NULL
        ) STRICT""",
        "CREATE INDEX feed_device ON feed (device)",
        "CREATE INDEX feed_channel ON feed (channel)",
        """CREATE TABLE entry (
            entry_id BLOB PRIMARY KEY,
            feed_id BLOB NOT NULL REFERENCES feed,
            seq INTEGER NOT NULL CHECK (seq > 0),
            envelope_id BLOB NOT NULL,
            precedence INTEGER NOT NULL,
            data BLOB NOT NULL,
            received INTEGER NOT NULL,
            UNIQUE (feed_id, seq)
        ) STRICT""",
        "CREATE INDEX entry_envelope ON entry (envelope_id)",
        """CREATE TABLE parked (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            feed_id BLOB NOT NULL,
            seq INTEGER NOT NULL,
            entry_id BLOB NOT NULL,
            envelope_id BLOB NOT NULL,
            reason TEXT NOT NULL,
            peer BLOB NOT NULL,
            size INTEGER NOT NULL GENERATED ALWAYS AS (length(data)) VIRTUAL,
            data BLOB NOT NULL,
            received INTEGER NOT NULL
        ) STRICT""",
        "CREATE INDEX parked_feed ON parked (feed_id, seq)",
        "CREATE INDEX parked_entry ON parked (entry_id)",
        "CREATE INDEX parked_envelope ON parked (envelope_id)",
        "CREATE INDEX parked_peer ON parked (peer, size)",
        "CREATE INDEX parked_received ON parked (received)",
        """CREATE TABLE envelope (
            envelope_id BLOB PRIMARY KEY,
            device BLOB NOT NULL,
            channel BLOB NOT NULL,
            release BLOB NOT NULL,
            n INTEGER NOT NULL,
            mine INTEGER NOT NULL,
            retired INTEGER NOT NULL,
            complained INTEGER NOT NULL,
            data BLOB NOT NULL,
            received INTEGER NOT NULL
        ) STRICT""",
        "CREATE INDEX envelope_author ON envelope (device, channel, release, n)",
        "CREATE INDEX envelope_segment ON envelope (n)",
        "CREATE INDEX envelope_live ON envelope (channel, release, n) WHERE mine = 1 AND retired = 0",
        "CREATE INDEX envelope_unretired ON envelope (channel) WHERE retired = 0",
        """CREATE TABLE channel (
            channel BLOB PRIMARY KEY,
            head_hash BLOB NOT NULL,
            title TEXT NOT NULL,
            data BLOB NOT NULL,
            received INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE message (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            entry_id BLOB NOT NULL UNIQUE REFERENCES entry,
            channel BLOB NOT NULL REFERENCES channel,
            feed_id BLOB NOT NULL,
            seq INTEGER NOT NULL,
            n INTEGER NOT NULL,
            device BLOB NOT NULL,
            nation INTEGER NOT NULL,
            person BLOB NOT NULL,
            kind INTEGER NOT NULL,
            author_time INTEGER NOT NULL,
            precedence INTEGER NOT NULL,
            mine INTEGER NOT NULL,
            listed INTEGER NOT NULL,
            release BLOB NOT NULL,
            ck BLOB NOT NULL,
            payload BLOB NOT NULL,
            received INTEGER NOT NULL,
            UNIQUE (feed_id, seq)
        ) STRICT""",
        # pages come out of it in order, and unread_counts() reads nothing else
        "CREATE INDEX message_channel ON message (channel, position, mine) WHERE listed = 1",
        """CREATE TABLE read_mark (
            channel BLOB PRIMARY KEY REFERENCES channel,
            position INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE receipt_mark (
            feed_id BLOB NOT NULL,
            device BLOB NOT NULL,
            state INTEGER NOT NULL,
            up_to INTEGER NOT NULL CHECK (up_to > 0),
            nation INTEGER NOT NULL,
            person BLOB NOT NULL,
            entry_id BLOB NOT NULL,
            receipt_id BLOB NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (feed_id, device, state)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE outbox (
            entry_id BLOB NOT NULL REFERENCES message (entry_id),
            nation INTEGER NOT NULL,
            state TEXT NOT NULL,
            detail TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (entry_id, nation)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX outbox_pending ON outbox (entry_id) WHERE state IN ('queued', 'sent', 'held')",
        """CREATE TABLE event (
            cursor INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            data BLOB NOT NULL
        ) STRICT""",
        """CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            event TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE peer (
            address TEXT PRIMARY KEY,
            added INTEGER NOT NULL,
            note TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE posted (
            client TEXT NOT NULL,
            client_id TEXT NOT NULL,
            entry_id BLOB NOT NULL REFERENCES message (entry_id),
            PRIMARY KEY (client, client_id)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE invite (
            invite_id BLOB PRIMARY KEY,
            state TEXT NOT NULL,
            key BLOB NOT NULL,
            data BLOB NOT NULL,
            expires INTEGER NOT NULL
        ) STRICT""",
    ),
    (
        # A watermark in receipt_mark would hide an older acknowledgement behind a newer one. There is nothing to move:
        # before this step no program made one.
        """CREATE TABLE acknowledgement (
            feed_id BLOB NOT NULL,
            seq INTEGER NOT NULL CHECK (seq > 0),
            device BLOB NOT NULL,
            nation INTEGER NOT NULL,
            person BLOB NOT NULL,
            entry_id BLOB NOT NULL,
            receipt_id BLOB NOT NULL,
            receipt_seq INTEGER NOT NULL,
            answer INTEGER NOT NULL,
            text TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (feed_id, seq, device)
        ) STRICT, WITHOUT ROWID""",
        # unread_counts() also says the highest precedence, and still reads nothing else
        "DROP INDEX message_channel",
        "CREATE INDEX message_channel ON message (channel, position, mine, precedence) WHERE listed = 1",
    ),
    ("CREATE INDEX message_unreadable ON message (n) WHERE kind = 0",),  # what a late key may open, at each that comes
    (
        # Retention goes by the segments of envelopes: what is purged is looked at no more.
        "ALTER TABLE envelope ADD COLUMN purged INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX envelope_kept ON envelope (n) WHERE purged = 0",
        "ALTER TABLE entry ADD COLUMN bare INTEGER NOT NULL DEFAULT 0",
        "DROP INDEX entry_envelope",
        "CREATE INDEX entry_whole ON entry (envelope_id) WHERE bare = 0",
    ),
    (
        # devices that a person confirmed by words: only these are addressed in direct messages
        """CREATE TABLE confirmed (
            device BLOB PRIMARY KEY,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
    ),
    # whether a message was sealed to a superseded key is asked whenever it is shown
    ("ALTER TABLE message ADD COLUMN slots BLOB NOT NULL DEFAULT x''",),
    (
        # what became of a message is asked whenever it is shown
        """CREATE TABLE version (
            entry_id BLOB PRIMARY KEY,
            first BLOB NOT NULL,
            number INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX version_first ON version (first)",
        """CREATE TABLE recall (
            entry_id BLOB NOT NULL,
            retraction_id BLOB NOT NULL,
            reason INTEGER NOT NULL,
            PRIMARY KEY (entry_id, retraction_id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX recall_retraction ON recall (retraction_id)",
        """CREATE TABLE confirmation (
            retraction_id BLOB NOT NULL,
            device BLOB NOT NULL,
            nation INTEGER NOT NULL,
            person BLOB NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (retraction_id, device)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX message_retraction ON message (position) WHERE kind = 69",  # what is to be confirmed
    ),
    ("CREATE INDEX message_roe ON message (position) WHERE kind IN (71, 72)",),  # read whole whenever ROE are shown
    (
        # what is ordered in a channel is asked whenever something is sent there
        """CREATE TABLE notice (
            entry_id BLOB PRIMARY KEY,
            channel BLOB NOT NULL,
            device BLOB NOT NULL,
            notice INTEGER NOT NULL,
            number INTEGER NOT NULL,
            active INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX notice_channel ON notice (channel, notice, number)",
        # a watermark forgets when it was further back: who has a message since when is asked of these
        """CREATE TABLE receipt_step (
            feed_id BLOB NOT NULL,
            device BLOB NOT NULL,
            state INTEGER NOT NULL,
            up_to INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (feed_id, device, state, up_to)
        ) STRICT, WITHOUT ROWID""",
        "INSERT INTO receipt_step SELECT feed_id, device, state, up_to, at FROM receipt_mark",
    ),
    (
        # what can be found: the newest version of what is listed and can be read
        """CREATE VIEW searched AS SELECT position, text FROM (
            SELECT position, said(kind, payload) AS text
            FROM message LEFT JOIN version AS own ON own.entry_id = message.entry_id
            WHERE listed = 1 AND kind <> 0 AND payload <> x'' AND NOT EXISTS (
                SELECT 1 FROM version AS newer CROSS JOIN message AS other ON other.entry_id = newer.entry_id
                WHERE newer.first = coalesce(own.first, message.entry_id) AND newer.number > 1
                AND (newer.number, newer.entry_id) > (coalesce(own.number, 1), message.entry_id)
                AND other.listed = 1 AND other.nation = message.nation AND other.person = message.person
                AND other.channel = message.channel AND other.release = message.release
            )
        ) WHERE text <> ''""",
        # by which text: asked for each line of a page, and of what is found only
        "CREATE VIEW search_text AS SELECT position, said(kind, payload) AS text FROM message",
        """CREATE VIRTUAL TABLE search USING fts5 (
            text, content='search_text', content_rowid='position', tokenize='unicode61 remove_diacritics 2'
        )""",
        # what is taken out is overwritten at once, and not when it happens to be merged
        "INSERT INTO search (search, rank) VALUES ('secure-delete', 1)",
        "INSERT INTO search (rowid, text) SELECT position, text FROM searched",
        # all that a search filters by, in the order in which it goes
        "CREATE INDEX message_found ON message (position, channel, nation, person, author_time) WHERE listed = 1",
    ),
    (
        # the next serial of a person's reports is asked for at each
        """CREATE TABLE report (
            entry_id BLOB PRIMARY KEY,
            form TEXT NOT NULL,
            serial INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX report_form ON report (form)",
        "CREATE INDEX message_report ON message (position) WHERE kind = 74",
    ),
    (
        # who stands in for a nation, and what was stated anew for who came later
        "ALTER TABLE notice ADD COLUMN first BLOB NOT NULL DEFAULT x''",
        "ALTER TABLE notice ADD COLUMN person BLOB NOT NULL DEFAULT x''",
        "ALTER TABLE notice ADD COLUMN until INTEGER NOT NULL DEFAULT 0",
        "UPDATE notice SET first = entry_id",
    ),
)


def migrate(sql: Sql, steps: tuple[tuple[str, ...], ...] = STEPS) -> None:
    """Bring a database to the newest version.

    Raises:
        StoreNewer: it is of a version beyond `steps`.
        StoreError, StoreCorrupt: a step failed; the versions before it stand.
    """
    version = sql.value("PRAGMA user_version")
    if version > len(steps):
        raise StoreNewer(f"its version is {version}, this program knows {len(steps)}")
    for number, step in enumerate(steps[version:], version + 1):
        sql.begin()
        try:
            for statement in step:
                sql.change(statement)
            sql.change(f"PRAGMA user_version = {number}")
            sql.change("COMMIT")
        finally:
            sql.rollback()
