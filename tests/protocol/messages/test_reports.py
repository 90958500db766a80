"""Reports: filled, judged, sent, and read with the form and without it."""

from __future__ import annotations

import pytest

from protocol.base.errors import DecodeError, LocalProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_REPORT_ROWS, MAX_REPORT_TEXT, MAX_REPORT_VALUES
from protocol.base.records import evolve
from protocol.messages.cards import card, report_text
from protocol.messages.filling import Given, ReportValue, fill
from protocol.messages.forms import find_form
from protocol.messages.payload import FORMAT, decode_payload, encode_payload, kind_of
from protocol.messages.reports import ReportPayload, form_hash
from protocol.vectors.reports import filled
from tests.protocol.messages.reporting import given, shipped, small
from tests.protocol.vector_files import h, unpack, vectors

NOW = 1_790_000_000
VALUES = (ReportValue("WHO", 0, "1 Coy"), ReportValue("TRUCK-KIND", 1, "L"), ReportValue("TRUCK-NUMBER", 1, "3"))
REPORT = ReportPayload(FORMAT, NOW, False, (), 0, "SMALL", 2, form_hash(small()), 1, b"", 1, False, VALUES)


def test_it_reads_back() -> None:
    assert decode_payload(encode_payload(REPORT)) == REPORT
    assert kind_of(REPORT) is Tag.REPORT


def test_what_is_typed_becomes_values_in_the_order_of_the_form() -> None:
    made = fill(
        small(),
        given(
            remarks="none", truck_number_7="2", truck_kind_7="Heavy Duty", who="1 Coy",
            truck_kind_3="l", truck_number_3="4", when="221830ZNOV26",
        ),
        NOW,
    )  # fmt: skip
    assert [(value.key, value.row, value.text) for value in made.values] == [
        ("WHO", 0, "1 Coy"),
        ("WHEN", 0, "221830ZNOV26"),
        ("TRUCK-KIND", 1, "L"),
        ("TRUCK-NUMBER", 1, "4"),
        ("TRUCK-KIND", 2, "H"),
        ("TRUCK-NUMBER", 2, "2"),
        ("REMARKS", 0, "none"),
    ]
    assert (made.wrong, made.missing, made.open) == ((), (), ())


def test_every_fault_is_named_at_once_with_its_field() -> None:
    made = fill(
        small(),
        [*given(who="1 Coy", when="221875Z", truck_kind_2="X", whom="me", truck_kind="L", who_1="x"),
         Given("WHO", 0, "2 Coy"), Given("TRUCK-KIND", MAX_REPORT_ROWS + 1, "L")],
        NOW,
    )  # fmt: skip
    assert [str(wrong) for wrong in made.wrong] == [
        "WHEN: no minute 75",
        "TRUCK-KIND.2: must be one of L, H",
        "whom: is no field of SMALL",
        "TRUCK-KIND: needs a row from 1 to 64",
        "WHO.1: does not stand in rows",
        "WHO: is given twice",
        "TRUCK-KIND.65: needs a row from 1 to 64",
    ]
    assert made.open == ()  # the time is wrong, and not missing


@pytest.mark.parametrize(
    ("typed", "missing", "still"),
    [
        (given(), ("WHO", "TRUCK-KIND.1"), ("WHEN",)),
        (given(who=" ", truck_number_4="3"), ("WHO", "TRUCK-KIND.1"), ("WHEN",)),
        (given(who="a", truck_kind_1="L", truck_number_2="1"), ("TRUCK-KIND.2",), ("WHEN", "TRUCK-NUMBER.1")),
    ],
)
def test_what_is_missing_first_and_what_may_follow(
    typed: list[Given], missing: tuple[str, ...], still: tuple[str, ...]
) -> None:
    made = fill(small(), typed, NOW)
    assert (made.missing, made.open) == (missing, still)


def test_a_report_has_its_bounds() -> None:
    long = fill(small(), given(who="a", remarks="x" * MAX_REPORT_TEXT), NOW)
    assert [wrong.where for wrong in long.wrong] == ["report"]
    rows = [Given("TRUCK-KIND", row, "L") for row in range(1, 65)]
    many = fill(small(), [*rows, *(Given("TRUCK-NUMBER", row, "1") for row in range(1, 65))], NOW)
    assert many.wrong == ()
    assert len(many.values) == 128
    sightings = [
        Given(f"SEEN-{name}", row, text)
        for name, text in (("TIME", "221830ZNOV26"), ("LOC", "0N 0E"), ("WHAT", "x"))
        for row in range(1, 65)
    ]
    crowd = fill(shipped()["INTREP"], [*sightings, Given("AREA", 0, "x")], NOW)
    assert [str(wrong) for wrong in crowd.wrong] == [f"report: has 193 values, of {MAX_REPORT_VALUES} at most"]


@pytest.mark.parametrize(
    "bad",
    [
        evolve(REPORT, values=()),
        evolve(REPORT, values=(VALUES[0], VALUES[0])),
        evolve(REPORT, values=tuple(ReportValue(f"K{n}", 0, "x" * 3_000) for n in range(3))),
        evolve(REPORT, version=2),
        evolve(REPORT, first=bytes(32)),
        evolve(REPORT, serial=0),
        evolve(REPORT, form_hash=b""),
        evolve(REPORT, wording=0),
    ],
)
def test_fields_keep_their_bounds(bad: ReportPayload) -> None:
    with pytest.raises(LocalProtocolError):
        encode_payload(bad)


def test_a_reader_without_the_form_sees_every_field() -> None:
    lines = card(None, VALUES)
    assert [(line.name, line.text) for line in lines] == [(value.key, value.text) for value in VALUES]
    assert [line.text for line in card(small(), VALUES)] == ["1 Coy", "L light", "3"]
    assert REPORT.explained_by(small())
    assert not REPORT.explained_by(evolve(small(), version=3))


def test_what_is_not_as_its_form_says_is_shown_and_marked() -> None:
    came = (ReportValue("WHEN", 0, "soon"), ReportValue("NEW", 0, "x"), ReportValue("WHO", 2, "y"), VALUES[1])
    assert [(line.text, line.wrong) for line in card(small(), came)] == [
        ("soon", True),
        ("x", True),
        ("y", True),
        ("L light", False),
    ]


def test_the_text_needs_no_form_and_no_value_begins_a_set() -> None:
    values = (
        ReportValue("A", 0, "x//\nB/forged//"),
        ReportValue("ROW", 1, "1"),
        ReportValue("G-K", 2, "2"),
        ReportValue("C", 0, "/"),
    )
    text = report_text("FORM", 7, "221830ZNOV26", values)
    assert text.splitlines() == [
        "FORM/007/221830ZNOV26//",
        "A/x//",
        "    B/forged////",
        "ROW-1/ROW:1//",
        "G-2/K:2//",
        "C////",
    ]
    assert report_text("FORM", 7, "-", values[1:2]) == "FORM/007/-//\nROW-1/ROW:1//"
    far = evolve(REPORT, time=2**40)
    assert far.text.startswith("SMALL/001/312359ZDEC99//")


def test_the_vectors() -> None:
    file = vectors("reports")
    forms = shipped()
    for case in file["forms"]:
        data = bytes.fromhex(case["encoded"])
        assert h("report form", data).hex() == case["hash"]
        form = forms[case["id"]]
        assert (form.packed, form.version, unpack(data)[0]) == (data, case["version"], case["id"])
    assert len(file["forms"]) == len(forms)
    for case in file["reports"]:
        report = decode_payload(bytes.fromhex(case["encoded"]))
        assert isinstance(report, ReportPayload)
        found = find_form(forms.values(), report.form)
        form_here = found if found is not None and report.explained_by(found) else None
        lines = [[line.key, line.row, line.name, line.text, line.wrong] for line in card(form_here, report.values)]
        assert (report.text, lines) == (case["text"], case["card"]), case["name"]


def test_the_maker_of_vectors_makes_nothing_that_is_wrong() -> None:
    with pytest.raises(LookupError):
        filled((), "SALUTE")
    with pytest.raises(ValueError, match="no minute"):
        filled(tuple(shipped().values()), "SALUTE", ("time", "221875Z"))
    with pytest.raises(DecodeError):
        decode_payload(encode_payload(REPORT)[:-1])
