"""The timeline: lines of a channel in a window, with a cursor on a message (line API: one strip a row).

Rule 1: only what is in the window is painted, and each item once for each width: a new line costs one painting.
Rule 2: it sticks to the bottom; once the reader has scrolled up, nothing moves by itself, and `below` counts what came.
Rule 3: the focus is the selection: without it single letters are text, with it they act on the message under the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from coalchat.desk.model.changes import Splice
from coalchat.desk.model.views import Item, MessageLine
from coalchat.desk.paint.ink import Ground, Ink, Line
from coalchat.desk.paint.timeline import paint_empty, paint_item
from coalchat.desk.widgets.painted import Dress
from coalchat.desk.widgets.window import Row, Window

CACHE: Final = 2_048
"""Painted items kept: forty screens."""
WHEEL: Final = 3
ACTS: Final = frozenset("aAyYrR")
"""Letters that act on the message under the cursor."""
_REVERSE: Final = Style(reverse=True)


class Timeline(Widget, can_focus=True):
    """The lines of the shown channel."""

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor(-1)", show=False),
        Binding("down", "cursor(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "start", show=False),
        Binding("end", "screen.read_all", show=False),
        Binding("enter", "screen.read_here", show=False),
        Binding("a,A", "screen.acknowledge", show=False),
        Binding("r,R", "screen.reply", show=False),
        Binding("y,Y", "screen.copy", show=False),
        Binding("escape,tab", "screen.write", show=False),
    ]

    class Moved(Message):
        """Other lines are in the window now."""

    class AtTop(Message):
        """The reader wants to see what lies before the first line."""

    class Selected(Message):
        """The cursor is on another message, or on none."""

    class Left(Message):
        """The reader has gone down past the last message."""

    class Typed(Message):
        """The reader has begun to write."""

        def __init__(self, character: str) -> None:
            super().__init__()
            self.character = character

    def __init__(self, dress: Dress, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self.dress = dress
        self.window = Window(self._height_of)
        self.cursor: str | None = None
        self._painted: LRUCache[tuple[Item, int, bool, bool], list[Line]] = LRUCache(CACHE)
        self._strips: LRUCache[tuple[int, int], tuple[Line, Strip]] = LRUCache(CACHE)
        self._rows: list[Row] | None = None
        self._rows_for: tuple[object, ...] = ()
        self._told: tuple[object, ...] = ()

    # --- what it shows ---

    def reset(self, items: Sequence[Item]) -> None:
        """Show another channel, from its end."""
        self.window.reset(items)
        self._select(None)
        self._changed()

    def splice(self, splices: Sequence[Splice]) -> None:
        """Take the model's changes."""
        self.window.splice(splices)
        if self.cursor is not None and self.window.index_of(self.cursor) is None:
            self._select(None)
        self._changed()

    def redress(self) -> None:
        """The skin has changed."""
        self._painted.clear()
        self._strips.clear()
        self._changed()

    def to_end(self) -> None:
        """Show the newest line, and follow."""
        self.window.to_end()
        self._changed()

    @property
    def rows(self) -> list[Row]:
        """The rows in the window. A repaint may come before the event that says why: size and focus count too."""
        now = (self.size, self.has_focus, self.cursor)
        if self._rows is None or now != self._rows_for:
            self.window.height = self.size.height
            self._rows, self._rows_for = self.window.rows(), now
        return self._rows

    @property
    def visible_keys(self) -> tuple[str, ...]:
        """Messages of which something is in the window, from the top."""
        items = self.window.items
        shown = dict.fromkeys(row.index for row in self.rows)
        return tuple(item.key for index in shown if isinstance(item := items[index], MessageLine))

    @property
    def selected(self) -> MessageLine | None:
        """The message under the cursor."""
        index = None if self.cursor is None else self.window.index_of(self.cursor)
        item = None if index is None else self.window.items[index]
        return item if isinstance(item, MessageLine) else None

    def _state(self, index: int) -> tuple[Item, int, bool, bool]:
        """What the painting of an item depends on."""
        item = self.window.items[index]
        selected = isinstance(item, MessageLine) and item.key == self.cursor
        return item, max(1, self.size.width - 1), self.has_focus, selected

    def _height_of(self, index: int) -> int:
        return len(self._lines(index))

    def _lines(self, index: int) -> list[Line]:
        state = self._state(index)
        lines = self._painted.get(state)
        if lines is None:
            item, width, focused, selected = state
            lines = self._painted[state] = paint_item(item, width, self.dress.glyphs, focused, selected)
        return lines

    def _changed(self) -> None:
        self._rows = None
        self.window.height = self.size.height
        self.refresh()
        if not self.size:
            return
        now = (self.visible_keys, self.window.following, self.window.below)
        if now != self._told:
            self._told = now
            self.post_message(self.Moved())

    # --- drawing ---

    def render_line(self, y: int) -> Strip:
        """One row, and the bar at its end."""
        width = max(1, self.size.width - 1)
        rows = self.rows
        blank = self.size.height - len(rows)
        if not rows:
            empty = paint_empty(width, self.dress.glyphs)
            above = self.size.height - len(empty)
            line = empty[y - above] if y >= above else Line()
        elif y < blank:
            line = Line()
        else:
            row = rows[y - blank]
            line = self._lines(row.index)[row.line]
        bar = self._bar(y)
        return self._row(line, width) if bar is None else Strip.join([self.dress.row(line, width), bar])

    def _row(self, line: Line, width: int) -> Strip:
        """The strip of a line beside no bar. It is kept: what Textual has made of it once, it need not make again."""
        kept = self._strips.get((id(line), width))
        if kept is None or kept[0] is not line:
            blank = Strip([Segment(" ", self.dress.blank(Ground.BASE))], 1)
            kept = self._strips[id(line), width] = (line, Strip.join([self.dress.row(line, width), blank]))
        return kept[1]

    def _bar(self, y: int) -> Strip | None:
        """The cell of the scroll bar, where there is one: by items, because rows above the window are not measured."""
        rows, count = self.rows, len(self.window.items)
        if rows and (rows[0].index or rows[0].line or not self.window.following):
            first, last = rows[0].index / count, (rows[-1].index + 1) / count
            top = min(int(first * self.size.height), self.size.height - 1)
            if top <= y < max(top + 1, round(last * self.size.height)):
                return Strip([Segment(" ", self.dress.skin.style(Ink.RULE) + _REVERSE)], 1)
        return None

    # --- moving ---

    def scroll_rows(self, rows: int) -> None:
        """Scroll; at the first line, ask for what lies before it."""
        self.window.move(rows)
        if rows < 0 and self.window.at_top():
            self.post_message(self.AtTop())
        self._changed()

    def scroll_pages(self, pages: int) -> None:
        """Scroll by windows; two rows stay."""
        self.scroll_rows(pages * max(1, self.size.height - 2))

    def select_last(self) -> bool:
        """Put the cursor on the last message in the window; whether there is one."""
        keys = self.visible_keys
        if not keys:
            return False
        self._select(keys[-1])
        self._reveal()
        return True

    def select(self, key: str) -> bool:
        """Put the cursor on a message; whether it is here."""
        if self.window.index_of(key) is None:
            return False
        self._select(key)
        self._reveal()
        return True

    def unselect(self) -> None:
        """Take the cursor away."""
        self._select(None)
        self._changed()

    def _select(self, key: str | None) -> None:
        if key != self.cursor:
            self.cursor = key
            self.post_message(self.Selected())

    def _reveal(self) -> None:
        index = None if self.cursor is None else self.window.index_of(self.cursor)
        if index is not None and self.size.height:
            self.window.reveal(index)
        self._changed()

    def action_cursor(self, step: int) -> None:
        """Move the cursor to the next message up or down."""
        items = self.window.items
        index = None if self.cursor is None else self.window.index_of(self.cursor)
        if index is None:
            self.select_last()
            return
        index += step
        while 0 <= index < len(items):
            item = items[index]
            if isinstance(item, MessageLine):
                self._select(item.key)
                self._reveal()
                return
            index += step
        if step < 0:
            self.window.to_start()
            self.post_message(self.AtTop())
            self._changed()
        else:
            self.post_message(self.Left())

    def action_page(self, pages: int) -> None:
        """Scroll by windows; the cursor goes along."""
        self.scroll_pages(pages)
        keys = self.visible_keys
        if keys and self.cursor not in keys:
            self._select(keys[0] if pages < 0 else keys[-1])
            self._changed()

    def action_start(self) -> None:
        """To the first line that is here."""
        self.window.to_start()
        self.post_message(self.AtTop())
        keys = self.visible_keys
        if keys:
            self._select(keys[0])
        self._changed()

    # --- events ---

    def on_resize(self) -> None:
        """Other width, other heights."""
        self._changed()

    def on_focus(self) -> None:
        """The bar of the selection is drawn otherwise now."""
        self._changed()

    def on_blur(self) -> None:
        """Likewise."""
        self._changed()

    def on_key(self, event: events.Key) -> None:
        """A letter that is no key here begins a text."""
        if event.is_printable and event.character and event.character not in ACTS:
            event.stop()
            self.post_message(self.Typed(event.character))

    def on_click(self, event: events.Click) -> None:
        """Select what was clicked on."""
        event.stop()
        rows = self.rows
        y = event.y - (self.size.height - len(rows))
        if 0 <= y < len(rows):
            item = self.window.items[rows[y].index]
            if isinstance(item, MessageLine):
                self.focus()
                self._select(item.key)
                self._changed()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        event.stop()
        self.scroll_rows(-WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        event.stop()
        self.scroll_rows(WHEEL)
