"""The ROE board (look: screen 04).

Rule 1: what waits for this person stands first, with what changes; then what waits for signatures; then what is in force, with
each nation's own word in columns; then caveats in full; then what is NOT IN FORCE, each row in words and with its reason.
Rule 2: a diamond or a cross never stands alone: the word is beside it.
Rule 3: the last row says that nothing here judges. It stays, however small the screen.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.roeviews import (
    BoardView,
    CaveatRow,
    ChangeRow,
    DeadRow,
    PendingRow,
    RuleRow,
    SigningRow,
    Stance,
    TallyRow,
)
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.rail import progress
from coalchat.desk.paint.spans import Row, apart, blank, fit, section, width_of
from coalchat.desk.paint.text import cells, cut, ours, pad, wrap

WIDE: Final = 112
_RULE, _VERB, _SPECIFY, _SINCE, _BY, _NATION, _NARROW = 8, 12, 16, 9, 9, 12, 11
"""Cells of the columns, the blank after each included."""
_BAR: Final = 12
_NOT: Final = "NOT IN FORCE"


def paint_roe_head(view: BoardView, width: int, glyphs: Glyphs) -> list[Line]:
    """Whose board, of when, from what; alarms."""
    left = [Span(" "), Span("ROE BOARD", Ink.BRIGHT), Span(f"  {ours(view.title, glyphs)}", Ink.MUTED)]
    if view.past:
        left.append(Span("  ANOTHER TIME", Ink.BRIGHT))
    note = ours(view.note, glyphs)
    if width_of(left) + cells(note) + 4 > width:
        note = "GAP" if view.gap else ""
    right = [Span(f"{note} ", Ink.BRIGHT if view.gap else Ink.MUTED)] if note else []
    lines = [Line(apart(left, right, width, glyphs, gap=2), Ground.HEAD)]
    for alarm in view.alarms:
        lines += said(f"{glyphs.act} {alarm}", Ink.BRIGHT, width, glyphs)
    if view.trouble:
        lines += said(f"{glyphs.refused} not done: {view.trouble}", Ink.BRIGHT, width, glyphs)
    if view.said:
        lines += said(f"{glyphs.delivered} {view.said}", Ink.TEXT, width, glyphs)
    return lines


def paint_roe(view: BoardView, width: int, glyphs: Glyphs) -> list[Line]:
    """All rows under the head."""
    if not view.known:
        return [Line((Span(" asking the node", Ink.REMARK),))]
    wide = width >= WIDE
    parts = [
        _pending(view.pending, width, glyphs, wide),
        _signing(view.signing, width, glyphs, wide),
        _in_force(view, width, glyphs, wide),
        [line for row in view.caveats for line in caveat_lines(row, width, glyphs)],
        _dead(view.dead, width, glyphs, wide),
    ]
    lines: list[Line] = []
    for part in parts:
        if lines and part:
            lines.append(Line())
        lines += part
    if view.left_out:
        lines.append(Line((Span(f" {view.left_out} more: coalchat roe list CHANNEL", Ink.REMARK),)))
    return lines


def paint_words(words: str, width: int, glyphs: Glyphs) -> list[Line]:
    """That nothing here judges; in as many rows as it takes."""
    return said(words, Ink.MUTED, width, glyphs)


def said(text: str, ink: Ink, width: int, glyphs: Glyphs, indent: int = 1, ground: Ground = Ground.BASE) -> list[Line]:
    """A sentence, in as many rows as it takes."""
    rows = wrap(ours(text, glyphs), max(width - indent - 1, 2))
    return [Line((blank(indent), Span(row, ink)), ground) for row in rows]


def _cell(text: str, size: int, glyphs: Glyphs, ink: Ink = Ink.TEXT) -> Span:
    return Span(pad(cut(ours(text, glyphs), size - 1, glyphs), size), ink)


# --- to acknowledge ---


def _pending(rows: tuple[PendingRow, ...], width: int, glyphs: Glyphs, wide: bool) -> list[Line]:
    note = str(len(rows)) if rows else "nothing"
    lines = [section("TO ACKNOWLEDGE", note, width, glyphs, Ground.BASE)]
    for row in rows:
        lines += [Line((bar, *line)) for line in _waits(row, width - 1, glyphs, wide) for bar in (_bar(glyphs),)]
    return lines


def _signing(rows: tuple[SigningRow, ...], width: int, glyphs: Glyphs, wide: bool) -> list[Line]:
    """What too few have signed: by whom, and who else may. It is not in force, and says so."""
    if not rows:
        return []
    lines = [
        section(
            "TO SIGN", f"{len(rows)} · NOT IN FORCE until then".replace("·", glyphs.dot), width, glyphs, Ground.BASE
        )
    ]
    for row in rows:
        bar = _bar(glyphs) if row.mine else blank(1)
        lines += [Line((bar, *line)) for line in _unsigned(row, width - 1, glyphs, wide)]
    return lines


def _unsigned(row: SigningRow, width: int, glyphs: Glyphs, wide: bool) -> list[Row]:
    name = [Span(f" {row.name}", Ink.BRIGHT), Span(f"  {row.mark} ", Ink.MARK, row.level)]
    what = Span(f" {ours(row.what, glyphs)}", Ink.TEXT)
    count = [Span(f"{_NOT}   ", Ink.BRIGHT), Span(f"signed {row.count} ", Ink.BRIGHT)]
    lines: list[Row] = [apart([*name, what], count, width, glyphs, gap=2)]
    if width_of([*name, what, *count]) + 2 > width:
        lines = [apart(name, count, width, glyphs, gap=2), fit([what], width, glyphs)]
    lines += [line for change in row.changes for line in change_rows(change, width, glyphs, wide)]
    signed = f"signed by {row.signed}; issued by {row.by}"
    lines += [(blank(1), Span(piece, Ink.MUTED)) for piece in wrap(ours(signed, glyphs), max(width - 2, 8))]
    if row.mine:
        return [*lines, fit([Span(" S", Ink.ACCENT), Span(" read and sign", Ink.MUTED)], width, glyphs)]
    return [*lines, *((blank(1), Span(piece)) for piece in wrap(ours(row.why_not, glyphs), max(width - 2, 8)))]


def _bar(glyphs: Glyphs) -> Span:
    return Span(glyphs.urgent, Ink.BRIGHT)


def _waits(row: PendingRow, width: int, glyphs: Glyphs, wide: bool) -> list[Row]:
    name = [Span(f" {row.name}", Ink.BRIGHT), Span(f"  {row.mark} ", Ink.MARK, row.level)]
    what = Span(f" {ours(row.what, glyphs)}", Ink.TEXT)
    by = [
        Span(f"{row.by}   ", Ink.TEXT),
        Span(f" {row.left} ", Ink.NOW) if row.overdue else Span(f"{row.left} ", Ink.BRIGHT),
    ]
    lines: list[Row] = [apart([*name, what], by, width, glyphs, gap=2)]
    if width_of([*name, what, *by]) + 2 > width:
        lines = [apart(name, by, width, glyphs, gap=2), fit([what], width, glyphs)]
    lines += [line for change in row.changes for line in change_rows(change, width, glyphs, wide)]
    lines += [(), *tally_rows(row.tallies, width, glyphs)] if wide else tally_rows(row.tallies, width, glyphs)
    keys = [
        Span(" A", Ink.ACCENT), Span(" read and acknowledge", Ink.MUTED),
        Span("   Enter", Ink.ACCENT), Span(" full text", Ink.MUTED),
    ]  # fmt: skip
    return [*lines, *([()] if wide else []), fit(keys, width, glyphs)]


def change_rows(change: ChangeRow, width: int, glyphs: Glyphs, wide: bool) -> list[Row]:
    """A rule of a notice; what is new in it is bold and underlined, what was is beside or below."""
    head = [Span(" "), _cell(change.rule, _RULE, glyphs, Ink.BRIGHT)]
    verb = [_cell(change.verb, _VERB, glyphs)] if change.verb else []
    specify = change.new or change.specify
    words = ours(change.text, glyphs)
    if wide and change.new and cells(words) < 36 and cells(change.old) + cells(change.new) < 40:
        arrow = "->" if glyphs.ellipsis.isascii() else "\u2192"
        old = Span(f"{ours(change.old, glyphs)}  {arrow}  ", Ink.MUTED)
        return [
            fit([*head, *verb, Span(pad(words, 36)), old, Span(ours(change.new, glyphs), Ink.URGENT)], width, glyphs)
        ]
    indent = width_of([*head, *verb])
    body = ", ".join(text for text in (words, "" if change.new else ours(specify, glyphs)) if text)
    rows: list[Row] = []
    for place, piece in enumerate(wrap(body, max(width - indent - 1, 8)) or [""]):
        rows.append((*(head if not place else [blank(indent)]), *(verb if not place else []), Span(piece)))
    if change.new:
        pieces = wrap(ours(change.new, glyphs), max(width - indent - 1, 8))
        rows += [(blank(indent), Span(piece, Ink.URGENT)) for piece in pieces]
    if change.was:
        pieces = wrap(f"was: {ours(change.was, glyphs)}", max(width - indent - 1, 8))
        rows += [(blank(indent), Span(piece, Ink.MUTED)) for piece in pieces]
    return rows


def tally_rows(tallies: tuple[TallyRow, ...], width: int, glyphs: Glyphs) -> list[Row]:
    """Nations beside each other, as many as have room: bar, count, who is missing."""
    shown = [_tally(row, glyphs) for row in tallies]
    rows: list[Row] = []
    line: list[Span] = []
    for one in shown:
        if line and width_of(line) + 4 + width_of(one) > width:
            rows.append(fit(line, width, glyphs))
            line = []
        line += [blank(4 if line else 1), *one]
    return [*rows, fit(line, width, glyphs)] if line else rows


def _tally(row: TallyRow, glyphs: Glyphs) -> list[Span]:
    glyph = (
        glyphs.caveat if row.caveats else glyphs.refused if row.unable else glyphs.acknowledged if row.complete else ""
    )
    missing = not row.complete
    bar = progress(row.done / row.of if row.of else 1.0, _BAR, glyphs)
    words = [
        Span(f"  {glyph} " if glyph else "  ", Ink.TEXT),
        Span(ours(row.words, glyphs), Ink.BRIGHT if missing else Ink.TEXT),
    ]
    return [
        Span(f"{row.nation} ", Ink.BRIGHT),
        *bar,
        Span(f"  {row.done}/{row.of}", Ink.BRIGHT if missing else Ink.MUTED),
        *(words if row.words or glyph else []),
    ]


# --- in force ---


def _in_force(view: BoardView, width: int, glyphs: Glyphs, wide: bool) -> list[Line]:
    lines = [section("IN FORCE", ours(view.profile, glyphs), width, glyphs, Ground.BASE)]
    if not view.rules:
        return lines
    return [*lines, *(_table(view, width, glyphs) if wide else _rows(view, width, glyphs))]


def _shown(nations: tuple[str, ...], room: int, each: int) -> int:
    """How many nations' columns have room: all of them, or one less and how many more there are."""
    return len(nations) if len(nations) * each <= room else max(1, (room - 4) // each)


def _table(view: BoardView, width: int, glyphs: Glyphs) -> list[Line]:
    fixed = 1 + _RULE + _VERB + _SPECIFY + _SINCE + _BY
    count = _shown(view.nations, width - fixed - 22, _NATION)
    text = width - fixed - count * _NATION - (4 if count < len(view.nations) else 0)
    heads = [
        blank(1), _cell("RULE", _RULE, glyphs, Ink.MUTED), _cell("VERB", _VERB, glyphs, Ink.MUTED),
        _cell("TEXT", text, glyphs, Ink.MUTED), _cell("SPECIFY", _SPECIFY, glyphs, Ink.MUTED),
        _cell("SINCE", _SINCE, glyphs, Ink.MUTED), _cell("BY", _BY, glyphs, Ink.MUTED),
        *_codes(view, count, _NATION, glyphs),
    ]  # fmt: skip
    lines = [Line(fit(heads, width, glyphs))]
    for row in view.rules:
        dim = Ink.TEXT if row.for_us else Ink.MUTED
        verb = Ink.BRIGHT if row.verb == "PROHIBITED" else dim
        spans = [
            blank(1), _cell(row.rule, _RULE, glyphs, Ink.BRIGHT), _cell(row.verb, _VERB, glyphs, verb),
            _cell(row.text, text, glyphs, dim), _cell(row.specify, _SPECIFY, glyphs, dim),
            _cell(row.since, _SINCE, glyphs, Ink.MUTED), _cell(row.by, _BY, glyphs, Ink.MUTED),
            *_stances(row, view.own, count, _NATION, glyphs),
        ]  # fmt: skip
        lines.append(Line(fit(spans, width, glyphs)))
        lines += _narrower(row, width, glyphs, cells(row.text) > text - 1 or cells(row.specify) > _SPECIFY - 1)
    return lines


def _rows(view: BoardView, width: int, glyphs: Glyphs) -> list[Line]:
    count = _shown(view.nations, width - 1 - _RULE - _VERB - 16, _NARROW)
    text = width - 1 - _RULE - _VERB - count * _NARROW - (4 if count < len(view.nations) else 0)
    heads = [
        blank(1), _cell("RULE", _RULE, glyphs, Ink.MUTED), _cell("VERB", _VERB, glyphs, Ink.MUTED),
        _cell("BY", text, glyphs, Ink.MUTED), *_codes(view, count, _NARROW, glyphs),
    ]  # fmt: skip
    lines = [Line(fit(heads, width, glyphs))]
    for row in view.rules:
        dim = Ink.TEXT if row.for_us else Ink.MUTED
        spans = [
            blank(1), _cell(row.rule, _RULE, glyphs, Ink.BRIGHT),
            _cell(row.verb, _VERB, glyphs, Ink.BRIGHT if row.verb == "PROHIBITED" else dim),
            _cell(f"{row.by} {row.since}", text, glyphs, Ink.MUTED),
            *_stances(row, view.own, count, _NARROW, glyphs),
        ]  # fmt: skip
        lines.append(Line(fit(spans, width, glyphs)))
        lines += _narrower(row, width, glyphs, True)
    return lines


def _narrower(row: RuleRow, width: int, glyphs: Glyphs, whole: bool) -> list[Line]:
    """Below a rule: its words, where the row could not hold them, and a mark of its own where it has one."""
    words = ", ".join(text for text in (row.text, row.specify) if text) if whole else ""
    mark = row.mark if "REL" in row.mark else ""
    if not words and not mark and row.for_us:
        return []
    lead = [Span(f"{mark} ", Ink.MARK, row.level)] if mark else []
    tail = "" if row.for_us else "NOT FOR US "
    rows = wrap(ours(tail + words, glyphs), max(width - 3 - _RULE, 8), width_of(lead))
    first, *rest = rows or [""]
    indent = blank(1 + _RULE)
    return [Line((indent, *lead, Span(first))), *(Line((indent, Span(piece))) for piece in rest)]


def _codes(view: BoardView, count: int, size: int, glyphs: Glyphs) -> list[Span]:
    heads = [_cell(code, size, glyphs, Ink.BRIGHT if code == view.own else Ink.MUTED) for code in view.nations[:count]]
    more = len(view.nations) - count
    return [*heads, Span(f"+{more}", Ink.MUTED)] if more else heads


def _stances(row: RuleRow, own: str, count: int, size: int, glyphs: Glyphs) -> list[Span]:
    return [_stance(stance, own, size, glyphs) for stance in row.stances[:count]]


def _stance(stance: Stance, own: str, size: int, glyphs: Glyphs) -> Span:
    if not stance.caveat:
        return _cell(stance.words, size, glyphs, Ink.TEXT if stance.nation == own else Ink.MUTED)
    return _cell(f"{glyphs.refused if stance.out else glyphs.caveat} {stance.words}", size, glyphs, Ink.BRIGHT)


def caveat_lines(row: CaveatRow, width: int, glyphs: Glyphs) -> list[Line]:
    """Whose, its mark and by whom stand before the words: behind them a caveat could write a mark of its own."""
    glyph = glyphs.refused if row.out else glyphs.caveat
    lead = [
        Span(f" {glyph} ", Ink.TEXT),
        Span(f"{row.nation} ", Ink.BRIGHT),
        Span(f"{row.mark} ", Ink.MARK, row.level),
        Span(f"{ours(row.who, glyphs)}  ", Ink.MUTED),
        Span(f"{ours(row.rules, glyphs)} ", Ink.BRIGHT),
    ]
    text = ours(row.text, glyphs)
    if width_of(lead) + cells(text) + 2 <= width:
        return [Line((*lead, Span(text)))]
    first, *rest = wrap(text, max(width - 4, 8), max(width_of(lead) - 3, 0))
    return [Line(fit([*lead, Span(first)], width, glyphs)), *(Line((blank(3), Span(piece))) for piece in rest)]


# --- not in force ---


def _dead(rows: tuple[DeadRow, ...], width: int, glyphs: Glyphs, wide: bool) -> list[Line]:
    note = "shown so that nobody acts on it" if rows else "nothing"
    lines = [section(_NOT, note, width, glyphs, Ground.BASE)]
    for row in rows:
        cross = Span(f" {glyphs.refused} ", Ink.BRIGHT if row.alarm else Ink.MUTED)
        name = [
            _cell(row.name, 19, glyphs, Ink.MUTED),
            Span(f"{row.mark} " if "REL" in row.mark else "", Ink.MARK, row.level),
        ]
        no = Span(f"{_NOT}  ", Ink.BRIGHT)
        alarm = f" {glyphs.dot} ALARM" if row.alarm else ""
        why = Span(ours(row.reason, glyphs) + alarm, Ink.BRIGHT if row.alarm else Ink.TEXT)
        if wide:
            what = _cell(row.what, 22, glyphs, Ink.MUTED)
            lines += _wrapped([cross, *name, what, no], why, width, glyphs)
        else:
            lines += _wrapped([cross, *name, no], why, width, glyphs)
    return lines


def _wrapped(lead: list[Span], why: Span, width: int, glyphs: Glyphs) -> list[Line]:
    indent = min(width_of(lead), 36)
    pieces = wrap(why.text, max(width - indent - 1, 8), width_of(lead) - indent)
    first, *rest = pieces
    return [
        Line(fit([*lead, Span(first, why.ink)], width, glyphs)),
        *(Line((blank(indent), Span(piece, why.ink))) for piece in rest),
    ]
