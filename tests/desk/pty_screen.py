"""A program at a terminal of its own, for async tests: what it writes, keys typed to it, and the line that is cut."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import attrs

# Who leads a session and opens a terminal without O_NOCTTY is controlled by it.
_TAKE: Final = "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); os.execv(sys.argv[1], sys.argv[1:])"
PATIENCE: Final = 30.0
SEQUENCE: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    r"|\x1b[PX^_].*?\x1b\\"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]",  # the short ones
    re.DOTALL,
)
"""Every control sequence of ECMA-48, in its 7-bit form."""


@attrs.define(eq=False)
class Terminal:
    """A running program and its terminal.

    Attributes:
        written: all bytes that the program wrote to the terminal so far.
    """

    process: subprocess.Popen[bytes]
    master: int
    written: bytearray = attrs.field(factory=bytearray)
    _news: asyncio.Event = attrs.field(factory=asyncio.Event)
    closed: bool = False

    def read(self) -> None:
        """Take what is there; for the loop's reader."""
        try:
            part = os.read(self.master, 65_536)
        except OSError:
            part = b""
        if part:
            self.written += part
        else:
            self.closed = True
            asyncio.get_running_loop().remove_reader(self.master)
        self._news.set()

    @property
    def text(self) -> str:
        """What was written so far, without control sequences, in the order of writing."""
        return SEQUENCE.sub("", self.written.decode("utf-8", "replace"))

    async def until(self, *wanted: str, after: int = 0) -> None:
        """Wait until all of these were written, behind `after` bytes."""
        text = ""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    self._news.clear()
                    text = SEQUENCE.sub("", self.written[after:].decode("utf-8", "replace"))
                    if all(part in text for part in wanted):
                        return
                    assert not self.closed, f"it ended without {wanted}: {text[-500:]!r}"
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"not all of {wanted} in {text[-2000:]!r}") from None

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.master, keys.encode("utf-8"))

    def resize(self, columns: int, rows: int) -> None:
        """Tell the program another size."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hang_up(self) -> None:
        """Cut the line, as a closed window does."""
        if not self.closed:
            asyncio.get_running_loop().remove_reader(self.master)
            self.closed = True
        os.close(self.master)
        self.master = -1

    async def ended(self) -> int:
        """Wait for the program's end; its exit code."""
        async with asyncio.timeout(PATIENCE):
            while (code := self.process.poll()) is None:  # a process tells the loop nothing
                await asyncio.sleep(0.01)
        return code


@asynccontextmanager
async def at_terminal(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    columns: int = 120,
    rows: int = 40,
    pass_fds: Sequence[int] = (),
) -> AsyncIterator[Terminal]:
    """Run a program at a terminal of that size; killed at the end if it still runs."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(  # noqa: ASYNC220  # starting it blocks for a millisecond
        [sys.executable, "-c", _TAKE, *command],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=dict(environ),
        start_new_session=True,
        pass_fds=pass_fds,
    )
    os.close(slave)
    terminal = Terminal(process, master)
    asyncio.get_running_loop().add_reader(master, terminal.read)
    try:
        yield terminal
    finally:
        process.kill()
        process.wait()
        if terminal.master >= 0:
            terminal.hang_up()
