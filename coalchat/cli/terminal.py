"""The terminal of the person (not stdin, which may be a pipe): questions and secrets.

Rule: where there is no terminal nothing is asked; the caller says what option would have answered.
"""

from __future__ import annotations

import os
from contextlib import suppress
from getpass import getpass

from coalchat.display import display_safe

TERMINAL = "/dev/tty"


def available() -> bool:
    """Whether there is somebody to ask."""
    try:
        descriptor = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    os.close(descriptor)
    return True


def ask_secret(prompt: str) -> bytes:
    """A line that is not shown while it is typed."""
    with suppress(EOFError):
        return getpass(display_safe(prompt)).encode("utf-8", "surrogateescape")
    return b""


def ask_line(prompt: str) -> str:
    """A line that is shown; empty when there is no more input."""
    with open(TERMINAL, "r+b", buffering=0) as terminal:
        terminal.write(display_safe(prompt).encode("utf-8", "backslashreplace"))
        typed = bytearray()
        while not typed.endswith(b"\n"):
            part = terminal.read(1_024)
            if not part:
                break
            typed += part
    return typed.decode("utf-8", "replace").strip()
