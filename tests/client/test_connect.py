"""Finding a node, starting one, and coming back to it: over real sockets and processes."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import anyio
import pytest
from anyio.abc import ByteStream

from coalchat.api.vocabulary import Phase
from coalchat.client import connect, process
from coalchat.errors import (
    HomeNotPrivate,
    NodeUnavailable,
    NoHome,
    NotAuthorised,
    RuntimeNotPrivate,
    StoreCorrupt,
    UsageError,
    WrongPassphrase,
)
from coalchat.paths import Home, socket_path, write_token
from tests.client.conftest import until
from tests.fakes.api_node import PASSPHRASE

COMMAND = (sys.executable, "-m", "tests.fakes.api_server")


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """Where the started program finds the tests."""
    return {**environ, "PYTHONPATH": str(Path(__file__).parents[2])}


async def end(pid: int) -> None:
    """Wait until a node has ended. It is a child of this process, which has to reap it."""

    def ended() -> bool:
        try:
            return os.waitpid(pid, os.WNOHANG)[0] == pid
        except ChildProcessError:
            return True

    await until(ended)


async def test_a_node_is_started_unlocked_and_stopped(home: Home, environ: dict[str, str]) -> None:
    async with connect(
        home.path, client_name="test", passphrase=PASSPHRASE, command=COMMAND, environ=environ
    ) as client:
        assert client.node.phase is Phase.UNLOCKED
        pid = (await client.status()).pid
        assert pid != os.getpid()
        assert os.getsid(pid) != os.getsid(0)
        await client.stop()
    assert not socket_path(home, environ).exists()
    await end(pid)
    assert home.log.stat().st_mode & 0o777 == 0o600


async def test_a_node_outlives_its_client_and_is_found_again(home: Home, environ: dict[str, str]) -> None:
    async with connect(home.path, client_name="one", command=COMMAND, environ=environ) as client:
        pid = (await client.status()).pid
    async with connect(home.path, client_name="two", start=False, environ=environ) as client:
        assert (await client.status()).pid == pid
        with pytest.raises(WrongPassphrase):
            async with connect(home.path, client_name="three", passphrase=b"no", environ=environ):
                pytest.fail("it let us in")
        await client.stop()
    await end(pid)


async def test_eight_starters_end_at_one_node(home: Home, environ: dict[str, str]) -> None:
    pids: set[int] = set()
    ready = anyio.Event()

    async def starter(number: int) -> None:
        async with connect(
            home.path,
            client_name=f"starter {number}",
            passphrase=PASSPHRASE,
            command=COMMAND,
            environ=environ,
            within=60,
        ) as client:
            pids.add((await client.status()).pid)
            assert client.node.phase is Phase.UNLOCKED
            if number == 0:
                await ready.wait()
                await client.stop()

    async with anyio.create_task_group() as group:
        group.start_soon(starter, 0)
        async with anyio.create_task_group() as others:
            for number in range(1, 8):
                others.start_soon(starter, number)
        ready.set()
    assert len(pids) == 1
    await end(pids.pop())


async def test_no_late_starter_takes_the_place_of_a_node_that_stopped(home: Home, environ: dict[str, str]) -> None:
    async def starter(*delay: str) -> None:
        async with connect(home.path, client_name="test", command=(*COMMAND, *delay), environ=environ) as client:
            await client.status()

    async with anyio.create_task_group() as group:
        group.start_soon(starter, "--delay", "3")
        group.start_soon(starter)
    async with connect(home.path, client_name="last", start=False, environ=environ) as client:
        await client.stop()
    await until(lambda: not children())
    assert not socket_path(home, environ).exists()


def children() -> set[int]:
    """Nodes that this process has started and that still run."""
    for pid in tuple(process._children):
        process._reap(pid)
    return process._children


async def test_without_start_no_node_is_started(home: Home, environ: dict[str, str]) -> None:
    with pytest.raises(NodeUnavailable, match="none runs"):
        async with connect(home.path, client_name="test", start=False, environ=environ):
            pytest.fail("there is none")
    assert not home.log.exists()


async def test_a_stale_socket_is_no_node(home: Home, environ: dict[str, str]) -> None:
    async with connect(home.path, client_name="test", command=COMMAND, environ=environ) as client:
        pid = (await client.status()).pid
        os.kill(pid, signal.SIGKILL)
        await end(pid)
    assert socket_path(home, environ).exists()
    async with connect(home.path, client_name="test", command=COMMAND, environ=environ) as client:
        assert (await client.status()).pid != pid
        pid = (await client.status()).pid
        await client.stop()
    await end(pid)


async def test_a_client_comes_back_to_a_node_that_was_killed(home: Home, environ: dict[str, str]) -> None:
    async with connect(home.path, client_name="test", command=COMMAND, environ=environ) as client:
        first = (await client.status()).pid
        os.kill(first, signal.SIGKILL)
        await end(first)
        async with connect(home.path, client_name="another", command=COMMAND, environ=environ):
            second = (await client.status()).pid
        assert second != first
        await client.stop()
    await end(second)


async def test_a_node_that_stays_away_is_waited_for_only_so_long(home: Home, environ: dict[str, str]) -> None:
    async with connect(home.path, client_name="test", command=COMMAND, environ=environ, patience=0.2) as client:
        pid = (await client.status()).pid
        os.kill(pid, signal.SIGKILL)
        await end(pid)
        with pytest.raises(NodeUnavailable, match="not come back"):
            await client.status()


@pytest.mark.parametrize(
    ("code", "error"), [(1, NodeUnavailable), (2, UsageError), (5, NotAuthorised), (7, StoreCorrupt)]
)
async def test_a_node_that_cannot_start_says_why(
    home: Home, environ: dict[str, str], code: int, error: type[Exception]
) -> None:
    command = (*COMMAND, "--fail", str(code))
    with pytest.raises(error, match=f"ended with {code} while it started"):
        async with connect(home.path, client_name="test", command=command, environ=environ):
            pytest.fail("it started")


async def test_the_last_words_of_a_node_that_cannot_start_are_the_error(home: Home, environ: dict[str, str]) -> None:
    home.log.write_text("coalchat: long ago\n", encoding="utf-8")
    command = (*COMMAND, "--fail", "2", "--say", "warning\ncoalchat: There is no key file here\n")
    with pytest.raises(UsageError) as caught:
        async with connect(home.path, client_name="test", command=command, environ=environ):
            pytest.fail("it started")
    assert str(caught.value) == "There is no key file here"
    assert "node.log" in caught.value.hint


async def test_a_node_that_never_comes_up_ends_the_waiting(home: Home, environ: dict[str, str]) -> None:
    command = (*COMMAND, "--fail", "75")  # as if another had the lock and never answered
    with pytest.raises(NodeUnavailable, match="not come up"):
        async with connect(home.path, client_name="test", command=command, environ=environ, within=0.5):
            pytest.fail("it started")


async def test_a_program_that_is_not_there(home: Home, environ: dict[str, str]) -> None:
    with pytest.raises(NodeUnavailable, match="cannot start"):
        async with connect(home.path, client_name="test", command=("/absent/node",), environ=environ):
            pytest.fail("it started")


async def test_a_home_must_be_there_and_private(home: Home, environ: dict[str, str]) -> None:
    with pytest.raises(NoHome):
        async with connect(home.path / "absent", client_name="test", environ=environ):
            pytest.fail("there is none")
    home.path.chmod(0o755)
    with pytest.raises(HomeNotPrivate):
        async with connect(home.path, client_name="test", environ=environ):
            pytest.fail("it is open to others")


async def test_nothing_is_said_to_a_socket_in_a_directory_of_others(home: Home, environ: dict[str, str]) -> None:
    path = socket_path(home, environ)
    path.parent.mkdir(mode=0o700)
    write_token(home, bytes(32))
    heard = []
    async with await anyio.create_unix_listener(path) as listener, anyio.create_task_group() as group:

        async def listen(stream: ByteStream) -> None:
            heard.append(await stream.receive())

        group.start_soon(listener.serve, listen)
        path.parent.chmod(0o777)
        with pytest.raises(RuntimeNotPrivate):
            async with connect(home.path, client_name="test", start=False, environ=environ):
                pytest.fail("it spoke")
        group.cancel_scope.cancel()
    assert heard == []


async def test_a_directory_of_others_where_our_node_would_not_be_is_passed_over(
    home: Home, environ: dict[str, str]
) -> None:
    elsewhere = home.path.parent / f"coalchat-{os.geteuid()}"
    elsewhere.mkdir(mode=0o700)
    elsewhere.chmod(0o777)
    with pytest.raises(NodeUnavailable, match="none runs"):
        async with connect(
            home.path, client_name="test", start=False, environ={**environ, "TMPDIR": str(home.path.parent)}
        ):
            pytest.fail("there is none")


async def test_a_node_that_hangs_up_is_not_one(home: Home, environ: dict[str, str]) -> None:
    path = socket_path(home, environ)
    path.parent.mkdir(mode=0o700)
    write_token(home, bytes(32))

    async def hang_up(stream: ByteStream) -> None:
        await stream.aclose()

    async with await anyio.create_unix_listener(path) as listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, hang_up)
        with pytest.raises(NodeUnavailable):
            async with connect(home.path, client_name="test", start=False, environ=environ):
                pytest.fail("it answered")
        group.cancel_scope.cancel()


async def test_an_error_of_the_body_comes_out_as_it_is(home: Home, environ: dict[str, str]) -> None:
    async with connect(home.path, client_name="test", command=COMMAND, environ=environ) as client:
        pid = (await client.status()).pid

    async def body() -> None:
        async with connect(home.path, client_name="test", environ=environ) as client:
            await client.stop()
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await body()
    await end(pid)
