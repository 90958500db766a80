"""Ink, grounds and lines: what painting makes and a skin turns into colours or attributes.

Rule 1: painting is pure: views and a width in, lines out. It names meanings (`MUTED`, `MARK` of level 2), never colours.
Rule 2: hue means classification, weight means attention. So mono loses nothing.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from coalchat.desk.model.views import UNMARKED


class Ink(Enum):
    """What a run of text means."""

    TEXT = "text"
    """Bodies, values."""
    BRIGHT = "bright"
    """Needs you, names, values: bold."""
    MUTED = "muted"
    """What is fine; times, nations, words beside keys."""
    FAINT = "faint"
    """Disabled; never needed to understand."""
    CAPS = "caps"
    """Head of a section: bold, muted."""
    RULE = "rule"
    """Hairlines only."""
    ACCENT = "accent"
    """Focus bar, own name, hint keys, unread rule: bold."""
    ACCENT_PLAIN = "accent plain"
    REMARK = "remark"
    """Our own remark inside the timeline: italic."""
    URGENT = "urgent"
    """The word IMMEDIATE: bold, underlined."""
    WELL = "well"
    """What stands in a field of a raised block: on the ground of the timeline, where grounds differ, else underlined."""
    NOW = "now"
    """Reversed: overdue, a chip that must be seen."""
    MARK = "mark"
    """A portion mark or level letter, tinted by `level`."""
    FILL = "fill"
    """A chip, or a banner, filled by `level`: bold."""
    FLASH = "flash"
    """The one white block: text of the FLASH band."""
    EXERCISE = "exercise"


class Ground(Enum):
    """What a line stands on."""

    BASE = "base"
    SIDE = "side"
    """List and rail."""
    HEAD = "head"
    INPUT = "input"
    """Dialogs and fields."""
    SELECTED = "selected"
    FLASH = "flash"
    BANNER = "banner"
    """Filled by the line's `level`; neutral where it is unmarked."""
    EXERCISE = "exercise"


class Span(NamedTuple):
    """A run of text in one ink. `level` counts for MARK and FILL."""

    text: str
    ink: Ink = Ink.TEXT
    level: int = UNMARKED


class Line(NamedTuple):
    """One row of cells; what the spans leave free is filled with the ground.

    Attributes:
        level: of a BANNER ground.
    """

    spans: tuple[Span, ...] = ()
    ground: Ground = Ground.BASE
    level: int = UNMARKED

    @property
    def text(self) -> str:
        """Its characters alone."""
        return "".join(span.text for span in self.spans)
