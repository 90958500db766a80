"""A widget that shows what a painting function returns, and the skin that all widgets of a desk wear."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from rich.style import Style
from textual.containers import Horizontal, Vertical
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.look.skin import Skin
from coalchat.desk.look.strips import strip
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.record import part

Paint: TypeAlias = Callable[[int, int], list[Line]]
"""Paint for this width and height; at height 0 as many rows as it needs."""


@part
class Dress:
    """The skin in use. It changes when the policy's colours are known, or another is wanted. vim: letters move as there."""

    skin: Skin
    vim: bool = False

    @property
    def glyphs(self) -> Glyphs:
        """Those of the skin."""
        return self.skin.glyphs

    def row(self, line: Line, width: int) -> Strip:
        """A line on the screen, of exactly this width."""
        return strip(line, width, self.skin)

    def blank(self, ground: Ground) -> Style:
        """The style of empty cells."""
        return self.skin.ground(ground)


class Across(Horizontal):
    """Widgets side by side that cover it: nothing of its own is drawn, where Textual would draw all its rows."""

    BLANK = True


class Down(Vertical):
    """The same, one below the other."""

    BLANK = True


class Rows(Widget):
    """Strips that cover it: the CSS gives it neither border, padding, opacity nor tint, and nothing in it is a link.

    What Textual does to each row for those costs more than the row, so it is left out: a row goes to the screen as it is.
    """

    ALLOW_SELECT = False

    def render_lines(self, crop: Region) -> list[Strip]:
        """Some rows, through the app's filters."""
        strips = [self.render_line(y) for y in crop.line_range]
        if filters := self.get_line_filters():
            _, background = self.background_colors
            for one in filters:
                strips = [strip.apply_filter(one, background) for strip in strips]
        left, right = crop.column_span
        return strips if (left, right) == (0, self.size.width) else [strip.crop(left, right) for strip in strips]


class Painted(Rows, can_focus=False):
    """Shows lines. In CSS its height is fixed, or `auto`: then as many rows as the painting has."""

    def __init__(
        self, dress: Dress, paint: Paint, *, ground: Ground = Ground.BASE, id: str | None = None  # noqa: A002  # Textual's name
    ) -> None:  # fmt: skip
        super().__init__(id=id)
        self.dress = dress
        self._paint = paint
        self._ground = ground
        self._lines: list[Line] | None = None
        self._for = Size(0, 0)
        self._strips: dict[int, tuple[Line, Skin, Strip]] = {}
        """What was drawn last in each row."""

    @property
    def room(self) -> int:
        """Cells of a row that the painting has."""
        return self.size.width

    @property
    def lines(self) -> list[Line]:
        """What it shows now."""
        if self._lines is None or self._for != self.size:
            self._lines, self._for = self._paint(self.room, self.size.height), self.size
            self._strips.clear()  # of a row that is no more, no text stays here
        return self._lines

    def repaint(self) -> None:
        """Paint anew; only rows that differ go to the terminal."""
        if not self.size or self._lines is None or self._for != self.size:
            self._lines = None
            self.refresh(layout=self._is_auto)
            return
        before = self._lines
        self._lines = self._paint(self.room, self.size.height)
        if self._is_auto and len(before) != len(self._lines):
            self.refresh(layout=True)
            return
        rows = range(max(len(before), len(self._lines)))
        changed = [y for y in rows if before[y : y + 1] != self._lines[y : y + 1]]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def redress(self) -> None:
        """The skin has changed: all of it looks different."""
        self._lines = None
        self.refresh(layout=self._is_auto)

    @property
    def _is_auto(self) -> bool:
        return self.styles.auto_dimensions

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Rows of the painting, of `height: auto`."""
        del container, viewport
        return len(self._paint(width, 0))

    def line_at(self, y: int, lines: list[Line]) -> Line:
        """What stands in a row, of a painting for the size that it has now."""
        return lines[y] if y < len(lines) else Line(ground=self._ground)

    def draw(self, line: Line) -> Strip:
        """A row that has not been drawn yet."""
        return self.dress.row(line, self.size.width)

    def render_line(self, y: int) -> Strip:
        """One row. Those that look as before are not drawn anew."""
        line, skin = self.line_at(y, self.lines), self.dress.skin
        kept = self._strips.get(y)
        if kept is None or kept[0] != line or kept[1] is not skin or kept[2].cell_length != self._for.width:
            kept = self._strips[y] = (line, skin, self.draw(line))
        return kept[2]


class Column(Painted):
    """A painting with a hairline at its left or right side, in the last cell of each row."""

    def __init__(self, dress: Dress, paint: Paint, *, hairline: str, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(dress, paint, ground=Ground.SIDE, id=id)
        self._at_left = hairline == "left"

    @property
    def room(self) -> int:
        """All but the hairline."""
        return max(0, self.size.width - 1)

    def draw(self, line: Line) -> Strip:
        """A row, and its piece of the hairline."""
        row = self.dress.row(line, self.room)
        hairline = self.dress.row(Line((Span(self.dress.glyphs.divider, Ink.RULE),), Ground.SIDE), 1)
        return Strip.join([hairline, row] if self._at_left else [row, hairline])
