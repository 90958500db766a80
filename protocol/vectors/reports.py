"""Vectors of SPEC 8.12: written forms of values, forms and their hashes, reports with their text and card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from protocol.base.codec import Value, pack, unpack
from protocol.base.errors import DecodeError
from protocol.base.limits import MAX_REPORT_TEXT
from protocol.base.records import encode, evolve
from protocol.messages.cards import card
from protocol.messages.fields import Field, FieldType, Need, shown_value, written_value
from protocol.messages.filling import Given, fill
from protocol.messages.forms import Form, find_form
from protocol.messages.payload import FORMAT, encode_payload
from protocol.messages.reports import ReportPayload, form_hash
from protocol.vectors.hostile_trust import case
from protocol.vectors.notation import Case, File
from protocol.vectors.world import NOW

_CODES = ("A urgent", "B urgent, surgery", "C priority")
_TYPED = {
    FieldType.TEXT: ("  two\r\nlines ", "Zoe\u0308", "x" * 65),
    FieldType.UNIT: (" 2nd   Platoon ", "x" * 65, "a\u202eb"),
    FieldType.DTG: (
        "221830ZNOV26", "221830z nov 26", "22183015ZNOV26", "222030B NOV 2026", "010030MJAN27", "311830NDEC26",
        "221830+0430NOV26", "2026-11-22T19:30+01:00", "now", "211200Z", "310001Z",
        "221875ZNOV26", "222530ZNOV26", "310600ZNOV26", "290600ZFEB27", "221830JNOV26", "221830ZXYZ26",
        "2026-11-22T19:30", "22 November", "221830+0999NOV26",
    ),
    FieldType.LOC: (
        "31UDQ48251193", "31u dq 48251 11932", "05QKB 1 2", "31NBA48121187", "ZAH 12 34",
        "51.5074N 0.1278W", "51.5074, -0.1278", "51-30-26N 000-07-40W", "51°30'N 0°7'W", "0 0",
        "31UDQ482", "31UDQ", "61UDQ4812", "32XNA1212", "31UJQ4812", "31NBK4812", "31UDI4812",
        "91N 1E", "51-60N 1E", "51.5-30N 1E", "at the bridge",
    ),
    FieldType.INT: ("007", "60 %", "100", "101", "-1", "six", "1.5"),
    FieldType.CODE: ("a", "B urgent, surgery", "Priority", "D", "A B"),
    FieldType.CODES: ("c a", "A, C", "urgent", "A A", "A D"),
    FieldType.COUNTS: ("A1 C2", "2c, 1A", "A: 2", "B 3", "A0 B1", "A0", "A1 A2", "D1", "A", "two"),
}  # fmt: skip


def field(kind: FieldType) -> Field:
    """The field that the values of this type are typed into."""
    codes = _CODES if kind in {FieldType.CODE, FieldType.CODES, FieldType.COUNTS} else ()
    most = {FieldType.INT: 100, FieldType.TEXT: 64}.get(kind, 0)
    return Field("X", "X", "", "", int(kind), int(Need.MAY), False, 0, most, codes)


def build(forms: Sequence[Form]) -> File:
    """The file's content.

    Args:
        forms: those of `protocol/forms`, by id.
    """
    return {
        "chapter": "8.12 Reports",
        "format": {
            "values": "what is typed into a field of a type, at `now`, and its written form and how it is shown, or the rule "
            f"that it breaks; INT is from 0 to 100, TEXT has at most 64 bytes, codes are {', '.join(_CODES)}",
            "forms": "each form that ships: its id, version, hash, and the part that the hash is of",
            "reports": "on forms that ship, with the text and the card (key, row, name, text, wrong) that readers see",
        },
        "verification": [
            "a written form is its own written form",
            'hash = H("report form", the packed Form)',
            "text is made of the payload alone, the card of it and the form of that hash",
        ],
        "values": [_value(kind, text) for kind, texts in _TYPED.items() for text in texts],
        "forms": [
            {"id": form.id, "version": form.version, "hash": form_hash(form).hex(), "encoded": form.packed.hex()}
            for form in forms
        ],
        "reports": [_report(forms, name, report) for name, report in _reports(forms)],
    }


def _value(kind: FieldType, text: str) -> Case:
    typed = {"type": kind.name, "typed": text, "now": NOW}
    try:
        written = written_value(field(kind), text, NOW)
    except DecodeError as error:
        return {**typed, "rule": error.detail}
    return {**typed, "written": written, "shown": shown_value(field(kind), written)}


def _report(forms: Sequence[Form], name: str, report: ReportPayload) -> Case:
    form = next((form for form in forms if report.explained_by(form)), None)
    lines = [[one.key, one.row, one.name, one.text, one.wrong] for one in card(form, report.values)]
    return {"name": name, "encoded": encode_payload(report).hex(), "text": report.text, "card": lines}


def _reports(forms: Sequence[Form]) -> Iterator[tuple[str, ReportPayload]]:
    whole = filled(forms, "SALUTE", ("size", "3 trucks,\n12 people"), ("activity", "loading"),
                   ("location", "31NBA48121187"), ("time", "211200Z"), ("unit", "unknown"))  # fmt: skip
    yield "whole", whole
    yield "part", evolve(whole, part=True, values=whole.values[:3])
    yield "update", evolve(whole, first=bytes(range(32)), version=2)
    rows = (("supply-class.1", "III"), ("supply-days.1", "2"), ("supply-state.1", "amber"),
            ("supply-class.2", "V"), ("supply-days.2", "9"), ("supply-state.2", "green"))  # fmt: skip
    yield "rows", filled(forms, "LOGSTAT", ("time", "211200Z"), ("unit", "1 Coy"), ("overall", "amber"), *rows)
    yield "of_a_form_that_is_not_here", evolve(whole, form="OTHER", form_hash=bytes(32))
    bad = (*whole.values[:2], evolve(whole.values[2], text="at the quay//\nTIME/220000ZNOV26"), *whole.values[3:])
    yield "with_a_place_that_is_none", evolve(whole, values=bad)


def filled(forms: Sequence[Form], name: str, *typed: tuple[str, str]) -> ReportPayload:
    """A report on a form that ships; rows stand behind a dot."""
    form = find_form(forms, name)
    if form is None:
        raise LookupError(name)
    given = [Given(key.partition(".")[0], int(key.partition(".")[2] or 0), text) for key, text in typed]
    made = fill(form, given, NOW)
    if made.wrong or made.missing:
        raise ValueError(made)
    return ReportPayload(
        FORMAT, NOW, False, (), 0, form.id, form.version, form_hash(form), 4, b"", 1, False, made.values
    )


def hostile(forms: Sequence[Form]) -> Iterator[Case]:
    """Hostile cases, with their controls."""
    (_, good), (_, part), (_, update), *_ = _reports(forms)
    for name, report in (("report", good), ("report_part", part), ("report_update", update)):
        yield case(f"control_payload_{name}", "payload", encode(report), "success")
    data = encode(good)
    first = good.values[0]
    crowd = evolve(first, text="x" * (MAX_REPORT_TEXT // 2))
    long = tuple(evolve(crowd, key=key) for key in ("A", "B", "C"))
    for name, bad, expect, where in (
        ("report_of_nothing", _with(data, 13, ()), "decode", "values"),
        ("report_with_a_field_twice", encode(evolve(good, values=(first, first))), "decode", "values"),
        ("report_with_more_text_than_it_may_have", encode(evolve(good, values=long)), "decode", "values"),
        ("report_with_an_empty_field", _with(data, 13, (("SIZE", 0, ""),)), "decode", "text"),
        ("report_with_a_key_in_lower_case", _with(data, 13, (("size", 0, "1"),)), "decode", "key"),
        ("report_with_a_row_beyond_the_last", _with(data, 13, (("SIZE", 65, "1"),)), "decode", "row"),
        ("report_number_zero", _with(data, 9, 0), "decode", "serial"),
        ("report_without_its_form", _with(data, 8, b""), "decode", "form_hash"),
        ("report_update_that_is_the_first_version", encode(evolve(update, version=1)), "decode", "version"),
        ("report_second_version_of_nothing", encode(evolve(good, version=2)), "decode", "version"),
        ("report_of_a_newer_format", encode(evolve(good, format=2)), "version", "format"),
    ):
        yield case(name, "payload", bad, expect, where)


def _with(data: bytes, place: int, put: Value) -> bytes:
    fields = cast(Sequence[Value], unpack(data))
    return pack((*fields[:place], put, *fields[place + 1 :]))
