"""The log of ROE notices: one after the other as they were signed, and what is missing between them.

Rule 1: its mark stands before all that a notice says; NOT IN FORCE is said in words, with the reason.
Rule 2: what is missing has a row of its own, before the notice that shows it.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.roeformviews import LogRow, LogView
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.roe import said
from coalchat.desk.paint.spans import apart, blank, fit, width_of
from coalchat.desk.paint.text import cut, ours, pad, wrap

_WIDE: Final = 112
_TIME, _NAME, _PERSON = 16, 16, 20


def paint_log_head(view: LogView, width: int, glyphs: Glyphs) -> list[Line]:
    """Of when, of how many entries; what came of the last act."""
    left = [Span(" "), Span("ROE LOG", Ink.BRIGHT), Span(f"  {ours(view.title, glyphs)}", Ink.MUTED)]
    right = [Span(f"{ours(view.note, glyphs)} ", Ink.BRIGHT if view.gap else Ink.MUTED)] if view.note else []
    lines = [Line(apart(left, right, width, glyphs, gap=2), Ground.HEAD)]
    if view.trouble:
        lines += said(f"{glyphs.refused} not done: {view.trouble}", Ink.BRIGHT, width, glyphs)
    if view.said:
        lines += said(f"{glyphs.delivered} {view.said}", Ink.TEXT, width, glyphs)
    return lines


def paint_log(view: LogView, cursor: int, width: int, glyphs: Glyphs) -> list[list[Line]]:
    """The rows of each notice. `cursor`: the index of the one under it."""
    if not view.known:
        return [[Line((Span(" asking the node", Ink.REMARK),))]]
    if not view.rows:
        return [[Line((Span(" no notice was issued yet", Ink.REMARK),))]]
    return [_row(row, place == cursor, width, glyphs) for place, row in enumerate(view.rows)]


def _row(row: LogRow, here: bool, width: int, glyphs: Glyphs) -> list[Line]:
    bar = Span(glyphs.selection, Ink.ACCENT) if here else blank(1)
    ground = Ground.SELECTED if here else Ground.BASE
    if row.gap:
        pieces = wrap(ours(f"{glyphs.act} {row.gap}", glyphs), max(width - 3, 8))
        return [Line((bar, Span(piece, Ink.BRIGHT)), ground) for piece in pieces]
    mark = Span(f"{row.mark} ", Ink.MARK, row.level)
    head = [
        bar,
        Span(pad(row.time, _TIME), Ink.MUTED),
        Span(f"{pad(row.name, _NAME - 1)} ", Ink.MUTED if row.dead else Ink.BRIGHT),
        mark,
    ]
    ink = Ink.BRIGHT if row.alarm else Ink.TEXT
    standing = Span(ours(row.standing, glyphs), ink if row.dead else Ink.MUTED)
    if width >= _WIDE:
        head += [
            Span(pad(cut(ours(row.person, glyphs), _PERSON - 1, glyphs), _PERSON)),
            Span(ours(f"{row.what} · {row.rules}", glyphs), Ink.MUTED),
        ]
        signed = [Span(f"signed {row.count}: {ours(row.signed, glyphs)}", Ink.MUTED)]
        return [Line(fit(head, width, glyphs), ground), *_wrapped([standing], signed, 1 + _TIME, width, ground)]
    head += [Span(cut(ours(row.person, glyphs), max(width - width_of(head) - 1, 1), glyphs))]
    lines = [Line(fit(head, width, glyphs), ground)]
    about = [Span(ours(f"{row.what} · {row.rules}", glyphs), Ink.MUTED)]
    lines.append(Line(fit([blank(3), *about], width - 1, glyphs), ground))
    signed = [Span(f"signed {row.count}: {ours(row.signed, glyphs)}", Ink.MUTED)]
    return [*lines, *_wrapped([standing], signed, 3, width, ground)]


def _wrapped(first: list[Span], second: list[Span], indent: int, width: int, ground: Ground) -> list[Line]:
    """How it stands, and who signed: in one row where both have room."""
    room = max(width - indent - 1, 8)
    if width_of(first) + 2 + width_of(second) <= room:
        return [Line((blank(indent), *first, blank(2), *second), ground)]
    lines = []
    for span in (*first, *second):
        lines += [Line((blank(indent), Span(piece, span.ink)), ground) for piece in wrap(span.text, room)]
    return lines
