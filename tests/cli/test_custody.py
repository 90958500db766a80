"""Keys in a person's hands, on real homes: passphrase, backup, restore, zeroize, and the clock's confirmation.

Most commands run inside this process: what they do needs no node. Where a node or a terminal matters they are programs.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import trio

from coalchat.cli import zeroize as zeroizing
from coalchat.cli.door import run
from coalchat.cli.files import alone
from coalchat.custody.founding import unlock
from coalchat.custody.home import opened
from coalchat.node.audit import AuditEvent
from coalchat.paths import find_home
from tests.cli.conftest import desk
from tests.cli.laptops import CHEAPEST, PASSPHRASE, Laptop, laptops, processes_of, until
from tests.cli.terminal import at_terminal

OWN, OTHER = "a passphrase of its own", "another passphrase"
SECRETS = {"pass": PASSPHRASE, "backup.pass": OWN, "other.pass": OTHER}
BACKUP = ("--backup-passphrase-file", "backup.pass")
NEW = ("--new-passphrase-file", "other.pass")
ZEROIZE = ("keys", "zeroize", "--yes-destroy-everything")


@attrs.define
class Person:
    """Somebody with a laptop, whose commands run inside this process, in the desk's directory."""

    laptop: Laptop
    capsys: pytest.CaptureFixture[str] = attrs.field(repr=False)

    @property
    def home(self) -> Path:
        return self.laptop.home

    def says(self, *arguments: str, secret: str = "pass", code: int = 0) -> str:
        given = ["--passphrase-file", secret] if secret else []
        ended = run([*arguments, "--home", self.laptop.name, *given])
        out, err = self.capsys.readouterr()
        assert (ended, "Traceback" in err) == (code, False), err
        return out if code == 0 else err

    def record(self, *arguments: str, secret: str = "pass") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.says(*arguments, "--json", secret=secret))
        return found

    def error(self, *arguments: str, code: int, secret: str = "pass") -> dict[str, str]:
        found: dict[str, str] = json.loads(self.says(*arguments, "--json", secret=secret, code=code))["error"]
        return found

    def events(self, secret: str) -> list[str]:
        """Of the audit record, as it lies in the stopped home."""

        async def read() -> list[str]:
            async with opened(find_home(self.home), SECRETS[secret].encode()) as held:
                return [row.event for row in held.store.read.audit_after(0, 99)]

        found = trio.run(read)
        assert set(found) <= {event.value for event in AuditEvent}
        return found


@pytest.fixture(scope="module")
def founded() -> Iterator[Path]:
    """A nation's only home, in the coalition that it founded alone."""
    with desk() as folder, laptops(folder) as make:
        laptop = make("xaa")
        laptop.run("nation", "create", "XAA", "Alfaland", "--person", "Cdr Aalto", "--out", "xaa.offer")
        laptop.run("charter", "found", "xaa.offer", "--name", "Lone Watch", "--out", "watch.charter")
        laptop.run("charter", "sign", "watch.charter")
        yield laptop.home


@pytest.fixture
def xaa(founded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    with desk() as folder, laptops(folder) as make:
        laptop = make("xaa")
        shutil.copytree(founded, laptop.home, dirs_exist_ok=True)
        for name, secret in SECRETS.items():
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(secret + "\n")
        monkeypatch.chdir(folder)
        monkeypatch.setenv("XDG_RUNTIME_DIR", laptop.environ["XDG_RUNTIME_DIR"])
        yield Person(laptop, capsys)


def typed(person: Person, *command: str, answers: list[tuple[str, str]], code: int) -> str:
    laptop = person.laptop
    ended, screen = at_terminal(
        laptop.command(*command, passphrase=False), answers, cwd=laptop.desk, environ=laptop.environ
    )
    assert ended == code, screen
    return screen


# --- passphrase ---


def test_a_passphrase_is_changed_while_no_node_runs(xaa: Person) -> None:
    before = (xaa.home / "keys").read_bytes()
    told = xaa.says("keys", "passphrase", "--new-passphrase-fd", "9", *NEW, code=2)
    assert "--new-passphrase-fd and --new-passphrase-file exclude each other" in told
    told = xaa.says("keys", "passphrase", "--passphrase-fd", "9", "--new-passphrase-fd", "9", secret="", code=2)
    assert "cannot read descriptor 9" in told
    assert xaa.error("keys", "passphrase", *NEW, secret="other.pass", code=5)["code"] == "wrong-passphrase"
    Path("other.pass").chmod(0o640)
    assert xaa.error("keys", "passphrase", *NEW, code=5)["code"] == "not-private"
    Path("other.pass").chmod(0o600)
    assert (xaa.home / "keys").read_bytes() == before

    assert xaa.says("keys", "passphrase", *NEW) == "the passphrase is changed\n"
    assert xaa.error("keys", "passphrase", *NEW, code=5)["code"] == "wrong-passphrase"
    # A node that runs would seal its next key file under what it was unlocked with.
    assert xaa.record("status", secret="other.pass")["warnings"] == []
    for command in (("passphrase", *NEW), ("backup", "b", *BACKUP), ("backup", "--root", "r", *BACKUP)):
        assert xaa.error("keys", *command, code=75)["code"] == "home-in-use"
    assert not Path("b").exists()
    events = [json.loads(line)["event"] for line in xaa.says("audit", "list", "--json").splitlines()]
    assert events == ["passphrase-changed", "node-started"], "key file and store are of one time"
    assert xaa.record("keys", "confirm-clock")["clock_doubtful"] is False


def test_both_passphrases_are_typed_and_the_new_one_twice(xaa: Person) -> None:
    old, new = ("passphrase of", PASSPHRASE), ("new passphrase of", OTHER)
    screen = typed(xaa, "keys", "passphrase", answers=[old, new, ("the same once more", OWN)], code=2)
    assert "the two passphrases are not the same" in screen
    screen = typed(xaa, "keys", "passphrase", answers=[old, new, ("the same once more", OTHER)], code=0)
    assert OTHER not in screen
    xaa.says("keys", "passphrase", "--new-passphrase-file", "pass", secret="other.pass")


def test_two_passphrases_come_from_two_descriptors(xaa: Person) -> None:
    readers = []
    for secret in (PASSPHRASE, OTHER):
        reader, writer = os.pipe()
        os.write(writer, secret.encode())
        os.close(writer)
        readers.append(reader)
    old, new = map(str, readers)
    told = xaa.says("keys", "backup", "b", "--backup-passphrase-fd", old, "--passphrase-fd", old, secret="", code=2)
    assert "cannot both come from one descriptor" in told
    os.close(readers.pop(0))
    xaa.says("keys", "passphrase", "--new-passphrase-fd", new)
    os.close(readers.pop())
    xaa.says("keys", "backup", "b", *BACKUP, secret="other.pass")


# --- backup and restore ---


def test_a_backup_has_a_passphrase_of_its_own_and_a_file_of_its_own(xaa: Person) -> None:
    Path("taken").write_text("mine")
    assert xaa.error("keys", "backup", "taken", *BACKUP, code=1)["code"] == "already-exists"
    assert Path("taken").read_text() == "mine"
    xaa.says("keys", "backup", "xaa.backup", *BACKUP)
    assert Path("xaa.backup").stat().st_mode & 0o777 == 0o600
    with_own = ("keys", "restore", "xaa.backup", "--backup-passphrase-file", "pass")
    assert xaa.error(*with_own, code=5)["code"] == "wrong-backup-passphrase"
    assert xaa.error("keys", "restore", "taken", *BACKUP, code=7)["code"] == "backup-damaged"
    assert xaa.error("keys", "restore", "nowhere", *BACKUP, code=2)["code"] == "usage"


def test_a_backup_says_what_opens_with_it(xaa: Person) -> None:
    record = xaa.record("keys", "backup", "xaa.backup", *BACKUP)
    assert (record["holds"], record["nation"], record["person"]) == (
        ["device", "custodian", "root"],
        "XAA",
        "Cdr Aalto",
    )
    out = xaa.says("keys", "backup", "second.backup", *BACKUP)
    assert "this backup opens what is sealed to XAA from " in out
    assert "it speaks as Cdr Aalto until " in out
    assert "who opens it can certify custodians" in out
    segment, edition = 21_600, 12 * 21_600
    assert record["opens_from"] % segment == 0
    assert record["made"] - segment < record["opens_from"] <= record["made"]
    assert record["made"] + 2 * edition <= record["opens_until"] <= record["made"] + 3 * edition


def test_a_root_leaves_the_home_and_comes_back(xaa: Person) -> None:
    assert "--remove goes with --root" in xaa.says("keys", "backup", "r.backup", "--remove", *BACKUP, code=2)
    whole = (xaa.home / "keys").stat().st_size
    record = xaa.record("keys", "backup", "--root", "r.backup", "--remove", *BACKUP)
    assert (record["holds"], record["removed"], record["opens_until"]) == (["root"], True, 0)
    assert (xaa.home / "keys").stat().st_size < whole - 64
    error = xaa.error("keys", "backup", "--root", "again.backup", *BACKUP, code=5)
    assert "coalchat keys restore" in error["hint"]
    assert xaa.record("keys", "backup", "less.backup", *BACKUP)["holds"] == ["device", "custodian"]
    assert "the root of XAA rests in" in xaa.says("keys", "restore", "r.backup", *BACKUP)
    assert xaa.error("keys", "restore", "r.backup", *BACKUP, code=1)["code"] == "already-exists"
    assert xaa.record("keys", "backup", "full.backup", *BACKUP)["holds"][-1] == "root"
    events = xaa.events("pass")
    assert [event for event in events if event.startswith("root-")] == ["root-removed", "root-restored"]


def test_a_restored_home_is_a_new_one(xaa: Person) -> None:
    again = Person(Laptop("again", xaa.laptop.desk, xaa.laptop.environ).prepare(), xaa.capsys)
    xaa.says("keys", "backup", "xaa.backup", *BACKUP)
    keys = (xaa.home / "keys").read_bytes()
    assert xaa.error("keys", "restore", "xaa.backup", *BACKUP, code=1)["code"] == "already-exists"
    assert (xaa.home / "keys").read_bytes() == keys
    record = again.record("keys", "restore", "xaa.backup", *BACKUP, secret="other.pass")
    assert (record["nation"], record["person"]) == ("XAA", "Cdr Aalto")
    assert again.events("other.pass") == ["backup-restored"]
    old, new = (unlock(find_home(p.home), SECRETS[s].encode())[1] for p, s in ((xaa, "pass"), (again, "other.pass")))
    assert (new.device, new.custodian[0].seat, new.coalition) == (old.device, old.custodian[0].seat, old.coalition)
    assert new.database != old.database


# --- zeroize ---


def test_nothing_is_destroyed_without_the_word(xaa: Person) -> None:
    told = xaa.laptop.run("keys", "zeroize", "--json", code=2).error
    assert "--yes-destroy-everything" in told["hint"]
    screen = typed(xaa, "keys", "zeroize", answers=[("type ZEROIZE", "zeroize")], code=2)
    assert "nothing was destroyed" in screen
    assert (xaa.home / "keys").exists()
    nobody = Person(Laptop("nowhere", xaa.laptop.desk, xaa.laptop.environ), xaa.capsys)
    assert nobody.error(*ZEROIZE, code=2)["code"] == "no-home"
    nobody.home.mkdir(mode=0o700)
    assert nobody.error(*ZEROIZE, code=2)["code"] == "no-home"


def test_a_zeroized_home_has_no_keys_and_says_so(xaa: Person) -> None:
    xaa.says("keys", "backup", "xaa.backup", *BACKUP)
    xaa.says("status")
    assert processes_of(xaa.home)
    # It needs no passphrase, and the node runs.
    screen = typed(xaa, "keys", "zeroize", answers=[("type ZEROIZE", "ZEROIZE")], code=0)
    assert "destroyed: keys, store.db" in screen
    until(lambda: not processes_of(xaa.home))
    assert {path.name for path in xaa.home.rglob("*")} == {"config.toml", "node.lock", "zeroized"}
    assert (xaa.home / "config.toml").read_text() == CHEAPEST
    for command in (
        ("status",), ("node", "run"), ("node", "status"), ("keys", "status"), ("charter", "sign", "pass"),
        ("keys", "backup", "late.backup", *BACKUP), ("keys", "restore", "xaa.backup", *BACKUP),
        ("nation", "create", "XAA", "Alfaland", "--person", "Cdr Aalto"),
    ):  # fmt: skip
        error = xaa.error(*command, code=1)
        assert error["code"] == "zeroized"
        assert "backup" in error["hint"]
    assert xaa.record(*ZEROIZE)["destroyed"] == []


def test_a_node_that_answers_nobody_is_ended(xaa: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zeroizing, "STOPS_WITHIN", 0.3)
    os.kill(xaa.record("status")["pid"], signal.SIGSTOP)
    assert xaa.record(*ZEROIZE)["destroyed"][:2] == ["keys", "store.db"]
    until(lambda: not processes_of(xaa.home))


def test_who_holds_the_home_and_cannot_be_ended_is_said(xaa: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zeroizing, "STOPS_WITHIN", 0.1)
    with alone(find_home(xaa.home)):
        assert "still runs" in xaa.error(*ZEROIZE, code=1)["detail"]
    assert not (xaa.home / "keys").exists()
    xaa.says(*ZEROIZE)
