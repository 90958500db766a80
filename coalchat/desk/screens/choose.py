"""Dialogs with numbered choices: one sentence and what can be answered.

Rule: the first choice is the one that changes nothing; Esc is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.paint.block import paint_fitting, under_cursor
from coalchat.desk.paint.dialogs import paint_confirm
from coalchat.desk.paint.ink import Ground, Line
from coalchat.desk.screens.base import Dialog
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.scrolled import Scrolled


class Choosing(Dialog[int]):
    """Rows of which one is under the cursor; gives its index."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
        Binding("enter", "choose", show=False),
        *(Binding(str(n), f"take({n})", show=False) for n in range(1, 10)),
    ]

    def __init__(self, door: Door, count: int) -> None:
        super().__init__(door)
        self.count = count
        self.cursor = 0

    def content(self) -> Iterable[Widget]:
        """The block."""
        yield Scrolled(self.door.dress, self._paint, ground=Ground.INPUT, id="block")

    def lines(self, width: int) -> list[Line]:
        """The rows of the block."""
        raise NotImplementedError

    def _paint(self, width: int, height: int) -> list[Line]:
        return paint_fitting(self.lines(width), width, self.door.dress.glyphs, height)

    def on_mount(self) -> None:
        """Keys go to the block, which scrolls."""
        self.query_one(Scrolled).focus()

    def repaint(self) -> None:
        """Paint the block anew, with the cursor in sight."""
        block = self.query_one(Scrolled)
        block.repaint()
        if (row := under_cursor(block.lines, self.door.dress.glyphs)) is not None:
            block.reveal(row)

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.cursor = (self.cursor + step) % max(1, self.count)
        self.repaint()

    def action_choose(self) -> None:
        """Take what is under the cursor."""
        self.give(self.cursor)

    def action_take(self, number: int) -> None:
        """Take the choice with this number."""
        if number <= self.count:
            self.give(number - 1)


class ChooseDialog(Choosing):
    """A sentence and its answers."""

    def __init__(self, door: Door, title: str, sentence: str, choices: tuple[str, ...]) -> None:
        super().__init__(door, len(choices))
        self._title, self._sentence, self._choices = title, sentence, choices

    def lines(self, width: int) -> list[Line]:
        """See `paint_confirm`."""
        glyphs = self.door.dress.glyphs
        return paint_confirm(self._title, self._sentence, self._choices, self.cursor, width, glyphs)
