"""The timeline: messages, and the lines between them (look: one message, its columns).

Rule 1: column 0 is the gutter (selection, FLASH, unread), then time, nation and name; mark and body begin at column `BODY`
and hang there. A body can never reach the columns before it: they are our chrome. A name that stands in front of a mark brings
none of its own.
Rule 2: FLASH that still waits for this person is the one bright band on the screen; afterwards it is a plain bold row.
IMMEDIATE is the word; PRIORITY and ROUTINE print nothing.
Rule 3: receipts stand under own messages only, nation by nation: muted where nobody is missing, bold where somebody is.
Rule 4: what a message answers is named in its first row and begins there; its own text begins below.
Rule 5: how high an item is depends on the very arguments it is painted with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coalchat.api.vocabulary import Precedence
from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import DateLine, Item, MessageLine, UnreadLine
from coalchat.desk.paint.card import card_rows, title_of
from coalchat.desk.paint.hints import hint_spans
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import blank, fit, lined, width_of
from coalchat.desk.paint.text import cells, cut, named, one_line, ours, pad, wrap
from coalchat.desk.paint.under import actions, answered, remarks, repeated, tally_rows

BODY: Final = 21
"""Column at which mark and body begin."""
_TIME: Final = 5
_NATION: Final = 3
_NAME: Final = 9
_NARROW: Final = 64
"""Below this width the columns stay, and blanks between words go."""
_CUT_OFF: Final = BODY + 4
"""Narrower than this there is no column for a body: only who wrote when is shown."""
_CLOSED: Final = 7
"""What cannot be opened has neither nation nor name, and begins where the nation would."""
_CARD, _CARD_NARROW = 10, 5
"""Rows of a card that is not under the cursor; what is left out is said."""
_CANNOT: Final = "cannot be opened"
_KEY, _GUIDED = 22, 4
"""Cells of what is typed, and before it, in what stands where there is no channel."""
_LEAST: Final = 8
"""Cells that the first words of a FLASH need beside its deadline."""

_FROM_AFAR: Final = (("Up", "select"), ("A", "acknowledge"))
"""What to do about a FLASH that is not under the cursor yet."""

_GAP: Final = Span(" ")
_MARGIN: Final = Span(" " * (BODY - 1))
_CLEAR: Final = Span(" ")

_Row = tuple[Span, ...]


def paint_item(item: Item, width: int, glyphs: Glyphs, focused: bool = False, selected: bool = False) -> list[Line]:
    """The rows of an item.

    Args:
        width: of the timeline without its scroll bar; the last cell stays free.
        focused: the timeline has the focus: keys act on the selected message.
        selected: this is the message under the cursor.
    """
    if isinstance(item, DateLine):
        return [_date(item, width, glyphs)]
    if isinstance(item, UnreadLine):
        return [_unread(item, width, glyphs)]
    band = _waits(item)
    rows = _rows(item, width, glyphs, band, whole=focused and selected)
    if focused and selected and item.due and width >= _CUT_OFF:
        rows.append(_under(item, width, actions(width - _below(item, width) - 1)))
    elif band and item.due and width >= _CUT_OFF:
        rows.append(_under(item, width, hint_spans(_FROM_AFAR, width - _below(item, width) - 1)))
    gutter = _gutter(item, glyphs, focused, selected, band)
    ground = Ground.SELECTED if focused and selected else Ground.BASE
    lines = [Line((gutter, *row), ground) for row in rows]
    if band:
        lines[0] = Line(lines[0].spans, Ground.FLASH)
    return lines


def item_height(item: Item, width: int, glyphs: Glyphs, focused: bool = False, selected: bool = False) -> int:
    """How many rows `paint_item` makes."""
    return len(paint_item(item, width, glyphs, focused, selected)) if isinstance(item, MessageLine) else 1


def paint_new_below(count: int, width: int, glyphs: Glyphs, *, past: bool = False) -> list[Line]:
    """One row at the lower edge, while one reads further up: `↓ 12 new`; or in the past: `↓ the past`."""
    if past:
        words = [
            Span(f"{glyphs.down} this is the past", Ink.ACCENT),
            Span("   End", Ink.ACCENT),
            Span(" to now", Ink.MUTED),
        ]
        return [lined([blank(BODY), *words], width, glyphs)]
    words = [Span(f"{glyphs.down} {count} new", Ink.ACCENT), Span("   End", Ink.ACCENT), Span(" to them", Ink.MUTED)]
    return [lined([blank(BODY), *words], width, glyphs)]


def paint_empty(guide: tuple[tuple[str, str], ...], width: int, glyphs: Glyphs) -> list[Line]:
    """A channel in which nothing has been said yet; or, where there is none, `guide`: what can be done, and how."""
    if not guide:
        return [lined([blank(BODY), Span("no messages yet", Ink.REMARK)], width, glyphs)]
    indent = _GUIDED if width >= _NARROW - 4 else 1
    rows = [
        lined([blank(indent), Span("There is no channel here yet.", Ink.TEXT)], width, glyphs),
        lined([], width, glyphs),
    ]
    for key, words in guide:
        first, *rest = wrap(words, max(width - indent - _KEY - 1, 8))
        rows.append(lined([blank(indent), Span(pad(key, _KEY), Ink.ACCENT), Span(first, Ink.MUTED)], width, glyphs))
        rows += [lined([blank(indent + _KEY), Span(piece, Ink.MUTED)], width, glyphs) for piece in rest]
    return [*rows, lined([], width, glyphs)]


# --- lines between messages ---


def _date(item: DateLine, width: int, glyphs: Glyphs) -> Line:
    text = f" {item.text} "
    free = max(width - 2 - cells(text), 0)
    before, after = glyphs.rule * (free // 2), glyphs.rule * (free - free // 2)
    return lined([_GAP, Span(before, Ink.RULE), Span(text, Ink.MUTED), Span(after, Ink.RULE)], width, glyphs)


def _unread(item: UnreadLine, width: int, glyphs: Glyphs) -> Line:
    since = f" since {item.since}" if item.since else ""
    words = [
        Span(f"{glyphs.unread}{glyphs.rule} ", Ink.ACCENT_PLAIN),
        Span(f"{item.count} new", Ink.ACCENT),
        Span(f"{since} ", Ink.ACCENT_PLAIN),
    ]
    hairline = glyphs.rule * (width - 1 - width_of(words))
    return lined([*words, Span(hairline, Ink.ACCENT_PLAIN)], width, glyphs)


# --- a message ---


def _waits(item: MessageLine) -> bool:
    """A FLASH that this person has not dealt with: not acknowledged where that is asked for, not read where it is not."""
    if item.precedence is not Precedence.FLASH or item.mine or item.unreadable:
        return False
    return item.answered is None and (item.unread or item.due != "")


def _gutter(item: MessageLine, glyphs: Glyphs, focused: bool, selected: bool, band: bool) -> Span:
    if selected:
        return Span(glyphs.selection, Ink.ACCENT if focused else Ink.MUTED)
    if band:
        return Span(glyphs.urgent, Ink.BRIGHT)
    return Span(glyphs.unread, Ink.ACCENT_PLAIN) if item.unread else _CLEAR


def _rows(item: MessageLine, width: int, glyphs: Glyphs, band: bool, whole: bool) -> list[_Row]:
    """All but the gutter; `whole`: of a card too."""
    if item.unreadable:
        return _closed(item, width, glyphs)
    chrome = _chrome(item, glyphs)
    room = width - BODY - 1
    if width < _CUT_OFF:
        return [fit(chrome, width - 2, glyphs)]
    narrow = width < _NARROW
    lead = _lead(item, glyphs, narrow, band)
    text = item.text if item.card is None else title_of(item.card)
    said: list[_Row] = []
    if band:
        said = _band(item.due, text, lead, room, glyphs)
    else:
        first = Ink.BRIGHT if item.card or item.precedence is Precedence.FLASH else Ink.TEXT
        if begins := _begins(item, glyphs):
            # Said first, in a row of its own: nobody takes it for a part of the answer.
            *said, last = _flow(lead, "", room, first)
            said, lead = [*said, fit([*last, *begins], room, glyphs)], []
        if text or not said:
            said += _flow(lead, text, room, first)
        if item.due:
            said.append(fit([Span(f"{glyphs.act} {item.due}", Ink.BRIGHT)], room, glyphs))
    if item.hits:
        said = [_called(row, item.hits) for row in said]
    rows: list[_Row] = [(*chrome, *said[0])]
    rows += [(_MARGIN, *row) for row in said[1:]]
    below = _card(item, width, glyphs, whole)
    room = width - _below(item, width) - 1
    below += repeated(item, room, glyphs)
    below += remarks(item, room, glyphs)
    if item.tallies:
        below += tally_rows(item.tallies, room, glyphs, 2 if narrow else 3)
    if item.answered is not None:
        below.append(answered(item.answered, room, glyphs))
    return [*rows, *(_under(item, width, row) for row in below)]


def _below(item: MessageLine, width: int) -> int:
    """Column at which begins what stands below the text: on a small screen, under a report, where the nation does."""
    return _CLOSED if item.card is not None and width < _NARROW else BODY


def _under(item: MessageLine, width: int, row: Sequence[Span]) -> _Row:
    return (blank(_below(item, width) - 1), *row)


def _card(item: MessageLine, width: int, glyphs: Glyphs, whole: bool) -> list[_Row]:
    """The fields of a report."""
    if item.card is None:
        return []
    most = 0 if whole else _CARD_NARROW if width < _NARROW else _CARD
    return [_called(row, item.hits) for row in card_rows(item.card, width - _below(item, width) - 1, glyphs, most)]


def _chrome(item: MessageLine, glyphs: Glyphs) -> _Row:
    """Time, nation and name with their blanks: columns 1 to 20."""
    nation = pad(cut(item.nation, _NATION, glyphs), _NATION)
    name = pad(cut(named(item.person), _NAME, glyphs), _NAME + 1)
    return (
        Span(f"{item.time[:_TIME].ljust(_TIME)} {nation} ", Ink.MUTED),
        Span(name, Ink.ACCENT if item.mine else Ink.BRIGHT),
    )


def _lead(item: MessageLine, glyphs: Glyphs, narrow: bool, band: bool) -> list[Span]:
    """What stands before the body: precedence, mark, quote."""
    lead: list[Span] = []
    if item.precedence is Precedence.FLASH:
        lead.append(Span("FLASH " if narrow else "FLASH   ", Ink.BRIGHT))
    elif item.precedence is Precedence.IMMEDIATE:
        lead += [Span("IMMEDIATE", Ink.URGENT), _GAP]
    if item.mark:
        lead += [Span(one_line(item.mark), Ink.MARK, item.level), _GAP]
    if item.quote is not None and (band or not _begins(item, glyphs)):
        who = f"{named(item.quote.person)} {item.quote.time}" if item.quote.person else "a message not here"
        lead.append(Span(f"{glyphs.quote} {who} ", Ink.MUTED))
    return lead


def _begins(item: MessageLine, glyphs: Glyphs) -> list[Span]:
    """`↳ Berg 1531Z: Convoy 4 delayed`: of what it answers; with its own mark where that is another than this message's."""
    quote = item.quote
    if quote is None or not quote.person or not quote.text:
        return []
    row = [Span(f"{glyphs.quote} ", Ink.MUTED)]
    if quote.mark and quote.mark != item.mark:
        row += [Span(one_line(quote.mark), Ink.MARK, quote.level), _GAP]
    return [*row, Span(f"{named(quote.person)} {quote.time}: {one_line(quote.text)}", Ink.MUTED)]


def _called(row: _Row, hits: tuple[str, ...]) -> _Row:
    """The row, with the words that call this person in bold. One that is broken over two rows is not."""
    out: list[Span] = []
    for span in row:
        rest = span.text
        while span.ink is Ink.TEXT and (
            found := min(((rest.find(hit), -len(hit), hit) for hit in hits if hit in rest), default=None)
        ):
            at, _, hit = found
            out += [Span(rest[:at], span.ink), Span(hit, Ink.BRIGHT)] if at else [Span(hit, Ink.BRIGHT)]
            rest = rest[at + len(hit) :]
        if rest:
            out.append(span._replace(text=rest))
    return tuple(out)


def _flow(lead: list[Span], text: str, room: int, first: Ink, after: Ink = Ink.TEXT, kept: int = 0) -> list[_Row]:
    """Lead and text, wrapped; `kept` cells at the end of the first row stay free."""
    rows: list[_Row] = []
    taken = width_of(lead)
    if taken > room:
        *rows, last = _folded(lead, room)
        lead, taken = list(last), width_of(last)
    begin, *rest = wrap(text, room, taken + kept)
    rows.append((*lead, Span(begin, first)))
    rows += [(Span(row, after),) for row in rest]
    return rows


def _folded(spans: list[Span], room: int) -> list[_Row]:
    """Spans that are longer than a row: a mark that names many nations."""
    rows: list[list[Span]] = [[]]
    for span in spans:
        begin, *rest = wrap(span.text, room, width_of(rows[-1]))
        if begin:
            rows[-1].append(Span(begin, span.ink, span.level))
        rows += [[Span(row, span.ink, span.level)] for row in rest]
    return [tuple(row) for row in rows]


def _band(until: str, text: str, lead: list[Span], room: int, glyphs: Glyphs) -> list[_Row]:
    """The rows of a FLASH that waits; the first is the band, with the deadline at its right."""
    due = cells(until)
    if not due:
        return _flow(lead, text, room, Ink.FLASH)
    if width_of(lead) + _LEAST + 2 + due > room:
        return [*_flow(lead, text, room, Ink.FLASH), fit([Span(until, Ink.BRIGHT)], room, glyphs)]
    rows = _flow(lead, text, room, Ink.FLASH, kept=due + 2)
    free = room - width_of(rows[0]) - due
    return [(*rows[0], blank(free), Span(until, Ink.FLASH)), *rows[1:]]


def _closed(item: MessageLine, width: int, glyphs: Glyphs) -> list[_Row]:
    """What is here and cannot be opened: the reason, and neither author nor size."""
    rule = glyphs.rule * 2
    room = max(width - _CLOSED - 1, 2)
    lead = [Span(f"{rule} ", Ink.RULE)]
    if item.mark:
        lead += [Span(one_line(item.mark), Ink.MARK, item.level), _GAP]
    text = ours(item.text, glyphs)
    if not text.startswith(_CANNOT):
        text = f"{_CANNOT}: {text}"
    time = item.time[:_TIME].ljust(_TIME)
    begin, *rest = _flow(lead, f"{text} {rule}", room, Ink.REMARK, Ink.REMARK)
    rows: list[_Row] = [(Span(f"{time} ", Ink.MUTED), *begin)]
    rows += [(blank(_CLOSED - 1), *row) for row in rest]
    return [fit(row, width - 1, glyphs) for row in rows]
