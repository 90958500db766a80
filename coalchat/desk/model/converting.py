"""Grid references made of degrees, and degrees of grid references (SPEC 8.12): for the eye, and for the grid that is drawn.

Rule 1: what is converted is shown beside what was sent, as "about", and is never sent, kept or measured by.
Rule 2: it has no more figures than what it was made of says.
Rule 3: without the library (`coalchat[grid]`) there is nothing to show, and all else goes on.

On WGS 84. Nobody waits for the library at the start: it is imported with the first position that is converted.
"""

from __future__ import annotations

import warnings
from functools import cache, lru_cache
from typing import Any, Final

from protocol.messages.place import SQUARE, Grid, degrees_of, exactness, grid_of, spaced_place

KEPT: Final = 4_096
"""Conversions that are kept: a map is painted at each key."""
_FIGURES: Final = 5
"""Of easting and of northing, at one metre."""


@cache
def _library() -> Any:
    """The converter; none: it is not installed."""
    try:
        import mgrs  # noqa: PLC0415  # nobody waits for it before a position is converted
    except ImportError:
        return None
    return mgrs


@lru_cache(KEPT)
def drawn_at(written: str) -> Grid | None:
    """Where a written position lies on its zone's grid; none: near a pole, or it cannot be converted."""
    return grid_of(written) or _grid(written, _FIGURES)


@lru_cache(KEPT)
def other_form(written: str) -> str:
    """The other kind of coordinates, "about 31U DQ 4825 1193"; "": there is none."""
    if degrees_of(written) is not None:
        figures = _figures(exactness(written))
        grid = _grid(written, figures) if figures else None
        return "" if grid is None else f"about {spaced_place(grid.zone + grid.square + grid.digits)}"
    grid = grid_of(written)
    return "" if grid is None else _degrees(grid)


def _figures(metres: int) -> int:
    """So many of each as say no more than that it lies within these metres."""
    return next((figures for figures in range(_FIGURES, 0, -1) if SQUARE // 10**figures * 2 > metres), 0)


def _grid(written: str, figures: int) -> Grid | None:
    place, library = degrees_of(written), _library()
    if place is None or library is None:
        return None
    try:
        return grid_of(library.MGRS().toMGRS(*place, MGRSPrecision=figures).removeprefix("0"))
    except library.core.MGRSError:
        return None


def _degrees(grid: Grid) -> str:
    """The middle of what a reference means."""
    library = _library()
    if library is None:
        return ""
    half = grid.size // 2
    middle = f"{(grid.east + half) % SQUARE:05}{(grid.north + half) % SQUARE:05}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a square that reaches over its band: so does what was sent
            north, east = library.MGRS().toLatLon(grid.zone + grid.square + middle)
    except library.core.MGRSError:
        return ""
    decimals = len(grid.digits) // 2
    return (
        f"about {abs(north):.{decimals}f}{'S' if north < 0 else 'N'} {abs(east):.{decimals}f}{'W' if east < 0 else 'E'}"
    )
