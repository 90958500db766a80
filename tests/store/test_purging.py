"""Purging at rest: what was written over stays in no file of the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from coalchat.store.errors import StoreStopped
from coalchat.store.faces import Transaction
from coalchat.store.sql import Sql
from coalchat.store.writer import Store
from tests.store.makers import acknowledgement, entry, envelope, ident, message, post

CANARY = b"the bridge at dawn " * 400


def purge(tx: Transaction) -> None:
    assert tx.strip_entry(entry(1).entry_id, b"header")
    assert tx.purge_message(message(1).entry_id)


async def test_nothing_older_stays_in_a_file(store: Store, path: Path) -> None:
    """The log is empty, and SQLite overwrites what it frees in the pages."""
    await store.write(lambda tx: post(tx, 1, payload=CANARY))
    await store.write(lambda tx: tx.set_meta("more", CANARY[:10]))
    log = path.with_name(path.name + "-wal")
    assert log.stat().st_size > 0
    await store.write(purge)
    assert log.stat().st_size == 0
    assert store._sql.value("PRAGMA secure_delete") == 1, "what a page held is overwritten"
    assert store._sql.value("SELECT count(*) FROM message WHERE instr(payload, ?) > 0", CANARY[:19]) == 0


async def test_a_body_goes_once_and_its_row_stays(store: Store) -> None:
    await store.write(lambda tx: post(tx, 1, payload=CANARY))
    await store.write(purge)
    kept, row = store.read.message(message(1).entry_id), store.read.entry(entry(1).entry_id)
    assert kept is not None
    assert row is not None
    assert (kept.payload, kept.ck, kept.purged, kept.kind) == (b"", b"", True, 64)
    assert (row.data, row.bare) == (b"header", True)
    assert not await store.write(lambda tx: tx.strip_entry(row.entry_id, b"other"))
    assert not await store.write(lambda tx: tx.purge_message(row.entry_id))
    assert store.read.entries_under(entry(1).envelope_id) == []


async def test_what_could_not_be_read_keeps_its_reason(store: Store) -> None:
    await store.write(lambda tx: post(tx, 1, kind=0, payload=b"key erased", ck=b""))
    assert not await store.write(lambda tx: tx.purge_message(message(1).entry_id))
    kept = store.read.message(message(1).entry_id)
    assert kept is not None
    assert kept.payload == b"key erased"
    assert not kept.purged


async def test_an_envelope_is_looked_at_until_nothing_stands_under_it(store: Store) -> None:
    await store.write(lambda tx: [tx.put_envelope(envelope(str(n), n=n)) for n in (7, 5, 6)])
    assert [row.n for row in store.read.kept_envelopes(6)] == [5, 6]
    assert await store.write(lambda tx: tx.mark_purged(ident("5", 32)))
    assert not await store.write(lambda tx: tx.mark_purged(ident("5", 32)))
    assert [row.n for row in store.read.kept_envelopes(9)] == [6, 7]


async def test_the_text_of_an_acknowledgement_goes_with_its_receipt(store: Store) -> None:
    row = acknowledgement(text="by road")
    await store.write(lambda tx: tx.put_acknowledgement(row))
    assert not await store.write(lambda tx: tx.purge_acknowledgement(row.feed_id, row.seq, ident("other", 32), "gone"))
    assert await store.write(lambda tx: tx.purge_acknowledgement(row.feed_id, row.seq, row.receipt_id, "gone"))
    assert [one.text for one in store.read.acknowledgements(row.feed_id, row.seq)] == ["gone"]


async def test_a_log_that_cannot_be_cut_fails_no_write_that_was_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(lambda tx: post(tx, 1, payload=CANARY))
    fault = StoreStopped("the disk")

    def fails(sql: Sql) -> None:
        sql.fault = fault
        raise fault

    monkeypatch.setattr(Sql, "fold_log", fails)
    await store.write(purge)
    kept = store.read.message(message(1).entry_id)
    assert kept is not None
    assert kept.purged
    with pytest.raises(StoreStopped):
        await store.write(purge)
