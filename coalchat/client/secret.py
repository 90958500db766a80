"""Secrets that a front end reads: from the terminal, a descriptor or a private file (SPEC 11.1).

Rule 1: they never come from an argument or the environment: an option names the place that they are read from.
Rule 2: what a file or a descriptor holds is taken as it is, without the line end after it.
Rule 3: the terminal is the person's own (not stdin, which may be a pipe); where there is none nothing is asked.
"""

from __future__ import annotations

import os
from contextlib import suppress
from getpass import getpass
from pathlib import Path
from typing import Final

from coalchat.display import display_safe
from coalchat.errors import Locked, UsageError
from coalchat.paths import read_private_file
from coalchat.record import field, part

MAX_SECRET: Final = 1_024
"""Bytes; a passphrase of 170 words."""
TERMINAL: Final = "/dev/tty"


def available() -> bool:
    """Whether there is somebody to ask: at a terminal, and in its foreground, for who reads there in a job of the
    background (`… &`) is stopped by the system, without a word.
    """
    try:
        descriptor = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(descriptor)


def ask_secret(prompt: str) -> bytes:
    """A line that is not shown while it is typed."""
    with suppress(EOFError):
        return getpass(display_safe(prompt)).encode("utf-8", "surrogateescape")
    return b""


def read_descriptor(descriptor: int, option: str) -> bytes:
    """All that comes from a descriptor, without its line end.

    Raises:
        UsageError: it is not open for reading, or gives more than a secret.
    """
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(MAX_SECRET + 1)
    except OSError as error:
        raise UsageError(f"cannot read descriptor {descriptor} of {option}: {error.strerror}") from None
    if len(data) > MAX_SECRET:
        raise UsageError(f"descriptor {descriptor} of {option} gives more than {MAX_SECRET} bytes")
    return data.rstrip(b"\r\n")


def read_secret_file(path: Path) -> bytes:
    """A private file, without its line end.

    Raises:
        NotPrivate, UsageError: see `read_private_file`.
    """
    return read_private_file(path, limit=MAX_SECRET).rstrip(b"\r\n")


def not_empty(secret: bytes) -> bytes:
    """The same secret. Raises: UsageError: there is nothing in it."""
    if not secret:
        raise UsageError("the passphrase is empty")
    return secret


def locked() -> Locked:
    """The error of a home whose passphrase nobody gives."""
    error = Locked()
    error.sentence = "the home is locked"
    return error


@part
class PassphraseSource:
    """Where the passphrase of a home can be had, for a program that may need it more than once.

    Attributes:
        descriptor, path: of an option; at most one of them. With neither, the terminal is asked.
        asks: it may be.
    """

    descriptor: int | None = None
    path: Path | None = None
    asks: bool = True
    _kept: bytes | None = field(default=None, init=False, repr=False)

    def ready(self) -> bool:
        """Whether a passphrase can be had without asking anybody."""
        return self.descriptor is not None or self.path is not None or self._kept is not None

    def exists(self) -> bool:
        """Whether a passphrase can be had at all."""
        return self.ready() or (self.asks and available())

    def read(self, home: Path) -> bytes:
        """The passphrase. A file is read anew each time; what a descriptor or a person gives only once is kept.

        Raises:
            Locked: there is nobody to ask. NotPrivate, UsageError: it cannot be read, or is empty.
        """
        if self.path is not None:
            return not_empty(read_secret_file(self.path))
        if self._kept is None and self.descriptor is not None:
            self._kept = not_empty(read_descriptor(self.descriptor, "--passphrase-fd"))
        if self._kept is None:
            if not self.exists():
                raise locked()
            self._kept = not_empty(ask_secret(f"passphrase of {home}: "))
        return self._kept
