"""What goes to stdout: pure, with pytest's capture."""

import json

import pytest
from rich.cells import cell_len

from coalchat.cli.options import Asked
from coalchat.cli.output import INDENT, body, columns, folded, note, show
from tests.fakes.api_records import link_record

HOSTILE = "a\x1b]0;x\x07\u202eb"


def test_lines_are_safe_and_records_exact(capsys: pytest.CaptureFixture[str]) -> None:
    show(Asked(), {"x": HOSTILE}, [HOSTILE])
    assert capsys.readouterr().out == "a\\u{1B}]0;x\\u{7}\\u{202E}b\n"
    show(Asked(as_json=True), {"x": HOSTILE, "id": b"\x0a"}, [HOSTILE])
    out = capsys.readouterr().out
    assert out.isascii()
    assert out[:-1].isprintable()
    assert json.loads(out) == {"x": HOSTILE, "id": "0a"}


def test_a_record_has_the_names_of_the_local_api(capsys: pytest.CaptureFixture[str]) -> None:
    show(Asked(as_json=True), link_record("192.0.2.7:7447"), [])
    assert json.loads(capsys.readouterr().out)["state"] == "connecting"


def test_a_program_that_reads_json_is_told_results_only(capsys: pytest.CaptureFixture[str]) -> None:
    note(Asked(as_json=True), ["by the way"])
    assert capsys.readouterr() == ("", "")
    note(Asked(), ["by the\x07 way"])
    assert capsys.readouterr() == ("", "by the\\u{7} way\n")


def test_columns_are_aligned_by_what_is_shown() -> None:
    assert list(columns([("a", "b", ""), ("\x1b", "", "c")])) == ["a       b", "\\u{1B}     c"]
    assert list(columns([("松本", "b"), ("e\u0301", "c")])) == ["松本  b", "e\u0301     c"]
    assert list(columns([])) == []


@pytest.mark.parametrize(
    "text",
    [
        "x" * 76 + "[MISSION UNCLASSIFIED]",
        "x " * 40 + "[MISSION UNCLASSIFIED]",
        "松" * 38 + "[MISSION UNCLASSIFIED]",
        " " * 78 + "[S]",
    ],
)
def test_a_body_begins_no_row_of_a_terminal(text: str) -> None:
    (line,) = body(text)
    first, *rest = folded(line, 80)
    assert rest
    assert all((row.startswith(INDENT) or not row) and cell_len(row) <= 80 for row in (first, *rest))
    assert "".join("".join((first, *rest)).split()) == "".join(text.split())


@pytest.mark.parametrize("width", [24, 40, 80])
@pytest.mark.parametrize("line", ["", "short", "a" * 300, "  " * 60 + "b", "कारखाना " * 30, "e\u0301" * 90 + " x"])
def test_a_folded_line_is_as_wide_as_its_terminal_at_most_and_whole(line: str, width: int) -> None:
    rows = folded(line, width)
    assert "".join("".join(rows).split()) == "".join(line.split())
    assert " " not in line or all(cell_len(row) <= width for row in rows)
    assert all(row.startswith(INDENT) for row in rows[1:])


def test_what_is_indented_goes_on_as_it_began() -> None:
    assert folded("    " + "one two " * 4, 24) == ["    one two one two one", "    two one two "]
    assert folded("one two " * 4, 24) == ["one two one two one two", "    one two "]


def test_a_code_to_be_copied_stays_whole() -> None:
    assert folded("c" * 300, 80) == ["c" * 300]
