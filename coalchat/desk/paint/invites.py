"""A custodian's invites: whom, what for, how far, and the words of who has asked."""

from __future__ import annotations

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.custodyviews import InviteRow, Invites
from coalchat.desk.model.words import counted
from coalchat.desk.paint.block import chosen_bar
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, blank, fit
from coalchat.desk.paint.text import one_line, ours, wrap


def paint_invites_head(view: Invites, width: int, glyphs: Glyphs) -> list[Line]:
    """What stays at the top, and what came of the last act."""
    left = [Span(" "), Span("INVITES", Ink.BRIGHT)]
    asking = sum(row.asks for row in view.rows)
    if asking:
        left.append(Span(f"  {glyphs.act} {counted(asking, 'device')} to compare", Ink.BRIGHT))
    right = [Span("a code for one device, 72 h ", Ink.MUTED)]
    lines = [Line(apart(left, right, width, glyphs, gap=2), Ground.HEAD)]
    for said in (
        f"{glyphs.refused} not done: {view.trouble}" if view.trouble else "",
        view.said and f"done: {view.said}",
    ):
        if said:
            lines += [Line((blank(1), Span(row, Ink.BRIGHT))) for row in wrap(ours(said, glyphs), max(width - 2, 2))]
    return lines


def paint_invites(view: Invites, cursor: int, width: int, glyphs: Glyphs) -> list[Line]:
    """All rows under the head. `cursor`: the index of the invite under it."""
    if not view.known:
        return [Line((blank(1), Span("asking the node", Ink.REMARK)))]
    if not view.rows:
        return [Line((blank(1), Span("no invites: N makes one", Ink.REMARK)))]
    lines: list[Line] = []
    for place, row in enumerate(view.rows):
        lines += [*_invite(row, place == cursor, width, glyphs), Line()]
    return lines


def _invite(row: InviteRow, here: bool, width: int, glyphs: Glyphs) -> list[Line]:
    bar, ground = chosen_bar(here, glyphs) or blank(1), Ground.SELECTED if here else Ground.BASE
    weight = Ink.BRIGHT if row.open else Ink.MUTED
    state = [Span(row.state, weight), Span(f"  until {row.until} ", Ink.MUTED)]
    first = apart([bar, Span(one_line(row.person), weight)], state, width, glyphs, gap=2)
    rows = [Line(first, ground), Line(fit([blank(3), Span(ours(row.what, glyphs), Ink.MUTED)], width, glyphs), ground)]
    if row.asks:
        words = [blank(3), Span("words  ", Ink.MUTED), Span(" ".join(row.words), Ink.BRIGHT), Span("  A", Ink.ACCENT)]
        rows.append(Line(fit([*words, Span(" compare", Ink.MUTED)], width, glyphs), ground))
    return rows
