"""Durable writes: the store's group commit beside a bare loop over SQLCipher that writes the same rows.

One write is what a node keeps of one received message: the entry, its feed's head, the opened message, an event. The
bare loop has the same tables, key and PRAGMAs, and nothing else: no verbs, no savepoints, no checks, no tasks. It
commits each write by itself beside one task, and 256 at once beside 256 tasks, which is the most that a commit can take.
Both lie on the same disk; how fast its sync is decides most of the first row.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import attrs
import trio
from sqlcipher3 import dbapi2

from benchmarks import samples
from benchmarks.table import Row, timed
from benchmarks.turns import ROUNDS, Rounds, stopwatch
from coalchat.store.faces import Transaction
from coalchat.store.rows import Channel, Entry, Feed, Message
from coalchat.store.runner import in_thread
from coalchat.store.said import functions
from coalchat.store.schema import STEPS
from coalchat.store.writer import MAX_BATCH, Store, open_store
from protocol.base.ids import Tag
from protocol.messages.payload import encode_payload
from protocol.vectors.world import NOW

SECTION: Final = "durable writes, one received message each"
KEY: Final = bytes(range(32))
WRITES_OF_ONE: Final = 200
WRITES_OF_EACH: Final = 8

PRAGMAS: Final = {
    "cipher_log_level": "NONE",
    "temp_store": "MEMORY",
    "foreign_keys": "ON",
    "secure_delete": "ON",
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "journal_size_limit": "67108864",
    "cache_size": "-16384",
}
"""As the store has them; checked."""


@attrs.frozen
class Received:
    """One message, as rows."""

    entry: Entry
    message: Message

    def write(self, tx: Transaction) -> int:
        """Keep it; its position."""
        tx.put_entry(self.entry)
        tx.advance_feed(self.entry.feed_id, self.entry.seq, self.entry.entry_id)
        position = tx.put_message(self.message)
        tx.append_event(NOW, "message", self.entry.entry_id)
        assert position is not None
        return position


@attrs.define
class Feeds:
    """A channel, and the feeds of so many authors in it; each gives its next message."""

    channel: Channel
    feeds: list[Feed]
    seqs: list[int]
    wire: bytes = attrs.field(repr=False)
    payload: bytes = attrs.field(repr=False)

    @classmethod
    def make(cls, count: int) -> Feeds:
        draw = secrets.token_bytes
        channel = Channel(draw(16), draw(32), "ops", draw(200), NOW)
        feeds = [Feed(draw(16), draw(16), 1, channel.channel, draw(40), draw(300), 0b11) for _ in range(count)]
        text = samples.text()
        return cls(channel, feeds, [0] * count, samples.entry(text).data, encode_payload(text))

    def put(self, tx: Transaction) -> None:
        tx.put_channel(self.channel)
        for feed in self.feeds:
            tx.put_feed(feed)

    def next(self, author: int) -> Received:
        feed = self.feeds[author]
        self.seqs[author] += 1
        seq, name = self.seqs[author], secrets.token_bytes(32)
        return Received(
            Entry(name, feed.feed_id, seq, bytes(32), 0, self.wire, NOW),
            Message(
                entry_id=name,
                channel=feed.channel,
                feed_id=feed.feed_id,
                seq=seq,
                n=80_000,
                device=feed.device,
                nation=1,
                person=bytes(16),
                kind=int(Tag.TEXT),
                author_time=NOW,
                precedence=0,
                release=feed.release,
                payload=self.payload,
                ck=bytes(32),
                received=NOW,
            ),
        )

    def batch(self, each: int) -> list[list[Received]]:
        """So many of each author, in turns."""
        return [[self.next(author) for author in range(len(self.feeds))] for _ in range(each)]


def run() -> Iterator[Row]:
    with TemporaryDirectory(prefix="coalchat-bench-") as directory:
        yield from trio.run(_run, Path(directory))


async def _run(directory: Path) -> list[Row]:
    one, many = Rounds(), Rounds()
    async with (
        trio.open_nursery() as nursery,
        open_store(directory / "ours.db", KEY, nursery=nursery, run_sync=in_thread()) as store,
    ):
        with bare(directory / "bare.db") as connection:
            _same_settings(store, connection)
            for authors, each, rounds in ((1, WRITES_OF_ONE, one), (MAX_BATCH, WRITES_OF_EACH, many)):
                ours, peers = Feeds.make(authors), Feeds.make(authors)
                await store.write(ours.put)
                bare_feeds(connection, peers)
                for _ in range(ROUNDS):
                    rounds.add(await grouped(store, ours.batch(each)), plain(connection, peers.batch(each)))
    return [
        timed(SECTION, "one task", one, work=WRITES_OF_ONE, unit="/s"),
        timed(SECTION, f"{MAX_BATCH} tasks", many, work=MAX_BATCH * WRITES_OF_EACH, unit="/s"),
    ]


async def grouped(store: Store, turns: list[list[Received]]) -> float:
    """Seconds for one task an author, each of which waits for its write before the next."""

    async def author(index: int) -> None:
        for turn in turns:
            await store.write(turn[index].write)

    elapsed = stopwatch()
    async with trio.open_nursery() as nursery:
        for index in range(len(turns[0])):
            nursery.start_soon(author, index)
    return elapsed()


# --- the bare loop ---


@contextmanager
def bare(path: Path) -> Iterator[Any]:
    """A connection to a new database with the store's tables."""
    connection = dbapi2.connect(str(path), isolation_level=None, cached_statements=256)
    try:
        connection.set_key(bytearray(f"x'{KEY.hex()}'", "ascii"))
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}").fetchall()
        functions(connection)
        for step in STEPS:
            for statement in step:
                connection.execute(statement)
        yield connection
    finally:
        connection.close()


def bare_feeds(connection: Any, feeds: Feeds) -> None:
    connection.execute("BEGIN IMMEDIATE")
    _insert(connection, feeds.channel)
    for feed in feeds.feeds:
        _insert(connection, feed)
    connection.execute("COMMIT")


def plain(connection: Any, turns: list[list[Received]]) -> float:
    """Seconds for a transaction a turn."""
    statements = [
        [
            (_insertion(received.entry), attrs.astuple(received.entry)),
            (_HEAD, (received.entry.seq, received.entry.entry_id, received.entry.feed_id)),
            (_insertion(received.message, 1), attrs.astuple(received.message)[:-1]),
            (_EVENT, (NOW, "message", received.entry.entry_id)),
        ]
        for turn in turns
        for received in turn
    ]
    size = len(turns[0])
    elapsed = stopwatch()
    for start in range(0, len(statements), size):
        connection.execute("BEGIN IMMEDIATE")
        for received in statements[start : start + size]:
            for statement, values in received:
                connection.execute(statement, values)
        connection.execute("COMMIT")
    return elapsed()


_HEAD: Final = "UPDATE feed SET head_seq = ?, head_id = ? WHERE feed_id = ?"
_EVENT: Final = "INSERT INTO event (at, kind, data) VALUES (?, ?, ?)"


def _insertion(row: Any, numbered: int = 0) -> str:
    """`numbered`: last columns that the table fills in itself."""
    columns = [field.name for field in attrs.fields(type(row))]
    columns = columns[: len(columns) - numbered]
    return f"INSERT INTO {row.TABLE} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


def _insert(connection: Any, row: Any) -> None:
    connection.execute(_insertion(row), attrs.astuple(row))


def _same_settings(store: Store, connection: Any) -> None:
    """Refuse to compare two databases of different settings."""
    writer = store._sql.connection
    for name in PRAGMAS:
        ours, peers = (each.execute(f"PRAGMA {name}").fetchall() for each in (writer, connection))
        assert ours == peers, f"PRAGMA {name}: {ours} and {peers}"
