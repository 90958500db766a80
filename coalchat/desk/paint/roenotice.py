"""One ROE notice whole (look: screen 05): what it says, what it stands on, who signed and who has acknowledged."""

from __future__ import annotations

from collections.abc import Iterable

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.roeviews import NoticeView
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.roe import WIDE, caveat_lines, change_rows, said, tally_rows
from coalchat.desk.paint.spans import Row, apart, blank, section
from coalchat.desk.paint.text import ours, wrap


def paint_notice_head(view: NoticeView, width: int, glyphs: Glyphs) -> list[Line]:
    """Its name and how it stands."""
    left = [Span(" "), Span(view.name, Ink.BRIGHT), Span(f"  {ours(view.what, glyphs)}", Ink.MUTED)]
    right = [Span(f"acknowledge by {view.by} ", Ink.BRIGHT)] if view.by and view.left else []
    lines = [Line(apart(left, right, width, glyphs, gap=2), Ground.HEAD)]
    if view.reason:
        lines += said(f"{glyphs.refused} NOT IN FORCE: {view.reason}", Ink.BRIGHT, width, glyphs)
    if view.trouble:
        lines += said(f"{glyphs.refused} not done: {view.trouble}", Ink.BRIGHT, width, glyphs)
    if view.done:
        lines += said(f"{glyphs.delivered} {view.done}", Ink.TEXT, width, glyphs)
    return lines


def paint_whole(view: NoticeView, width: int, glyphs: Glyphs) -> list[Line]:
    """All of it, and who has acknowledged."""
    lines = [Line(tuple(row)) for row in body_rows(view, width, glyphs, width >= WIDE)]
    for sentence in view.stands:
        lines += said(sentence, Ink.MUTED, width, glyphs)
    if view.why_not or view.endorses:
        words = "S: you may sign it too" if view.endorses else view.why_not
        lines += [Line(), *said(f"it waits for signatures. {words}", Ink.BRIGHT, width, glyphs)]
    if view.said:
        lines += [Line(), section("CAVEATS OF OTHERS", "", width, glyphs, Ground.BASE)]
        lines += [line for row in view.said for line in caveat_lines(row, width, glyphs)]
    lines += [Line(), section("ACKNOWLEDGED", "", width, glyphs, Ground.BASE)]
    lines += [Line(tuple(row)) for row in tally_rows(view.tallies, width, glyphs)]
    for answer in view.answers:
        lines += said(answer, Ink.TEXT, width, glyphs)
    if not view.tallies:
        lines.append(Line((Span(" nobody is asked", Ink.REMARK),)))
    return lines


def body_rows(view: NoticeView, width: int, glyphs: Glyphs, wide: bool) -> list[Row]:
    """Who issued and signed it, its rules, from when until when, to whom; the own nation's caveats."""
    rows: list[Row] = [*_plain(f"from {view.author}", width, glyphs)]
    count = f"{view.count} {glyphs.delivered}" if view.whole else f"{view.count}: not enough"
    rows += _plain(f"{view.signed or 'signed'}  {count}", width, glyphs, Ink.MUTED if view.whole else Ink.BRIGHT)
    rows += [(), *(row for change in view.changes for row in change_rows(change, width, glyphs, wide))]
    rows += [*_plain(view.scope, width, glyphs)]
    rows += _plain(view.remark, width, glyphs) if view.remark else []
    if view.own:
        rows.append(())
        rows += _plain(f"caveat that stays with you: {'; '.join(view.own)}", width, glyphs, Ink.BRIGHT)
    return rows


def _plain(text: str, width: int, glyphs: Glyphs, ink: Ink = Ink.TEXT) -> Iterable[Row]:
    return [(blank(1), Span(piece, ink)) for piece in wrap(ours(text, glyphs), max(width - 2, 8))]
