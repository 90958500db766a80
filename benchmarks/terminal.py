"""A program at a terminal of its own: when it has shown what is waited for, and how soon it answers a key."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

from benchmarks.turns import stopwatch

SIZE: Final = (120, 40)
KEY: Final = "~"
"""Stands nowhere on the desk."""
PRESSED: Final = 0.005
"""Seconds between two presses."""
_GLYPHS: Final = [chr(code) for code in range(0x100, 0x17F)]
"""Latin letters with marks: nothing else on the screen has them, so each is seen when its own key is painted."""


@attrs.frozen
class Shown:
    """When a program had shown what was waited for, and its resident memory then, in bytes."""

    seconds: float
    memory: int


def shown_after(command: Sequence[str], environ: Mapping[str, str], *wanted: str) -> Shown:
    """Start a program at a terminal; when all these texts stood there. `KEY` among them is pressed until it is seen."""
    elapsed = stopwatch()
    with at_terminal(command, environ) as (master, process):
        seen, deadline = b"", time.monotonic() + 60
        while any(text.encode() not in seen for text in wanted):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{command[-1]} has not shown {wanted!r}")
            if KEY in wanted:
                os.write(master, KEY.encode())
            if select.select([master], [], [], PRESSED if KEY in wanted else 1)[0]:
                seen += os.read(master, 65_536)
        return Shown(elapsed(), _resident(process.pid))


@contextmanager
def at_terminal(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
    quiet = termios.tcgetattr(slave)
    quiet[3] &= ~termios.ECHO  # only the program shows what is pressed
    termios.tcsetattr(slave, termios.TCSANOW, quiet)
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=dict(environ), start_new_session=True
    )
    os.close(slave)
    try:
        yield master, process
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return next((int(line.split()[1]) * 1_024 for line in lines if line.startswith("VmRSS")), 0)


def answered(master: int, keys: int, pause: float) -> list[float]:
    """Seconds from each of so many keys to its glyph at the terminal, one key after the other, so long apart."""
    taken: list[float] = []
    for glyph in _GLYPHS[:keys]:
        _drain(master, pause)
        elapsed, seen = stopwatch(), b""
        os.write(master, glyph.encode())
        while glyph.encode() not in seen:
            if not select.select([master], [], [], 10)[0]:
                raise TimeoutError("a key was not answered")
            seen += os.read(master, 65_536)
        taken.append(elapsed())
    return taken


def _drain(master: int, seconds: float) -> None:
    """Read what is painted meanwhile, as a terminal does."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([master], [], [], left)[0]:
            os.read(master, 65_536)
