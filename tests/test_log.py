"""The log of a process: what peers put into it cannot act on a terminal that shows it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import structlog

from coalchat.log import configure_log

HOSTILE = "a\x1b]52;c;eA==\x07\x7f\x9b2J\u202eb"


def test_a_line_is_printable_ascii_and_exact(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile, before = f"{HOSTILE}\ud800", structlog.get_config()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    try:
        configure_log()
        try:
            raise ValueError(hostile)
        except ValueError:
            structlog.get_logger("test").exception("a link failed", peer=hostile, error=ValueError(hostile))
    finally:
        structlog.configure(**before)
    line = capsys.readouterr().err.removesuffix("\n")
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["peer"] == hostile


def test_what_ends_a_process_acts_on_no_terminal() -> None:
    program = f"from coalchat.log import configure_log; configure_log(); raise ValueError({HOSTILE!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 1
    said = done.stderr.decode()
    assert "ValueError: a\\u{1B}]52;c;eA==\\u{7}\\u{7F}\\u{9B}2J\\u{202E}b" in said
    assert said.replace("\n", "").isprintable()
