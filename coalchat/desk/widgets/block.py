"""A raised block with a field in it: rows above, the field's row, rows below.

Rule: it is never higher than its place. Where rows are scarce those far from the field go, but the last one, with the keys.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from coalchat.desk.paint.block import EMPTY, MARGIN, paint_block
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.widgets.painted import Dress, Painted

BANNERS: Final = ("banner-top", "banner-bottom")
Around: TypeAlias = Callable[[int, int], tuple[list[Line], list[Line]]]
"""For a width and the number of rows that there are at most: the rows above the field and those below it."""


class FieldBlock(Widget):
    """The block. `field` may be hidden: then its row is free."""

    def __init__(self, dress: Dress, around: Around, field: Widget, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self.dress = dress
        self.field = field
        field.add_class("well")
        self._around = around

    def compose(self) -> ComposeResult:
        """Above, field, below."""
        yield Painted(self.dress, self._above, ground=Ground.INPUT, id="block-above")
        with Horizontal(id="block-row"):
            left = Painted(self.dress, self._left, ground=Ground.INPUT)
            right = Painted(self.dress, self._right, ground=Ground.INPUT)
            left.styles.width = right.styles.width = MARGIN
            yield left
            yield self.field
            yield right
        yield Painted(self.dress, self._below, ground=Ground.INPUT, id="block-below")

    def repaint(self) -> None:
        """What is around the field has changed."""
        for part in self.query(Painted):
            part.redress()

    def _rows(self, width: int) -> tuple[list[Line], list[Line]]:
        place = self._place()
        above, below = self._around(width, place)
        lines = paint_block([*above, EMPTY, *below], width, self.dress.glyphs)
        if lines[0].ground is Ground.BANNER and len(lines) >= place - 1:
            lines = [EMPTY, *lines]  # else it would lie at the banner of the screen
        at = len(lines) - len(below) - 2
        above, below = lines[:at], lines[at + 1 :]
        missing = len(lines) - place
        if missing > 0:
            cut = min(missing, max(0, len(below) - 2))
            below = [*below[: max(0, len(below) - 2 - cut)], *below[-2:]]
            above = above[min(missing - cut, len(above)) :]
        return above, below

    def _place(self) -> int:
        """Rows between the banners."""
        banners = sum(banner.size.height for banner in self.screen.query(Painted) if banner.id in BANNERS)
        return max(1, self.app.size.height - banners)

    def _above(self, width: int, height: int) -> list[Line]:
        del height
        return self._rows(width)[0]

    def _below(self, width: int, height: int) -> list[Line]:
        del height
        return self._rows(width)[1]

    def _left(self, width: int, height: int) -> list[Line]:
        del width, height
        side = Span(self.dress.glyphs.divider if self.dress.glyphs.flat else " ", Ink.RULE)
        return [Line((side,), Ground.INPUT)]

    def _right(self, width: int, height: int) -> list[Line]:
        del height
        side = Span(self.dress.glyphs.divider if self.dress.glyphs.flat else " ", Ink.RULE)
        return [Line((Span(" " * (width - 1)), side), Ground.INPUT)]
