"""Where things lie: the home, its files, and the node's socket (SPEC 12.1).

Rule 1: one home is one device in one coalition. It is a directory of mode 0700 that belongs to the user; anything else
is refused, never mended: who opened it to others has to know.
Rule 2: the socket stands outside the home, because AF_UNIX paths end at 108 bytes and homes may be deep or on a network
disk. Its name is the first 16 hex digits of SHA-256 over the real path of the home.
Rule 3: it stands in `$XDG_RUNTIME_DIR/coalchat`, or without that variable in `coalchat-<uid>` under the temporary
directory. Anyone may have made that one first: it is checked for owner, mode 0700 and not being a link, each time.
Rule 4: the environment is an argument (platformdirs reads its own).
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import platformdirs

from coalchat.errors import (
    AlreadyExists,
    HomeNotPrivate,
    NoHome,
    NotPrivate,
    PathTooLong,
    RuntimeNotPrivate,
    UsageError,
    Zeroized,
)
from coalchat.record import record

MAX_SOCKET_PATH: Final = 103 if sys.platform == "darwin" else 107
"""Bytes: sun_path holds 108 (104 on macOS) with the NUL at its end."""
TOKEN_BYTES: Final = 32
MAX_TOKEN_FILE: Final = 256


@record(kw_only=False)
class Home:
    """A home by its real path. Nothing is touched until `check_home` or `make_home`."""

    path: Path

    @property
    def keys(self) -> Path:
        """The key file, sealed with the passphrase."""
        return self.path / "keys"

    @property
    def store(self) -> Path:
        """The database."""
        return self.path / "store.db"

    @property
    def store_files(self) -> tuple[Path, ...]:
        """The database, and what SQLite may have left beside it."""
        return (self.store, *(self.path / f"{self.store.name}{part}" for part in ("-wal", "-shm", "-journal")))

    @property
    def lock(self) -> Path:
        """Locked by the node for its whole life; decides who is the node."""
        return self.path / "node.lock"

    @property
    def log(self) -> Path:
        """The node's log, and what it writes to stderr while it starts."""
        return self.path / "node.log"

    @property
    def token(self) -> Path:
        """The token that clients show in `hello`; whoever can read it may do everything."""
        return self.path / "client.token"

    @property
    def config(self) -> Path:
        """Settings (`coalchat.config`)."""
        return self.path / "config.toml"

    @property
    def zeroized(self) -> Path:
        """Stands here once the home's keys were destroyed, and says when."""
        return self.path / "zeroized"

    @property
    def socket_name(self) -> str:
        """File name of the node's socket."""
        return sha256(os.fsencode(self.path)).hexdigest()[:16] + ".sock"


def find_home(given: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Home:
    """The home by `--home`, `COALCHAT_HOME`, or the user's data directory, in this order.

    It need not exist.
    """
    chosen = given or environ.get("COALCHAT_HOME") or platformdirs.user_data_path("coalchat", appauthor=False)
    return Home(Path(os.path.realpath(chosen)))


def check_home(home: Home) -> Home:
    """The same home, if it exists, is private, and was not zeroized.

    Raises:
        NoHome: there is no directory.
        HomeNotPrivate: somebody else's, or open to others.
        Zeroized: its keys were destroyed.
    """
    check_private(home)
    if home.zeroized.exists():
        raise Zeroized(str(home.path))
    return home


def check_private(home: Home) -> None:
    """Check a home's directory alone: for who destroys what is in it.

    Raises:
        NoHome: there is no directory.
        HomeNotPrivate: somebody else's, or open to others.
    """
    try:
        _check_directory(home.path)
    except FileNotFoundError:
        raise NoHome(str(home.path)) from None
    except NotPrivate as error:
        raise HomeNotPrivate(error.detail) from None


def ensure_private_home(path: str | Path) -> Home:
    """Make the home with mode 0700 if there is none, and check it.

    Raises:
        HomeNotPrivate: it exists and is somebody else's, or open to others.
        Zeroized: the keys that it held were destroyed.
        UsageError: it cannot be made.
    """
    home = find_home(path)
    try:
        home.path.parent.mkdir(parents=True, exist_ok=True)
        _make_directory(home.path)
    except OSError as error:
        raise UsageError(f"cannot make {home.path}: {error.strerror}") from None
    return check_home(home)


# --- the socket ---


def socket_path(home: Home, environ: Mapping[str, str] = os.environ) -> Path:
    """Where this home's node listens. The directory need not exist.

    Raises:
        PathTooLong: AF_UNIX has no room for it.
    """
    return _socket_in(_runtime_directory(environ), home)


def socket_candidates(home: Home, environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Where a client looks for this home's node, best first.

    A job without a session (cron, ssh with a bare command) does not see the XDG_RUNTIME_DIR of the desk whose node it
    wants, so the usual place of it and the temporary directory are looked at too.
    """
    user = os.geteuid()
    places = [_runtime_directory(environ), Path(f"/run/user/{user}/coalchat"), _temporary_directory(environ)]
    found = []
    for place in dict.fromkeys(places):
        with suppress(PathTooLong):
            found.append(_socket_in(place, home))
    return found or [socket_path(home, environ)]


def ensure_runtime_directory(environ: Mapping[str, str] = os.environ) -> Path:
    """Make the directory of the socket with mode 0700 if there is none, and check it.

    Raises:
        RuntimeNotPrivate: somebody else's, a link, or open to others.
        UsageError: it cannot be made.
    """
    directory = _runtime_directory(environ)
    try:
        _make_directory(directory)
    except OSError as error:
        raise UsageError(f"cannot make {directory}: {error.strerror}") from None
    check_runtime_directory(directory)
    return directory


def check_runtime_directory(directory: Path) -> None:
    """Check the directory of a socket before connecting: whoever owns it can stand in for the node.

    Raises:
        RuntimeNotPrivate: somebody else's, a link, or open to others.
        FileNotFoundError: there is none.
    """
    try:
        _check_directory(directory)
    except NotPrivate as error:
        raise RuntimeNotPrivate(error.detail) from None


def _runtime_directory(environ: Mapping[str, str]) -> Path:
    given = environ.get("XDG_RUNTIME_DIR", "")
    # The XDG Base Directory specification: a relative path is to be ignored.
    return Path(given) / "coalchat" if given.startswith("/") else _temporary_directory(environ)


def _temporary_directory(environ: Mapping[str, str]) -> Path:
    given = environ.get("TMPDIR", "")
    base = Path(given) if given.startswith("/") else Path(tempfile.gettempdir())
    return base / f"coalchat-{os.geteuid()}"


def _socket_in(directory: Path, home: Home) -> Path:
    path = directory / home.socket_name
    length = len(os.fsencode(path))
    if length > MAX_SOCKET_PATH:
        raise PathTooLong(f"{path} has {length} bytes, {MAX_SOCKET_PATH} fit")
    return path


# --- private directories and files ---


def _make_directory(path: Path) -> None:
    """mkdir with mode 0700 whatever the umask; one that exists is left as it is."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        return
    # A umask can only take bits away; the owner needs all of his.
    path.chmod(0o700)


def _check_directory(path: Path) -> None:
    status = os.lstat(path)
    if not stat.S_ISDIR(status.st_mode):
        raise NotPrivate(f"{path} is not a directory")
    _check_owner(path, status)


def _check_owner(path: Path, status: os.stat_result) -> None:
    if status.st_uid != os.geteuid():
        raise NotPrivate(f"{path} belongs to uid {status.st_uid}")
    if status.st_mode & 0o077:
        raise NotPrivate(f"{path} has mode {stat.S_IMODE(status.st_mode):04o}")


def read_private_file(path: Path, *, limit: int) -> bytes:
    """Read a whole file that must be regular, the user's own and closed to others (a passphrase, a token).

    Raises:
        NotPrivate: it is not.
        UsageError: it cannot be opened, or has more than `limit` bytes.
    """
    try:
        # O_NONBLOCK: a pipe somebody put there must not make us wait; O_NOFOLLOW: a link could name anything.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotPrivate(f"{path} is not a regular file")
        _check_owner(path, status)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise UsageError(f"{path} has more than {limit} bytes")
    return data


def write_private_file(path: Path, data: bytes) -> None:
    """Put a file of mode 0600 in place of what is there, atomically and durably: the old one or the new one, never half.

    Raises:
        OSError: disk full, read-only, and the like; the old file still stands.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600, by mkstemp's promise
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def write_token(home: Home, secret: bytes) -> str:
    """Write the clients' token: 32 random bytes, as hex. The node does so before its socket appears."""
    if len(secret) != TOKEN_BYTES:
        raise ValueError(f"a token has {TOKEN_BYTES} bytes")
    token = secret.hex()
    write_private_file(home.token, token.encode("ascii") + b"\n")
    return token


def read_token(home: Home) -> str:
    """The clients' token.

    Raises:
        NotPrivate: others could read it.
        UsageError: there is none, or it is no token.
    """
    text = read_private_file(home.token, limit=MAX_TOKEN_FILE).decode("ascii", "replace").strip()
    if len(text) != 2 * TOKEN_BYTES or not set(text) <= set("0123456789abcdef"):
        raise UsageError(f"{home.token} holds no token")
    return text


# --- files of a person, outside any home ---


def write_new(path: Path, data: bytes) -> None:
    """Make a file, 0600 where the disk knows modes; durable when this returns, or not there.

    Raises:
        AlreadyExists: the name is taken. UsageError: it cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        raise AlreadyExists(f"the file {path}") from None
    except OSError as error:
        raise UsageError(f"cannot make {path}: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
