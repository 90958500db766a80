"""Channel notices: each is kept once, by channel and order, and stays when its message's body goes; and spans of time."""

from __future__ import annotations

from coalchat.store.faces import Transaction
from coalchat.store.notices import Notice
from coalchat.store.writer import Store
from tests.store.makers import ident, message, post


async def test_notices_stand_by_channel_and_number(store: Store) -> None:
    def notice(name: bytes, channel: str, number: int, kind: int = 1, *, on: bool = True) -> Notice:
        first, person, until = (name, b"", 0) if kind == 1 else (ident("first", 32), ident("person"), 99)
        return Notice(name, ident(channel), ident("device"), kind, number, on, 9, first, person, until)

    ours = [notice(message(seq).entry_id, "channel", 4 - seq, on=seq == 2) for seq in (1, 2, 3)]
    elsewhere, deputy = notice(ident("far", 32), "other", 1), notice(ident("deputy", 32), "channel", 1, 2)

    def write(tx: Transaction) -> None:
        for seq in (1, 2, 3):
            post(tx, seq, kind=77)
        for one in (*ours, elsewhere, deputy):
            assert tx.put_notice(one)
            assert not tx.put_notice(one)
        tx.purge_message(ours[1].entry_id)

    await store.write(write)
    assert store.read.notices(ident("channel"), 1) == ours[::-1]
    assert store.read.notices(ident("channel"), 2) == [deputy]
    assert store.read.notices(ident("channel"), 3) == []


async def test_a_span_of_time_is_of_what_came_in_it(store: Store) -> None:
    def write(tx: Transaction) -> None:
        for seq, received, release in ((1, 10, b"low"), (2, 20, b"high"), (3, 30, b"high"), (4, 20, b"low")):
            post(tx, seq, received=received, release=release, listed=seq != 4)
        post(tx, 1, "far", received=20, release=b"far", channel=ident("other"))

    await store.write(write)
    read, here = store.read, ident("channel")
    assert [row.seq for row in read.messages_between(here, 10, 30, after_position=0, limit=9)] == [1, 2]
    assert [row.seq for row in read.messages_between(here, 10, 31, after_position=1, limit=1)] == [2]
    assert sorted(read.releases_between(here, 20, 31)) == [b"high"]
    assert sorted(read.releases_between(None, 0, 99)) == [b"far", b"high", b"low"]
    assert [row.release for row in read.messages_between(None, 20, 30, after_position=0, limit=9)] == [b"high", b"far"]
