"""The list of channels: what is unread where, and what waits for this person.

Rule 1: a channel with nothing new is muted, one with something is bold; the selected one has the bar and its own ground.
Rule 2: at the right, each in its column: precedence of the highest unread message (Z, O; below that nothing) or `!` for
what waits for an act, the count, the letter of the ceiling.
Rule 3: the selected channel is always in sight; what is not is counted at the end where it is missing.
"""

from __future__ import annotations

from typing import Final

from coalchat.api.vocabulary import Precedence
from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import ChannelRow, RoeLine
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, blank, fit, section, width_of
from coalchat.desk.paint.text import cells, cut, one_line

_HEAD: Final = "CHANNELS"
_LETTERS: Final = {Precedence.FLASH: "Z", Precedence.IMMEDIATE: "O"}
"""ACP 121's prosigns of what interrupts."""


def channel_name(title: str) -> str:
    """A title with its number sign, once: `#ops-north`; a conversation has its own sign: `@Kowal`."""
    shown = one_line(title)
    return shown if shown.startswith("@") else f"#{shown.removeprefix('#')}"


def paint_channels(
    rows: tuple[ChannelRow, ...], width: int, height: int, glyphs: Glyphs, roomy: bool, roe: RoeLine | None = None
) -> list[Line]:
    """Exactly `height` rows, the head first. `roomy`: with the number sign, and a blank row under the head.

    Where there is room below the channels, ROE have a section.
    """
    lines = [Line(fit((Span(" "), Span(_HEAD, Ink.CAPS)), width, glyphs), Ground.HEAD)]
    if roomy:
        lines.append(Line((), Ground.SIDE))
    first, last = _window(rows, height - len(lines))
    if first:
        lines.append(_hidden(rows[:first], glyphs.up, width, glyphs))
    letters = max((cells(row.letter) for row in rows), default=0)
    lines += [_row(row, width, glyphs, roomy, letters) for row in rows[first:last]]
    if last < len(rows):
        lines.append(_hidden(rows[last:], glyphs.down, width, glyphs))
    if not rows:
        lines.append(Line(fit((Span(" "), Span("none yet", Ink.MUTED)), width, glyphs), Ground.SIDE))
    below = _roe(roe, width, glyphs) if roe is not None and roomy else []
    if len(lines) + 1 + len(below) <= height:
        lines += [Line((), Ground.SIDE), *below] if below else []
    lines += [Line((), Ground.SIDE)] * (height - len(lines))
    return lines[: max(height, 0)]


def _roe(roe: RoeLine, width: int, glyphs: Glyphs) -> list[Line]:
    """What waits for this person, and what is in force."""
    head = section("ROE", "F3", width, glyphs, Ground.SIDE)
    rows = [
        apart([Span(f" {glyphs.act} {name}", Ink.BRIGHT)], [Span(f"ack {by} ", Ink.BRIGHT)], width, glyphs)
        for name, by in roe.pending[:4]
    ]
    if roe.gap:
        rows.append((Span(f" {glyphs.act} GAP in the serials", Ink.BRIGHT),))
    rows.append((Span(f" {roe.words}", Ink.MUTED),))
    return [head, *(Line(fit(row, width, glyphs), Ground.SIDE) for row in rows)]


def channel_at(rows: tuple[ChannelRow, ...], height: int, roomy: bool, y: int) -> ChannelRow | None:
    """The channel in row `y` of what `paint_channels` made."""
    top = 2 if roomy else 1
    first, last = _window(rows, height - top)
    place = y - top - (1 if first else 0) + first
    return rows[place] if first <= place < last else None


def _window(rows: tuple[ChannelRow, ...], height: int) -> tuple[int, int]:
    """Which rows are in sight; the two that say what is not take their place from `height`."""
    count = len(rows)
    if count <= height:
        return 0, count
    selected = next((place for place, row in enumerate(rows) if row.selected), 0)
    if selected < height - 1:
        return 0, max(height - 1, 0)
    if selected >= count - (height - 1):
        return count - max(height - 1, 0), count
    seen = max(height - 2, 1)
    return selected - seen // 2, selected - seen // 2 + seen


def _hidden(rows: tuple[ChannelRow, ...], arrow: str, width: int, glyphs: Glyphs) -> Line:
    unread = sum(row.unread for row in rows)
    acts = sum(row.acts + row.calls for row in rows)
    words = f"{arrow} {len(rows)} more"
    if acts or unread:
        words += f" {glyphs.dot} {f'{glyphs.act} {acts}' if acts else f'{unread} new'}"
    ink = Ink.BRIGHT if acts or unread else Ink.MUTED
    return Line(fit((Span(" "), Span(words, ink)), width, glyphs), Ground.SIDE)


def _row(row: ChannelRow, width: int, glyphs: Glyphs, roomy: bool, letters: int) -> Line:
    name = channel_name(row.title)
    if not roomy:
        name = name.removeprefix("#")  # a conversation keeps its sign: a channel may be titled like a person
    new = row.unread > 0 or row.acts > 0 or row.calls > 0
    ink = Ink.BRIGHT if new or row.selected else Ink.MUTED
    letter = [Span(" " * (letters - cells(row.letter))), Span(row.letter, Ink.MARK, row.level), Span(" ")]
    right = [*_chip(row, glyphs, roomy), Span(_count(row.unread), Ink.BRIGHT), Span(" "), *letter] if new else letter
    room = width - 1 - width_of(right) - 1
    bar = Span(glyphs.selection, Ink.ACCENT) if row.selected else blank(1)
    left = [bar, Span(cut(name, room, glyphs), ink)]
    return Line(apart(left, right, width, glyphs), Ground.SELECTED if row.selected else Ground.SIDE)


def _count(unread: int) -> str:
    if not unread:
        return "  "
    return f"{unread:2}" if unread < 100 else "99+"


def _chip(row: ChannelRow, glyphs: Glyphs, roomy: bool) -> list[Span]:
    if row.unread and row.precedence is Precedence.FLASH:
        text, ink = _LETTERS[row.precedence], Ink.NOW
    elif row.acts or row.calls:
        text, ink = glyphs.act, Ink.BRIGHT
    elif row.unread and row.precedence is Precedence.IMMEDIATE:
        text, ink = _LETTERS[row.precedence], Ink.URGENT
    else:
        return []
    if ink is Ink.NOW and roomy:
        return [Span(f" {text} ", ink)]
    gap = Span(" ") if roomy or row.unread > 9 else Span("")
    return [Span(text, ink), gap]
