"""Issuing an ROE notice: what stands around its fields, the notice as it will appear, and the acts to choose from.

Rule 1: label and readers stand at the top, as they do in the composer; the name that it will get beside the act.
Rule 2: what cannot be done stands there with its reason, and cannot be chosen.
Rule 3: the clause of a refusal stands below the fields, whatever their number.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.roeformviews import ActChoice, RoeFormView
from coalchat.desk.model.words import counted
from coalchat.desk.paint.block import EMPTY, block_hints, block_row, block_text, chosen_bar
from coalchat.desk.paint.channels import channel_name
from coalchat.desk.paint.composer import paint_composer_foot, paint_composer_line, paint_composer_top
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.roe import said
from coalchat.desk.paint.roenotice import body_rows
from coalchat.desk.paint.spans import apart, blank, fit, section
from coalchat.desk.paint.text import cells, cut, ours, pad, wrap

_WORD: Final = 12
JUDGES: Final = "coalchat shows ROE; it never judges whether force is lawful."
"""In one row, where there is room for no more."""


def paint_form_head(view: RoeFormView, width: int, glyphs: Glyphs, roomy: bool) -> list[Line]:
    """Which act, as what; where to; the label, and who will be able to read it."""
    to = f"   to {channel_name(view.composer.channel)}" if view.composer.channel else ""
    left = [
        Span(" ROE NOTICE", Ink.BRIGHT),
        Span(f"  {view.act}", Ink.BRIGHT),
        Span(f"  {ours(view.means, glyphs)}" if roomy else "", Ink.TEXT),
        Span(to, Ink.MUTED),
    ]
    name = [Span("will be ", Ink.MUTED), Span(f"{view.name} ", Ink.BRIGHT)] if view.name else []
    right = [Span("issuing ", Ink.MUTED)] if view.sending else name
    lines = [Line(apart(left, right, width, glyphs, gap=2), Ground.HEAD)]
    if not view.composer.label:
        words = "Say where to and under which label: then it stands here who will be able to read it."
        return [*lines, *said(words, Ink.MUTED, width, glyphs, ground=Ground.INPUT)]
    if not roomy:
        return lines + paint_composer_line(view.composer, width, glyphs, False)
    foot = paint_composer_foot(view.composer, width, glyphs, False)
    return lines + paint_composer_top(view.composer, width, glyphs, False)[1:] + foot


def paint_form_foot(view: RoeFormView, width: int, glyphs: Glyphs, alone: bool) -> list[Line]:
    """What has to be done before it can be issued, or why it was refused. `alone`: nothing beside it says that nothing judges."""
    words = said(JUDGES, Ink.MUTED, width, glyphs) if alone else []
    return [*_foot(view, width, glyphs), *words]


def _foot(view: RoeFormView, width: int, glyphs: Glyphs) -> list[Line]:
    if view.trouble:
        clause = f"{view.clause}: " if view.clause else ""
        return said(f"{glyphs.refused} {clause}{view.trouble}", Ink.BRIGHT, width, glyphs)
    faults = [f"{counted(view.wrong, 'field')} to correct"] if view.wrong else []
    faults += [f"{view.missing} empty"] if view.missing else []
    if faults:
        return said(f"{glyphs.act} {', '.join(faults)}. {view.first}", Ink.BRIGHT, width, glyphs)
    if not view.ready:
        return said("asking the node what it would be", Ink.REMARK, width, glyphs)
    signatures = f" {view.signatures}." if view.signatures else ""
    return said(f"{glyphs.delivered} complete. ^S, then its serial, issues it.{signatures}", Ink.TEXT, width, glyphs)


def paint_form_preview(view: RoeFormView, width: int, glyphs: Glyphs) -> list[Line]:
    """The notice as it will appear."""
    lines = [section("AS IT WILL APPEAR", "", width, glyphs, Ground.SIDE), Line((), Ground.SIDE)]
    mark = f"({view.composer.short}) " if view.composer.short else ""
    head = [Span(" "), Span(f"{view.composer.precedence.value} ", Ink.MUTED), Span(mark, Ink.MARK, view.composer.level)]
    name = [Span(f" {ours(view.notice.name, glyphs)}", Ink.BRIGHT), Span(f"  {ours(view.notice.what, glyphs)}")]
    lines += [Line(fit(head, width - 1, glyphs), Ground.SIDE), Line(fit(name, width - 1, glyphs), Ground.SIDE)]
    rows = body_rows(view.notice, width - 1, glyphs, wide=False)
    lines += [Line(fit(row, width - 1, glyphs), Ground.SIDE) for row in rows]
    if view.notice.by:
        lines += said(f"acknowledge by {view.notice.by}", Ink.TEXT, width, glyphs, ground=Ground.SIDE)
    if view.signatures:
        lines += [Line((), Ground.SIDE), *said(view.signatures, Ink.BRIGHT, width, glyphs, ground=Ground.SIDE)]
    return [*lines, Line((), Ground.SIDE), *said(view.notice.words, Ink.MUTED, width, glyphs, ground=Ground.SIDE)]


def readers(view: RoeFormView, glyphs: Glyphs) -> str:
    """Who will be able to read it, and who not, in one sentence."""
    composer = view.composer
    if not composer.known:
        return "The node has not said yet who will be able to read it."
    named = f" {glyphs.dot} ".join(f"{code} {count}" for code, count in composer.reads)
    withheld = f"withheld from {' '.join(composer.withheld)}" if composer.withheld else "withheld from no nation"
    return f"Devices that can read it: {named or 'none'}; {withheld}."


def paint_acts(
    title: str, choices: tuple[ActChoice, ...], cursor: int, why: str, width: int, glyphs: Glyphs
) -> list[Line]:
    """The acts. `why`: why the one that was tried cannot be done, or ""."""
    lines = [block_row([Span(title, Ink.BRIGHT)], width, glyphs), EMPTY]
    lines += block_text("Nothing is issued before you have typed its serial.", Ink.TEXT, width, glyphs)
    lines.append(EMPTY)
    for place, choice in enumerate(choices):
        here = place == cursor
        dot = " " if choice.why_not else glyphs.on if here else glyphs.off
        bright = Ink.BRIGHT if here and not choice.why_not else Ink.TEXT if not choice.why_not else Ink.MUTED
        words = f"not possible: {choice.why_not}" if choice.why_not else choice.means
        head = f"{dot} {place + 1} {pad(choice.word, _WORD)}"
        first, *rest = wrap(ours(words, glyphs), max(width - 4 - cells(head), 8)) or [""]
        row = [Span(head, bright), Span(first, Ink.TEXT if here and not choice.why_not else Ink.MUTED)]
        lines.append(block_row(row, width, glyphs, chosen_bar(here, glyphs)))
        lines += [block_row([blank(cells(head)), Span(piece, Ink.MUTED)], width, glyphs) for piece in rest]
    if why:
        lines += [EMPTY, *block_text(f"{glyphs.refused} {cut(why, 200, glyphs)}", Ink.BRIGHT, width, glyphs)]
    keys = ((f"{glyphs.up}{glyphs.down}", "choose"), ("Enter", "write it"))
    return [*lines, EMPTY, block_hints(keys, (("Esc", "not now"),), width, glyphs)]
