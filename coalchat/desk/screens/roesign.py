"""Acts on an ROE notice that are done by typing its serial: acknowledging, signing, issuing (look: screen 05).

Rule 1: Enter does nothing before the serial matches, and nothing before the whole text was shown.
Rule 2: Esc goes one step back, and never signs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.screen import ScreenResultType
from textual.widget import Widget

from coalchat.api.vocabulary import Answer
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.roeviews import NoticeView
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.block import EMPTY
from coalchat.desk.paint.dialogs.roe import ANSWERS, Signing, body_lines, paint_acknowledge, room_for_text
from coalchat.desk.paint.dialogs.roesign import SignWords, paint_sign
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.base import Dialog
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import Field

MAX_WORDS: Final = 256
"""Bytes of a caveat, or of a reason."""
_SHOWS: Final = frozenset({Part.ROE, Part.NOTICE, Part.BANNER, Part.RAIL})
_ROOMY: Final = 30


class SerialDialog(Dialog[ScreenResultType]):
    """A notice that is read to its end, and a field for its serial."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", priority=True, show=False),
        Binding("pagedown", "page(1)", priority=True, show=False),
    ]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.error = ""
        self.whole = False
        self._top = self._room = self._rows = 0

    def content(self) -> Iterable[Widget]:
        """The text, and a field below it."""
        yield FieldBlock(self.door.dress, self._around, Field(self.door.dress, self._edited, id="words"), id="block")

    def on_mount(self) -> None:
        """The serial can be typed at once."""
        self.query_one(Field).focus()

    @property
    def view(self) -> NoticeView | None:
        """The notice as it is known now."""
        raise NotImplementedError

    def room(self, view: NoticeView, width: int, free: int, *, roomy: bool) -> int:
        """Rows that its text may have where the block may have `free`."""
        raise NotImplementedError

    def frame(
        self, view: NoticeView, seen: tuple[Line, ...], more: int, width: int, *, roomy: bool
    ) -> tuple[list[Line], list[Line]]:
        """All rows above the field and below it."""
        raise NotImplementedError

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        view, glyphs = self.view, self.door.dress.glyphs
        if view is None:
            return [EMPTY], [EMPTY]
        roomy = place >= _ROOMY
        body = body_lines(view, width, glyphs, roomy=roomy)
        free = place - 2 - (8 if roomy else 0)  # what is around it, be it a frame
        self._rows, self._room = len(body), self.room(view, width, free, roomy=roomy)
        if self._rows == self._room + 1:  # the row that would say so has room for it itself
            self._room += 1
        self._top = max(0, min(self._top, self._rows - self._room))
        more = max(0, self._rows - self._top - self._room)
        self.whole = self.whole or not more
        return self.frame(view, tuple(body[self._top : self._top + self._room]), more, width, roomy=roomy)

    def _edited(self, text: str) -> None:
        del text
        if self.error:
            self.complain("")

    def complain(self, sentence: str) -> None:
        """Say what is wrong, or nothing."""
        self.error = sentence
        self.query_one(FieldBlock).repaint()

    def changed(self, changes: Changes) -> None:
        """Somebody else has acted on it, or time has passed."""
        super().changed(changes)
        if changes.parts & _SHOWS:
            self.query_one(FieldBlock).repaint()

    def action_page(self, pages: int) -> None:
        """Scroll the text."""
        self._top = max(0, self._top + pages * max(1, self._room - 1))
        self.query_one(FieldBlock).repaint()

    def is_serial(self, typed: str) -> bool:
        """Whether that is the serial, and the whole text was shown; if only that is missing, it is said."""
        view = self.view
        if view is None or typed != view.serial:
            return False  # any other signs nothing: no word is needed for that
        if not self.whole:
            self.complain("read it to its end first: PgDn")
        return self.whole


class RoeSignDialog(SerialDialog[bool]):
    """Gives True once the serial was typed."""

    def __init__(
        self, door: Door, look: Callable[[], NoticeView | None], words: SignWords, band: Callable[[], Banner]
    ) -> None:
        """`look`: the notice as it is known now. `band`: the banner of it and of what is behind."""
        super().__init__(door)
        self._look, self._words, self._band = look, words, band

    @property
    def view(self) -> NoticeView | None:
        """What it is about."""
        return self._look()

    def banner(self) -> Banner:
        """Its own."""
        return self._band()

    def room(self, view: NoticeView, width: int, free: int, *, roomy: bool) -> int:
        """What is left beside all else."""
        above, below = self.frame(view, (), 1, width, roomy=roomy)
        taken = len([line for line in (*above, *below) if line != EMPTY]) + 1
        return max(3, free - taken)

    def frame(
        self, view: NoticeView, seen: tuple[Line, ...], more: int, width: int, *, roomy: bool
    ) -> tuple[list[Line], list[Line]]:
        """As `paint_sign`."""
        return paint_sign(view, self._words, self.error, seen, more, width, self.door.dress.glyphs, roomy=roomy)

    @on(Field.Submitted)
    def _entered(self) -> None:
        if self.is_serial(self.query_one(Field).text.strip()):
            self.give(True)


class RoeAcknowledgeDialog(SerialDialog[tuple[Answer, str]]):
    """Gives the answer and its words, once the serial was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
        Binding("tab", "onward", priority=True, show=False),
        Binding("shift+tab", "back", priority=True, show=False),
    ]

    def __init__(self, door: Door, key: str) -> None:
        super().__init__(door)
        self.key = key
        self.cursor = 0
        self._words = [""] * len(ANSWERS)

    def banner(self) -> Banner:
        """That of what is behind it, and its own text."""
        return self.door.desk.roe.banner(self.key, self.door.now())

    @property
    def view(self) -> NoticeView | None:
        """What is acknowledged."""
        return self.door.desk.roe.notice(self.key, self.door.now())

    def room(self, view: NoticeView, width: int, free: int, *, roomy: bool) -> int:
        """As `room_for_text`."""
        del view, width
        return room_for_text(free, self._words[self.cursor], self.error, signs=roomy)

    def frame(
        self, view: NoticeView, seen: tuple[Line, ...], more: int, width: int, *, roomy: bool
    ) -> tuple[list[Line], list[Line]]:
        """As `paint_acknowledge`."""
        signing = Signing(self.cursor, self._words[self.cursor], self.error, seen, more)
        return paint_acknowledge(view, signing, width, self.door.dress.glyphs, roomy=roomy)

    @property
    def _asks(self) -> bool:
        """Whether words are wanted before the serial."""
        return bool(ANSWERS[self.cursor][3]) and not self._words[self.cursor]

    def action_move(self, step: int) -> None:
        """Move to another answer; what was typed is its own."""
        self.cursor = (self.cursor + step) % len(ANSWERS)
        self.query_one(Field).load("")
        self.complain("")

    def action_leave(self) -> None:
        """One step back: from the serial to the words, from there to where one was."""
        if not self._to_words():
            self.give(None)

    def action_back(self) -> None:
        """From the serial to the words."""
        self._to_words()

    def action_onward(self) -> None:
        """From the words to the serial. It signs nothing."""
        if self.view is not None and self._asks:
            self._to_serial(self.query_one(Field).text.strip())

    def _to_words(self) -> bool:
        words, self._words[self.cursor] = self._words[self.cursor], ""
        if words:
            self.query_one(Field).load(words)
            self.complain("")
        return bool(words)

    def _to_serial(self, words: str) -> None:
        if len(words.encode("utf-8")) > MAX_WORDS:
            self.complain(f"that is longer than {MAX_WORDS} bytes")
        elif words:
            self._words[self.cursor] = words
            self.query_one(Field).load("")
            self.complain("")

    @on(Field.Submitted)
    def _entered(self) -> None:
        typed = self.query_one(Field).text.strip()
        if self.view is None:
            return
        if self._asks:
            self._to_serial(typed)
        elif self.is_serial(typed):
            self.give((ANSWERS[self.cursor][0], self._words[self.cursor]))
