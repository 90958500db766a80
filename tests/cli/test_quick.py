"""`coalchat` alone: what opens the desk without the tree of commands, and what does not."""

from __future__ import annotations

import pytest

from coalchat.cli.quick import Asked, open_desk, read


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("", Asked()),
        ("--home a", Asked(home="a")),
        ("--home=a --ascii", Asked(home="a", ascii_only=True)),
        ("--theme light --home a", Asked(home="a", theme="light")),
    ],
)
def test_the_desk_s_own_options_are_read(line: str, asked: Asked) -> None:
    assert read(line.split()) == asked


@pytest.mark.parametrize(
    "line",
    ["send", "--help", "--version", "--json", "--home", "--home --ascii", "--home a send", "--hom a", "--ascii=1",
     "--passphrase-file p", "--theme", "-- send"],
)  # fmt: skip
def test_everything_else_is_the_tree_s(line: str) -> None:
    assert read(line.split()) is None
    assert open_desk(line.split()) is None


def test_a_look_that_does_not_exist_is_the_tree_s() -> None:
    assert open_desk(["--theme", "pink"]) is None


def test_what_goes_wrong_is_said_as_the_tree_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert open_desk([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("coalchat: the desk needs a terminal\nhint: ")
