"""A full disk: the node's own work waits for room, and who asked for something is told at once."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.store.errors import StoreFull
from coalchat.store.room import PAUSE, wait_for_room
from coalchat.store.writer import Store
from tests.store.test_faults import fill, room


async def test_the_nodes_own_work_waits_and_goes_on(store: Store, autojump_clock: MockClock) -> None:
    small = store.read.sql.value("PRAGMA page_count") + 20
    await room(store, small)

    async def own_work() -> None:
        wait_for_room()
        await store.write(fill)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(own_work)
        await trio.sleep(10 * PAUSE)
        assert store.room.short
        assert store.read.meta("large 0") is None, "nothing of it was kept meanwhile"
        with pytest.raises(StoreFull):
            await store.write(fill)  # this task asks, and is told
        await room(store, small * 1_000)
    assert store.read.meta("large 999") == bytes(4096)
    assert not store.room.short


async def test_a_task_that_is_started_by_one_that_waits_waits_too(store: Store, autojump_clock: MockClock) -> None:
    await room(store, store.read.sql.value("PRAGMA page_count"))
    ended: list[bool] = []

    async def child() -> None:
        try:
            await store.write(fill)
        finally:
            ended.append(True)

    async def parent() -> None:
        wait_for_room()
        async with trio.open_nursery() as inner:
            inner.start_soon(child)

    with trio.move_on_after(10 * PAUSE) as scope:
        await parent()
    assert scope.cancelled_caught
    assert ended == [True], "it waited, until it was cancelled"
