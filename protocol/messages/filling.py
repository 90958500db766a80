"""Filling in a report form (SPEC 8.12): from what was typed to what is sent, or to what is wrong with it.

Rule 1: every field that is wrong is named at once, with the rule that it breaks.
Rule 2: values are sent in the order of the form, rows of a group one after the other, numbered from 1 without a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import attrs

from protocol.base.errors import DecodeError
from protocol.base.limits import MAX_REPORT_ROWS, MAX_REPORT_TEXT, MAX_REPORT_VALUES
from protocol.base.records import Code, Text, Uint, record
from protocol.messages.fields import MAX_KEY, Field, Need, is_written, written_value
from protocol.messages.forms import Form


@record()
class ReportValue:
    """A field that is filled.

    Attributes:
        key: of the field. row: of a field in rows, which row, from 1; else 0.
        text: its written form; any scalar values, shown only through `display_safe()`.
    """

    key: Annotated[str, Code(MAX_KEY)]
    row: Annotated[int, Uint(MAX_REPORT_ROWS)]
    text: Annotated[str, Text(MAX_REPORT_TEXT, 1)]


@attrs.frozen
class Given:
    """What a person typed: a field's key or name, the row (0: none), the text."""

    name: str
    row: int
    text: str


@attrs.frozen
class Wrong:
    """A rule that was broken. `where` is the field's key, with its row where there is one."""

    where: str
    rule: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}"


@attrs.frozen
class Filled:
    """What became of it.

    Attributes:
        values: what is right, in the order of the form. wrong: what is not.
        missing: what must be filled before anything is sent. open: what must be filled for a whole report, too.
    """

    values: tuple[ReportValue, ...]
    wrong: tuple[Wrong, ...]
    missing: tuple[str, ...]
    open: tuple[str, ...]


def where(key: str, row: int) -> str:
    """How a place in a report is named: `SIZE`, `SUPPLY-CLASS.2`."""
    return f"{key}.{row}" if row else key


def fill(form: Form, given: Iterable[Given], now: int) -> Filled:
    """Fill in a form.

    Args:
        now: Unix seconds, for times without month and year.
    """
    values: dict[tuple[int, int], ReportValue] = {}
    wrong: list[Wrong] = []
    for one in given:
        field = form.named(one.name)
        if field is None:
            wrong.append(Wrong(one.name, f"is no field of {form.id}"))
            continue
        place = where(field.key, one.row)
        if bool(one.row) != field.rows or one.row > MAX_REPORT_ROWS:
            rule = f"needs a row from 1 to {MAX_REPORT_ROWS}" if field.rows else "does not stand in rows"
            wrong.append(Wrong(place, rule))
            continue
        try:
            text = written_value(field, one.text, now)
        except DecodeError as error:
            wrong.append(Wrong(place, error.detail))
            continue
        at = (form.place(field.key), one.row)
        if at in values:
            wrong.append(Wrong(place, "is given twice"))
        elif text:
            values[at] = ReportValue(field.key, one.row, text)
    ordered = _ordered(form, values.values())
    missing, still = lacking(form, ordered, [place.where for place in wrong])
    wrong += _too_much(ordered)
    return Filled(ordered, tuple(wrong), missing, still)


def lacking(form: Form, values: Sequence[ReportValue], apart: Sequence[str] = ()) -> tuple[tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    """What must be filled before anything is sent, and what for a whole report besides, as keys with rows.

    Args:
        apart: places that are filled, if not rightly.
    """
    filled = {where(value.key, value.row) for value in values} | set(apart)
    rows: dict[str, set[int]] = {}
    for value in values:
        if value.row:
            rows.setdefault(value.key.partition("-")[0], set()).add(value.row)
    first: list[str] = []
    whole: list[str] = []
    for field in form.fields:
        if field.need == Need.MAY:
            continue
        there = sorted(rows.get(field.group, ())) if field.rows else [0]
        if not there and field.need == Need.FIRST:
            there = [1]
        lacks = [place for row in there if (place := where(field.key, row)) not in filled]
        (first if field.need == Need.FIRST else whole).extend(lacks)
    return tuple(first), tuple(whole)


def faulty(form: Form, values: Sequence[ReportValue]) -> frozenset[str]:
    """Which values of a report that came are not as its form says."""
    return frozenset(
        where(value.key, value.row) for value in values if not _fits(form.field(value.key), value)
    )  # fmt: skip


def _fits(field: Field | None, value: ReportValue) -> bool:
    return field is not None and bool(value.row) == field.rows and is_written(field, value.text)


def _ordered(form: Form, values: Iterable[ReportValue]) -> tuple[ReportValue, ...]:
    """In the order of the form, each row of a group as a whole, rows numbered without a gap."""
    groups: dict[str, int] = {}
    for at, field in enumerate(form.fields):
        if field.rows:
            groups.setdefault(field.group, at)
    rows: dict[str, list[int]] = {}
    held = list(values)
    for value in held:
        if value.row:
            rows.setdefault(value.key.partition("-")[0], []).append(value.row)
    numbers = {group: {row: at for at, row in enumerate(sorted(set(there)), 1)} for group, there in rows.items()}
    made = []
    for value in held:
        place, group = form.place(value.key), value.key.partition("-")[0]
        row = numbers[group][value.row] if value.row else 0
        begin = groups[group] if value.row else place
        made.append(((begin, row, place), ReportValue(value.key, row, value.text)))
    return tuple(value for _, value in sorted(made, key=lambda one: one[0]))


def _too_much(values: Sequence[ReportValue]) -> list[Wrong]:
    size = sum(len(value.text.encode("utf-8")) for value in values)
    if size > MAX_REPORT_TEXT:
        return [Wrong("report", f"is {size} bytes long, of {MAX_REPORT_TEXT} at most")]
    if len(values) > MAX_REPORT_VALUES:
        return [Wrong("report", f"has {len(values)} values, of {MAX_REPORT_VALUES} at most")]
    return []
