"""The terminal of the person (not stdin, which may be a pipe): questions and secrets.

Rule: where there is no terminal nothing is asked; the caller says what option would have answered.
"""

from __future__ import annotations

from coalchat.client.secret import TERMINAL, ask_secret, available
from coalchat.display import display_safe

__all__ = ["TERMINAL", "ask_line", "ask_secret", "available"]


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
