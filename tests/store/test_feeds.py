"""Feeds and their entries."""

from __future__ import annotations

import pytest

from coalchat.store.errors import EntryConflict, StoreConflict
from coalchat.store.faces import Transaction
from coalchat.store.rows import FeedHead
from coalchat.store.writer import Store
from tests.store.makers import entry, feed, ident


def three(transaction: Transaction) -> None:
    transaction.put_feed(feed())
    for seq in (1, 2, 3):
        transaction.put_entry(entry(seq))


async def test_a_feed_is_kept_once_and_keeps_its_head(store: Store) -> None:
    await store.write(three)
    await store.write(lambda t: t.advance_feed(ident("feed"), 2, entry(2).entry_id))
    assert not await store.write(lambda t: t.put_feed(feed()))
    kept = store.read.feed(ident("feed"))
    assert kept == feed(head_seq=2, head_id=entry(2).entry_id)
    assert store.read.feed(ident("other")) is None


async def test_feeds_are_found_by_device_and_channel(store: Store) -> None:
    await store.write(lambda t: t.put_feed(feed("a")))
    await store.write(lambda t: t.put_feed(feed("b", device=b"other")))
    await store.write(lambda t: t.put_feed(feed("c", channel=b"other")))

    def names(**which: bytes) -> set[bytes]:
        return {one.feed_id for one in store.read.feeds(**which)}

    assert names() == {ident("a"), ident("b"), ident("c")}
    assert names(device=ident("device")) == {ident("a"), ident("c")}
    assert names(channel=ident("channel")) == {ident("a"), ident("b")}
    assert names(device=ident("device"), channel=b"other") == {ident("c")}
    assert store.read.count_feeds(ident("device")) == 2


async def test_heads_are_of_the_feeds_that_a_nation_may_hold(store: Store) -> None:
    await store.write(three)
    await store.write(lambda t: t.advance_feed(ident("feed"), 3, entry(3).entry_id))
    await store.write(lambda t: t.put_feed(feed("carried", released=0b100)))
    ours = FeedHead(ident("feed"), 3, entry(3).entry_id)
    assert store.read.feed_heads(0b1) == [ours]
    assert store.read.feed_heads(0b1000) == []
    assert store.read.feed_heads() == sorted([ours, FeedHead(ident("carried"), 0, b"")], key=lambda one: one.feed_id)


async def test_the_same_entry_again_changes_nothing(store: Store) -> None:
    await store.write(three)
    assert not await store.write(lambda t: t.put_entry(entry(2, data=b"the same id with another signature")))
    assert store.read.entry(entry(2).entry_id) == entry(2)


async def test_another_entry_at_a_place_is_refused_with_the_one_that_is_there(store: Store) -> None:
    await store.write(three)
    fork = entry(2, entry_id=ident("fork", 32))
    with pytest.raises(EntryConflict) as caught:
        await store.write(lambda t: t.put_entry(fork))
    assert caught.value.held == entry(2).entry_id
    assert store.read.entry_at(ident("feed"), 2) == entry(2)
    assert store.read.entry(fork.entry_id) is None


async def test_an_entry_has_one_place_and_needs_its_feed(store: Store) -> None:
    await store.write(three)
    with pytest.raises(StoreConflict):
        await store.write(lambda t: t.put_entry(entry(4, entry_id=entry(1).entry_id)))
    with pytest.raises(StoreConflict):
        await store.write(lambda t: t.put_entry(entry(1, "unknown")))


@pytest.mark.parametrize(
    ("seq", "name"),
    [
        pytest.param(1, "feed 1", id="backwards"),
        pytest.param(2, "feed 2", id="to where it is"),
        pytest.param(3, "feed 2", id="to another entry"),
        pytest.param(5, "feed 5", id="over a gap"),
        pytest.param(6, "feed 6", id="to nothing"),
    ],
)
async def test_a_head_never_skips_or_turns_back(store: Store, seq: int, name: str) -> None:
    await store.write(three)
    await store.write(lambda t: t.put_entry(entry(5)))
    await store.write(lambda t: t.advance_feed(ident("feed"), 2, entry(2).entry_id))
    with pytest.raises(StoreConflict):
        await store.write(lambda t: t.advance_feed(ident("feed"), seq, ident(name, 32)))
    assert store.read.feed_heads() == [FeedHead(ident("feed"), 2, entry(2).entry_id)]


async def test_a_run_of_entries_moves_the_head_at_once(store: Store) -> None:
    await store.write(three)
    await store.write(lambda t: t.advance_feed(ident("feed"), 3, entry(3).entry_id))
    assert store.read.feed_heads() == [FeedHead(ident("feed"), 3, entry(3).entry_id)]


async def test_entries_are_read_in_pages_and_by_envelope(store: Store) -> None:
    await store.write(three)
    await store.write(lambda t: t.put_entry(entry(4, envelope_id=ident("late", 32))))
    assert [one.seq for one in store.read.entries_from(ident("feed"), 2, 2)] == [2, 3]
    assert [one.seq for one in store.read.entries_from(ident("feed"), 5, 2)] == []
    assert store.read.entries_under(ident("late", 32)) == [entry(4, envelope_id=ident("late", 32))]
