"""Where a program's passphrase comes from, once or more than once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coalchat.client.secret import PassphraseSource
from coalchat.errors import Locked, NotPrivate, UsageError


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No terminal to ask at."""
    monkeypatch.setattr("coalchat.client.secret.TERMINAL", "/nonexistent/terminal")


def test_a_file_is_read_anew_each_time(tmp_path: Path, nobody: None) -> None:
    path = tmp_path / "pass"
    path.touch(mode=0o600)
    path.write_bytes(b"one\n")
    source = PassphraseSource(path=path)
    assert (source.exists(), source.read(tmp_path)) == (True, b"one")
    path.write_bytes(b"two\n")
    assert source.read(tmp_path) == b"two"
    path.chmod(0o644)
    with pytest.raises(NotPrivate):
        source.read(tmp_path)


def test_a_descriptor_gives_it_once_and_it_is_kept(tmp_path: Path, nobody: None) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"horse\n")
    os.close(writer)
    source = PassphraseSource(descriptor=reader)
    assert source.exists()
    assert (source.read(tmp_path), source.read(tmp_path)) == (b"horse", b"horse")
    os.close(reader)
    assert "horse" not in repr(source)


def test_without_a_place_and_a_terminal_there_is_none(tmp_path: Path, nobody: None) -> None:
    source = PassphraseSource()
    assert not source.exists()
    with pytest.raises(Locked, match="the home is locked"):
        source.read(tmp_path)


def test_nobody_is_asked_where_that_is_not_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coalchat.client.secret.TERMINAL", "/dev/null")  # it opens, as a terminal would,
    monkeypatch.setattr("os.tcgetpgrp", lambda _: os.getpgrp())  # and this process is in its foreground
    assert (PassphraseSource().exists(), PassphraseSource().ready()) == (True, False)
    source = PassphraseSource(asks=False)
    assert not source.exists()
    with pytest.raises(Locked):
        source.read(tmp_path)
    monkeypatch.setattr("os.tcgetpgrp", lambda _: os.getpgrp() + 1)  # a job of the background is stopped where it reads
    assert not PassphraseSource().exists()


def test_an_empty_one_is_none(tmp_path: Path) -> None:
    path = tmp_path / "pass"
    path.touch(mode=0o600)
    with pytest.raises(UsageError, match="empty"):
        PassphraseSource(path=path).read(tmp_path)
