"""What the first run has made: keys of a device, of a nation with its offer, and nothing where there is a home already."""

from __future__ import annotations

from pathlib import Path

import pytest

from coalchat.cli.armour import Kind, read_armour
from coalchat.cli.welcome import KeyMaking, is_first_run
from coalchat.errors import AlreadyExists, HomeNotPrivate, UsageError, Zeroized
from coalchat.paths import ensure_private_home, find_home
from protocol.trust.founding import read_offer
from tests.cli.laptops import CHEAPEST


def making(folder: Path) -> KeyMaking:
    home = ensure_private_home(folder / "home")
    (home.path / "config.toml").write_text(CHEAPEST)
    return KeyMaking(home)


def test_a_device_s_keys_are_made_once(tmp_path: Path) -> None:
    acts = making(tmp_path)
    assert is_first_run(acts.home)
    acts.make_device(b"correct horse")
    made = acts.home.keys.read_bytes()
    acts.make_device(b"another")
    assert acts.home.keys.read_bytes() == made
    assert not is_first_run(acts.home)
    with pytest.raises(AlreadyExists):
        acts.make_nation("XAA", "Alfaland", "Cdr Aalto", b"correct horse")


def test_a_nation_s_offer_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    acts = making(tmp_path)
    with pytest.raises(UsageError, match="is none"):
        acts.make_nation("../x", "Alfaland", "Cdr Aalto", b"correct horse")
    with pytest.raises(UsageError):
        acts.make_nation("xaa", "Alfaland", "Cdr Aalto", b"correct horse")
    assert not acts.home.keys.exists()
    lines = acts.make_nation("XAA", "Alfaland", "Cdr Aalto", b"correct horse")
    assert str(tmp_path / "xaa.offer") in lines[0]
    offer = read_offer(read_armour(Kind.OFFER, (tmp_path / "xaa.offer").read_text(), "xaa.offer"))
    assert (offer.code, offer.name) == ("XAA", "Alfaland")


def test_what_is_no_beginning(tmp_path: Path) -> None:
    assert is_first_run(find_home(tmp_path / "nowhere"))
    home = ensure_private_home(tmp_path / "home")
    home.zeroized.touch()
    with pytest.raises(Zeroized):
        is_first_run(home)
    home.zeroized.unlink()
    home.path.chmod(0o755)
    with pytest.raises(HomeNotPrivate):
        is_first_run(home)


def test_an_invite_s_code_is_read_before_anything_is_made(tmp_path: Path) -> None:
    assert making(tmp_path).check_invite("abc").startswith("this is no invite code")
