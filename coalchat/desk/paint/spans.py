"""Rows made of spans: how wide they are, what stands at the right, heads of sections.

Rule 1: a row is never wider than it may be; the left part gives way, what stands at the right is kept.
Rule 2: columns part by blanks, sections by a head in capitals with a hairline; there are no boxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import UNMARKED
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.text import cells, cut, ours

Row = Sequence[Span]


def width_of(row: Row) -> int:
    """Cells of all spans together."""
    return sum(cells(span.text) for span in row)


def blank(count: int) -> Span:
    """Free cells."""
    return Span(" " * max(count, 0))


def fit(row: Row, width: int, glyphs: Glyphs) -> tuple[Span, ...]:
    """The spans, cut to `width` with an ellipsis where they are longer."""
    if width_of(row) <= width:
        return tuple(row)
    free = max(width, 0)
    out: list[Span] = []
    for span in row:
        size = cells(span.text)
        if size >= free:
            # Something is lost: the blank more makes `cut` say so where the span itself would just fit.
            out.append(Span(cut(span.text + " ", free, glyphs), span.ink, span.level))
            break
        out.append(span)
        free -= size
    return tuple(out)


def apart(left: Row, right: Row, width: int, glyphs: Glyphs, gap: int = 1) -> tuple[Span, ...]:
    """`left` at the left, `right` at the right edge, at least `gap` blanks between; the left part is cut if need be."""
    right = fit(right, width, glyphs)
    if not right:
        return fit(left, width, glyphs)
    taken = width_of(right)
    left = fit(left, width - taken - gap, glyphs)
    return (*left, blank(width - taken - width_of(left)), *right)


def joined(parts: Iterable[Row], between: str, ink: Ink = Ink.MUTED) -> list[Span]:
    """Rows one after the other, with `between` in the gaps."""
    out: list[Span] = []
    for part in parts:
        if out:
            out.append(Span(between, ink))
        out += part
    return out


def national(words: str, room: int, glyphs: Glyphs, ink: Ink = Ink.MUTED) -> list[Span]:
    """What the own nation marks alike, behind the coalition's marking: whole, or where there is no room not at all."""
    text = ours(words, glyphs)
    return [Span("  "), Span(text, ink)] if words and cells(text) + 2 <= room else []


def section(title: str, note: str, width: int, glyphs: Glyphs, ground: Ground) -> Line:
    """The head of a section: `CAPS ──────── note`, one blank cell at both sides."""
    head = [Span(" "), Span(title, Ink.CAPS), Span(" ")]
    tail = [Span(f" {note} ", Ink.MUTED)] if note else [Span(" ")]
    free = width - width_of(head) - width_of(tail)
    return Line(fit([*head, Span(glyphs.rule * max(free, 0), Ink.RULE), *tail], width, glyphs), ground)


def lined(row: Row, width: int, glyphs: Glyphs, ground: Ground = Ground.BASE, level: int = UNMARKED) -> Line:
    """A line of at most `width` cells."""
    return Line(fit(row, width, glyphs), ground, level)
