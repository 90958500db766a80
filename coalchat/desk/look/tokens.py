"""The colour tokens of the skins: what is not said by the security policy.

Rule 1: hue means classification, weight means attention: besides the levels' colours there are only one accent and the
orchid of exercises.
Rule 2: text, bright and muted have a contrast of 4.5:1 or better on every ground they stand on; `faint` and `rule` carry
nothing that has to be read.
"""

from __future__ import annotations

from typing import Final

from coalchat.record import record


@record
class Tokens:
    """Colours as 0xRRGGBB.

    Attributes:
        base, side, head, input, selected: grounds.
        flash, flash_text: the one bright block. exercise_ground: under text in `exercise`. exercise_fill: under `exercise_text`.
        neutral, neutral_text: fill of a level whose own colour will not do, and of what is unmarked.
        dark: the text is brighter than the ground.
        chips: a portion mark is a filled chip, for tints are not enough.
        flat: all grounds are one, so blocks are drawn an edge.
        tint: contrast of tinted text on `base`, at least.
    """

    base: int
    side: int
    head: int
    input: int
    text: int
    bright: int
    muted: int
    faint: int
    rule: int
    accent: int
    selected: int
    flash: int
    flash_text: int
    exercise: int
    exercise_ground: int
    exercise_fill: int
    exercise_text: int
    neutral: int
    neutral_text: int
    dark: bool
    chips: bool = False
    flat: bool = False
    tint: float


DARK: Final = Tokens(
    base=0x10151A,
    side=0x0B0F13,
    head=0x182028,
    input=0x1B242D,
    text=0xC9D2DA,
    bright=0xF5F8FA,
    muted=0x8D9CAA,
    faint=0x5C6975,
    rule=0x2C3844,
    accent=0x7FD8D4,
    selected=0x1F2C37,
    flash=0xF5F8FA,
    flash_text=0x0B0F13,
    exercise=0xF09CF0,
    exercise_ground=0x2C1236,
    exercise_fill=0xDB85E3,
    exercise_text=0x14041A,
    neutral=0x46525E,
    neutral_text=0xFFFFFF,
    dark=True,
    tint=8.0,
)

LIGHT: Final = Tokens(
    base=0xFBFBF8,
    side=0xF2F2ED,
    head=0xE6E8E3,
    input=0xECEEE9,
    text=0x262C32,
    bright=0x000000,
    muted=0x56616B,
    faint=0x8B949B,
    rule=0xC3C8C3,
    accent=0x00607F,
    selected=0xDFE8EA,
    flash=0x101418,
    flash_text=0xFFFFFF,
    exercise=0x8A1F94,
    exercise_ground=0xF8E3F8,
    exercise_fill=0xA12FAE,
    exercise_text=0xFFFFFF,
    neutral=0x5A646E,
    neutral_text=0xFFFFFF,
    dark=False,
    tint=6.5,
)

HIGH_CONTRAST: Final = Tokens(
    base=0x000000,
    side=0x000000,
    head=0x000000,
    input=0x000000,
    text=0xFFFFFF,
    bright=0xFFFFFF,
    muted=0xE4E4E4,
    faint=0xBDBDBD,
    rule=0xFFFFFF,
    accent=0x5FF2FF,
    selected=0x00343C,
    flash=0xFFE600,
    flash_text=0x000000,
    exercise=0xFFB8FF,
    exercise_ground=0x3D0042,
    exercise_fill=0xFF9CFF,
    exercise_text=0x000000,
    neutral=0x404040,
    neutral_text=0xFFFFFF,
    dark=True,
    chips=True,
    flat=True,
    tint=8.0,
)
