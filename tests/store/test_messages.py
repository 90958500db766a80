"""Channels, messages and read marks."""

from __future__ import annotations

import pytest

from coalchat.store.errors import StoreConflict
from coalchat.store.faces import Transaction
from coalchat.store.rows import Unread
from coalchat.store.writer import Store
from tests.store.makers import channel, entry, feed, ident, message, post


async def fill(store: Store, count: int) -> list[int]:
    return await store.write(lambda t: [post(t, seq) for seq in range(1, count + 1)])


async def test_a_message_is_kept_once_with_its_key(store: Store) -> None:
    (position,) = await fill(store, 1)
    assert await store.write(lambda t: t.put_message(message(1))) is None
    assert store.read.message(message(1).entry_id) == message(1, position=position)
    assert store.read.message(ident("other", 32)) is None


async def test_a_message_needs_its_entry_and_its_channel(store: Store) -> None:
    await store.write(lambda t: t.put_channel(channel()))
    with pytest.raises(StoreConflict):
        await store.write(lambda t: t.put_message(message(1)))
    await store.write(lambda t: (t.put_feed(feed()), t.put_entry(entry(1))))
    with pytest.raises(StoreConflict):
        await store.write(lambda t: t.put_message(message(1, channel=b"unknown")))
    assert await store.write(lambda t: t.put_message(message(1))) is not None


async def test_a_channel_is_read_in_pages_from_both_ends(store: Store) -> None:
    positions = await fill(store, 10)
    read = store.read
    here = ident("channel")

    def seqs(**page: int) -> list[int]:
        return [one.seq for one in read.messages(here, **page)]

    assert seqs(limit=3) == [1, 2, 3]
    assert seqs(after_position=positions[2], limit=3) == [4, 5, 6]
    assert seqs(before_position=read.last_position() + 1, limit=3) == [8, 9, 10]
    assert seqs(before_position=positions[7], limit=3) == [5, 6, 7]
    assert seqs(after_position=positions[5], before_position=positions[7], limit=3) == [7]
    assert read.messages(b"other", limit=3) == []


async def test_what_is_not_listed_takes_no_line_and_is_not_unread(store: Store) -> None:
    await store.write(lambda t: [post(t, 1), post(t, 2, listed=False), post(t, 3)])
    assert [one.seq for one in store.read.messages(ident("channel"), limit=9)] == [1, 3]
    assert store.read.unread_counts() == [Unread(ident("channel"), 2, 0)]
    assert [one.seq for one in store.read.messages_of_feed(ident("feed"), 9)] == [1, 2, 3]


async def test_a_receipt_covers_a_range_of_a_feed(store: Store) -> None:
    await fill(store, 5)
    assert [one.seq for one in store.read.messages_of_feed(ident("feed"), 3)] == [1, 2, 3]
    assert [one.seq for one in store.read.messages_of_feed(ident("feed"), 4, after=2)] == [3, 4]


async def test_unread_is_what_others_said_beyond_the_read_mark(store: Store) -> None:
    positions = await fill(store, 4)
    await store.write(lambda t: post(t, 5, mine=True))
    here = ident("channel")
    assert store.read.read_mark(here) == 0
    assert store.read.unread_counts() == [Unread(here, 4, 0)]
    assert await store.write(lambda t: t.advance_read_mark(here, positions[1]))
    assert store.read.unread_counts() == [Unread(here, 2, 0)]
    assert not await store.write(lambda t: t.advance_read_mark(here, positions[0])), "it only grows"
    assert not await store.write(lambda t: t.advance_read_mark(here, positions[1]))
    assert store.read.read_mark(here) == positions[1]
    await store.write(lambda t: t.advance_read_mark(here, positions[3] + 1))
    assert store.read.unread_counts() == []
    with pytest.raises(StoreConflict):
        await store.write(lambda t: t.advance_read_mark(b"unknown", 1))


async def test_unread_names_the_highest_precedence_of_what_others_said(store: Store) -> None:
    positions = await store.write(
        lambda t: [
            post(t, 1, precedence=3),
            post(t, 2, precedence=1),
            post(t, 3),
            post(t, 4, precedence=2, mine=True),
            post(t, 5, precedence=2, listed=False),
            post(t, 1, "other", channel=ident("elsewhere"), precedence=2),
        ]
    )
    here, elsewhere = ident("channel"), ident("elsewhere")

    def unread() -> dict[bytes, Unread]:
        return {row.channel: row for row in store.read.unread_counts()}

    assert unread() == {here: Unread(here, 3, 3), elsewhere: Unread(elsewhere, 1, 2)}
    await store.write(lambda t: t.advance_read_mark(here, positions[0]))
    assert unread()[here] == Unread(here, 2, 1)
    await store.write(lambda t: t.advance_read_mark(here, positions[1]))
    assert unread()[here] == Unread(here, 1, 0)
    await store.write(lambda t: t.advance_read_mark(here, positions[2]))
    assert unread() == {elsewhere: Unread(elsewhere, 1, 2)}


async def test_unread_is_counted_from_its_index_alone(store: Store) -> None:
    statements: list[str] = []
    store.read.sql.connection.set_trace_callback(statements.append)
    store.read.unread_counts()
    store.read.sql.connection.set_trace_callback(None)
    (statement,) = statements
    plan = [detail for *_, detail in store.read.sql.run(f"EXPLAIN QUERY PLAN {statement}")]
    assert any(detail.startswith("SEARCH message USING COVERING INDEX message_channel") for detail in plan), plan


async def test_the_last_of_a_feed_that_a_person_has_read(store: Store) -> None:
    positions = await store.write(
        lambda t: [post(t, 1), post(t, 2), post(t, 3, kind=0), post(t, 4, listed=False), post(t, 5)]
    )

    def last(after: int, position: int) -> int | None:
        found = store.read.last_read_of_feed(ident("feed"), after=after, position=position)
        return None if found is None else found.seq

    assert last(0, positions[3]) == 2, "what cannot be read was not read, and what takes no line neither"
    assert last(0, positions[4]) == 5
    assert last(0, positions[0]) == 1
    assert last(2, positions[3]) is None
    assert last(0, 0) is None


async def test_a_channel_is_replaced_by_what_is_newer(store: Store) -> None:
    await store.write(lambda t: t.put_channel(channel(title="b")))
    await store.write(lambda t: t.put_channel(channel("other", title="a")))
    await store.write(lambda t: t.put_channel(channel(title="c", data=b"new")))
    assert store.read.channel(ident("channel")) == channel(title="c", data=b"new")
    assert [one.title for one in store.read.channels()] == ["a", "c"]
    assert store.read.channel(b"unknown") is None


async def test_all_channels_are_read_in_one_order(store: Store) -> None:
    positions = await store.write(
        lambda t: [post(t, 1), post(t, 1, "other", channel=ident("elsewhere")), post(t, 2, listed=False), post(t, 3)]
    )
    assert [one.position for one in store.read.messages_of_all(limit=9)] == [positions[i] for i in (0, 1, 3)]
    assert [one.position for one in store.read.messages_of_all(after_position=positions[0], limit=1)] == positions[1:2]
    end = store.read.last_position() + 1
    assert [one.position for one in store.read.messages_of_all(before_position=end, limit=2)] == [
        positions[1],
        positions[3],
    ]
    assert [one.position for one in store.read.messages_of_all(before_position=positions[3], limit=9)] == positions[:2]


@pytest.mark.parametrize("length", [1, 2, 3, 7, 32, 63, 64])
async def test_a_message_is_found_by_the_beginning_of_its_id(store: Store, length: int) -> None:
    await fill(store, 40)
    ids = sorted(message(seq).entry_id for seq in range(1, 41))
    for one in (ids[0], ids[17], ids[39]):
        prefix = one.hex()[:length]
        expected = [other for other in ids if other.hex().startswith(prefix)]
        assert [found.entry_id for found in store.read.messages_named(prefix, limit=99)] == expected
        assert len(store.read.messages_named(prefix)) == min(2, len(expected))


async def test_what_can_be_read_only_now_takes_a_new_place(store: Store) -> None:
    first, _ = await fill(store, 2)
    await store.write(lambda t: (t.put_entry(entry(3)), t.put_message(message(3, kind=0, n=5, payload=b"no key yet"))))
    waiting = store.read.message(message(3).entry_id)
    assert waiting is not None
    assert store.read.unreadable(5) == [waiting]
    assert store.read.unreadable(6) == []
    assert not await store.write(lambda t: t.explain_unreadable(message(1).entry_id, b"overwritten"))
    assert await store.write(lambda t: t.explain_unreadable(message(3).entry_id, b"key erased"))
    assert [one.payload for one in store.read.unreadable(5)] == [b"key erased"]
    assert not await store.write(lambda t: t.drop_unreadable(message(1).entry_id)), "what was read stays"

    def replace(transaction: Transaction) -> int | None:
        assert transaction.drop_unreadable(message(3).entry_id)
        return transaction.put_message(message(3))

    position = await store.write(replace)
    assert position is not None
    assert position > waiting.position > first
    assert store.read.unreadable(0) == []
