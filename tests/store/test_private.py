"""Files that are ours alone: what the disk or a stranger may do to a replacement. The key file's tests hold the rest."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from coalchat.errors import AlreadyExists, HomeNotPrivate, NoHome, NotPrivate
from coalchat.store import private
from coalchat.store.errors import StoreError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(home: Path) -> Path:
    path = home / "file"
    private.replace(path, b"old")
    return path


def test_a_file_is_created_once_and_empty(home: Path) -> None:
    path = home / "new"
    private.create(path)
    private.check(path)
    assert private.read(path, max_size=10) == b""
    with pytest.raises(AlreadyExists):
        private.create(path)


def test_a_file_that_is_too_long_shows_it(path: Path) -> None:
    assert private.read(path, max_size=3) == b"old"
    assert len(private.read(path, max_size=2)) == 3


def test_a_missing_file_is_missing(home: Path) -> None:
    with pytest.raises(FileNotFoundError):
        private.check(home / "nothing")
    assert private.sweep(home / "nothing")
    assert private.destroy(home / "nothing")


def test_a_broken_symlink_takes_its_name(home: Path) -> None:
    path = home / "link"
    path.symlink_to("nowhere")
    assert private.exists(path)
    with pytest.raises(NotPrivate):
        private.check(path)
    with pytest.raises(AlreadyExists):
        private.create(path)


def test_a_replaced_symlink_leaves_its_target_alone(home: Path) -> None:
    target, path = home / "target", home / "link"
    private.replace(target, b"somebody's")
    path.symlink_to("target")
    assert not private.replace(path, b"new")
    assert not path.is_symlink()
    assert private.read(path, max_size=99) == b"new"
    assert private.read(target, max_size=99) == b"somebody's"


def test_a_backup_made_by_hard_link_is_not_overwritten(path: Path) -> None:
    backup = path.with_name("backup")
    os.link(path, backup)
    assert not private.replace(path, b"new"), "and so the old bytes are said to be left"
    assert backup.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_a_replacement_that_cannot_take_its_place_leaves_nothing_beside(home: Path) -> None:
    path = home / "directory"
    path.mkdir(mode=0o700)
    with pytest.raises(StoreError):
        private.replace(path, b"new")
    assert [one.name for one in home.iterdir()] == ["directory"]


def test_something_in_the_way_of_a_replacement_is_an_error(path: Path) -> None:
    path.with_name("file.new").mkdir()
    with pytest.raises(StoreError):
        private.replace(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_name_that_the_system_refuses_is_an_error(home: Path) -> None:
    path = home / ("x" * 300)
    with pytest.raises(StoreError):
        private.check(path)
    with pytest.raises(StoreError):
        private.create(path)
    with pytest.raises(StoreError):
        private.check(home / ("x" * 300) / "file")


def test_a_home_that_is_a_file_is_no_home(path: Path) -> None:
    with pytest.raises(HomeNotPrivate):
        private.check(path / "file")
    with pytest.raises(NoHome):
        private.check(path.parent / "nowhere" / "file")


FULL = """
    import resource, sys
    from pathlib import Path
    from coalchat.store import private
    from coalchat.store.errors import StoreError

    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        private.replace(Path(sys.argv[1]), bytes(8192))
    except StoreError as error:
        said = str(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(said)
"""


def test_a_replacement_that_cannot_be_written_leaves_the_old_file_and_nothing_beside(path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(FULL), str(path)]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert said.startswith("The store did not keep it: cannot write")
    assert path.read_bytes() == b"old"
    assert [one.name for one in path.parent.iterdir()] == ["file"]
