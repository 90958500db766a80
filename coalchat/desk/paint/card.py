"""A report as a card under its head: names in capitals, values beside them (look: screens 06 and 06b).

Rule 1: a value is wrapped beside its name and never reaches the column of names, which is our chrome.
Rule 2: of a long card the first rows are shown, and how many more there are; under the cursor, all of it.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.reportviews import Card
from coalchat.desk.paint.ink import Ink, Span
from coalchat.desk.paint.spans import blank, fit
from coalchat.desk.paint.text import cells, cut, in_glyphs, one_line, ours, pad, wrap

_WIDEST: Final = 16
"""Cells of the column of names."""
_LEAST: Final = 8
"""Cells that a value needs beside its name; narrower, it stands below."""

_Row = tuple[Span, ...]


def title_of(card: Card) -> str:
    """ "SALUTE 4  version 2"."""
    return "  ".join((one_line(card.title), *card.notes))


def card_rows(card: Card, room: int, glyphs: Glyphs, most: int) -> list[_Row]:
    """The rows of a card in `room` cells; `most` of them, or all at 0."""
    names = [cut(one_line(row.name).upper(), _WIDEST, glyphs) for row in card.rows]
    column = max(map(cells, names), default=0) + 2
    if room - column < _LEAST:
        column = 0
    rows: list[_Row] = []
    for name, row in zip(names, card.rows, strict=True):
        ink = Ink.BRIGHT if row.wrong else Ink.TEXT
        said = in_glyphs(row.text, glyphs)
        text = f"{said}  {glyphs.refused} not as the form says" if row.wrong else said
        lines = wrap(text, max(room - column, 2))
        if column:
            rows.append((Span(pad(name, column), Ink.MUTED), Span(lines[0], ink)))
            rows += [(blank(column), Span(line, ink)) for line in lines[1:]]
        else:
            rows.append((Span(name, Ink.MUTED),))
            rows += [(Span(line, ink),) for line in lines]
    if most and len(rows) > most:
        more = len(rows) - most + 1
        rows = [*rows[: most - 1], (Span(ours(f"… {more} more: Up, to see all", glyphs), Ink.MUTED),)]
    if card.missing:
        words = f"{', '.join(card.missing)} left empty: update expected"
        rows += [(Span(line, Ink.MUTED),) for line in wrap(ours(words, glyphs), max(room, 2))]
    return [fit(row, room, glyphs) for row in rows]
