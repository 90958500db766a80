"""What was found, in rows: when, who, where; the mark, the words, what matched."""

from __future__ import annotations

import pytest

from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.model.searchviews import FoundRow, SearchView
from coalchat.desk.paint.ink import Ground, Ink
from coalchat.desk.paint.search import ROWS, paint_found, paint_search_head
from coalchat.desk.paint.spans import width_of
from coalchat.record import evolve
from tests.desk.paint.made import inks_of

LONG = "Shift change at 1800Z and many more words than a narrow row has before the "
ROW = FoundRow(
    key="1", when="221531Z NOV 26", channel="ops-north", nation="XAA", person="Berg", mark="(S REL XAA, XBB)", level=2,
    pieces=((LONG, False), ("bridge", True), (" at dawn", False)), new=True,
)  # fmt: skip


def view(*rows: FoundRow, **changes: object) -> SearchView:
    given = {"scope": "all channels", "narrow": False, "said": "1 message found", "wrong": False} | changes
    return SearchView(rows=rows, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [120, 80, 60])
def test_what_matched_is_in_sight_with_its_mark(width: int) -> None:
    lines = paint_found(view(ROW, ROW), 1, width, UNICODE)
    assert len(lines) == 2 * ROWS
    assert all(width_of(line.spans) <= width for line in lines)
    where, words = lines[:2]
    assert where.text.startswith(f"{UNICODE.unread}221531Z NOV 26")
    assert words.text.strip().startswith("(S REL XAA, XBB) ")
    assert next(span.text for span in words.spans if span.ink is Ink.URGENT).startswith("bri")
    assert [line.ground for line in lines] == [Ground.BASE, Ground.BASE, Ground.SELECTED, Ground.SELECTED]


def test_it_needs_no_more_than_ascii() -> None:
    lines = [*paint_found(view(ROW), 0, 60, ASCII), *paint_search_head(view(said="no \u2013 such · word"), 60, ASCII)]
    assert "".join(line.text for line in lines).isascii()


def test_what_went_wrong_is_bold() -> None:
    (line,) = paint_search_head(view(said="too many", wrong=True), 60, UNICODE)
    assert line.spans[-1].text.strip() == "too many"
    assert line.spans[-1].ink is Ink.BRIGHT


def test_a_report_is_named_before_the_fields_that_matched() -> None:
    fields = (("Activity", False), (": escort halted near the old ", False), ("bridge", True))
    row = evolve(ROW, mark="(S)", report=("SALUTE 003", "What was seen"), pieces=fields)
    wide, narrow = (paint_found(view(row), 0, width, UNICODE)[1] for width in (120, 80))
    assert wide.text.strip() == "(S) SALUTE 003  What was seen  Activity: escort halted near the old bridge"
    assert narrow.text.strip() == "(S) SALUTE 003  Activity: escort halted near the old bridge"
    assert inks_of(narrow, "SALUTE 003") == {Ink.BRIGHT}
    assert inks_of(wide, "What was seen") == {Ink.MUTED}
    assert all(width_of(paint_found(view(row), 0, width, UNICODE)[1].spans) <= width for width in range(30, 121))
