"""Keys one after the other: none is looked at before all that the one before it sets off at once is done.

Textual gives a key to the widget with the focus, and looks for its binding only when it has come up to the app; what a widget
says of it comes up later still. Meanwhile the next keys go on into the widget. What comes in one piece, over a link that
stalled or from quick hands, is so put out of order: "ab", Backspace, "c" becomes "ab", and "yes", Enter, "no" is sent as "yesno".

Rule 1: what follows a key waits for it, not for time: a message takes the key's way behind it, twice, for what it set off says
its word behind the first.
Rule 2: a widget that goes away takes such a message with it: who is gone is not waited for, and nobody for longer than
`PATIENCE`.
"""

from __future__ import annotations

from collections import deque
from typing import Final, TypeVar

from textual import events
from textual.app import App
from textual.message import Message
from textual.widget import Widget

R = TypeVar("R")
ROUNDS: Final = 2
PATIENCE: Final = 2.0
"""Seconds: longer than the slowest machine needs for the screen that a key opens."""
GLANCE: Final = 0.02
"""Seconds after which one looks whether who was to pass the word on is still there."""


class Settled(Message):
    """Goes behind a key from where that was taken up to the app."""

    def __init__(self, turn: int, start: Widget, rounds: int) -> None:
        super().__init__()
        self.turn = turn
        self.start = start
        self.rounds = rounds


class InTurn(App[R], inherit_bindings=False):
    """An app that takes keys, and what is pasted, one after the other."""

    def __init__(self, *, ansi_color: bool) -> None:
        super().__init__(ansi_color=ansi_color)
        self._pressed: deque[events.Key | events.Paste] = deque()
        self._turn = 0
        self._taker: Widget | None = None
        """Who took a key, from where its word has not come yet."""

    async def on_event(self, event: events.Event) -> None:
        """Textual's own, but a key that is pressed waits for its turn."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._pressed.append(event)
            if self._taker is None or self._is_gone(self._taker):
                await self._take()
            elif len(self._pressed) == 1:
                self._glance(self._turn, PATIENCE)
        else:
            await super().on_event(event)

    def simulate_key(self, key: str) -> None:
        """A key that the one that is looked at stands for: it comes before those that wait."""
        self._pressed.appendleft(events.Key(key, None))
        if self._taker is None:
            self.call_later(self._take)
        else:
            self._glance(self._turn, PATIENCE)

    async def _take(self) -> None:
        """Look at keys, until one has to be waited for."""
        self._taker = None
        while self._pressed and self._taker is None:
            event, taker = self._pressed.popleft(), self.focused or self.screen
            await super().on_event(event)
            # Else a binding of the app or its screen took it, and is done.
            if event.is_forwarded and taker.post_message(Settled(self._turn + 1, taker, ROUNDS)):
                self._turn += 1
                self._taker = taker
        if self._pressed:
            self._glance(self._turn, PATIENCE)

    async def on_settled(self, message: Settled) -> None:
        """All on the key's way have seen it."""
        message.stop()
        rounds = message.rounds - 1
        again = rounds and message.start.post_message(Settled(message.turn, message.start, rounds))
        if not again and message.turn == self._turn:
            await self._take()

    def _is_gone(self, taker: Widget) -> bool:
        return not taker.is_attached or taker.screen not in self.screen_stack

    def _glance(self, turn: int, patience: float) -> None:
        """Look after the word of this turn, which keys wait for."""

        async def look() -> None:
            if self._taker is None or turn != self._turn:
                return
            if patience <= 0 or self._is_gone(self._taker):
                await self._take()
            else:
                self._glance(turn, patience - GLANCE)

        self.set_timer(GLANCE, look)
