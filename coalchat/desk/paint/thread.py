"""A thread: the message that began it, and each answer below what it answers.

Rule: a message looks as in the timeline, with its mark; what shows who answers whom stands in our columns, where no text
reaches.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.threadviews import ThreadRow, ThreadView
from coalchat.desk.model.words import counted
from coalchat.desk.paint.channels import channel_name
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, blank
from coalchat.desk.paint.text import ours, wrap
from coalchat.desk.paint.timeline import paint_item

STEP: Final = 2
"""Cells by which an answer is indented; the deepest four levels stand below each other."""
_DEEPEST: Final = 4
_ROOM: Final = 60
"""Cells that a message keeps: where there are no more, nothing is indented."""


def paint_thread_head(view: ThreadView, width: int, glyphs: Glyphs) -> list[Line]:
    """Where it stands, and how many answers it has."""
    left = [Span(" "), Span("THREAD", Ink.BRIGHT), Span(f"  {channel_name(view.channel)}", Ink.MUTED)]
    said = counted(len(view.rows) - 1, "answer") if view.known else ""
    if view.known and not view.whole:
        said = f"{said} so far, looking further back"
    return [Line(apart(left, [Span(f"{said} ", Ink.MUTED)], width, glyphs, gap=2), Ground.HEAD)]


def paint_thread(view: ThreadView, cursor: int, width: int, glyphs: Glyphs) -> list[list[Line]]:
    """The rows of each message. `cursor`: the index of the one under it."""
    if not view.known:
        said = f"{glyphs.refused} {view.trouble}" if view.trouble else "asking the node"
        return [[Line((blank(1), Span(row, Ink.REMARK))) for row in wrap(ours(said, glyphs), max(width - 2, 2))]]
    return [_message(row, place == cursor, width, glyphs) for place, row in enumerate(view.rows)]


def _message(row: ThreadRow, here: bool, width: int, glyphs: Glyphs) -> list[Line]:
    deep = min(row.depth, _DEEPEST, max(0, width - _ROOM) // STEP)
    lines = paint_item(row.line, width - STEP * deep, glyphs)
    out = []
    for number, line in enumerate(lines):
        gutter, *rest = line.spans
        if here:
            gutter = Span(glyphs.selection, Ink.ACCENT)
        shift: tuple[Span, ...] = (blank(STEP * deep),) if deep else ()
        if deep and number == 0:
            shift = (*((blank(STEP * (deep - 1)),) if deep > 1 else ()), Span(f"{glyphs.quote} ", Ink.MUTED))
        ground = Ground.SELECTED if here and line.ground is Ground.BASE else line.ground
        out.append(Line((gutter, *shift, *rest), ground, line.level))
    return out
