"""What is shown of a message that was found: the words around what matched, on one line.

Of a report it is the fields in which something matched, as its readers see them: the text that is searched is made for
machines. Where none did, its name has matched: then it is how the report begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from coalchat.api.about import CardRow, Report
from coalchat.api.search import Piece
from coalchat.store.said import HIT
from coalchat.store.searching import GAP

BETWEEN: Final = " · "
"""Fields are parted so."""
FIELDS: Final = 4
"""Of a report that are shown at most: more than a row has room for."""
BEFORE: Final = 24
LONGEST: Final = 120
"""Characters of a field: before the first match in it, and in all."""


def pieces(snippet: str) -> tuple[Piece, ...]:
    """A text of the store on one line, cut where hits begin and end."""
    begin, end = HIT
    snippet = snippet.replace("\n", " ")
    found: list[Piece] = []
    for number, part in enumerate(snippet.split(begin)):
        hit, _, rest = part.partition(end) if number else ("", "", part)
        found += [Piece(text=hit, hit=True)] if hit else []
        found += [Piece(text=rest, hit=False)] if rest else []
    return tuple(found)


def report_pieces(report: Report, marked: str) -> tuple[Piece, ...]:
    """The fields of a report in which something matched.

    Args:
        marked: all of its text, with what matched between `HIT`.
    """
    hits = {_one_line(piece.text) for piece in pieces(marked) if piece.hit}
    if not hits or not report.rows:
        return ()
    # What matched is a whole word, or several; the longest first, so that none hides another.
    words = "|".join(re.escape(hit) for hit in sorted(hits, key=len, reverse=True))
    every = re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")
    matched = [row for row in report.rows if any(every.search(text) for text in (row.key, _one_line(row.value)))]
    found: list[Piece] = []
    for row in (matched or report.rows)[:FIELDS]:
        found += [Piece(text=BETWEEN, hit=False)] if found else []
        found += _field(row, every)
    return tuple(found)


def _field(row: CardRow, every: re.Pattern[str]) -> Iterator[Piece]:
    yield Piece(text=f"{row.name} {row.row}" if row.row else row.name, hit=every.search(row.key) is not None)
    yield Piece(text=": ", hit=False)
    text = _one_line(row.text)
    first = every.search(text)
    if first is None and every.search(_one_line(row.value)) is not None:
        # It is written otherwise than it was sent: a grid reference in its parts, a code with its meaning.
        yield Piece(text=_around(text, 0), hit=True)
    else:
        yield from _marked(_around(text, 0 if first is None else first.start()), every)


def _around(text: str, at: int) -> str:
    """A part of a text in which this place is near the beginning."""
    start = 0 if at <= BEFORE else text.find(" ", at - BEFORE, at) + 1 or at
    end = start + LONGEST
    return (GAP if start else "") + text[start:end] + (GAP if end < len(text) else "")


def _marked(text: str, every: re.Pattern[str]) -> Iterator[Piece]:
    at = 0
    for match in every.finditer(text):
        if match.start() > at:
            yield Piece(text=text[at : match.start()], hit=False)
        yield Piece(text=match[0], hit=True)
        at = match.end()
    if at < len(text):
        yield Piece(text=text[at:], hit=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())
