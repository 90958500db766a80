"""The banner at the top and the bottom of every screen: what all that stands between may be treated as.

Rule 1: the marking is never cut. Where it is too wide, the clock and the coalition go first, then the words at its sides;
where even that is not enough it takes more rows.
Rule 2: in an exercise both sides say so, in words, hatch and their own colour; where there is no room, a row of its own.
Rule 3: it is our chrome alone: no text of a message comes here.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import Row, blank, fit, width_of
from coalchat.desk.paint.text import cells, one_line, ours, wrap

EXERCISE: Final = "EXERCISE"
_HATCHES: Final = (8, 5, 3, 1)
"""Strokes at each side of the word: the most that leave room."""
_GAP: Final = 2
"""Blanks between the marking and what stands beside it, at least."""


def paint_banner(view: Banner, width: int, glyphs: Glyphs, bottom: bool = False) -> list[Line]:
    """Nearly always one row; the bottom banner has the marking alone."""
    marking = ours(view.marking, glyphs)
    if cells(marking) > width - 2:
        rows = [_centred(row, (), (), width, view) for row in wrap(marking, max(width - 2, 2))]
        return [*rows, _sign_row(width, glyphs, view)] if view.exercise else rows
    room = (width - cells(marking)) // 2 - _GAP
    for left, right in _sides(view, glyphs, width, bottom):
        if max(width_of(left), width_of(right)) <= room:
            return [_centred(marking, left, right, width, view)]
    alone = _centred(marking, (), (), width, view)
    return [alone, _sign_row(width, glyphs, view)] if view.exercise else [alone]


def _sides(view: Banner, glyphs: Glyphs, width: int, bottom: bool) -> list[tuple[Row, Row]]:
    """What may stand beside the marking, the fullest first."""
    coalition = Span(f" {one_line(view.coalition)}" if view.coalition else "")
    clocks = [Span(f"{clock} ") for clock in _clocks(view.clock, width)]
    plain: list[tuple[Row, Row]] = []
    if not bottom:
        plain += [((coalition,), (clock,)) for clock in clocks]
        plain.append(((), (clocks[-1],)))
    if not view.exercise:
        return plain
    signs = [_sign(count, glyphs) for count in _HATCHES]
    return [((sign, *left), (*right, sign)) for left, right in [*plain, ((), ())] for sign in signs]


def _sign(count: int, glyphs: Glyphs) -> Span:
    hatch = glyphs.hatch * count
    return Span(f"{hatch} {EXERCISE} {hatch}", Ink.EXERCISE)


def _sign_row(width: int, glyphs: Glyphs, view: Banner) -> Line:
    count = max(width - len(EXERCISE) - 2, 0)
    sides = glyphs.hatch * (count // 2), glyphs.hatch * (count - count // 2)
    sign = Span(f"{sides[0]} {EXERCISE} {sides[1]}", Ink.EXERCISE)
    return Line(fit([sign], width, glyphs), Ground.BANNER, view.level)


def _clocks(clock: str, width: int) -> list[str]:
    """The whole date-time group, or the time of day alone: `221542Z NOV 26`, `1542Z`."""
    short = clock.split(" ", 1)[0][2:]
    return [clock, short] if width >= 100 else [short]


def _centred(marking: str, left: Row, right: Row, width: int, view: Banner) -> Line:
    before = (width - cells(marking)) // 2 - width_of(left)
    after = width - width_of(left) - before - cells(marking) - width_of(right)
    return Line((*left, blank(before), Span(marking, Ink.BRIGHT), blank(after), *right), Ground.BANNER, view.level)
