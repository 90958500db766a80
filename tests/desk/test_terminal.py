"""The desk as a process at a real terminal: it starts, it ends with what it stands on, and it says no colour when told."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from coalchat.api.vocabulary import Phase
from coalchat.paths import Home
from tests.desk.piloting import place
from tests.desk.pty_screen import Terminal, at_terminal
from tests.desk.scene import scene
from tests.fakes.api_node import PASSPHRASE, FakeNode
from tests.fakes.api_server import listen

DESK = (sys.executable, "-P", "-m", "coalchat.desk")
ROOT = Path(__file__).parents[2]
COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
CODES = {*range(30, 50), *range(90, 108), 58, 59}
"""SGR codes that have to do with colour, the defaults among them."""


@asynccontextmanager
async def running(
    node: FakeNode, *options: str, pass_fds: tuple[int, ...] = (), environ: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[Terminal, Home]]:
    """A desk at a terminal, with a scripted node behind it."""
    async with place() as (home, around), anyio.create_task_group() as tasks:
        home.keys.touch(mode=0o600)
        await tasks.start(listen, node, home)
        around |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        around |= {"TEXTUAL_LOG": str(home.path / "textual.log"), "TEXTUAL_DEBUG": "1", **(environ or {})}
        command = [*DESK, "--home", str(home.path), "--no-start", *options]
        async with at_terminal(command, around, pass_fds=pass_fds) as terminal:
            yield terminal, home
        tasks.cancel_scope.cancel()


def command_line(pid: int) -> bytes:
    """The arguments that anybody can see."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def codes(written: bytearray) -> set[int]:
    """All SGR codes that were written."""
    found: set[int] = set()
    for sequence in COLOUR.findall(written.decode("utf-8", "replace")):
        found |= {int(code) for code in re.split("[;:]", sequence[2:-1]) if code}
    return found


async def test_it_comes_up_and_f10_gives_the_terminal_back() -> None:
    async with running(scene()) as (terminal, home):
        before = termios.tcgetattr(terminal.master)
        await terminal.until("Convoy 4 delayed", "can read XAA")
        assert termios.tcgetattr(terminal.master) != before  # no echo, no lines
        terminal.type("\x1b[21~")
        assert await terminal.ended() == 0
        assert termios.tcgetattr(terminal.master) == before
        written = terminal.written.decode()
        assert written.rindex("\x1b[?1049l") > written.rindex("\x1b[?1049h")
        assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")
        assert not (home.path / "textual.log").exists()  # keys that are typed go into no file
        assert "keys.log" not in os.listdir()


async def test_the_first_picture_stands_before_the_desk_does_and_keeps_what_is_typed() -> None:
    async with running(scene()) as (terminal, _):
        await terminal.until("coalchat")  # the curtain
        terminal.type("half a sent")
        await terminal.until("half a sent")
        before, _, after = terminal.written.decode().partition("\x1b[?1004h")  # Textual takes the terminal
        picture = COLOUR.sub("", before)
        assert "Convoy 4 delayed" in picture
        assert "can read XAA 3" in picture
        assert "half" not in picture  # it was echoed by nobody
        assert "\x1b[?1049h" not in after  # it would clear the picture


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_ends_it_and_the_terminal_is_given_back(number: signal.Signals) -> None:
    async with running(scene()) as (terminal, _):
        before = termios.tcgetattr(terminal.master)
        await terminal.until("Convoy 4 delayed")
        terminal.process.send_signal(number)
        assert await terminal.ended() == 128 + number
        assert termios.tcgetattr(terminal.master) == before
        assert b"\x1b[?1049l" in terminal.written


async def test_a_closed_window_ends_it() -> None:
    async with running(scene()) as (terminal, _):
        await terminal.until("Convoy 4 delayed")
        terminal.hang_up()
        assert await terminal.ended() == 128 + signal.SIGHUP


async def test_the_end_of_a_terminal_that_sends_no_signal_ends_it() -> None:
    # Not the leader of a session: the kernel tells it nothing but the end of its input.
    async with place() as (home, around), anyio.create_task_group() as tasks:
        home.keys.touch(mode=0o600)
        await tasks.start(listen, scene(), home)
        around |= {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        master, slave = os.openpty()
        process = subprocess.Popen(  # noqa: ASYNC220  # starting it blocks for a millisecond
            [*DESK, "--home", str(home.path), "--no-start"],
            stdin=slave, stdout=slave, stderr=slave, env=around, cwd=ROOT,
        )  # fmt: skip
        os.close(slave)
        terminal = Terminal(process, master)
        asyncio.get_running_loop().add_reader(master, terminal.read)
        try:
            await terminal.until("Engineers say")
            terminal.hang_up()
            assert await terminal.ended() == 128 + signal.SIGHUP
        finally:
            process.kill()
            process.wait()
        tasks.cancel_scope.cancel()


async def test_the_end_of_its_parent_ends_it() -> None:
    ours, theirs = os.pipe()
    try:
        async with running(scene(), "--parent-fd", str(ours), pass_fds=(ours,)) as (terminal, _):
            await terminal.until("Convoy 4 delayed")
            os.close(theirs)
            theirs = -1
            assert await terminal.ended() == 128 + signal.SIGHUP
            assert b"\x1b[?1049l" in terminal.written
    finally:
        os.close(ours)
        if theirs >= 0:
            os.close(theirs)


async def test_a_terminal_that_takes_nothing_does_not_hold_up_the_end() -> None:
    async with running(scene()) as (terminal, _):
        await terminal.until("Convoy 4 delayed")
        asyncio.get_running_loop().remove_reader(terminal.master)  # nobody reads: the line fills up
        for _ in range(200):
            terminal.resize(119, 40)
            terminal.resize(120, 40)
            os.kill(terminal.process.pid, signal.SIGWINCH)
            await anyio.sleep(0.005)
        terminal.process.send_signal(signal.SIGTERM)
        assert await terminal.ended() == 128 + signal.SIGTERM
        asyncio.get_running_loop().add_reader(terminal.master, terminal.read)


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": "vt100"}])
async def test_where_no_colour_is_wanted_none_is_written(environ: dict[str, str]) -> None:
    async with running(scene(), environ=environ) as (terminal, _):
        await terminal.until("Convoy 4 delayed", "can read XAA")
        terminal.type("\x0b")  # a dialog, with a field in it
        await terminal.until("GO TO")
        terminal.type("\x1b")
        await terminal.until("can read", after=len(terminal.written))
        terminal.type("\x1b[17~")  # the label picker
        await terminal.until("RELEASABLE TO")
        terminal.type("\x1b[21~")
        assert await terminal.ended() == 0
        assert not codes(terminal.written) & CODES
        assert {1, 7} <= codes(terminal.written)


async def test_colours_are_written_where_nothing_speaks_against_it() -> None:
    async with running(scene()) as (terminal, _):
        await terminal.until("Convoy 4 delayed")
        assert codes(terminal.written) & CODES


async def test_ascii_is_all_that_is_drawn_around_the_texts() -> None:
    node = scene()
    node.messages = [message for message in node.messages if message.text.isascii()]
    async with running(node, "--ascii") as (terminal, _):
        await terminal.until("Convoy 4 delayed", "can read XAA")
        assert terminal.written.isascii()


async def test_a_passphrase_is_typed_and_seen_nowhere() -> None:
    node = scene()
    node.phase = Phase.LOCKED
    async with running(node) as (terminal, home):
        await terminal.until("LOCKED", "passphrase")
        terminal.type("wrong one\r")
        await terminal.until("not the passphrase of this home")
        terminal.type(PASSPHRASE.decode() + "\r")
        await terminal.until("Convoy 4 delayed")
        assert PASSPHRASE not in command_line(terminal.process.pid)
        assert PASSPHRASE not in terminal.written
        assert b"wrong one" not in terminal.written
        assert all(PASSPHRASE not in path.read_bytes() for path in home.path.iterdir())


async def test_a_paste_with_an_escape_in_it_is_text_and_sends_nothing() -> None:
    node = scene()
    async with running(node) as (terminal, _):
        await terminal.until("Convoy 4 delayed", "can read XAA")
        terminal.type("\x1b[200~one\x1b]0;title\x07\rtwo\x1b[201~")
        await terminal.until("one\\u{1B}]0;title\\u{7}", "two")
        assert b"]0;title\x07" not in terminal.written
        terminal.type("\x1b[21~")
        assert await terminal.ended() == 0
        assert not [call for call in node.calls if type(call).__name__ == "SendMessage"]
