"""Rows of spans: never wider than they may be, and what stands at the right is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.paint.ink import Ground, Ink, Span
from coalchat.desk.paint.spans import apart, fit, joined, section, width_of
from tests.desk.paint.made import names

rows = st.lists(names.map(Span), max_size=5)


@given(rows, st.integers(0, 120))
def test_a_row_is_cut_to_its_width_and_says_so(row: list[Span], width: int) -> None:
    fitted = fit(row, width, UNICODE)
    assert width_of(fitted) <= width
    if width_of(row) > width > 0:
        assert fitted[-1].text.endswith("…")
    elif width_of(row) <= width:
        assert list(fitted) == row


@given(rows, rows, st.integers(0, 120))
def test_what_stands_at_the_right_ends_at_the_edge(left: list[Span], right: list[Span], width: int) -> None:
    whole = apart(left, right, width, UNICODE)
    assert width_of(whole) <= width
    if 0 < width_of(right) <= width:
        assert width_of(whole) == width
        assert whole[-len(right) :] == tuple(right)


def test_ink_survives_the_cut() -> None:
    assert fit([Span("abc", Ink.BRIGHT), Span("defg", Ink.MARK, 2)], 5, UNICODE) == (
        Span("abc", Ink.BRIGHT),
        Span("d…", Ink.MARK, 2),
    )
    assert fit([Span("abc"), Span("de")], 3, ASCII) == (Span("ab~"),)


def test_parts_are_joined_with_something_between() -> None:
    assert joined([[Span("a")], [Span("b")]], " · ") == [Span("a"), Span(" · ", Ink.MUTED), Span("b")]


def test_the_head_of_a_section_has_its_hairline_up_to_the_edge() -> None:
    assert section("DUE", "", 16, UNICODE, Ground.SIDE).text == " DUE ────────── "
    assert section("GAPS", "note", 18, ASCII, Ground.BASE).text == " GAPS ------ note "
    assert section("A LONG HEAD", "", 6, UNICODE, Ground.BASE).text == " A LO…"
