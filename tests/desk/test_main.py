"""Starting the desk: what it takes from options, settings and the terminal."""

from __future__ import annotations

from typing import get_args

import pytest

from coalchat.cli.app import Theme
from coalchat.config import THEMES
from coalchat.desk.look.skin import SKINS
from coalchat.desk.main import main, takes_unicode, theme_of
from coalchat.paths import ensure_private_home
from tests.desk.piloting import place


def test_the_words_for_a_look_are_the_same_everywhere() -> None:
    assert set(THEMES) == set(SKINS) == set(get_args(Theme))


@pytest.mark.parametrize(
    ("option", "setting", "environ", "theme"),
    [
        ("", "", {}, "dark"),
        ("", "light", {"TERM": "xterm-256color"}, "light"),
        ("high-contrast", "light", {}, "high-contrast"),
        ("", "light", {"NO_COLOR": "1"}, "mono"),
        ("", "light", {"NO_COLOR": ""}, "light"),
        ("dark", "", {"NO_COLOR": "1"}, "dark"),
        ("", "", {"TERM": "dumb"}, "mono"),
        ("", "", {"TERM": "vt220"}, "mono"),
        ("", "", {"TERM": "xterm-mono"}, "mono"),
    ],
)
def test_the_option_decides_then_the_terminal_then_the_setting(
    option: str, setting: str, environ: dict[str, str], theme: str
) -> None:
    assert theme_of(option, setting, environ) == theme


@pytest.mark.parametrize(
    ("environ", "encoding", "more"),
    [
        ({"LANG": "de_DE.UTF-8"}, "utf-8", True),
        ({"LANG": "C.utf8"}, "utf-8", True),
        ({"LANG": "de_DE.UTF-8@euro"}, "utf-8", True),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "utf-8", False),
        ({"LC_CTYPE": "de_DE.ISO-8859-1"}, "iso-8859-1", False),
        ({}, "utf-8", True),
        ({}, "ascii", False),
    ],
)
def test_the_locale_says_whether_there_is_more_than_ascii(environ: dict[str, str], encoding: str, more: bool) -> None:
    assert takes_unicode(environ, encoding) is more


async def test_without_a_terminal_it_says_what_does_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    async with place() as (home, _):
        assert main(["--home", str(home.path)]) == 2
    assert "coalchat: the desk needs a terminal" in capsys.readouterr().err


def test_a_home_that_is_none_is_named(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    assert main(["--home", f"{tmp_path}/nowhere"]) == 2
    assert "no coalchat home" in capsys.readouterr().err


def test_a_passphrase_is_read_from_a_private_file_alone(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    home = ensure_private_home(f"{tmp_path}/home")
    secret = home.path / "pass"
    secret.write_text("sesame\n")
    secret.chmod(0o644)
    assert main(["--home", str(home.path), "--passphrase-file", str(secret)]) == 5
    assert "sesame" not in capsys.readouterr().err
