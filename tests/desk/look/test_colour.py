"""Colour arithmetic against published values, and back and forth without loss."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.desk.look.colour import BLACK, WHITE, contrast, distance, hex_text, luminance, shade

colours = st.integers(0, 0xFFFFFF)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        (WHITE, BLACK, 21.0),
        (0x777777, WHITE, 4.48),
        (0xC9D2DA, 0x10151A, 12.0),
        (0xFF0000, WHITE, 4.0),
        (BLACK, BLACK, 1.0),
    ],
)
def test_contrast_is_that_of_wcag(one: int, other: int, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.05)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    # From the CIELAB values of the primaries: red 53.24 80.09 67.20, green 87.73 -86.18 83.18, blue 32.30 79.19 -107.86.
    [(0xFF0000, 0x00FF00, 170.6), (0xFF0000, 0x0000FF, 176.3), (WHITE, BLACK, 100.0), (0x123456, 0x123456, 0.0)],
)
def test_distance_is_cie76(one: int, other: int, far: float) -> None:
    assert distance(one, other) == distance(other, one) == pytest.approx(far, abs=0.1)


def test_red_in_oklch_is_what_its_author_published() -> None:
    red = shade(0xFF0000)
    assert red.lightness == pytest.approx(0.628, abs=0.001)
    assert red.chroma == pytest.approx(0.2577, abs=0.001)
    assert math.degrees(red.hue) == pytest.approx(29.23, abs=0.1)


@given(colours)
def test_a_colour_survives_being_taken_apart(colour: int) -> None:
    again = shade(colour).colour()
    assert distance(colour, again) < 1.5


@given(colours, st.floats(0, 1), st.floats(0, 0.4), st.floats(-180, 180))
def test_every_shade_is_a_colour(colour: int, lightness: float, chroma: float, turn: float) -> None:
    own = shade(colour).turned(turn)
    found = type(own)(lightness, chroma, own.hue).colour()
    assert 0 <= found <= 0xFFFFFF
    if lightness > 0.1:
        # Darker than that, one step of a channel is a large step of lightness.
        assert abs(shade(found).lightness - lightness) < 0.02


def test_what_a_style_sheet_reads() -> None:
    assert hex_text(0x1D6B49) == "#1d6b49"
    assert hex_text(0) == "#000000"
    assert luminance(WHITE) == pytest.approx(1.0)
    assert luminance(BLACK) == 0.0
