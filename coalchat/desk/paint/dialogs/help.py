"""What to begin with, then keys in groups and commands, side by side where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final, TypeAlias

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.paint.block import EMPTY, MARGIN, Hints, block_hints, block_row, block_text
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.spans import blank, fit, width_of
from coalchat.desk.paint.text import cells, in_glyphs, pad, wrap

_TWO_COLUMNS: Final = 84
_WORD: Final = 18
"""A longer key or command has a row of its own."""
Groups: TypeAlias = Sequence[tuple[str, Hints]]
"""Tables, each with its head."""


def paint_help(first: str, keys: Groups, commands: Hints, width: int, glyphs: Glyphs) -> list[Line]:
    """All rows; the screen scrolls them. `first`: what to begin with, or ""."""
    inner = width - 2 * MARGIN
    lines = [*block_text(first, Ink.TEXT, width, glyphs), EMPTY] if first else []
    nothing: list[Span] = []
    listed = (("COMMANDS", commands),) if commands else ()
    if width >= _TWO_COLUMNS and keys:
        half = inner // 2 - 2
        left, right = _tables(keys, half, glyphs), _tables(listed, inner - half - 4, glyphs)
        for one, other in zip_longest(left, right, fillvalue=nothing):
            lines.append(block_row([*one, blank(half + 4 - width_of(one)), *other], width, glyphs))
    else:
        rows = [*_tables(keys, inner, glyphs), *([nothing] if keys and listed else []), *_tables(listed, inner, glyphs)]
        lines += [block_row(fit(row, inner, glyphs), width, glyphs) for row in rows]
    return [*lines, EMPTY, block_hints((), (("Esc", "back"),), width, glyphs)]


def _tables(groups: Groups, room: int, glyphs: Glyphs) -> list[list[Span]]:
    """One below the other, with what the keys do in one column."""
    size = min(max((cells(word) for _, entries in groups for word, _ in entries), default=0), _WORD) + 2
    rows: list[list[Span]] = []
    for title, entries in groups:
        if rows:
            rows.append([])
        rows += [[Span(title, Ink.CAPS)], *_table(entries, size, room, glyphs)]
    return rows


def _table(entries: Hints, size: int, room: int, glyphs: Glyphs) -> list[list[Span]]:
    rows: list[list[Span]] = []
    for entry, meaning in entries:
        word = in_glyphs(entry, glyphs)
        said = wrap(in_glyphs(meaning, glyphs), max(room - size, 2))
        if cells(word) + 2 > size:
            rows.append([Span(word, Ink.ACCENT)])
        else:
            rows.append([Span(pad(word, size), Ink.ACCENT), Span(said.pop(0))])
        rows += [[blank(size), Span(row)] for row in said]
    return rows
