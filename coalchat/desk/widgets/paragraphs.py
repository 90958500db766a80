"""Things of several rows each, one below the other, of which one is kept in sight."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeAlias

from coalchat.desk.paint.ink import Line
from coalchat.desk.widgets.painted import Dress
from coalchat.desk.widgets.scrolled import Scrolled

Paragraph: TypeAlias = list[Line]


class Paragraphs(Scrolled):
    """Paints what stands there as paragraphs, for a width."""

    def __init__(self, dress: Dress, paint: Callable[[int], Iterable[Paragraph]], *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(dress, self._paint_all, id=id)
        self._paint_each = paint
        self._heights: list[int] = []

    def _paint_all(self, width: int, height: int) -> list[Line]:
        del height
        paragraphs = list(self._paint_each(width))
        self._heights = [len(paragraph) for paragraph in paragraphs]
        return list(chain.from_iterable(paragraphs))

    def show(self, place: int) -> None:
        """Paint anew, with the one at this place in sight; of one that is too high, its beginning."""
        self.repaint()
        _ = self.lines  # its heights are those of now
        if place < len(self._heights):
            self.reveal(sum(self._heights[:place]), min(self._heights[place], max(1, self.size.height)))
