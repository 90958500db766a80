"""What is shown when the desk itself fails: where, and what to do.

Rule: no value of any variable and no text of a message: a fault must not print what was on the screen.
"""

from __future__ import annotations

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.paint.block import EMPTY, block_row, block_text
from coalchat.desk.paint.ink import Ink, Line, Span


def paint_crash(kind: str, place: str, report: str, width: int, glyphs: Glyphs) -> list[Line]:
    """`kind`: class of the exception. `place`: module and line. `report`: where more is written, or ""."""
    lines = [
        block_row([Span(f"{glyphs.refused} THE DESK HAS STOPPED", Ink.BRIGHT)], width, glyphs),
        EMPTY,
        *block_text(
            "This is a fault in the desk. The node is another program: what was sent is with it. "
            "Text that was not sent yet may be lost.",
            Ink.TEXT,
            width,
            glyphs,
        ),
        EMPTY,
        block_row([Span("fault    ", Ink.MUTED), Span(kind, Ink.BRIGHT)], width, glyphs),
        block_row([Span("place    ", Ink.MUTED), Span(place)], width, glyphs),
    ]
    if report:
        lines.append(block_row([Span("report   ", Ink.MUTED), Span(report)], width, glyphs))
    return [*lines, EMPTY, *block_text("Start the desk again to go on.", Ink.MUTED, width, glyphs)]
