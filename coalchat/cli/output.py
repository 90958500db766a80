"""The one way to stdout and stderr (SPEC 12).

Rule 1: every line passes `display_safe`; a text of several lines is cut into lines first (`body`), and indented, so that
no peer's text can look like a line of ours.
Rule 2: results go to stdout, everything else to stderr: a pipe sees results only.
Rule 3: with `--json` a record is written with the names of its fields in the local API, ids as hex, times as Unix
seconds: what it says in text may change, this does not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from coalchat.cli.options import Asked
from coalchat.display import display_safe, display_safe_json

INDENT = "    "


def show(asked: Asked, record: Any, lines: Iterable[str]) -> None:
    """Write a result: the record with `--json`, the lines without. It is out when this returns."""
    if asked.as_json:
        print(display_safe_json(record), flush=True)
        return
    for line in lines:
        print(display_safe(line))
    sys.stdout.flush()


def note(asked: Asked, lines: Iterable[str]) -> None:
    """Tell a person something beside the result; a program that reads JSON is not told."""
    if not asked.as_json:
        for line in lines:
            print(display_safe(line), file=sys.stderr)
        sys.stderr.flush()


def body(text: str) -> list[str]:
    """A text of several lines as indented lines."""
    return [INDENT + line for line in display_safe(text, multiline=True).split("\n")]


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as lines with aligned columns; the last column is as long as it is."""
    safe = [[display_safe(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    for row in safe:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def short(identifier: str) -> str:
    """The first digits of an id: enough to name it by."""
    return identifier[:12]
