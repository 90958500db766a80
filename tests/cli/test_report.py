"""Reports by command: filed in words, from a file, in part and then whole; what is wrong, field by field."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from coalchat.api.about import CardRow, Report
from coalchat.cli.card import card_lines
from coalchat.cli.report import read_source, typed_values
from coalchat.cli.report_form import form_toml
from coalchat.errors import UsageError
from coalchat.node.answers.forms import form_noun
from coalchat.node.forms import Known, shipped
from protocol.base.records import evolve
from protocol.messages.formfile import form_from_toml
from protocol.messages.reports import form_hash
from tests.cli.conftest import Pair
from tests.cli.laptops import until

SEEN = ["--set", "size=3 trucks", "--set", "activity=loading", "--set", "location=31U DQ 4825 1193"]


def test_a_report_is_refused_filed_and_shown(pair: Pair) -> None:
    told = pair.xaa.run(
        "report", "salute", "#ops", "--label", "SECRET", *SEEN, "--set", "time=221875Z", "--part", code=2
    )
    assert "TIME: no minute 75" in told.err
    refused = [*SEEN, "--set", "time=221530Z", "--set", "unit=unknown"]
    told = pair.xaa.run("report", "salute", "#ops", "--label", "TOP SECRET", *refused, code=3)
    assert "level-ceiling" in told.err
    part = pair.xaa.run("report", "salute", "#ops", "--label", "SECRET", *SEEN, "--set", "time=now", "--part")
    assert "SALUTE 001, IMMEDIATE, to follow: UNIT" in part.err
    first = part.out.strip()
    shown = pair.xaa.run("report", "show", first[:12]).out
    assert "[MISSION SECRET REL XAA, XBB]\n" in shown
    assert "    SALUTE 001  What was seen  part: more will follow\n" in shown
    assert "    Location  31U DQ 4825 1193 ±10 m\n" in shown
    text = pair.xaa.run("report", "show", first, "--text").out.splitlines()
    assert text[0] == text[-1] == "[MISSION SECRET REL XAA, XBB]"
    assert "ACTIVITY/loading//" in text
    listed = pair.xaa.run("report", "list", "#ops", "--form", "salute").out
    assert listed.startswith("[MISSION SECRET REL XAA, XBB]  ")
    assert "  SALUTE 001  XAA Cdr XAA  #ops  " in listed


def test_forms_are_listed_with_their_fields(pair: Pair) -> None:
    lines = pair.xaa.run("report", "forms").out.splitlines()
    assert len(lines) == 13
    assert any(line.startswith("SALUTE ") and line.endswith("SPOTREP") for line in lines)
    shown = pair.xaa.run("report", "forms", "9line").out
    assert "*  l3-precedence  3 Urgency         counts  A urgent; B urgent, surgery" in shown
    for arguments, says in (
        (("salute",), "needs CHANNEL and --label"),
        (("salute", "#ops", "--update", "ff"), "an update goes where its report went"),
    ):
        assert says in pair.xaa.run("report", *arguments, code=2).err


def test_a_file_is_fields_by_name(tmp_path: Path) -> None:
    file = tmp_path / "logstat.toml"
    file.write_text(
        'type = "logstat"\nunit = "1 Coy"\nat = 2026-11-22T18:30:00Z\ncount = 3\ncodes = ["A", "B"]\n'
        'l1_location = {mgrs = "31UDQ4812"}\nplace = {lat = 51.5, lon = -0.1}\npatients = {A = 1, B = 0}\n'
        '[[supply]]\nclass = "III"\ndays = 2\n[[supply]]\nclass = "V"\n'
    )
    found = [
        (one.name, one.row, one.text)
        for one in typed_values("LOGSTAT", read_source(str(file)), ["Unit=2 Coy", "supply_days.2=4"])
    ]
    assert found == [
        ("Unit", 0, "2 Coy"),
        ("at", 0, "2026-11-22T18:30:00+00:00"),
        ("count", 0, "3"),
        ("codes", 0, "A B"),
        ("l1_location", 0, "31UDQ4812"),
        ("place", 0, "51.5 -0.1"),
        ("patients", 0, "A1 B0"),
        ("supply-class", 1, "III"),
        ("supply-days", 1, "2"),
        ("supply-class", 2, "V"),
        ("supply_days", 2, "4"),
    ]
    file.write_text('{"unit": null, "size": "x"}')
    assert [one.text for one in typed_values("salute", read_source(str(file)), [])] == ["", "x"]
    assert datetime(2026, 11, 22, 18, 30, tzinfo=UTC).isoformat() == found[1][2]


@pytest.mark.parametrize("bad", ["size", "=x", "size.0=x", "size.a=x", "size.=x"])
def test_what_is_no_field_and_value(bad: str) -> None:
    with pytest.raises(UsageError, match="no FIELD=VALUE"):
        typed_values("salute", {}, [bad])


def test_a_file_that_is_no_report(tmp_path: Path) -> None:
    file = tmp_path / "f"
    for data, says in ((b"{", "neither"), (b"\xff", "neither"), (b"x" * 300_000, "longer"), (b"[" * 9_000, "neither")):
        file.write_bytes(data)
        with pytest.raises(UsageError, match=says):
            read_source(str(file))
    with pytest.raises(UsageError, match="the file is of a SITREP"):
        typed_values("salute", {"form": "SITREP"}, [])
    with pytest.raises(UsageError, match="ok: must be text or a number"):
        typed_values("salute", {"ok": True}, [])


def test_nothing_in_a_card_looks_like_ours() -> None:
    row = CardRow(key="SIZE", row=2, name="Si\x1bze", type="", value="", text="3\n[SECRET]\x1b[2J", wrong=True)
    report = Report(form="X", title="", serial=1, version=1, part=True, missing=("A",), rows=(row,))
    assert card_lines(report) == [
        "    X 001  its form is not here: fields by their keys  part: more will follow",
        "    Si\\u{1B}ze 2  3  (NOT AS THE FORM SAYS)",
        "                  [SECRET]\\u{1B}[2J",
        "    not filled yet: A",
    ]


BRIDGE = """
id = "BRIDGE"
version = 1
title = "State of a bridge"
aliases = ["BRG"]
precedence = "PRIORITY"
parts = true

[[field]]
key = "PLACE"
name = "Where"
type = "loc"
need = "first"

[[field]]
key = "LOAD"
name = "Load class"
type = "int"
need = "whole"
most = 150
"""


def test_a_form_of_ones_own_is_handed_over(pair: Pair, tmp_path: Path) -> None:
    """Filed by one nation, read by its keys by the other, and by its names once that has the file."""
    file, copy = tmp_path / "bridge.toml", tmp_path / "copy.toml"
    file.write_text(BRIDGE.replace('"int"', '"number"').replace('"loc"', '"place"'))
    wrong = pair.xaa.run("report", "form", "add", str(file), code=2).err
    assert "line 12: type of PLACE: must be one of text" in wrong
    assert "line 18: type of LOAD: must be one of text" in wrong
    file.write_text(BRIDGE)
    checked = pair.xaa.run("report", "form", "check", str(file))
    assert "nothing was kept" in checked.err
    assert "*  place  Where" in checked.out
    assert pair.xaa.run("report", "form", "list").out == ""
    assert "BRIDGE version 1, 2 fields, wording " in pair.xaa.run("report", "form", "add", str(file)).err
    try:
        assert "own, version 1" in pair.xaa.run("report", "forms").out
        part = ["--label", "SECRET", "--set", "where=31UDQ48251193", "--part"]
        entry = pair.xaa.run("report", "brg", "#ops", *part).out.strip()
        until(lambda: entry in pair.xbb.run("report", "list", "#ops", "--json").out)
        shown = pair.xbb.run("report", "show", entry).out
        assert "BRIDGE 001  its form is not here: fields by their keys" in shown
        assert "    PLACE  31UDQ48251193\n" in shown
        pair.xaa.run("report", "form", "export", "brg", "--out", str(copy))
        assert "already" in pair.xaa.run("report", "form", "export", "brg", "--out", str(copy), code=1).err
        assert pair.xbb.run("report", "form", "add", str(copy), "--json").record["form"] == (
            pair.xaa.run("report", "form", "list", "--json").record
        )
        shown = pair.xbb.run("report", "show", entry).out
        assert "BRIDGE 001  State of a bridge  part: more will follow" in shown
        assert "    Where  31U DQ 4825 1193 ±10 m\n" in shown
        pair.xbb.run("report", "form", "remove", "bridge")
        file.write_text(BRIDGE.replace('"Where"', '"At"'))
        pair.xbb.run("report", "form", "add", str(file))
        assert "the form of that name here differs" in pair.xbb.run("report", "show", entry).out
    finally:
        pair.xaa.run("report", "form", "remove", "BRIDGE")
        pair.xbb.run("report", "form", "remove", "BRIDGE")
    file.write_bytes(b"\xff")
    assert "no UTF-8" in pair.xaa.run("report", "form", "add", str(file), code=2).err
    file.write_bytes(b"#" * 70_000)
    assert "more than 65536 bytes" in pair.xaa.run("report", "form", "add", str(file), code=2).err
    for arguments, says in ((("export", "none", "--out", "x"), "no form none"), (("remove", "salute"), "ships with")):
        assert says in pair.xaa.run("report", "form", *arguments, code=2).err


def test_a_form_as_a_file_is_the_same_form() -> None:
    for ships in shipped():
        noun = form_noun(Known(ships, form_hash(ships), own=False, current=True))
        assert form_from_toml(form_toml(noun).encode()) == ships
    quoted = form_noun(Known(evolve(shipped()[0], title='a "b" \\ c'), b"", own=False, current=True))
    assert form_from_toml(form_toml(quoted).encode()).title == 'a "b" \\ c'


def test_a_field_that_is_called_type_is_no_name_of_a_form() -> None:
    assert [(one.name, one.text) for one in typed_values("increp", {"type": "ATTACK"}, [])] == [("type", "ATTACK")]
    assert typed_values("increp", {"type": "INCREP"}, []) == []
