"""The row of key hints.

Rule 1: a hint stands there whole or not at all; where there is no room the last go first, and the right part before them.
Rule 2: the way back and the way to help are never left out for the sake of another.
Rule 3: only what works is named: what a message cannot be asked for has no key here.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import MessageLine
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
    ("End", "read all"),
)
"""What works while one writes."""
ARROWS: Final = "↑↓"
"""The arrow keys, in the hints of a screen."""
SCROLL: Final = ("PgUp PgDn", "scroll")
"""Named only where there is more than the window shows."""
_READ: Final = ("Enter", "read to here")
_OTHERS: Final[Hints] = (
    ("A", "acknowledge"),
    ("R", "reply"),
    ("T", "thread"),
    ("Q", "quote"),
    ("F", "forward"),
    ("Y", "copy"),
)
_OWN: Final[Hints] = (
    ("R", "reply"),
    ("T", "thread"),
    ("E", "correct"),
    ("X", "recall"),
    ("Q", "quote"),
    ("Y", "copy"),
    ("F", "forward"),
)
_ALWAYS: Final = frozenset({"Esc", "F1"})
_SHORT: Final = {"who has it": "who", "read to here": "read", "read all": "read"}
"""Words where there is no room for all of the hints."""


def selecting(line: MessageLine | None) -> Hints:
    """What works on the message under the cursor."""
    back = ("Esc", "back")
    if line is None:
        return (back,)
    if line.failed:
        return (("Enter", "send it again, or take it back"), back)
    if line.sending or line.unreadable:
        return (_READ, back)
    acts = _OWN if line.mine else _OTHERS
    versions = (("H", "versions"),) if line.versions else ()
    return (_READ, *acts, *versions, ("F4", "who has it"), back)


def in_keys(hints: Hints, glyphs: Glyphs) -> Hints:
    """The hints of a screen, with the names of keys in the glyphs that are in use."""
    return tuple((glyphs.arrows if key == ARROWS else key, word) for key, word in hints)


def hint_spans(hints: Hints, room: int) -> list[Span]:
    """`^K jump  Alt-A next`: as many as fit."""
    if _width(hints) > room:
        hints = tuple((key, _SHORT.get(word, word)) for key, word in hints)
    left = _width(hints) - room
    for hint in reversed(hints):
        if left <= 0:
            break
        if hint[0] not in _ALWAYS:
            hints = tuple(one for one in hints if one != hint)
            left = _width(hints) - room
    if left > 0:
        hints = ()
    out: list[Span] = []
    for key, word in hints:
        gap = [Span("  ")] if out else []
        out += [*gap, Span(key, Ink.ACCENT), Span(f" {word}" if word else "", Ink.MUTED)]
    return out


def _width(hints: Hints) -> int:
    return sum(cells(key) + (1 + cells(word) if word else 0) for key, word in hints) + 2 * max(len(hints) - 1, 0)


def paint_hints(hints: Hints, right: str, width: int) -> list[Line]:
    """One row. `right`: who sits here, e.g. `Berg · XAA`; muted. For it words are shortened, but no hint is left out."""
    room = width - 2 - (cells(right) + 2 if right else 0)
    short = tuple((key, _SHORT.get(word, word)) for key, word in hints)
    left = hint_spans(hints, room if _width(short) <= room else width - 2)
    free = width - 2 - width_of(left)
    if not right or free < cells(right) + 2:
        return [Line((blank(1), *left))]
    return [Line((blank(1), *left, blank(free - cells(right)), Span(right, Ink.MUTED)))]
