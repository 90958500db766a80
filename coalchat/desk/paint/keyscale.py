"""Segments on one linear scale of time: a bar while a segment is sealed to, dots while its key is still held (look: screen 11).

Rule 1: the scale is linear, and all rows stand on the same one: what is long looks long.
Rule 2: bars and dots say nothing that the words below do not say.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.keyviews import Scale, SegmentRow
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.spans import blank, fit
from coalchat.desk.paint.text import in_glyphs, pad, wrap

NAMES: Final = 19
"""Cells before the scale: number of the segment, and when its key is erased."""
_NAME: Final = 10
_BEFORE: Final = 2
"""Segments shown before the one that runs, where not all have room."""
_INKS: Final = {"effective": Ink.BRIGHT, "held": Ink.TEXT, "not begun": Ink.MUTED, "erased": Ink.FAINT}


def paint_scale(scale: Scale, width: int, rows: int, glyphs: Glyphs) -> list[Line]:
    """At most so many segments, those around the one that runs; a row with the days above, words below."""
    room = width - NAMES - 2
    if room < 8:
        return [Line((blank(1), Span(row))) for row in wrap(in_glyphs(scale.words, glyphs), max(width - 2, 2))]
    shown = _around(scale.segments, rows)
    heads = Span(pad(f" {'SEGMENT':{_NAME - 1}}ERASED", NAMES + 1), Ink.MUTED)
    lines = [Line((heads, Span(_days(scale, room), Ink.MUTED)))]
    lines += [Line(fit(_segment(row, room, glyphs), width, glyphs)) for row in shown]
    at = min(int(scale.now * room), room - 1)
    now = [blank(NAMES + 1 + at), Span(glyphs.up, Ink.ACCENT), Span(" now", Ink.MUTED)]
    if at + 5 > room:
        now = [blank(NAMES + 1 + at - 4), Span("now ", Ink.MUTED), Span(glyphs.up, Ink.ACCENT)]
    lines.append(Line(fit(now, width, glyphs)))
    words = in_glyphs(scale.words, glyphs)
    return [*lines, *(Line((blank(1), Span(row, Ink.MUTED))) for row in wrap(words, width - 2))]


def _around(segments: tuple[SegmentRow, ...], rows: int) -> tuple[SegmentRow, ...]:
    if len(segments) <= rows:
        return segments
    here = next((place for place, row in enumerate(segments) if row.state == "effective"), 0)
    first = max(0, min(here - _BEFORE, len(segments) - rows))
    return segments[first : first + rows]


def _segment(row: SegmentRow, room: int, glyphs: Glyphs) -> list[Span]:
    begins, held = round(row.begins * room), round(row.held * room)
    ends = max(round(row.ends * room), begins + 1)
    here = row.state == "effective"
    bar = glyphs.rest if row.state == "not begun" else glyphs.bar
    ink = _INKS[row.state]
    return [
        Span(f" {pad(row.name, _NAME - 1)}", Ink.BRIGHT if here else Ink.TEXT),
        Span(pad(row.erased, NAMES - _NAME + 1), Ink.BRIGHT if here else Ink.MUTED),
        blank(begins),
        Span(bar * (ends - begins), ink),
        Span(glyphs.dot * max(held - ends, 0), Ink.MUTED),
    ]


def _days(scale: Scale, room: int) -> str:
    """The names of days where they begin; a name that would touch the one before is left out."""
    row = ""
    for share, name in scale.days:
        at = round(share * room)
        if at >= len(row) + (2 if row else 0) and at + len(name) <= room:
            row = f"{row:{at}}{name}"
    return row
