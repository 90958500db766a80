"""Where to go: what is typed narrows the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, Final, TypeAlias

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.dialogviews import Target
from coalchat.desk.paint.block import EMPTY, block_row
from coalchat.desk.paint.dialogs import paint_jump
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.screens.base import Dialog
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import Field

ROWS: Final = 16
"""Rows under the field, at most."""
Find: TypeAlias = Callable[[str], tuple[Target, ...]]
_AROUND: Final = 5
"""Rows of the block that are not the list."""


class JumpDialog(Dialog[str]):
    """Gives the id of a target, or a command with its slash."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
        Binding("ctrl+k", "move(1)", priority=True, show=False),
    ]

    def __init__(
        self, door: Door, words: str = "", title: str = "GO TO", find: Find | None = None, act: str = "go there"
    ) -> None:
        """`find` gives the targets for what is typed; else all that one can go to. `act`: what Enter does."""
        super().__init__(door)
        self._words, self._title = words, title
        self._act = act
        self._find = find or door.desk.targets
        self.cursor = 0
        self.targets = self._find(words)

    def content(self) -> Iterable[Widget]:
        """The field, and the list under it."""
        field = Field(self.door.dress, self._edited, id="query")
        yield FieldBlock(self.door.dress, self._around, field, id="block")

    def on_mount(self) -> None:
        """Type at once."""
        field = self.query_one(Field)
        field.load(self._words)
        self.set_focus(field)  # at once: `focus` waits its turn behind what was typed in the same burst

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        glyphs = self.door.dress.glyphs
        rows = max(3, min(ROWS, place - _AROUND))
        head = [block_row([Span(self._title, Ink.CAPS)], width, glyphs)]
        return head, [EMPTY, *paint_jump(self.targets, self.cursor, width, rows, glyphs, self._act)]

    def _edited(self, text: str) -> None:
        if self.is_mounted:
            self.cursor = 0
            self._narrow(text)

    def _narrow(self, text: str) -> None:
        self.targets = self._find(text)
        self.cursor = min(self.cursor, max(0, len(self.targets) - 1))
        self.query_one(FieldBlock).repaint()

    def changed(self, changes: Changes) -> None:
        """Counts of what is unread stand in the list."""
        super().changed(changes)
        if Part.CHANNELS in changes.parts and self.is_mounted:
            self._narrow(self.query_one(Field).text)

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.cursor = (self.cursor + step) % max(1, len(self.targets))
        self.query_one(FieldBlock).repaint()

    @on(Field.Submitted)
    def _go(self) -> None:
        self.give(self.targets[self.cursor].id if self.targets else None)
