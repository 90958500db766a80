"""The right column: who has the selected message, what is due, keys, links; and the same in one row.

Rule 1: what is fine is muted, a gap is bold, and who is missing is named.
Rule 2: sections keep their order and their heads. Where rows are scarce, first the blank rows go, then what the own nation
marks alike, then names are counted, then the last rows, and an ellipsis says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from coalchat.api.vocabulary import LinkState, State
from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import DueRow, KeysView, LinkRow, Rail
from coalchat.desk.model.whoviews import NationRow, PersonRow, WhoHasIt
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, blank, fit, national, section, width_of
from coalchat.desk.paint.text import cells, cut, one_line, ours, pad
from coalchat.desk.paint.under import tally_glyph, tally_spans

_NAMES_AT: Final = 5
"""Names of the missing stand in a little under their nation."""
_NAME: Final = 8
"""A longer name moves the words beside it."""
_DEPUTY: Final = "deputy "
_UNKNOWN: Final = "?"
"""Nobody there is known."""

_Row = list[Span]


def paint_rail(rail: Rail, width: int, height: int, glyphs: Glyphs) -> list[Line]:
    """Exactly `height` rows, the head first."""
    inner = width - 2
    head = Line(fit([Span(" "), Span("WHO HAS IT", Ink.CAPS)], width, glyphs), Ground.HEAD)
    rest = [*_due(rail, inner, glyphs), *_keys(rail, inner, glyphs), *_links(rail, inner, glyphs)]
    heads = sum(1 for row in rest if isinstance(row, str))
    missing = sum(person.gap for nation in rail.who.nations for person in nation.persons) if rail.who else 0
    beside = _beside(rail.who, inner, glyphs)
    who = _who(rail.who, inner, glyphs, missing, beside)
    roomy = 1 + len(who) + len(rest) + heads + 2 <= height
    if not roomy and len(who) > (free := height - 1 - len(rest)):
        # The most names with which all of it has room, or none.
        names = bisect_right(range(missing + 1), free, key=lambda names: len(_who(rail.who, inner, glyphs, names))) - 1
        who = _who(rail.who, inner, glyphs, max(names, 0))
    return _stacked(head, who, rest, width, height, glyphs, roomy)


def _stacked(
    head: Line, who: list[_Row], rest: list[_Row | str], width: int, height: int, glyphs: Glyphs, roomy: bool
) -> list[Line]:
    lines = [head]
    if roomy:
        # Free rows: under the head, under the title of the message, above each section.
        lines.append(Line((), Ground.SIDE))
        who = [who[0], [], *who[1:]]
    for row in [*who, *rest]:
        if isinstance(row, str):
            if roomy:
                lines.append(Line((), Ground.SIDE))
            lines.append(section(row, "", width, glyphs, Ground.SIDE))
        else:
            lines.append(Line(fit([Span(" "), *row], width, glyphs), Ground.SIDE))
    if len(lines) > height > 1:
        return [*lines[: height - 1], Line(fit([Span(f" {glyphs.ellipsis}", Ink.MUTED)], width, glyphs), Ground.SIDE)]
    lines += [Line((), Ground.SIDE)] * (height - len(lines))
    return lines[: max(height, 0)]


# --- sections: a text is the head of one, the rest are rows ---


def _beside(who: WhoHasIt | None, inner: int, glyphs: Glyphs) -> list[_Row]:
    """The message's mark, and what the own nation marks alike: in one row, or below each other, or neither."""
    if who is None or not who.national or cells(who.mark) > inner:
        return []
    mark = Span(one_line(who.mark), Ink.MARK, who.level)
    if beside := national(who.national, inner - cells(who.mark), glyphs):
        return [[mark, *beside]]
    # Below it, without the two blanks between them.
    beside = national(who.national, inner + 2, glyphs)[1:]
    return [[mark], beside] if beside else []


def _who(who: WhoHasIt | None, inner: int, glyphs: Glyphs, names: int, beside: Sequence[_Row] = ()) -> list[_Row]:
    if who is None:
        return [[Span("no message selected", Ink.REMARK)]]
    title = [Span(one_line(who.title), Ink.BRIGHT), Span(" ")]
    excerpt = cut(ours(who.excerpt, glyphs), inner - width_of(title), glyphs)
    rows: list[_Row] = [[*title, Span(excerpt, Ink.MUTED)], *beside]
    if who.asked:
        by, left = [Span("ack by ", Ink.MUTED), Span(who.by, Ink.BRIGHT)], _left(who)
        if width_of(by) + 1 + width_of(left) <= inner:
            rows.append(list(apart(by, left, inner, glyphs)))
        else:
            rows += [by, list(apart([], left, inner, glyphs))]
    if not who.nations:
        rows.append([Span("nobody known", Ink.REMARK)])
    counts = max((cells(_count(nation)) for nation in who.nations), default=0)
    for nation in who.nations:
        rows.append(_nation(nation, counts, glyphs))
        missing = [person for person in nation.persons if person.gap]
        size = max((min(cells(person.person), _NAME) for person in missing), default=0)
        if nation.deputy and nation.lacks and who.asked and names > 0:
            rows.append(_deputy(nation, inner, glyphs))
        rows += [_person(person, size, inner, glyphs) for person in missing[:names]]
        if len(missing) > names:
            more = f"{glyphs.ellipsis} {len(missing) - max(names, 0)} missing"
            rows.append([blank(_NAMES_AT), Span(more, Ink.BRIGHT)])
        names = max(names - len(missing), 0)
    return rows


def _left(who: WhoHasIt) -> list[Span]:
    if not who.left:
        return []
    return [Span(f" {who.left} ", Ink.NOW)] if who.overdue else [Span(who.left, Ink.BRIGHT)]


def _count(nation: NationRow) -> str:
    return f"{nation.tally.reached}/{nation.tally.of}" if nation.tally.of else _UNKNOWN


def _nation(nation: NationRow, counts: int, glyphs: Glyphs) -> _Row:
    tally = nation.tally
    weight = Ink.MUTED if tally.complete else Ink.BRIGHT
    word = "unable" if tally.unable else "caveat" if tally.caveat else tally.state.value
    return [
        Span(pad(tally_glyph(tally, glyphs), 3), weight),
        Span(f"{tally.nation}  ", Ink.TEXT),
        Span(pad(_count(nation), counts), Ink.TEXT if tally.complete else Ink.BRIGHT),
        Span(f"  {word}", Ink.BRIGHT if tally.caveat or tally.unable else Ink.MUTED),
    ]


def _deputy(nation: NationRow, inner: int, glyphs: Glyphs) -> _Row:
    name = cut(one_line(nation.deputy), inner - _NAMES_AT - cells(_DEPUTY), glyphs)
    return [blank(_NAMES_AT), Span(_DEPUTY, Ink.MUTED), Span(name)]


def _person(person: PersonRow, size: int, inner: int, glyphs: Glyphs) -> _Row:
    failed = person.state in {State.REFUSED, State.EXPIRED} or person.answer is not None
    name = cut(one_line(person.person), inner - _NAMES_AT, glyphs)
    room = inner - _NAMES_AT - max(size, cells(name)) - 2
    now = ours(person.now, glyphs)
    if cells(now) > room:
        # What follows the comma says more of the same; the whole stands on the screen of F4.
        now = now.split(",", 1)[0]
    words = [Span("  "), Span(cut(now, room, glyphs), Ink.BRIGHT if failed else Ink.MUTED)] if room > 2 else []
    return [blank(_NAMES_AT), Span(pad(name, size)), *words]


def _due(rail: Rail, inner: int, glyphs: Glyphs) -> list[_Row | str]:
    rows: list[_Row | str] = ["DUE"]
    if not rail.due:
        return [*rows, [Span("nothing", Ink.MUTED)]]
    for due in rail.due:
        rows += _due_rows(due, inner, glyphs)
    return rows


def _due_rows(due: DueRow, inner: int, glyphs: Glyphs) -> list[_Row]:
    weight = Ink.BRIGHT if due.act else Ink.TEXT
    left = [Span(f" {due.left} ", Ink.NOW)] if due.overdue else [Span(due.left, weight)]
    room = inner - cells(due.time) - 2 - width_of(left)
    own_row = due.overdue and cells(due.what) > room
    words = ours(due.brief if due.brief and not own_row and cells(due.what) > room else due.what, glyphs)
    what = _words(words, inner - cells(due.time) - 1 if own_row else room, glyphs)
    said = [Span(f"{due.time} ", weight), Span(what, weight if due.act else Ink.MUTED)]
    if own_row:
        return [said, list(apart([], left, inner, glyphs))]
    return [list(apart(said, left, inner, glyphs))]


def _words(text: str, room: int, glyphs: Glyphs) -> str:
    """Cut after a whole word, if that leaves most of it."""
    if cells(text) <= room:
        return text
    text = cut(text, room, glyphs)
    at = text.rfind(" ")
    return text[:at] + glyphs.ellipsis if at > len(text) // 2 else text


def _keys(rail: Rail, inner: int, glyphs: Glyphs) -> list[_Row | str]:
    rows: list[_Row | str] = ["KEYS"]
    keys = rail.keys
    if keys is None:
        return [*rows, [Span("none yet", Ink.MUTED)]]
    segment = f"segment {keys.segment}/{keys.segments}"
    rows.append(list(apart([Span("edition ", Ink.MUTED), Span(str(keys.edition))], [Span(segment)], inner, glyphs)))
    rows.append(progress(keys.done, inner, glyphs))
    rows.append([Span("segment ends ", Ink.MUTED), Span(_short(keys.ends))])
    rows.append(_published(keys, glyphs))
    return rows


def progress(done: float, width: int, glyphs: Glyphs, ink: Ink = Ink.MUTED) -> _Row:
    """A bar of `width` cells, `done` of it (0 to 1) in `ink`."""
    full = min(max(round(done * width), 0), width)
    return [Span(glyphs.bar * full, ink), Span(glyphs.rest * (width - full), Ink.RULE)]


def _published(keys: KeysView, glyphs: Glyphs) -> _Row:
    if not keys.soon:
        return [Span("keys until ", Ink.MUTED), Span(_short(keys.until))]
    return [Span(f"{glyphs.act} keys until {_short(keys.until)}", Ink.BRIGHT)]


def _short(dtg: str) -> str:
    """The date-time group without month and year: the rail is narrow, and no key lives a month."""
    return dtg.split(" ", 1)[0]


def _links(rail: Rail, inner: int, glyphs: Glyphs) -> list[_Row | str]:
    rows: list[_Row | str] = ["LINKS"]
    if not rail.links:
        rows.append([Span("none", Ink.MUTED)])
    for link in rail.links:
        rows += _link_rows(link, inner, glyphs)
    own = f"{rail.queued} of yours" if rail.queued else "nothing"
    rows.append([Span("not out yet: ", Ink.MUTED), Span(own, Ink.BRIGHT if rail.queued else Ink.MUTED)])
    return rows


def _link_rows(link: LinkRow, inner: int, glyphs: Glyphs) -> list[_Row]:
    weight = Ink.BRIGHT if link.gap else Ink.MUTED
    right = [Span(f"{link.state.value}  ", weight), Span(link.age.rjust(6), Ink.BRIGHT if link.gap else Ink.TEXT)]
    rows = [list(apart([Span(one_line(link.peer))], right, inner, glyphs))]
    if link.gap and link.reason:
        rows.append([Span("  "), Span(cut(one_line(link.reason), inner - 2, glyphs), Ink.MUTED)])
    return rows


# --- one row ---


def paint_rail_line(rail: Rail, width: int, glyphs: Glyphs) -> list[Line]:
    """What the rail says, in one row: who has the selected message, then what needs a look, then what is fine."""
    inner = width - 2
    news = _news(rail, glyphs)
    all_of_it = width_of([span for part in news for span in part]) + 2 * len(news)
    left = _who_line(rail, glyphs, 2)
    if width_of(left) + all_of_it > inner:
        left = list(fit(_who_line(rail, glyphs, 1), inner, glyphs))
    right: _Row = []
    for part in news:
        gap = [Span("  ")] if right else []
        if width_of(left) + 2 + width_of(right) + width_of(gap) + width_of(part) <= inner:
            right += [*gap, *part]
    return [Line(fit([Span(" "), *apart(left, right, inner, glyphs)], width, glyphs))]


def _who_line(rail: Rail, glyphs: Glyphs, gap: int) -> _Row:
    if rail.who is None:
        return []
    row = [Span(one_line(rail.who.title).split(" ", 1)[0], Ink.BRIGHT)]
    for nation in rail.who.nations:
        row += [blank(gap), *tally_spans(nation.tally, glyphs, words=False)]
    return row


def _news(rail: Rail, glyphs: Glyphs) -> list[_Row]:
    """The gaps first, so that they find room."""
    gaps: list[_Row] = [[Span(f"{link.peer} {_state(link)}", Ink.BRIGHT)] for link in rail.links if link.gap]
    if rail.queued:
        gaps.append([Span(f"{rail.queued} not out", Ink.BRIGHT)])
    fine: list[_Row] = [[Span(f"{link.peer} up", Ink.MUTED)] for link in rail.links if not link.gap]
    if rail.keys is not None:
        key = f"key {rail.keys.edition}{glyphs.dot}{rail.keys.segment}"
        if rail.keys.soon:
            gaps.append([Span(f"{key} until {_short(rail.keys.until)}", Ink.BRIGHT)])
        else:
            fine.append([Span(key, Ink.MUTED)])
    return [*gaps, *fine]


def _state(link: LinkRow) -> str:
    return link.state.value if link.state is LinkState.REFUSED or not link.age else link.age
