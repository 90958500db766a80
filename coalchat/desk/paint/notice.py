"""The row under the banner: how the node stands, what is most urgent, and warnings.

Rule 1: what is fine is muted; only what needs somebody is bold, and what is overdue is reversed.
Rule 2: where there is no room the gravest warning gives way to their number, then the node's words are cut; what is due
stays longest.
Rule 3: the gravest warning that has no room in this row has one of its own below it, as long as there is one.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import Notice, RoeLine
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, blank, fit, width_of
from coalchat.desk.paint.text import cells, cut, ours

_DUE_AT: Final = 32
"""Column of what is due where there is room: the eye finds it at one place."""
_NODE: Final = 16
"""Cells that the node's words keep beside something due."""
_COUNT: Final = 4
"""Cells of `!2` with the blanks before it."""
_WARNING: Final = 24
"""A shorter piece of a warning says nothing."""


def paint_notice(view: Notice, width: int, glyphs: Glyphs) -> list[Line]:
    """One row. While the node is up, and there are ROE, they stand in the place of its words."""
    if view.roe is not None and view.fine:
        return [_roe(view, view.roe, width, glyphs)]
    inner = width - 2
    due = _due(view, glyphs)
    node = ours(view.node, glyphs)
    if due:
        room = inner - width_of(due) - 2 - (_COUNT if view.warnings else 0)
        node = cut(node, max(room, min(_NODE, inner // 6)), glyphs)
    left = [Span(node, Ink.MUTED if view.fine else Ink.BRIGHT)]
    if due:
        start = _DUE_AT - 1 if _DUE_AT + width_of(due) < inner * 2 // 3 else 0
        left += [blank(max(start - cells(node), 2)), *due]
    right = _warnings(view, inner - width_of(left) - 2, glyphs)
    return [Line(fit((Span(" "), *apart(left, right, inner, glyphs, gap=2)), width, glyphs))]


def _roe(view: Notice, roe: RoeLine, width: int, glyphs: Glyphs) -> Line:
    """What is in force, what is due, how far each nation is with the notice that is asked about, warnings by their number.

    The counts give way first, from the last nation on; what is due is cut last.
    """
    inner = width - 2
    head = [Span("ROE", Ink.BRIGHT), Span("  GAP" if roe.gap else "", Ink.BRIGHT)]
    words = [Span(f"  {roe.words}", Ink.MUTED)]
    due = _due(view, glyphs)
    warned = [Span(f"{glyphs.act}{len(view.warnings)}  ", Ink.BRIGHT)] if view.warnings else []
    key = [*warned, Span("F3", Ink.ACCENT)]
    if due and width_of([*head, *words, *due, *key]) + 6 > inner:
        words = []
    left = [*head, *words]
    if due:
        start = _DUE_AT - 1 if _DUE_AT + width_of(due) < inner * 2 // 3 else 0
        left += [blank(max(start - width_of(left), 3)), *due]
    counts: list[Span] = []
    for count in roe.counts:
        glyph = glyphs.caveat if count.caveats else glyphs.acknowledged if count.complete else ""
        caveat = " caveat" if count.caveats else ""
        ink = Ink.MUTED if count.complete and not count.caveats else Ink.TEXT
        one = Span(f"{count.nation} {glyph}{count.done}/{count.of}{caveat}  ", ink)
        if width_of([*left, *counts, one, *key]) + 2 > inner:
            break
        counts.append(one)
    return Line(fit((Span(" "), *apart(left, [*counts, *key], inner, glyphs, gap=2)), width, glyphs))


def warning_stands(view: Notice, width: int, glyphs: Glyphs) -> bool:
    """Whether the row of the notice has room for the whole of the gravest warning, or there is none."""
    if not view.warnings:
        return True
    (line,) = paint_notice(view, width, glyphs)
    return ours(view.warnings[0], glyphs) in line.text


def paint_warning(view: Notice, width: int, glyphs: Glyphs) -> list[Line]:
    """The row below: the gravest warning, how many more there are, and where they all stand."""
    if not view.warnings:
        return []
    more = len(view.warnings) - 1
    right = [Span(f"+{more} ", Ink.MUTED)] if more else []
    right += [Span("F7", Ink.ACCENT)]
    left = [Span(f"{glyphs.act} {ours(view.warnings[0], glyphs)}", Ink.BRIGHT)]
    return [Line((Span(" "), *apart(left, right, width - 2, glyphs, gap=2)), Ground.HEAD)]


def _due(view: Notice, glyphs: Glyphs) -> list[Span]:
    if not view.due:
        return []
    what = [Span(f"{glyphs.act} {ours(view.due, glyphs)}", Ink.BRIGHT)]
    if not view.left:
        return what
    if view.overdue:
        return [*what, Span("  "), Span(f" {view.left} ", Ink.NOW)]
    return [*what, Span(f" {glyphs.dot} "), Span(view.left, Ink.BRIGHT)]


def _warnings(view: Notice, room: int, glyphs: Glyphs) -> list[Span]:
    count = len(view.warnings)
    if not count:
        return []
    first = ours(view.warnings[0], glyphs)
    more = f"  +{count - 1}" if count > 1 else ""
    if room >= min(_WARNING, cells(first) + 2) + len(more):
        text = cut(f"{glyphs.act} {first}", room - len(more), glyphs)
        return [Span(text, Ink.BRIGHT), Span(more, Ink.MUTED)]
    words = f"{glyphs.act} {count} warning{'s' if count > 1 else ''}"
    return [Span(words if room >= len(words) else f"{glyphs.act}{count}", Ink.BRIGHT)]
