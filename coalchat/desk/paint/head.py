"""The row above the timeline: the channel, what it is for, its ceiling and how many nations are in it."""

from __future__ import annotations

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import Head
from coalchat.desk.paint.channels import channel_name
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, width_of
from coalchat.desk.paint.text import cells, one_line


def paint_head(view: Head, width: int, glyphs: Glyphs) -> list[Line]:
    """One row. The purpose gives way first, then the count of nations, then the title is cut; never the ceiling. MINIMIZE stands in
    the purpose's place."""
    inner = width - 2
    title = channel_name(view.title) if view.title else ""
    right = []
    if view.ceiling:
        right = [Span("ceiling ", Ink.MUTED), Span(one_line(view.ceiling), Ink.MARK, view.level)]
    count = len(view.nations)
    nations = Span(f" {glyphs.dot} {count} nation{'s' if count != 1 else ''}", Ink.MUTED)
    if count and cells(title) + 2 + width_of([*right, nations]) <= inner:
        right.append(nations)
    left = [Span(title, Ink.BRIGHT)]
    if view.minimize:
        left += [Span("  "), Span(one_line(view.minimize), Ink.BRIGHT)]
    elif view.purpose and inner - width_of([*left, *right]) >= 12:
        left += [Span("  "), Span(one_line(view.purpose), Ink.MUTED)]
    return [Line((Span(" "), *apart(left, right, inner, glyphs, gap=2)), Ground.HEAD)]
