"""The timeline: lines of a channel in a window, with a cursor on a message (line API: one strip a row).

Rule 1: only what is in the window is painted, and each item once for each width: a new line costs one painting. Rows are
kept as they were drawn: what Textual has made of one once, it need not make again. Size and focus are asked once a frame.
Rule 2: it sticks to the bottom; once the reader has scrolled up, nothing moves by itself, and `below` counts what came.
Rule 3: the focus is the selection: without it single letters are text, with it they act on the message under the cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from coalchat.desk.model.changes import Splice
from coalchat.desk.model.views import Item, MessageLine
from coalchat.desk.model.window import Row, Window
from coalchat.desk.paint.ink import Ground, Ink, Line
from coalchat.desk.paint.timeline import paint_empty, paint_item
from coalchat.desk.widgets.painted import Dress, Rows
from coalchat.desk.widgets.scrolled import VIM

CACHE: Final = 2_048
"""Painted items kept: forty screens."""
WHEEL: Final = 3
ACTS: Final = frozenset("aAeEfFhHqQrRtTxXyY")
"""Letters that act on the message under the cursor."""
VIM_ACTS: Final = frozenset({*VIM, "i"})
_REVERSE: Final = Style(reverse=True)
_FREE: Final = Line()


class _Look(NamedTuple):
    """What the rows of a moment go by."""

    size: Size
    focused: bool
    cursor: str | None

    @property
    def width(self) -> int:
        """Cells of a row beside its bar."""
        return max(1, self.size.width - 1)


class Timeline(Rows, can_focus=True):
    """The lines of the shown channel."""

    FOCUS_ON_CLICK = False
    """A click beside the messages selects none: keys go on being text."""

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
        Binding("t,T", "screen.thread", show=False),
        Binding("q,Q", "screen.quote", show=False),
        Binding("f,F", "screen.forward", show=False),
        Binding("e,E", "screen.correct", show=False),
        Binding("x,X", "screen.recall", show=False),
        Binding("h,H", "screen.history", show=False),
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

    def __init__(
        self,
        dress: Dress,
        guide: Callable[[], tuple[tuple[str, str], ...]] = tuple,
        *,
        id: str | None = None,  # noqa: A002  # Textual's name
    ) -> None:
        """`guide`: what to show where there is no channel."""
        super().__init__(id=id)
        self.dress = dress
        self._guide = guide
        self.window = Window(self._height_of)
        self.cursor: str | None = None
        self._look = _Look(Size(0, 0), False, None)
        self._painted: LRUCache[tuple[int, int, bool, bool], tuple[Item, list[Line]]] = LRUCache(CACHE)
        self._strips: LRUCache[tuple[int, int, bool], tuple[Line, Strip]] = LRUCache(CACHE)
        self._rows: list[Row] | None = None
        self._frame: list[Strip] | None = None
        self._told: tuple[object, ...] = ()
        self._begun = False
        """A text was begun; the focus goes to it."""

    # --- what it shows ---

    def reset(self, items: Sequence[Item]) -> None:
        """Show another channel, from its end."""
        self.window.reset(items)
        self._select(None)
        self._changed()

    def splice(self, splices: Sequence[Splice]) -> None:
        """Take the model's changes."""
        self._observe()
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

    def _observe(self) -> None:
        """Take the size, the focus and the cursor that all rows go by. A repaint may come before the event that says why."""
        now = _Look(self.size, self.has_focus, self.cursor)
        if now != self._look:
            self._look = now
            self._rows = self._frame = None
        self.window.height = now.size.height

    @property
    def rows(self) -> list[Row]:
        """The rows in the window."""
        self._observe()
        return self._shown()

    def _shown(self) -> list[Row]:
        if self._rows is None:
            self._rows = self.window.rows()
        return self._rows

    @property
    def visible_keys(self) -> tuple[str, ...]:
        """Messages of which something is in the window, from the top."""
        items = self.window.items
        shown = dict.fromkeys(row.item for row in self.rows)
        return tuple(item.key for index in shown if isinstance(item := items[index], MessageLine))

    @property
    def selected(self) -> MessageLine | None:
        """The message under the cursor."""
        index = None if self.cursor is None else self.window.index_of(self.cursor)
        item = None if index is None else self.window.items[index]
        return item if isinstance(item, MessageLine) else None

    def _height_of(self, index: int) -> int:
        return len(self._lines(index))

    def _lines(self, index: int) -> list[Line]:
        item, look = self.window.items[index], self._look
        selected = look.cursor is not None and isinstance(item, MessageLine) and item.key == look.cursor
        key = (id(item), look.width, look.focused, selected)
        kept = self._painted.get(key)
        if kept is None or kept[0] is not item:
            lines = paint_item(item, look.width, self.dress.glyphs, look.focused, selected)
            kept = self._painted[key] = (item, lines)
        return kept[1]

    def _changed(self) -> None:
        self._observe()
        self._rows = self._frame = None
        self.refresh()
        if not self._look.size:
            return
        now = (self.visible_keys, self.window.following, self.window.below)
        if now != self._told:
            self._told = now
            self.post_message(self.Moved())

    # --- drawing ---

    def render_lines(self, crop: Region) -> list[Strip]:
        """Some rows, all of one moment."""
        self._observe()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One row, and the bar at its end."""
        if self._frame is None:
            self._frame = self._draw()
        return self._frame[y] if y < len(self._frame) else Strip.blank(self._look.size.width)

    def _draw(self) -> list[Strip]:
        rows, width, height = self._shown(), self._look.width, self._look.size.height
        lines = [self._lines(row.item)[row.line] for row in rows] or self._empty(width)[-height:]
        bar = self.window.bar(rows)
        blank = height - len(lines)
        return [
            self._row(_FREE if y < blank else lines[y - blank], width, barred=y in bar) for y in range(height)
        ]  # fmt: skip

    def _empty(self, width: int) -> list[Line]:
        return paint_empty(self._guide(), width, self.dress.glyphs)

    def _row(self, line: Line, width: int, *, barred: bool) -> Strip:
        """The strip of a line, and its piece of the bar."""
        key = (id(line), width, barred)
        kept = self._strips.get(key)
        if kept is None or kept[0] is not line:
            kept = self._strips[key] = (line, self._strip(line, width, barred=barred))
        return kept[1]

    def _strip(self, line: Line, width: int, *, barred: bool) -> Strip:
        if line.ground is Ground.BASE and not barred:
            return self.dress.row(line, width + 1)
        skin = self.dress.skin
        end = skin.style(Ink.RULE) + _REVERSE if barred else skin.ground(Ground.BASE)
        return Strip.join([self.dress.row(line, width), Strip([Segment(" ", end)], 1)])

    # --- moving ---

    def scroll_rows(self, rows: int) -> None:
        """Scroll; at the first line, ask for what lies before it."""
        self._observe()
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

    def select(self, key: str, *, centred: bool = False) -> bool:
        """Put the cursor on a message; whether it is here. `centred`: with what stands around it."""
        index = self.window.index_of(key)
        if index is None:
            return False
        self._select(key)
        self._reveal()
        if centred and self.size.height:
            self.window.centre(index)
            self._changed()
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
        self._observe()
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
        self._begun = False
        self._changed()

    def on_key(self, event: events.Key) -> None:
        """A letter that is no key here begins a text. Those behind it belong to that, however fast they come."""
        if self.dress.vim and not self._begun and event.key in VIM_ACTS:
            event.stop()
            event.prevent_default()
            self._move(event.key)
            return
        if event.is_printable and event.character and (self._begun or event.character not in ACTS):
            event.stop()
            event.prevent_default()
            self._begun = True
            self.post_message(self.Typed(event.character))

    def _move(self, key: str) -> None:
        """As in vim. To go to the end is not to say that all was read."""
        if key in {"G", "upper_g"}:
            self.to_end()
            self.select_last()
        elif key == "i":
            self.post_message(self.Left())
        else:
            self.app.simulate_key(VIM[key])

    def on_click(self, event: events.Click) -> None:
        """Select what was clicked on."""
        event.stop()
        rows = self.rows
        y = event.y - (self.size.height - len(rows))
        if 0 <= y < len(rows):
            item = self.window.items[rows[y].item]
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
