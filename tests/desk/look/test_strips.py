"""The last door: exactly the width, and nothing that a terminal acts on, whatever a line holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from coalchat.desk.look.skin import DARK, MONO, SKINS, skin_for
from coalchat.desk.look.strips import strip
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.display import display_safe
from tests.desk.look.policy import EXAMPLE
from tests.desk.paint.made import HOSTILE, anything

spans = st.lists(st.builds(Span, anything, st.sampled_from(Ink), st.integers(-1, 4)), max_size=4).map(tuple)
lines = st.builds(Line, spans, st.sampled_from(Ground), st.integers(-1, 4))


@given(lines, st.integers(0, 200), st.sampled_from(SKINS))
def test_a_strip_has_exactly_its_width_and_only_safe_text(line: Line, width: int, skin: str) -> None:
    made = strip(line, width, skin_for(skin, EXAMPLE))
    assert made.cell_length == width
    assert sum(cell_len(segment.text) for segment in made) == width
    for segment in made:
        assert segment.control is None
        assert display_safe(segment.text) == segment.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    made = strip(Line((Span(text),)), 400, skin_for(DARK))
    assert made.text.rstrip() == display_safe(text).rstrip()
    assert "\x1b" not in made.text
    assert "\n" not in made.text


def test_what_is_too_long_is_cropped_also_inside_a_wide_character() -> None:
    made = strip(Line((Span("ab"), Span("松本", Ink.BRIGHT), Span("never"))), 5, skin_for(DARK))
    assert made.text == "ab松 "
    assert made.cell_length == 5


def test_the_free_cells_have_the_ground_of_the_line() -> None:
    skin = skin_for(MONO, EXAMPLE)
    made = strip(Line((Span("FLASH", Ink.URGENT),), Ground.FLASH), 10, skin)
    assert [(segment.text, segment.style) for segment in made] == [
        ("FLASH", skin.style(Ink.URGENT, ground=Ground.FLASH)),
        ("     ", skin.ground(Ground.FLASH)),
    ]
    assert all(segment.style is not None and segment.style.reverse for segment in made)


def test_what_looks_alike_is_one_segment() -> None:
    skin = skin_for(MONO, EXAMPLE)
    made = strip(Line((Span("a", Ink.TEXT), Span(" "), Span("b", Ink.BRIGHT))), 6, skin)
    assert [segment.text for segment in made] == ["a ", "b", "   "]
