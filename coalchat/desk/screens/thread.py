"""The thread of a message: who answered whom. One goes from here to a message, or answers it (SPEC 12.14).

Rule: looking at it is not reading it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.threadviews import ThreadRow
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.hints import ARROWS, SCROLL, Hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.thread import paint_thread, paint_thread_head
from coalchat.desk.screens.base import Paper
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.paragraphs import Paragraphs


class ThreadScreen(Paper):
    """Follows the node as long as it is open. `going`, `answering`: key of the message for which it was left, or ""."""

    HINTS: ClassVar[Hints] = (
        (ARROWS, "choose"),
        ("Enter", "go to it"),
        ("R", "reply"),
        SCROLL,
        ("Esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
        Binding("enter", "go", show=False),
        Binding("r,R", "reply", show=False),
        Binding("t,T", "leave", show=False),
    ]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.going = self.answering = ""
        self._at = ""

    def content(self) -> Iterable[Widget]:
        """The head stays; the rows scroll."""
        yield Painted(self.door.dress, self._paint_head, id="thread-head")
        yield Paragraphs(self.door.dress, self._paint_rows, id="thread-rows")

    def on_mount(self) -> None:
        """Keys scroll."""
        self.query_one(Paragraphs).focus()

    def banner(self) -> Banner:
        """All of the thread is behind this window."""
        return self.door.desk.banner_of(self.door.desk.threads.high_water(), self.door.now())

    @property
    def rows(self) -> tuple[ThreadRow, ...]:
        """What is shown."""
        return self.door.desk.threads.view().rows

    @property
    def cursor(self) -> int:
        """Place of the message under the cursor: at first of that on which it was opened."""
        view = self.door.desk.threads.view()
        names = [row.name for row in view.rows]
        if self._at in names:
            return names.index(self._at)
        return next((place for place, row in enumerate(view.rows) if view.asked in {row.name, row.line.key}), 0)

    def _paint_head(self, width: int, height: int) -> list[Line]:
        del height
        return paint_thread_head(self.door.desk.threads.view(), width, self.door.dress.glyphs)

    def _paint_rows(self, width: int) -> list[list[Line]]:
        return paint_thread(self.door.desk.threads.view(), self.cursor, width, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """It has come, or something of it is another now."""
        super().changed(changes)
        if {Part.THREAD, Part.TIMELINE} & changes.parts:
            self.query_one("#thread-head", Painted).repaint()
            self._show()

    def _show(self) -> None:
        """Paint the rows anew, with the cursor in sight."""
        self.query_one(Paragraphs).show(self.cursor)
        self.repaint_banners()

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        if rows := self.rows:
            self._at = rows[max(0, min(self.cursor + step, len(rows) - 1))].name
            self._show()

    def action_go(self) -> None:
        """To where it stands in the timeline."""
        if rows := self.rows:
            self.going = rows[self.cursor].line.key
            self.give(None)

    def action_reply(self) -> None:
        """Answer the message under the cursor."""
        rows = self.rows
        if rows and not rows[self.cursor].line.gone:
            self.answering = rows[self.cursor].line.key
            self.give(None)
