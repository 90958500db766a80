"""Files that people exchange, and the lock of a home that no node runs on.

Rule 1: a file that a person named is never overwritten by a command that makes one; `charter sign` replaces its own as a
whole or not at all.
Rule 2: what works on keys without a node holds the very lock that a node holds.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from coalchat.errors import AlreadyExists, HomeInUse, UsageError

if TYPE_CHECKING:
    from coalchat.paths import Home

MAX_TEXT_FILE = 2_097_152
"""Bytes: an armoured charter of 32 nations has 700,000."""


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Hold the home's lock.

    Raises:
        HomeInUse: a node runs on it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(home.lock, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise HomeInUse(str(home.path)) from None
    try:
        yield
    finally:
        lock.release()


def wait_alone(home: Home, within: float) -> bool:
    """Wait until no node holds the home any more; False if one still does after `within` seconds."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(home.lock, mode=0o600).acquire(timeout=within, poll_interval=0.02):
            return True
    except Timeout:
        return False


def read_text(path: Path) -> str:
    """A text file that somebody sent.

    Raises:
        UsageError: it cannot be read, or is no text of ours by its size or bytes.
    """
    return read_bytes(path).decode("utf-8", "replace")


def read_bytes(path: Path) -> bytes:
    """Likewise, as it is.

    Raises:
        UsageError: it cannot be read, or is too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TEXT_FILE + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    if len(data) > MAX_TEXT_FILE:
        raise UsageError(f"{path} has more than {MAX_TEXT_FILE} bytes")
    return data


@contextmanager
def new_file(path: Path, *, private: bool = False) -> Iterator[list[str]]:
    """Make a file before the work and fill it after: what is put into the list. It goes if the work fails.

    Args:
        private: closed to group and others.

    Raises:
        AlreadyExists: there is one. UsageError: it cannot be made.
    """
    try:
        file = path.open("x", encoding="utf-8")
        if private:
            os.fchmod(file.fileno(), 0o600)
    except FileExistsError:
        raise AlreadyExists(f"the file {path}") from None
    except OSError as error:
        raise UsageError(f"cannot make {path}: {error.strerror}") from None
    text: list[str] = []
    with file:
        try:
            yield text
            file.writelines(text)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise


def replace_file(path: Path, text: str) -> None:
    """Put a text in the place of a file's, with its mode: all of it or nothing.

    Raises:
        UsageError: it cannot be written; the old one stands.
    """
    real = Path(os.path.realpath(path))
    name = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, real.stat().st_mode & 0o777)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(name, real)
    except OSError as error:
        if name is not None:
            with suppress(OSError):
                os.unlink(name)
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
