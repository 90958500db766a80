"""Keys and commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from coalchat.desk.keys import FIRST, GROUPS
from coalchat.desk.model.commands import COMMANDS, help_of
from coalchat.desk.paint.dialogs import paint_help
from coalchat.desk.paint.hints import SCROLL, Hints
from coalchat.desk.paint.ink import Ground, Line
from coalchat.desk.screens.base import Paper
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.scrolled import Scrolled


class HelpScreen(Paper):
    """All keys and commands, or one command."""

    HINTS: ClassVar[Hints] = (SCROLL, ("Esc", "back"))

    def __init__(self, door: Door, command: str = "") -> None:
        super().__init__(door)
        one = help_of(command) if command else None
        self._first, self._keys = "" if one else FIRST, () if one else GROUPS
        self._commands = tuple((command.usage, command.help) for command in ((one,) if one else COMMANDS))

    def content(self) -> Iterable[Widget]:
        """The two tables."""
        yield Scrolled(self.door.dress, self._paint, ground=Ground.INPUT, id="help")

    def on_mount(self) -> None:
        """Keys scroll."""
        self.query_one(Scrolled).focus()

    def _paint(self, width: int, height: int) -> list[Line]:
        del height
        return paint_help(self._first, self._keys, self._commands, width, self.door.dress.glyphs)
