"""Passphrases and invite codes: secrets that a command reads (SPEC 11.1).

Rule 1: they come from the terminal, from a file descriptor, or from a file that is the user's own and closed to others;
never from an argument or the environment.
Rule 2: what a file or a descriptor holds is taken as it is, without the line end after it.
Rule 3: a new passphrase is asked for twice at the terminal, because nothing could tell a typing error later.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from coalchat.cli.options import Asked
from coalchat.client.secret import (
    MAX_SECRET,
    ask_secret,
    available,
    locked,
    not_empty,
    read_descriptor,
    read_secret_file,
)
from coalchat.errors import Locked, UsageError

__all__ = [
    "MAX_SECRET",
    "Another",
    "has_source",
    "locked",
    "new_passphrase",
    "passphrase",
    "read_descriptor",
    "read_secret_file",
]


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
    if given is None and not available():
        raise UsageError("a new home needs a passphrase", hint=Locked.advice)
    if given is None:
        given = _typed_twice(f"new passphrase for {asked.home.path}: ")
    asked.secret = given
    return given


@attrs.frozen
class Another:
    """A second passphrase of a command: its options, and what it is called where it is asked for.

    Attributes:
        descriptor, path: of its options; at most one of them.
        options: their name without the ending: "--new-passphrase". name: what is asked for, in words.
    """

    descriptor: int | None
    path: Path | None
    options: str
    name: str

    def read(self, asked: Asked, *, new: bool) -> bytes:
        """The passphrase. One that is new is asked for twice.

        Raises:
            UsageError: two places for one secret, one place for two, typed differently the second time, empty,
                or none was given and there is no terminal to ask at.
        """
        if self.descriptor is not None and self.path is not None:
            raise UsageError(f"{self.options}-fd and {self.options}-file exclude each other")
        if self.descriptor is not None and self.descriptor == asked.passphrase_fd:
            raise UsageError("two passphrases cannot both come from one descriptor")
        if self.descriptor is not None:
            return not_empty(read_descriptor(self.descriptor, f"{self.options}-fd"))
        if self.path is not None:
            return not_empty(read_secret_file(self.path))
        if not available():
            hint = f"give it at the terminal, or with {self.options}-fd or {self.options}-file"
            raise UsageError(f"the {self.name} is missing", hint=hint)
        return _typed_twice(f"new {self.name}: ") if new else _typed(f"{self.name}: ")


def _typed_twice(prompt: str) -> bytes:
    given = _typed(prompt)
    if _typed("the same once more: ") != given:
        raise UsageError("the two passphrases are not the same")
    return given


def _given(asked: Asked) -> bytes | None:
    if asked.passphrase_fd is not None:
        return not_empty(read_descriptor(asked.passphrase_fd, "--passphrase-fd"))
    if asked.passphrase_file is not None:
        return not_empty(read_secret_file(asked.passphrase_file))
    return None


def _typed(prompt: str) -> bytes:
    if not available():
        raise locked()
    return not_empty(ask_secret(prompt))


def has_source(asked: Asked) -> bool:
    """Whether a passphrase can be had at all."""
    return asked.passphrase_fd is not None or asked.passphrase_file is not None or available()
