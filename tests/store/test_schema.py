"""The file itself: migrations, who can read it, what damage does."""

from __future__ import annotations

import os
from pathlib import Path

import attrs
import pytest
import trio

from coalchat.errors import ExitCode, HomeNotPrivate, NotPrivate, StoreCorrupt
from coalchat.store import private
from coalchat.store.errors import StoreError, StoreNewer, ValueRefused
from coalchat.store.faces import Reader, Transaction
from coalchat.store.rows import PENDING, Row, Unread
from coalchat.store.runner import in_place
from coalchat.store.schema import STEPS, migrate
from coalchat.store.sql import Sql
from coalchat.store.writer import Store, connect, open_store
from tests.store.makers import (
    KEY,
    acknowledgement,
    channel,
    document,
    entry,
    envelope,
    feed,
    ident,
    mark,
    message,
    parked,
    post,
)


@pytest.fixture
def fresh(path: Path) -> Sql:
    """A database of version 0."""
    private.create(path)
    return Sql.open(path, KEY)


def tables(sql: Sql) -> set[str]:
    return {name for (name,) in sql.run("SELECT name FROM sqlite_schema WHERE type = 'table'")}


# --- migrations ---


def test_a_new_database_goes_through_all_steps(fresh: Sql) -> None:
    assert fresh.value("PRAGMA user_version") == 0
    migrate(fresh)
    assert fresh.value("PRAGMA user_version") == len(STEPS)
    assert {row.TABLE for row in Row.__subclasses__()} <= tables(fresh)
    migrate(fresh)
    assert fresh.value("PRAGMA user_version") == len(STEPS)


def test_an_older_database_goes_through_the_steps_it_lacks(fresh: Sql) -> None:
    migrate(fresh)
    later = (("ALTER TABLE peer ADD COLUMN seen INTEGER",), ("CREATE TABLE more (x INTEGER) STRICT",))
    migrate(fresh, (*STEPS, *later))
    assert fresh.value("PRAGMA user_version") == len(STEPS) + 2
    assert "more" in tables(fresh)


def test_a_home_of_the_first_version_keeps_its_messages_and_can_acknowledge(fresh: Sql) -> None:
    migrate(fresh, STEPS[:1])
    fresh.begin()
    write = Transaction(fresh)
    of_first = {table: [row[1] for row in fresh.run(f"PRAGMA table_info({table})")] for table in ("entry", "message")}
    write.put_channel(channel())
    write.put_feed(feed())
    for row in (entry(1), message(1)):
        fields = {
            name: value
            for name, value in attrs.asdict(row).items()
            if name in of_first[row.TABLE] and name != row.NUMBERED
        }
        marks = ", ".join("?" * len(fields))
        fresh.change(f"INSERT INTO {row.TABLE} ({', '.join(fields)}) VALUES ({marks})", *fields.values())
    fresh.insert(mark(state=2), "")
    fresh.change("COMMIT")
    migrate(fresh)
    fresh.begin()
    assert write.put_acknowledgement(acknowledgement())
    fresh.change("COMMIT")
    assert [one.seq for one in write.messages(ident("channel"), limit=9)] == [1]
    assert write.receipts_of(ident("feed"), 1) == [mark(state=2)]
    assert write.reached(ident("feed"), 1, ident("device"), 2) == mark().at
    assert write.unread_counts() == [Unread(ident("channel"), 1, 0)]
    assert write.acknowledgements(ident("feed"), 1) == [acknowledgement()]


def test_a_step_that_fails_leaves_the_version_before_it(fresh: Sql) -> None:
    steps = (
        ("CREATE TABLE a (x INTEGER) STRICT",),
        ("CREATE TABLE b (x INTEGER) STRICT", "CREATE TABLE a (x INTEGER)"),
    )
    with pytest.raises(StoreError):
        migrate(fresh, steps)
    assert fresh.value("PRAGMA user_version") == 1
    assert tables(fresh) == {"a"}
    assert not fresh.in_transaction


def test_a_newer_version_is_refused_and_left_alone(path: Path, fresh: Sql) -> None:
    migrate(fresh)
    fresh.run(f"PRAGMA user_version = {len(STEPS) + 1}")
    fresh.close()
    before = path.read_bytes()
    with pytest.raises(StoreNewer) as caught:
        connect(path, KEY)
    assert caught.value.hint
    assert path.read_bytes() == before


def test_the_index_of_pending_names_the_pending_states() -> None:
    (index,) = [statement for statement in STEPS[0] if "outbox_pending" in statement]
    assert index.endswith(f"WHERE state IN ({', '.join(repr(state.value) for state in PENDING)})")


# --- settings ---


@pytest.mark.parametrize(
    ("setting", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("temp_store", 2), ("foreign_keys", 1)],
)
async def test_both_connections_have_the_settings(store: Store, setting: str, value: object) -> None:
    assert store.read.sql.value(f"PRAGMA {setting}") == value
    assert await store.write(lambda t: t.sql.value(f"PRAGMA {setting}")) == value


async def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError):
        store.read.sql.run("DELETE FROM meta")
    with pytest.raises(StoreError):
        Transaction(store.read.sql).set_meta("a", b"")


@pytest.mark.parametrize("number", [2**63, 2**64 - 1])
async def test_a_number_that_does_not_fit_is_refused(store: Store, number: int) -> None:
    """A record's integers have 64 bits, SQLite's 63: a hostile one must be an answer, not a crash."""
    with pytest.raises(ValueRefused):
        await store.write(lambda t: t.put_document(document("a", number=number)))
    await store.write(lambda t: t.put_document(document("a", number=2**63 - 1)))


async def test_text_that_is_not_unicode_is_refused(store: Store) -> None:
    with pytest.raises(ValueRefused):
        await store.write(lambda t: t.put_channel(channel(title="\ud800")))


# --- who can read it ---


def modes_in(home: Path) -> dict[str, int]:
    return {one.name: one.stat().st_mode & 0o777 for one in home.iterdir()}


def bytes_in(home: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in home.iterdir()}


async def test_all_files_are_for_their_owner_only_under_any_umask(path: Path, home: Path) -> None:
    umask = os.umask(0)
    try:
        async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_place) as store:
            await store.write(lambda t: post(t, 1))
            modes = modes_in(home)
    finally:
        os.umask(umask)
    assert modes == dict.fromkeys(("store.db", "store.db-wal", "store.db-shm"), 0o600)


async def test_no_plaintext_lies_in_any_file(path: Path, home: Path) -> None:
    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_place) as store:
        await store.write(lambda t: [post(t, seq, payload=b"canary of a payload") for seq in range(1, 50)])
        await store.write(lambda t: t.put_channel(channel("other", title="canary of a title")))
        await store.write(lambda t: t.append_audit(1, "canary of an event", "", ""))
        found = bytes_in(home)
    assert found.keys() == {"store.db", "store.db-wal", "store.db-shm"}
    assert len(found["store.db-wal"]) > 100_000
    for data in (*found.values(), *bytes_in(home).values()):
        for plain in (b"canary", b"SQLite format", b"CREATE TABLE", b"receipt_mark", b"wire bytes", KEY):
            assert plain not in data
    assert KEY not in repr(store).encode()


def test_a_store_that_is_not_ours_alone_is_refused(path: Path, home: Path, fresh: Sql) -> None:
    fresh.close()
    path.chmod(0o640)
    with pytest.raises(NotPrivate):
        connect(path, KEY)
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")
    with pytest.raises(NotPrivate):
        connect(path, KEY)
    home.chmod(0o755)
    with pytest.raises(HomeNotPrivate):
        connect(path, KEY)


# --- damage ---


def test_a_wrong_key_is_refused_and_changes_nothing(path: Path, fresh: Sql, capfd: pytest.CaptureFixture[str]) -> None:
    migrate(fresh)
    fresh.close()
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt) as caught:
        connect(path, KEY[::-1])
    assert caught.value.exit_code is ExitCode.CORRUPT
    assert caught.value.hint
    with pytest.raises(ValueRefused):
        connect(path, KEY[:16])
    assert path.read_bytes() == before
    assert capfd.readouterr() == ("", ""), "SQLCipher would write to the screen by itself"


def test_something_else_is_not_a_store(path: Path) -> None:
    path.touch(mode=0o600)
    path.write_bytes(b"this is no database " * 1000)
    with pytest.raises(StoreCorrupt):
        connect(path, KEY)


def test_a_path_that_cannot_be_opened_is_an_error(home: Path) -> None:
    with pytest.raises(StoreError):
        Sql.open(home, KEY)


PAGE = 4096


def filled(sql: Sql) -> None:
    migrate(sql)
    sql.begin()
    write = Transaction(sql)
    for seq in range(1, 40):
        post(write, seq)
        write.put_document(document(f"a{seq}", data=bytes(500)))
        write.put_envelope(envelope(f"b{seq}"))
        write.park(parked(seq + 100))
    sql.change("COMMIT")
    sql.close()


def read_all(path: Path) -> None:
    sql = Sql.open(path, KEY, read_only=True)
    try:
        reader = Reader(sql)
        for seq in range(1, 40):
            one = reader.messages_of_feed(ident("feed"), seq, after=seq - 1)
            assert [message.payload for message in one] == [f"payload of feed {seq}".encode()], "a wrong row"
        reader.check_integrity()
    finally:
        sql.close()


def test_damage_to_any_page_is_detected(path: Path, fresh: Sql) -> None:
    filled(fresh)
    good = path.read_bytes()
    read_all(path)
    assert len(good) > 50 * PAGE
    for page in range(0, len(good), PAGE):
        bad = bytearray(good)
        bad[page + page // PAGE * 97 % PAGE] ^= 0x10
        path.write_bytes(bad)
        with pytest.raises(StoreCorrupt):
            read_all(path)


@pytest.mark.parametrize("cut", [1, PAGE, 3 * PAGE])
def test_a_file_cut_short_is_detected(path: Path, fresh: Sql, cut: int) -> None:
    filled(fresh)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(StoreCorrupt):
        read_all(path)


def test_two_pages_that_changed_places_are_detected(path: Path, fresh: Sql) -> None:
    filled(fresh)
    good = path.read_bytes()
    pages = [good[at : at + PAGE] for at in range(0, len(good), PAGE)]
    pages[3], pages[4] = pages[4], pages[3]
    path.write_bytes(b"".join(pages))
    with pytest.raises(StoreCorrupt):
        read_all(path)
