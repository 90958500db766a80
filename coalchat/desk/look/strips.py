"""Lines to Textual's strips: the last door of all text on its way to the terminal (SPEC 12).

Rule 1: a strip has exactly the width it was asked for: what is longer is cropped, what is shorter filled with the ground.
Rule 2: every text goes once more through `display_safe`, though views hold only safe text: a fault elsewhere then costs a
crooked row, never a terminal.
"""

from __future__ import annotations

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from coalchat.desk.look.skin import Skin
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.text import cells
from coalchat.display import display_safe


def strip(line: Line, width: int, skin: Skin) -> Strip:
    """One row of `width` cells."""
    segments: list[Segment] = []
    free = width
    for span in line.spans:
        if free <= 0:
            break
        text = display_safe(span.text)
        if not text:
            continue
        size = cells(text)
        if size > free:
            text, size = set_cell_size(text, free), free
        _put(segments, text, skin.style(span.ink, span.level, line.ground, line.level))
        free -= size
    if free > 0:
        _put(segments, " " * free, skin.ground(line.ground, line.level))
    return Strip(segments, max(width, 0))


def _put(segments: list[Segment], text: str, style: Style) -> None:
    """Add a text; to what looks alike, where it can: Textual takes its time for each segment, whenever a row moves."""
    if segments and segments[-1].style == style:
        segments[-1] = Segment(segments[-1].text + text, style)
    else:
        segments.append(Segment(text, style))
