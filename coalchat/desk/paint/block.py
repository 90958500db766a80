"""Raised blocks: dialogs. Their rows, and what is around them.

Rule 1: a row of a block has a margin of two cells at both sides; the bar of what is chosen stands in its first cell.
Rule 2: a block is told from the rest by its shade; where grounds look alike it gets a frame, and the bar stands inside it.
Rule 3: what is typed into, or was, is a well in the block: one sees how much room there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.paint.hints import hint_spans
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import Row, apart, blank, fit, width_of
from coalchat.desk.paint.text import cut, in_glyphs, one_line, pad, wrap

MARGIN: Final = 2
"""Cells at each side of a block's text."""
EMPTY: Final = Line((), Ground.INPUT)
"""A free row of a block."""
Hints = tuple[tuple[str, str], ...]


def paint_block(lines: Sequence[Line], width: int, glyphs: Glyphs, height: int | None = None) -> list[Line]:
    """The whole block: rows of `width` cells with their margins, and one row more above and below.

    Where `height` is less than that, free rows go first, then the two around it, then rows far from the cursor; the keys
    at the foot and what the cursor is on stay.
    """
    rows = list(lines)
    if height is not None:
        rows = _squeezed(rows, height - 2 if glyphs.flat else height)
    if glyphs.flat:
        first, second, third, fourth = tuple(glyphs.corners)
        framed = [_framed(line, width, glyphs) for line in rows]
        return [_edge(first, second, width, glyphs), *framed, _edge(fourth, third, width, glyphs)]
    if height is not None and len(rows) + 2 > height:
        return rows
    # A banner of its own is its upper edge.
    return [*([] if rows and rows[0].ground is Ground.BANNER else [EMPTY]), *rows, EMPTY]


def paint_fitting(lines: Sequence[Line], width: int, glyphs: Glyphs, height: int) -> list[Line]:
    """The same for a window of `height` rows that scrolls: free rows go if that is enough for all others, else none does."""
    full = [line for line in lines if line != EMPTY]
    return paint_block(lines, width, glyphs, height if 0 < len(full) + 2 <= height else None)


def _squeezed(rows: list[Line], height: int) -> list[Line]:
    spare = len(rows) - height
    kept: list[Line] = []
    for row in rows:
        if row == EMPTY and spare > 0:
            spare -= 1
        else:
            kept.append(row)
    if spare <= 0:
        return kept
    here = next((place for place, row in enumerate(kept) if row.spans and row.spans[0].ink is Ink.ACCENT), 0)
    *body, keys = kept
    room = max(height - 1, 0)
    first = max(0, min(here - room // 2, len(body) - room))
    return [*body[first : first + room], keys]


def _edge(left: str, right: str, width: int, glyphs: Glyphs) -> Line:
    return Line((Span(f"{left}{glyphs.rule * (width - 2)}{right}", Ink.RULE),), Ground.INPUT)


def _framed(line: Line, width: int, glyphs: Glyphs) -> Line:
    """Its first and its last cell become the frame's; a bar in the first one stands in the second, where a blank was."""
    side = Span(glyphs.divider, Ink.RULE)
    first, *rest = fit(line.spans, width - 1, glyphs) or (blank(1),)
    if first.text.startswith(" "):
        inner = [side, first._replace(text=first.text[1:]), *rest]
    else:
        margin, *rest = rest or [blank(MARGIN - 1)]
        inner = [side, first, margin._replace(text=margin.text[1:]), *rest]
    return Line((*inner, blank(width - 1 - width_of(inner)), side), line.ground, line.level)


# --- rows ---


def block_row(row: Row, width: int, glyphs: Glyphs, bar: Span | None = None) -> Line:
    """One row; `bar` in its first cell."""
    inside = fit(row, width - 2 * MARGIN, glyphs)
    return Line((bar or blank(1), blank(MARGIN - 1), *inside), Ground.INPUT)


def block_apart(left: Row, right: Row, width: int, glyphs: Glyphs) -> Line:
    """One row with something at the right."""
    return block_row(apart(left, right, width - 2 * MARGIN, glyphs, gap=2), width, glyphs)


def block_text(text: str, ink: Ink, width: int, glyphs: Glyphs, bar: Span | None = None) -> list[Line]:
    """A text, wrapped."""
    room = max(width - 2 * MARGIN, 2)
    return [block_row([Span(row, ink)], width, glyphs, bar) for row in wrap(in_glyphs(text, glyphs), room)]


def block_hints(left: Hints, right: Hints, width: int, glyphs: Glyphs) -> Line:
    """The keys, at the foot of a block."""
    room = width - 2 * MARGIN
    at_right = hint_spans(right, room)
    return block_apart(hint_spans(left, room - width_of(at_right) - 2), at_right, width, glyphs)


def block_well(text: str, width: int, glyphs: Glyphs) -> Line:
    """What was typed into a field that has not the focus."""
    inner = width - 2 * MARGIN
    return block_row([Span(pad(cut(one_line(text), inner, glyphs), inner), Ink.WELL)], width, glyphs)


def chosen_bar(chosen: bool, glyphs: Glyphs) -> Span | None:
    """The bar of the row under the cursor."""
    return Span(glyphs.selection, Ink.ACCENT) if chosen else None


def under_cursor(lines: Sequence[Line], glyphs: Glyphs) -> int | None:
    """The last row with the bar, framed or not."""
    bar = Span(glyphs.selection, Ink.ACCENT)
    return next((row for row in reversed(range(len(lines))) if bar in lines[row].spans[:2]), None)
