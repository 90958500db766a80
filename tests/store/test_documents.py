"""Control documents."""

from __future__ import annotations

from coalchat.store.rows import DocumentKey
from coalchat.store.writer import Store
from tests.store.makers import document, ident


async def test_a_document_is_kept_once(store: Store) -> None:
    one = document("a")
    assert await store.write(lambda t: t.put_document(one))
    assert not await store.write(lambda t: t.put_document(one))
    assert store.read.document(one.hash) == one
    assert store.read.document(ident("other", 32)) is None


async def test_newest_is_the_highest_number_whatever_came_last(store: Store) -> None:
    await store.write(lambda t: [t.put_document(document(f"a{n}", number=n)) for n in (2, 3, 1)])
    await store.write(lambda t: t.put_document(document("b", issuer=b"another", number=9)))
    await store.write(lambda t: t.put_document(document("c", tag=8, number=9)))

    newest = store.read.newest_document(7, b"issuer")
    assert newest is not None
    assert newest.number == 3
    assert [one.number for one in store.read.documents(7, b"issuer")] == [1, 2, 3]
    assert [one.issuer for one in store.read.documents(7)] == [b"another", b"issuer", b"issuer", b"issuer"]
    assert store.read.newest_document(7, b"nobody") is None
    assert sorted(one.tag for one in store.read.all_documents()) == [7, 7, 7, 7, 8]


async def test_two_documents_with_one_number_are_both_kept(store: Store) -> None:
    twins = [document("a", number=4), document("b", number=4)]
    await store.write(lambda t: [t.put_document(one) for one in twins])
    assert {one.hash for one in store.read.documents(7, b"issuer")} == {one.hash for one in twins}
    newest = store.read.newest_document(7, b"issuer")
    assert newest is not None
    assert newest.hash == min(one.hash for one in twins)


async def test_an_inventory_holds_what_a_nation_may_and_is_sorted(store: Store) -> None:
    kept = [
        document("a", number=2),
        document("b", number=1),
        document("c", tag=3, audience=0b01),
        document("d", tag=3, issuer=b"a", audience=0b10),
    ]
    await store.write(lambda t: [t.put_document(one) for one in kept])

    def keys(*names: int) -> list[DocumentKey]:
        return [DocumentKey(kept[i].tag, kept[i].issuer, kept[i].number, kept[i].hash) for i in names]

    assert store.read.inventory(0b01) == keys(2, 1, 0)
    assert store.read.inventory(0b10) == keys(3, 1, 0)
    assert store.read.inventory() == keys(3, 2, 1, 0)

    assert await store.write(lambda t: t.set_audience(kept[3].hash, 0b11))
    assert store.read.inventory(0b01) == keys(3, 2, 1, 0)
    assert not await store.write(lambda t: t.set_audience(ident("other", 32), 1))


async def test_superseded_documents_can_be_dropped(store: Store) -> None:
    await store.write(lambda t: [t.put_document(document(f"a{n}", number=n)) for n in range(1, 6)])
    assert await store.write(lambda t: t.drop_documents(7, b"issuer", 4)) == 3
    assert [one.number for one in store.read.documents(7)] == [4, 5]
    assert await store.write(lambda t: t.drop_document(ident("a4", 32)))
    assert not await store.write(lambda t: t.drop_document(ident("a4", 32)))
