"""Forms are data: what a form file says, and which are refused; those that ship hold what people need in a hurry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.errors import DecodeError
from protocol.base.limits import MAX_FORM_FILE
from protocol.messages.fields import FieldType, Need
from protocol.messages.filling import Given, fill
from protocol.messages.formfile import form_from_toml, read_form
from protocol.messages.forms import PRECEDENCES, find_form
from protocol.trust.credential import Precedence
from tests.protocol.messages.reporting import SMALL, shipped, small

NOW = 1_790_000_000


def test_a_form_says_what_its_file_says() -> None:
    form = small()
    assert (form.id, form.version, form.title, form.aliases) == ("SMALL", 2, "A small one", ("TINY",))
    assert (form.precedence, form.parts, form.ack) == (int(Precedence.PRIORITY), True, False)
    who, when, kind, number, remarks = form.fields
    assert (who.type, who.need, who.rows, who.group) == (FieldType.UNIT, Need.FIRST, False, "")
    assert (kind.rows, kind.group, kind.choices) == (True, "TRUCK", {"L": "light", "H": "heavy duty"})
    assert (number.least, number.most) == (0, 10**9)
    assert (when.need, remarks.need) == (Need.WHOLE, Need.MAY)
    assert tuple(precedence.name for precedence in Precedence) == PRECEDENCES


def test_forms_and_fields_are_found_by_what_people_call_them() -> None:
    form = small()
    assert find_form([form], " tiny") is find_form([form], "Small") is form
    assert find_form([form], "other") is None
    assert form.named("truck_kind") is form.named("KIND") is form.field("TRUCK-KIND")
    assert form.named("who-reports") is form.named("Who reports") is form.field("WHO")
    assert form.named("whom") is form.field("WHOM") is None
    assert form.place("WHOM") == len(form.fields)


@pytest.mark.parametrize(
    ("was", "now", "field"),
    [
        ("id = ", "id == ", "form"),
        ("é", "", "form"),
        ('id = "SMALL"', 'id = "small"', "id"),
        ("version = 2", "version = 0", "version"),
        ("version = 2", "version = 2\nkind = 1", "kind"),
        ('aliases = ["TINY"]', 'aliases = "TINY"', "aliases"),
        ('"PRIORITY"', '"URGENT"', "precedence"),
        ('type = "dtg"', 'type = "time"', "type of WHEN"),
        ('type = "dtg"', 'type = ""', "type of WHEN"),
        ('type = "dtg"', 'type = "dtg"\nfoo = 1', "foo of WHEN"),
        ('need = "whole"', 'need = "maybe"', "need of WHEN"),
        ('key = "WHEN"', 'key = "WHO"', "key of WHO"),
        ('key = "WHEN"', 'key = "TRUCK"\nrows = true', "key of TRUCK"),
        ('key = "REMARKS"', 'key = "TRUCK-TEXT"\nrows = true', ""),
        ('key = "REMARKS"', 'key = "TRUCK-TEXT"', "key of TRUCK-TEXT"),
        ('key = "WHEN"', "key = 7", "key of field 2"),
        ('type = "int"', 'type = ["int"]', "type of TRUCK-NUMBER"),
        ('name = "Kind"', "", "name of TRUCK-KIND"),
        ("rows = true", "rows = 1", "rows of TRUCK-KIND"),
        ('key = "TRUCK-NUMBER"', 'key = "CAR-NUMBER"', ""),
        ('type = "int"', 'type = "int"\nleast = 5\nmost = 4', "most of TRUCK-NUMBER"),
        ('codes = ["L light", "H heavy duty"]', "", "codes of TRUCK-KIND"),
        ('type = "text"', 'type = "text"\ncodes = ["A b"]', "codes of REMARKS"),
        ('"L light", "H', '"L light", "L', "codes of TRUCK-KIND"),
        ('"L light"', '"L"', "codes of TRUCK-KIND"),
        ('"L light"', '"l light"', "codes of TRUCK-KIND"),
        ('type = "code"', 'type = "counts"', ""),
        ('"L light"', '"L1 light"', ""),
    ],
)
def test_what_is_no_form_is_refused_with_its_field(was: str, now: str, field: str) -> None:
    text = SMALL.replace(was, now, 1).encode() if was in SMALL else SMALL.encode("utf-16")
    if not field:  # right as it stands
        assert form_from_toml(text).id == "SMALL"
        return
    with pytest.raises(DecodeError) as caught:
        form_from_toml(text)
    assert caught.value.field == field


def test_all_that_is_wrong_is_named_at_once_with_its_line() -> None:
    wrong = (
        SMALL.replace("version = 2", "version = 0").replace('"dtg"', '"time"').replace('"L light", "H', '"L light", "L')
    )
    form, faults = read_form(wrong.encode())
    assert form is None
    lines = wrong.split("\n")
    assert [(fault.field, lines[fault.line - 1].partition(" ")[0]) for fault in faults] == [
        ("version", "version"),
        ("type of WHEN", "type"),
        ("codes of TRUCK-KIND", "codes"),
    ]
    # What stands between the fields is judged once each of them is one.
    twice = SMALL.replace('type = "int"', 'type = "int"\nleast = 5\nmost = 4').replace('key = "WHEN"', 'key = "WHO"')
    _, faults = read_form(twice.encode())
    assert [str(fault).partition(": ")[2].partition(":")[0] for fault in faults] == [
        "key of WHO",
        "most of TRUCK-NUMBER",
    ]
    assert all(fault.line for fault in faults)
    _, (fault,) = read_form(b'id = "A"\nversion = = 1\n')
    assert (fault.line, fault.field) == (2, "form")
    _, (fault,) = read_form(SMALL.replace('need = "first"', "").encode())
    assert str(fault).endswith("need first: a report says something")
    # Several lines of text that look like fields: no line is better than a wrong one.
    _, (fault,) = read_form(SMALL.replace('name = "When"', 'name = """\n[[field]]\n"""').encode())
    assert (fault.line, fault.field) == (0, "name of WHEN")


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"#" * (MAX_FORM_FILE + 1), "bytes long"),
        (b"\xff", "UTF-8"),
        (b"a = " + b"[" * 5_000, "nested"),
        (b'id = "A"', "array of tables"),
        (b"[[field]]\n" * 49, "48 times"),
        (b"".join((SMALL.encode(), *(b'[[field]]\nkey = "C%d"\nname = "C"\ntype = "code"\ncodes = [%s]\n' % (
            at, b",".join(b'"%s %s"' % (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n:n + 1], b"x" * 60) for n in range(26)))
            for at in range(20)))), "as it is hashed"),
    ],
)  # fmt: skip
def test_a_form_file_is_bounded(data: bytes, rule: str) -> None:
    form, faults = read_form(data)
    assert form is None
    assert rule in faults[0].rule


@given(st.integers(0, len(SMALL)), st.integers(0, 40), st.text(max_size=20))
def test_whatever_a_file_holds_it_is_a_form_or_its_faults_are_named(at: int, cut: int, put: str) -> None:
    form, faults = read_form((SMALL[:at] + put + SMALL[at + cut :]).encode("utf-8", "surrogatepass"))
    assert (form is None) == bool(faults)
    assert all(fault.rule and fault.field and 0 <= fault.line <= SMALL.count("\n") + 25 for fault in faults)
    assert form is None or form.packed


@given(st.binary(max_size=200))
def test_bytes_are_no_form(data: bytes) -> None:
    assert read_form(data)[0] is None


def test_a_name_that_several_fields_have_names_none() -> None:
    form = form_from_toml(SMALL.replace('"Remarks"', '"Who reports"').encode())
    assert form.named("who reports") is None
    assert form.named("who") is form.field("WHO")
    assert form.named("remarks") is form.field("REMARKS")
    # A key comes before a name: what one field is called does not hide another.
    assert shipped()["INCREP"].named("own") is shipped()["INCREP"].field("OWN")


def test_names_of_forms_that_ship_stand_whole_on_a_card_and_each_once() -> None:
    """Of sixteen cells, two are for the number of a row; of the nine lines, each name says which it is."""
    for form in shipped().values():
        names = [field.name for field in form.fields]
        assert len(set(names)) == len(names), form.id
        assert [field.name for field in form.fields if len(field.name) > (14 if field.rows else 16)] == []
    for name in ("MEDEVAC", "UXO"):
        assert all(field.name[0] == field.key[1] for field in shipped()[name].fields)


def test_the_fields_of_a_group_stand_together() -> None:
    last = '\n[[field]]\nkey = "TRUCK-LAST"\nname = "Last"\ntype = "text"\nrows = true\n'
    with pytest.raises(DecodeError, match="stand together"):
        form_from_toml((SMALL + last).encode())
    with pytest.raises(DecodeError, match="array of tables"):
        form_from_toml(b'id = "A"\nfield = 1')
    with pytest.raises(DecodeError, match="letters only"):
        form_from_toml(SMALL.replace('"code"', '"counts"').replace('"L light"', '"L1 light"').encode())


def test_the_forms_that_ship() -> None:
    forms = shipped()
    assert set(forms) == {
        "SITREP", "SALUTE", "SALTATIC", "INCREP", "INTREP", "LOGSTAT", "MEDEVAC", "MIST-AT", "UXO", "CYBER", "WARNORD",
        "FRAGO", "RADIOCHECK",
    }  # fmt: skip
    names = [name for form in forms.values() for name in (form.id, *form.aliases)]
    assert len(set(names)) == len(names)
    first = {name: [f.key for f in form.fields if f.need == Need.FIRST] for name, form in forms.items()}
    assert first["MEDEVAC"] == [f.key for f in forms["MEDEVAC"].fields if f.key[1] in "12345"]
    assert {"SOURCE", "CREDIBILITY"} <= set(first["INTREP"])
    tlp = forms["CYBER"].field("TLP")
    assert tlp is not None
    assert list(tlp.choices) == ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
    assert {name for name, form in forms.items() if form.ack} == {"WARNORD", "FRAGO"}
    assert all(first.values())
    assert not any(
        form.parts is False and f.need == Need.WHOLE and not f.rows for form in forms.values() for f in form.fields
    )


def test_the_sample_reports_fill_the_forms() -> None:
    """Samples of the domain's research; they lie beside a checkout, or nowhere."""
    file = Path(__file__).parents[5] / "shared" / "data" / "reports" / "sample-reports.json"
    if not file.exists():
        pytest.skip("the sample reports are not here")
    sample = json.loads(file.read_text(encoding="utf-8"))
    salute, nine = sample["salute"], sample["medevac9"]
    typed = [Given(key, 0, str(text)) for key, text in salute.items() if key not in {"type", "location"}]
    made = fill(shipped()["SALUTE"], [*typed, Given("location", 0, salute["location"]["mgrs"])], NOW)
    assert (made.wrong, made.missing, made.open) == ((), (), ())
    counted = " ".join(f"{code}{number}" for code, number in nine["l3_precedence"].items())
    made = fill(
        shipped()["MEDEVAC"],
        [
            Given("L1-LOCATION", 0, nine["l1_location"]["mgrs"]),
            Given("L2-RADIO", 0, " ".join(nine["l2_freq_callsign"].values())),
            Given("L3-PRECEDENCE", 0, counted),
            Given("L4-EQUIPMENT", 0, " ".join(nine["l4_equipment"])),
            Given("L5-PATIENTS", 0, f"L{nine['l5_type']['L']} A{nine['l5_type']['A']}"),
            Given("L6-SECURITY", 0, nine["l6_security"]),
            Given("L7-MARKING", 0, nine["l7_marking"]),
            Given("L7-COLOUR", 0, nine["l7_colour"]),
            Given("L8-STATUS", 0, " ".join(nine["l8_status"])),
            Given("L9-TERRAIN", 0, nine["l9_terrain"]),
        ],
        NOW,
    )
    assert (made.wrong, made.missing, made.open) == ((), (), ())
    assert [value.text for value in made.values][2:5] == ["B1 C2", "A", "L1 A2"]
