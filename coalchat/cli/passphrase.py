"""Passphrases and invite codes: secrets that a command reads (SPEC 11.1).

Rule 1: they come from the terminal, from a file descriptor, or from a file that is the user's own and closed to others;
never from an argument or the environment.
Rule 2: what a file or a descriptor holds is taken as it is, without the line end after it.
Rule 3: a new passphrase is asked for twice at the terminal, because nothing could tell a typing error later.
"""

from __future__ import annotations

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
        given = _typed(f"new passphrase for {asked.home.path}: ")
        if _typed("the same once more: ") != given:
            raise UsageError("the two passphrases are not the same")
    asked.secret = given
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
