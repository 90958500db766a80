"""Places (SPEC 8.12): the written form of a position in a report, as a grid reference or as latitude and longitude.

A grid reference (MGRS) is a zone and band, the two letters of a 100 km square, and two to ten digits, half for the easting:
`31UDQ48251193`. Latitude and longitude are decimal degrees: `51.5074N 0.1278W`. What was typed as one is not made the
other: the digits say how exact it is.

Rule 1: a reference must be of a square that there is: column by the zone, row by the zone and the band.
Rule 2: between two references of one zone there is plain arithmetic, in metres of the zone's own grid; nothing here turns
one into degrees. Near the poles (bands A, B, Y, Z) a reference is taken as it is written.
"""

from __future__ import annotations

import re
from math import hypot
from typing import Final

import attrs

from protocol.base.errors import DecodeError

HOW: Final = "must be a grid reference as 31UDQ48251193, or as 51.5074N 0.1278W"

SQUARE: Final = 100_000
"""Metres of a side."""
_CYCLE: Final = 20 * SQUARE
"""Metres northwards after which the row letters begin anew."""

_GRID = re.compile(r"(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])(\d*)", re.ASCII)
_POLAR = re.compile(r"([ABYZ])([A-HJ-NP-Z])([A-HJ-NP-Z])(\d*)", re.ASCII)
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
# Where each band begins, in hundreds of kilometres of northing; the southern ones count from 10,000 km at the equator.
_BEGINS = (11, 20, 28, 37, 46, 55, 64, 73, 82, 91, 0, 8, 17, 26, 35, 44, 53, 62, 70, 79)
_ENDS = (*_BEGINS[1:10], 100, *_BEGINS[11:], 94)
_NO_ZONES = frozenset({(32, "X"), (34, "X"), (36, "X")})

_ANGLE = r"(\d{1,3}(?:\.\d{1,6})?)(?:\s*[°\- ]\s*(\d{1,2}(?:\.\d{1,4})?)(?:\s*['\u2032\- ]\s*(\d{1,2}(?:\.\d{1,2})?)\s*[\"\u2033]?)?\s*['\u2032]?)?\s*°?\s*"
_DEGREES = re.compile(rf"{_ANGLE}([NS])[\s,/]*{_ANGLE}([EW])", re.ASCII)
_SIGNED = re.compile(r"([+-]?\d{1,2}(?:\.\d{1,6})?)[\s,/]+([+-]?\d{1,3}(?:\.\d{1,6})?)", re.ASCII)
_WRITTEN = re.compile(r"(\d{1,2}(?:\.\d{1,6})?)([NS]) (\d{1,3}(?:\.\d{1,6})?)([EW])", re.ASCII)
_METRES_OF_A_DEGREE = 111_000


@attrs.frozen
class Grid:
    """A grid reference taken apart.

    Attributes:
        zone: number and band, e.g. "31U". square: two letters. digits: of easting and northing, as written.
        east, north: metres in the zone's grid of the south-west corner of what is meant. size: metres of its side.
    """

    zone: str
    square: str
    digits: str
    east: int
    north: int
    size: int

    @property
    def number(self) -> int:
        """The zone without its band: within one all metres are of one grid."""
        return int(self.zone[:-1])


def written_place(text: str) -> str:
    """The written form of a position.

    Raises:
        DecodeError: there is no such place, or it is neither form; says which part.
    """
    given = text.strip().upper()
    compact = "".join(given.split())
    if grid := _GRID.fullmatch(compact):
        _grid(grid)
        return compact.removeprefix("0")
    if polar := _POLAR.fullmatch(compact):
        _check_digits(polar[4])
        return compact
    if signed := _SIGNED.fullmatch(given):
        return _degrees([(signed[1].lstrip("+-"), "", "", "S" if signed[1][0] == "-" else "N"),
                         (signed[2].lstrip("+-"), "", "", "W" if signed[2][0] == "-" else "E")])  # fmt: skip
    if angles := _DEGREES.fullmatch(given):
        parts = [part or "" for part in angles.groups()]
        return _degrees([(parts[0], parts[1], parts[2], parts[3]), (parts[4], parts[5], parts[6], parts[7])])
    raise DecodeError(HOW)


def grid_of(written: str) -> Grid | None:
    """A written grid reference taken apart; none: it is no such reference, or one near a pole."""
    match = _GRID.fullmatch(written)
    try:
        return None if match is None else _grid(match)
    except DecodeError:
        return None


def degrees_of(written: str) -> tuple[float, float] | None:
    """Latitude and longitude, north and east positive; none: it is not written so."""
    match = _WRITTEN.fullmatch(written)
    if match is None:
        return None
    north, east = float(match[1]), float(match[3])
    return (-north if match[2] == "S" else north, -east if match[4] == "W" else east)


def exactness(written: str) -> int:
    """Metres within which a written position is meant; 0: not said."""
    if match := _WRITTEN.fullmatch(written):
        return max(1, round(_METRES_OF_A_DEGREE * 0.1 ** len(match[1].partition(".")[2])))
    match = _GRID.fullmatch(written) or _POLAR.fullmatch(written)
    if match is None:
        return 0
    parts: int = len(match[match.lastindex or 0]) // 2
    return int(SQUARE // 10**parts)


def spaced_place(written: str) -> str:
    """A written position as people read it: `31U DQ 4825 1193`."""
    match = _GRID.fullmatch(written)
    if match is not None:
        head = [match[1] + match[2], match[3] + match[4]]
    else:
        match = _POLAR.fullmatch(written)
        if match is None:
            return written
        head = [match[1], match[2] + match[3]]
    digits = match[match.lastindex or 0]
    half = len(digits) // 2
    return " ".join([*head, digits[:half], digits[half:]])


def metres_between(one: str, other: str) -> int | None:
    """Metres from one written grid reference to another of the same zone; none: there is no plain arithmetic for it."""
    a, b = grid_of(one), grid_of(other)
    if a is None or b is None or a.number != b.number:
        return None
    half = (a.size - b.size) / 2
    return round(hypot(a.east - b.east + half, a.north - b.north + half))


# --- grid references ---


def _check_digits(digits: str) -> None:
    if len(digits) % 2 or not 2 <= len(digits) <= 10:
        raise DecodeError(f"must have 2, 4, 6, 8 or 10 figures, not {len(digits)}")


def _grid(match: re.Match[str]) -> Grid:
    zone, band, column, row, digits = match.groups()
    number = int(zone)
    if not 1 <= number <= 60 or (number, band) in _NO_ZONES:
        raise DecodeError(f"no zone {zone}{band}")
    _check_digits(digits)
    columns = _COLUMNS[(number - 1) % 3]
    if column not in columns:
        raise DecodeError(f"no square {column}{row} in zone {number}")
    half = len(digits) // 2
    size = SQUARE // 10**half
    # Rows of even zones begin five letters further on.
    of_cycle = (_ROWS.index(row) - (0 if number % 2 else 5)) % 20 * SQUARE
    place = _BANDS.index(band)
    least, most = _BEGINS[place] * SQUARE, _ENDS[place] * SQUARE
    north = of_cycle + max(0, -(-(least - of_cycle) // _CYCLE)) * _CYCLE
    if north > most:
        raise DecodeError(f"no square {column}{row} in band {band} of zone {number}")
    east = (columns.index(column) + 1) * SQUARE
    return Grid(
        f"{number}{band}",
        column + row,
        digits,
        east + int(digits[:half]) * size,
        north + int(digits[half:]) * size,
        size,
    )


# --- degrees ---


def _degrees(angles: list[tuple[str, str, str, str]]) -> str:
    names, bounds = ("latitude", "longitude"), (90, 180)
    return " ".join(_angle(*angle, name, most) for angle, name, most in zip(angles, names, bounds, strict=True))


def _angle(degrees: str, minutes: str, seconds: str, side: str, name: str, most: int) -> str:
    for part, word in ((minutes, "minute"), (seconds, "second")):
        if part and float(part) >= 60:
            raise DecodeError(f"no {word} {part}")
    if minutes and "." in degrees:
        raise DecodeError(HOW)
    value = float(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    if value > most:
        raise DecodeError(f"no {name} {degrees}")
    if not minutes:
        whole, _, part = degrees.partition(".")
        return f"{int(whole)}{'.' if part else ''}{part}{side}"
    places = 5 if seconds or "." in minutes else 3
    return f"{value:.{places}f}{side}"
