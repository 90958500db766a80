"""Colours as numbers: contrast (WCAG 2), distance (CIE76), and lightness and chroma at one hue (OKLCH).

Rule 1: a colour is 0xRRGGBB, as a security policy writes it.
Rule 2: pure arithmetic; which colour is good enough is said in `levels` and `tokens`.
"""

from __future__ import annotations

import math
from typing import Final

from coalchat.record import evolve, record

WHITE: Final = 0xFFFFFF
BLACK: Final = 0x000000
_D65: Final = (0.95047, 1.0, 1.08883)
"""The reference white of sRGB."""
_STEPS: Final = 20
"""Halvings of an interval: finer than one part in 255."""


def hex_text(colour: int) -> str:
    """`#1d6b49`."""
    return f"#{colour:06x}"


def channels(colour: int) -> tuple[int, int, int]:
    """Red, green, blue, 0 to 255."""
    return colour >> 16 & 0xFF, colour >> 8 & 0xFF, colour & 0xFF


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _encoded(light: float) -> float:
    return light * 12.92 if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)


def _light(colour: int) -> tuple[float, float, float]:
    red, green, blue = (_linear(channel / 255) for channel in channels(colour))
    return red, green, blue


def luminance(colour: int) -> float:
    """Relative luminance, 0 to 1."""
    red, green, blue = _light(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: int, other: int) -> float:
    """Contrast ratio, 1 to 21."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _lab(colour: int) -> tuple[float, float, float]:
    red, green, blue = _light(colour)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / _D65[0]
    y = (0.2126729 * red + 0.7151522 * green + 0.0721750 * blue) / _D65[1]
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / _D65[2]
    fx, fy, fz = (math.cbrt(value) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116 for value in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: int, other: int) -> float:
    """How far two colours are apart for the eye (CIE76): 0 to about 100; below 2 nobody sees it."""
    return math.dist(_lab(one), _lab(other))


@record(kw_only=False)
class Shade:
    """A colour as the eye takes it apart (OKLCH): lightness 0 to 1, chroma from 0 (grey) up, hue in radians."""

    lightness: float
    chroma: float
    hue: float

    def turned(self, degrees: float) -> Shade:
        return evolve(self, hue=self.hue + math.radians(degrees))

    def colour(self) -> int:
        """The nearest that a screen can show, at the same lightness and hue: of less chroma where it must be."""
        if (exact := self._within(self.chroma)) is not None:
            return exact
        low, high = 0.0, self.chroma
        best = self._within(low)
        for _ in range(_STEPS):
            middle = (low + high) / 2
            if (found := self._within(middle)) is None:
                high = middle
            else:
                low, best = middle, found
        return best if best is not None else (WHITE if self.lightness >= 1 else BLACK)

    def _within(self, chroma: float) -> int | None:
        a, b = chroma * math.cos(self.hue), chroma * math.sin(self.hue)
        long = (self.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (self.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (self.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        light = (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )
        if not all(-1e-4 <= value <= 1 + 1e-4 for value in light):
            return None
        red, green, blue = (round(_encoded(min(max(value, 0.0), 1.0)) * 255) for value in light)
        return red << 16 | green << 8 | blue


def shade(colour: int) -> Shade:
    """A colour's lightness, chroma and hue."""
    red, green, blue = _light(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Shade(0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short, math.hypot(a, b), math.atan2(b, a))
