"""The node's own affairs."""

from __future__ import annotations

import pytest

from coalchat.store.errors import StoreConflict
from coalchat.store.rows import Confirmed, Peer
from coalchat.store.writer import Store
from tests.store.makers import ident, invite, message, post


async def test_meta_is_replaced(store: Store) -> None:
    assert store.read.meta("counter") is None
    await store.write(lambda t: t.set_meta("counter", b"1"))
    await store.write(lambda t: t.set_meta("counter", b""))
    assert store.read.meta("counter") == b""


async def test_peers_are_added_noted_and_dropped(store: Store) -> None:
    await store.write(lambda t: t.put_peer(Peer("b.example:1", 1)))
    await store.write(lambda t: t.put_peer(Peer("a.example:1", 2)))
    await store.write(lambda t: t.put_peer(Peer("b.example:1", 3, "ship")))
    assert store.read.peers() == [Peer("b.example:1", 1, "ship"), Peer("a.example:1", 2)]
    assert await store.write(lambda t: t.drop_peer("b.example:1"))
    assert not await store.write(lambda t: t.drop_peer("b.example:1"))


async def test_a_clients_id_becomes_one_entry_for_ever(store: Store) -> None:
    await store.write(lambda t: (post(t, 1), post(t, 2)))
    ids = [message(seq).entry_id for seq in (1, 2)]
    assert store.read.posted("bot", "1") is None
    assert await store.write(lambda t: t.put_posted("bot", "1", ids[0]))
    assert not await store.write(lambda t: t.put_posted("bot", "1", ids[0]))
    with pytest.raises(StoreConflict):
        await store.write(lambda t: t.put_posted("bot", "1", ids[1]))
    assert await store.write(lambda t: t.put_posted("other bot", "1", ids[1]))
    assert store.read.posted("bot", "1") == ids[0]
    with pytest.raises(StoreConflict):
        await store.write(lambda t: t.put_posted("bot", "2", ident("no such entry", 32)))


async def test_a_closed_invite_has_no_key(store: Store) -> None:
    await store.write(lambda t: t.put_invite(invite()))
    await store.write(lambda t: t.put_invite(invite("first", expires=50)))
    assert store.read.invites() == [invite("first", expires=50), invite()]
    await store.write(lambda t: t.put_invite(invite(state="used", key=b"")))
    assert store.read.invite(ident("invite")) == invite(state="used", key=b"")
    assert store.read.invites("open") == [invite("first", expires=50)]
    assert await store.write(lambda t: t.drop_invite(ident("invite")))
    assert not await store.write(lambda t: t.drop_invite(ident("invite")))
    assert store.read.invite(ident("invite")) is None


async def test_a_confirmed_device_is_remembered_and_forgotten(store: Store) -> None:
    row = Confirmed(ident("device"), 5)
    assert await store.write(lambda tx: tx.put_confirmed(row))
    assert not await store.write(lambda tx: tx.put_confirmed(Confirmed(ident("device"), 9)))
    assert store.read.confirmed() == [row]
    assert await store.write(lambda tx: tx.drop_confirmed(ident("device")))
    assert not await store.write(lambda tx: tx.drop_confirmed(ident("device")))
    assert store.read.confirmed() == []
