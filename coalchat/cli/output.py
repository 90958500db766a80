"""The one way to stdout and stderr (SPEC 12).

Rule 1: every line passes `display_safe`; a text of several lines is cut into lines first (`body`), and indented, so that
no peer's text can look like a line of ours. At a terminal a line is folded here, its rest indented: a terminal begins it in
its first column, where markings stand. A code to be copied, one word at the beginning of its line, stays whole.
Rule 2: results go to stdout, everything else to stderr: a pipe sees results only.
Rule 3: with `--json` a record is written with the names of its fields in the local API, ids as hex, times as Unix
seconds: what it says in text may change, this does not.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TextIO

from coalchat.cli.options import Asked
from coalchat.display import display_safe, display_safe_json

INDENT = "    "
NARROWEST: Final = 24
"""Columns below which nothing is folded: there is no room for it, or the terminal does not say how wide it is."""


def show(asked: Asked, record: Any, lines: Iterable[str]) -> None:
    """Write a result: the record with `--json`, the lines without. It is out when this returns."""
    if asked.as_json:
        print(display_safe_json(record), flush=True)
        return
    for line in lines:
        print(shown(line, sys.stdout))
    sys.stdout.flush()


def note(asked: Asked, lines: Iterable[str]) -> None:
    """Tell a person something beside the result; a program that reads JSON is not told."""
    if not asked.as_json:
        for line in lines:
            print(shown(line, sys.stderr), file=sys.stderr)
        sys.stderr.flush()


def shown(line: str, stream: TextIO) -> str:
    """A line as it is written there: safe, and folded if that is a terminal."""
    line = display_safe(line)
    width = _width(stream)
    return "\n".join(folded(line, width)) if width >= NARROWEST else line


def _width(stream: TextIO) -> int:
    """Columns of the terminal; 0: it is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except OSError:
        return 0


def folded(line: str, width: int) -> list[str]:
    """A safe line in rows of at most `width` cells. All but the first are indented: as far as it is, or further."""
    if len(line) * 2 <= width or _most(line) <= width or " " not in line:
        return [line]
    own = min(len(line) - len(line.lstrip(" ")), width // 4)
    margin = " " * own if own >= len(INDENT) else INDENT + " " * own
    rows, rest, room = [], line, width
    while (end := _reach(rest, room)) < len(rest):
        blank = rest.rfind(" ", len(rest) - len(rest.lstrip(" ")) + 1, end + 1)
        end = blank if blank > 0 else end
        rows.append(rest[:end].rstrip(" "))
        rest, room = rest[end:].lstrip(" "), width - len(margin)
    rows.append(rest)
    return [rows[0], *(margin + row for row in rows[1:])]


def _cells(text: str) -> int:
    """Its width at a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # most texts need none

    return cell_len(text)


def _most(text: str) -> int:
    """The most cells that a terminal may take for it: spacing marks have one each in some, and none in others."""
    if text.isascii():
        return len(text)
    return _cells(text) + sum(unicodedata.category(character) == "Mc" for character in text)


def _reach(text: str, room: int) -> int:
    """How many characters fit, at least one; a mark stays with what it stands on."""
    if text.isascii():
        return min(len(text), room)
    end, taken = 0, 0
    while end < len(text) and (not end or taken + _most(text[end]) <= room):
        taken += _most(text[end])
        end += 1
    while end > 1 and end < len(text) and unicodedata.category(text[end])[0] == "M":
        end -= 1
    return end


def body(text: str) -> list[str]:
    """A text of several lines as indented lines."""
    return [INDENT + line for line in display_safe(text, multiline=True).split("\n")]


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as lines with aligned columns; the last column is as long as it is."""
    safe = [[display_safe(cell) for cell in row] for row in rows]
    widths = [max(map(_cells, column)) for column in zip(*safe, strict=True)]
    for row in safe:
        yield "  ".join(cell + " " * (width - _cells(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()


def short(identifier: str) -> str:
    """The first digits of an id: enough to name it by."""
    return identifier[:12]
