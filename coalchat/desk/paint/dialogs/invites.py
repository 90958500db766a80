"""A custodian's dialogs about invites: the form, the code, six words to compare."""

from __future__ import annotations

from collections.abc import Sequence

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.custodyviews import CodeView, InviteRow
from coalchat.desk.paint.block import EMPTY, MARGIN, block_hints, block_row, block_text, block_well
from coalchat.desk.paint.dialogs.asking import paint_choices
from coalchat.desk.paint.dialogs.direct import paint_listed
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.text import one_line, ours


def paint_form(
    fields: Sequence[tuple[str, str, str]], place: int, error: str, width: int, glyphs: Glyphs
) -> tuple[list[Line], list[Line]]:
    """Rows above and below the field that is typed into. `fields`: head, what it is, value; `place`: that one."""

    def head(number: int) -> Line:
        name, what, _ = fields[number]
        here = number == place
        row = [Span(name, Ink.BRIGHT if here else Ink.CAPS), Span(f"  {ours(what, glyphs)}", Ink.MUTED)]
        return block_row(row, width, glyphs, Span(glyphs.selection, Ink.ACCENT) if here else None)

    def whole(number: int) -> list[Line]:
        return [head(number), block_well(fields[number][2], width, glyphs)]

    above = [
        block_row([Span("INVITE", Ink.BRIGHT), Span("   one device, once, within 72 hours", Ink.MUTED)], width, glyphs),
        EMPTY,
    ]
    for number in range(place):
        above += whole(number)
    above.append(head(place))
    below = [line for number in range(place + 1, len(fields)) for line in whole(number)]
    said = block_text(f"{glyphs.refused} {error}", Ink.BRIGHT, width, glyphs) if error else []
    last = "make the invite" if place == len(fields) - 1 else "next"
    keys = block_hints(((glyphs.arrows, "field"), ("Enter", last)), (("Esc", "not now"),), width, glyphs)
    return above, [*below, *said, EMPTY, keys]


def paint_code(view: CodeView, width: int, glyphs: Glyphs) -> list[Line]:
    """The code, and what is done with it."""
    sentence = (
        f"For {view.person}, until {view.until}. It is a secret: hand it over by a way that you trust. The joiner types it into"
        " `coalchat join`; then six words are compared by voice. It is shown only here, only now."
    )
    return [
        block_row([Span("INVITE CODE", Ink.BRIGHT)], width, glyphs),
        EMPTY,
        *(block_row([Span(row, Ink.BRIGHT)], width, glyphs) for row in _groups(view.code, width - 2 * MARGIN)),
        EMPTY,
        *block_text(sentence, Ink.TEXT, width, glyphs),
        EMPTY,
        *paint_choices(("close: it cannot be shown again",), 0, width, glyphs),
    ]


def _groups(code: str, room: int) -> list[str]:
    """Rows of whole groups: whoever reads it out, or marks it, loses none."""
    rows = [""]
    for group in code.replace("-", "- ").split():
        if rows[-1] and len(rows[-1]) + len(group) > room:
            rows.append("")
        rows[-1] += group
    return rows


def paint_compare(row: InviteRow, choices: tuple[str, ...], cursor: int, width: int, glyphs: Glyphs) -> list[Line]:
    """`cursor`: the index of the choice under it."""
    return [
        block_row(
            [Span("COMPARE WORDS", Ink.BRIGHT), Span("   by voice, before it is certified", Ink.MUTED)], width, glyphs
        ),
        EMPTY,
        block_row(
            [Span(one_line(row.person), Ink.BRIGHT), Span(f"  {ours(row.what, glyphs)}", Ink.MUTED)], width, glyphs
        ),
        block_row([Span("device id ", Ink.MUTED), Span(row.device)], width, glyphs),
        EMPTY,
        *block_text("The joiner must read these out to you, from the joiner's screen:", Ink.MUTED, width, glyphs),
        *paint_listed(row.words, width, glyphs),
        EMPTY,
        *block_text(
            "If one differs, somebody stands between you and has asked in the joiner's name.", Ink.TEXT, width, glyphs
        ),
        EMPTY,
        *paint_choices(choices, cursor, width, glyphs),
    ]
