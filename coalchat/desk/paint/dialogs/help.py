"""Keys and commands, side by side where there is room."""

from __future__ import annotations

from itertools import zip_longest
from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.paint.block import EMPTY, MARGIN, Hints, block_hints, block_row
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.spans import blank, fit, width_of
from coalchat.desk.paint.text import cells, in_glyphs, pad, wrap

_TWO_COLUMNS: Final = 84
_WORD: Final = 18
"""A longer key or command has a row of its own."""


def paint_help(keys: Hints, commands: Hints, width: int, glyphs: Glyphs) -> list[Line]:
    """All rows; the screen scrolls them."""
    inner = width - 2 * MARGIN
    lines: list[Line] = []
    nothing: list[Span] = []
    if width >= _TWO_COLUMNS:
        half = inner // 2 - 2
        left, right = (_table("KEYS", keys, half, glyphs), _table("COMMANDS", commands, inner - half - 4, glyphs))
        for one, other in zip_longest(left, right, fillvalue=nothing):
            lines.append(block_row([*one, blank(half + 4 - width_of(one)), *other], width, glyphs))
    else:
        rows = [*_table("KEYS", keys, inner, glyphs), [], *_table("COMMANDS", commands, inner, glyphs)]
        lines = [block_row(fit(row, inner, glyphs), width, glyphs) for row in rows]
    return [*lines, EMPTY, block_hints((), (("Esc", "back"),), width, glyphs)]


def _table(title: str, entries: Hints, room: int, glyphs: Glyphs) -> list[list[Span]]:
    rows = [[Span(title, Ink.CAPS)]]
    size = min(max((cells(word) for word, _ in entries), default=0), _WORD) + 2
    for entry, meaning in entries:
        word = in_glyphs(entry, glyphs)
        said = wrap(in_glyphs(meaning, glyphs), max(room - size, 2))
        if cells(word) + 2 > size:
            rows.append([Span(word, Ink.ACCENT)])
        else:
            rows.append([Span(pad(word, size), Ink.ACCENT), Span(said.pop(0))])
        rows += [[blank(size), Span(row)] for row in said]
    return rows
