"""The row of key hints. A hint stands there whole or not at all; the last go first, and the right part before them."""

from __future__ import annotations

from typing import Final, TypeAlias

from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.spans import blank, width_of
from coalchat.desk.paint.text import cells

Hints: TypeAlias = tuple[tuple[str, str], ...]
"""Keys, each with what it does."""
HINTS: Final[Hints] = (
    ("^K", "jump"),
    ("^F", "find"),
    ("Alt-A", "next"),
    ("F2", "report"),
    ("F3", "ROE"),
    ("F4", "who has it"),
    ("F6", "label"),
    ("F7", "keys"),
    ("F1", "help"),
    ("End", "read"),
)
"""What works while one writes."""
SELECTING: Final[Hints] = (
    ("Enter", "read to here"),
    ("A", "acknowledge"),
    ("R", "reply"),
    ("T", "thread"),
    ("Q", "quote"),
    ("F", "forward"),
    ("Y", "copy"),
    ("E", "correct"),
    ("X", "recall"),
    ("H", "versions"),
    ("F4", "who has it"),
    ("Esc", "back"),
)
"""What works on the message under the cursor."""


def hint_spans(hints: Hints, room: int) -> list[Span]:
    """`^K jump  Alt-A next`: as many as fit."""
    out: list[Span] = []
    for key, word in hints:
        hint = [Span(key, Ink.ACCENT), Span(f" {word}" if word else "", Ink.MUTED)]
        if out:
            hint.insert(0, Span("  "))
        if width_of(out) + width_of(hint) > room:
            break
        out += hint
    return out


def paint_hints(hints: Hints, right: str, width: int) -> list[Line]:
    """One row. `right`: who sits here, e.g. `Berg · XAA`; muted, and left out where it does not fit."""
    left = hint_spans(hints, width - 2)
    free = width - 2 - width_of(left)
    if not right or free < cells(right) + 2:
        return [Line((blank(1), *left))]
    return [Line((blank(1), *left, blank(free - cells(right)), Span(right, Ink.MUTED)))]
