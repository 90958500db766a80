"""What stands under a message's text: our remarks, who has it, what one can do with it.

Rule 1: our words inside the timeline are italic, so that nobody takes them for the author's.
Rule 2: a nation where nobody is missing is muted, one where somebody is is bold: the eye goes to the gap.
Rule 3: glyph, nation and count go together: a row breaks between nations only.
"""

from __future__ import annotations

from typing import Final

from coalchat.api.vocabulary import Answer
from coalchat.desk.look.glyphs import Glyphs, state_glyph
from coalchat.desk.model.views import MessageLine
from coalchat.desk.model.whoviews import Tally
from coalchat.desk.model.words import counted
from coalchat.desk.paint.hints import hint_spans
from coalchat.desk.paint.ink import Ink, Span
from coalchat.desk.paint.spans import fit, width_of
from coalchat.desk.paint.text import ours, wrap

_ACTIONS: Final = (("A", "acknowledge"), ("R", "reply"), ("Enter", "read"))
_ANSWERS: Final = {
    Answer.NONE: "you acknowledged",
    Answer.WILCO: "you acknowledged: will comply",
    Answer.CAVEAT: "you acknowledged with a caveat",
    Answer.UNABLE: "you answered: unable",
}

_Row = tuple[Span, ...]


def repeated(item: MessageLine, room: int, glyphs: Glyphs) -> list[_Row]:
    """What it repeats of others, behind a bar that no text can draw: whose and of which label, then the text."""
    inner = max(room - 2, 2)
    bar = Span(f"{glyphs.divider} ", Ink.RULE)
    rows: list[_Row] = []
    for head, text in item.repeats:
        rows += [(bar, Span(row, Ink.REMARK)) for row in wrap(f"{glyphs.quote} {ours(head, glyphs)}", inner)]
        rows += [(bar, Span(row, Ink.TEXT)) for row in wrap(text, inner)]
    return [fit(row, room, glyphs) for row in rows]


def remarks(item: MessageLine, room: int, glyphs: Glyphs) -> list[_Row]:
    """What we have to say about it, each from a new row."""
    rows: list[_Row] = [(Span(row, Ink.REMARK),) for remark in item.remarks for row in wrap(ours(remark, glyphs), room)]
    if item.sending:
        rows.append((Span(f"{glyphs.sending} sending", Ink.MUTED),))
    if item.failed:
        rows += [
            (Span(row, Ink.BRIGHT),) for row in wrap(f"{glyphs.refused} not sent: {ours(item.failed, glyphs)}", room)
        ]
    if item.answers:
        said = f"{item.answers}+ answers" if item.more_answers else counted(item.answers, "answer")
        rows.append((Span(said, Ink.REMARK),))
    return [fit(row, room, glyphs) for row in rows]


def answered(answer: Answer, room: int, glyphs: Glyphs) -> _Row:
    """How this person has acknowledged it."""
    glyph = {Answer.CAVEAT: glyphs.caveat, Answer.UNABLE: glyphs.refused}.get(answer, glyphs.acknowledged)
    return fit([Span(f"{glyph} ", Ink.MUTED), Span(_ANSWERS[answer], Ink.REMARK)], room, glyphs)


def tally_glyph(tally: Tally, glyphs: Glyphs) -> str:
    """The glyph of a nation: that of its state, unless somebody there has a caveat or is unable."""
    if tally.unable:
        return glyphs.refused
    return glyphs.caveat if tally.caveat else state_glyph(tally.state, None, glyphs)


def tally_spans(tally: Tally, glyphs: Glyphs, words: bool = True) -> list[Span]:
    """`✓✓ XAA 4/4`, with the word where there is more to say than the count."""
    ink = Ink.MUTED if tally.complete else Ink.BRIGHT
    count = f"{tally.nation} {tally.reached}/{tally.of}" if tally.of else f"{tally.nation} nobody known"
    out = [Span(f"{tally_glyph(tally, glyphs)} {count}", ink)]
    if words and (tally.caveat or tally.unable):
        out.append(Span(" unable" if tally.unable else " caveat", Ink.BRIGHT))
    return out


def tally_rows(tallies: tuple[Tally, ...], room: int, glyphs: Glyphs, gap: int) -> list[_Row]:
    """How far an own message is, nation by nation, `gap` blanks between."""
    rows: list[list[Span]] = []
    for tally in tallies:
        spans = tally_spans(tally, glyphs)
        if rows and width_of(rows[-1]) + gap + width_of(spans) <= room:
            rows[-1] += [Span(" " * gap), *spans]
        else:
            rows.append(spans)
    return [fit(row, room, glyphs) for row in rows]


def actions(room: int) -> list[Span]:
    """What the keys do with the selected message."""
    return hint_spans(_ACTIONS, room)
