"""Versions of messages: a claim is kept as it comes, and counts where its entry is of the same author."""

from __future__ import annotations

from coalchat.store.faces import Transaction
from coalchat.store.rows import Version
from coalchat.store.writer import Store
from tests.store.makers import ident, message, post

FIRST = message(1).entry_id


async def test_versions_stand_by_their_numbers_and_only_the_authors_count(store: Store) -> None:
    def write(tx: Transaction) -> None:
        post(tx, 1)
        for seq, number, person in ((2, 3, "person"), (3, 2, "person"), (4, 9, "another")):
            post(tx, seq, person=ident(person))
            assert tx.put_version(Version(message(seq).entry_id, FIRST, number))
            assert not tx.put_version(Version(message(seq).entry_id, FIRST, number + 1))

    await store.write(write)
    read = store.read
    assert [(number, row.seq) for number, row in read.versions(FIRST, message(1))] == [(2, 3), (3, 2)]
    assert [number for number, _ in read.versions(FIRST, message(1, person=ident("another")))] == [9]
    assert read.versions(message(2).entry_id, message(1)) == []
    assert read.version(FIRST) is None
    assert read.version(message(2).entry_id) == Version(message(2).entry_id, FIRST, 3)
