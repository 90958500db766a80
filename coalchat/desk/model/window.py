"""Which rows of a timeline stand in the window: pure, without textual.

Rule 1: the window hangs on a line, not on a row number. What is above it is never measured, so a hundred thousand lines
cost nothing until somebody scrolls there, and pages may come in above without moving what is read.
Rule 2: at the bottom it follows: a new line comes in and pushes the others up. Once the reader has scrolled, nothing moves
by itself.
Rule 3: a short history stands at the bottom, the space above it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from coalchat.desk.model.changes import Splice
from coalchat.desk.model.views import Item, MessageLine
from coalchat.record import field, part


class Row(NamedTuple):
    """A row of the window: row `line` of the item with this index."""

    item: int
    line: int


@part
class Window:
    """The window on a list of items.

    Attributes:
        height_of: rows of an item, at the present width.
        height: rows of the window.
        following: its last row is the last there is.
        below: lines of others that have come in below since it stopped following.
        still: its last item is not the newest there is: what comes in below is no news, and moves nothing.
    """

    height_of: Callable[[int], int]
    height: int = 0
    items: list[Item] = field(factory=list)
    following: bool = True
    below: int = 0
    still: bool = False
    _index: int = 0
    _skip: int = 0
    """Where it begins while it does not follow: row `_skip` of the item `_index`."""

    # --- what it shows ---

    def rows(self) -> list[Row]:
        """The rows in it, from the top; fewer than its height only where there are no more."""
        if self.following:
            return self._up_from(len(self.items), 0, self.height)
        found = self._down_from(self._index, self._skip, max(1, self.height))
        if len(found) < self.height or not found or self._is_last(found[-1]):
            self._follow()
            return self._up_from(len(self.items), 0, self.height)
        return found[: self.height]

    def _is_last(self, row: Row) -> bool:
        return row.item == len(self.items) - 1 and row.line == self.height_of(row.item) - 1

    def bar(self, rows: Sequence[Row]) -> range:
        """The rows of the scroll bar, where there is one: by items, because rows above the window are not measured."""
        count, height = len(self.items), self.height
        if not rows or not (rows[0].item or rows[0].line or not self.following):
            return range(0)
        first, last = rows[0].item / count, (rows[-1].item + 1) / count
        top = min(int(first * height), height - 1)
        return range(top, max(top + 1, round(last * height)))

    def at_top(self) -> bool:
        """Whether its first row is the first there is."""
        rows = self.rows()
        return not rows or rows[0] == Row(0, 0)

    def _up_from(self, index: int, line: int, count: int) -> list[Row]:
        """Up to `count` rows before row `line` of an item, from the top."""
        found = [Row(index, row) for row in range(max(0, line - count), line)]
        while len(found) < count and index > 0:
            index -= 1
            height = self.height_of(index)
            first = max(0, height - (count - len(found)))
            found[:0] = [Row(index, row) for row in range(first, height)]
        return found

    def _down_from(self, index: int, line: int, count: int) -> list[Row]:
        """Up to `count` rows from this one on."""
        found: list[Row] = []
        while len(found) < count and index < len(self.items):
            height = self.height_of(index)
            found += [Row(index, row) for row in range(min(line, height - 1), height)][: count - len(found)]
            index, line = index + 1, 0
        return found

    # --- moving it ---

    def _follow(self) -> None:
        self.following, self.below = True, 0

    def _begin_at(self, row: Row) -> None:
        self.following, self._index, self._skip = False, row.item, row.line

    def to_end(self) -> None:
        """Go to the last row, and follow."""
        self._follow()

    def to_start(self) -> None:
        """Go to the first row."""
        self._begin_at(Row(0, 0))

    def move(self, rows: int) -> None:
        """Scroll: negative is up."""
        shown = self.rows()
        if not shown or not rows:
            return
        first = shown[0]
        if rows < 0:
            above = self._up_from(first.item, first.line, -rows)
            if above:
                self._begin_at(above[0])
        elif not self.following:
            ahead = self._down_from(first.item, first.line, rows + 1)
            self._begin_at(ahead[-1])

    def reveal(self, index: int) -> None:
        """Scroll just as far as all of an item needs to be seen; of one that is too high, its beginning."""
        shown = self.rows()
        mine = [row for row in shown if row.item == index]
        height = self.height_of(index)
        if len(mine) == height:
            return
        if (shown and index < shown[0].item) or (mine and mine[0].line > 0) or height >= self.height:
            self._begin_at(Row(index, 0))
            return
        before = self._up_from(index, 0, self.height - height)
        self._begin_at(before[0] if before else Row(index, 0))

    def centre(self, index: int) -> None:
        """Scroll so that an item stands in the middle, as far as there are rows below it."""
        above = self._up_from(index, 0, max(0, (self.height - self.height_of(index)) // 2))
        self._begin_at(above[0] if above else Row(index, 0))

    # --- its items change ---

    def reset(self, items: Sequence[Item]) -> None:
        """Other items altogether: show the last."""
        self.items = list(items)
        self._index = self._skip = 0
        self._follow()

    def splice(self, splices: Sequence[Splice]) -> None:
        """Items come, go or change; what is read stays where it is."""
        if self.following and self.still and (shown := self.rows()):
            self._begin_at(shown[0])
        if self.following:
            for splice in splices:
                self._put(splice)
            return
        anchor, known = self._anchor(), {item.key for item in self.items if isinstance(item, MessageLine)}
        for splice in splices:
            self._index = _moved(self._index, splice)
            self._put(splice)
        self._hang_on(anchor)
        if self.still:
            return
        rows = self.rows()
        later = self.items[rows[-1].item + 1 :] if rows else []
        self.below += sum(isinstance(item, MessageLine) and not item.mine and item.key not in known for item in later)

    def _put(self, splice: Splice) -> None:
        self.items[splice.at : splice.at + splice.removed] = splice.items

    def _anchor(self) -> tuple[str, int] | None:
        """The first message of which something is shown: its key, and how far below the window's top it begins."""
        for y, row in enumerate(self.rows()):
            item = self.items[row.item]
            if isinstance(item, MessageLine):
                return item.key, y - row.line
        return None

    def _hang_on(self, anchor: tuple[str, int] | None) -> None:
        if anchor is None:
            return
        key, y = anchor
        index = self.index_of(key)
        if index is None:
            self._index = min(self._index, max(0, len(self.items) - 1))
            return
        if y < 0:
            self._begin_at(Row(index, -y))
        else:
            above = self._up_from(index, 0, y)
            self._begin_at(above[0] if above else Row(index, 0))

    def index_of(self, key: str) -> int | None:
        """Where the message with this key stands; searched from the end, where one usually is."""
        for index in range(len(self.items) - 1, -1, -1):
            item = self.items[index]
            if isinstance(item, MessageLine) and item.key == key:
                return index
        return None


def _moved(index: int, splice: Splice) -> int:
    """Where an index points once a splice is done."""
    if index < splice.at:
        return index
    if index >= splice.at + splice.removed:
        return index + len(splice.items) - splice.removed
    return splice.at + min(index - splice.at, max(0, len(splice.items) - 1))
