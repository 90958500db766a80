"""Search: what is typed is looked for at once; Enter goes to the message, where it was said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.searching import Searching
from coalchat.desk.model.searchviews import SearchView
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.hints import ARROWS, SCROLL, Hints
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.search import ROWS, paint_found, paint_search_head
from coalchat.desk.screens.base import Banded
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.scrolled import Scrolled

HINTS: Hints = (
    (ARROWS, "choose"),
    ("Enter", "go there"),
    ("^F", "this channel or all"),
    SCROLL,
    ("Esc", "back"),
)


class SearchScreen(Banded[str]):
    """Gives the id of a message that was found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
        Binding("pageup", "page(-1)", priority=True, show=False),
        Binding("pagedown", "page(1)", priority=True, show=False),
        Binding("ctrl+f", "elsewhere", priority=True, show=False),
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, door: Door, words: str = "", *, everywhere: bool = False) -> None:
        super().__init__(door)
        self._words, self._everywhere = words, everywhere
        self.cursor = 0

    def content(self) -> Iterable[Widget]:
        """Head, field, what was found."""
        yield Painted(self.door.dress, self._paint_head, id="search-head")
        yield SearchLine(self.door, Field(self.door.dress, self._edited, id="query"))
        yield Scrolled(self.door.dress, self._paint_rows, id="search-rows")

    def below(self) -> Iterable[Widget]:
        """The hints."""
        yield Painted(self.door.dress, self._paint_hints, id="hints")

    def on_mount(self) -> None:
        """Type at once."""
        self.rows.can_focus = False
        field = self.query_one(Field)
        field.load(self._words)
        self.set_focus(field)  # at once: `focus` waits its turn behind what was typed in the same burst
        self.door.put(self.searching.begin(self._words, "" if self._everywhere else self.door.desk.shown))

    @property
    def rows(self) -> Scrolled:
        """What was found."""
        return self.query_one("#search-rows", Scrolled)

    @property
    def searching(self) -> Searching:
        """What is looked for."""
        return self.door.desk.searching

    @property
    def view(self) -> SearchView:
        """What is known now."""
        return self.searching.view()

    def banner(self) -> Banner:
        """What was found and is in sight."""
        first, last = (0, 0) if not self.is_mounted else self._in_sight()
        keys = tuple(row.key for row in self.view.rows[first:last])
        return self.door.desk.banner(keys, self.door.now())

    def _in_sight(self) -> tuple[int, int]:
        rows = self.rows
        return rows.top // ROWS, -(-(rows.top + rows.size.height) // ROWS)

    def _paint_head(self, width: int, height: int) -> list[Line]:
        del height
        return paint_search_head(self.view, width, self.door.dress.glyphs)

    def _paint_rows(self, width: int, height: int) -> list[Line]:
        del height
        return paint_found(self.view, self.cursor, width, self.door.dress.glyphs)

    def _paint_hints(self, width: int, height: int) -> list[Line]:
        del height
        return self.paint_keys(HINTS, "times Z", width)

    # --- what happens ---

    def changed(self, changes: Changes) -> None:
        """Something was found, or is found no more."""
        super().changed(changes)
        if Part.SEARCH in changes.parts and self.is_mounted:
            self.cursor = min(self.cursor, max(0, len(self.view.rows) - 1))
            self.query_one("#search-head", Painted).repaint()
            self._show()

    def _show(self) -> None:
        rows = self.rows
        rows.repaint()
        rows.reveal(self.cursor * ROWS, ROWS)
        self.repaint_banners()

    def on_resize(self, event: events.Resize) -> None:
        """Other rows are in sight."""
        del event
        self.repaint_banners()

    def _edited(self, text: str) -> None:
        if self.is_mounted and text != self._words:
            self._words, self.cursor = text, 0
            self.rows.move_to(0)
            self.door.put(self.searching.type(text))

    def action_elsewhere(self) -> None:
        """Look in the shown channel, or in all."""
        self.cursor = 0
        self.rows.move_to(0)
        self.door.put(self.searching.elsewhere())

    def action_move(self, step: int) -> None:
        """Move the cursor; at the end, ask for older ones."""
        count = len(self.view.rows)
        if self.cursor + step >= count:
            self.door.put(self.searching.further())
        self.cursor = max(0, min(self.cursor + step, count - 1))
        self._show()

    def action_page(self, pages: int) -> None:
        """Move by windows."""
        self.action_move(pages * max(1, self.rows.size.height // ROWS - 1))

    def action_leave(self) -> None:
        """Back to where one was."""
        self.give(None)

    @on(Field.Submitted)
    def _go(self) -> None:
        rows = self.view.rows
        if rows:
            self.give(rows[self.cursor].key)


class SearchLine(Horizontal):
    """The field, and what stands before it."""

    def __init__(self, door: Door, field: Field) -> None:
        super().__init__(id="search-line")
        self._door, self._field = door, field

    def compose(self) -> ComposeResult:
        """A margin, and the field."""
        lead = Painted(self._door.dress, self._paint, ground=Ground.INPUT)
        lead.styles.width = 2
        yield lead
        yield self._field

    def _paint(self, width: int, height: int) -> list[Line]:
        del width, height
        return [Line((Span(self._door.dress.glyphs.selection, Ink.ACCENT), Span(" ")), Ground.INPUT)]
