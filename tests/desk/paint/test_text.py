"""Text in cells: what is measured, cut and wrapped fits, and nothing of it is lost without a sign."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.paint.text import cells, cut, most_cells, one_line, ours, pad, wrap
from tests.desk.paint.made import bodies, names


@pytest.mark.parametrize(
    ("text", "width", "taken", "rows"),
    [
        ("one two three", 9, 0, ["one two", "three"]),
        ("one two three", 9, 4, ["one", "two three"]),
        ("one two", 7, 0, ["one two"]),
        ("one  two", 4, 0, ["one", "two"]),
        ("a\n\nb", 5, 0, ["a", "", "b"]),
        ("", 5, 3, [""]),
        ("abcde fg", 6, 4, ["", "abcde", "fg"]),
        ("abcdefghij k", 6, 4, ["ab", "cdefgh", "ij k"]),
        ("abcdefghij", 4, 0, ["abcd", "efgh", "ij"]),
        ("ab", 4, 4, ["", "ab"]),
        ("  indented text", 12, 0, ["  indented", "text"]),
        ("at 松本 quay", 6, 0, ["at 松", "本", "quay"]),
        ("松本松本", 5, 0, ["松本", "松本"]),
        ("松本", 4, 3, ["", "松本"]),
        ("é́é́é́", 2, 0, ["é́é́", "é́"]),
    ],
)
def test_rows_break_at_blanks_beside_wide_characters_and_inside_long_words(
    text: str, width: int, taken: int, rows: list[str]
) -> None:
    assert wrap(text, width, taken) == rows


@given(bodies, st.integers(2, 200), st.integers(0, 60))
def test_no_row_is_wider_than_it_may_be_and_only_blanks_are_lost(text: str, width: int, taken: int) -> None:
    taken = min(taken, width)
    rows = wrap(text, width, taken)
    assert all(cell_len(row) <= width for row in rows)
    assert cell_len(rows[0]) <= width - taken
    assert "".join("".join(rows).split()) == "".join(text.split())


KA: Final = "\u0915\u093e"
"""A letter with a mark that has a cell of its own in some terminals."""


@pytest.mark.parametrize("width", [2, 5, 8, 13])
def test_a_row_has_room_for_spacing_marks_where_a_terminal_gives_them_cells(width: int) -> None:
    for text in (KA * 30, f"{KA * 3} {KA * 2} " * 5, "\u0915" + "\u093e" * 3):
        rows = wrap(text, width)
        assert "".join("".join(rows).split()) == "".join(text.split())
        assert all(most_cells(row) <= width or cells(row) == 1 for row in rows)
        short = cut(text, width, UNICODE)
        assert most_cells(short) <= width
    assert wrap(f"{KA}{KA} {KA}", 5) == [KA + KA, KA], "it is not broken beside them as beside wide characters"
    assert cut(KA + KA, 4, UNICODE) == KA + KA


@given(bodies, st.integers(2, 80))
def test_no_row_begins_with_a_mark_that_would_sit_on_what_is_before_it(text: str, width: int) -> None:
    for line, rows in ((line, wrap(line, width)) for line in text.split("\n")):
        if line and cell_len(line[0]):
            assert all(not row or cell_len(row[0]) for row in rows)


@given(names, st.integers(0, 80), st.sampled_from([UNICODE, ASCII]))
def test_what_is_cut_fits_and_says_so(text: str, width: int, glyphs: object) -> None:
    used = ASCII if glyphs is ASCII else UNICODE
    short = cut(text, width, used)
    assert cell_len(short) <= width
    assert short == text or width == 0 or short.endswith(used.ellipsis)


def test_a_wide_character_is_never_halved() -> None:
    assert cut("松本山", 4, UNICODE) == "松…"
    assert cut("松本山", 6, UNICODE) == "松本山"
    assert cut("ab", 1, UNICODE) == "…"


def test_cells_are_what_the_terminal_takes() -> None:
    assert (cells("abc"), cells("松本"), cells("e\u0301")) == (3, 4, 1)
    assert pad("松本", 6) == "松本  "
    assert pad("abc", 2) == "abc"


def test_a_line_break_in_a_field_of_one_row_is_a_blank() -> None:
    assert one_line("Berg\n1531Z XAA") == "Berg 1531Z XAA"


def test_our_words_have_the_glyphs_in_use() -> None:
    words = "UNMARKED \u2013 TREAT AS · 松…"
    assert ours(words, ASCII) == "UNMARKED - TREAT AS . 松~"
    assert ours(words, UNICODE) == words
