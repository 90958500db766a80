"""Passphrases and invite codes: secrets that a command reads (SPEC 11.1).

Rule 1: they come from the terminal, from a file descriptor, or from a file that is the user's own and closed to others;
never from an argument or the environment.
Rule 2: what a file or a descriptor holds is taken as it is, without the line end after it.
Rule 3: a new passphrase is asked for twice at the terminal, because nothing could tell a typing error later.
"""

from __future__ import annotations

import os
from pathlib import Path

from coalchat.cli import terminal
from coalchat.cli.options import Asked
from coalchat.errors import Locked, UsageError

MAX_SECRET = 1_024
"""Bytes; a passphrase of 170 words."""


def passphrase(asked: Asked) -> bytes:
    """The passphrase of a home that exists; read once.

    Raises:
        Locked: none was given, and there is no terminal to ask at. UsageError: it is empty, or cannot be read.
    """
    if asked.secret is None:
        asked.secret = _given(asked) or _typed(f"passphrase of {asked.home.path}: ")
    return asked.secret


def new_passphrase(asked: Asked) -> bytes:
    """The passphrase of a home that is being made.

    Raises:
        UsageError: none was given, and there is no terminal to ask at; or typed differently the second time.
    """
    given = _given(asked)
    if given is None and not terminal.available():
        raise UsageError("a new home needs a passphrase", hint=Locked.advice)
    if given is None:
        given = _typed(f"new passphrase for {asked.home.path}: ")
        if _typed("the same once more: ") != given:
            raise UsageError("the two passphrases are not the same")
    asked.secret = given
    return given


def _given(asked: Asked) -> bytes | None:
    if asked.passphrase_fd is not None:
        return _not_empty(read_descriptor(asked.passphrase_fd, "--passphrase-fd"))
    if asked.passphrase_file is not None:
        return _not_empty(read_secret_file(asked.passphrase_file))
    return None


def locked() -> Locked:
    """The error of a home whose passphrase nobody gives."""
    error = Locked()
    error.sentence = "the home is locked"
    return error


def _typed(prompt: str) -> bytes:
    if not terminal.available():
        raise locked()
    return _not_empty(terminal.ask_secret(prompt))


def has_source(asked: Asked) -> bool:
    """Whether a passphrase can be had at all."""
    return asked.passphrase_fd is not None or asked.passphrase_file is not None or terminal.available()


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
    from coalchat.paths import read_private_file

    return read_private_file(path, limit=MAX_SECRET).rstrip(b"\r\n")


def _not_empty(secret: bytes) -> bytes:
    if not secret:
        raise UsageError("the passphrase is empty")
    return secret
