"""The whole main screen as rows of lines: the same paintings in the same places as its widgets put them.

It is what stands before the widgets do, on a desk that was just opened: at the newest line, with nothing selected or typed.

Rule: a test compares it with the real screen, cell by cell, at every size and in every skin that has pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.views import MessageLine
from coalchat.desk.model.window import Window
from coalchat.desk.paint.banner import paint_banner
from coalchat.desk.paint.channels import paint_channels
from coalchat.desk.paint.composer import INDENT, paint_composer_foot, paint_composer_line, paint_composer_top
from coalchat.desk.paint.composer import paint_composer_gutter as paint_gutter
from coalchat.desk.paint.head import paint_head
from coalchat.desk.paint.hints import HINTS, paint_hints
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.layout import HINTED, Layout, layout_for
from coalchat.desk.paint.notice import paint_notice, paint_warning, warning_stands
from coalchat.desk.paint.rail import paint_rail, paint_rail_line
from coalchat.desk.paint.text import ours
from coalchat.desk.paint.timeline import paint_empty, paint_item
from coalchat.record import evolve

LEAST: Final = (40, 14)
"""Columns and rows below which the rows between the banners would have to share what there is."""


class Piece(NamedTuple):
    """A part of a row: a line in so many cells. `barred`: a piece of the scroll bar, which is the rule's ink reversed."""

    line: Line
    width: int
    barred: bool = False


Painting = tuple[Piece, ...]
"""One row, from the left."""


def paint_screen(desk: Desk, now: int, width: int, height: int, glyphs: Glyphs) -> list[Painting]:
    """As many rows as the screen has; none on one that is smaller than `LEAST`."""
    if width < LEAST[0] or height < LEAST[1]:
        return []
    layout = layout_for(width, height)
    notice, warning = _notice(desk, now, width, height, glyphs)
    below = [paint_rail_line(desk.rail(now), width, glyphs)] if layout.rail_line else []
    below += [paint_hints(HINTS, ours(desk.seat, glyphs), width)] if layout.hints else []
    above = [notice, *([warning] if warning else [])]
    # The banner's rows do not depend on which lines are visible until it is too wide, and then they are painted again.
    rows = 1
    while True:
        room = height - 2 * rows - len(above) - len(below)
        columns, visible = _columns(desk, now, (width, room), layout, glyphs)
        banner = desk.banner(visible, now)
        top = paint_banner(banner, width, glyphs)
        if len(top) <= rows:
            break
        rows = len(top)
    bottom = paint_banner(banner, width, glyphs, bottom=True)
    return [
        *_across(top, width),
        *(_row(lines, width) for lines in above),
        *columns,
        *(_row(lines, width) for lines in below),
        *_across(bottom, width),
    ]


def _across(lines: list[Line], width: int) -> list[Painting]:
    return [(Piece(line, width),) for line in lines]


def _row(lines: list[Line], width: int) -> Painting:
    return (Piece(lines[0] if lines else Line(), width),)


def _notice(desk: Desk, now: int, width: int, height: int, glyphs: Glyphs) -> tuple[list[Line], list[Line]]:
    notice = desk.notice(now)
    if height < HINTED or warning_stands(notice, width, glyphs):
        return paint_notice(notice, width, glyphs), []
    return paint_notice(evolve(notice, warnings=()), width, glyphs), paint_warning(notice, width, glyphs)


def _columns(
    desk: Desk, now: int, size: tuple[int, int], layout: Layout, glyphs: Glyphs
) -> tuple[list[Painting], tuple[str, ...]]:
    """List, middle and rail beside each other, and the messages of which something is in the middle."""
    width, height = size
    hairline = Piece(Line((Span(glyphs.divider, Ink.RULE),), Ground.SIDE), 1)
    inner = width - (layout.list + 1 if layout.list else 0) - (layout.rail + 1 if layout.rail else 0)
    middle, visible = _middle(desk, (inner, height), layout, glyphs)
    channels = paint_channels(desk.channels(), layout.list, height, glyphs, layout.list_roomy) if layout.list else []
    rail = paint_rail(desk.rail(now), layout.rail, height, glyphs) if layout.rail else []
    rows: list[Painting] = []
    for y in range(height):
        left = (_side(channels, y, layout.list), hairline) if layout.list else ()
        right = (hairline, _side(rail, y, layout.rail)) if layout.rail else ()
        rows.append((*left, *middle[y], *right))
    return rows, visible


def _side(lines: list[Line], y: int, width: int) -> Piece:
    return Piece(lines[y] if y < len(lines) else Line(ground=Ground.SIDE), width)


def _middle(
    desk: Desk, size: tuple[int, int], layout: Layout, glyphs: Glyphs
) -> tuple[list[Painting], tuple[str, ...]]:
    width, height = size
    composer = list(_composer(desk, width, layout, glyphs))
    timeline, visible = _timeline(desk, (width, height - 1 - len(composer)), glyphs)
    return [_row(paint_head(desk.head(), width, glyphs), width), *timeline, *composer], visible


def _timeline(desk: Desk, size: tuple[int, int], glyphs: Glyphs) -> tuple[list[Painting], tuple[str, ...]]:
    width, height = size
    painted: dict[int, list[Line]] = {}

    def lines(index: int) -> list[Line]:
        if index not in painted:
            painted[index] = paint_item(window.items[index], width - 1, glyphs)
        return painted[index]

    window = Window(lambda index: len(lines(index)), height)
    window.reset(desk.items)
    rows = window.rows()
    shown = [lines(row.item)[row.line] for row in rows] or paint_empty(desk.guide, width - 1, glyphs)[-height:]
    bar, blank = window.bar(rows), height - len(shown)
    found: list[Painting] = []
    for y in range(height):
        line = shown[y - blank] if y >= blank else Line()
        end = Line((Span(" ", Ink.RULE),)) if y in bar else Line()
        found.append((Piece(line, width - 1), Piece(end, 1, barred=y in bar)))
    items = (window.items[index] for index in dict.fromkeys(row.item for row in rows))
    return found, tuple(item.key for item in items if isinstance(item, MessageLine))


def _composer(desk: Desk, width: int, layout: Layout, glyphs: Glyphs) -> Iterator[Painting]:
    view = desk.composer()
    paint = paint_composer_top if layout.roomy else paint_composer_line
    yield from _across(paint(view, width, glyphs, True), width)
    yield (Piece(paint_gutter(1, glyphs, True)[0], INDENT), Piece(Line(ground=Ground.INPUT), width - INDENT))
    if layout.roomy or (view.only and view.denied is None):
        yield from _across(paint_composer_foot(view, width, glyphs, True), width)
