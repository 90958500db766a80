"""Rows of a painting behind a window: what does not fit is scrolled to."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from coalchat.desk.paint.ink import Ground, Line
from coalchat.desk.widgets.painted import Dress, Paint, Painted

VIM: Final = {
    "j": "down",
    "k": "up",
    "g": "home",
    "G": "end",
    "upper_g": "end",
    "ctrl+d": "pagedown",
    "ctrl+u": "pageup",
}
"""Letters that move, as in vim, and the keys that they stand for."""
WHEEL = 3
"""Rows of one step of the wheel."""


class Scrolled(Painted, can_focus=True):
    """A painting that may have more rows than the widget."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home", "edge(False)", show=False),
        Binding("end", "edge(True)", show=False),
    ]

    class Grew(Message):
        """There is something to scroll to now, or no more."""

    def __init__(
        self, dress: Dress, paint: Paint, *, ground: Ground = Ground.BASE, id: str | None = None  # noqa: A002  # Textual's name
    ) -> None:  # fmt: skip
        super().__init__(dress, paint, ground=ground, id=id)
        self.top = 0
        self.scrolls = False
        """Whether there are more rows than it shows."""

    @property
    def _lowest(self) -> int:
        return max(0, len(self.lines) - self.size.height)

    def _look(self) -> None:
        if self.size and self.scrolls != (self._lowest > 0):
            self.scrolls = not self.scrolls
            self.post_message(self.Grew())

    def on_resize(self) -> None:
        """Another window, other rows."""
        self._look()

    def move_to(self, top: int) -> None:
        """Show the rows from this one on, as far as there are any."""
        top = max(0, min(top, self._lowest))
        if top != self.top:
            self.top = top
            self.refresh()

    def reveal(self, row: int, rows: int = 1) -> None:
        """Scroll just as far as these rows need to be seen."""
        if row < self.top:
            self.move_to(row)
        elif row + rows > self.top + self.size.height:
            self.move_to(row + rows - self.size.height)

    def repaint(self) -> None:
        """Paint anew. Rows move as one where they are scrolled."""
        super().repaint()
        if self._lines is not None and self.top:
            self.top = min(self.top, self._lowest)
            self.refresh()
        self._look()

    def line_at(self, y: int, lines: list[Line]) -> Line:
        """What stands in a row of the window."""
        return super().line_at(y + min(self.top, self._lowest), lines)

    def action_scroll(self, rows: int) -> None:
        """Move by rows."""
        self.move_to(self.top + rows)

    def action_page(self, pages: int) -> None:
        """Move by windows; one row stays."""
        self.move_to(self.top + pages * max(1, self.size.height - 1))

    def action_edge(self, bottom: bool) -> None:
        """Move to one end."""
        self.move_to(self._lowest if bottom else 0)

    def on_key(self, event: events.Key) -> None:
        """As in vim, where that is wanted: the key that it stands for, whatever that does here."""
        if self.dress.vim and (key := VIM.get(event.key)):
            event.stop()
            event.prevent_default()
            self.app.simulate_key(key)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        event.stop()
        self.move_to(self.top - WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        event.stop()
        self.move_to(self.top + WHEEL)
