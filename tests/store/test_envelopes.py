"""TEK envelopes."""

from __future__ import annotations

from coalchat.store.faces import Transaction
from coalchat.store.writer import Store
from tests.store.makers import envelope, ident

PLACE = (ident("channel"), b"release", 5)


async def test_an_envelope_is_kept_once(store: Store) -> None:
    assert await store.write(lambda t: t.put_envelope(envelope()))
    assert not await store.write(lambda t: t.put_envelope(envelope(retired=True)))
    assert store.read.envelope(ident("envelope", 32)) == envelope()
    assert store.read.envelope(ident("other", 32)) is None


async def test_only_what_is_mine_and_not_retired_is_live(store: Store) -> None:
    await store.write(lambda t: t.put_envelope(envelope("theirs")))
    assert store.read.live_envelope(*PLACE) is None
    await store.write(lambda t: t.put_envelope(envelope("old", mine=True)))
    await store.write(lambda t: t.put_envelope(envelope("new", mine=True)))
    await store.write(lambda t: t.put_envelope(envelope("next", mine=True, n=6)))
    assert store.read.live_envelope(*PLACE) == envelope("new", mine=True)

    assert await store.write(lambda t: t.retire_envelope(ident("new", 32)))
    assert not await store.write(lambda t: t.retire_envelope(ident("new", 32)))
    assert store.read.live_envelope(*PLACE) == envelope("old", mine=True)
    assert store.read.envelope(ident("new", 32)) == envelope("new", mine=True, retired=True)


async def test_what_another_made_is_live_unless_it_is_retired_or_complained_of(store: Store) -> None:
    def write(tx: Transaction) -> None:
        for name, changes in (("a", {}), ("b", {}), ("c", {"retired": True}), ("d", {}), ("e", {"device": b"other"})):
            tx.put_envelope(envelope(name, **changes))
        tx.mark_complained(ident("d", 32))

    await store.write(write)
    live = store.read.live_envelopes_by(ident("device"), *PLACE)
    assert [row.envelope_id for row in live] == [ident("b", 32), ident("a", 32)]
    assert store.read.live_envelopes_by(ident("device"), b"other", *PLACE[1:]) == []


async def test_a_change_retires_a_channel_or_all(store: Store) -> None:
    await store.write(lambda t: t.put_envelope(envelope("a", mine=True)))
    await store.write(lambda t: t.put_envelope(envelope("b", mine=True, channel=b"other")))
    await store.write(lambda t: t.put_envelope(envelope("c")))
    assert await store.write(lambda t: t.retire_envelopes(ident("channel"))) == 2
    assert store.read.live_envelope(*PLACE) is None
    assert store.read.live_envelope(b"other", b"release", 5) is not None
    assert await store.write(lambda t: t.retire_envelopes()) == 1
    assert store.read.live_envelope(b"other", b"release", 5) is None


async def test_envelopes_of_one_author_and_place_are_counted(store: Store) -> None:
    await store.write(
        lambda t: [
            t.put_envelope(envelope(name, **changes))
            for name, changes in (("a", {}), ("b", {"retired": True}), ("c", {"n": 6}), ("d", {"device": b"other"}))
        ]
    )
    assert store.read.count_envelopes(ident("device"), *PLACE) == 2
    assert [one.envelope_id for one in store.read.envelopes_of_segment(5)] == [ident(x, 32) for x in "abd"]


async def test_a_complaint_is_noted_once(store: Store) -> None:
    await store.write(lambda t: t.put_envelope(envelope(mine=True)))
    assert await store.write(lambda t: t.mark_complained(ident("envelope", 32)))
    assert not await store.write(lambda t: t.mark_complained(ident("envelope", 32)))
    live = store.read.live_envelope(*PLACE)
    assert live is not None, "a hostile nation's complaint alone stops nobody from sending"
    assert live.complained
