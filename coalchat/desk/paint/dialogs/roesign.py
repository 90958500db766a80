"""Putting a signature under an ROE notice, or issuing one: its whole text, who can read it, and its serial to be typed.

Rule: Enter does nothing before the serial stands there whole, and nothing before the whole text was shown.
"""

from __future__ import annotations

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.roeviews import NoticeView
from coalchat.desk.paint.block import EMPTY, block_apart, block_hints, block_row, block_text
from coalchat.desk.paint.dialogs.roe import notice_band
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.roeform import JUDGES
from coalchat.desk.paint.text import ours
from coalchat.record import record


@record
class SignWords:
    """What is done with the serial.

    Attributes:
        verb: "issue it", "sign it too". sentences: what comes of it, and who sees it. enter: at the foot.
    """

    verb: str
    sentences: tuple[str, ...]
    enter: str


def paint_sign(
    view: NoticeView, words: SignWords, error: str, seen: tuple[Line, ...], more: int, width: int, glyphs: Glyphs, *, roomy: bool
) -> tuple[list[Line], list[Line]]:  # fmt: skip
    """The rows above the field and those below it. `seen`: rows of the text; `more`: how many are below them."""
    free = [EMPTY] if roomy else []
    by = [Span("acknowledge by ", Ink.MUTED), Span(view.by, Ink.BRIGHT)] if view.by else []
    name = [Span(view.name, Ink.BRIGHT), Span(f"   {ours(view.what, glyphs)}", Ink.TEXT)]
    above = [notice_band(view, width, glyphs), *free, block_apart(name, by, width, glyphs), *seen]
    if more:
        down = [Span(f"{glyphs.down} {more} more rows", Ink.BRIGHT), Span("   PgDn", Ink.ACCENT)]
        above.append(block_row(down, width, glyphs))
    above += free
    for sentence in words.sentences:
        above += block_text(sentence, Ink.TEXT, width, glyphs)
    above += free
    asked = [Span(f"Type the serial to {words.verb}: ", Ink.MUTED), Span(view.serial, Ink.BRIGHT)]
    above.append(block_row(asked, width, glyphs))
    below = block_text(error, Ink.BRIGHT, width, glyphs) if error else []
    below += [*free, *block_text(view.signs, Ink.MUTED, width, glyphs)]
    below += block_text(JUDGES, Ink.MUTED, width, glyphs)
    keys = block_hints((("Enter", words.enter),), (("PgDn", "full text"), ("Esc", "not now")), width, glyphs)
    return above, [*below, *free, keys]
