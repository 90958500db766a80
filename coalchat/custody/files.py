"""Sealed files outside a home (SPEC 11.3): made once, never overwritten, read whole within a bound.

They may lie on a disk that knows no owner or mode: what guards them is their seal.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from coalchat.errors import AlreadyExists, UsageError
from coalchat.store.keyfile import MAX_SEALED_FILE


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


def read_sealed(path: Path) -> bytes:
    """The bytes of a sealed file; one byte more than the largest has, so that "too long" shows.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_SEALED_FILE + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
