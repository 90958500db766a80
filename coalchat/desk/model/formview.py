"""The form that is being filled in, field by field, and the report as it will appear (look: screen 06).

Nobody waits for it at the start: it is imported when a form is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coalchat.api.vocabulary import Precedence
from coalchat.desk.model.converting import drawn_at, other_form
from coalchat.desk.model.keptreports import Place
from coalchat.desk.model.labels import Label
from coalchat.desk.model.reportviews import Card, CardRow, FieldRow, FormView, MapPoint
from coalchat.desk.model.words import clock, day_clock, deadline_of
from coalchat.display import display_safe
from coalchat.record import field, part
from protocol.messages.cards import report_text
from protocol.messages.dtg import group_of
from protocol.messages.fields import Field, FieldType, Need, shown_value, written_value
from protocol.messages.filling import Filled, Given, fill, where
from protocol.messages.forms import Form
from protocol.messages.place import degrees_of, grid_of

ACK: Final = "(ack)"
"""Names the field of the time by which it should be acknowledged; it is no code, so no form has such a key."""
_WORDS: Final = {FieldType.TEXT: "text", FieldType.UNIT: "one line", FieldType.INT: "number"}


@part
class ReportDraft:
    """A report that is being filled in.

    Attributes:
        typed: by key and row. at: when it was last changed. precedence: chosen by the person, or none: the form's.
        updates: id of the report that this is an update of, or "". first: id of its first version. before: what stood in it.
        label: which it was begun under, or of an update the report's; none: nothing was typed yet.
        as_before: of an update, with which precedence the report went. client_id: it is on its way, or "".
        returned: it was kept by the node, and was not changed since it came back.
        trouble: why it was not sent, or "".
    """

    channel: str
    form: Form
    title: str
    form_hash: str = ""
    updates: str = ""
    first: str = ""
    label: Label | None = None
    as_before: Precedence | None = None
    returned: bool = False
    typed: dict[tuple[str, int], str] = field(factory=dict)
    before: frozenset[tuple[str, int]] = frozenset()
    ack: str = ""
    at: int = 0
    precedence: Precedence | None = None
    client_id: str = ""
    trouble: str = ""

    @property
    def place(self) -> Place:
        """One draft for each form in a channel, one for each report that is updated."""
        return (self.channel, self.first or self.form.id)

    @property
    def begun(self) -> bool:
        """Whether something stands in it that a person has typed."""
        return bool(self.at and (self.typed or self.ack))


def form_view(draft: ReportDraft, to: str, now: int) -> FormView:
    """A draft for the channel of this title."""
    form, filled = draft.form, filled_of(draft, now)
    rules = {wrong.where: wrong.rule for wrong in filled.wrong}
    ack = _ack_row(draft, now)
    serial = draft.title.partition(" ")[2] or "0"
    text = report_text(form.id, int(serial), group_of(now), filled.values)
    written = {(value.key, value.row): value.text for value in filled.values}
    return FormView(
        title=draft.title,
        form_title=form.title,
        to=to,
        kept=(day_clock if draft.returned else clock)(draft.at) if draft.begun else "",
        returned=draft.returned,
        precedence=precedence_of(draft),
        fields=(*_rows(draft, rules, now), ack),
        wrong=len(filled.wrong) + ack.bad,
        missing=len(filled.missing) + (form.ack and not draft.ack.strip()),
        open=len(filled.open),
        following=tuple(names_of(form, filled.open)),
        parts=form.parts,
        sending=bool(draft.client_id),
        trouble=display_safe(draft.trouble),
        card=_card(draft, written, filled),
        text=tuple(display_safe(text.replace("/000/", "/-/", 1) if serial == "0" else text, multiline=True).split("\n")),
        points=tuple(_points(form, filled)),
    )  # fmt: skip


def precedence_of(draft: ReportDraft) -> Precedence:
    """With which it will go."""
    return draft.precedence or draft.as_before or tuple(Precedence)[draft.form.precedence]


def _given(draft: ReportDraft) -> list[Given]:
    return [Given(key, row, text) for (key, row), text in draft.typed.items()]


def filled_of(draft: ReportDraft, now: int) -> Filled:
    """What the typed values make."""
    return fill(draft.form, _given(draft), now)


def names_of(form: Form, places: tuple[str, ...]) -> Iterator[str]:
    """Names of these fields for people."""
    for place in places:
        key, _, row = place.partition(".")
        found = form.field(key)
        yield f"{found.name if found else key} {row}".rstrip()


def _points(form: Form, filled: Filled) -> Iterator[MapPoint]:
    """Positions by grid reference, of the zone of the first of them."""
    zone = 0
    for value in filled.values:
        of = form.field(value.key)
        grid = drawn_at(value.text) if of is not None and of.type == FieldType.LOC else None
        if grid is not None and zone in {0, grid.number}:
            zone, half = grid.number, grid.size // 2
            yield MapPoint(east=grid.east + half, north=grid.north + half, sign="*", selected=False)


# --- fields ---


def _rows(draft: ReportDraft, rules: dict[str, str], now: int) -> Iterator[FieldRow]:
    """Every field; of a group its rows, and one more to be typed into."""
    section, done = "", set[str]()
    for one in draft.form.fields:
        if one.group in done:
            continue
        done.add(one.group if one.rows else "")
        done.discard("")
        block = [other for other in draft.form.fields if other.group == one.group] if one.rows else [one]
        last = max((row for key, row in draft.typed if key in {other.key for other in block}), default=0)
        for row in range(1, last + 2) if one.rows else (0,):
            for other in block:
                head = other.section if other.section != section else ""
                section = other.section
                yield _row(draft, other, row, head, rules, now)


def _row(draft: ReportDraft, of: Field, row: int, head: str, rules: dict[str, str], now: int) -> FieldRow:
    typed = draft.typed.get((of.key, row), "")
    rule = rules.get(where(of.key, row), "")
    written = ""
    if typed.strip() and not rule:
        written = written_value(of, typed, now)
    begun = not of.rows or any(
        (other.key, row) in draft.typed for other in draft.form.fields if other.group == of.group
    )
    needed = of.need != Need.MAY and (begun or (of.need == Need.FIRST and row == 1))
    return FieldRow(
        key=of.key,
        row=row,
        section=head,
        name=f"{of.name} {row}" if row else of.name,
        needed=needed,
        text=typed,
        verdict=display_safe(rule or _praise(of, written) or _lack(draft.form, of, needed)),
        good=bool(written),
        bad=bool(rule),
        note=display_safe(_note(of, written)),
        help=display_safe(_help(of, now)),
    )


def _lack(form: Form, of: Field, needed: bool) -> str:
    if not needed:
        return ""
    return "may follow later" if of.need == Need.WHOLE and form.parts else "must be filled"


def _praise(of: Field, written: str) -> str:
    """What a right value is, in the fewest words."""
    if not written:
        return ""
    kind = FieldType(of.type)
    shown = shown_value(of, written)
    if kind is FieldType.LOC:
        return shown.rpartition(" ±")[2].join(("±", ""))
    if kind is FieldType.DTG:
        return shown
    return _WORDS[kind] if kind in _WORDS else shown.removeprefix(f"{written} ")


def _note(of: Field, written: str) -> str:
    if not written or of.type != FieldType.LOC:
        return ""
    grid = grid_of(written)
    if grid is not None:
        return f"MGRS {written} · band {grid.zone[-1]}, square {grid.square}, {len(grid.digits)} figures"
    if degrees_of(written) is None:
        return f"MGRS {written}"
    return " · ".join(filter(None, (f"degrees {written}", other_form(written))))


def _help(of: Field, now: int) -> str:
    match FieldType(of.type):
        case FieldType.DTG:
            form = f"DDHHMMZ · now {day_clock(now)} · ^T puts now"
        case FieldType.LOC:
            form = "grid reference 31U DQ 4825 1193, or 51.5074N 0.1278W"
        case FieldType.INT:
            form = f"{of.least} to {of.most}" if of.most < 10**9 else "a number"
        case FieldType.CODE | FieldType.CODES:
            form = " · ".join(of.codes)
        case FieldType.COUNTS:
            form = f"{' · '.join(of.codes)} · each with its number"
        case _:
            form = ""
    return " · ".join(word for word in (of.hint, form) if word)


def ack_by_of(draft: ReportDraft, now: int) -> int | None:
    """When it should be acknowledged; 0: not asked; none: what was typed is no time."""
    if not draft.ack.strip():
        return 0
    return deadline_of(draft.ack, now)


def _ack_row(draft: ReportDraft, now: int) -> FieldRow:
    by = ack_by_of(draft, now)
    typed = bool(draft.ack.strip())
    verdict = "no time: 1612Z or +30" if by is None else f"ack by {day_clock(by)}" if by else ""
    return FieldRow(
        key=ACK,
        row=0,
        section="Acknowledgement",
        name="Acknowledge by",
        needed=draft.form.ack,
        text=draft.ack,
        verdict=verdict or ("must be filled" if draft.form.ack and not typed else ""),
        good=bool(by),
        bad=by is None,
        note="",
        help="HHMMZ, or +MIN from now; empty: not asked",
    )


# --- as it will appear ---


def _card(draft: ReportDraft, written: dict[tuple[str, int], str], filled: Filled) -> Card:
    rows = []
    lacking = {*filled.missing, *filled.open, *(one.where for one in filled.wrong)}
    for of in draft.form.fields:
        values = sorted((row, text) for (key, row), text in written.items() if key == of.key)
        for row, text in values:
            rows.append(CardRow(name=f"{of.name} {row}" if row else of.name, text=shown_value(of, text), wrong=False))
        if not values and (of.key in lacking or where(of.key, 1) in lacking):
            rows.append(CardRow(name=of.name, text="\u2013", wrong=False))
    return Card(
        title=draft.title,
        notes=(),
        rows=tuple(
            CardRow(name=row.name, text=display_safe(row.text, multiline=True), wrong=row.wrong) for row in rows
        ),
        missing=(),
    )
