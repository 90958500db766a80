"""The colours of a security policy's levels: fills for banner and chips, tints for portion marks (SPEC 5.1).

Rule 1: a policy names a fill and the text on it. The tint is the fill's hue, at the lightness that can be read on the
skin's ground.
Rule 2: no level may look like another one, like the accent, or like an exercise: colours that are nearer than `APART` give
way. A tint first turns its hue a little; what still fails is neutral, and the printed word alone says what it is.
Rule 3: text on a fill has a contrast of at least `READABLE`, or the fill is neutral.
"""

from __future__ import annotations

from typing import Final

from coalchat.api.nouns import Level
from coalchat.desk.look.colour import Shade, contrast, distance, shade
from coalchat.desk.look.tokens import Tokens
from coalchat.record import evolve, record

READABLE: Final = 4.5
"""WCAG 2, level AA."""
APART: Final = 30.0
"""CIE76. Found by eye: below it two tints of one word are taken for each other."""
_WELL_APART: Final = 36.0
"""What is tried first."""
_TURNS: Final = (0, -10, 10, -20, 20, -30, 30)
"""Degrees by which a tint's hue may give way."""
_GREY: Final = 0.02
"""A chroma below this is no hue."""
_TINT_CHROMA: Final = 0.13
"""Pale enough not to shout on a dark ground."""
_FULL_CHROMA: Final = 0.4
"""More than any screen can show: the most that it can."""
_STEP: Final = 0.005


@record(kw_only=False)
class LevelColours:
    """Of one level: text on its fill, the fill, and the tint for text on the skin's ground."""

    text: int
    fill: int
    tint: int


def level_colours(levels: tuple[Level, ...], tokens: Tokens) -> tuple[LevelColours, ...]:
    """The colours of each level, by its index, in a skin."""
    fills = [tokens.exercise_fill, tokens.accent]
    tints = [tokens.exercise, tokens.accent]
    out: list[LevelColours] = []
    for level in levels:
        fill = _full(level) if tokens.chips else level.background
        if contrast(fill, level.foreground) >= READABLE and _apart(fill, fills, APART):
            fills.append(fill)
            text = level.foreground
        else:
            fill, text = tokens.neutral, tokens.neutral_text
        tint = _tint(level.background, tokens, tints)
        if tint is None:
            tint = tokens.muted
        else:
            tints.append(tint)
        out.append(LevelColours(text, fill, tint))
    return tuple(out)


def _apart(colour: int, others: list[int], least: float) -> bool:
    return all(distance(colour, other) >= least for other in others)


def _tint(background: int, tokens: Tokens, others: list[int]) -> int | None:
    own = shade(background)
    if own.chroma < _GREY:
        return None
    for least in (_WELL_APART, APART):
        for turn in _TURNS:
            colour = _readable(own.turned(turn), tokens)
            if _apart(colour, others, least):
                return colour
    return None


def _readable(own: Shade, tokens: Tokens) -> int:
    """The same hue, moved away from the ground until it can be read there."""
    tinted = evolve(own, chroma=min(own.chroma * 1.5, _TINT_CHROMA)) if tokens.dark else own
    return _moved(tinted, _STEP if tokens.dark else -_STEP, tokens.base, tokens.tint)


def _full(level: Level) -> int:
    """For high contrast: the fullest colour of the fill's hue, moved away from its text until that stands out."""
    full = shade(level.background)
    if full.chroma < _GREY:
        return level.background
    step = -_STEP if shade(level.foreground).lightness > full.lightness else _STEP
    return _moved(evolve(full, chroma=_FULL_CHROMA), step, level.foreground, 7)


def _moved(start: Shade, step: float, other: int, least: float) -> int:
    """The colour after the fewest steps of lightness that give this contrast; after all of them, if none does.

    Contrast grows on the way, so the way is halved again and again: walking it took a tenth of the desk's start.
    """
    low, high = 0, max(0, int(((1 - start.lightness) if step > 0 else start.lightness) / abs(step) - 1e-9))
    while low < high:
        middle = (low + high) // 2
        if contrast(_after(start, step * middle), other) < least:
            low = middle + 1
        else:
            high = middle
    return _after(start, step * low)


def _after(start: Shade, way: float) -> int:
    return evolve(start, lightness=start.lightness + way).colour()
