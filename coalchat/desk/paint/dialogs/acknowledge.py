"""Acknowledging a message: whose it is and what it says, under its mark, and what can be answered.

Rule: author, time and mark stand in a row of their own: no text of the message comes there.
"""

from __future__ import annotations

from typing import Final

from coalchat.api.vocabulary import Precedence
from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import MessageLine
from coalchat.desk.paint.block import EMPTY, MARGIN, block_apart, block_row, block_text
from coalchat.desk.paint.card import card_rows, title_of
from coalchat.desk.paint.dialogs.asking import paint_choices
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.text import cut, one_line, ours

_SAID: Final = {Precedence.IMMEDIATE: Ink.URGENT, Precedence.FLASH: Ink.BRIGHT}
"""Precedences that are printed."""
_NAME: Final = 24
"""Cells of a name: the mark behind it is never cut for it."""


def paint_answer(
    line: MessageLine, choices: tuple[str, ...], cursor: int, error: str, width: int, glyphs: Glyphs
) -> tuple[list[Line], list[Line]]:
    """Rows above the field for words, and rows below it. `cursor`: the index of the answer under it."""
    due = [Span(ours(line.due, glyphs), Ink.BRIGHT)] if line.due else []
    *answers, _, keys = paint_choices(choices, cursor, width, glyphs)
    above = [
        block_apart([Span("ACKNOWLEDGE", Ink.BRIGHT)], due, width, glyphs),
        EMPTY,
        block_row(_whose(line, glyphs), width, glyphs),
        *_said(line, width, glyphs),
        EMPTY,
        *answers,
        EMPTY,
        block_row([Span("words, where they are needed", Ink.MUTED)], width, glyphs),
    ]
    below = block_text(error, Ink.BRIGHT, width, glyphs) if error else []
    return above, [*below, EMPTY, keys]


def _whose(line: MessageLine, glyphs: Glyphs) -> list[Span]:
    row = [
        Span(f"{line.time} {one_line(line.nation)} ", Ink.MUTED),
        Span(cut(one_line(line.person), _NAME, glyphs), Ink.BRIGHT),
        Span("  "),
    ]
    if line.precedence in _SAID:
        row += [Span(line.precedence.value, _SAID[line.precedence]), Span(" ")]
    return [*row, Span(one_line(line.mark), Ink.MARK, line.level)]


def _said(line: MessageLine, width: int, glyphs: Glyphs) -> list[Line]:
    if line.card is None:
        return block_text(line.text, Ink.TEXT, width, glyphs)
    rows = card_rows(line.card, width - 2 * MARGIN, glyphs, 0)
    return [
        block_row([Span(title_of(line.card), Ink.BRIGHT)], width, glyphs),
        *(block_row(row, width, glyphs) for row in rows),
    ]
