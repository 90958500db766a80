"""Rules of engagement: the board, one notice whole, and the act of acknowledging (look: screens 04 and 05).

Rule 1: to acknowledge is to type the serial: Enter does nothing before it matches, and nothing before the whole text was shown.
Rule 2: Esc goes one step back, and never signs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.api.vocabulary import Answer
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.roeviews import BoardView, NoticeView
from coalchat.desk.model.views import Banner
from coalchat.desk.model.words import deadline_of, moment_of
from coalchat.desk.paint.block import EMPTY, block_hints, block_row, block_text
from coalchat.desk.paint.dialogs.roe import ANSWERS, Signing, body_lines, paint_acknowledge, room_for_text
from coalchat.desk.paint.hints import Hints
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.roe import paint_notice_head, paint_roe, paint_roe_head, paint_whole, paint_words
from coalchat.desk.screens.base import Dialog, Paper
from coalchat.desk.screens.choose import ChooseDialog
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.scrolled import Scrolled

MAX_WORDS: Final = 256
"""Bytes of a caveat, or of a reason."""
_SHOWS: Final = frozenset({Part.ROE, Part.NOTICE, Part.BANNER, Part.RAIL})
_ROOMY: Final = 30


class RoeSheet(Paper):
    """What both screens have: a head, rows that scroll, and the words that nothing here judges."""

    def content(self) -> Iterable[Widget]:
        """The head and the words stay; the rows scroll."""
        yield Painted(self.door.dress, self.paint_head, id="roe-head")
        yield Scrolled(self.door.dress, self.paint_rows, id="roe-rows")
        yield Painted(self.door.dress, self._paint_words, id="roe-words")

    def paint_head(self, width: int, height: int) -> list[Line]:
        """The head."""
        raise NotImplementedError

    def paint_rows(self, width: int, height: int) -> list[Line]:
        """The rows."""
        raise NotImplementedError

    def words(self) -> str:
        """What is said of all of it."""
        raise NotImplementedError

    def _paint_words(self, width: int, height: int) -> list[Line]:
        del height
        return paint_words(self.words(), width, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """The node has said more, or time has passed."""
        super().changed(changes)
        if changes.parts & _SHOWS:
            self.repaint_banners()
            self.query_one("#roe-head", Painted).repaint()
            self.query_one("#roe-rows", Scrolled).repaint()
            self.query_one("#roe-words", Painted).repaint()

    def acknowledge(self, key: str) -> None:
        """Ask how, with the whole text on the screen; nothing happens where there is nothing to acknowledge."""
        view = self.door.desk.roe.notice(key, self.door.now())
        if view is None or not view.may:
            return

        def signed(given: tuple[Answer, str] | None) -> None:
            if given is not None:
                self.door.put(self.door.desk.roe.acknowledge(view, *given))

        self.open(RoeAcknowledgeDialog(self.door, key), signed)


class RoeScreen(RoeSheet):
    """The board. Follows the node as long as it is open."""

    HINTS: ClassVar[Hints] = (
        ("A", "acknowledge"),
        ("Enter", "open a notice"),
        ("T", "at another time"),
        ("PgUp PgDn", "scroll"),
        ("Esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,A", "acknowledge", show=False),
        Binding("enter", "open_notice", show=False),
        Binding("t,T", "time", show=False),
        Binding("f3", "leave", priority=True, show=False),
    ]

    def __init__(self, door: Door, at: int = 0) -> None:
        super().__init__(door)
        self._at = at

    def on_mount(self) -> None:
        """Keys scroll. The node is asked anew."""
        self.query_one(Scrolled).focus()
        self.door.put(self.door.desk.roe.look(self._at))

    def on_unmount(self) -> None:
        """Nobody looks at another time any more."""
        if self._at:
            self.door.put(self.door.desk.roe.look())

    @property
    def view(self) -> BoardView:
        """What is known now."""
        return self.door.desk.roe.board(self.door.now())

    def banner(self) -> Banner:
        """The highest of all that stands here."""
        return self.door.desk.roe.banner("", self.door.now())

    def note(self) -> str:
        """In which time."""
        return "times Z"

    def words(self) -> str:
        """What is said of all of it."""
        return self.view.words

    def paint_head(self, width: int, height: int) -> list[Line]:
        """Whose board, of when."""
        del height
        return paint_roe_head(self.view, width, self.door.dress.glyphs)

    def paint_rows(self, width: int, height: int) -> list[Line]:
        """All sections."""
        del height
        return paint_roe(self.view, width, self.door.dress.glyphs)

    def action_acknowledge(self) -> None:
        """Acknowledge what waits: the only one, or the one that is chosen."""
        pending = self.view.pending
        if len(pending) == 1:
            self._read(pending[0].key)
        if len(pending) < 2:
            return

        def chosen(place: int | None) -> None:
            if place:
                self._read(pending[place - 1].key)

        choices = ("none now", *(f"{one.name}  {one.by}  {one.left}" for one in pending))
        self.open(ChooseDialog(self.door, "ACKNOWLEDGE", "Several notices wait for you.", choices), chosen)

    def _read(self, key: str) -> None:
        self.door.put(self.door.desk.roe.open(key))
        self.acknowledge(key)

    def action_open_notice(self) -> None:
        """Open one of all notices."""
        found = self.door.desk.roe.choices()

        def chosen(place: int | None) -> None:
            if place:
                self.open(RoeNoticeScreen(self.door, found[place - 1].key))

        if found:
            choices = ("back to the board", *(one.title for one in found))
            self.open(ChooseDialog(self.door, "NOTICES", "All that this node holds.", choices), chosen)

    def action_time(self) -> None:
        """Ask for another time."""

        def chosen(at: int | None) -> None:
            if at is not None:
                self._at = at
                self.door.put(self.door.desk.roe.look(at))

        self.open(RoeTimeDialog(self.door), chosen)


class RoeNoticeScreen(RoeSheet):
    """One notice, and who has acknowledged it."""

    HINTS: ClassVar[Hints] = (("A", "acknowledge"), ("PgUp PgDn", "scroll"), ("Esc", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("a,A", "acknowledge", show=False)]

    def __init__(self, door: Door, key: str) -> None:
        super().__init__(door)
        self.key = key

    def on_mount(self) -> None:
        """Keys scroll. The node is asked who has answered."""
        self.query_one(Scrolled).focus()
        self.door.put(self.door.desk.roe.open(self.key))

    @property
    def view(self) -> NoticeView | None:
        """What is known now."""
        return self.door.desk.roe.notice(self.key, self.door.now())

    def banner(self) -> Banner:
        """Its own."""
        return self.door.desk.roe.banner(self.key, self.door.now())

    def words(self) -> str:
        """What is said of all of it."""
        view = self.view
        return view.words if view is not None else ""

    def paint_head(self, width: int, height: int) -> list[Line]:
        """Its name."""
        del height
        view = self.view
        return paint_notice_head(view, width, self.door.dress.glyphs) if view is not None else []

    def paint_rows(self, width: int, height: int) -> list[Line]:
        """All of it."""
        del height
        view = self.view
        if view is None:
            return [Line((Span(" asking the node", Ink.REMARK),))]
        return paint_whole(view, width, self.door.dress.glyphs)

    def action_acknowledge(self) -> None:
        """Acknowledge it, if it can be."""
        self.acknowledge(self.key)


class RoeAcknowledgeDialog(Dialog[tuple[Answer, str]]):
    """Gives the answer and its words, once the serial was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
        Binding("pageup", "page(-1)", priority=True, show=False),
        Binding("pagedown", "page(1)", priority=True, show=False),
    ]

    def __init__(self, door: Door, key: str) -> None:
        super().__init__(door)
        self.key = key
        self.cursor = 0
        self._top = self._room = self._rows = 0
        self._whole = False
        self._error = ""
        self._words = [""] * len(ANSWERS)

    def content(self) -> Iterable[Widget]:
        """The text, the answers, a field for words, then for the serial."""
        yield FieldBlock(self.door.dress, self._around, Field(self.door.dress, self._edited, id="words"), id="block")

    def on_mount(self) -> None:
        """The serial can be typed at once."""
        self.query_one(Field).focus()

    def banner(self) -> Banner:
        """That of what is behind it, and its own text."""
        return self.door.desk.roe.banner(self.key, self.door.now())

    @property
    def _view(self) -> NoticeView | None:
        return self.door.desk.roe.notice(self.key, self.door.now())

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        view, glyphs = self._view, self.door.dress.glyphs
        if view is None:
            return [EMPTY], [EMPTY]
        roomy = place >= _ROOMY
        body = body_lines(view, width, glyphs, roomy=roomy)
        words = self._words[self.cursor]
        free = place - 2 - (8 if roomy else 0)  # what is around it, be it a frame
        self._rows, self._room = len(body), room_for_text(free, words, self._error, signs=roomy)
        if self._rows == self._room + 1:  # the row that would say so has room for it itself
            self._room += 1
        self._top = max(0, min(self._top, self._rows - self._room))
        more = max(0, self._rows - self._top - self._room)
        self._whole = self._whole or not more
        seen = tuple(body[self._top : self._top + self._room])
        return paint_acknowledge(view, Signing(self.cursor, words, self._error, seen, more), width, glyphs, roomy=roomy)

    @property
    def _asks(self) -> bool:
        """Whether words are wanted before the serial."""
        return bool(ANSWERS[self.cursor][3]) and not self._words[self.cursor]

    def _edited(self, text: str) -> None:
        del text
        if self._error:
            self._complain("")

    def _complain(self, sentence: str) -> None:
        self._error = sentence
        self.query_one(FieldBlock).repaint()

    def changed(self, changes: Changes) -> None:
        """Somebody else has acknowledged, or time has passed."""
        super().changed(changes)
        if changes.parts & _SHOWS:
            self.query_one(FieldBlock).repaint()

    def action_move(self, step: int) -> None:
        """Move to another answer; what was typed is its own."""
        self.cursor = (self.cursor + step) % len(ANSWERS)
        self.query_one(Field).load("")
        self._complain("")

    def action_page(self, pages: int) -> None:
        """Scroll the text."""
        self._top = max(0, self._top + pages * max(1, self._room - 1))
        self.query_one(FieldBlock).repaint()

    def action_leave(self) -> None:
        """One step back: from the serial to the words, from there to where one was."""
        if ANSWERS[self.cursor][3] and self._words[self.cursor]:
            words, self._words[self.cursor] = self._words[self.cursor], ""
            self.query_one(Field).load(words)
            self._complain("")
        else:
            self.give(None)

    @on(Field.Submitted)
    def _entered(self) -> None:
        view, field = self._view, self.query_one(Field)
        typed = field.text.strip()
        if view is None:
            return
        if self._asks:
            if len(typed.encode("utf-8")) > MAX_WORDS:
                self._complain(f"that is longer than {MAX_WORDS} bytes")
            elif typed:
                self._words[self.cursor] = typed
                field.load("")
                self._complain("")
        elif typed == view.serial and self._whole:
            self.give((ANSWERS[self.cursor][0], self._words[self.cursor]))
        elif typed == view.serial:
            self._complain("read it to its end first: PgDn")
        # Anything else signs nothing: no word is needed for that.


class RoeTimeDialog(Dialog[int]):
    """Gives a time of the board; 0: now."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._error = ""

    def content(self) -> Iterable[Widget]:
        """A question and its field."""
        yield FieldBlock(self.door.dress, self._around, Field(self.door.dress, id="time"), id="block")

    def on_mount(self) -> None:
        """It can be typed at once."""
        self.query_one(Field).focus()

    def banner(self) -> Banner:
        """That of the board."""
        return self.door.desk.roe.banner("", self.door.now())

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        del place
        glyphs = self.door.dress.glyphs
        above = [
            block_row([Span("ROE AT ANOTHER TIME", Ink.BRIGHT)], width, glyphs),
            EMPTY,
            *block_text("1800Z is the next one, +30 in so many minutes, 221800Z with its day of this month; nothing is now.",
                        Ink.MUTED, width, glyphs),
        ]  # fmt: skip
        error = block_text(self._error, Ink.BRIGHT, width, glyphs) if self._error else []
        return above, [*error, EMPTY, block_hints((("Enter", "show"),), (("Esc", "back"),), width, glyphs)]

    @on(Field.Submitted)
    def _entered(self) -> None:
        typed = self.query_one(Field).text.strip()
        at = time_of(typed, self.door.now())
        if at is None:
            self._error = "that is no such time"
            self.query_one(FieldBlock).repaint()
        else:
            self.give(at)


def time_of(text: str, now: int) -> int | None:
    """A time of the board: "" is now (0), "1800Z" and "+30" lie ahead, "221800Z" is of this month; none: it is no time."""
    if not text:
        return 0
    at = deadline_of(text, now)
    return at or moment_of(text, now)
