"""Errors as lines and exit codes; what ends a command from outside."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from coalchat.cli.app import app
from coalchat.cli.door import run, wants_json
from coalchat.cli.files import wait_alone
from coalchat.errors import CoalchatError, Locked, Refused, UnknownChannel
from coalchat.paths import find_home
from protocol.base.errors import DecodeError
from tests.cli.conftest import Make
from tests.cli.laptops import PROGRAM, until

Fail = Callable[[BaseException], None]


@pytest.fixture
def fail() -> Iterator[Fail]:
    """Register a command `fail` that raises; it goes with the test."""
    before = list(app.registered_commands)

    def register(error: BaseException) -> None:
        def command(context: typer.Context) -> None:
            raise error

        app.command("fail")(command)

    yield register
    app.registered_commands[:] = before


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (
            UnknownChannel("#a\x1b[2J\nb"),
            2,
            [
                "coalchat: there is no such channel here: #a\\u{1B}[2J\\u{A}b",
                "hint: `coalchat channel list` names those",
            ],
        ),
        (Refused("level-ceiling", "too high"), 3, ["coalchat: refused by policy (level-ceiling): too high"]),
        (Locked(), 6, ["coalchat: the node is locked", "hint: give the passphrase"]),
        (DecodeError("is cut", field="label"), 7, ["coalchat: the other side sent something that breaks the protocol"]),
        (
            ExceptionGroup("of a nursery", [ExceptionGroup("x", [CoalchatError("y")])]),
            1,
            ["coalchat: that did not work: y"],
        ),
        (FileNotFoundError(2, "No such file", "x"), 1, ["coalchat: that did not work: x: No such file"]),
        (ValueError("secret"), 1, ["coalchat: an internal error: ValueError", "hint: please report it"]),
        (KeyboardInterrupt(), 130, []),
    ],
)
def test_an_error_is_a_line_and_a_hint(
    fail: Fail, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, lines: list[str]
) -> None:
    fail(error)
    assert run(["fail"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    written = err.splitlines()
    assert len(written) == len(lines)
    assert all(line.startswith(begins) for line, begins in zip(written, lines, strict=True))
    assert not any(line.endswith(".") for line in written)


def test_with_json_an_error_is_an_object(fail: Fail, capsys: pytest.CaptureFixture[str]) -> None:
    fail(Refused("level-ceiling", "too high\x1b"))
    assert run(["--json", "fail"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.isascii()
    assert json.loads(err) == {
        "error": {"code": "refused", "clause": "level-ceiling", "detail": "too high\x1b", "hint": ""}
    }


def test_a_traceback_comes_when_it_is_asked_for(
    fail: Fail, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(ValueError("here"))
    monkeypatch.setenv("COALCHAT_DEBUG", "1")
    assert run(["fail"]) == 1
    assert "ValueError: here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sendd"], "coalchat: no such command 'sendd'. Did you mean 'send'?"),
        (["send"], "coalchat: missing argument 'CHANNEL'"),
        (["send", "#ops", "x"], "coalchat: missing option '--label'"),
        (["read", "#ops", "--limit", "0"], "coalchat: invalid value for '--limit'"),
        (["read", "#ops", "--bogus"], "coalchat: no such option: --bogus"),
        (["send", "#ops", "x", "--label", "S", "--precedence", "LOUD"], "coalchat: invalid value for '--precedence'"),
        (["peer", "list", "--passphrase-fd", "x"], "coalchat: invalid value for '--passphrase-fd'"),
        (
            ["peer", "list", "--passphrase-fd", "3", "--passphrase-file", "x"],
            "coalchat: that is not a valid request: --passphrase-fd and --passphrase-file exclude each other",
        ),
        (["join", "AAAAA-BBBBB"], "coalchat: that is not a valid request: the code is a secret"),
    ],
)
def test_a_wrong_command_line_is_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().err.startswith(says)
    assert run([*arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "usage"


def test_json_is_an_option_only_before_the_end_of_options() -> None:
    assert wants_json(["send", "--json", "#ops"])
    assert not wants_json(["send", "#ops", "--", "--json"])


def test_nobody_reads_stdout() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*PROGRAM, "--help"], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_stdout_that_takes_nothing_is_an_error(unbuffered: str) -> None:
    environ = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*PROGRAM, "--version"], stdout=full, stderr=subprocess.PIPE, env=environ, check=False)
    assert done.returncode == 1
    assert done.stderr == b"coalchat: that did not work: No space left on device\n"


def sleeps(pid: int) -> bool:
    """Whether a process waits for something: a signal just before that would be seen only after it."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def test_an_interrupt_is_quiet(make: Make) -> None:
    laptop = make("xaa")
    laptop.run("nation", "create", "XAA", "Alfaland", "--person", "Cdr A", "--out", "o")
    reader, writer = os.pipe()
    process = subprocess.Popen(
        laptop.command("node", "run", "--passphrase-fd", str(reader), passphrase=False),
        pass_fds=(reader,),
        stderr=subprocess.PIPE,
        cwd=laptop.desk,
        env=dict(laptop.environ),
    )
    os.close(reader)
    try:
        # It holds the home and waits for the passphrase.
        until(lambda: not wait_alone(find_home(laptop.home), within=0.0) and sleeps(process.pid))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (130, b"")
    finally:
        os.close(writer)
        process.kill()
        process.communicate()
