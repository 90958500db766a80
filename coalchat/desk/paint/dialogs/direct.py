"""Before a direct message: whose devices are meant, and the words to compare by voice (SPEC 8.8).

Rule 1: a device is shown by its certified name, and in a row of its own by its whole id, after the words "device id": what
stands in the one place cannot pass for the other.
Rule 2: words stand in rows of their own, numbered, each below the other one of its number: nobody skips one.
"""

from __future__ import annotations

from collections.abc import Iterator

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.directviews import DeviceRow, DirectView, WordsView
from coalchat.desk.paint.block import EMPTY, MARGIN, block_row, block_text
from coalchat.desk.paint.dialogs.asking import paint_choices
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.spans import apart, width_of
from coalchat.desk.paint.text import cells, one_line, pad


def paint_direct(view: DirectView, cursor: int, width: int, glyphs: Glyphs) -> list[Line]:
    """`cursor`: the index of the choice under it."""
    lines = [
        block_row([Span(view.title, Ink.BRIGHT)], width, glyphs),
        EMPTY,
        *block_text(view.sentence, Ink.TEXT, width, glyphs),
        EMPTY,
    ]
    for device in view.devices:
        lines += _device(device, width, glyphs)
    if view.devices:
        lines.append(EMPTY)
    return [*lines, *paint_choices(tuple(one.words for one in view.choices), cursor, width, glyphs)]


def paint_words(view: WordsView, choices: tuple[str, ...], cursor: int, width: int, glyphs: Glyphs) -> list[Line]:
    """`cursor`: the index of the choice under it."""
    who = f"{view.device.nation} {one_line(view.device.who)}"
    size = max((cells(word) for word in (*view.own, *view.words)), default=0)
    lines = [
        block_row(
            [Span("COMPARE WORDS", Ink.BRIGHT), Span("   by voice, before anything is sent", Ink.MUTED)], width, glyphs
        ),
        EMPTY,
        *_device(view.device, width, glyphs),
        EMPTY,
        *block_text("You read these out, from this screen:", Ink.MUTED, width, glyphs),
        *paint_listed(view.own, width, glyphs, size),
        *block_text(f"These must be read out to you, from the screen of {who}:", Ink.MUTED, width, glyphs),
        *paint_listed(view.words, width, glyphs, size),
        EMPTY,
        *block_text(
            "If one differs, the device may be false: made by the custodian there, or by somebody with the custodian's keys.",
            Ink.TEXT,
            width,
            glyphs,
        ),
        EMPTY,
    ]
    return [*lines, *paint_choices(choices, cursor, width, glyphs)]


def _device(device: DeviceRow, width: int, glyphs: Glyphs) -> list[Line]:
    inner = width - 2 * MARGIN
    left = [Span(f"{device.nation} ", Ink.MUTED), Span(one_line(device.who), Ink.BRIGHT)]
    left.append(Span(f"  {device.role}, up to {one_line(device.clearance)}", Ink.MUTED))
    standing = [Span(device.standing, Ink.TEXT if device.confirmed else Ink.BRIGHT)]
    number = [Span("    device id ", Ink.MUTED), Span(device.id)]
    if width_of(left) + 2 + width_of(standing) <= inner:
        return [block_row(apart(left, standing, inner, glyphs, gap=2), width, glyphs), block_row(number, width, glyphs)]
    return [
        block_row(left, width, glyphs),
        block_row([Span("    "), *standing], width, glyphs),
        block_row(number, width, glyphs),
    ]


def paint_listed(words: tuple[str, ...], width: int, glyphs: Glyphs, least: int = 0) -> Iterator[Line]:
    """Words, numbered. `least`: cells of the longest word beside which they stand."""
    size = max((cells(word) for word in words), default=0)
    size = max(size, least) + 2
    across = 6 if 6 * (size + 2) + 4 <= width - 2 * MARGIN else 3 if 3 * (size + 2) + 4 <= width - 2 * MARGIN else 1
    numbered = [(str(place), word) for place, word in enumerate(words, 1)]
    for at in range(0, len(numbered), across):
        row = [Span("    ")]
        for number, word in numbered[at : at + across]:
            row += [Span(f"{number} ", Ink.MUTED), Span(pad(one_line(word), size), Ink.BRIGHT)]
        yield block_row(row, width, glyphs)
