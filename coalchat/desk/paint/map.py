"""Positions of reports on a grid, their list, and numbers over time as sparklines.

Rule 1: a cell is twice as high as wide, and the grid is drawn so: a distance looks alike in both directions.
Rule 2: a sign on the grid is the sign in the list: a letter, not a colour; where two fall into one cell, it says so.
Rule 3: each row bears the mark of its report.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.reportviews import MapPoint, MapRow, MapView, SeriesRow
from coalchat.desk.model.words import counted
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, blank, fit, section, width_of
from coalchat.desk.paint.text import cells, cut, one_line, ours, pad

AXIS: Final = 4
"""Cells left of the grid: kilometres of northing."""
_STEPS: Final = tuple(base * 10**power for power in range(1, 7) for base in (1, 2, 5))
"""Metres that a column, or the space between two lines, may be."""
_BETWEEN: Final = 8
"""Columns between two lines, at least."""
_SEVERAL: Final = "+"
_LEAST: Final = 6
"""Rows of a grid that is worth drawing."""
WIDEST: Final = 72
_BOTH: Final = 110
"""Columns that have room for both kinds of coordinates."""
_WIDE: Final = 72
"""Below it a series says its last value only."""


def paint_map(view: MapView, width: int, height: int, glyphs: Glyphs) -> list[Line]:
    """The grid, then the list, then the series; as many rows as there are. `height`: rows that can be seen at once."""
    if view.trouble:
        return [Line((Span(f" {glyphs.refused} {ours(view.trouble, glyphs)}", Ink.BRIGHT),))]
    if not view.known:
        return [Line((Span(" asking the node", Ink.REMARK),))]
    lines: list[Line] = []
    if view.points:
        rows = max(_LEAST, min(20, height // 2))
        lines.append(section("ON THE GRID", one_line(view.title), width, glyphs, Ground.BASE))
        lines += [Line((Span(" "), *row)) for row in paint_grid(view.points, min(width - 2, WIDEST), rows, glyphs)]
    # Where there is no room beside them, the other kind of coordinates of the one that is selected.
    notes = [row.other for row in view.rows if row.selected and row.other and width < _BOTH]
    notes += [f"{counted(view.elsewhere, 'position')} not on the grid"] if view.elsewhere else []
    note = ours(", ".join(notes), glyphs) if view.rows else "none reported"
    lines.append(section("POSITIONS", note, width, glyphs, Ground.BASE))
    lines += [_row(row, width, glyphs) for row in view.rows]
    lines.append(section("NUMBERS", "" if view.series else "none reported twice", width, glyphs, Ground.BASE))
    lines += [_series(row, width, glyphs) for row in view.series]
    return lines


# --- the grid ---


def paint_grid(
    points: Sequence[MapPoint], width: int, rows: int, glyphs: Glyphs, least: int = _STEPS[0]
) -> list[tuple[Span, ...]]:
    """A grid with its axes and these points: `rows` rows, and one for the eastings. `least`: metres of a column."""
    columns = max(width - AXIS, 2)
    east = [point.east for point in points]
    north = [point.north for point in points]
    wide, high = max(east) - min(east), max(north) - min(north)
    metres = next(
        (step for step in _STEPS if step >= least and step * (columns - 4) >= wide and 2 * step * (rows - 2) >= high),
        _STEPS[-1],
    )
    lines = next((step for step in _STEPS if step >= max(metres * _BETWEEN, 100)), _STEPS[-1])
    left = (max(east) + min(east)) // 2 - metres * columns // 2
    top = (max(north) + min(north)) // 2 + metres * rows
    grid = [[(" ", Ink.RULE)] * columns for _ in range(rows)]
    for row in range(rows):
        upper, lower = top - 2 * metres * row, top - 2 * metres * (row + 1)
        across = upper // lines != lower // lines
        for column in range(columns):
            down = (left + metres * column) // lines != (left + metres * (column - 1)) // lines
            sign = glyphs.rule if across else glyphs.divider if down else " "
            grid[row][column] = (sign, Ink.RULE)
    for point in sorted(points, key=lambda one: one.selected):
        row, column = (top - point.north) // (2 * metres), (point.east - left) // metres
        taken = grid[row][column][1] is not Ink.RULE and grid[row][column][0] != point.sign
        ink = Ink.NOW if point.selected else Ink.BRIGHT
        grid[row][column] = (_SEVERAL if taken else point.sign, ink)
    painted = []
    for row in range(rows):
        upper, lower = top - 2 * metres * row, top - 2 * metres * (row + 1)
        label = _kilometres(upper // lines * lines, lines) if upper // lines != lower // lines else ""
        painted.append((Span(label.rjust(AXIS - 1) + " ", Ink.MUTED), *_merged(grid[row])))
    foot = [" "] * columns
    for column in range(columns):
        here, before = (left + metres * column) // lines, (left + metres * (column - 1)) // lines
        text = _kilometres(here * lines, lines)
        if here != before and column + len(text) <= columns:
            foot[column : column + len(text)] = text
    painted.append((blank(AXIS), Span("".join(foot), Ink.MUTED)))
    return painted


def _kilometres(metres: int, lines: int) -> str:
    """As grid references count them: two figures within the 100 km square; a third where lines are closer than 1 km."""
    within = metres % 100_000
    return f"{within // 1000:02}" if lines >= 1000 else f"{within // 100:03}"


def _merged(row: Sequence[tuple[str, Ink]]) -> list[Span]:
    out: list[Span] = []
    for sign, ink in row:
        if out and out[-1].ink is ink:
            out[-1] = Span(out[-1].text + sign, ink)
        else:
            out.append(Span(sign, ink))
    return out


# --- the lists ---


def _row(row: MapRow, width: int, glyphs: Glyphs) -> Line:
    bar = Span(glyphs.selection if row.selected else " ", Ink.ACCENT)
    left = [
        bar,
        Span(f"{row.sign or glyphs.dash} ", Ink.BRIGHT if row.sign else Ink.MUTED),
        Span(pad(cut(one_line(row.what), 15, glyphs), 16), Ink.BRIGHT),
        Span(pad(cut(one_line(row.who), 17, glyphs), 18), Ink.TEXT),
        Span(f"{row.time}  ", Ink.MUTED),
        Span(ours(row.place, glyphs), Ink.TEXT),
    ]
    left += [Span(f"  {ours(row.other, glyphs)}", Ink.MUTED)] if row.other and width >= _BOTH else []
    right = [Span(f"{one_line(row.mark)} ", Ink.MARK, row.level)]
    return Line(apart(left, right, width, glyphs, gap=1), Ground.SELECTED if row.selected else Ground.BASE)


def sparkline(values: Sequence[int], glyphs: Glyphs) -> str:
    """A bar a value, from the lowest to the highest of them."""
    low, high = min(values), max(values)
    steps = len(glyphs.spark) - 1
    return "".join(glyphs.spark[(value - low) * steps // max(high - low, 1)] for value in values)


def _series(row: SeriesRow, width: int, glyphs: Glyphs) -> Line:
    first, last = row.values[0], row.values[-1]
    told = f"{last}  was {first}, range {min(row.values)}{glyphs.dash}{max(row.values)}"
    told = told if width >= _WIDE else str(last)
    right = [Span(f"{one_line(row.mark)} ", Ink.MARK, row.level)]
    head = [
        Span(f" {pad(cut(one_line(row.what), 21, glyphs), 22)}", Ink.BRIGHT),
        Span(pad(cut(one_line(row.who), 17, glyphs), 18), Ink.TEXT),
    ]
    room = width - width_of(head) - width_of(right) - cells(told) - 3
    shown = row.values[-room:] if room > 0 else ()
    spark = [Span(f"{sparkline(shown, glyphs)} ", Ink.MUTED)] if shown else []
    return Line(apart([*head, *spark, Span(told, Ink.TEXT)], list(fit(right, width // 2, glyphs)), width, glyphs))
