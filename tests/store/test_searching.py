"""Search at rest: what is found, what is not, and that nothing of what went stays in the index or in a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlcipher3 import dbapi2

from coalchat.store import private
from coalchat.store.faces import Transaction
from coalchat.store.rows import Version
from coalchat.store.said import said
from coalchat.store.schema import STEPS, migrate
from coalchat.store.searching import Sought, terms
from coalchat.store.sql import Sql
from coalchat.store.writer import Store
from protocol.base.ids import Tag
from protocol.messages.payload import FORMAT, encode_payload
from protocol.messages.refs import Ref, Relation
from protocol.messages.roe import RoeAct, RoeNoticePayload, RoeRule, RoeVerb
from protocol.messages.versions import Quote, QuotingPayload
from tests.store.makers import KEY, channel, entry, feed, ident, message, post, text

STEP = next(number for number, step in enumerate(STEPS) if any("fts5" in statement for statement in step))
"""Steps before the one that makes the index."""


def say(tx: Transaction, *texts: str, first: int = 1) -> None:
    """Messages that say so, as they are kept when they come."""
    for seq, words in enumerate(texts, first):
        assert tx.index(post(tx, seq, payload=text(words), author_time=seq * 10))


def found(store: Store, words: str, *, limit: int = 99, **wanted: object) -> list[int]:
    """Numbers of the messages that are found."""
    return [one.message.seq for one in store.read.found(Sought(terms(words), **wanted), limit=limit)]  # type: ignore[arg-type]


def vocabulary(sql: Sql) -> set[str]:
    """All terms of the index."""
    sql.run("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab (main, search, row)")
    return {term for (term,) in sql.run("SELECT term FROM vocabulary")}


def holds(sql: Sql, piece: bytes) -> bool:
    """Whether any cell of the index has these bytes."""
    rows = [
        row
        for table in ("search_data", "search_idx", "search_docsize", "search_config")
        for row in sql.run(f"SELECT * FROM {table}")
    ]
    cells = [cell.encode() if isinstance(cell, str) else cell for row in rows for cell in row]
    return any(piece in cell for cell in cells if isinstance(cell, bytes))


def sound(sql: Sql) -> None:
    """The index has the terms of what can be found, each at its place, and nothing else."""
    assert sql.run("PRAGMA integrity_check (search)") == [("ok",)]
    fresh = dbapi2.connect(":memory:")
    fresh.execute("CREATE VIRTUAL TABLE search USING fts5 (text, tokenize='unicode61 remove_diacritics 2')")
    fresh.executemany("INSERT INTO search (rowid, text) VALUES (?, ?)", sql.run("SELECT position, text FROM searched"))
    fresh.execute("CREATE VIRTUAL TABLE instances USING fts5vocab (search, instance)")
    sql.run("CREATE VIRTUAL TABLE IF NOT EXISTS temp.instances USING fts5vocab (main, search, instance)")
    every = "SELECT term, doc, offset FROM instances ORDER BY doc, offset"
    assert sql.run(every) == fresh.execute(every).fetchall()
    assert sql.run("SELECT id FROM search_docsize") == fresh.execute("SELECT id FROM search_docsize").fetchall()
    fresh.close()


# --- what is found ---


async def test_words_phrases_and_beginnings_are_found_newest_first(store: Store) -> None:
    texts = ("The bridge, at dawn", "Łódź: café", "bridge at 38SMB 4595", "a bridgehead", "بغداد 路线")
    await store.write(lambda tx: say(tx, *texts))
    for words, numbers in (
        ("bridge", [3, 1]),
        ("BRIDGE dawn", [1]),
        ("dawn bridge", [1]),
        ('"bridge at dawn"', [1]),
        ('"dawn at bridge"', []),
        ("bri*", [4, 3, 1]),
        ("bri", []),
        ('"at da"*', [1]),
        ("ŁÓDŹ", [2]),
        ("lodz", []),
        ("cafe", [2]),
        ("38SMB-4595", [3]),
        ("bridge ???", [3, 1]),
        ("بغداد", [5]),
        ("路*", [5]),
    ):
        assert found(store, words) == numbers, words
    sound(store._sql)


HOSTILE = (
    "", " ", '"', '""', "*", "**", '"*', "a AND", "AND", "NOT bridge", "bridge OR", "NEAR(a b", "text:bridge", "{text}: x", "-bridge",
    "^bridge", "a + b", "(", ")", "(()", "\0", "bri\0dge", "'; DROP TABLE search; --", '"bridge', 'bridge"', 'a"b"c*d"', "\ud800",
    "\u200b", "🜁", "'", "\\", "%", "search", "rank:x", "rowid", "*bridge", "\x02\x03", "a" * 512, "a " * 256, '"' * 512, "* " * 256,
)  # fmt: skip


async def test_nothing_that_is_typed_is_a_language(store: Store) -> None:
    await store.write(lambda tx: say(tx, "The bridge, at dawn"))
    for words in HOSTILE:
        assert found(store, words) in ([], [1]), words


async def test_it_is_narrowed_by_channel_author_and_time_and_comes_in_pages(store: Store) -> None:
    other, berg = ident("other"), ident("berg")

    def write(tx: Transaction) -> None:
        say(tx, *["bridge"] * 6)
        for seq, changes in ((1, {"channel": other}), (2, {"person": berg}), (3, {"nation": 1})):
            assert tx.index(post(tx, seq, "more", payload=text("bridge"), author_time=seq, **changes))

    await store.write(write)
    read = store.read
    assert found(store, "bridge", channel=other) == [1]
    assert found(store, "bridge", people=[berg, ident("nobody")]) == [2]
    assert found(store, "bridge", people=[]) == []
    assert found(store, "bridge", nation=1) == [3]
    assert found(store, "bridge", since=20, until=40) == [4, 3, 2]
    pages, before = [], 2**63 - 1
    while page := read.found(Sought(terms("bridge"), before_position=before), limit=4):
        pages.append([one.message.position for one in page])
        before = pages[-1][-1]
    assert pages == [[9, 8, 7, 6], [5, 4, 3, 2], [1]]


async def test_a_snippet_marks_what_matched_and_nothing_that_a_peer_marks(store: Store) -> None:
    long = "word " * 60 + "the \x02bridge\x03 at dawn " + "more " * 60
    await store.write(lambda tx: say(tx, long))
    (one,) = store.read.found(Sought(terms("bridge da*")), limit=9)
    assert one.snippet.count("\x02") == one.snippet.count("\x03") == 2
    assert "the  \x02bridge\x03  at \x02dawn\x03" in one.snippet
    assert one.snippet[0] == one.snippet[-1] == "…"
    assert one.message.payload == text(long)


def test_what_a_message_quotes_is_of_it() -> None:
    quote = Quote(0, "Berg", 1, 0, 0, (0,), "from the north")
    whole = QuotingPayload(FORMAT, 1, False, (Ref(int(Relation.QUOTE), bytes(32)),), "see", 0, (quote,))
    assert said(int(Tag.QUOTING), encode_payload(whole)) == "see\nfrom the north"
    forward = QuotingPayload(FORMAT, 1, False, (Ref(int(Relation.QUOTE), bytes(32)),), "", 0, (quote,))
    assert said(int(Tag.QUOTING), encode_payload(forward)) == "from the north"
    rule = RoeRule("370", "A", int(RoeVerb.PERMITTED), "warning shots", "by day")
    notice = RoeNoticePayload(
        FORMAT, 1, False, (), int(RoeAct.REQUEST), 1, b"", (rule,), (0,), "in the strait", 0, 0, 0, "why"
    )
    assert (
        said(int(Tag.ROE_NOTICE), encode_payload(notice))
        == f"{notice.name}\n370\nA\nwarning shots\nby day\nin the strait\nwhy"
    )
    assert said(0, b"key erased") == said(int(Tag.TEXT), b"") == said(int(Tag.TEXT), b"no payload") == ""


# --- what is not ---


async def test_only_what_takes_a_line_and_can_be_read_is_found(store: Store) -> None:
    def write(tx: Transaction) -> None:
        say(tx, "bridge one")
        assert not tx.index(post(tx, 2, payload=text("bridge two"), listed=False))
        assert not tx.index(post(tx, 3, kind=0, payload=b"bridge three"))
        assert not tx.index(post(tx, 4, payload=b""))
        assert not tx.index(99)
        assert not tx.index(1)

    await store.write(write)
    assert found(store, "bridge") == [1]
    sound(store._sql)


async def test_an_old_version_is_found_no_more_whichever_came_first(store: Store) -> None:
    first = message(1).entry_id

    def write(tx: Transaction) -> None:
        say(tx, "bridge alpha")
        for feed_name, seq, number, words in (("late", 1, 3, "charlie"), ("feed", 2, 2, "bravo")):
            position = post(tx, seq, feed_name, payload=text(f"bridge {words}"))
            tx.put_version(Version(message(seq, feed_name).entry_id, first, number))
            assert tx.index(position) == (number == 3)
        stranger = post(tx, 1, "stranger", payload=text("bridge delta"), person=ident("stranger"))
        tx.put_version(Version(message(1, "stranger").entry_id, first, 9))
        assert tx.index(stranger)
        assert tx.unindex(1)
        assert not tx.unindex(1)

    await store.write(write)
    rows = store.read.found(Sought(terms("bridge")), limit=9)
    assert [row.message.feed_id for row in rows] == [ident("stranger"), ident("late")]
    assert found(store, "bravo") == []
    sound(store._sql)


# --- what goes ---


async def test_of_what_is_purged_no_term_stays(store: Store, path: Path) -> None:
    """In no page of the index, and in no older page of the log."""
    canaries = [f"{'zwx'[n % 3]}{chr(97 + n % 26)}canary{n} qz{n}" for n in range(300)]
    words = " ".join(f"common{n % 7}" for n in range(30))
    await store.write(lambda tx: say(tx, *(f"{words} {canary}" for canary in canaries)))
    await store.write(lambda tx: say(tx, *[words] * 300, first=301))
    assert holds(store._sql, b"canary")
    assert {*" ".join(canaries).split()} <= vocabulary(store._sql)
    log = path.with_name(path.name + "-wal")
    for _ in range(3):
        gone = [message(seq).entry_id for seq in found(store, "qz*", limit=100)]
        await store.write(lambda tx, gone=gone: [tx.purge_message(name) for name in gone])  # type: ignore[misc]
        assert log.stat().st_size == 0
    assert not holds(store._sql, b"canary")
    assert not holds(store._sql, b"qz")
    assert vocabulary(store._sql) == {f"common{n}" for n in range(7)}
    assert len(found(store, "common1", limit=999)) == 300
    assert store._sql.value("PRAGMA secure_delete") == 1, "what a page held is overwritten"
    sound(store._sql)


# --- stores that are here already ---


def old_rows(sql: Sql, rows: Iterable[tuple[str, dict[str, object]]]) -> None:
    for table, fields in rows:
        names, marks = ", ".join(fields), ", ".join("?" * len(fields))
        sql.change(f"INSERT INTO {table} ({names}) VALUES ({marks})", *fields.values())


def test_a_store_without_an_index_gets_one(path: Path) -> None:
    private.create(path)
    sql = Sql.open(path, KEY)
    migrate(sql, STEPS[:STEP])
    sql.begin()
    write = Transaction(sql)
    write.put_channel(channel())
    write.put_feed(feed())
    payloads = {1: text("bridge one"), 2: text("bridge two"), 3: text("corrected"), 4: b"not a payload", 5: b""}
    for seq, payload in payloads.items():
        write.put_entry(entry(seq))
        write.put_message(message(seq, payload=payload))
    write.put_version(Version(message(3).entry_id, message(1).entry_id, 2))
    sql.change("COMMIT")
    migrate(sql)
    assert [one.message.seq for one in write.found(Sought(terms("bridge")), limit=9)] == [2]
    assert vocabulary(sql) == {"bridge", "two", "corrected"}
    sound(sql)
    sql.begin()
    assert write.purge_message(message(2).entry_id)
    sql.change("COMMIT")
    assert vocabulary(sql) == {"corrected"}
    sound(sql)
