"""A person at a terminal of 120 by 40: a program with a controlling terminal of its own, what it shows, keys."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

# Who leads a session and opens a terminal without O_NOCTTY is controlled by it.
_TAKE: Final = "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); os.execv(sys.argv[1], sys.argv[1:])"
_CONTROL: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_].*?\x1b\\|\x1b[ -/]*[0-~]", re.DOTALL
)
PATIENCE: Final = 60.0


class Terminal:
    """A terminal with a program on it.

    Attributes:
        shown: all text that was written, without what only moves and colours. raw: all of it.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("4H", 40, 120, 0, 0))
        self.before = self.modes()
        self.raw = b""
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE, *command],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={**environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"},
            start_new_session=True,
        )

    def modes(self) -> list[Any]:
        """Echo, line mode and the like."""
        return termios.tcgetattr(self._slave)

    @property
    def shown(self) -> str:
        return _CONTROL.sub("", self.raw.decode("utf-8", "replace")).replace("\xa0", " ")

    def until(self, words: str, *, after: int = 0) -> int:
        """Read until these words were shown, behind a place; the place behind them."""
        end = time.monotonic() + PATIENCE
        while (found := self.shown.find(words, after)) < 0:
            assert time.monotonic() < end, f"never shown: {words!r}; the end is {self.shown[-2_000:]!r}"
            assert self._read(1.0) or self.process.poll() is None, f"it ended: {self.shown[-2_000:]!r}"
        return found + len(words)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def close(self) -> None:
        """Hang up, as a window that is closed does."""
        for descriptor in (self._master, self._slave):
            if descriptor >= 0:
                os.close(descriptor)
        self._master = self._slave = -1

    def wait(self) -> int:
        """Read on until the program has ended; its exit code."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end, "it does not end"
            if self._master < 0 or not self._read(0.05):
                time.sleep(0.01)
        while self._master >= 0 and self._read(0.05):
            continue
        return self.process.returncode

    def _read(self, within: float) -> bytes:
        ready, _, _ = select.select([self._master], [], [], within)
        part = os.read(self._master, 65_536) if ready else b""
        self.raw += part
        return part
