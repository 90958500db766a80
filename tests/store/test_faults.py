"""Disks that are full or broken: no false confirmation, reading goes on, and after a fault nothing more is written."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from coalchat.errors import CoalchatError, ExitCode, StoreCorrupt
from coalchat.store.errors import StoreError, StoreFull
from coalchat.store.faces import Transaction
from coalchat.store.runner import in_place
from coalchat.store.writer import Store, open_store
from tests.store.makers import KEY

ROOT = Path(__file__).parents[2]


def fill(transaction: Transaction) -> None:
    for i in range(1000):
        transaction.set_meta(f"large {i}", bytes(4096))


async def room(store: Store, pages: int) -> None:
    """So many pages the database may have from now on: what a full disk is to SQLite."""
    await store.write(lambda t: t.sql.run(f"PRAGMA max_page_count = {pages}"))


async def test_a_full_disk_confirms_nothing_and_the_next_write_goes_on(store: Store) -> None:
    await store.write(lambda t: t.set_meta("before", b""))
    await room(store, store.read.sql.value("PRAGMA page_count") + 20)
    told: list[Exception] = []

    async def write(fn: Callable[[Transaction], object]) -> None:
        try:
            await store.write(fn)
        except StoreError as error:
            told.append(error)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write, lambda t: t.set_meta("beside", b""))
        nursery.start_soon(write, fill)
        nursery.start_soon(write, lambda t: t.set_meta("beside", b""))
        await wait_all_tasks_blocked()
    assert told
    assert {type(error) for error in told} == {StoreFull}, "SQLite undid the whole batch, and everybody was told why"
    assert told[0].hint  # type: ignore[attr-defined]  # a StoreFull
    assert store.read.meta("before") == b""
    assert store.read.meta("large 0") is None

    await room(store, 2**20)
    await store.write(fill)
    assert store.read.meta("large 999") == bytes(4096)


async def test_a_function_that_swallows_a_full_disk_is_still_told(store: Store) -> None:
    def swallow(transaction: Transaction) -> str:
        try:
            fill(transaction)
        except StoreFull:
            transaction.set_meta("small", b"")
        return "all is well"

    def swallow_twice(transaction: Transaction) -> str:
        try:
            return swallow(transaction)
        except StoreFull:
            return "all is well"

    for fn in (swallow, swallow_twice):
        await room(store, store.read.sql.value("PRAGMA page_count") + 20)
        with pytest.raises(StoreFull):
            await store.write(fn)
        assert store.read.meta("small") is None
        await room(store, 2**20)


BROKEN = """
    import json, resource, sys, trio
    from pathlib import Path
    from coalchat.store.errors import StoreError
    from coalchat.store.runner import in_thread
    from coalchat.store.writer import open_store
    from tests.store.makers import KEY

    async def write(store, key, size, said):
        try:
            await store.write(lambda t: t.set_meta(key, bytes(size)))
            said.append([key, "kept"])
        except StoreError as error:
            said.append([key, error.code])

    async def main():
        said = []
        async with trio.open_nursery() as nursery:
            async with open_store(Path(sys.argv[1]), KEY, nursery=nursery, run_sync=in_thread()) as store:
                await write(store, "before", 1, said)
                # Beyond this size the system refuses each write of a file with EFBIG, to SQLite a fault of the disk.
                resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, resource.RLIM_INFINITY))
                await write(store, "large", 2**21, said)
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                await write(store, "after", 1, said)
                said.append(["reads", [store.read.meta(key) is not None for key in ("before", "large", "after")]])
        print(json.dumps(said))

    trio.run(main)
"""


async def test_after_a_fault_of_the_disk_nothing_more_is_written(path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(BROKEN), str(path)]
    done = await trio.run_process(command, cwd=ROOT, capture_stdout=True, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout.decode()
    assert json.loads(done.stdout) == [
        ["before", "kept"],
        ["large", "store-stopped"],
        ["after", "store-stopped"],
        ["reads", [True, False, False]],
    ]
    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_place) as store:
        store.read.check_integrity()
        assert store.read.meta("before") is not None
        assert store.read.meta("after") is None
        await store.write(lambda t: t.set_meta("anew", b""))


def spoil(path: Path, page_number: int) -> None:
    with path.open("r+b") as file:
        file.seek((page_number - 1) * 4096 + 50)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))


async def test_after_damage_is_met_nothing_more_is_written(path: Path) -> None:
    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_place) as store:
        await store.write(lambda t: t.set_meta("a", b""))
        page_number = store.read.sql.value("SELECT rootpage FROM sqlite_schema WHERE name = 'audit'")
    spoil(path, page_number)
    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_place) as store:
        for fn in (lambda t: t.append_audit(1, "", "", ""), lambda t: t.set_meta("b", b"")):
            with pytest.raises(StoreCorrupt) as caught:
                await store.write(fn)
            error: CoalchatError = caught.value
            assert error.exit_code is ExitCode.CORRUPT
        assert store.read.meta("a") == b""
        assert store.read.meta("b") is None
        with pytest.raises(StoreCorrupt):
            store.read.check_integrity()
