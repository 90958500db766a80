"""One writer with group commit: who is confirmed, who is told otherwise, who wakes."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from coalchat.store.errors import StoreClosed, StoreConflict, StoreError
from coalchat.store.faces import Transaction
from coalchat.store.runner import RunSync, in_place, in_thread
from coalchat.store.writer import MAX_BATCH, Store, open_store
from tests.store.makers import KEY, message, post

T = TypeVar("T")


class Gate:
    """Work in place, but a batch waits at the gate while it is shut; meanwhile others queue behind it."""

    def __init__(self) -> None:
        self.opened = trio.Event()
        self.batches = 0

    def shut(self) -> None:
        self.opened = trio.Event()
        self.batches = 0

    async def __call__(self, fn: Callable[[], T], /) -> T:
        self.batches += 1
        await self.opened.wait()
        return await in_place(fn)


@pytest.fixture
def gate() -> Gate:
    gate = Gate()
    gate.opened.set()
    return gate


@pytest.fixture
async def gated(path: Path, nursery: trio.Nursery, gate: Gate) -> AsyncIterator[Store]:
    async with open_store(path, KEY, nursery=nursery, run_sync=gate) as opened:
        gate.shut()
        yield opened


def put(key: str) -> Callable[[Transaction], str]:
    def write(transaction: Transaction) -> str:
        transaction.set_meta(key, b"")
        return key

    return write


def refuse(transaction: Transaction) -> None:
    transaction.set_meta("refused", b"")
    transaction.append_event(1, "refused", b"")
    raise ZeroDivisionError


def break_the_commit(transaction: Transaction) -> None:
    """A message without an entry: noticed at the commit only."""
    transaction.sql.run("PRAGMA defer_foreign_keys = ON")
    transaction.put_message(message(1))


# --- confirmed ---


@pytest.mark.parametrize("run_sync", [in_place, in_thread()])
async def test_a_confirmed_write_is_read_at_once_and_after_reopening(path: Path, run_sync: RunSync) -> None:
    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=run_sync) as store:
        assert await store.write(lambda t: post(t, 1)) == 1
        assert store.read.message(message(1).entry_id) is not None
    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=run_sync) as store:
        assert store.read.message(message(1).entry_id) == message(1, position=1)
        assert await store.write(lambda t: post(t, 2)) == 2


async def test_what_queues_during_a_commit_is_one_batch(gated: Store, gate: Gate) -> None:
    commits: list[str] = []
    gate.opened.set()
    await gated.write(
        lambda t: t.sql.connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    )
    commits.clear()
    gate.shut()
    done: list[str] = []

    async def write(i: int) -> None:
        done.append(await gated.write(put(str(i))))

    async with trio.open_nursery() as nursery:
        for i in range(100):
            nursery.start_soon(write, i)
        await wait_all_tasks_blocked()
        assert done == []
        gate.opened.set()
    assert sorted(done) == sorted(map(str, range(100)))
    assert len(commits) == gate.batches <= 2


async def test_a_batch_is_bounded(gated: Store, gate: Gate) -> None:
    async with trio.open_nursery() as nursery:
        for i in range(3 * MAX_BATCH):
            nursery.start_soon(gated.write, put(str(i)))
        await wait_all_tasks_blocked()
        gate.opened.set()
    assert 3 <= gate.batches <= 5
    assert gated.read.meta(str(3 * MAX_BATCH - 1)) == b""


async def test_writes_of_many_tasks_through_a_thread_are_all_kept(path: Path) -> None:
    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_thread()) as store:
        async with trio.open_nursery() as writers:
            for i in range(100):
                writers.start_soon(store.write, lambda t: t.append_event(1, "message", b""))
                if i % 10 == 0:
                    await trio.lowlevel.checkpoint()
        assert store.read.last_cursor() == 100


async def test_a_write_sees_itself_and_readers_see_commits_only(store: Store) -> None:
    seen: list[object] = []

    def write(transaction: Transaction) -> None:
        transaction.set_meta("a", b"1")
        seen.extend([transaction.meta("a"), store.read.meta("a")])

    await store.write(write)
    assert seen == [b"1", None]
    assert store.read.meta("a") == b"1"


# --- refused ---


async def test_an_error_undoes_its_own_write_only(gated: Store, gate: Gate) -> None:
    caught: list[Exception] = []

    async def refused() -> None:
        try:
            await gated.write(refuse)
        except ZeroDivisionError as error:
            caught.append(error)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(gated.write, put("first"))
        await wait_all_tasks_blocked()
        nursery.start_soon(gated.write, put("before"))
        nursery.start_soon(refused)
        nursery.start_soon(gated.write, put("after"))
        await wait_all_tasks_blocked()
        gate.opened.set()
    assert gate.batches == 2, "all three stood in one batch"
    assert len(caught) == 1
    assert gated.read.meta("refused") is None
    assert gated.read.events_after(0, 9) == []
    assert [gated.read.meta(key) for key in ("first", "before", "after")] == [b"", b"", b""]


async def test_a_failed_commit_is_told_to_everybody_in_the_batch_and_to_nobody_else(gated: Store, gate: Gate) -> None:
    told: dict[str, Exception] = {}

    async def write(name: str, fn: Callable[[Transaction], object]) -> None:
        try:
            await gated.write(fn)
        except (StoreError, ZeroDivisionError) as error:
            told[name] = error

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write, "first", put("first"))
        await wait_all_tasks_blocked()
        nursery.start_soon(write, "before", put("before"))
        nursery.start_soon(write, "breaks", break_the_commit)
        nursery.start_soon(write, "refused", refuse)
        nursery.start_soon(write, "after", put("after"))
        await wait_all_tasks_blocked()
        gate.opened.set()
    assert {name: type(error) for name, error in told.items()} == {
        "before": StoreConflict,
        "breaks": StoreConflict,
        "after": StoreConflict,
        "refused": ZeroDivisionError,
    }
    assert len({id(error) for error in told.values()}) == 4, "a traceback belongs to one raise"
    assert gated.read.meta("first") == b""
    assert gated.read.meta("before") is None
    assert await gated.write(put("later")) == "later"


async def test_a_transaction_that_is_over_writes_nothing(store: Store) -> None:
    kept: list[Transaction] = []
    await store.write(kept.append)
    with pytest.raises(StoreError):
        kept[0].set_meta("late", b"")
    assert store.read.meta("late") is None


# --- cancelled ---


async def test_a_write_that_was_cancelled_in_the_queue_is_not_made(gated: Store, gate: Gate) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(gated.write, put("first"))
        await wait_all_tasks_blocked()
        with trio.CancelScope() as scope:
            nursery.start_soon(cancel_when_blocked, scope)
            await gated.write(put("cancelled"))
        gate.opened.set()
    assert await gated.write(put("last")) == "last"
    assert gated.read.meta("first") == b""
    assert gated.read.meta("cancelled") is None


async def cancel_when_blocked(scope: trio.CancelScope) -> None:
    await wait_all_tasks_blocked()
    scope.cancel()


async def test_a_write_that_was_cancelled_under_way_is_made_whole(path: Path) -> None:
    under_way, go_on = trio.Event(), threading.Event()

    def slow(transaction: Transaction) -> None:
        transaction.set_meta("a", b"")
        trio.from_thread.run_sync(under_way.set)
        assert go_on.wait(60)
        transaction.set_meta("b", b"")

    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_thread()) as store:
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as writers:
                writers.start_soon(store.write, slow)
                await under_way.wait()
                scope.cancel()
        assert scope.cancelled_caught
        go_on.set()
        await store.write(put("after"))
        assert [store.read.meta(key) for key in ("a", "b")] == [b"", b""]


# --- closed ---


async def test_closing_commits_what_is_queued(path: Path, gate: Gate) -> None:
    async with trio.open_nursery() as nursery:
        async with open_store(path, KEY, nursery=nursery, run_sync=gate) as store:
            gate.shut()
            for i in range(10):
                nursery.start_soon(store.write, put(str(i)))
            await wait_all_tasks_blocked()
            gate.opened.set()
        with pytest.raises(StoreClosed):
            await store.write(put("late"))
        with pytest.raises(StoreClosed):
            store.read.meta("0")
    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_place) as store:
        assert [store.read.meta(str(i)) for i in range(10)] == [b""] * 10
        assert store.read.meta("late") is None


async def test_a_writer_that_is_cancelled_leaves_nobody_waiting(path: Path, gate: Gate) -> None:
    told: list[Exception] = []

    async def write(i: int) -> None:
        try:
            await store.write(put(str(i)))
        except StoreClosed as error:
            told.append(error)

    async with (
        trio.open_nursery() as callers,
        trio.open_nursery() as nursery,
        open_store(path, KEY, nursery=nursery, run_sync=gate) as store,
    ):
        gate.shut()
        for i in range(2 * MAX_BATCH):
            callers.start_soon(write, i)
        await wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
        gate.opened.set()
    assert len(told) == 2 * MAX_BATCH
    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_place) as store:
        assert store.read.meta("0") is None


async def test_an_error_of_the_block_comes_out_as_it_is(path: Path, nursery: trio.Nursery) -> None:
    with pytest.raises(ZeroDivisionError):
        async with open_store(path, KEY, nursery=nursery, run_sync=in_place):
            raise ZeroDivisionError


# --- events ---


async def test_a_subscriber_sleeps_until_there_is_something_after_its_cursor(
    store: Store, autojump_clock: MockClock
) -> None:
    woken: list[tuple[int, float]] = []

    async def subscribe(cursor: int) -> None:
        await store.wait_event(cursor)
        woken.append((cursor, trio.current_time()))

    start = trio.current_time()
    async with trio.open_nursery() as nursery:
        for cursor in (0, 1, 2):
            nursery.start_soon(subscribe, cursor)
        await trio.sleep(10)
        await store.write(put("no event"))
        await trio.sleep(10)
        assert woken == []
        await store.write(lambda t: t.append_event(1, "a", b""))
        await trio.sleep(86_400)
        await store.write(lambda t: (t.append_event(1, "b", b""), t.append_event(1, "c", b"")))
    assert sorted((cursor, round(at - start)) for cursor, at in woken) == [(0, 20), (1, 86_420), (2, 86_420)]
    await store.wait_event(2)


async def test_a_subscriber_misses_nothing_however_it_is_scheduled(path: Path) -> None:
    """Through a thread, where a commit falls anywhere between the look and the sleep."""
    seen: list[int] = []

    async def subscribe(store: Store) -> None:
        cursor = 0
        while cursor < 200:
            await store.wait_event(cursor)
            page = store.read.events_after(cursor, 7)
            seen.extend(event.cursor for event in page)
            cursor = page[-1].cursor

    async with (
        trio.open_nursery() as nursery,
        open_store(path, KEY, nursery=nursery, run_sync=in_thread()) as store,
        trio.open_nursery() as tasks,
    ):
        tasks.start_soon(subscribe, store)
        for _ in range(200):
            tasks.start_soon(store.write, lambda t: t.append_event(1, "a", b""))
            await trio.lowlevel.checkpoint()
    assert seen == list(range(1, 201))


async def test_a_subscriber_of_a_store_that_closes_is_told(path: Path) -> None:
    told: list[str] = []

    async def subscribe(store: Store) -> None:
        try:
            await store.wait_event(0)
        except StoreClosed as error:
            told.append(str(error))

    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_place) as store:
        nursery.start_soon(partial(subscribe, store))
        await wait_all_tasks_blocked()
    assert told == ["The store is closed"]
