"""Versions of messages: a claim is kept as it comes, and counts where its entry is of the same author."""

from __future__ import annotations

from coalchat.store.faces import Transaction
from coalchat.store.rows import Confirmation, Recall, Version
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


async def test_only_the_author_s_retractions_recall_and_each_device_confirms_once(store: Store) -> None:
    def write(tx: Transaction) -> None:
        post(tx, 1, kind=69)
        post(tx, 2, kind=69, person=ident("another"))
        post(tx, 3, kind=69, mine=True)
        for seq in (1, 2):
            assert tx.put_recall(Recall(FIRST, message(seq).entry_id, seq))
            assert not tx.put_recall(Recall(FIRST, message(seq).entry_id, 2))
        assert tx.put_confirmation(Confirmation(message(1).entry_id, ident("reader"), 1, ident("person"), 5))
        assert not tx.put_confirmation(Confirmation(message(1).entry_id, ident("reader"), 1, ident("person"), 6))

    await store.write(write)
    read, of = store.read, message(1)
    author = (of.nation, of.person, of.channel, of.release)
    assert [(reason, row.seq) for reason, row in read.recalls_of(FIRST, *author)] == [(1, 1)]
    assert read.recalls_of(message(2).entry_id, *author) == []
    assert [row.entry_id for row in read.recalls(message(1).entry_id)] == [FIRST]
    assert [row.at for row in read.confirmations(message(1).entry_id)] == [5]
    assert [row.seq for row in read.unconfirmed(ident("reader"))] == [2]
    assert [row.seq for row in read.unconfirmed(ident("other"))] == [1, 2]
