"""Events as an async iterator (SPEC 12.5)."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from coalchat.api.base import MAX_WAIT
from coalchat.api.events import Event
from coalchat.api.responses import EventPage

PAGE: Final = 256
"""Events asked for at once: some 40 KiB."""


class EventStream:
    """`async for event in client.events(cursor)`: endless; ends by cancellation or an error of the client.

    Nothing is lost and nothing comes twice: who keeps `cursor` can go on there later, with another client.

    Attributes:
        cursor: of the last event that was given out, or where it began.
    """

    def __init__(self, fetch: Callable[[int, int, int], Awaitable[EventPage]], cursor: int) -> None:
        """`fetch(cursor, limit, wait_seconds)` gives a page."""
        self.cursor = cursor
        self._fetch = fetch
        self._next = cursor
        self._ready: deque[Event] = deque()

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> Event:
        await self._some()
        event = self._ready.popleft()
        self.cursor = event.cursor
        return event

    async def batch(self) -> list[Event]:
        """All that have come and were not given out yet, one at least."""
        await self._some()
        events = list(self._ready)
        self._ready.clear()
        self.cursor = events[-1].cursor
        return events

    async def _some(self) -> None:
        while not self._ready:
            page = await self._fetch(self._next, PAGE, MAX_WAIT)
            self._next = page.next_cursor
            if not page.events:
                self.cursor = page.next_cursor
            self._ready.extend(page.events)
