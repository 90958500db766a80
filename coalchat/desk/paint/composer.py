"""What stands around the text being written: its label, and who will be able to read it and who not.

Rule 1: before anything is sent, the label, the readers and those it is withheld from are on the screen, in every size.
Rule 2: a list of nations is whole or a number: never cut, so that nobody is overlooked behind an ellipsis.
Rule 3: where the label cannot be used, the clause stands in the readers' place: there are none.
"""

from __future__ import annotations

from typing import Final

from coalchat.api.vocabulary import Precedence
from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import Composer
from coalchat.desk.model.words import counted
from coalchat.desk.paint.hints import hint_spans
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import Row, apart, blank, fit, joined, national, width_of
from coalchat.desk.paint.text import cells, cut, one_line, ours, wrap

INDENT: Final = 2
"""Columns left of the text field: the focus bar, and a blank."""
# ROUTINE is not said on a small screen, as it is not in the timeline: beside a label an R is a level.
_SHORT: Final = {
    Precedence.PRIORITY: "P",
    Precedence.IMMEDIATE: "O",
    Precedence.FLASH: "Z",
}
_NOWHERE: Final = "/channel makes one"
_NONE: Final = (Span(" no channel ", Ink.MUTED),)
_LABEL_KEY: Final = (("F6", "label"),)


def paint_composer_top(view: Composer, width: int, glyphs: Glyphs, focused: bool) -> list[Line]:
    """Rows above the text field: the edge, with what it answers and what to know; what it corrects or repeats; the label."""
    return [
        _edge(view, width, glyphs, focused),
        *_about(view, width, glyphs, focused),
        _label(view, width, glyphs, focused),
    ]


def paint_composer_foot(view: Composer, width: int, glyphs: Glyphs, focused: bool) -> list[Line]:
    """The row below the text field: who can read it, or why it cannot be sent. Of a direct message it names the devices, in
    as many rows as they need.
    """
    inner = width - INDENT - 1
    if view.denied is not None:
        return [_row(_denied(view, inner, glyphs), focused, width, glyphs)]
    if view.only:
        rows = wrap(ours(view.only, glyphs), max(inner, 2))
        return [_row([Span(row, Ink.BRIGHT)], focused, width, glyphs) for row in rows]
    withheld = _withheld(view, ("withheld from ", "no nation"), inner * 2 // 3)
    room = inner - width_of(withheld) - 2
    return [_row(apart(_reads(view, glyphs, room), withheld, inner, glyphs, gap=2), focused, width, glyphs)]


def paint_composer_line(view: Composer, width: int, glyphs: Glyphs, focused: bool) -> list[Line]:
    """The row of a small screen: label, precedence, readers, withheld. Above it what is answered, corrected or quoted, if
    anything is; below it the text field.
    """
    above: list[Line] = []
    if view.reply:
        about = Span(f": {ours(view.about, glyphs)}" if view.about else "", Ink.MUTED)
        above.append(_row(fit([*_reply(view, glyphs), about], width - INDENT - 1, glyphs), focused, width, glyphs))
    return [*above, *_about(view, width, glyphs, focused), _line(view, width, glyphs, focused)]


def _line(view: Composer, width: int, glyphs: Glyphs, focused: bool) -> Line:
    inner = width - 2
    chip = [*_chip(view.short, view.level, glyphs, inner * 2 // 3), Span(" ")] if not view.nowhere else [*_NONE]
    if view.denied is not None:
        clause, reason = view.denied
        words = [Span(f"{glyphs.refused} {one_line(clause)}", Ink.BRIGHT), Span(f" {ours(reason, glyphs)}")]
        row = apart([*chip, *words], hint_spans(_LABEL_KEY, inner), inner, glyphs)
        return _row(row, focused, width, glyphs, 1)
    withheld = _withheld(view, ("withheld ", "none"), max(inner - width_of(chip) - 1, 9))
    room = inner - width_of(chip) - width_of(withheld) - 2
    left = list(chip)
    for part in _small(view, glyphs, room):
        if width_of(left) - width_of(chip) + width_of(part) + 1 <= room:
            left += [*part, Span(" ")]
    return _row(apart(left, withheld, inner, glyphs), focused, width, glyphs, 1)


def paint_composer_gutter(height: int, glyphs: Glyphs, focused: bool) -> list[Line]:
    """`INDENT` cells beside each row of the text field."""
    return [Line((_bar(glyphs, focused),), Ground.INPUT)] * height


def _about(view: Composer, width: int, glyphs: Glyphs, focused: bool) -> list[Line]:
    """Of which message the text is a new version, and what it repeats: a row each, in every size."""
    inner = width - INDENT - 1
    rows: list[Line] = []
    if view.corrects:
        left = [Span("correcting ", Ink.BRIGHT), Span(one_line(view.corrects), Ink.BRIGHT)]
        row = apart(left, hint_spans((("Esc", "give it up"),), inner), inner, glyphs, gap=2)
        rows.append(_row(row, focused, width, glyphs))
    for quoted in view.quotes:
        words = [Span(f"{glyphs.quote} quotes ", Ink.MUTED), Span(ours(quoted, glyphs))]
        rows.append(_row(fit(words, inner, glyphs), focused, width, glyphs))
    return rows


# --- rows of the large form ---


def _edge(view: Composer, width: int, glyphs: Glyphs, focused: bool) -> Line:
    left: list[Span] = []
    if view.reply:
        said = f": {ours(view.about, glyphs)}" if view.about and not view.warnings else ""
        row = fit([*_reply(view, glyphs), Span(said, Ink.MUTED)], width - INDENT - 2, glyphs)
        left = [_bar(glyphs, focused), blank(INDENT - 1), *row, Span(" ")]
    right: list[Span] = []
    if view.warnings:
        more = f" +{len(view.warnings) - 1}" if len(view.warnings) > 1 else ""
        room = width - width_of(left) - 4 - len(more)
        right = [Span(f" {glyphs.act} {cut(ours(view.warnings[0], glyphs), room - 2, glyphs)}{more} ", Ink.BRIGHT)]
    if not right:
        left = list(fit(left, width, glyphs))
        return Line((*left, Span(glyphs.edge * (width - width_of(left)), Ink.RULE)), Ground.INPUT)
    right = list(fit(right, width, glyphs))
    left = list(fit(left, max(width - width_of(right), 0), glyphs))
    between = Span(glyphs.edge * (width - width_of(left) - width_of(right)), Ink.RULE)
    return Line((*left, between, *right), Ground.INPUT)


def _label(view: Composer, width: int, glyphs: Glyphs, focused: bool) -> Line:
    inner = width - 2
    room = inner * 2 // 3
    if view.nowhere:
        return _row(_NONE, focused, width, glyphs, 1)
    left = _chip(view.label if cells(view.label) + 4 <= room else view.short, view.level, glyphs, room)
    left += [Span("  "), _precedence(view.precedence, view.precedence.value)]
    if view.within:
        left.append(Span(f" {view.within}", Ink.MUTED))
    asked = bool(view.ack) and not view.ack.startswith("no ")
    note = Ink.BRIGHT if view.note.startswith("not ") else Ink.MUTED
    right = [Span(view.note, note)] if view.note else []
    ack = [Span("   "), Span(view.ack, Ink.BRIGHT if asked else Ink.MUTED)] if view.ack else []
    room = inner - width_of(left) - width_of(right) - 2
    # Behind the chip. What is asked goes before it, that nothing is does not.
    beside = national(view.national, room - (width_of(ack) if asked else 0), glyphs)
    left[1:1] = beside
    left += ack if width_of(beside) + width_of(ack) <= room else []
    return _row(apart(left, right, inner, glyphs, gap=2), focused, width, glyphs, 1)


def _denied(view: Composer, inner: int, glyphs: Glyphs) -> Row:
    """The whole reason before anything else has room: the words in front of it, then the key, which stands in the hints too."""
    clause, reason = view.denied or ("", "")
    why, keys = Span(f"  {ours(reason, glyphs)}", Ink.TEXT), hint_spans(_LABEL_KEY, inner)
    whole = [Span(f"{glyphs.refused} cannot be sent: {one_line(clause)}", Ink.BRIGHT), why]
    short = [Span(f"{glyphs.refused} {one_line(clause)}", Ink.BRIGHT), why]
    if width_of([*whole, *keys]) + 2 <= inner:
        return apart(whole, keys, inner, glyphs, gap=2)
    return apart(short, keys if width_of([*short, *keys]) + 2 <= inner else [], inner, glyphs, gap=2)


# --- parts ---


def _reply(view: Composer, glyphs: Glyphs) -> list[Span]:
    return [Span(f"{glyphs.quote} reply to ", Ink.MUTED), Span(one_line(view.reply), Ink.BRIGHT)]


def _row(row: Row, focused: bool, width: int, glyphs: Glyphs, indent: int = INDENT) -> Line:
    return Line(fit([_bar(glyphs, focused), blank(indent - 1), *row], width, glyphs), Ground.INPUT)


def _bar(glyphs: Glyphs, focused: bool) -> Span:
    return Span(glyphs.selection, Ink.ACCENT) if focused else blank(1)


def _chip(label: str, level: int, glyphs: Glyphs, room: int) -> list[Span]:
    text = one_line(label)
    return [Span(f" {cut(text, room - 4, glyphs)} {glyphs.menu} ", Ink.FILL, level)]


def _precedence(precedence: Precedence, text: str) -> Span:
    if precedence is Precedence.ROUTINE:
        return Span(text, Ink.MUTED)
    if precedence is Precedence.PRIORITY:
        return Span(text)
    # FLASH too: the bright block is for what comes in, not for what one is about to say.
    return Span(text, Ink.URGENT)


def _reads(view: Composer, glyphs: Glyphs, room: int) -> list[Span]:
    if view.nowhere:
        return [Span(_NOWHERE, Ink.MUTED)]
    if not view.known:
        return [Span("asking who can read it", Ink.MUTED)]
    if not view.reads:
        return [Span("nobody can read it", Ink.BRIGHT)]
    devices = sum(count for _, count in view.reads)
    named = joined([[Span(f"{code} {count}")] for code, count in view.reads], f" {glyphs.dot} ")
    noun = "device" if devices == 1 else "devices"
    for row in (
        [Span("can read ", Ink.MUTED), *named, Span(f" {noun}", Ink.MUTED)],
        [Span("can read ", Ink.MUTED), *named],
    ):
        if width_of(row) <= room:
            return row
    count = len(view.reads)
    return [Span("can read ", Ink.MUTED), Span(f"{count} nation{'s' if count > 1 else ''}, {devices} {noun}")]


def _withheld(view: Composer, words: tuple[str, str], room: int) -> list[Span]:
    head, nobody = words
    if not view.known:
        return []
    if not view.withheld:
        return [Span(head + nobody, Ink.MUTED)]
    names = " ".join(view.withheld)
    if len(head) + len(names) > room and len(view.withheld) > 2:
        names = f"{len(view.withheld)} nations"
    return [Span(head, Ink.MUTED), Span(names, Ink.BRIGHT)]


def _small(view: Composer, glyphs: Glyphs, room: int) -> list[list[Span]]:
    """What stands beside the label on a small screen; each is left out where it does not fit."""
    parts: list[list[Span]] = []
    if view.warnings:
        parts.append([Span(f"{glyphs.act}{len(view.warnings)}", Ink.BRIGHT)])
    reads = [Span(_NOWHERE, Ink.MUTED)] if view.nowhere else _small_reads(view, room - 3)
    if view.precedence is not Precedence.ROUTINE:
        word = view.precedence.value
        fits = sum(width_of(part) + 1 for part in [*parts, reads]) + cells(word) + 1 <= room
        parts.append([_precedence(view.precedence, word if fits else _SHORT[view.precedence])])
    parts.append(reads)
    if view.note:
        parts.append([Span(view.note, Ink.BRIGHT if view.note.startswith("not ") else Ink.MUTED)])
    if view.national:
        parts.append([Span(ours(view.national, glyphs), Ink.MUTED)])
    return parts


def _small_reads(view: Composer, room: int) -> list[Span]:
    if not view.known:
        return [Span("asking who can read it", Ink.MUTED)]
    if not view.reads:
        return [Span("nobody can read it", Ink.BRIGHT)]
    count = len(view.reads)
    for row in (
        [Span("reads ", Ink.MUTED), *joined([[Span(f"{code} {devices}")] for code, devices in view.reads], " ")],
        [Span("reads ", Ink.MUTED), Span(counted(count, "nation"))],
    ):
        if width_of(row) <= room:
            return row
    return [Span(f"{count} read")]
