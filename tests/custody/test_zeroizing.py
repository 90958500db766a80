"""Zeroizing: the key file first, the rest whatever happens, and what cannot go is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from coalchat.custody.zeroizing import zeroize
from coalchat.errors import HomeNotPrivate, NoHome, Zeroized
from coalchat.paths import Home, check_home, ensure_private_home
from coalchat.store import private
from coalchat.store.errors import StoreError

FILES = ("keys", "keys.new", "store.db", "store.db-wal", "client.token", "node.log", "bots/echo.json")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = ensure_private_home(tmp_path / "home")
    (made.path / "bots").mkdir(mode=0o700)
    for name in (*FILES, "config.toml", "node.lock"):
        (made.path / name).write_bytes(b"secret of " + name.encode())
    return made


def test_the_key_file_goes_first_and_what_cannot_go_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    destroy = private.destroy

    def failing(path: Path) -> bool:
        if path.name == "store.db":
            raise StoreError("the disk refused")
        gone.append(path.name)
        return destroy(path)

    monkeypatch.setattr(private, "destroy", failing)
    done = zeroize(home, "at noon")
    assert gone[0] == "keys"
    assert done.left == ("store.db",)
    assert {path.name for path in home.path.rglob("*") if path.is_file()} == {
        "store.db", "config.toml", "node.lock", "zeroized",
    }  # fmt: skip
    monkeypatch.undo()
    assert zeroize(home, "at one").left == ()
    assert not home.store.exists()
    with pytest.raises(Zeroized):
        check_home(home)
    with pytest.raises(Zeroized):
        ensure_private_home(home.path)
    assert home.zeroized.read_text() == "at one\n"


def test_what_lay_there_was_overwritten_and_a_link_leads_nowhere_else(home: Home, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"somebody's own")
    (home.path / "link").symlink_to(elsewhere)
    held = [(home.path / name).open("rb") for name in FILES]
    done = zeroize(home, "at noon")
    for name, file in zip(FILES, held, strict=True):
        with file:
            assert not any(file.read()), f"the bytes of {name} were overwritten where they lay"
    assert done.not_overwritten == ("link",)
    assert elsewhere.read_bytes() == b"somebody's own"


def test_only_a_home_of_ours_is_destroyed(home: Home, tmp_path: Path) -> None:
    with pytest.raises(NoHome):
        zeroize(Home(tmp_path / "nowhere"), "at noon")
    home.path.chmod(0o750)
    with pytest.raises(HomeNotPrivate):
        zeroize(home, "at noon")
    assert home.keys.exists()


def test_a_disk_that_takes_no_mark_keeps_no_keys(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coalchat.custody.zeroizing.write_private_file", full)
    assert zeroize(home, "at noon").left == ("no zeroized mark",)
    assert not home.keys.exists()
