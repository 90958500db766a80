"""The jump list, under its query field: channels, persons and commands that match."""

from __future__ import annotations

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.dialogviews import Target
from coalchat.desk.model.views import UNMARKED
from coalchat.desk.paint.block import MARGIN, block_hints, block_row, chosen_bar
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart
from coalchat.desk.paint.text import one_line


def first_in_sight(count: int, cursor: int, rows: int) -> int:
    """Index of the first target shown, so that the one under the cursor is in sight."""
    return max(0, min(cursor - rows // 2, count - rows))


def paint_jump(
    targets: tuple[Target, ...], cursor: int, width: int, height: int, glyphs: Glyphs, act: str = "go there"
) -> list[Line]:
    """Exactly `height` rows; the last two are free and the keys. `act`: what Enter does."""
    rows = max(height - 2, 0)
    first = first_in_sight(len(targets), cursor, rows)
    lines = [
        _target(target, first + place == cursor, width, glyphs)
        for place, target in enumerate(targets[first : first + rows])
    ]
    if not targets:
        lines = [block_row([Span("nothing matches", Ink.REMARK)], width, glyphs)][:rows]
    lines += [Line((), Ground.INPUT)] * (rows + 1 - len(lines))
    keys = ((f"{glyphs.up}{glyphs.down}", "choose"), ("Enter", act))
    return [*lines, block_hints(keys, (("Esc", "back"),), width, glyphs)][-max(height, 0) :] if height > 0 else []


def _target(target: Target, here: bool, width: int, glyphs: Glyphs) -> Line:
    weight = Ink.BRIGHT if here or target.unread else Ink.TEXT
    marked = target.level != UNMARKED
    left = [
        Span(one_line(target.title), weight),
        Span("  "),
        Span(one_line(target.note), Ink.MARK if marked else Ink.MUTED, target.level),
    ]
    right = [Span(f"{target.unread} new", Ink.BRIGHT)] if target.unread else []
    row = apart(left, right, width - 2 * MARGIN, glyphs, gap=2)
    line = block_row(row, width, glyphs, chosen_bar(here, glyphs))
    return Line(line.spans, Ground.SELECTED) if here else line
