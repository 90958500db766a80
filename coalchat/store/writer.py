"""The store of a running node (SPEC, "At rest"): readers beside one writer with group commit.

Rule 1: one task writes. Whatever queued while it committed is its next batch: one transaction, one sync, however many
callers wait.
Rule 2: each write is a savepoint: its error undoes it alone and is raised to its caller alone.
Rule 3: nobody resumes before the commit is durable. If it fails, it failed for all of them, and they are told so.
Rule 4: after a fault of the disk or of the file nothing more is written, and reading goes on. A full disk is no fault:
the next write may succeed, and what the node does by itself is tried until it does (`room`). So a write may run more than
once: it touches nothing but its transaction.
Rule 5: a caller that is cancelled does not know: its write took place as a whole or not at all.
Rule 6: after a commit that purged something the write-ahead log is cut: it would hold what stood there before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
import trio

from coalchat.errors import CoalchatError, StoreCorrupt
from coalchat.store import private
from coalchat.store.errors import StoreClosed, StoreError, again
from coalchat.store.faces import Reader, Transaction
from coalchat.store.room import Room
from coalchat.store.runner import RunSync
from coalchat.store.schema import migrate
from coalchat.store.sql import Sql

T = TypeVar("T")

MAX_BATCH: Final = 256
"""Writes of one commit, and writes that queue beside it: more would make the first of them wait for the last."""


@attrs.define(eq=False)
class _Write:
    """One write under way: `error` or `value` is set before `done`."""

    fn: Callable[[Transaction], Any]
    done: trio.Event = attrs.field(factory=trio.Event)
    value: Any = None
    error: Exception | None = None
    abandoned: bool = False


class Store:
    """An open store. Made by `open_store`."""

    def __init__(self, writer: Sql, reader: Sql, run_sync: RunSync) -> None:
        """For `open`."""
        self.read = Reader(reader)
        self.room = Room()
        self._sql = writer
        self._run_sync = run_sync
        self._send, self._receive = trio.open_memory_channel[_Write](MAX_BATCH)
        self._appended = trio.Event()
        self._done = trio.Event()

    @classmethod
    async def open(cls, path: Path, key: bytes | bytearray, *, run_sync: RunSync) -> Store:
        """Open a database, making or migrating it where needed. Nothing is written until `run` runs.

        Raises:
            StoreCorrupt: the key is not its key, or its first page is damaged.
            StoreNewer: a newer program wrote it.
            NoHome, HomeNotPrivate, NotPrivate: it does not lie in a home that is ours alone.
            StoreError: the disk refused.
        """
        writer, reader = await run_sync(partial(connect, path, key))
        return cls(writer, reader, run_sync)

    async def write(self, fn: Callable[[Transaction], T]) -> T:
        """Run a function on the writer and give its result, once that is durable.

        The function is quick, touches nothing but the transaction, and may run in another thread.

        Raises:
            whatever `fn` raises: of what it wrote nothing is kept.
            StoreFull: not kept, and this task does not wait for room.
            StoreCorrupt, StoreClosed, StoreError: not kept, by no fault of `fn`.
            StoreStopped: not confirmed; what the disk has of it shows when the store is opened anew.
        """
        return await self.room.take(partial(self._write, fn))

    async def _write(self, fn: Callable[[Transaction], T]) -> T:
        if self._sql.fault is not None:
            raise again(self._sql.fault)
        write = _Write(fn)
        try:
            await self._send.send(write)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            raise StoreClosed from None
        try:
            await write.done.wait()
        finally:
            write.abandoned = True
        if write.error is not None:
            raise write.error
        value: T = write.value
        return value

    async def wait_event(self, cursor: int) -> None:
        """Sleep until there is an event beyond a cursor.

        Raises:
            StoreClosed: the store was closed meanwhile.
        """
        await trio.lowlevel.checkpoint()
        while self.read.last_cursor() <= cursor:
            await self._appended.wait()

    async def run(self) -> None:
        """The writer: commits batches until the store is closed. One task runs it, once."""
        try:
            async for first in self._receive:
                await self._commit([first, *self._queued(MAX_BATCH - 1)])
        finally:
            for write in self._queued():
                _settle(write, StoreClosed())
            self._receive.close()
            self._done.set()

    async def aclose(self) -> None:
        """Let the writer finish what is queued, then close; `run` must have been started."""
        self._send.close()
        await self._done.wait()
        self.read.sql.close()
        self._appended.set()
        await self._run_sync(self._sql.close)

    def _queued(self, most: int | None = None) -> list[_Write]:
        """What waits in the channel now."""
        found: list[_Write] = []
        while most is None or len(found) < most:
            try:
                found.append(self._receive.receive_nowait())
            except (trio.WouldBlock, trio.EndOfChannel):
                break
        return found

    async def _commit(self, batch: Sequence[_Write]) -> None:
        try:
            appended = await self._run_sync(partial(self._transaction, batch))
        except BaseException:  # cancelled before it began: nothing was written
            for write in batch:
                _settle(write, StoreClosed())
            raise
        for write in batch:
            write.done.set()
        if appended:
            self._appended.set()
            self._appended = trio.Event()

    def _transaction(self, batch: Sequence[_Write]) -> bool:
        """Commit a batch; whether events were appended. Runs where `run_sync` runs it."""
        sql = self._sql
        transaction = Transaction(sql)
        try:
            sql.begin()
            for write in batch:
                if not write.abandoned:
                    _attempt(sql, transaction, write)
            sql.change("COMMIT")
        except CoalchatError as error:
            for write in batch:
                write.error = write.error or again(error)
            return False
        finally:
            sql.rollback()
        if transaction.purged:
            # Before anybody is told that it is gone. A fault of the disk stays with the connection: no write follows it.
            with suppress(StoreError, StoreCorrupt):
                sql.fold_log()
        return transaction.appended


def _attempt(sql: Sql, transaction: Transaction, write: _Write) -> None:
    """Run one write under a savepoint, and keep its value or its error for its caller.

    Raises:
        StoreError, StoreCorrupt: the whole transaction is lost, whatever the function made of it.
    """
    sql.change("SAVEPOINT write")
    try:
        write.value = write.fn(transaction)
    except Exception as error:  # noqa: BLE001 -- raised where it belongs, in the caller's task
        write.error = error
        sql.change("ROLLBACK TO write")
    sql.change("RELEASE write")


def _settle(write: _Write, error: Exception) -> None:
    write.error = write.error or error
    write.done.set()


def connect(path: Path, key: bytes | bytearray) -> tuple[Sql, Sql]:
    """The writer's and the readers' connection to a database of the newest version.

    Raises:
        as `Store.open`.
    """
    if not private.exists(path):
        private.create(path)
    private.check(path)
    writer = Sql.open(path, key)
    try:
        migrate(writer)
        return writer, Sql.open(path, key, read_only=True)
    except BaseException:
        writer.close()
        raise


@asynccontextmanager
async def open_store(
    path: Path, key: bytes | bytearray, *, nursery: trio.Nursery, run_sync: RunSync
) -> AsyncIterator[Store]:
    """`async with open_store(...) as store`: open a store, run its writer in `nursery`, and close it at the end.

    What is queued when the block ends is still committed; when the nursery is cancelled, what is queued is refused.

    Raises:
        as `Store.open`.
    """
    store = await Store.open(path, key, run_sync=run_sync)
    nursery.start_soon(store.run)
    try:
        yield store
    finally:
        with trio.CancelScope(shield=True):
            await store.aclose()
