"""A scripted node at the other end of a socket pair, or at a home's socket."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import anyio
import pytest
from anyio.abc import ByteStream, SocketStream, TaskGroup

from coalchat.client import Client, over
from coalchat.paths import Home, ensure_private_home
from tests.fakes.api_node import FakeNode
from tests.fakes.api_server import serve

Dial = Callable[[], Awaitable[Client]]


async def stream_pair() -> tuple[ByteStream, ByteStream]:
    """Two ends of one connection."""
    ours, theirs = socket.socketpair()
    return await SocketStream.from_socket(ours), await SocketStream.from_socket(theirs)


async def until(condition: Callable[[], object], within: float = 10) -> None:
    """Wait for something that nobody tells about."""
    with anyio.fail_after(within):
        while not condition():  # it is a count, or a process: there is no event
            await anyio.sleep(0.005)


@pytest.fixture
async def tasks(anyio_backend: str) -> AsyncIterator[TaskGroup]:
    """A task group around the test; cancelled at its end."""
    async with anyio.create_task_group() as group:
        yield group
        group.cancel_scope.cancel()


@pytest.fixture
def fake() -> FakeNode:
    """A node with a channel of three nations."""
    node = FakeNode(token="f" * 64)
    node.add_channel("#ops", "XAA", "XBB", "XCC")
    return node


@pytest.fixture
async def dial(fake: FakeNode, tasks: TaskGroup) -> AsyncIterator[Dial]:
    """Make one more client of the node."""
    async with AsyncExitStack() as stack:

        async def client() -> Client:
            ours, theirs = await stream_pair()
            tasks.start_soon(partial(serve, fake), theirs)
            return await stack.enter_async_context(over(ours, client_name="test", token=fake.token))

        yield client


@pytest.fixture
async def client(dial: Dial) -> Client:
    """A client of the node."""
    return await dial()


@pytest.fixture
def home() -> Iterator[Home]:
    """A home and a runtime directory with short paths: pytest's own are too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="cc-") as folder:
        place = ensure_private_home(Path(folder) / "home")
        yield place


@pytest.fixture
def environ(home: Home) -> dict[str, str]:
    """This process's environment with the runtime directory beside the home."""
    runtime = home.path.parent / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return {**os.environ, "XDG_RUNTIME_DIR": str(runtime)}
