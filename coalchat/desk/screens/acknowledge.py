"""Acknowledging a message: a deliberate act, with its text on the screen (SPEC 8.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.api.vocabulary import Answer
from coalchat.desk.model.views import Banner, MessageLine
from coalchat.desk.paint.dialogs.acknowledge import paint_answer
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.base import Dialog
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import Field

MAX_WORDS: Final = 256
"""Bytes of a caveat, or of why one is unable."""
ANSWERS: Final = (
    (None, "not now"),
    (Answer.NONE, "acknowledge"),
    (Answer.WILCO, "WILCO: will comply"),
    (Answer.UNABLE, "UNABLE: cannot comply; say why"),
    (Answer.CAVEAT, "CAVEAT: with a reservation; say which"),
)
"""The first changes nothing."""


class AcknowledgeDialog(Dialog[tuple[Answer, str]]):
    """Gives the answer and its words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
    ]

    def __init__(self, door: Door, line: MessageLine) -> None:
        super().__init__(door)
        self._line = line
        self.cursor = 0
        self._error = ""

    def content(self) -> Iterable[Widget]:
        """The text, the answers, a field for words."""
        yield FieldBlock(self.door.dress, self._around, Field(self.door.dress, self._edited, id="words"), id="block")

    def on_mount(self) -> None:
        """Words can be typed at once."""
        self.query_one(Field).focus()

    def banner(self) -> Banner:
        """Its text stands here."""
        return self.door.banner(self._line.key)

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        del place
        choices = tuple(words for _, words in ANSWERS)
        return paint_answer(self._line, choices, self.cursor, self._error, width, self.door.dress.glyphs)

    def _edited(self, text: str) -> None:
        del text
        if self._error:
            self._complain("")

    def _complain(self, sentence: str) -> None:
        self._error = sentence
        self.query_one(FieldBlock).repaint()

    def action_move(self, step: int) -> None:
        """Move to another answer."""
        self.cursor = (self.cursor + step) % len(ANSWERS)
        self._complain("")

    @on(Field.Submitted)
    def _answer(self) -> None:
        answer, words = ANSWERS[self.cursor][0], self.query_one(Field).text.strip()
        if answer is None:
            self.give(None)
        elif answer is Answer.CAVEAT and not words:
            self._complain("a caveat needs words: type them here")
        elif answer is Answer.NONE and words:
            self._complain("a plain acknowledgement has no words: choose another, or delete them")
        elif len(words.encode("utf-8")) > MAX_WORDS:
            self._complain(f"that is longer than {MAX_WORDS} bytes")
        else:
            self.give((answer, words))
