"""An act that cannot be taken back: what it is about on the screen, a choice, and a few signs to type (SPEC 12.8).

Rule: the first choice changes nothing and Enter takes it. Any other needs the signs, and until they match Enter does
nothing but say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.dialogviews import Deliberate
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.dialogs.deliberate import paint_deliberate
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.base import Dialog
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import Field


class DeliberateDialog(Dialog[int]):
    """Gives the index of the choice, once it is confirmed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
    ]

    def __init__(self, door: Door, view: Deliberate, about: str | None = None) -> None:
        """`about`: a message of which something stands here."""
        super().__init__(door)
        self._view, self._about = view, about
        self.cursor = 0
        self._error = ""

    def content(self) -> Iterable[Widget]:
        """What it is about, the choices, a field to type into."""
        yield FieldBlock(self.door.dress, self._around, Field(self.door.dress, self._edited, id="typed"), id="block")

    def on_mount(self) -> None:
        """It can be typed at once."""
        self.query_one(Field).focus()

    def banner(self) -> Banner:
        """Its text may stand here."""
        return self.door.banner(self._about) if self._about else super().banner()

    @property
    def matches(self) -> bool:
        """Whether what is typed is what has to be."""
        typed = self.query_one(Field).text.strip().casefold()
        return bool(typed) and typed == self._view.typed.casefold()

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        del place
        matches = self.is_mounted and self.matches
        return paint_deliberate(self._view, self.cursor, self._error, matches, width, self.door.dress.glyphs)

    def _edited(self, text: str) -> None:
        del text
        if self.is_mounted:
            self._complain("")

    def _complain(self, sentence: str) -> None:
        self._error = sentence
        self.query_one(FieldBlock).repaint()

    def action_move(self, step: int) -> None:
        """Move to another choice."""
        self.cursor = (self.cursor + step) % len(self._view.choices)
        self._complain("")

    @on(Field.Submitted)
    def _confirm(self) -> None:
        if not self.cursor:
            if self.query_one(Field).text.strip():
                self._complain("choose what to do first, or leave with Esc")
            else:
                self.give(None)
        elif self.matches:
            self.give(self.cursor)
        else:
            self._complain(f"nothing is done before {self._view.of} is typed: {self._view.typed}")
