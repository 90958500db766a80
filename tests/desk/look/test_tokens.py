"""The tokens of each skin can be read on every ground they stand on."""

from __future__ import annotations

import pytest

from coalchat.desk.look.colour import contrast, distance
from coalchat.desk.look.levels import APART, READABLE
from coalchat.desk.look.tokens import DARK, HIGH_CONTRAST, LIGHT, Tokens

SKINS = [DARK, LIGHT, HIGH_CONTRAST]


@pytest.mark.parametrize("tokens", SKINS)
@pytest.mark.parametrize("ink", ["text", "bright", "muted", "accent"])
@pytest.mark.parametrize("ground", ["base", "side", "head", "input", "selected"])
def test_text_can_be_read_on_every_ground(tokens: Tokens, ink: str, ground: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= READABLE


@pytest.mark.parametrize("tokens", SKINS)
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("flash_text", "flash"),
        ("exercise_text", "exercise_fill"),
        ("exercise", "exercise_ground"),
        ("neutral_text", "neutral"),
        ("bright", "head"),
    ],
)
def test_bands_and_chips_can_be_read(tokens: Tokens, ink: str, ground: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= READABLE


@pytest.mark.parametrize("tokens", SKINS)
def test_the_two_hues_that_are_ours_are_apart(tokens: Tokens) -> None:
    assert distance(tokens.accent, tokens.exercise) >= APART


@pytest.mark.parametrize("tokens", SKINS)
def test_the_flash_band_stands_out_of_all_other_grounds(tokens: Tokens) -> None:
    for ground in (tokens.base, tokens.side, tokens.head, tokens.input, tokens.selected):
        assert contrast(tokens.flash, ground) >= 10


def test_high_contrast_has_one_ground_and_no_pale_text() -> None:
    assert {HIGH_CONTRAST.base, HIGH_CONTRAST.side, HIGH_CONTRAST.head, HIGH_CONTRAST.input} == {0}
    assert contrast(HIGH_CONTRAST.muted, HIGH_CONTRAST.base) >= 15
