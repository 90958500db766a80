"""An act that is confirmed by typing: what it is about, what comes of it, what can be answered (look: screen 05)."""

from __future__ import annotations

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.dialogviews import Deliberate
from coalchat.desk.paint.block import EMPTY, block_hints, block_row, block_text
from coalchat.desk.paint.dialogs.asking import paint_choices
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.text import ours


def paint_deliberate(
    view: Deliberate, cursor: int, error: str, matches: bool, width: int, glyphs: Glyphs
) -> tuple[list[Line], list[Line]]:
    """Rows above the field that is typed into, and rows below it. `cursor`: the index of the choice under it."""
    title = [Span(view.title, Ink.BRIGHT), Span(f"   {ours(view.note, glyphs)}", Ink.MUTED)]
    above = [block_row(title, width, glyphs), EMPTY]
    size = max((len(word) for word, _ in view.rows), default=0) + 2
    for word, value in view.rows:
        row = [Span(word.ljust(size), Ink.MUTED), Span(ours(value, glyphs), Ink.BRIGHT)]
        above.append(block_row(row, width, glyphs))
    above.append(EMPTY)
    for sentence in view.sentences:
        above += block_text(sentence, Ink.TEXT, width, glyphs)
    above.append(EMPTY)
    *choices, _, keys = paint_choices(view.choices, cursor, width, glyphs)
    above += [*choices, EMPTY]
    asked = [
        Span("Type ", Ink.TEXT), Span(view.typed, Ink.BRIGHT), Span(f" to confirm: {ours(view.of, glyphs)}", Ink.MUTED),
    ]  # fmt: skip
    above.append(block_row(asked, width, glyphs))
    said = block_text(error, Ink.BRIGHT, width, glyphs) if error else []
    if not said and matches and cursor:
        said = [block_row([Span("it matches: Enter does it", Ink.BRIGHT)], width, glyphs)]
    keys = block_hints(
        ((glyphs.arrows, "choose"), ("Enter", "does it once that is typed")),
        (("Esc", "not now"),),
        width,
        glyphs,
    )
    return above, [*said, EMPTY, keys]
