"""`coalchat` without a command: the desk, or why there is none."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from coalchat.cli.door import run
from tests.cli.conftest import found
from tests.cli.laptops import PASSPHRASE, PROGRAM, Laptop, processes_of, until
from tests.cli.terminal import at_terminal

F10 = "\x1b[21~"


def test_without_a_terminal_it_says_what_does_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "the desk needs a terminal" in err
    for command in ("read", "tail", "send"):
        assert f"`coalchat {command}`" in err


def test_it_has_no_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--json"]) == 2
    assert "coalchat tail --json" in capsys.readouterr().err


def test_its_options_are_no_command_s(capsys: pytest.CaptureFixture[str]) -> None:
    for options in (["--theme", "light"], ["--ascii"]):
        assert run([*options, "node", "status"]) == 2
        assert "are the desk's" in capsys.readouterr().err


def test_a_look_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--theme", "pink"]) == 2
    assert "pink" in capsys.readouterr().err


def desk(laptop: Laptop, *options: str, answers: list[tuple[str, str]]) -> tuple[int, str]:
    """`coalchat` at a terminal, with keys typed after what is seen."""
    environ = {**laptop.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    return at_terminal(
        [*PROGRAM, "--home", laptop.name, "--ascii", *options], answers, cwd=laptop.desk, environ=environ
    )


def test_where_there_is_no_home_it_asks_what_is_wanted_and_makes_nothing_by_itself(
    make: Callable[[str], Laptop],
) -> None:
    laptop = make("empty")
    code, shown = desk(laptop, answers=[("nothing is made", F10)])
    assert code == 0
    assert "UNMARKED - TREAT AS" in shown
    assert not (laptop.home / "keys").exists()
    assert processes_of(laptop.home) == []


def test_it_starts_a_node_asks_for_the_passphrase_and_leaves_the_node_running(make: Callable[[str], Laptop]) -> None:
    laptop, _ = found(make, "XAA", "XBB")
    code, shown = desk(
        laptop,
        "--theme",
        "mono",
        answers=[("passphrase", "wrong"), ("not the passphrase", PASSPHRASE), ("node up", F10)],
    )
    assert code == 0
    assert PASSPHRASE not in shown
    status = laptop.run("node", "status", "--json", passphrase=False).record
    assert status["node"]["phase"] == "unlocked"


def test_where_the_nation_has_no_coalition_yet_it_says_what_is_next_and_lets_the_home_go(
    make: Callable[[str], Laptop],
) -> None:
    laptop = make("laptop")
    laptop.run("nation", "create", "XAA", "Republic of XAA", "--person", "Cdr XAA", "--out", "xaa.offer")
    code, shown = desk(laptop, answers=[("passphrase", PASSPHRASE), ("try again", F10)])
    assert code == 0
    assert "coalchat charter found" in shown
    until(lambda: not processes_of(laptop.home))  # a node that ran on would keep the home from that command
    laptop.run("charter", "found", "xaa.offer", "--name", "Alone", "--out", "alone.charter")


def test_a_node_that_nobody_unlocked_ends_with_the_desk_that_started_it(make: Callable[[str], Laptop]) -> None:
    laptop = make("laptop")
    laptop.run("nation", "create", "XAA", "Republic of XAA", "--person", "Cdr XAA", "--out", "xaa.offer")
    code, _ = desk(laptop, answers=[("passphrase", F10)])
    assert code == 0
    until(lambda: not processes_of(laptop.home))


def test_a_passphrase_from_a_file_is_not_asked_for(make: Callable[[str], Laptop]) -> None:
    laptop = make("laptop")
    laptop.run("nation", "create", "XAA", "Republic of XAA", "--person", "Cdr XAA", "--out", "xaa.offer")
    code, _ = desk(laptop, "--passphrase-file", "pass", answers=[("NO COALITION", F10)])
    assert code == 0


def test_nothing_heavy_is_loaded_before_it_is_known_that_there_is_a_terminal() -> None:
    code = "import sys, coalchat.cli.app, coalchat.cli.desk; sys.exit('textual' in sys.modules)"
    assert subprocess.run([PROGRAM[0], "-c", code], check=False).returncode == 0
