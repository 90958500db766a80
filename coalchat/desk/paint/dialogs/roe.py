"""Acknowledging an ROE notice: the whole text, the difference, the own caveat, who sees it, what it means (look: screen 05).

Rule 1: the answer that is chosen signs nothing by itself: the serial does, once it is typed whole.
Rule 2: what does not fit is scrolled: until all of it was shown nothing is signed.
"""

from __future__ import annotations

from typing import Final

from coalchat.api.vocabulary import Answer
from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.roeviews import NoticeView
from coalchat.desk.paint.block import EMPTY, MARGIN, block_apart, block_hints, block_row, block_text, chosen_bar
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.roenotice import body_rows
from coalchat.desk.paint.spans import apart, blank
from coalchat.desk.paint.text import cells, cut, ours
from coalchat.record import record

ANSWERS: Final = (
    (Answer.NONE, "ACKNOWLEDGE", "I have read it and understand it.", ""),
    (Answer.CAVEAT, "WITH CAVEAT", "I understand it; a national limit applies.", "text needed"),
    (Answer.UNABLE, "UNABLE", "I cannot comply.", "reason needed"),
)
_FIXED: Final = 11
"""Rows that are never scrolled: head, answers, field, keys."""


def body_lines(view: NoticeView, width: int, glyphs: Glyphs, *, roomy: bool) -> list[Line]:
    """The text, in rows of the block; free rows only where there is room for them."""
    inner = width - 2 * MARGIN
    return [block_row(row, width, glyphs) for row in body_rows(view, inner, glyphs, wide=False) if row or roomy]


def room_for_text(place: int, words: str, error: str, *, signs: bool) -> int:
    """Rows that the text may have where the block may have `place`."""
    return max(3, place - _FIXED - (2 if words else 0) - (1 if error else 0) - (3 if signs else 0))


@record(kw_only=False)
class Signing:
    """How far a person is with it.

    Attributes:
        cursor: which answer. words: its text, once that is given. error: what is wrong, or "".
        body: rows of the text in sight. more: rows below them.
    """

    cursor: int
    words: str
    error: str
    body: tuple[Line, ...]
    more: int


def paint_acknowledge(
    view: NoticeView, signing: Signing, width: int, glyphs: Glyphs, *, roomy: bool
) -> tuple[list[Line], list[Line]]:
    """The rows above the field and those below it. `roomy`: there is room for free rows."""
    words, error, more = signing.words, signing.error, signing.more
    free = [EMPTY] if roomy else []
    answer, _, _, needed = ANSWERS[signing.cursor]
    asks = bool(needed) and not words
    above = [notice_band(view, width, glyphs), *free]
    by = [Span("acknowledge by ", Ink.MUTED), Span(view.by, Ink.BRIGHT)] if view.by else []
    above.append(
        block_apart([Span(view.name, Ink.BRIGHT), Span(f"   {ours(view.what, glyphs)}", Ink.TEXT)], by, width, glyphs)
    )
    above += signing.body
    if more:
        above.append(
            block_row([Span(f"{glyphs.down} {more} more rows", Ink.BRIGHT), Span("   PgDn", Ink.ACCENT)], width, glyphs)
        )
    above += free
    for place, (_, title, means, wants) in enumerate(ANSWERS):
        here = place == signing.cursor
        dot = Span(f"{glyphs.on if here else glyphs.off} ", Ink.BRIGHT if here else Ink.MUTED)
        row = [
            dot,
            Span(f"{title:<13}", Ink.BRIGHT if here else Ink.TEXT),
            Span(means, Ink.TEXT if here else Ink.MUTED),
        ]
        line = block_apart(row, [Span(wants, Ink.MUTED)] if wants else [], width, glyphs)
        bar = chosen_bar(here, glyphs)
        above.append(Line((bar, *line.spans[1:]), line.ground) if bar else line)
    above += free
    if words:
        above += block_text(f"{'caveat' if answer is Answer.CAVEAT else 'reason'}: {words}", Ink.BRIGHT, width, glyphs)
    if asks:
        above.append(
            block_row([Span("Say which caveat" if answer is Answer.CAVEAT else "Say why", Ink.MUTED)], width, glyphs)
        )
    else:
        asked = [Span("Type the serial to sign: ", Ink.MUTED), Span(view.serial, Ink.BRIGHT)]
        above.append(block_row(asked, width, glyphs))
    below = block_text(error, Ink.BRIGHT, width, glyphs) if error else []
    if roomy:
        below += [
            EMPTY,
            *block_text(view.signs, Ink.MUTED, width, glyphs),
            *block_text(view.seen_by, Ink.MUTED, width, glyphs),
        ]
    else:
        below += [block_row([Span(cut(view.signs, width - 2 * MARGIN, glyphs), Ink.MUTED)], width, glyphs)]
        below += block_text("It says you understood, not that force is lawful.", Ink.MUTED, width, glyphs)
    enter = "goes on to the serial" if asks else "signs once the serial matches"
    keys = (*((("PgDn", "full text"),) if more else ()), ("Esc", "back" if words else "not now"))
    return above, [*below, *free, block_hints((("Enter", enter),), keys, width, glyphs)]


def notice_band(view: NoticeView, width: int, glyphs: Glyphs) -> Line:
    """Its own marking, over its text."""
    width -= glyphs.flat
    left, right = "  ROE NOTICE", f"{view.left} left  " if view.left and not view.overdue else f"{view.left}  "
    marking = ours(view.marking, glyphs)
    side = (width - cells(marking)) // 2
    if side < max(cells(left), cells(right)) + 2:
        return Line(apart([Span(f"  {marking}", Ink.BRIGHT)], [Span(right)], width, glyphs), Ground.BANNER, view.level)
    spans = (
        Span(left),
        blank(side - cells(left)),
        Span(marking, Ink.BRIGHT),
        blank(width - side - cells(marking) - cells(right)),
        Span(right),
    )
    return Line(spans, Ground.BANNER, view.level)
