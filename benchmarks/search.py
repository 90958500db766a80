"""Search over 100,000 messages: the store's verb beside a bare FTS5 table that holds the same texts; and what the index costs.

Both are SQLCipher with the store's settings. The bare table gives the newest rowids with their texts; the verb gives whole
messages, with what matched, narrowed where that is asked for. The bound is twice the bare query and a millisecond.
Inserting goes by the same verbs into two stores, of which one keeps no index: 256 messages a commit, as a busy node writes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlcipher3 import dbapi2

from benchmarks.store import KEY, PRAGMAS, Feeds, Received
from benchmarks.table import Row, timed
from benchmarks.turns import ROUNDS, Rounds, seconds_each, stopwatch
from coalchat.store import private
from coalchat.store.faces import Reader, Transaction
from coalchat.store.schema import migrate
from coalchat.store.searching import Sought, terms
from coalchat.store.sql import Sql
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from protocol.vectors.world import NOW

SECTION: Final = "search over 100,000 messages"
MESSAGES: Final = 100_000
BATCH: Final = 256
AUTHORS: Final = 16
WORDS: Final = 20_000
"""Different words; how often each is used falls off as in a language."""
LENGTH: Final = 30
"""Words of a message: some 200 bytes."""
PAGE: Final = 50
TIMES: Final = 20
INSERTS: Final = 8
"""Batches of one round."""

ASKED: Final = (
    ("a word of every third message", "w3"),
    ("a rare word", "w9000"),
    ("two words", "w12 w40"),
    ("a phrase", '"w1 w2"'),
    ("how a word begins", "w123*"),
    ("a word that nobody said", "unsaid"),
)


def run() -> Iterator[Row]:
    with TemporaryDirectory(prefix="coalchat-bench-") as directory:
        home = Path(directory) / "home"
        home.mkdir(mode=0o700)
        yield from _run(home)


def _run(home: Path) -> Iterator[Row]:
    draw = random.Random(7)
    ranks, weights = range(1, WORDS + 1), [1 / rank for rank in range(1, WORDS + 1)]
    texts = [" ".join(f"w{rank}" for rank in draw.choices(ranks, weights, k=LENGTH)) for _ in range(MESSAGES)]
    feeds = Feeds.make(AUTHORS)
    indexed = _store(home / "indexed.db", feeds)
    bare = _bare(home / "bare.db")
    for start in range(0, MESSAGES, BATCH):
        part = texts[start : start + BATCH]
        _insert(indexed, _received(feeds, part), index=True)
        bare.execute("BEGIN")
        bare.executemany("INSERT INTO bare (text) VALUES (?)", [(text,) for text in part])
        bare.execute("COMMIT")
    reader = Reader(Sql.open(home / "indexed.db", KEY, read_only=True))
    assert reader.sql.value("SELECT count(*) FROM search_docsize") == MESSAGES
    for what, words in ASKED:
        yield _query(what, Sought(terms(words)), reader, bare)
    some, nowhere = feeds.channel.channel, bytes(16)
    yield _query("the same word in its channel", Sought(terms("w3"), channel=some, since=NOW), reader, bare)
    yield _query(
        "the same word in a channel without it", Sought(terms("w900"), channel=nowhere), reader, bare, some=False
    )
    yield _inserting(home, indexed, feeds, texts)


def _query(what: str, sought: Sought, reader: Reader, bare: Any, *, some: bool = True) -> Row:
    statement = "SELECT rowid, text FROM bare WHERE bare MATCH ? ORDER BY rowid DESC LIMIT ?"
    expected = [rowid for rowid, _ in bare.execute(statement, (sought.terms, PAGE)).fetchall()]
    assert [one.message.position for one in reader.found(sought, limit=PAGE)] == (expected if some else [])
    rounds = Rounds()
    for _ in range(ROUNDS):
        ours = seconds_each(lambda: reader.found(sought, limit=PAGE), TIMES)
        beside = seconds_each(lambda: bare.execute(statement, (sought.terms, PAGE)).fetchall(), TIMES)
        rounds.add(ours, 2 * beside + 1e-3)
    return timed(SECTION, f"{what}, beside twice bare + 1 ms", rounds, goal=1.0)


def _inserting(home: Path, indexed: Sql, feeds: Feeds, texts: Sequence[str]) -> Row:
    """Beside a store of as many messages that has no index of them."""
    plain_feeds = Feeds.make(AUTHORS)
    plain = _store(home / "plain.db", plain_feeds)
    for start in range(0, MESSAGES, BATCH):
        _insert(plain, _received(plain_feeds, texts[start : start + BATCH]), index=False)
    rounds = Rounds()
    for number in range(ROUNDS):
        taken = []
        for sql, to, index in ((indexed, feeds, True), (plain, plain_feeds, False)):
            parts = [
                _received(to, texts[place * BATCH : (place + 1) * BATCH])
                for place in range(number * INSERTS, (number + 1) * INSERTS)
            ]
            elapsed = stopwatch()
            for part in parts:
                _insert(sql, part, index=index)
            taken.append(elapsed())
        rounds.add(*taken)
    return timed(SECTION, "indexed insert beside plain", rounds, work=INSERTS * BATCH, unit="/s", goal=0.3)


def _store(path: Path, feeds: Feeds) -> Sql:
    private.create(path)
    sql = Sql.open(path, KEY)
    migrate(sql)
    sql.begin()
    feeds.put(Transaction(sql))
    sql.change("COMMIT")
    return sql


def _bare(path: Path) -> Any:
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.set_key(bytearray(f"x'{KEY.hex()}'", "ascii"))
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
    connection.execute("CREATE VIRTUAL TABLE bare USING fts5 (text, tokenize='unicode61 remove_diacritics 2')")
    return connection


def _received(feeds: Feeds, texts: Sequence[str]) -> list[Received]:
    found = []
    for number, text in enumerate(texts):
        feeds.payload = encode_payload(TextPayload(FORMAT, NOW, False, (), text, 0))
        found.append(feeds.next(number % AUTHORS))
    return found


def _insert(sql: Sql, received: Sequence[Received], *, index: bool) -> None:
    tx = Transaction(sql)
    sql.begin()
    for one in received:
        position = one.write(tx)
        if index:
            assert tx.index(position)
    sql.change("COMMIT")
