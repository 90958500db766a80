"""Skins: every ink on every ground has a style, and each keeps to its rules."""

from __future__ import annotations

from itertools import product

import pytest
from rich.style import Style

from coalchat.desk.look.colour import contrast
from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.look.levels import READABLE
from coalchat.desk.look.skin import DARK, HIGH_CONTRAST, LIGHT, MONO, SKINS, Skin, skin_for
from coalchat.desk.model.views import UNMARKED
from coalchat.desk.paint.ink import Ground, Ink
from tests.desk.look.policy import EXAMPLE

COLOURED = [DARK, LIGHT, HIGH_CONTRAST]
EVERY = list(product(Ink, (UNMARKED, 0, 3, 99), Ground, (UNMARKED, 2, 99)))
DECORATION = {Ink.FAINT, Ink.RULE}
"""Never needed to understand."""


def styles(skin: Skin) -> list[tuple[Ink | None, Style]]:
    found: list[tuple[Ink | None, Style]] = [
        (ink, skin.style(ink, level, ground, ground_level)) for ink, level, ground, ground_level in EVERY
    ]
    return found + [(None, skin.ground(ground, level)) for ground, level in product(Ground, (UNMARKED, 2, 99))]


def number(style: Style, *, behind: bool) -> int:
    colour = style.bgcolor if behind else style.color
    assert colour is not None
    assert colour.triplet is not None
    red, green, blue = colour.triplet
    return red << 16 | green << 8 | blue


@pytest.mark.parametrize("name", COLOURED)
@pytest.mark.parametrize("levels", [EXAMPLE, ()])
def test_all_that_has_to_be_read_can_be(name: str, levels: tuple[object, ...]) -> None:
    for ink, style in styles(skin_for(name, EXAMPLE if levels else ())):
        if ink not in DECORATION:
            assert contrast(number(style, behind=False), number(style, behind=True)) >= READABLE, ink


@pytest.mark.parametrize("ascii_only", [True, False])
def test_mono_has_no_colour_at_all(ascii_only: bool) -> None:
    skin = skin_for(MONO, EXAMPLE, ascii_only)
    for _, style in styles(skin):
        assert style.color is None
        assert style.bgcolor is None


def test_mono_says_with_attributes_what_the_others_say_with_colour() -> None:
    mono = skin_for(MONO, EXAMPLE)
    assert mono.ground(Ground.BANNER, 2).reverse
    assert not mono.ground(Ground.BANNER, UNMARKED).reverse
    assert mono.ground(Ground.FLASH).reverse
    assert mono.style(Ink.FILL, 2).reverse
    assert mono.style(Ink.NOW).reverse
    assert mono.style(Ink.BRIGHT).bold
    assert not mono.style(Ink.MUTED).bold
    assert not mono.style(Ink.EXERCISE, ground=Ground.BANNER, ground_level=2).reverse
    assert mono.style(Ink.REMARK).italic
    assert mono.style(Ink.URGENT).underline


@pytest.mark.parametrize("name", SKINS)
def test_dim_and_blink_are_never_used(name: str) -> None:
    assert not any(style.dim or style.blink or style.blink2 for _, style in styles(skin_for(name, EXAMPLE)))


@pytest.mark.parametrize("name", SKINS)
def test_attention_is_bold_and_what_is_fine_is_not(name: str) -> None:
    skin = skin_for(name, EXAMPLE)
    for ground in (Ground.BASE, Ground.SIDE, Ground.INPUT, Ground.SELECTED):
        assert skin.style(Ink.BRIGHT, ground=ground).bold
        assert not skin.style(Ink.TEXT, ground=ground).bold
        assert not skin.style(Ink.MUTED, ground=ground).bold


@pytest.mark.parametrize("name", COLOURED)
def test_nothing_stands_out_of_the_flash_band_or_shares_its_ground(name: str) -> None:
    skin = skin_for(name, EXAMPLE)
    band = number(skin.ground(Ground.FLASH), behind=True)
    for ink, level, ground, ground_level in EVERY:
        behind = number(skin.style(ink, level, ground, ground_level), behind=True)
        if ground is Ground.FLASH or (ink in {Ink.NOW, Ink.FLASH} and ground is not Ground.BANNER):
            assert behind == band
        else:
            assert behind != band


def test_a_portion_mark_is_tinted_and_in_high_contrast_a_chip() -> None:
    dark, high = skin_for(DARK, EXAMPLE), skin_for(HIGH_CONTRAST, EXAMPLE)
    assert number(dark.style(Ink.MARK, 2), behind=True) == number(dark.ground(Ground.BASE), behind=True)
    assert number(dark.style(Ink.MARK, 2), behind=False) == dark.levels[2].tint
    assert number(high.style(Ink.MARK, 2), behind=True) == high.levels[2].fill
    assert number(dark.ground(Ground.BANNER, 2), behind=True) == 0xA3172C


def test_a_level_that_the_policy_does_not_have_is_neutral() -> None:
    skin = skin_for(DARK, EXAMPLE)
    assert skin.style(Ink.FILL, 99) == skin.style(Ink.FILL, UNMARKED)
    assert skin.style(Ink.MARK, 99) == skin.style(Ink.MARK, UNMARKED)
    assert skin.ground(Ground.BANNER, 99) == skin.ground(Ground.BANNER, UNMARKED)


def test_where_grounds_look_alike_blocks_get_an_edge() -> None:
    assert skin_for(DARK).glyphs == UNICODE
    assert skin_for(LIGHT, ascii_only=True).glyphs == ASCII
    assert [skin_for(name).glyphs.flat for name in SKINS] == [False, False, True, True]
    assert skin_for(MONO, ascii_only=True).glyphs.edge == "-"


def test_there_is_no_skin_of_another_name() -> None:
    with pytest.raises(ValueError, match=r"no skin is called 'sepia'; there are dark, light, high-contrast, mono"):
        skin_for("sepia")
