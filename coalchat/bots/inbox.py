"""A bot's place in its inbox, kept in the home: up to where it has handled messages, and which of them it could not.

Rule 1: one file a bot, private, written whole and atomically; it holds positions and ids, never text.
Rule 2: one process a bot: the file's lock is held while it listens, so that no two move one place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
import attrs
from filelock import FileLock, Timeout

from coalchat.errors import StoreCorrupt, TryAgain
from coalchat.paths import Home, read_private_file, write_private_file

MAX_PARKED: Final = 1_000
"""Parked messages that are named; of more, the oldest are only counted."""
MAX_FILE: Final = 262_144
"""Bytes: a thousand ids, twice."""


@attrs.define(eq=False)
class Inbox:
    """Where a bot is.

    Attributes:
        position: every message up to it was handled, parked or not wanted; none before the first start.
        parked: ids of messages whose handler failed each time, the newest last.
        parked_ever: how many there have been.
    """

    path: Path
    position: int | None = None
    parked: list[str] = attrs.field(factory=list)
    parked_ever: int = 0
    _saved: int | None = attrs.field(default=None, init=False)

    async def advance(self, position: int, *, lazily: bool = False) -> None:
        """Move on; durable when this returns, or `lazily` with the next `advance` or `settle`."""
        self.position = position
        if not lazily:
            await self.settle()

    async def settle(self) -> None:
        """Make the position durable."""
        if self.position != self._saved:
            await self._save()

    async def park(self, entry_id: str) -> None:
        """Remember a message that could not be handled."""
        self.parked = [*(known for known in self.parked if known != entry_id), entry_id][-MAX_PARKED:]
        self.parked_ever += 1
        await self._save()

    async def release(self, entry_id: str) -> None:
        """Forget one that was handled after all."""
        self.parked.remove(entry_id)
        await self._save()

    async def _save(self) -> None:
        data = {"position": self.position, "parked": self.parked, "parked_ever": self.parked_ever}
        # Shielded: the file's two halves, its bytes and its name, belong together.
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(write_private_file, self.path, json.dumps(data).encode("ascii") + b"\n")
        self._saved = self.position


@contextmanager
def open_inbox(home: Home, name: str) -> Iterator[Inbox]:
    """The inbox of the bot with this name, for this process alone.

    Raises:
        TryAgain: another process has it. NotPrivate: others could change it. StoreCorrupt: the file is not one of ours.
    """
    folder = home.path / "bots"
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(folder / f"{name}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        error = TryAgain(f"the bot {name} of {home.path}", hint="one process a bot; a second one needs another name")
        error.sentence = "It runs already"
        raise error from None
    try:
        path = folder / f"{name}.json"
        yield _read(path) if os.path.lexists(path) else Inbox(path)
    finally:
        lock.release()


def _read(path: Path) -> Inbox:
    try:
        data: Any = json.loads(read_private_file(path, limit=MAX_FILE))
        inbox = Inbox(path, data["position"], list(data["parked"]), data["parked_ever"])
    except (ValueError, LookupError, TypeError):
        raise _corrupt(path) from None
    if not _fits(inbox):
        raise _corrupt(path)
    return inbox


def _fits(inbox: Inbox) -> bool:
    numbers = (inbox.position, inbox.parked_ever)
    return all(type(number) is int and number >= 0 for number in numbers) and all(
        isinstance(entry_id, str) for entry_id in inbox.parked
    )


def _corrupt(path: Path) -> StoreCorrupt:
    return StoreCorrupt(str(path), hint="move it away: the bot then begins at the newest message")
