"""The first run, page by page (look: screen 10): where one is, one question, and what has been sent so far."""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.paint.block import EMPTY, block_hints, block_row, block_text
from coalchat.desk.paint.dialogs.asking import paint_choices
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import blank, fit, joined

PER_ROW: Final = 3
"""Words of a row: they are read out, three by three."""
_WORD: Final = 14


def paint_steps(steps: tuple[str, ...], at: int, width: int, glyphs: Glyphs) -> list[Line]:
    """The name of the program, and where in it one is: `1 Choose ✓  2 Invite  3 Passphrase`."""
    title = [Span(" "), Span("coalchat", Ink.BRIGHT), Span("   the label is the lock", Ink.MUTED)]
    row = []
    for place, step in enumerate(steps):
        number = Span(f"{place + 1} ", Ink.ACCENT if place == at else Ink.MUTED)
        done = f" {glyphs.delivered}" if place < at else ""
        row.append([number, Span(f"{step}{done}", Ink.BRIGHT if place == at else Ink.MUTED)])
    lines = [Line(), Line(fit(title, width, glyphs)), Line()]
    lines.append(Line(fit([Span(" "), *joined(row, "   ")], width, glyphs)))
    return [*lines, Line((Span(glyphs.rule * width, Ink.RULE),), Ground.BASE)]


def paint_ask(
    title: str, sentence: str, error: str, keys: tuple[tuple[str, str], ...], width: int, glyphs: Glyphs
) -> tuple[list[Line], list[Line]]:
    """The rows above a field, and those below it."""
    above = [
        block_row([Span(title, Ink.BRIGHT)], width, glyphs),
        EMPTY,
        *block_text(sentence, Ink.TEXT, width, glyphs),
        EMPTY,
    ]
    below = [EMPTY]
    if error:
        below += [*block_text(error, Ink.BRIGHT, width, glyphs, Span(glyphs.urgent, Ink.BRIGHT)), EMPTY]
    below.append(block_hints(keys, (("Esc", "back"),), width, glyphs))
    return above, below


def paint_six(words: tuple[str, ...], choices: tuple[str, ...], cursor: int, width: int, glyphs: Glyphs) -> list[Line]:
    """The words that the custodian has to hear, and what can be answered meanwhile."""
    lines = [
        block_row([Span("COMPARE WORDS", Ink.BRIGHT)], width, glyphs),
        EMPTY,
        *block_text(
            "Read these six words to your custodian, by voice or face to face. If they are the same there, you "
            "are approved; if they differ, someone sits between you: stop.",
            Ink.TEXT,
            width,
            glyphs,
        ),
        EMPTY,
    ]
    for first in range(0, len(words), PER_ROW):
        row = [Span(word.ljust(_WORD), Ink.BRIGHT) for word in words[first : first + PER_ROW]]
        lines.append(block_row([blank(2), *row], width, glyphs, Span(glyphs.urgent, Ink.ACCENT)))
    return [*lines, EMPTY, *paint_choices(choices, cursor, width, glyphs, "keep waiting")]
