"""Lines to Textual's strips."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip

from coalchat.desk.look.runs import runs
from coalchat.desk.look.skin import Skin
from coalchat.desk.paint.ink import Line


def strip(line: Line, width: int, skin: Skin) -> Strip:
    """One row of `width` cells."""
    return Strip([Segment(text, style) for text, style in runs(line, width, skin)], max(width, 0))
