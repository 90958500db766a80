"""The whole screen of who has a message: one row a person, one column a stage (look: screen 07).

Rule 1: the staircase of empty cells is the gap; a bar, a bold name and the reason in words repeat it.
Rule 2: a tick stands where a stage is known to be passed, its time beside it where that is known too.
Rule 3: the gaps come once more at the end, each with the act that closes it: with a key, where one here does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from coalchat.api.vocabulary import Answer, Role, State
from coalchat.desk.look.glyphs import Glyphs, state_glyph
from coalchat.desk.model.whoviews import NationRow, PersonRow, WhoHasIt
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.rail import progress
from coalchat.desk.paint.spans import apart, blank, fit, joined, national, section, width_of
from coalchat.desk.paint.text import cells, cut, one_line, ours, pad
from coalchat.desk.paint.under import tally_glyph
from coalchat.record import record

_WIDE: Final = 112
_SMALL: Final = 72
_BAR: Final = 20
_DEPUTY: Final = "  deputy "
_SOME: Final = 5
"""Cells of a name below which it says nothing."""
_FEW: Final = (("LEFT", 5), ("DELIV", 7), ("READ", 8), ("ACK", 7))
_STAGES: Final = {
    "STORED": State.QUEUED,
    "LEFT": State.SENT,
    "DELIVERED": State.DELIVERED,
    "DELIV": State.DELIVERED,
    "READ": State.READ,
    "ACK": State.ACKNOWLEDGED,
}


@record(kw_only=False)
class _Columns:
    """Widths, each with the blanks after it; what is left is NOW's."""

    person: int
    role: int
    device: int
    stages: tuple[tuple[str, int], ...]


def _columns(width: int) -> _Columns:
    if width >= _WIDE:
        return _Columns(16, 11, 8, (("STORED", 9), ("LEFT", 8), ("DELIVERED", 12), ("READ", 11), ("ACK", 10)))
    if width >= _SMALL:
        return _Columns(13, 8, 0, _FEW)
    return _Columns(12, 0, 0, _FEW)


def paint_who_head(who: WhoHasIt, width: int, glyphs: Glyphs) -> list[Line]:
    """What stays at the top: the message, how far it is in all, the heads of the columns."""
    title = [Span(" "), Span("WHO HAS IT", Ink.BRIGHT), Span(f"  {one_line(who.title)}", Ink.MUTED)]
    entry = [Span("entry ", Ink.MUTED), Span(f"{who.id} ")] if who.id else []
    if who.said:
        entry = [Span(f"{ours(who.said, glyphs)} ", Ink.BRIGHT)]
    lines = [Line(apart(title, entry, width, glyphs), Ground.HEAD)]
    gap = [Line()] if width >= _WIDE else []
    text = [Span(" "), Span(one_line(who.mark), Ink.MARK, who.level), Span(f" {ours(who.excerpt, glyphs)}")]
    beside = national(who.national, min(width // 3, width - 3 - cells(who.mark)), glyphs)
    lines += [*gap, Line(apart(text, beside, width - 1, glyphs)), *gap]
    lines += [Line(fit([Span(" "), *_progress(who, width - 2, glyphs)], width, glyphs)), *gap]
    columns = _columns(width)
    heads = [("", columns.person), ("ROLE", columns.role), ("DEVICE", columns.device), *columns.stages, ("NOW", 3)]
    row = Span(" " + "".join(pad(name, size) for name, size in heads if size), Ink.MUTED)
    rule = [Line((Span(glyphs.rule * width, Ink.RULE),))] if width >= _WIDE else []
    return [*lines, Line(fit([row], width, glyphs)), *rule]


def paint_who(who: WhoHasIt, width: int, glyphs: Glyphs, *, by_gap: bool = False) -> list[Line]:
    """All rows under the head; as many as there are. `by_gap`: who is furthest behind comes first."""
    columns = _columns(width)
    lines: list[Line] = []
    for nation in who.nations:
        if lines and width >= _WIDE:
            lines.append(Line())
        lines.append(_nation(nation, who, width, glyphs))
        lines += [_person(person, who, columns, width, glyphs) for person in _ordered(nation.persons, by_gap)]
        if not nation.persons:
            lines.append(Line(fit([Span(" "), Span("none of its devices is known", Ink.REMARK)], width, glyphs)))
    if not who.nations:
        lines.append(Line(fit([Span(" "), Span("nobody known", Ink.REMARK)], width, glyphs)))
    gaps = [(nation, person) for nation in who.nations for person in _ordered(nation.persons, by_gap) if person.gap]
    if gaps:
        lines += [Line()] if width >= _WIDE else []
        lines.append(section("GAPS", "what closes them", width, glyphs, Ground.BASE))
        lines += _gaps(gaps, width, glyphs)
    return lines


def _ordered(persons: Iterable[PersonRow], by_gap: bool) -> list[PersonRow]:
    return sorted(persons, key=lambda one: (not one.gap, one.state.rank)) if by_gap else list(persons)


def _progress(who: WhoHasIt, inner: int, glyphs: Glyphs) -> list[Span]:
    stage = State.ACKNOWLEDGED if who.asked else State.READ
    total = sum(nation.tally.of for nation in who.nations)
    there = sum(person.state.reaches(stage) for nation in who.nations for person in nation.persons)
    row: list[Span] = []
    if who.asked:
        row = [Span("acknowledge by ", Ink.MUTED), Span(who.by, Ink.BRIGHT), Span("  ")]
        if who.left:
            row.append(Span(f" {who.left} ", Ink.NOW) if who.overdue else Span(who.left, Ink.BRIGHT))
        row.append(Span("   "))
    row += [Span(f"{stage.value} ", Ink.MUTED)]
    count = Span(f" {there} of {total}", Ink.MUTED if there >= total else Ink.BRIGHT)
    if width_of(row) + _BAR + width_of([count]) <= inner:
        row += progress(there / total if total else 0.0, _BAR, glyphs, Ink.BRIGHT)
    row.append(count)
    released = [Span("   released to ", Ink.MUTED), Span(" ".join(nation.tally.nation for nation in who.nations))]
    if width_of(row) + width_of(released) <= inner:
        row += released
    return row


def _nation(nation: NationRow, who: WhoHasIt, width: int, glyphs: Glyphs) -> Line:
    tally, persons = nation.tally, [one for one in nation.persons if one.role != Role.BOT.value]
    missing = sum(person.gap for person in nation.persons)
    words = ["author's nation"] if tally.nation == who.author else []
    if who.asked and persons:
        words.append(f"{sum(one.state is State.ACKNOWLEDGED for one in persons)}/{len(persons)} acknowledged")
        read = sum(one.state is State.READ for one in persons)
        words += [f"{read} read"] if read else []
    else:
        words.append(f"{tally.reached}/{tally.of} {tally.state.value}" if tally.of else "nobody known")
    words += [f"{missing} missing"] if missing else []
    words += ["with caveat"] if tally.caveat else []
    words += ["unable"] if tally.unable else []
    words += ["you are missing"] if any(one.you and one.gap for one in nation.persons) else []
    ink = Ink.BRIGHT if missing or not tally.complete else Ink.MUTED
    summary = joined([[Span(word, ink)] for word in words], f" {glyphs.dot} ", ink)
    right = [Span(f"{tally_glyph(tally, glyphs)} ", ink), *summary, Span(" ")]
    left = [Span(" "), Span(tally.nation, Ink.BRIGHT)]
    if nation.deputy and who.asked:
        room = width - width_of(right) - width_of(left) - cells(_DEPUTY) - 1
        name = cut(one_line(nation.deputy), room, glyphs)
        left += [Span(_DEPUTY, Ink.MUTED), Span(name)] if room > _SOME else []
    return Line(apart(left, right, width, glyphs))


def _person(person: PersonRow, who: WhoHasIt, columns: _Columns, width: int, glyphs: Glyphs) -> Line:
    weight = Ink.BRIGHT if person.gap else Ink.TEXT
    name = _column(f"{one_line(person.person)}  you" if person.you else person.person, columns.person, glyphs)
    row = [_bar(person, glyphs), Span(name, weight)]
    for text, size in ((person.role.upper(), columns.role), (person.device, columns.device)):
        if size:
            row.append(Span(_column(text, size, glyphs), Ink.MUTED))
    row += [Span(pad(_stage(person, who, name, size, glyphs), size), Ink.TEXT) for name, size in columns.stages]
    key, act = person.closes
    now = f"{key} to {act}" if person.you and key else ours(person.now, glyphs)
    row.append(Span(now, Ink.BRIGHT if person.gap else Ink.MUTED))
    return Line(fit(row, width - 1, glyphs))


def _stage(person: PersonRow, who: WhoHasIt, name: str, size: int, glyphs: Glyphs) -> str:
    """Tick and time of a stage, the tick alone where there is no room for both; nothing where it is not passed."""
    tick, stage = _tick(person, name, glyphs), _STAGES[name]
    if name == "STORED":
        return who.stored if tick and who.stored else tick
    at = dict(person.times).get(stage, "")
    if person.state is State.HELD and stage is State.SENT:
        at = dict(person.times).get(State.HELD, "")
    if not tick or not at or cells(tick) + 1 + cells(at) >= size:
        return tick
    return f"{tick} {at}"


def _tick(person: PersonRow, name: str, glyphs: Glyphs) -> str:
    stage = _STAGES[name]
    if person.state in {State.REFUSED, State.EXPIRED}:
        # How far it was before that, nothing says; that it was stored here, everything does.
        return {"STORED": glyphs.stored, "LEFT": glyphs.refused}.get(name, "")
    if not person.state.reaches(stage):
        return ""
    answer = person.answer if stage is State.ACKNOWLEDGED else None
    return state_glyph(stage, answer, glyphs)


def _gaps(gaps: Sequence[tuple[NationRow, PersonRow]], width: int, glyphs: Glyphs) -> list[Line]:
    """Who is missing, and beside it what closes the gap: in one column, further to the right where a row needs that."""
    rows = [(_missing(nation, person, width, glyphs), _closes(person, glyphs)) for nation, person in gaps]
    beside = [(width_of(left) + 2, width_of(closes)) for left, closes in rows if closes]
    at = max([width * 3 // 5, *(least for least, _ in beside)])
    at = min([at, *(width - 1 - taken for _, taken in beside)])
    lines = []
    for left, closes in rows:
        if not closes:
            lines.append(Line(fit(left, width - 1, glyphs)))
        elif width_of(left) < at:
            lines.append(Line((*left, blank(at - width_of(left)), *closes)))
        else:
            lines.append(Line(apart(left, closes, width - 1, glyphs, gap=2)))
    return lines


def _missing(nation: NationRow, person: PersonRow, width: int, glyphs: Glyphs) -> list[Span]:
    since = f" since {person.since}" if person.since and person.why in {"", person.now} else ""
    return [
        _bar(person, glyphs),
        Span(_column(person.person, 10 if width < _WIDE else 14, glyphs), Ink.BRIGHT),
        Span(pad(nation.tally.nation, 5), Ink.MUTED),
        Span(f"{ours(person.why or person.now, glyphs)}{since}"),
    ]


def _closes(person: PersonRow, glyphs: Glyphs) -> list[Span]:
    key, words = person.closes
    if person.answer in {Answer.UNABLE, Answer.CAVEAT} or not words:
        return []
    sign = [Span(f"{key} ", Ink.ACCENT)] if key else []
    return [*sign, Span(ours(words, glyphs), Ink.TEXT if key else Ink.MUTED)]


def _bar(person: PersonRow, glyphs: Glyphs) -> Span:
    return Span(glyphs.urgent, Ink.BRIGHT) if person.gap else blank(1)


def _column(text: str, size: int, glyphs: Glyphs) -> str:
    return pad(cut(one_line(text), size - 1, glyphs), size)
