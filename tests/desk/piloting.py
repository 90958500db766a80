"""A desk in a test: the real app over a real socket, a scripted node behind it, keys by Textual's pilot.

Nothing waits for a time: `until` looks again until something is true.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import anyio
import attrs
from textual import _wait
from textual.events import Key
from textual.pilot import Pilot

from coalchat.desk.app import DeskApp
from coalchat.desk.model.views import NodeState
from coalchat.desk.screens.main import MainScreen
from coalchat.desk.widgets.field import Field
from coalchat.paths import Home, ensure_private_home
from coalchat.stray import is_late_reader
from tests.desk.scene import NOW
from tests.fakes.api_node import FakeNode
from tests.fakes.api_server import listen

# The pilot looks whether this process rests, in steps of 20 ms, several times a key. Shorter ones tell it as well.
_wait.SLEEP_GRANULARITY, _wait.SLEEP_IDLE = 1 / 250, 1 / 2_500

PATIENCE = 20.0
"""Seconds after which something that did not happen never will."""


@contextmanager
def _cancelled_readers() -> Iterator[None]:
    """What the desk's own loop forgives: in a test the scripted node shares it."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()

    def handle(of: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not is_late_reader(context):
            before(of, context) if before is not None else of.default_exception_handler(context)

    loop.set_exception_handler(handle)
    try:
        yield
    finally:
        loop.set_exception_handler(before)


@asynccontextmanager
async def place() -> AsyncIterator[tuple[Home, dict[str, str]]]:
    """A home and an environment with short paths: pytest's own are too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="cc-", ignore_cleanup_errors=True) as folder:
        home = ensure_private_home(Path(folder) / "home")
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        before = os.environ.get("XDG_RUNTIME_DIR")
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # the scripted node listens where this process would
        try:
            with _cancelled_readers():
                yield home, dict(os.environ)
        finally:
            if before is None:
                del os.environ["XDG_RUNTIME_DIR"]
            else:
                os.environ["XDG_RUNTIME_DIR"] = before


@attrs.define(eq=False)
class Seat:
    """Somebody at a desk.

    Attributes:
        node: behind it; may be changed at any time.
    """

    app: DeskApp
    pilot: Pilot[int]
    node: FakeNode

    @property
    def main(self) -> MainScreen:
        """The main screen, whatever stands before it."""
        (found,) = (screen for screen in self.app.screen_stack if isinstance(screen, MainScreen))
        return found

    @property
    def rows(self) -> list[str]:
        """What is on the screen, row by row."""
        return ["".join(part.text for part in strip) for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.rows)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until it is true."""
        with anyio.fail_after(PATIENCE):
            while not condition():
                await self.pilot.pause()
                await anyio.sleep(0.01)
        await self.pilot.pause()

    async def sees(self, *words: str) -> None:
        """Wait until all of these are on the screen."""
        try:
            await self.until(lambda: all(word in self.text for word in words))
        except TimeoutError:
            raise AssertionError(f"not all of {words} in\n{self.text}") from None

    async def drawn(self) -> None:
        """Wait until what has changed by now is laid out and drawn."""
        done = asyncio.Event()
        self.app.screen.call_after_refresh(done.set)
        with anyio.move_on_after(1):  # a screen that is left in this moment draws nothing any more
            await done.wait()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys, and let what they set off settle."""
        await self.pilot.press(*keys)
        await self.drawn()

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        await self.pilot.resize_terminal(width, height)
        await self.until(lambda: self.app.screen.size == (width, height))
        await self.drawn()

    async def write(self, text: str) -> None:
        """Type into whatever has the focus."""
        await self.press(*(_NAMES.get(character, character) for character in text))

    async def burst(self, *keys: str) -> None:
        """Press keys that all come in one read of the terminal: the desk does nothing between them."""
        for key in keys:
            self.app.post_message(Key(key, key if len(key) == 1 else None))
        await self.pilot.pause()

    async def put(self, text: str) -> None:
        """The same, all at once: a key costs as much as a picture."""
        await self.until(lambda: isinstance(self.app.screen.focused, Field))
        field = self.app.screen.focused
        assert isinstance(field, Field)
        field.put(text)
        await self.pilot.pause()

    def asked(self, kind: type[Any]) -> list[Any]:
        """Requests of this kind that the node has got."""
        return [call for call in self.node.calls if isinstance(call, kind)]


_NAMES = {" ": "space", "\n": "enter"}


@asynccontextmanager
async def seat(node: FakeNode, size: tuple[int, int] = (120, 40), **options: Any) -> AsyncIterator[Seat]:
    """Sit down at a desk whose node answers; it is up and shows a channel, if the node has one and is not locked."""
    async with place() as (home, environ), anyio.create_task_group() as tasks:
        await tasks.start(listen, node, home)
        app = DeskApp(home.path, start=False, environ=environ, now=options.pop("now", lambda: NOW), **options)
        async with app.run_test(size=size) as pilot:
            found = Seat(app, pilot, node)
            await found.until(lambda: app.session.state is not NodeState.CONNECTING)
            if app.session.state is NodeState.UP and node.channels:
                await found.until(lambda: app.desk.shown and app.desk.composer().known)
            yield found
        tasks.cancel_scope.cancel()
