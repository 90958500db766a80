"""What goes to stdout: pure, with pytest's capture."""

import json

import pytest

from coalchat.cli.options import Asked
from coalchat.cli.output import columns, note, show
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
    assert list(columns([])) == []
