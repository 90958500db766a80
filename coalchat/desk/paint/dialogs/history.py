"""A request for history: who asks, what would go, and what can be answered (SPEC 10.9)."""

from __future__ import annotations

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.keyviews import HistoryView
from coalchat.desk.paint.block import EMPTY, block_row, block_text
from coalchat.desk.paint.dialogs.asking import paint_choices
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.text import one_line


def paint_history(
    view: HistoryView, choices: tuple[str, ...], cursor: int, width: int, glyphs: Glyphs
) -> list[Line]:  # fmt: skip
    """`cursor`: the index of the choice under it."""

    def row(word: str, value: str, ink: Ink = Ink.TEXT) -> Line:
        return block_row([Span(f"{word:9}", Ink.MUTED), Span(one_line(value), ink)], width, glyphs)

    lines = [
        block_row(
            [Span("HISTORY", Ink.BRIGHT), Span("   a device of your nation asks for it", Ink.MUTED)], width, glyphs
        ),
        EMPTY,
        row("device", view.who, Ink.BRIGHT),
        row("id", view.device),
        row("asked", view.came),
        row("would go", f"{view.givable} of {view.asked}", Ink.BRIGHT),
    ]
    if view.span:
        lines.append(row("from", view.span))
    lines += [row("" if place else "marked", marking) for place, marking in enumerate(view.markings)]
    sentence = "Make sure that the device is where it should be: what goes can be read there from then on."
    if not view.givable:
        sentence = "Nothing of it lies within its certificate, or is kept here."
    return [
        *lines,
        EMPTY,
        *block_text(sentence, Ink.TEXT, width, glyphs),
        EMPTY,
        *paint_choices(choices, cursor, width, glyphs),
    ]
