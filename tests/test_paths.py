"""Homes, sockets and private files: what is not the user's own is refused."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from coalchat import paths
from coalchat.errors import HomeNotPrivate, NoHome, NotPrivate, PathTooLong, RuntimeNotPrivate, UsageError
from coalchat.paths import (
    Home,
    check_home,
    ensure_private_home,
    ensure_runtime_directory,
    find_home,
    read_private_file,
    read_token,
    socket_candidates,
    socket_path,
    write_private_file,
    write_token,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return ensure_private_home(tmp_path / "home")


# --- home ---


def test_the_option_goes_before_the_variable_and_that_before_the_default(tmp_path: Path) -> None:
    environ = {"COALCHAT_HOME": str(tmp_path / "b")}
    assert find_home(tmp_path / "a", environ).path == tmp_path / "a"
    assert find_home(None, environ).path == tmp_path / "b"
    assert find_home(None, {"COALCHAT_HOME": ""}).path.name == "coalchat"


def test_a_link_and_its_target_are_one_home(tmp_path: Path, home: Home) -> None:
    (tmp_path / "link").symlink_to(home.path)
    assert find_home(tmp_path / "link") == home


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_new_home_is_0700_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        home = ensure_private_home(tmp_path / "new")
    finally:
        os.umask(before)
    assert mode(home.path) == 0o700
    assert check_home(home) == home


def test_parents_are_made_too(tmp_path: Path) -> None:
    assert ensure_private_home(tmp_path / "a" / "b").path.is_dir()


@pytest.mark.parametrize("bits", [0o701, 0o710, 0o750, 0o704, 0o777])
def test_a_home_open_to_others_is_refused_and_left_as_it_is(home: Home, bits: int) -> None:
    home.path.chmod(bits)
    with pytest.raises(HomeNotPrivate, match=f"mode 0{bits:o}"):
        ensure_private_home(home.path)
    with pytest.raises(HomeNotPrivate):
        check_home(home)
    assert mode(home.path) == bits


@as_root
def test_somebody_else_s_home_is_refused(home: Home) -> None:
    os.chown(home.path, 65_534, -1)
    with pytest.raises(HomeNotPrivate, match="belongs to uid 65534"):
        check_home(home)


def test_no_home_and_no_directory(tmp_path: Path) -> None:
    with pytest.raises(NoHome):
        check_home(find_home(tmp_path / "absent"))
    (tmp_path / "file").touch(0o600)
    with pytest.raises(HomeNotPrivate, match="not a directory"):
        check_home(find_home(tmp_path / "file"))
    with pytest.raises(UsageError, match="cannot make"):
        ensure_private_home(tmp_path / "file" / "home")


def test_the_files_of_a_home_have_their_names(home: Home) -> None:
    files = (home.keys, home.store, home.lock, home.log, home.token, home.config)
    assert [file.name for file in files] == [
        "keys",
        "store.db",
        "node.lock",
        "node.log",
        "client.token",
        "config.toml",
    ]
    assert {file.parent for file in files} == {home.path}


# --- socket ---


def test_the_socket_is_named_by_the_home_s_path(tmp_path: Path) -> None:
    home = Home(Path("/srv/berg"))
    assert socket_path(home, {"XDG_RUNTIME_DIR": "/run/user/1"}) == Path("/run/user/1/coalchat/199e2cb174c3fd12.sock")
    assert socket_path(home, {"TMPDIR": str(tmp_path)}).parent == tmp_path / f"coalchat-{os.geteuid()}"


def test_a_relative_runtime_directory_is_ignored(tmp_path: Path) -> None:
    environ = {"XDG_RUNTIME_DIR": "run", "TMPDIR": str(tmp_path)}
    assert socket_path(Home(Path("/srv/berg")), environ).is_relative_to(tmp_path)


def test_a_client_without_a_session_looks_where_one_would_be(tmp_path: Path) -> None:
    home = Home(Path("/srv/berg"))
    places = [path.parent for path in socket_candidates(home, {"TMPDIR": str(tmp_path)})]
    assert places == [tmp_path / f"coalchat-{os.geteuid()}", Path(f"/run/user/{os.geteuid()}/coalchat")]


def test_a_socket_path_longer_than_the_system_allows_is_a_clear_error(tmp_path: Path) -> None:
    home = Home(Path("/srv/berg"))
    room = paths.MAX_SOCKET_PATH - len("/coalchat/") - len(home.socket_name)
    fits = {"XDG_RUNTIME_DIR": "/" + "x" * (room - 1)}
    assert len(os.fsencode(socket_path(home, fits))) == paths.MAX_SOCKET_PATH
    too_long = {"XDG_RUNTIME_DIR": "/" + "x" * room, "TMPDIR": "/" + "y" * 200}
    with pytest.raises(PathTooLong, match=f"{paths.MAX_SOCKET_PATH} fit"):
        socket_path(home, too_long)
    assert socket_candidates(home, too_long) == [Path(f"/run/user/{os.geteuid()}/coalchat") / home.socket_name]


def test_the_runtime_directory_is_private(tmp_path: Path) -> None:
    directory = ensure_runtime_directory({"TMPDIR": str(tmp_path)})
    assert mode(directory) == 0o700
    assert ensure_runtime_directory({"TMPDIR": str(tmp_path)}) == directory
    directory.chmod(0o755)
    with pytest.raises(RuntimeNotPrivate, match="mode 0755"):
        ensure_runtime_directory({"TMPDIR": str(tmp_path)})


def test_a_link_in_place_of_the_runtime_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o700)
    (tmp_path / f"coalchat-{os.geteuid()}").symlink_to(tmp_path / "mine")
    with pytest.raises(RuntimeNotPrivate, match="not a directory"):
        ensure_runtime_directory({"TMPDIR": str(tmp_path)})


@as_root
def test_a_runtime_directory_that_another_made_first_is_refused(tmp_path: Path) -> None:
    squatted = tmp_path / f"coalchat-{os.geteuid()}"
    squatted.mkdir(mode=0o700)
    os.chown(squatted, 65_534, -1)
    with pytest.raises(RuntimeNotPrivate, match="belongs to uid"):
        ensure_runtime_directory({"TMPDIR": str(tmp_path)})


def test_a_runtime_directory_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot make"):
        ensure_runtime_directory({"TMPDIR": str(tmp_path / "absent")})


# --- private files ---


def test_a_private_file_comes_back_whole_and_is_0600(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    before = os.umask(0)
    try:
        write_private_file(path, b"one")
        write_private_file(path, b"two")
    finally:
        os.umask(before)
    assert mode(path) == 0o600
    assert read_private_file(path, limit=3) == b"two"
    assert os.listdir(tmp_path) == ["secret"]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.mkdir()  # nothing can be put in its place
    with pytest.raises(OSError, match="directory"):
        write_private_file(path, b"x")
    assert os.listdir(tmp_path) == ["secret"]


def test_a_file_that_is_not_private_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_private_file(path, b"x")
    path.chmod(0o640)
    with pytest.raises(NotPrivate, match="mode 0640"):
        read_private_file(path, limit=9)
    path.chmod(0o600)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(UsageError, match="cannot read"):
        read_private_file(tmp_path / "link", limit=9)
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(NotPrivate, match="not a regular file"):
        read_private_file(tmp_path / "pipe", limit=9)
    with pytest.raises(NotPrivate, match="not a regular file"):
        read_private_file(tmp_path, limit=9)


def test_a_private_file_has_a_bound(tmp_path: Path) -> None:
    write_private_file(tmp_path / "big", b"x" * 10)
    with pytest.raises(UsageError, match="more than 9 bytes"):
        read_private_file(tmp_path / "big", limit=9)
    with pytest.raises(UsageError, match="cannot read"):
        read_private_file(tmp_path / "absent", limit=9)


def test_the_token_comes_back(home: Home) -> None:
    token = write_token(home, bytes(range(32)))
    assert read_token(home) == token == bytes(range(32)).hex()
    assert mode(home.token) == 0o600
    with pytest.raises(ValueError, match="32 bytes"):
        write_token(home, b"short")


@pytest.mark.parametrize("data", [b"", b"x" * 64, b"0" * 63, b"\xff" * 64, b"0" * 64 + b"\n1"])
def test_a_damaged_token_is_none(home: Home, data: bytes) -> None:
    write_private_file(home.token, data)
    with pytest.raises(UsageError, match="no token"):
        read_token(home)
