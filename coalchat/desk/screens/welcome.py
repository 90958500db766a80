"""Screens of the first run: one question a page, over a ground that says where one is and what has been sent.

Rule 1: Esc goes one page back, and from the first page out; nothing typed on a page before is lost by it but secrets.
Rule 2: a secret stands in its field alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.paint.dialogs.welcome import paint_ask, paint_six, paint_steps
from coalchat.desk.paint.hints import paint_hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.base import Banded, Dialog
from coalchat.desk.screens.choose import Choosing
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import Field, SecretField
from coalchat.desk.widgets.painted import Painted

STAY: Final = ("keep waiting until the custodian approves", "they differ, or I cannot reach the custodian: stop")
_KEYS: Final = (("Enter", "go on"),)


class WelcomeScreen(Banded[None]):
    """The ground of all pages."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q,ctrl+c", "app.leave", show=False)]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._steps: tuple[str, ...] = ("Choose",)
        self._at, self._said = 0, "nothing has been sent yet"

    def content(self) -> Iterable[Widget]:
        """Where one is."""
        yield Painted(self.door.dress, self._paint_steps, id="who-head")

    def below(self) -> Iterable[Widget]:
        """What has been sent."""
        yield Painted(self.door.dress, self._paint_hints, id="hints")

    def stand(self, steps: tuple[str, ...], at: int, said: str = "") -> None:
        """Another page. `said`: what has been sent by now; "": as before."""
        self._steps, self._at, self._said = steps, at, said or self._said
        if self.is_mounted:
            self.query_one("#who-head", Painted).repaint()
            self.query_one("#hints", Painted).repaint()

    def titled(self, title: str) -> str:
        """A page's title; without shades this ground is not seen behind it, and what it says stands there."""
        return title if self.door.dress.skin.tokens is not None else f"{self._at + 1} {title}: {self._said}"

    def _paint_steps(self, width: int, height: int) -> list[Line]:
        del height
        return paint_steps(self._steps, self._at, width, self.door.dress.glyphs)

    def _paint_hints(self, width: int, height: int) -> list[Line]:
        del height
        return paint_hints((("Esc", "back"), ("^Q", "leave")), self._said, width)


class AskDialog(Dialog[str]):
    """One line of text."""

    def __init__(self, door: Door, title: str, sentence: str, text: str) -> None:
        super().__init__(door)
        self._title, self._sentence, self._text = title, sentence, text
        self._error = ""

    def content(self) -> Iterable[Widget]:
        """The question and its field."""
        yield FieldBlock(self.door.dress, self._around, Field(self.door.dress, self._edited, id="answer"), id="block")

    def on_mount(self) -> None:
        """What was typed before stands there."""
        field = self.query_one(Field)
        field.load(self._text)
        field.focus()

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        del place
        return paint_ask(self._title, self._sentence, self._error, _KEYS, width, self.door.dress.glyphs)

    def _edited(self, text: str) -> None:
        del text
        if self._error:
            self._complain("")

    def _complain(self, error: str) -> None:
        self._error = error
        self.query_one(FieldBlock).repaint()

    @on(Field.Submitted)
    def _answered(self) -> None:
        text = self.query_one(Field).text.strip()
        if text:
            self.give(text)
        else:
            self._complain("it is needed to go on")


class SecretDialog(Dialog[bytes]):
    """A secret, of which nothing is shown; `check` finds fault with it or not."""

    def __init__(
        self, door: Door, title: str, sentence: str, error: str = "", check: Callable[[bytes], str] = lambda _: ""
    ) -> None:
        super().__init__(door)
        self._title, self._sentence, self._error, self._check = title, sentence, error, check

    def content(self) -> Iterable[Widget]:
        """The question and its field."""
        yield FieldBlock(self.door.dress, self._around, SecretField(self.door.dress, id="passphrase"), id="block")

    def on_mount(self) -> None:
        """It can be typed at once."""
        self.query_one(SecretField).focus()

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        del place
        return paint_ask(self._title, self._sentence, self._error, _KEYS, width, self.door.dress.glyphs)

    @on(SecretField.Submitted)
    def _answered(self) -> None:
        secret = self.query_one(SecretField).take()
        self._error = self._check(secret)
        self.query_one(FieldBlock).repaint()
        if not self._error:
            self.give(secret)


class SixWordsDialog(Choosing):
    """The words, for as long as the custodian has not decided; gives 1 where they differ."""

    def __init__(self, door: Door, words: tuple[str, ...]) -> None:
        super().__init__(door, len(STAY))
        self._words = words

    def lines(self, width: int) -> list[Line]:
        """See `paint_six`."""
        return paint_six(self._words, STAY, self.cursor, width, self.door.dress.glyphs)

    def action_choose(self) -> None:
        """To wait is to stay."""
        if self.cursor:
            self.give(self.cursor)

    def action_take(self, number: int) -> None:
        """Likewise."""
        if number == len(STAY):
            self.give(number - 1)

    def action_leave(self) -> None:
        """There is no way back from here but to stop."""
