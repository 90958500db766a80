"""Where passphrases and codes come from: a terminal, a descriptor, a private file, and nowhere else."""

import os
import subprocess
from pathlib import Path

import pytest

from coalchat.cli.passphrase import MAX_SECRET, read_descriptor, read_secret_file
from coalchat.errors import NotPrivate, UsageError
from tests.cli.conftest import Make
from tests.cli.laptops import PASSPHRASE, Laptop
from tests.cli.terminal import at_terminal

CREATE = ("nation", "create", "XAA", "Alfaland", "--person", "Cdr Aalto", "--out", "a.offer")


def typed(laptop: Laptop, *command: str, answers: list[tuple[str, str]]) -> tuple[int, str]:
    return at_terminal(laptop.command(*command, passphrase=False), answers, cwd=laptop.desk, environ=laptop.environ)


def test_a_descriptor_gives_all_of_it_without_its_line_end() -> None:
    reader, writer = os.pipe()
    os.write(writer, b" two words \r\n")
    os.close(writer)
    assert read_descriptor(reader, "--passphrase-fd") == b" two words "
    os.close(reader)
    with pytest.raises(UsageError, match=r"descriptor \d+ of --passphrase-fd: Bad file descriptor"):
        read_descriptor(reader, "--passphrase-fd")


def test_a_descriptor_that_gives_more_than_a_secret_is_refused() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"x" * (MAX_SECRET + 1))
    os.close(writer)
    with pytest.raises(UsageError, match="more than"):
        read_descriptor(reader, "--code-fd")
    os.close(reader)


def test_a_file_must_be_private(tmp_path: Path) -> None:
    path = tmp_path / "pass"
    path.write_bytes(b"secret\n")
    path.chmod(0o640)
    with pytest.raises(NotPrivate):
        read_secret_file(path)
    path.chmod(0o600)
    assert read_secret_file(path) == b"secret"
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(UsageError):
        read_secret_file(tmp_path / "link")


def test_a_new_passphrase_is_typed_twice_and_not_shown(make: Make) -> None:
    laptop = make("xaa")
    code, screen = typed(
        laptop, *CREATE, answers=[("new passphrase", PASSPHRASE), ("the same once more", PASSPHRASE + "x")]
    )
    assert code == 2
    assert "the two passphrases are not the same" in screen
    assert not (laptop.desk / "a.offer").exists()
    code, screen = typed(laptop, *CREATE, answers=[("new passphrase", "")])
    assert code == 2
    assert "the passphrase is empty" in screen
    code, screen = typed(laptop, *CREATE, answers=[("new passphrase", PASSPHRASE), ("the same once more", PASSPHRASE)])
    assert code == 0
    assert PASSPHRASE not in screen
    # What was typed is what a file says, without its line end.
    laptop.run("charter", "found", "a.offer", "--name", "N", "--out", "c")


def test_a_home_is_unlocked_at_the_terminal(make: Make) -> None:
    laptop = make("xaa")
    laptop.run(*CREATE)
    code, screen = typed(laptop, "status", answers=[("passphrase of", "not this")])
    assert code == 5
    assert "coalchat: that is not the passphrase of this home" in screen
    laptop.run("node", "status", code=75)
    code, screen = typed(laptop, "status", answers=[("passphrase of", PASSPHRASE)])
    assert code == 0
    assert "founding" in screen
    # It is unlocked now: nobody is asked.
    code, _ = typed(laptop, "status", answers=[])
    assert code == 0


def test_a_descriptor_and_a_file_give_the_same(make: Make) -> None:
    laptop = make("xaa")
    reader, writer = os.pipe()
    os.write(writer, PASSPHRASE.encode())
    os.close(writer)
    done = subprocess.run(
        laptop.command(*CREATE, "--passphrase-fd", str(reader), passphrase=False),
        pass_fds=(reader,),
        capture_output=True,
        cwd=laptop.desk,
        env=dict(laptop.environ),
        start_new_session=True,
        check=False,
    )
    os.close(reader)
    assert done.returncode == 0, done.stderr
    laptop.run("charter", "found", "a.offer", "--name", "N", "--out", "c")


def test_one_place_gives_one_secret(make: Make) -> None:
    laptop = make("xaa")
    for command in (("join", "-"), ("join", "--code-fd", "0")):
        told = laptop.run(*command, "--passphrase-fd", "0", passphrase=False, code=2)
        assert "cannot both come from one descriptor" in told.err
    laptop.run(*CREATE)
    told = laptop.run("send", "#ops", "-", "--label", "SECRET", "--passphrase-fd", "0", passphrase=False, code=2)
    assert "cannot both come from stdin" in told.err
