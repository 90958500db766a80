"""Receipt marks, acknowledgements, and the way of our own entries."""

from __future__ import annotations

from functools import partial
from itertools import permutations

import pytest

from coalchat.store.errors import StoreConflict
from coalchat.store.faces import Transaction
from coalchat.store.rows import Delivery
from coalchat.store.writer import Store
from tests.store.makers import acknowledgement, entry, feed, ident, mark, message, outgoing, post


async def test_a_receipt_mark_only_grows(store: Store) -> None:
    assert await store.write(lambda t: t.advance_receipt(mark(up_to=5)))
    assert not await store.write(lambda t: t.advance_receipt(mark(up_to=5, at=9)))
    assert not await store.write(lambda t: t.advance_receipt(mark(up_to=4, at=9)))
    assert await store.write(lambda t: t.advance_receipt(mark(up_to=6, entry_id=ident("feed 6", 32), at=2)))
    kept = store.read.receipt_mark(ident("feed"), ident("device"), 1)
    assert kept == mark(up_to=6, entry_id=ident("feed 6", 32), at=2)
    assert store.read.receipt_mark(ident("feed"), ident("device"), 2) is None


async def test_since_when_somebody_has_it_later_receipts_do_not_change(store: Store) -> None:
    for up_to, at, moves in ((3, 30, True), (9, 90, True), (5, 95, False)):
        step = mark(up_to=up_to, at=at)
        assert await store.write(partial(Transaction.advance_receipt, mark=step)) is moves
    await store.write(lambda t: t.advance_receipt(mark(state=2, up_to=4, at=60)))
    read, feed_id, device = store.read, ident("feed"), ident("device")
    assert [read.reached(feed_id, seq, device, 1) for seq in (1, 3, 4, 9, 10)] == [30, 30, 90, 90, 0]
    assert [read.reached(feed_id, seq, device, 2) for seq in (4, 5)] == [60, 0]
    assert read.reached(feed_id, 1, b"another", 1) == 0


async def test_receipts_cover_a_place_by_state(store: Store) -> None:
    marks = [
        mark(device=b"a", state=1, up_to=5),
        mark(device=b"a", state=2, up_to=3),
        mark(device=b"b", state=1, up_to=2),
        mark(device=b"b", state=1, up_to=9, feed_id=b"other"),
    ]
    await store.write(lambda t: [t.advance_receipt(one) for one in marks])
    assert store.read.receipts_of(ident("feed"), 1) == marks[:3]
    assert store.read.receipts_of(ident("feed"), 3) == marks[:2]
    assert store.read.receipts_of(ident("feed"), 3, at_least=2) == marks[1:2]
    assert store.read.receipts_of(ident("feed"), 6) == []


async def test_acknowledgements_stand_side_by_side(store: Store) -> None:
    """A watermark would show the newest only, and hide the caveat of the order before it."""
    rows = [
        acknowledgement(seq=1, device=b"a", answer=3, text="not by night"),
        acknowledgement(seq=1, device=b"b", answer=1),
        acknowledgement(seq=2, device=b"a", receipt_seq=2),
    ]
    assert await store.write(lambda t: [t.put_acknowledgement(row) for row in rows]) == [True, True, True]
    assert store.read.acknowledgements(ident("feed"), 1) == rows[:2]
    assert store.read.acknowledgement(ident("feed"), 2, b"a") == rows[2]
    assert store.read.acknowledgement(ident("feed"), 2, b"b") is None
    assert "not by night" not in repr(rows)


@pytest.mark.parametrize("order", [*permutations(range(4))])
async def test_of_several_acknowledgements_the_newest_in_its_feed_counts(store: Store, order: tuple[int, ...]) -> None:
    """Whatever the clocks say, and however they arrive."""
    said = [
        acknowledgement(receipt_seq=1, at=9, answer=1),
        acknowledgement(receipt_seq=4, at=8, answer=2, text="no fuel"),
        acknowledgement(receipt_seq=7, at=1, answer=3, text="by 1600Z"),
        acknowledgement(receipt_seq=7, at=1, answer=3, text="by 1600Z"),
    ]
    for index in order:
        await store.write(lambda t, row=said[index]: t.put_acknowledgement(row))  # type: ignore[misc]
    assert store.read.acknowledgements(ident("feed"), 1) == [said[2]]
    assert not await store.write(lambda t: t.put_acknowledgement(said[0]))


async def test_pending_is_most_urgent_first_then_oldest(store: Store) -> None:
    await store.write(lambda t: [post(t, 1), post(t, 2, precedence=3), post(t, 3)])
    await store.write(
        lambda t: [t.set_outgoing(outgoing(seq, nation=nation)) for seq, nation in ((3, 1), (1, 2), (1, 1), (2, 1))]
    )
    await store.write(lambda t: t.set_outgoing(outgoing(3, nation=2, state=Delivery.REFUSED, detail="ceiling")))

    def places(limit: int) -> list[tuple[bytes, int]]:
        return [(one.entry_id, one.nation) for one in store.read.pending(limit)]

    ids = {seq: message(seq).entry_id for seq in (1, 2, 3)}
    assert places(9) == [(ids[2], 1), (ids[1], 1), (ids[1], 2), (ids[3], 1)]
    assert places(1) == [(ids[2], 1)]
    assert [(one.nation, one.state, one.detail) for one in store.read.outgoing(ids[3])] == [
        (1, Delivery.QUEUED, ""),
        (2, Delivery.REFUSED, "ceiling"),
    ]


@pytest.mark.parametrize("state", [*Delivery])
async def test_a_delivery_is_not_taken_back(store: Store, state: Delivery) -> None:
    await store.write(lambda t: post(t, 1))
    await store.write(lambda t: t.set_outgoing(outgoing(1, state=Delivery.SENT)))
    assert await store.write(lambda t: t.set_outgoing(outgoing(1, state=state)))
    assert bool(store.read.pending(9)) is (state in {Delivery.QUEUED, Delivery.SENT, Delivery.HELD})
    assert await store.write(lambda t: t.set_outgoing(outgoing(1))) is (state is not Delivery.DELIVERED)


async def test_only_our_own_entries_are_on_their_way(store: Store) -> None:
    await store.write(lambda t: (t.put_feed(feed()), t.put_entry(entry(1))))
    with pytest.raises(StoreConflict):
        await store.write(lambda t: t.set_outgoing(outgoing(1)))
