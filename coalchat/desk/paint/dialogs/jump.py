"""The jump list, under its query field: channels, persons and commands that match.

Rule: each in its column. A level is its letter, as in the list of channels: no other text has its colour.
"""

from __future__ import annotations

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.dialogviews import Target
from coalchat.desk.paint.block import MARGIN, block_hints, block_row, chosen_bar
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, blank
from coalchat.desk.paint.text import cells, cut, one_line, pad


def first_in_sight(count: int, cursor: int, rows: int) -> int:
    """Index of the first target shown, so that the one under the cursor is in sight."""
    return max(0, min(cursor - rows // 2, count - rows))


def paint_jump(
    targets: tuple[Target, ...], cursor: int, width: int, height: int, glyphs: Glyphs, act: str = "go there"
) -> list[Line]:
    """Exactly `height` rows; the last two are free and the keys. `act`: what Enter does."""
    rows = max(height - 2, 0)
    first = first_in_sight(len(targets), cursor, rows)
    shown = targets[first : first + rows]
    titles = min(max((cells(one_line(target.title)) for target in shown), default=0), width // 3)
    letters = max((cells(one_line(target.letter)) for target in shown), default=0)
    lines = [
        _target(target, first + place == cursor, titles, letters, width, glyphs) for place, target in enumerate(shown)
    ]
    if not targets:
        lines = [block_row([Span("nothing matches", Ink.REMARK)], width, glyphs)][:rows]
    lines += [Line((), Ground.INPUT)] * (rows + 1 - len(lines))
    keys = ((glyphs.arrows, "choose"), ("Enter", act))
    return [*lines, block_hints(keys, (("Esc", "back"),), width, glyphs)][-max(height, 0) :] if height > 0 else []


def _target(target: Target, here: bool, titles: int, letters: int, width: int, glyphs: Glyphs) -> Line:
    """Title, note, how many are new, letter of the level: each in its column."""
    weight = Ink.BRIGHT if here or target.unread else Ink.TEXT
    left = [
        Span(pad(cut(one_line(target.title), titles, glyphs), titles), weight),
        Span("  "),
        Span(one_line(target.note), Ink.MUTED),
    ]
    right = [Span(f"{target.unread} new", Ink.BRIGHT)] if target.unread else []
    if letters:
        letter = one_line(target.letter)
        right += [Span("  "), Span(letter, Ink.MARK, target.level), blank(letters - cells(letter))]
    row = apart(left, right, width - 2 * MARGIN, glyphs, gap=2)
    line = block_row(row, width, glyphs, chosen_bar(here, glyphs))
    return Line(line.spans, Ground.SELECTED) if here else line
