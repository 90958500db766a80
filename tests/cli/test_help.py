"""What the program says of itself: complete, and quick because nothing heavy is loaded."""

import json
import subprocess
import sys
from functools import cache

import pytest
import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from coalchat import __version__
from coalchat.cli.app import app
from coalchat.cli.door import run

HEAVY = {
    "anyio", "asyncio", "cryptography", "filelock", "mnemonic", "msgpack", "nacl", "OpenSSL", "platformdirs", "rich",
    "sqlcipher3", "structlog", "textual", "trio",
}  # fmt: skip
COMMANDS = {
    ("send",), ("forward",), ("correct",), ("recall",), ("read",), ("tail",), ("thread",), ("search",), ("ack",), ("status",), ("join",), ("demo",),
    ("nation", "create"), ("nation", "list"), ("nation", "devices"), ("nation", "renew"),
    ("custodian", "request"), ("custodian", "certify"), ("custodian", "list"), ("custodian", "keying"),
    ("charter", "found"), ("charter", "sign"), ("charter", "show"),
    ("charter", "admit"), ("charter", "suspend"), ("charter", "reinstate"),
    ("invite", "create"), ("invite", "list"), ("invite", "approve"), ("invite", "withdraw"),
    ("peer", "add"), ("peer", "list"), ("peer", "remove"),
    ("channel", "create"), ("channel", "widen"), ("channel", "list"),
    ("direct", "list"), ("direct", "words"), ("direct", "confirm"), ("direct", "withdraw"),
    ("label", "check"), ("label", "export"), ("label", "read"), ("audit", "list"),
    ("policy", "check"), ("policy", "import"), ("policy", "national"),
    ("roe", "list"), ("roe", "log"), ("roe", "show"), ("roe", "request"), ("roe", "authorise"), ("roe", "deny"), ("roe", "implement"),
    ("roe", "amend"), ("roe", "cancel"), ("roe", "caveat"), ("roe", "endorse"), ("roe", "ack"),
    ("keys", "status"), ("keys", "confirm-clock"), ("keys", "passphrase"), ("keys", "backup"), ("keys", "restore"),
    ("keys", "zeroize"), ("keys", "renew"), ("keys", "revoke"), ("keys", "rekey"),
    ("report", "file"), ("report", "forms"), ("report", "list"), ("report", "show"),
    ("report", "form", "add"), ("report", "form", "check"), ("report", "form", "list"), ("report", "form", "export"), ("report", "form", "remove"),
    ("evidence", "export"), ("evidence", "check"),
    ("history", "ask"), ("history", "list"), ("history", "approve"), ("history", "refuse"),
    ("node", "run"), ("node", "start"), ("node", "status"), ("node", "stop"), ("node", "unlock"),
    ("node", "offline"),
    ("remind",), ("export",), ("channel", "minimize"), ("channel", "show"), ("channel", "deputy"), ("channel", "admin"),
}  # fmt: skip


def walk(group: TyperGroup, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], TyperCommand]:
    found: dict[tuple[str, ...], TyperCommand] = {}
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            found |= walk(command, (*path, name))
        else:
            assert isinstance(command, TyperCommand)
            found[*path, name] = command
    return found


@cache
def root() -> TyperGroup:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, json, coalchat.cli.app, coalchat.cli.door; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert loaded & HEAVY == set()


def test_every_command_is_there_and_no_other() -> None:
    assert set(walk(root())) == COMMANDS


@pytest.mark.parametrize("path", sorted(COMMANDS), ids=" ".join)
def test_every_command_says_what_it_does_and_takes_the_options_of_all(path: tuple[str, ...]) -> None:
    command = walk(root())[path]
    shown = command.get_help(typer.Context(command, info_name=path[-1]))
    for option in ("--home DIR", "--passphrase-fd N", "--passphrase-file PATH", "--json"):
        assert option in shown
    assert (command.help or "").strip()
    assert all(
        getattr(parameter, "help", "x") or parameter.name in {"role", "precedence", "reason"}
        for parameter in command.params
    )


def test_a_list_of_commands_is_not_cut() -> None:
    for path in ((), *{path[:1] for path in COMMANDS if len(path) > 1}):
        assert "..." not in CliRunner().invoke(app, [*path, "--help"]).output.partition("Commands:")[2]


def test_a_noun_without_a_verb_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["peer"], ["--json", "channel"]):
        assert run(arguments) == 0
        out, err = capsys.readouterr()
        assert out.startswith("Usage: coalchat")
        assert "Commands:" in out
        assert err == ""


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"coalchat {__version__}\n"


def test_the_demo_wants_a_terminal_or_headless(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo"]) == 2
    assert "make story" in capsys.readouterr().err
