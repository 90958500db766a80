"""The desk as a child in the foreground of our own terminal, and the terminal that must be as it was afterwards.

Rule 1: it holds the read end of a pipe whose write end only this process holds: however this process ends, it ends too.
It shares our process group, so that the terminal is its own.
Rule 2: it is asked to end by that pipe, then by SIGTERM, then killed.
Rule 3: whatever it left undone, the terminal is put back.
"""

from __future__ import annotations

import os
import subprocess
import sys
import termios
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import attrs
import trio

from coalchat.demo.processes import Device

DESK: Final = (sys.executable, "-P", "-m", "coalchat.desk")
GRACE: Final = 1.2
"""Seconds for the desk to end in order, and again after SIGTERM a third of it."""
_RESET: Final = (
    "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?2004l\x1b[<u\x1b[0m\r\n"
)
"""The main screen, a cursor, no mouse, no focus reports, no bracketed paste, plain keys, plain ink."""


@attrs.frozen
class Terminal:
    """The terminal of this process, as it was found."""

    _before: list[Any] = attrs.field(factory=lambda: termios.tcgetattr(sys.stdin.fileno()), repr=False)

    def write(self, text: str) -> None:
        """Show something at once. One that has been closed shows nothing.

        Past Python's buffer: what it could not write stays there, fails again at the exit, and makes the exit code 120.
        """
        with suppress(OSError):
            os.write(sys.stdout.fileno(), text.encode(errors="backslashreplace"))

    def forget_typed(self) -> None:
        """Drop what was typed until now: it was not meant for what comes."""
        with suppress(termios.error):
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)

    def restore(self, *, cut_off: bool) -> None:
        """Put it back; also its screen and keys, if the desk was cut off and could not."""
        if cut_off:
            self.write(_RESET)
        with suppress(termios.error):  # closed: there is none to put back
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self._before)


async def run_desk(device: Device, command: Sequence[str]) -> int:
    """Run the desk of a device until it is closed; its exit code, as a shell would have it."""
    secret, parent = os.pipe(), os.pipe()
    try:
        process = await trio.lowlevel.open_process(
            [
                *command,
                *("--home", str(device.home.path)),
                *("--passphrase-fd", str(secret[0])),
                *("--parent-fd", str(parent[0])),
                "--no-start",
            ],
            pass_fds=(secret[0], parent[0]),
            stderr=subprocess.STDOUT if not sys.stderr.isatty() else None,
            env=dict(device.environ),
        )
        os.write(secret[1], device.passphrase)
    except BaseException:
        os.close(parent[1])
        raise
    finally:
        for descriptor in (*secret, parent[0]):
            os.close(descriptor)
    try:
        await process.wait()
    finally:
        os.close(parent[1])
        with trio.CancelScope(shield=True):
            await _see_out(process)
    code = process.returncode or 0
    return code if code >= 0 else 128 - code


async def _see_out(process: trio.Process) -> None:
    for limit, insist in ((GRACE, process.terminate), (GRACE / 3, process.kill)):
        with trio.move_on_after(limit):
            await process.wait()
            return
        insist()
    await process.wait()
