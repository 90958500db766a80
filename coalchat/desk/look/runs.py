"""Lines to runs of text in one style: the last door of all text on its way to the terminal (SPEC 12).

Rule 1: a row has exactly the width it was asked for: what is longer is cropped, what is shorter filled with the ground.
Rule 2: every text goes once more through `display_safe`, though views hold only safe text: a fault elsewhere then costs a
crooked row, never a terminal.
"""

from __future__ import annotations

from typing import TypeAlias

from rich.cells import set_cell_size
from rich.style import Style

from coalchat.desk.look.skin import Skin
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.text import cells
from coalchat.display import display_safe

Run: TypeAlias = tuple[str, Style]


def runs(line: Line, width: int, skin: Skin) -> list[Run]:
    """One row of `width` cells; what looks alike is one run."""
    found: list[Run] = []
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
        _put(found, text, skin.style(span.ink, span.level, line.ground, line.level))
        free -= size
    if free > 0:
        _put(found, " " * free, skin.ground(line.ground, line.level))
    return found


def _put(found: list[Run], text: str, style: Style) -> None:
    """Add a text; to what looks alike, where it can: Textual takes its time for each run, whenever a row moves."""
    if found and found[-1][1] == style:
        found[-1] = (found[-1][0] + text, style)
    else:
        found.append((text, style))
