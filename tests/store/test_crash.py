"""Processes that are killed: a key file is the old or the new one, and a confirmed write is there."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from functools import partial
from pathlib import Path

import pytest
import trio

from coalchat.store.keyfile import KdfCost, KeyFile
from coalchat.store.runner import in_place
from coalchat.store.writer import open_store
from protocol.base.limits import ARGON2_MEMORY_MIN, ARGON2_TIME_MIN
from tests.store.makers import KEY, ident

FLOOR = KdfCost(ARGON2_TIME_MIN, ARGON2_MEMORY_MIN)
ROOT = Path(__file__).parents[2]


def script(source: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(source), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


REPLACE = """
    import os, signal, sys
    from pathlib import Path
    from coalchat.store.keyfile import KdfCost, KeyFile

    path, at = Path(sys.argv[1]), int(sys.argv[2])
    file = KeyFile(path, bytearray(b"k" * 32), KdfCost(3, 65536), b"s" * 16)
    seen = 0

    def die(event, arguments):
        # Python announces each open, rename and removal before it does it.
        global seen
        if event in {"open", "os.rename", "os.remove"}:
            seen += 1
            if seen == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die)
    file.replace(b"new", entropy=os.urandom)
    at = 0
"""


def test_a_replacement_killed_at_any_point_leaves_the_old_or_the_new_key_file(home: Path) -> None:
    path = home / "keys"
    file = KeyFile(path, bytearray(b"k" * 32), FLOOR, b"s" * 16)
    found = []
    for at in range(1, 100):
        file.replace(b"old", entropy=bytes)
        with script(REPLACE, str(path), str(at)) as child:
            status = child.wait()
        found.append(bytes(file.read()))
        if status == 0:
            break
        assert status == -signal.SIGKILL
    assert len(found) > 4, "opened, made beside, renamed: each was a point to die at"
    assert found[-1] == b"new"
    assert set(found[:-1]) == {b"old"}
    assert [one.name for one in home.iterdir()] == ["keys"]


def test_what_a_crash_left_beside_is_removed_at_the_next_unlock(home: Path) -> None:
    path = home / "keys"
    KeyFile.create(path, b"passphrase", b"old", entropy=bytes, cost=FLOOR)
    beside = path.with_name("keys.new")
    beside.write_bytes(b"half of a new one, with keys that must not outlive their time")
    assert KeyFile.unlock(path, b"passphrase")[1] == b"old"
    assert not beside.exists()


WRITES = """
    import sys, trio
    from functools import partial
    from pathlib import Path
    from coalchat.store.runner import in_thread
    from coalchat.store.writer import open_store
    from tests.store.makers import KEY, post

    async def write(store, task):
        for i in range(2500):
            seq = i + 1
            await store.write(lambda t: (post(t, seq, f"feed {task}"), t.append_event(1, "message", b"")))
            print(f"{task} {seq}", flush=True)

    async def main():
        async with trio.open_nursery() as nursery:
            async with open_store(Path(sys.argv[1]), KEY, nursery=nursery, run_sync=in_thread()) as store:
                async with trio.open_nursery() as writers:
                    for task in range(8):
                        writers.start_soon(partial(write, store, task))

    trio.run(main)
"""


@pytest.mark.parametrize("after", [1, 60, 120])
async def test_a_killed_node_loses_no_confirmed_write(path: Path, after: int) -> None:
    confirmed: list[tuple[int, int]] = []
    with script(WRITES, str(path)) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.endswith("\n"):  # the last one may be half
                task, seq = map(int, line.split())
                confirmed.append((task, seq))
            if len(confirmed) >= after:
                child.kill()
        assert child.wait() == -signal.SIGKILL
    assert len(confirmed) >= after

    async with trio.open_nursery() as nursery, open_store(path, KEY, nursery=nursery, run_sync=in_place) as store:
        store.read.check_integrity()
        heads = {head.feed_id: head.head_seq for head in store.read.feed_heads()}
        for task, seq in confirmed:
            assert store.read.message(ident(f"feed {task} {seq}", 32)) is not None
            assert heads[ident(f"feed {task}")] >= seq
        kept = sum(heads.values())
        assert store.read.last_cursor() == kept, "message, head and event of one write are there together or not at all"
        await store.write(partial(lambda t: t.append_event(2, "again", b"")))
