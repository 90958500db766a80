"""Rules of engagement: the board, and one notice whole (look: screen 04). Acts on them are `roesheet`'s.

Rule: the board follows the node; whoever comes back from another screen finds it as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.api.roe import RoeAct
from coalchat.desk.model.roeviews import BoardView, NoticeView
from coalchat.desk.model.views import Banner
from coalchat.desk.model.words import deadline_of, moment_of
from coalchat.desk.paint.block import EMPTY, block_hints, block_row, block_text
from coalchat.desk.paint.hints import SCROLL, Hints
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.roe import paint_roe, paint_roe_head
from coalchat.desk.paint.roenotice import paint_notice_head, paint_whole
from coalchat.desk.screens.base import Dialog
from coalchat.desk.screens.door import Door
from coalchat.desk.screens.roeform import RoeChooseDialog
from coalchat.desk.screens.roelog import RoeLogScreen
from coalchat.desk.screens.roesheet import RoeSheet
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.scrolled import Scrolled
from coalchat.display import display_safe

ACTS = {act.value: act for act in RoeAct}
"""Words behind `/roe` that begin a notice."""


class RoeScreen(RoeSheet):
    """The board. Follows the node as long as it is open."""

    HINTS: ClassVar[Hints] = (
        ("A", "acknowledge"),
        ("N", "new notice"),
        ("S", "sign"),
        ("L", "log"),
        ("Enter", "open"),
        ("Esc", "back"),
        ("T", "at another time"),
        SCROLL,
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,A", "acknowledge", show=False),
        Binding("enter", "open_notice", show=False),
        Binding("t,T", "time", show=False),
        Binding("l,L", "log", show=False),
        Binding("f3", "leave", priority=True, show=False),
    ]

    def __init__(self, door: Door, at: int = 0, words: str = "") -> None:
        """`at`: of which time. `words`: what is to be done there: "log", "new", "endorse" or an act, and of which notice."""
        super().__init__(door)
        self._at, self._words = at, words

    def on_mount(self) -> None:
        """Keys scroll. The node is asked anew."""
        self.query_one(Scrolled).focus()
        self.door.put(self.door.desk.roe.look(self._at))
        if self._words:
            self._do(*self._words.partition(" ")[::2])

    def _do(self, word: str, name: str) -> None:
        roe = self.door.desk.roe
        key = roe.find(name) if name else ""
        if name and not key:
            self.door.put(roe.say(f"no notice, or several, are called {display_safe(name)}"))
        elif word == "log":
            self.action_log()
        elif word == "new":
            self.action_new()
        elif word != "endorse":
            self.write(ACTS[word], key)
        elif key:
            self.sign(key)
        else:
            self.action_sign()

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
        self.open(RoeChooseDialog(self.door, "ACKNOWLEDGE", "Several notices wait for you.", choices), chosen)

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
            self.open(RoeChooseDialog(self.door, "NOTICES", "All that this node holds.", choices), chosen)

    def action_log(self) -> None:
        """Every notice as it was signed."""
        self.open(RoeLogScreen(self.door, lambda key: RoeNoticeScreen(self.door, key)))

    def action_time(self) -> None:
        """Ask for another time."""

        def chosen(at: int | None) -> None:
            if at is not None:
                self._at = at
                self.door.put(self.door.desk.roe.look(at))

        self.open(RoeTimeDialog(self.door), chosen)


class RoeNoticeScreen(RoeSheet):
    """One notice, and who has acknowledged it."""

    HINTS: ClassVar[Hints] = (
        ("A", "acknowledge"),
        ("S", "sign"),
        ("N", "new notice on it"),
        SCROLL,
        ("Esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("a,A", "acknowledge", show=False)]

    def __init__(self, door: Door, key: str) -> None:
        super().__init__(door)
        self.key = key

    def on_mount(self) -> None:
        """Keys scroll. The node is asked who has answered."""
        self.query_one(Scrolled).focus()
        self.door.put(self.door.desk.roe.open(self.key))

    def at(self) -> str:
        """This one."""
        return self.key

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
            *block_text("1800Z: the next one. 221800Z: with its day, of this month. +30: in 30 minutes. Nothing typed: now.",
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
