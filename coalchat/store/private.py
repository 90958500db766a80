"""Files that are ours alone (SPEC, "At rest"): owner and mode checked, no symlinks, replaced as a whole or not at all.

Rule 1: a file is opened below a descriptor of its directory and checked on its own descriptor, so that nothing can be
swapped between the check and the use.
Rule 2: directory and file belong to this user and are closed to group and others; neither is a symlink.
Rule 3: a replacement is written beside the file, synced, renamed over it, and the directory synced: after a crash the
old or the new file is there, whole. The name beside it is fixed, so that a crash leaves at most one left-over, and the
next replacement or `sweep` removes it.
Rule 4: what a file held before is overwritten, as a best effort: journals, snapshots and flash remember.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coalchat.errors import AlreadyExists, HomeNotPrivate, NoHome, NotPrivate
from coalchat.store.errors import StoreError, StoreFull, StoreStopped

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # never wait for the writer of a FIFO
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SYMLINK = frozenset({errno.ELOOP, errno.EMLINK, errno.ENOTDIR})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CHUNK = 65_536


@contextmanager
def home(path: Path) -> Iterator[int]:
    """A descriptor of a directory that is ours alone.

    Raises:
        NoHome: there is no such directory.
        HomeNotPrivate: a symlink, someone else's, or open to others.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NoHome(str(path)) from None
    except PermissionError:
        raise HomeNotPrivate(f"{path} is not ours to open") from None
    except OSError as error:
        if error.errno not in _SYMLINK:
            raise _failed("open", path, error) from error
        hint = "name the directory itself, not a link to it"
        raise HomeNotPrivate(f"{path} is a symlink or no directory", hint=hint) from None
    try:
        status = os.fstat(fd)
        if status.st_uid != os.geteuid():
            raise HomeNotPrivate(f"{path} belongs to another user")
        if status.st_mode & _OTHERS:
            raise HomeNotPrivate(f"{path} has mode {stat.S_IMODE(status.st_mode):04o}")
        yield fd
    finally:
        os.close(fd)


def exists(path: Path) -> bool:
    """Whether anything stands under this name, be it a broken symlink."""
    return os.path.lexists(path)


def check(path: Path) -> None:
    """Check that a file and its directory are ours alone.

    Raises:
        FileNotFoundError: there is none.
        NoHome, HomeNotPrivate, NotPrivate: see `home`; the file is a symlink, no plain file, or not ours alone.
    """
    with home(path.parent) as directory:
        os.close(_open(directory, path))


def read(path: Path, *, max_size: int) -> bytes:
    """The bytes of a file that is ours alone; at most `max_size` + 1 of them, so that "too long" shows.

    Raises:
        as `check`, and StoreError: it cannot be read.
    """
    with home(path.parent) as directory, os.fdopen(_open(directory, path), "rb") as file:
        try:
            return file.read(max_size + 1)
        except OSError as error:
            raise _failed("read", path, error) from error


def create(path: Path) -> None:
    """Make an empty file, 0600 under any umask.

    Raises:
        NoHome, HomeNotPrivate: see `home`.
        AlreadyExists: the name is taken.
        StoreError: it cannot be made.
    """
    with home(path.parent) as directory:
        _write_new(directory, path, path.name, b"")
        os.fsync(directory)


def replace(path: Path, data: bytes) -> bool:
    """Put `data` in the place of a file, or make it: all of it, durably, or nothing.

    Returns:
        Whether the old bytes were overwritten; False where there were none.

    Raises:
        NoHome, HomeNotPrivate: see `home`.
        StoreError: it cannot be written, and the old file still stands; where only the directory could not be synced,
            the new one stands, and after a crash either.
    """
    with home(path.parent) as directory:
        beside = _beside(path)
        _remove(directory, path, beside)
        old = _open_to_erase(directory, path.name)
        try:
            _write_new(directory, path, beside, data)
            try:
                os.rename(beside, path.name, src_dir_fd=directory, dst_dir_fd=directory)
                os.fsync(directory)
            except OSError as error:
                _remove(directory, path, beside)
                raise _failed("replace", path, error) from error
            return _erase(old)
        finally:
            _close(old)


def sweep(path: Path) -> bool:
    """Remove what a crash in the middle of `replace` may have left beside a file; whether it could be overwritten.

    Raises:
        NoHome, HomeNotPrivate: see `home`.
        StoreError: the disk refused.
    """
    with home(path.parent) as directory:
        return _remove(directory, path, _beside(path))


def destroy(path: Path) -> bool:
    """Overwrite and remove a file and what a crash left beside it; whether all of it could be overwritten.

    Raises:
        NoHome, HomeNotPrivate: see `home`.
        StoreError: the disk refused.
    """
    with home(path.parent) as directory:
        erased = [_remove(directory, path, name) for name in (path.name, _beside(path))]
        os.fsync(directory)
        return all(erased)


def _beside(path: Path) -> str:
    return f"{path.name}.new"


def _open(directory: int, path: Path) -> int:
    try:
        fd = os.open(path.name, _READ, dir_fd=directory)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in _SYMLINK:
            raise NotPrivate(f"{path} is a symlink") from None
        if error.errno in {errno.EACCES, errno.EPERM, errno.ENXIO}:
            raise NotPrivate(f"{path} is not ours to open") from None
        raise _failed("open", path, error) from error
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise NotPrivate(f"{path} is not a plain file")
        if status.st_uid != os.geteuid():
            raise NotPrivate(f"{path} belongs to another user")
        if status.st_mode & _OTHERS:
            raise NotPrivate(f"{path} has mode {stat.S_IMODE(status.st_mode):04o}")
    except NotPrivate:
        os.close(fd)
        raise
    return fd


def _write_new(directory: int, path: Path, name: str, data: bytes) -> None:
    try:
        fd = os.open(name, _CREATE, 0o600, dir_fd=directory)
    except FileExistsError:
        raise AlreadyExists(str(path)) from None
    except OSError as error:
        raise _failed("create", path, error) from error
    try:
        with os.fdopen(fd, "wb") as file:
            os.fchmod(fd, 0o600)  # a umask may have taken our own bits
            file.write(data)
            file.flush()
            os.fsync(fd)
    except OSError as error:
        os.unlink(name, dir_fd=directory)
        raise _failed("write", path, error) from error


def _remove(directory: int, path: Path, name: str) -> bool:
    """Erase and unlink; nothing to do, and nothing left, where there is nothing."""
    fd = _open_to_erase(directory, name)
    try:
        erased = _erase(fd)
        os.unlink(name, dir_fd=directory)
    except FileNotFoundError:
        return True
    except OSError as error:
        raise _failed("remove", path.with_name(name), error) from error
    finally:
        _close(fd)
    return erased


def _open_to_erase(directory: int, name: str) -> int | None:
    """None where there is no plain file of ours to overwrite: a link's target may be somebody's backup."""
    try:
        fd = os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=directory)
    except OSError:
        return None
    status = os.fstat(fd)
    if stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
        return fd
    os.close(fd)
    return None


def _erase(fd: int | None) -> bool:
    """Overwrite with zeros; False where it cannot be done, which is no reason to fail: the new file is in place."""
    if fd is None:
        return False
    try:
        left = os.fstat(fd).st_size
        os.lseek(fd, 0, os.SEEK_SET)
        while left > 0:
            left -= os.write(fd, bytes(min(left, _CHUNK)))
        os.fsync(fd)
    except OSError:
        return False
    return True


def _close(fd: int | None) -> None:
    if fd is not None:
        os.close(fd)


def _failed(verb: str, path: Path, error: OSError) -> StoreError:
    kind = StoreFull if error.errno in _FULL else StoreStopped if error.errno == errno.EIO else StoreError
    return kind(f"cannot {verb} {path}: {error.strerror}")
