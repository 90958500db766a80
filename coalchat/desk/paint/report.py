"""The report form: what stands around each field, and beside it the report as it will appear (look: screen 06).

Rule 1: what is wrong says so at its field, and all together once more at the foot: nothing has to be looked for.
Rule 2: label and readers stand at the top, as they do in the composer: a report is sent like any message.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.reportviews import FieldRow, FormView
from coalchat.desk.model.views import Composer
from coalchat.desk.model.words import counted
from coalchat.desk.paint.card import card_rows, title_of
from coalchat.desk.paint.channels import channel_name
from coalchat.desk.paint.composer import paint_composer_foot, paint_composer_line, paint_composer_top
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.map import paint_grid
from coalchat.desk.paint.spans import apart, blank, fit, section
from coalchat.desk.paint.text import cut, one_line, ours, pad, wrap
from coalchat.record import evolve

NAME: Final = 22
"""Columns left of a field: the focus bar, its name, and whether it must be filled."""
VERDICT: Final = 26
"""Columns right of it."""
_MARK: Final = 20
_GRID, _METRES = 7, 100
"""Rows of the small grid, and metres of its columns at least: some kilometres around one position."""
_MUST: Final = "* must be filled"


def paint_report_head(view: FormView, composer: Composer, width: int, glyphs: Glyphs, roomy: bool) -> list[Line]:
    """Which form, for which channel; the label, and who will be able to read it."""
    left = [
        Span(" REPORT", Ink.BRIGHT),
        Span(f"  {view.title}", Ink.BRIGHT),
        Span(f"  {one_line(view.form_title)}", Ink.TEXT),
        Span(f"   to {channel_name(view.to)}", Ink.MUTED),
    ]
    kept = f"draft of {view.kept} came back " if view.returned else f"draft kept {view.kept} "
    right = "sending " if view.sending else kept if view.kept else ""
    lines = [Line(apart(left, [Span(ours(right, glyphs), Ink.MUTED)], width, glyphs, gap=2), Ground.HEAD)]
    shown = evolve(composer, precedence=view.precedence, reply="", note="", ack="", warnings=())
    if not roomy:
        return lines + paint_composer_line(shown, width, glyphs, False)
    foot = paint_composer_foot(shown, width, glyphs, False)
    return lines + paint_composer_top(shown, width, glyphs, False)[1:] + foot


def paint_section(title: str, first: bool, width: int, glyphs: Glyphs) -> list[Line]:
    """The heading of the fields that follow."""
    return [section(one_line(title).upper(), _MUST if first else "", width, glyphs, Ground.BASE)]


def paint_name(row: FieldRow, glyphs: Glyphs, focused: bool, edge: bool) -> list[Line]:
    """Left of a field; `edge`: the field has no ground of its own."""
    bar = Span(glyphs.selection, Ink.ACCENT) if focused else Span(" ")
    name = pad(cut(one_line(row.name), _MARK - 3, glyphs), _MARK - 2)
    must = Span(("* " if row.needed else "  ") + (glyphs.divider if edge else " "), Ink.MUTED)
    return [Line((bar, Span(name, Ink.BRIGHT if focused else Ink.TEXT), must))]


def paint_verdict(row: FieldRow, width: int, glyphs: Glyphs) -> list[Line]:
    """Right of a field: whether it is right, and what it is."""
    glyph = glyphs.delivered if row.good else glyphs.refused if row.bad else " "
    ink = Ink.BRIGHT if row.bad else Ink.MUTED
    words = cut(ours(row.verdict, glyphs), max(width - 3, 1), glyphs)
    return [Line(fit([Span(f" {glyph} ", ink), Span(words, ink)], width, glyphs))]


def paint_note(row: FieldRow, width: int, glyphs: Glyphs, focused: bool) -> list[Line]:
    """Below a field: what is wrong with it where there was no room, what it takes, or what was understood."""
    words = row.help if focused and not row.good else row.note
    if row.bad and len(row.verdict) > VERDICT - 3:
        words = row.verdict
    if not words:
        return []
    ink = Ink.BRIGHT if words == row.verdict else Ink.MUTED
    return [Line((blank(NAME), Span(line, ink))) for line in wrap(ours(words, glyphs), max(width - NAME - 1, 2))]


def paint_foot(view: FormView, width: int, glyphs: Glyphs) -> list[Line]:
    """What has to be done before it can go."""
    if view.trouble:
        rows = wrap(ours(f"{glyphs.refused} {view.trouble}", glyphs), max(width - 2, 2))
        return [Line((Span(" "), Span(row, Ink.BRIGHT))) for row in rows]
    faults = [f"{counted(view.wrong, 'field')} to correct"] if view.wrong else []
    faults += [f"{view.missing + view.open} empty"] if view.missing or (faults and view.open) else []
    follow = f"{', '.join(view.following)} may follow in an update." if view.following and view.parts else ""
    if faults:
        words = [Span(f" {glyphs.act} {', '.join(faults)}. ", Ink.BRIGHT), Span(follow, Ink.TEXT)]
    elif view.following:
        keys = "^P sends it as a part." if view.parts else ""  # before the names, which may be many
        words = [Span(f" {glyphs.act} {view.open} empty. ", Ink.BRIGHT), Span(f"{keys} {follow}".strip(), Ink.TEXT)]
    else:
        words = [Span(f" {glyphs.delivered} complete. ", Ink.MUTED), Span("^S sends it.", Ink.TEXT)]
    return [Line(fit(words, width, glyphs))]


def paint_preview(view: FormView, composer: Composer, width: int, glyphs: Glyphs) -> list[Line]:
    """The report as a card, and as text."""
    inner = max(width - 3, 2)
    mark = Span(f"({one_line(composer.short)}) ", Ink.MARK, composer.level)
    lines = [section("AS IT WILL APPEAR", "", width, glyphs, Ground.SIDE), Line((), Ground.SIDE)]
    head = fit([Span(f"{view.precedence.value} ", Ink.MUTED), mark], inner, glyphs)
    lines += [
        Line((Span(" "), *head), Ground.SIDE),
        Line((Span(" "), Span(title_of(view.card), Ink.BRIGHT)), Ground.SIDE),
    ]
    bar = Span(f" {glyphs.divider} ", Ink.RULE)
    lines += [Line((bar, *row), Ground.SIDE) for row in card_rows(view.card, inner - 1, glyphs, 0)]
    if view.points:
        lines += [Line((), Ground.SIDE), section("ON THE GRID", "", width, glyphs, Ground.SIDE), Line((), Ground.SIDE)]
        grid = paint_grid(view.points, inner, _GRID, glyphs, _METRES)
        lines += [Line((Span(" "), *row), Ground.SIDE) for row in grid]
    lines += [Line((), Ground.SIDE), section("AS TEXT", "", width, glyphs, Ground.SIDE), Line((), Ground.SIDE)]
    for text in view.text:
        lines += [Line((Span(" "), Span(row, Ink.MUTED)), Ground.SIDE) for row in wrap(text, inner)]
    return lines
