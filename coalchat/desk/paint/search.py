"""The search screen: where it looks, and what was found: who said it where, and the words around what matched.

Rule 1: of each message two rows: when, who and where; then its mark and the words.
Rule 2: what matched is bold, and underlined: weight alone is the name's, and that of a report's form and number.
Rule 3: of a report the fields stand there in which something matched; the title of its form before them, where both have room.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.searchviews import FoundRow, SearchView
from coalchat.desk.paint.channels import channel_name
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, blank, fit, width_of
from coalchat.desk.paint.text import cells, named, one_line, ours

ROWS: Final = 2
"""Rows of a message."""
BODY: Final = 17
"""Column at which name, mark and words begin."""
_LEAST: Final = 12
"""Cells before the first match that are shown at most, where a row has too few for all."""


def paint_search_head(view: SearchView, width: int, glyphs: Glyphs) -> list[Line]:
    """Where it looks, and how it stands."""
    left = [Span(" "), Span("SEARCH", Ink.BRIGHT), Span(f"  {one_line(view.scope)}", Ink.MUTED)]
    right = [Span(f"{ours(view.said, glyphs)} ", Ink.BRIGHT if view.wrong else Ink.MUTED)]
    return [Line(apart(left, right, width, glyphs, gap=2), Ground.HEAD)]


def paint_found(view: SearchView, cursor: int, width: int, glyphs: Glyphs) -> list[Line]:
    """All that was found, `ROWS` each."""
    lines: list[Line] = []
    for place, row in enumerate(view.rows):
        ground = Ground.SELECTED if place == cursor else Ground.BASE
        lines += [
            Line(spans, ground) for spans in (_where(row, place == cursor, width, glyphs), _words(row, width, glyphs))
        ]
    return lines


def _where(row: FoundRow, here: bool, width: int, glyphs: Glyphs) -> tuple[Span, ...]:
    bar = (
        Span(glyphs.selection, Ink.ACCENT) if here else Span(glyphs.unread, Ink.ACCENT_PLAIN) if row.new else Span(" ")
    )
    left = [
        bar,
        Span(f"{row.when:{BODY - 1}}", Ink.MUTED),
        Span(f"{one_line(row.nation)} ", Ink.MUTED),
        Span(named(row.person), Ink.BRIGHT),
    ]
    return apart(left, [Span(f"{channel_name(row.channel)} ", Ink.MUTED)], width, glyphs, gap=2)


def _words(row: FoundRow, width: int, glyphs: Glyphs) -> tuple[Span, ...]:
    mark = [Span(one_line(row.mark), Ink.MARK, row.level), Span(" ")] if row.mark else []
    room = width - BODY - 1 - width_of(mark)
    words = [Span(ours(text, glyphs), Ink.URGENT if hit else Ink.TEXT) for text, hit in row.pieces if text]
    name, title = (ours(text, glyphs) for text in row.report)
    if name:
        head = [Span(name, Ink.BRIGHT), Span("  ")]
        full = [*head, Span(title, Ink.MUTED), Span("  ")] if title else head
        words = [*(full if width_of(full) + width_of(words) <= room else head), *words]
    else:
        words = _from_match(words, room, glyphs)
    return (blank(BODY), *mark, *fit(words, max(room, 1), glyphs))


def _from_match(words: list[Span], room: int, glyphs: Glyphs) -> list[Span]:
    """The words, without some before the first match where it would stand beyond the row."""
    if len(words) < 2 or words[0].ink is Ink.URGENT or cells(words[0].text) + cells(words[1].text) <= room:
        return words
    kept = words[0].text[-_LEAST:]
    kept = kept[kept.find(" ") + 1 :] if " " in kept.rstrip() else kept
    return [Span(f"{glyphs.ellipsis}{kept}", Ink.TEXT), *words[1:]]
