"""Skins: what ink on a ground looks like, in colours or in attributes alone.

Rule 1: a skin decides looks and nothing else: no width, no word and no position depends on it, only the glyphs do.
Rule 2: on the FLASH band and on a banner every ink is the band's, so nothing can stand out of them.
Rule 3: `mono` has no colour at all: reverse is a banner, a chip, FLASH; bold is attention; bars in the gutter do the rest.
Rule 4: the attribute "dim" is never used: many terminals show it as nothing, or as nothing readable.
Rule 5: the first picture is painted before Textual is there: nothing here needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rich.color import Color
from rich.style import Style

from coalchat.api.nouns import Level
from coalchat.desk.look.colour import channels
from coalchat.desk.look.glyphs import ASCII, UNICODE, Glyphs
from coalchat.desk.look.levels import LevelColours, level_colours
from coalchat.desk.look.tokens import DARK as DARK_TOKENS
from coalchat.desk.look.tokens import HIGH_CONTRAST as HIGH_CONTRAST_TOKENS
from coalchat.desk.look.tokens import LIGHT as LIGHT_TOKENS
from coalchat.desk.look.tokens import Tokens
from coalchat.desk.model.views import UNMARKED
from coalchat.desk.paint.ink import Ground, Ink
from coalchat.record import evolve, field, record

DARK: Final = "dark"
LIGHT: Final = "light"
HIGH_CONTRAST: Final = "high-contrast"
MONO: Final = "mono"
SKINS: Final = (DARK, LIGHT, HIGH_CONTRAST, MONO)
"""Names of the skins."""

_BOLD: Final = frozenset({Ink.BRIGHT, Ink.CAPS, Ink.ACCENT, Ink.URGENT, Ink.NOW, Ink.FILL, Ink.FLASH, Ink.EXERCISE})
"""Weight means attention."""

_Make = Callable[[Ink, int, Ground, int], Style]


@record(eq=False)
class Skin:
    """One look of the desk.

    Attributes:
        tokens: none in `mono`.
        levels: colours of the policy's levels, by index; empty before a policy is known.
    """

    name: str
    glyphs: Glyphs
    tokens: Tokens | None
    levels: tuple[LevelColours, ...] = ()
    _styles: dict[tuple[Ink | None, int, Ground, int], Style] = field(factory=dict, init=False, repr=False)

    def style(
        self, ink: Ink, level: int = UNMARKED, ground: Ground = Ground.BASE, ground_level: int = UNMARKED
    ) -> Style:
        """How a span looks: `level` of its ink, on a ground of `ground_level`."""
        return self._style(ink, level, ground, ground_level)

    def ground(self, ground: Ground, level: int = UNMARKED) -> Style:
        """How the free cells of a line look."""
        return self._style(None, UNMARKED, ground, level)

    def _style(self, ink: Ink | None, level: int, ground: Ground, ground_level: int) -> Style:
        key = (ink, level, ground, ground_level)
        if (found := self._styles.get(key)) is None:
            if self.tokens is None:
                found = _plain(ink, ground, marked=ground_level != UNMARKED)
            else:
                found = _coloured(self.tokens, self.levels, key)
            self._styles[key] = found
        return found


def skin_for(name: str, levels: tuple[Level, ...] = (), ascii_only: bool = False) -> Skin:
    """A skin by its name.

    Args:
        levels: of the security policy; none before it is known: everything is then marked in neutral grey.
        ascii_only: glyphs of ASCII alone, where the terminal has no others.

    Raises:
        ValueError: there is no skin of that name.
    """
    if name not in SKINS:
        raise ValueError(f"no skin is called {name!r}; there are {', '.join(SKINS)}")
    tokens = {DARK: DARK_TOKENS, LIGHT: LIGHT_TOKENS, HIGH_CONTRAST: HIGH_CONTRAST_TOKENS}.get(name)
    glyphs = ASCII if ascii_only else UNICODE
    if tokens is None or tokens.flat:
        glyphs = evolve(glyphs, edge=glyphs.rule)
    return Skin(name=name, glyphs=glyphs, tokens=tokens, levels=level_colours(levels, tokens) if tokens else ())


# --- in colours ---


def _coloured(tokens: Tokens, levels: tuple[LevelColours, ...], key: tuple[Ink | None, int, Ground, int]) -> Style:
    ink, level, ground, ground_level = key
    filled = levels[ground_level] if 0 <= ground_level < len(levels) else None
    if ground is Ground.FLASH:
        return _pair(tokens.flash_text, tokens.flash, bold=True, underline=ink in {Ink.URGENT, Ink.NOW})
    if ground is Ground.BANNER and ink is not Ink.EXERCISE:
        text, fill = (filled.text, filled.fill) if filled else (tokens.bright, tokens.head)
        return _pair(text, fill, bold=ink in _BOLD)
    if ink is Ink.EXERCISE and ground in {Ground.BANNER, Ground.EXERCISE}:
        return _pair(tokens.exercise_text, tokens.exercise_fill, bold=True)
    if ink in {Ink.NOW, Ink.FLASH}:
        return _pair(tokens.flash_text, tokens.flash, bold=True)
    own = levels[level] if 0 <= level < len(levels) else None
    if ink is Ink.FILL or (ink is Ink.MARK and tokens.chips):
        text, fill = (own.text, own.fill) if own else (tokens.neutral_text, tokens.neutral)
        return _pair(text, fill, bold=True)
    behind = _behind(tokens, ground)
    if ink is Ink.WELL:
        return _pair(tokens.text, tokens.base, underline=tokens.flat)
    if ink is Ink.MARK:
        return _pair(own.tint if own else tokens.muted, behind)
    return _pair(_text(tokens, ink), behind, bold=ink in _BOLD, italic=ink is Ink.REMARK, underline=ink is Ink.URGENT)


def _behind(tokens: Tokens, ground: Ground) -> int:
    return {
        Ground.BASE: tokens.base,
        Ground.SIDE: tokens.side,
        Ground.HEAD: tokens.head,
        Ground.INPUT: tokens.input,
        Ground.SELECTED: tokens.selected,
        Ground.EXERCISE: tokens.exercise_ground,
    }[ground]


def _text(tokens: Tokens, ink: Ink | None) -> int:
    match ink:
        case Ink.BRIGHT | Ink.URGENT:
            return tokens.bright
        case Ink.MUTED | Ink.CAPS | Ink.REMARK:
            return tokens.muted
        case Ink.FAINT:
            return tokens.faint
        case Ink.RULE:
            return tokens.rule
        case Ink.ACCENT | Ink.ACCENT_PLAIN:
            return tokens.accent
        case Ink.EXERCISE:
            return tokens.exercise
        case _:
            return tokens.text


def _pair(text: int, behind: int, *, bold: bool = False, italic: bool = False, underline: bool = False) -> Style:
    # Absent is None, not False: a style says only what it adds.
    return Style(
        color=Color.from_rgb(*channels(text)),
        bgcolor=Color.from_rgb(*channels(behind)),
        bold=bold or None,
        italic=italic or None,
        underline=underline or None,
    )


# --- in attributes alone ---


def _plain(ink: Ink | None, ground: Ground, *, marked: bool) -> Style:
    band = ground is Ground.FLASH or (ground is Ground.BANNER and marked)
    if ground is Ground.BANNER and ink is Ink.EXERCISE:
        # A banner is reversed: what must differ from it is not.
        return Style(bold=True, reverse=not marked or None)
    reverse = band or ink in {Ink.NOW, Ink.FILL, Ink.FLASH} or (ink is Ink.EXERCISE and ground is Ground.EXERCISE)
    return Style(
        bold=ink in _BOLD or ink is Ink.ACCENT_PLAIN or ground is Ground.FLASH or None,
        italic=ink is Ink.REMARK or None,
        underline=ink in {Ink.URGENT, Ink.WELL} or (band and ink is Ink.NOW) or None,
        reverse=reverse or None,
    )
