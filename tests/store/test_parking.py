"""Entries that wait."""

from __future__ import annotations

from coalchat.store.rows import Waiting
from coalchat.store.writer import Store
from tests.store.makers import ident, parked


async def test_one_entry_waits_in_as_many_copies_as_it_has_signatures(store: Store) -> None:
    assert await store.write(lambda t: t.park(parked(2)))
    assert not await store.write(lambda t: t.park(parked(2)))
    assert await store.write(lambda t: t.park(parked(2, data=b"another signature")))
    assert await store.write(lambda t: t.park(parked(1, reason=Waiting.FEED)))
    waiting = store.read.parked_of_feed(ident("feed"))
    assert [(one.seq, one.data) for one in waiting] == [
        (1, parked(1).data),
        (2, parked(2).data),
        (2, b"another signature"),
    ]
    assert waiting[0].reason is Waiting.FEED
    assert store.read.count_parked(ident("feed")) == 3
    assert store.read.count_parked(ident("other")) == 0


async def test_what_waits_for_an_envelope_is_found_by_it(store: Store) -> None:
    late = ident("late", 32)
    await store.write(lambda t: t.park(parked(1)))
    await store.write(lambda t: t.park(parked(2, envelope_id=late, reason=Waiting.ENVELOPE)))
    found = store.read.parked_for_envelope(late)
    assert [one.seq for one in found] == [2]
    assert await store.write(lambda t: t.unpark(*found)) == 1
    assert await store.write(lambda t: t.unpark(*found)) == 0
    assert store.read.parked_for_envelope(late) == []


async def test_the_bytes_of_each_peer_are_counted(store: Store) -> None:
    await store.write(lambda t: [t.park(parked(seq, data=bytes(size))) for seq, size in ((1, 1000), (2, 500))])
    await store.write(lambda t: t.park(parked(3, peer=b"other", data=bytes(7))))
    assert store.read.parked_bytes(ident("peer")) == 1500
    assert store.read.parked_bytes(b"other") == 7
    assert store.read.parked_bytes(b"nobody") == 0
    await store.write(lambda t: t.unpark(*store.read.parked_of_feed(ident("feed"))[:1]))
    assert store.read.parked_bytes(ident("peer")) == 500


async def test_what_has_waited_too_long_is_dropped(store: Store) -> None:
    await store.write(lambda t: [t.park(parked(seq, received=seq)) for seq in (1, 2, 3)])
    assert await store.write(lambda t: t.drop_parked(3)) == 2
    assert [one.seq for one in store.read.parked_of_feed(ident("feed"))] == [3]
