"""The banner: its marking is whole at every width, and an exercise says so on both sides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.model.views import UNMARKED
from coalchat.desk.paint.banner import paint_banner
from coalchat.desk.paint.ink import Ground, Ink
from coalchat.desk.paint.text import cells
from tests.desk.paint.made import banner, inks_of, names

HATCH = UNICODE.hatch * 8
MARKING = "MISSION SECRET REL XAA, XBB, XCC"


def test_at_120_coalition_marking_in_the_middle_and_date_time_group() -> None:
    (line,) = paint_banner(banner(), 120, UNICODE)
    assert line.text == " CALM HARBOUR" + " " * 31 + MARKING + " " * 29 + "221542Z NOV 26 "
    assert (line.ground, line.level) == (Ground.BANNER, 2)
    assert line.text.index(MARKING) == (120 - len(MARKING)) // 2
    assert inks_of(line, MARKING) == {Ink.BRIGHT}


def test_at_80_the_clock_has_the_time_of_day_alone() -> None:
    (line,) = paint_banner(banner(), 80, UNICODE)
    assert line.text == " CALM HARBOUR" + " " * 11 + MARKING + " " * 18 + "1542Z "


def test_below_is_the_marking_alone() -> None:
    (line,) = paint_banner(banner(), 80, UNICODE, bottom=True)
    assert line.text == " " * 24 + MARKING + " " * 24


def test_what_does_not_fit_goes_before_the_marking_does() -> None:
    assert paint_banner(banner(), 50, UNICODE)[0].text.split() == [*MARKING.split(), "1542Z"]
    assert paint_banner(banner(), 40, UNICODE)[0].text.strip() == MARKING


@given(names, st.booleans(), st.booleans(), st.integers(4, 200))
def test_the_marking_is_never_cut(marking: str, exercise: bool, bottom: bool, width: int) -> None:
    view = banner(marking=marking, exercise=exercise)
    lines = paint_banner(view, width, UNICODE, bottom)
    assert all(cells(line.text) <= width for line in lines)
    shown = "".join(span.text for line in lines for span in line.spans if span.ink is Ink.BRIGHT)
    assert "".join(shown.split()) == "".join(marking.split())


def test_a_marking_wider_than_the_screen_takes_more_rows() -> None:
    lines = paint_banner(banner(), 20, UNICODE)
    assert [line.text.strip() for line in lines] == ["MISSION SECRET REL", "XAA, XBB, XCC"]
    assert {(line.ground, line.level) for line in lines} == {(Ground.BANNER, 2)}


def test_an_exercise_has_hatch_and_word_on_both_sides() -> None:
    view = banner(exercise=True, coalition="CALM WIND 26")
    (line,) = paint_banner(view, 120, UNICODE)
    assert line.text.startswith(f"{HATCH} EXERCISE {HATCH} CALM WIND 26 ")
    assert line.text.endswith(f" 221542Z NOV 26 {HATCH} EXERCISE {HATCH}")
    assert inks_of(line, f"{HATCH} EXERCISE {HATCH}") == {Ink.EXERCISE}
    (small,) = paint_banner(view, 80, ASCII)
    assert small.text == "/// EXERCISE ///        " + MARKING + "  1542Z /// EXERCISE ///"


@pytest.mark.parametrize("width", [20, 33, 36, 40, 50, 60, 80, 120, 200])
@pytest.mark.parametrize("bottom", [True, False])
def test_an_exercise_says_so_at_every_width(width: int, bottom: bool) -> None:
    lines = paint_banner(banner(exercise=True), width, UNICODE, bottom)
    words = [span.text for line in lines for span in line.spans if span.ink is Ink.EXERCISE]
    assert words
    assert all("EXERCISE" in word for word in words)
    assert all(cells(line.text) <= width for line in lines)


def test_what_bears_no_label_says_so_without_a_fill() -> None:
    view = banner(marking="UNMARKED \u2013 TREAT AS MISSION SECRET", level=UNMARKED)
    (line,) = paint_banner(view, 80, ASCII)
    assert "UNMARKED - TREAT AS MISSION SECRET" in line.text
    assert line.level == UNMARKED


NATIONAL = "XAA: GEHEIM"


@pytest.mark.parametrize("bottom", [True, False])
@pytest.mark.parametrize("width", [80, 120])
def test_what_the_own_nation_marks_alike_stands_behind_the_marking(width: int, bottom: bool) -> None:
    (line,) = paint_banner(banner(national=NATIONAL), width, UNICODE, bottom)
    assert f"{MARKING}  ·  {NATIONAL}" in line.text
    assert inks_of(line, MARKING) == {Ink.BRIGHT}
    assert inks_of(line, NATIONAL) == {Ink.TEXT}, "the coalition's alone is bold"
    assert bottom or line.text.endswith("1542Z " if width == 80 else "221542Z NOV 26 ")


@pytest.mark.parametrize("exercise", [True, False])
@pytest.mark.parametrize("width", range(4, 140))
def test_it_is_whole_above_and_below_or_in_neither(width: int, exercise: bool) -> None:
    with_it, without = banner(national=NATIONAL, exercise=exercise), banner(exercise=exercise)
    top, foot = paint_banner(with_it, width, UNICODE), paint_banner(with_it, width, UNICODE, bottom=True)
    whole = [any(f"{MARKING}  ·  {NATIONAL}" in line.text for line in lines) for lines in (top, foot)]
    assert whole[0] == whole[1]
    assert not whole[0] or "1542Z" in top[0].text, "it does not push out the clock"
    if not whole[0]:
        assert (top, foot) == (
            paint_banner(without, width, UNICODE),
            paint_banner(without, width, UNICODE, bottom=True),
        )


@given(names, names, st.booleans(), st.booleans(), st.integers(4, 200))
def test_no_national_word_touches_the_marking(
    marking: str, national: str, exercise: bool, bottom: bool, width: int
) -> None:
    view = banner(marking=marking, national=f"XAA: {national}", exercise=exercise)
    lines = paint_banner(view, width, UNICODE, bottom)
    assert all(cells(line.text) <= width for line in lines)
    shown = "".join(span.text for line in lines for span in line.spans if span.ink is Ink.BRIGHT)
    assert "".join(shown.split()) == "".join(marking.split())
