"""The banner at the top and the bottom of every screen: what all that stands between may be treated as.

Rule 1: the marking is never cut. Where it is too wide, the clock and the coalition go first, then the words at its sides;
where even that is not enough it takes more rows.
Rule 2: in an exercise both sides say so, in words, hatch and their own colour; where there is no room, a row of its own.
Rule 3: it is our chrome alone: no text of a message comes here.
Rule 4: what the own nation marks alike stands behind the marking, plain where that is bold, where both are whole beside the
clock; where they are not, it is left out, above and below alike.
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
    beside = _beside(view, marking, width, glyphs)
    room = _room(marking, beside, width)
    for left, right in _sides(view, glyphs, width, bottom):
        if max(width_of(left), width_of(right)) <= room:
            return [_centred(marking, left, right, width, view, beside)]
    alone = _centred(marking, (), (), width, view, beside)
    return [alone, _sign_row(width, glyphs, view)] if view.exercise else [alone]


def _room(marking: str, beside: str, width: int) -> int:
    return (width - cells(marking) - cells(beside)) // 2 - _GAP


def _beside(view: Banner, marking: str, width: int, glyphs: Glyphs) -> str:
    """What the own nation marks alike, if the upper banner has room for it and the clock."""
    if not view.national:
        return ""
    beside = f"  {glyphs.dot}  {ours(view.national, glyphs)}"
    sides = (max(width_of(left), width_of(right)) for left, right in _timed(view, glyphs, width))
    return beside if min(sides) <= _room(marking, beside, width) else ""


def _sides(view: Banner, glyphs: Glyphs, width: int, bottom: bool) -> list[tuple[Row, Row]]:
    """What may stand beside the marking, the fullest first."""
    timed = [] if bottom else _timed(view, glyphs, width)
    return [*timed, *_signed([((), ())], glyphs)] if view.exercise else timed


def _timed(view: Banner, glyphs: Glyphs, width: int) -> list[tuple[Row, Row]]:
    """The sides that have the clock."""
    coalition = Span(f" {one_line(view.coalition)}" if view.coalition else "")
    clocks = [Span(f"{clock} ") for clock in _clocks(view.clock, width)]
    plain: list[tuple[Row, Row]] = [*(((coalition,), (clock,)) for clock in clocks), ((), (clocks[-1],))]
    return _signed(plain, glyphs) if view.exercise else plain


def _signed(sides: list[tuple[Row, Row]], glyphs: Glyphs) -> list[tuple[Row, Row]]:
    """The same with the words of an exercise, and with fewer and fewer strokes."""
    signs = [_sign(count, glyphs) for count in _HATCHES]
    return [((sign, *left), (*right, sign)) for left, right in sides for sign in signs]


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


def _centred(marking: str, left: Row, right: Row, width: int, view: Banner, beside: str = "") -> Line:
    middle = [Span(marking, Ink.BRIGHT), *([Span(beside)] if beside else [])]
    before = (width - width_of(middle)) // 2 - width_of(left)
    after = width - width_of(left) - before - width_of(middle) - width_of(right)
    return Line((*left, blank(before), *middle, blank(after), *right), Ground.BANNER, view.level)
