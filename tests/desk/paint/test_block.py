"""Raised blocks: margins, frames, and what goes where rows are scarce."""

from __future__ import annotations

from coalchat.desk.look.glyphs import UNICODE
from coalchat.desk.look.skin import MONO, skin_for
from coalchat.desk.paint.block import (
    EMPTY,
    block_apart,
    block_hints,
    block_row,
    block_text,
    chosen_bar,
    paint_block,
    paint_fitting,
    under_cursor,
)
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from tests.desk.paint.made import text_of

ROWS = [
    block_row([Span("TITLE")], 20, UNICODE),
    EMPTY,
    block_row([Span("one")], 20, UNICODE),
    block_row([Span("two")], 20, UNICODE, chosen_bar(True, UNICODE)),
    EMPTY,
    block_hints((("Enter", "use"),), (("Esc", "back"),), 20, UNICODE),
]


def test_a_block_has_margins_and_a_free_row_above_and_below() -> None:
    lines = paint_block(ROWS, 20, UNICODE)
    assert text_of(lines) == ["", "  TITLE", "", "  one", "▌ two", "", "          Esc back", ""]
    assert {line.ground for line in lines} == {Ground.INPUT}


def test_where_grounds_look_alike_it_has_a_frame_and_the_bar_stays() -> None:
    for ascii_only, expected in (
        (False, ["┌────────┐", "│ one    │", "│▌two    │", "└────────┘"]),
        (True, ["+--------+", "| one    |", "|>two    |", "+--------+"]),
    ):
        glyphs = skin_for(MONO, ascii_only=ascii_only).glyphs
        rows = [
            block_row([Span("one")], 10, glyphs),
            block_row([Span("two")], 10, glyphs, chosen_bar(True, glyphs)),
        ]
        lines = paint_block(rows, 10, glyphs)
        assert text_of(lines) == expected
        assert under_cursor(lines, glyphs) == 2
    assert text_of(paint_block([EMPTY], 10, skin_for(MONO).glyphs))[1] == "│        │"


def test_where_rows_are_scarce_free_ones_go_first_then_those_far_from_the_cursor() -> None:
    assert len(paint_block(ROWS, 20, UNICODE, height=8)) == 8
    assert text_of(paint_block(ROWS, 20, UNICODE, height=6))[1] == ""
    assert text_of(paint_block(ROWS, 20, UNICODE, height=4))[:3] == ["  TITLE", "  one", "▌ two"]
    few = text_of(paint_block(ROWS, 20, UNICODE, height=2))
    assert few[0] == "▌ two"
    assert few[1].endswith("Esc back")
    framed = paint_block(ROWS, 20, skin_for(MONO).glyphs, height=6)
    assert len(framed) == 6


def test_a_text_wraps_inside_the_margins_with_its_bar() -> None:
    bar = Span("┃", Ink.BRIGHT)
    assert text_of(block_text("one two three", Ink.TEXT, 12, UNICODE, bar)) == ["┃ one two", "┃ three"]


def test_two_parts_of_a_row_keep_to_their_sides() -> None:
    assert block_apart([Span("left")], [Span("right")], 20, UNICODE).text == "  left       right"
    assert block_apart([Span("left " * 9)], [Span("right")], 20, UNICODE) == Line(
        (Span(" "), Span(" "), Span("left lef…"), Span("  "), Span("right")), Ground.INPUT
    )


def test_in_a_window_that_scrolls_only_free_rows_go_and_only_if_that_is_enough() -> None:
    assert text_of(paint_fitting(ROWS, 20, UNICODE, 8)) == text_of(paint_block(ROWS, 20, UNICODE))
    assert text_of(paint_fitting(ROWS, 20, UNICODE, 6)) == text_of(ROWS)
    framed = skin_for(MONO).glyphs
    assert len(paint_fitting(ROWS, 20, framed, 6)) == 6
    for window in (5, 1, 0):
        assert paint_fitting(ROWS, 20, UNICODE, window) == paint_block(ROWS, 20, UNICODE), "it scrolls"
