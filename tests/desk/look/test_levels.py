"""The levels' colours: readable, apart from each other and from everything else, or neutral."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.api.nouns import Level
from coalchat.desk.look.colour import contrast, distance
from coalchat.desk.look.levels import APART, READABLE, level_colours
from coalchat.desk.look.tokens import DARK, HIGH_CONTRAST, LIGHT, Tokens
from tests.desk.look.policy import EXAMPLE, level

SKINS = [DARK, LIGHT, HIGH_CONTRAST]
TARGETS = {DARK: (0x93CF7D, 0x84A0FF, 0xF28B95, 0xF2B155), LIGHT: (0x17633F, 0x1C4890, 0x9C1228, 0x8A5200)}


@pytest.mark.parametrize("tokens", SKINS)
def test_each_level_of_the_example_policy_keeps_a_colour_of_its_own(tokens: Tokens) -> None:
    colours = level_colours(EXAMPLE, tokens)
    assert all(colour.tint != tokens.muted and colour.fill != tokens.neutral for colour in colours)
    for one, other in combinations(colours, 2):
        assert distance(one.tint, other.tint) >= APART
        assert distance(one.fill, other.fill) >= APART
    for colour in colours:
        assert distance(colour.tint, tokens.accent) >= APART
        assert distance(colour.tint, tokens.exercise) >= APART
        assert distance(colour.fill, tokens.exercise_fill) >= APART


@pytest.mark.parametrize("tokens", [DARK, LIGHT])
def test_fills_are_the_policys_and_tints_come_near_to_those_designed(tokens: Tokens) -> None:
    colours = level_colours(EXAMPLE, tokens)
    assert [colour.fill for colour in colours] == [each.background for each in EXAMPLE]
    assert [colour.text for colour in colours] == [each.foreground for each in EXAMPLE]
    for colour, target in zip(colours, TARGETS[tokens], strict=True):
        assert distance(colour.tint, target) < APART


def test_high_contrast_has_fuller_fills() -> None:
    for colour, each in zip(level_colours(EXAMPLE, HIGH_CONTRAST), EXAMPLE, strict=True):
        assert contrast(colour.text, colour.fill) >= 7
        assert distance(colour.fill, each.background) < APART


levels = st.lists(
    st.builds(level, st.just("X"), st.just("X"), st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF)), max_size=6
)


@given(levels, st.sampled_from(SKINS))
def test_whatever_a_policy_asks_for_can_be_read_and_told_apart(some: list[Level], tokens: Tokens) -> None:
    colours = level_colours(tuple(some), tokens)
    assert len(colours) == len(some)
    for colour in colours:
        assert contrast(colour.text, colour.fill) >= READABLE
        for ground in (tokens.base, tokens.side, tokens.head, tokens.input, tokens.selected):
            assert contrast(colour.tint, ground) >= READABLE
    own = [colour for colour in colours if colour.tint != tokens.muted]
    assert all(distance(one.tint, other.tint) >= APART for one, other in combinations(own, 2))
    filled = [colour for colour in colours if colour.fill != tokens.neutral]
    assert all(distance(one.fill, other.fill) >= APART for one, other in combinations(filled, 2))


@pytest.mark.parametrize("tokens", SKINS)
def test_a_level_that_looks_like_another_or_cannot_be_read_is_neutral(tokens: Tokens) -> None:
    twin = level("TWIN", "T", 0xFFFFFF, 0xA3172C)
    pale = level("PALE", "P", 0xFFFFFF, 0xFFFF80)
    grey = level("CLEAR", "C", 0xFFFFFF, 0x333333)
    orchid = level("ORCHID", "O", 0x000000, tokens.exercise_fill)
    _, second, unreadable, clear, played = level_colours((EXAMPLE[2], twin, pale, grey, orchid), tokens)
    assert (second.fill, second.text) == (tokens.neutral, tokens.neutral_text)
    assert played.fill == tokens.neutral
    assert clear.tint == tokens.muted
    if not tokens.chips:
        # High contrast moves the fill until it can be read.
        assert unreadable.fill == tokens.neutral
