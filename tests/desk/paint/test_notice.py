"""The row under the banner: calm while nothing is wrong."""

from __future__ import annotations

import pytest

from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.paint.ink import Ink
from coalchat.desk.paint.notice import paint_notice, paint_warning, warning_stands
from tests.desk.paint.made import inks_of, notice

DUE = {"due": "acknowledge Duarte 1537Z by 1547Z", "left": "5 min"}


def test_a_node_that_is_well_is_muted_and_nothing_else_is_there() -> None:
    (line,) = paint_notice(notice(), 80, UNICODE)
    assert line.text == " node up"
    assert inks_of(line, "node up") == {Ink.MUTED}


def test_a_node_that_is_not_well_is_bold() -> None:
    (line,) = paint_notice(notice(node="node restarting", fine=False), 80, UNICODE)
    assert inks_of(line, "node restarting") == {Ink.BRIGHT}


def test_what_is_due_stands_at_its_column_where_there_is_room() -> None:
    (line,) = paint_notice(notice(**DUE), 120, UNICODE)
    assert line.text == " node up" + " " * 24 + "! acknowledge Duarte 1537Z by 1547Z · 5 min"
    assert inks_of(line, "5 min") == {Ink.BRIGHT}
    (small,) = paint_notice(notice(**DUE), 80, ASCII)
    assert small.text == " node up  ! acknowledge Duarte 1537Z by 1547Z . 5 min"


def test_what_is_overdue_is_reversed() -> None:
    (line,) = paint_notice(notice(due="acknowledge Duarte", left="OVERDUE 3 min", overdue=True), 80, UNICODE)
    assert inks_of(line, " OVERDUE 3 min ") == {Ink.NOW}


def test_the_gravest_warning_is_said_where_it_fits_and_counted_where_not() -> None:
    view = notice(**DUE, warnings=("XCC has published no keys for 3 d", "the clock differs"))
    assert paint_notice(view, 120, UNICODE)[0].text.endswith("! XCC has published no keys for 3 d  +1 ".rstrip())
    assert paint_notice(view, 80, UNICODE)[0].text.endswith("! 2 warnings")
    assert paint_notice(view, 60, UNICODE)[0].text.endswith(" !2")


@pytest.mark.parametrize("width", range(1, 121))
def test_what_is_due_stays_longest(width: int) -> None:
    view = notice(**DUE, node="node restarting, fifth time", fine=False, warnings=("a", "b"))
    (line,) = paint_notice(view, width, UNICODE)
    assert len(line.text) <= width
    if width >= 60:
        assert "! acknowledge Duarte 1537Z by 1547Z · 5 min" in line.text


def test_a_warning_without_room_has_a_row_of_its_own_that_says_where_all_are() -> None:
    view = notice(**DUE, warnings=("the published keys of XCC end in 52 h", "a device asks for history"))
    assert not warning_stands(view, 80, UNICODE)
    (line,) = paint_warning(view, 80, UNICODE)
    assert line.text == " ! the published keys of XCC end in 52 h" + " " * 34 + "+1 F7"
    assert inks_of(line, "the published keys of XCC end in 52 h") == {Ink.BRIGHT}


def test_where_there_is_none_or_it_has_room_there_is_no_row() -> None:
    assert warning_stands(notice(**DUE), 80, UNICODE)
    assert paint_warning(notice(**DUE), 80, UNICODE) == []
    assert warning_stands(notice(warnings=("the clock differs",)), 80, UNICODE)
