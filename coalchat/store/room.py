"""Room on the disk: who waits for it when there is none, and who is told (SPEC 11.2).

A full disk is no fault. What the node does by itself waits until there is room, so that a peer is answered late rather than
never, and nothing has to be begun anew. What somebody asks for is refused at once: he can make room, or ask again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Final, TypeVar

import attrs
import trio

from coalchat.store.errors import StoreFull

T = TypeVar("T")

PAUSE: Final = 5.0
"""Seconds between two tries: soon enough for who has just made room, and no load for a disk that stays full."""

_waits: ContextVar[bool] = ContextVar("waits_for_room", default=False)


def wait_for_room() -> None:
    """From now on, what this task writes waits for room; tasks that it starts inherit that."""
    _waits.set(True)


@attrs.define(eq=False)
class Room:
    """Whether there is any.

    Attributes:
        short: the last write found the disk full.
    """

    short: bool = False

    async def take(self, act: Callable[[], Awaitable[T]]) -> T:
        """Do what needs room; again and again while there is none, if this task waits for it.

        Raises:
            StoreFull: the disk is full, and this task does not wait.
        """
        while True:
            try:
                done = await act()
            except StoreFull:
                self.short = True
                if not _waits.get():
                    raise
                await trio.sleep(PAUSE)
            else:
                self.short = False
                return done
