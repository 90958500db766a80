"""Text in cells: measuring, cutting, filling and wrapping.

Rule 1: a terminal counts cells, not characters: wide characters take two, combining marks none. Spacing marks, of Indic scripts,
take one in some terminals and none in others: what is cut or wrapped has room for them.
Rule 2: text has passed `display_safe`: it holds no control but the line break, and no invisible character.
Rule 3: nothing is lost without a sign: what is cut ends in an ellipsis. Wrapping takes away only blanks at a break.
Rule 4: plain ASCII, which is nearly all of it, is measured and wrapped without looking at single characters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from rich.cells import cell_len

from coalchat.desk.look.glyphs import Glyphs
from coalchat.display import escape

_LIKE_A_MARK: Final = re.compile(r"\((?=[^a-z]*(?:\)|$))")
"""A parenthesis around capitals, also one that is not closed: a name may end where its room does."""


def cells(text: str) -> int:
    """Width in cells."""
    return len(text) if text.isascii() else cell_len(text)


def most_cells(text: str) -> int:
    """Width in cells where spacing marks have one each."""
    return len(text) if text.isascii() else cell_len(text) + sum(map(_is_spacing, text))


def _is_spacing(character: str) -> bool:
    return character > "\u0900" and unicodedata.category(character) == "Mc"


def one_line(text: str) -> str:
    """Text for a field of one row: a line break in it becomes a blank."""
    return text.replace("\n", " ") if "\n" in text else text


def named(name: str) -> str:
    """A name where it stands in front of a portion mark: the parenthesis of "Kowal (U)" is shown as an escape."""
    return _LIKE_A_MARK.sub(lambda _: escape("("), one_line(name)) if "(" in name else one_line(name)


def in_glyphs(text: str, glyphs: Glyphs) -> str:
    """Words of the desk with the glyphs that are in use: dash, dot, ellipsis, and how exact a position is."""
    if text.isascii():
        return text
    return (
        text.replace("\u2013", glyphs.dash)
        .replace("·", glyphs.dot)
        .replace("…", glyphs.ellipsis)
        .replace("±", glyphs.within)
    )


def ours(text: str, glyphs: Glyphs) -> str:
    """The same for a field of one row."""
    return one_line(in_glyphs(text, glyphs))


def cut(text: str, width: int, glyphs: Glyphs) -> str:
    """At most `width` cells, the last an ellipsis where something is missing."""
    if most_cells(text) <= width:
        return text
    if width <= 1:
        return glyphs.ellipsis[: max(width, 0)]
    if text.isascii():
        return text[: width - 1].rstrip() + glyphs.ellipsis
    kept, free = "", width - 1
    for cluster, size in _clusters(text):
        if size > free:
            break
        kept += cluster
        free -= size
    return kept.rstrip() + glyphs.ellipsis


def pad(text: str, width: int) -> str:
    """Filled with blanks at the right up to `width` cells; longer text stays as it is."""
    return text + " " * (width - cells(text))


def wrap(text: str, width: int, taken: int = 0) -> list[str]:
    """Rows of at most `width` cells, broken at blanks, at wide characters, or where a word is longer than a row.

    Args:
        text: lines; each begins a new row.
        width: at least 2, the width of the widest character.
        taken: cells of the first row that are in use already; where nothing more fits there, the first row is "".
    """
    rows: list[str] = []
    for line in text.split("\n"):
        rows += _wrap_ascii(line, width, taken) if line.isascii() else _wrap_wide(line, width, taken)
        taken = 0
    return rows


def _wrap_ascii(line: str, width: int, taken: int) -> list[str]:
    room, start, end = width - taken, 0, len(line)
    rows: list[str] = []
    while end - start > room:
        at = line.rfind(" ", start, start + max(room, 0) + 1)
        if at > start:
            rows.append(line[start:at].rstrip())
            start = at
        elif room < width and (room <= 0 or _word_end(line, start) - start <= width):
            # The first row is begun already, and the word has room in a whole one.
            rows.append("")
        else:
            rows.append(line[start : start + room])
            start += room
        room = width
        while start < end and line[start] == " ":
            start += 1
        if start == end:
            return rows
    rows.append(line[start:])
    return rows


def _word_end(line: str, start: int) -> int:
    end = line.find(" ", start + 1)
    return len(line) if end < 0 else end


def _wrap_wide(line: str, width: int, taken: int) -> list[str]:
    parts = _clusters(line)
    room, start = width - taken, 0
    rows: list[str] = []
    while True:
        end, used = start, 0
        while end < len(parts) and used + parts[end][1] <= room:
            used += parts[end][1]
            end += 1
        if end == len(parts):
            rows.append(_joined(parts[start:]))
            return rows
        at = next((place for place in range(end, start, -1) if _breakable(parts, place)), start)
        if at > start:
            rows.append(_joined(parts[start:at]).rstrip(" "))
            start = at
        elif room < width and (end == start or _word_cells(parts, start) <= width):
            rows.append("")
        else:
            at = max(end, start + 1)
            rows.append(_joined(parts[start:at]))
            start = at
        room = width
        while start < len(parts) and parts[start][0] == " ":
            start += 1
        if start == len(parts):
            return rows


def _breakable(parts: list[tuple[str, int]], place: int) -> bool:
    """Whether a row may end before this place: at a blank, or beside a wide character."""
    return parts[place][0] == " " or 2 in {cell_len(parts[place - 1][0]), cell_len(parts[place][0])}


def _word_cells(parts: list[tuple[str, int]], start: int) -> int:
    total = 0
    for cluster, size in parts[start:]:
        if cluster == " " and total:
            break
        total += size
    return total


def _joined(parts: list[tuple[str, int]]) -> str:
    return "".join(cluster for cluster, _ in parts)


def _clusters(text: str) -> list[tuple[str, int]]:
    """Characters with the marks that stand on them, and the most cells that they take."""
    found: list[tuple[str, int]] = []
    for character in text:
        size = cell_len(character)
        if size == 0 and found:
            base, width = found[-1]
            found[-1] = (base + character, width + _is_spacing(character))
        else:
            found.append((character, size))
    return found
