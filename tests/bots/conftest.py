"""A scripted node at a home's socket, and bots that run on it until they are ended."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import attrs
import pytest
from anyio.abc import TaskGroup

from coalchat.api import requests
from coalchat.api.base import Response
from coalchat.bots import Bot, Message
from coalchat.paths import Home, ensure_private_home
from coalchat.record import evolve
from coalchat.stray import is_late_reader
from tests.fakes.api_node import PASSPHRASE, FakeNode
from tests.fakes.api_server import listen


async def until(condition: Callable[[], object], within: float = 20) -> None:
    """Wait for something that nobody tells about."""
    with anyio.fail_after(within):
        while not condition():
            await anyio.sleep(0.005)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home and a runtime directory with short paths: pytest's own are too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="cc-") as folder:
        place = ensure_private_home(Path(folder) / "home")
        place.keys.touch(mode=0o600)
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
        monkeypatch.delenv("COALCHAT_HOME", raising=False)
        yield place


@pytest.fixture
def secret(home: Home) -> Path:
    """A file with the passphrase."""
    path = home.path.parent / "pass"
    path.touch(mode=0o600)
    path.write_bytes(PASSPHRASE + b"\n")
    return path


@pytest.fixture
async def tasks(anyio_backend: str) -> AsyncIterator[TaskGroup]:
    """A task group around the test; cancelled at its end."""
    if anyio_backend == "asyncio":
        _forgive_late_wakings()
    async with anyio.create_task_group() as group:
        yield group
        group.cancel_scope.cancel()


def _forgive_late_wakings() -> None:
    """As a bot's own loop does."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if before is not None and not is_late_reader(context):
            before(loop, context)

    loop.set_exception_handler(handle)


@attrs.define
class Node(FakeNode):
    """It takes a marking for a label, as a node does."""

    def _preview(self, request: requests.PreviewLabel) -> Response:
        return FakeNode._preview(self, evolve(request, label=request.label.removeprefix("MISSION ")))


@attrs.define
class Desk:
    """A node that listens, and is stopped and started again with all that it keeps.

    Attributes:
        node: the one that runs now.
    """

    home: Home
    tasks: TaskGroup
    node: FakeNode

    async def start(self, **changes: Any) -> None:
        self.node = attrs.evolve(self.node, stopped=anyio.Event(), **changes)
        await self.tasks.start(listen, self.node, self.home)

    async def stop(self) -> None:
        """As `node stop` does; its socket is gone when this returns."""
        self.node.stopped.set()
        await until(lambda: not any(Path(self.home.path.parent, "run", "coalchat").glob("*.sock")))

    @property
    def sent(self) -> list[str]:
        """What this device has sent."""
        return [message.text for message in self.node.messages if message.mine]


@pytest.fixture
async def desk(home: Home, tasks: TaskGroup) -> Desk:
    """A node with two channels of three nations."""
    node = Node()
    node.add_channel("alerts", "XAA", "XBB", "XCC")
    node.add_channel("#ops", "XAA", "XBB", "XCC")
    made = Desk(home, tasks, node)
    await made.start()
    return made


@asynccontextmanager
async def running(bot: Bot, **options: Any) -> AsyncIterator[anyio.CancelScope]:
    """A bot that listens; at the end it is cut off, as a crash would, wherever it is."""
    async with anyio.create_task_group() as group:
        await group.start(partial(bot.serve, **options))
        yield group.cancel_scope
        group.cancel_scope.cancel()


@pytest.fixture
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody to ask: the tests' own terminal, if there is one, is not meant."""
    monkeypatch.setattr("coalchat.client.secret.TERMINAL", "/nonexistent/terminal")


def kept(home: Home, name: str = "echo") -> dict[str, object]:
    found: dict[str, object] = json.loads((home.path / "bots" / f"{name}.json").read_text())
    return found


def keeper(home: Home, heard: list[str], **options: object) -> Bot:
    """A bot that keeps what it hears."""
    bot = Bot("echo", home=home.path, pauses=(0.0, 0.0), **options)  # type: ignore[arg-type]

    @bot.on_message()
    async def keep(message: Message) -> None:
        heard.append(message.text)

    return bot
