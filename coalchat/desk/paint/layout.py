"""Where the parts of the main screen stand, by the size of the terminal: pure (look: grid).

Rule 1: from 110 columns on there are three columns; below, the right one is a row above the hints; below 72 the list goes.
Rule 2: below 20 rows the hints go. Banners, notice, composer and what it withholds never do.
Rule 3: from 30 rows on there are blank rows, and the composer has rows of its own for label and readers.
"""

from __future__ import annotations

from typing import Final

from coalchat.record import record

WIDE: Final = 110
LISTED: Final = 72
HINTED: Final = 20
ROOMY: Final = 30
LIST_WIDE: Final = 24
LIST_NARROW: Final = 18
RAIL: Final = 28
LEAST: Final = 8
"""Rows below which even the row of the rail goes: a line of the timeline is worth more."""


@record(kw_only=False)
class Layout:
    """What is shown, and how wide. `list` is 0 where the list is hidden."""

    list: int
    rail: int
    rail_line: bool
    hints: bool
    roomy: bool

    @property
    def list_roomy(self) -> bool:
        """Whether the list has words and blank rows, or letters only."""
        return self.roomy and self.list > LIST_NARROW


def layout_for(width: int, height: int) -> Layout:
    """The layout of a terminal of this size."""
    wide = width >= WIDE
    return Layout(
        list=LIST_WIDE if wide else LIST_NARROW if width >= LISTED else 0,
        rail=RAIL if wide else 0,
        rail_line=not wide and height >= LEAST + 6,
        hints=height >= HINTED,
        roomy=height >= ROOMY,
    )
