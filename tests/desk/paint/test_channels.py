"""The list of channels, and the row above the timeline."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.api.vocabulary import Precedence
from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.model.views import Head
from coalchat.desk.paint.channels import channel_at, channel_name, paint_channels
from coalchat.desk.paint.head import paint_head
from coalchat.desk.paint.ink import Ground, Ink
from coalchat.desk.paint.text import cells
from tests.desk.paint.made import CHANNELS, channel, inks_of, names, text_of


def test_the_large_form() -> None:
    lines = paint_channels(CHANNELS, 24, 10, UNICODE, roomy=True)
    assert text_of(lines) == [
        " CHANNELS",
        "",
        "▌#ops-north      Z  3 S",
        " #intel-fusion        S",
        " #med            !  1 R",
        " #alerts           12 R",
        " #log-bridge          R",
        " #liaison        O  2 R",
        "",
        "",
    ]
    assert lines[2].ground is Ground.SELECTED
    assert inks_of(lines[2], " Z ") == {Ink.NOW}
    assert inks_of(lines[2], "▌") == {Ink.ACCENT}
    assert inks_of(lines[3], "#intel-fusion") == {Ink.MUTED}
    assert inks_of(lines[4], "#med") == {Ink.BRIGHT}
    assert inks_of(lines[7], "O") == {Ink.URGENT}
    assert [(span.text, span.level) for span in lines[2].spans if span.ink is Ink.MARK] == [("S", 2)]


def test_the_small_form() -> None:
    assert text_of(paint_channels(CHANNELS, 18, 8, ASCII, roomy=False)) == [
        " CHANNELS",
        ">ops-north  Z 3 S",
        " intel-fusion   S",
        " med        ! 1 R",
        " alerts      12 R",
        " log-bridge     R",
        " liaison    O 2 R",
        "",
    ]


def test_a_long_name_gives_way_to_the_count_and_a_letter_of_two_cells_keeps_the_column() -> None:
    rows = (channel("a-very-long-name-indeed", unread=250), channel("b", letter="TS", level=3))
    assert text_of(paint_channels(rows, 24, 4, UNICODE, roomy=True)) == [
        " CHANNELS",
        "",
        " #a-very-long-n… 99+  R",
        " #b                  TS",
    ]


def test_a_title_has_its_sign_once() -> None:
    assert paint_channels((channel("#med"),), 24, 3, UNICODE, roomy=True)[2].text.startswith(" #med ")


def test_the_selected_channel_is_in_sight_and_the_rest_is_counted() -> None:
    rows = tuple(channel(f"c{n}", unread=n % 2, selected=n == 9) for n in range(20))
    assert text_of(paint_channels(rows, 24, 8, UNICODE, roomy=True)) == [
        " CHANNELS",
        "",
        " ↑ 7 more · 3 new",
        " #c7                1 R",
        " #c8                  R",
        "▌#c9                1 R",
        " #c10                 R",
        " ↓ 9 more · 5 new",
    ]


@given(st.integers(0, 30), st.integers(0, 29), st.integers(3, 40), st.booleans())
def test_a_click_hits_the_channel_that_is_painted_there(count: int, selected: int, height: int, roomy: bool) -> None:
    rows = tuple(channel(f"c{n}-", selected=n == selected) for n in range(count))
    lines = paint_channels(rows, 24, height, UNICODE, roomy)
    assert len(lines) == height
    for y, line in enumerate(lines):
        hit = channel_at(rows, height, roomy, y)
        assert (hit is not None) == any(f"{row.title} " in line.text for row in rows)
        assert hit is None or hit.title in line.text
    if selected < count and height > (5 if roomy else 4):
        assert any(f"c{selected}- " in line.text for line in lines)


def test_before_there_is_a_channel_the_list_says_so() -> None:
    assert text_of(paint_channels((), 18, 3, UNICODE, roomy=False)) == [" CHANNELS", " none yet", ""]


@given(names, st.sampled_from(list(Precedence)), st.integers(0, 5000), st.integers(8, 60), st.booleans())
def test_no_title_leaves_its_row(title: str, precedence: Precedence, unread: int, width: int, roomy: bool) -> None:
    rows = (channel(title, precedence=precedence, unread=unread),)
    lines = paint_channels(rows, width, 5, UNICODE, roomy)
    assert len(lines) == 5
    assert all(cells(line.text) <= width for line in lines)


def head(**more: object) -> Head:
    fields: dict[str, object] = {"title": "ops-north", "purpose": "Northern sector", "ceiling": "SECRET", "level": 2}
    return Head(**{**fields, "nations": ("XAA", "XBB", "XCC"), **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (66, " #ops-north  Northern sector" + " " * 11 + "ceiling SECRET · 3 nations"),
        (50, " #ops-north  Norther…  ceiling SECRET · 3 nations"),
        (36, " #ops-north" + " " * 10 + "ceiling SECRET"),
        (24, " #ops-…  ceiling SECRET"),
    ],
)
def test_of_the_head_the_ceiling_stays_longest(width: int, text: str) -> None:
    (line,) = paint_head(head(), width, UNICODE)
    assert line.text == text
    assert line.ground is Ground.HEAD
    assert inks_of(line, "SECRET") == {Ink.MARK}


def test_a_conversation_has_its_own_sign() -> None:
    assert [channel_name(title) for title in ("ops", "#ops", "@Kowal", "#@Kowal")] == [
        "#ops",
        "#ops",
        "@Kowal",
        "#@Kowal",
    ]


def test_a_conversation_keeps_its_sign_in_the_narrow_list_too() -> None:
    for roomy, shown in ((True, ["#Kowal", "@Kowal"]), (False, ["Kowal", "@Kowal"])):
        lines = text_of(paint_channels((channel("Kowal"), channel("@Kowal")), 18, 8, UNICODE, roomy))
        assert [line.split()[0] for line in lines[2 if roomy else 1 :] if line.strip()] == shown
