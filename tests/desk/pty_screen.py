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
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import attrs
from rich.cells import cell_len

# Who leads a session and opens a terminal without O_NOCTTY is controlled by it.
_TAKE: Final = "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); os.execv(sys.argv[1], sys.argv[1:])"
PATIENCE: Final = 30.0
LAST_WORDS: Final = 1.0
"""Seconds that what a program wrote may need to come, once it has ended."""
SEQUENCE: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    r"|\x1b[PX^_].*?\x1b\\"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]",  # the short ones
    re.DOTALL,
)
"""Every control sequence of ECMA-48, in its 7-bit form."""


def boundary(written: bytes | bytearray, at: int) -> int:
    """A place at or before this one that cuts no control sequence and no character in two."""
    begun = written.rfind(b"\x1b", 0, at)
    return at if begun < 0 else begun


@attrs.define(eq=False)
class Glass:
    """What a terminal shows of what is written: text where the cursor was put. It knows no colours and no scrolling.

    Attributes:
        height: rows that it has.
    """

    height: int = 1_000
    rows: dict[int, list[str]] = attrs.field(factory=dict)
    _row: int = 0
    _column: int = 0
    _read: int = 0

    def look(self, written: bytes | bytearray) -> str:
        """The screen once all of it is written; what was read before is not read again."""
        end = boundary(written, len(written))
        text = written[self._read : end].decode("utf-8")
        self._read, at = end, 0
        for found in SEQUENCE.finditer(text):
            self._write(text[at : found.start()])
            at = found.end()
            if found[0].startswith("\x1b[") and found[0].endswith("H"):
                row, _, column = found[0][2:-1].partition(";")
                self._row, self._column = int(row or 1) - 1, int(column or 1) - 1
        self._write(text[at:])
        return "\n".join("".join(self.rows[row]) for row in sorted(self.rows) if row < self.height)

    def _write(self, text: str) -> None:
        for place, line in enumerate(text.split("\r\n")):
            if place:
                self._row, self._column = self._row + 1, 0
            row = self.rows.setdefault(self._row, [])
            row += [" "] * (self._column - len(row))
            cells = list(line) if line.isascii() else _cells(line)
            row[self._column : self._column + len(cells)] = cells
            self._column += len(cells)


def _cells(text: str) -> list[str]:
    """One for each cell: a wide character has two, a mark stands in that of its base."""
    cells: list[str] = []
    for one in text:
        if width := cell_len(one):
            cells += [one, *[""] * (width - 1)]
        elif cells:
            cells[-1] += one
    return cells


@attrs.define(eq=False)
class Terminal:
    """A running program and its terminal.

    Attributes:
        written: all bytes that the program wrote to the terminal so far. glass: what they make of the screen.
    """

    process: subprocess.Popen[bytes]
    master: int
    written: bytearray = attrs.field(factory=bytearray)
    glass: Glass = attrs.field(factory=Glass)
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

    async def shows(self, wanted: Callable[[str], object], what: str = "") -> str:
        """Wait until its screen is so; the screen. `what`: what is waited for, for whoever reads why it failed."""
        screen = ""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    self._news.clear()
                    screen = self.glass.look(self.written)
                    if wanted(screen):
                        return screen
                    assert not self.closed, f"it ended at\n{screen}"
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"no {what} at\n{screen}" if what else f"it stays at\n{screen}") from None

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.master, keys.encode("utf-8"))

    def resize(self, columns: int, rows: int) -> None:
        """Tell the program another size."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.glass.height = rows

    def hang_up(self) -> None:
        """Cut the line, as a closed window does."""
        if not self.closed:
            asyncio.get_running_loop().remove_reader(self.master)
            self.closed = True
        os.close(self.master)
        self.master = -1

    async def ended(self) -> int:
        """Wait for the program's end, and for what it wrote last; its exit code."""
        async with asyncio.timeout(PATIENCE):
            while (code := self.process.poll()) is None:  # a process tells the loop nothing
                await asyncio.sleep(0.01)
        with suppress(TimeoutError):  # who was started by it, and lives on, may hold the terminal open
            async with asyncio.timeout(LAST_WORDS):
                while not self.closed:
                    self._news.clear()
                    await self._news.wait()
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
