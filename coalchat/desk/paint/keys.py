"""The key screen: what to do, editions, segments, windows, other nations, certificates (look: screen 11).

Rule 1: what waits for somebody, and an emergency that is under way, stand first: with many segments it would fall off the end of a small screen.
Rule 2: what will stop stands beside when: a date alone says nothing to who has not learnt what it is for.
Rule 3: only what needs a look is bold; states are words in capitals.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.keyviews import EditionRow, EndRow, KeyerRow, KeyScreen, NationKeys, ToDo, WindowRow
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.keyscale import paint_scale
from coalchat.desk.paint.rail import progress
from coalchat.desk.paint.spans import Row, apart, blank, fit, section, width_of
from coalchat.desk.paint.text import cells, cut, one_line, ours, pad, wrap

_WIDE: Final = 112
_SEGMENTS: Final = (6, 12)
"""Segments on the scale, and with room for more."""
_ROOMY: Final = 48
"""Rows that have room for more of them."""
_OPENED: Final = (
    "ON THE WIRE: CLOSED TO A LATER THIEF AFTER", "ON THIS DEVICE: KEYS KEPT UNTIL", "TEXTS OF NOW UNTIL",
)  # fmt: skip
_OPENED_AT: Final = (46, 34)
"""Columns of how long what can be opened, with room."""
_BAR: Final = 20
_INDENT: Final = 3


def paint_keys_head(view: KeyScreen, width: int, glyphs: Glyphs) -> list[Line]:
    """What stays at the top: whose keys, what runs, what has to be done."""
    left, title = [Span(" "), Span("KEYS", Ink.BRIGHT)], [Span(f"  {one_line(view.title)}", Ink.MUTED)]
    todo = [Span(f"  {glyphs.act} {len(view.todo)} to do", Ink.BRIGHT)] if view.todo else []
    right = [Span(f"{ours(view.position, glyphs)} ", Ink.TEXT)] if view.position else []
    if width_of([*left, *title, *todo, *right]) + 2 <= width:
        left += title
    left += todo
    lines = [Line(apart(left, right, width, glyphs, gap=2), Ground.HEAD)]
    if view.doubtful:
        lines += _said("CLOCK DOUBTFUL: nothing is sealed and nothing erased until it is set right or confirmed",
                       Ink.BRIGHT, width, glyphs)  # fmt: skip
    if view.trouble:
        lines += _said(f"{glyphs.refused} not done: {view.trouble}", Ink.BRIGHT, width, glyphs)
    if view.said:
        lines += _said(f"done: {view.said}", Ink.BRIGHT, width, glyphs)
    return lines


def paint_keys(view: KeyScreen, width: int, height: int, glyphs: Glyphs) -> list[Line]:
    """All rows under the head; as many as there are. `height`: rows that can be seen at once."""
    wide = width >= _WIDE
    if not view.known:
        return [Line((Span(" asking the node", Ink.REMARK),))]
    parts = [
        _todo(view.todo, width, glyphs),
        _demands(view, width, glyphs),
        _editions(view.editions, width, glyphs, wide),
        _scale(view, width, height, glyphs),
        _silent(view, width, glyphs),
        _keyers(view.keyers, width, glyphs),
        _windows(view.windows, width, glyphs, wide),
        _nations(view.nations, width, glyphs, wide),
        _ends(view.ends, width, glyphs, wide),
    ]
    lines: list[Line] = []
    for part in parts:
        if lines and part and wide:
            lines.append(Line())
        lines += part
    return lines


def _section(title: str, note: str, width: int, glyphs: Glyphs) -> Line:
    return section(title, ours(note, glyphs), width, glyphs, Ground.BASE)


def _said(text: str, ink: Ink, width: int, glyphs: Glyphs, indent: int = 1) -> list[Line]:
    rows = wrap(ours(text, glyphs), max(width - indent - 1, 2))
    return [Line((blank(indent), Span(row, ink))) for row in rows]


def _columns(cells_of: Sequence[tuple[str, int, Ink]], glyphs: Glyphs) -> list[Span]:
    """Texts in columns of these widths, the blanks after them included; 0: what is left."""
    row = [Span(" ")]
    for text, size, ink in cells_of:
        shown = ours(text, glyphs)
        row.append(Span(pad(cut(shown, size - 1, glyphs), size) if size else shown, ink))
    return row


def _heads(names: Sequence[tuple[str, int]], width: int, glyphs: Glyphs) -> Line:
    return Line(fit(_columns([(name, size, Ink.MUTED) for name, size in names], glyphs), width, glyphs))


# --- what to do ---


def _todo(rows: tuple[ToDo, ...], width: int, glyphs: Glyphs) -> list[Line]:
    if not rows:
        return [_section("TO DO", "nothing", width, glyphs)]
    lines = [_section("TO DO", str(len(rows)), width, glyphs)]
    for row in rows:
        who = f"{one_line(row.who)} " if row.who else ""
        act = [Span(row.act[:1], Ink.ACCENT), Span(f"{row.act[1:]} ", Ink.MUTED)] if row.act else []
        first, *rest = wrap(ours(who + row.what, glyphs), max(width - _INDENT - 1 - width_of(act), 2))
        name = first[: len(who)] if who and first.startswith(who) else ""
        left: Row = (
            Span(f" {glyphs.act} ", Ink.BRIGHT),
            Span(name, Ink.BRIGHT),
            Span(first[len(name) :], Ink.TEXT if who else Ink.BRIGHT),
        )
        lines.append(Line(apart(left, act, width, glyphs, gap=1)))
        lines += [Line((blank(_INDENT), Span(more, Ink.TEXT if who else Ink.BRIGHT))) for more in rest]
    return lines


# --- editions and segments ---


def _editions(rows: tuple[EditionRow, ...], width: int, glyphs: Glyphs, wide: bool) -> list[Line]:
    lines = [_section("EDITIONS", "", width, glyphs)]
    if not rows:
        return [*lines, *_said("none is published here", Ink.REMARK, width, glyphs)]
    name = max(12 if wide else 9, *(cells(row.name) + 2 for row in rows))
    period = max(cells(row.period) for row in rows) + 2
    sizes = (name, 15 if wide else 12, period + 6 if wide else period, 0)
    heads = ("EDITION", "STATE", "CRYPTOPERIOD", "ON THIS DEVICE")
    lines.append(_heads(tuple(zip(heads, sizes, strict=True)), width, glyphs))
    for row in rows:
        ink = Ink.BRIGHT if row.runs else Ink.TEXT if row.state == "RESERVE" else Ink.MUTED
        texts = (row.name, row.state, row.period, row.keys)
        inks = (ink, ink, ink, Ink.BRIGHT if row.gap else ink)
        lines.append(Line(fit(_columns(tuple(zip(texts, sizes, inks, strict=True)), glyphs), width - 1, glyphs)))
        for note in row.notes:
            lines += _said(note, Ink.BRIGHT if "still" in note else Ink.MUTED, width, glyphs, _INDENT)
    return lines


def _scale(view: KeyScreen, width: int, height: int, glyphs: Glyphs) -> list[Line]:
    if view.scale is None:
        return []
    head = _section(view.scale.title, view.scale.note, width, glyphs)
    return [head, *paint_scale(view.scale, width, _SEGMENTS[height >= _ROOMY], glyphs)]


def _demands(view: KeyScreen, width: int, glyphs: Glyphs) -> list[Line]:
    lines: list[Line] = []
    for row in view.demands:
        lines.append(_section("EMERGENCY REKEY", f"since {row.since}", width, glyphs))
        whole = row.keyed >= row.devices
        count = Span(f" {row.keyed} of {row.devices} devices keyed", Ink.MUTED if whole else Ink.BRIGHT)
        bar = progress(row.keyed / row.devices if row.devices else 1.0, _BAR, glyphs, Ink.BRIGHT)
        words = [Span(f"   {row.answered} have answered", Ink.MUTED)]
        lines.append(Line(fit([Span(" "), *bar, count, *words], width, glyphs)))
    return lines


def _silent(view: KeyScreen, width: int, glyphs: Glyphs) -> list[Line]:
    if not view.silent:
        return []
    lines = [_section("SILENT DEVICES", str(len(view.silent)), width, glyphs)]
    for row in view.silent:
        ink = Ink.TEXT if row.suspended else Ink.BRIGHT
        left = [Span(f" {one_line(row.who)}", ink), Span(f"  {row.heard}, ", Ink.MUTED), Span(row.what, ink)]
        if width_of(left) <= width:
            lines.append(Line(tuple(left)))
        else:
            lines.append(Line(fit(left[:2], width, glyphs)))
            lines += _said(row.what, ink, width, glyphs, _INDENT)
    return lines


def _keyers(rows: tuple[KeyerRow, ...], width: int, glyphs: Glyphs) -> list[Line]:
    if not rows:
        return []
    lines = [_section("KEYING DEVICES", "one envelope for all devices of this nation", width, glyphs)]
    for row in rows:
        ink = Ink.BRIGHT if row.gap else Ink.MUTED
        left = [Span(f" {one_line(row.who)}:", Ink.TEXT), Span(f" {one_line(row.what)}", ink)]
        if width_of(left) <= width:
            lines.append(Line(tuple(left)))
        else:
            lines.append(Line(fit(left[:1], width, glyphs)))
            lines += _said(row.what, ink, width, glyphs, _INDENT)
    return lines


# --- windows ---


def _windows(rows: tuple[WindowRow, ...], width: int, glyphs: Glyphs, wide: bool) -> list[Line]:
    if not rows:
        return []
    lines = [_section("HOW LONG TEXTS CAN BE OPENED", "if this device were taken", width, glyphs)]
    name = max(cells(one_line(row.name)) for row in rows) + 2
    if wide:
        lines.append(_heads(((" LEVEL", name + 2), *zip(_OPENED, (*_OPENED_AT, 0), strict=True)), width, glyphs))
    for row in rows:
        chip = Span(f" {pad(one_line(row.name), name - 1)}", Ink.FILL if row.cleared else Ink.FAINT, row.level)
        if not row.cleared:
            left = [Span(" "), chip, Span("  not cleared: this device never held a key of it", Ink.MUTED)]
            lines.append(Line(fit(left, width, glyphs)))
            continue
        if wide:
            values = (
                (row.wire, _OPENED_AT[0], Ink.BRIGHT),
                (row.keys, _OPENED_AT[1], Ink.BRIGHT),
                (row.texts, 0, Ink.TEXT),
            )
            lines.append(Line(fit([Span(" "), chip, blank(1), *_columns(values, glyphs)], width, glyphs)))
            continue
        wire = [Span("  on the wire: closed to a later thief after ", Ink.MUTED), Span(row.wire, Ink.BRIGHT)]
        lines.append(Line(fit([Span(" "), chip, *wire], width, glyphs)))
        here = [Span("on this device: ", Ink.MUTED), *_kept(row)]
        lines.append(Line(fit([blank(_INDENT), *here], width, glyphs)))
    return lines


def _kept(row: WindowRow) -> list[Span]:
    texts = [Span(", texts of now until ", Ink.MUTED), Span(row.texts)]
    if row.texts == "for ever":
        texts = [Span(", texts of now ", Ink.MUTED), Span(row.texts)]
    if row.keys == "no key held":
        return [Span(row.keys, Ink.BRIGHT), *texts]
    return [Span("keys kept until ", Ink.MUTED), Span(row.keys, Ink.BRIGHT), *texts]


# --- nations and certificates ---


def _nations(rows: tuple[NationKeys, ...], width: int, glyphs: Glyphs, wide: bool) -> list[Line]:
    if not rows:
        return []
    lines = [_section("OTHER NATIONS, AS SEEN FROM HERE", "", width, glyphs)]
    code = max(cells(row.code) for row in rows) + 1
    heard = max(cells(row.heard) for row in rows)
    until = max(cells(row.until) for row in rows)
    for row in rows:
        weight = Ink.BRIGHT if row.gap else Ink.MUTED
        left = [
            Span(f" {pad(f'{row.code}:', code)} ", Ink.BRIGHT),
            Span(f"{row.until};" if not wide else pad(row.until, until), weight),
        ]
        left += [Span("   " if wide else " "), Span(row.consequence, weight)]
        right = [Span(f"news {pad(row.heard, heard)} ", Ink.MUTED)] if row.heard else []
        if width_of(left) + width_of(right) + 2 > width:
            right = []
        lines.append(Line(apart(left, right, width, glyphs, gap=2)))
    return lines


def _ends(rows: tuple[EndRow, ...], width: int, glyphs: Glyphs, wide: bool) -> list[Line]:
    if not rows:
        return []
    lines = [_section("CERTIFICATES THAT END", "", width, glyphs)]
    what = min(max(cells(one_line(row.what)) for row in rows) + 2, width // 3)
    for row in rows:
        weight = Ink.BRIGHT if row.gap else Ink.MUTED
        left = _columns(((row.what, what, Ink.TEXT), (row.when, 17, weight), (row.left, 12, weight)), glyphs)
        stops = Span(row.stops, weight)
        if wide and width_of([*left, stops]) < width:
            lines.append(Line((*left, stops)))
            continue
        lines.append(Line(fit(left, width, glyphs)))
        lines += _said(row.stops, weight, width, glyphs, _INDENT)
    return lines
