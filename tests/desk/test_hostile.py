"""What hostile peers write stays text (SPEC 12.8): a real desk process at a real terminal, every byte that it writes there.

Each string stands in a body, a person's name and a channel's title at once. The terminal may get no control sequence that
a desk without them does not write too, and no character that it acts on or that nobody can see.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import anyio
import pytest

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.display import display_safe
from coalchat.record import evolve
from tests.desk.hostile import STRINGS
from tests.desk.piloting import place
from tests.desk.pty_screen import SEQUENCE, Terminal, at_terminal
from tests.desk.scene import scene
from tests.fakes.api_node import FakeNode
from tests.fakes.api_server import listen

DESK: Final = (sys.executable, "-P", "-m", "coalchat.desk", "--no-start", "--home")
AT_ONCE: Final = 8
"""Strings on the screen at once: a title each, and a message of two lines."""
_KEPT: Final = "\t\r\n"


@asynccontextmanager
async def desk_at_terminal(node: FakeNode) -> AsyncIterator[Terminal]:
    async with place() as (home, around), anyio.create_task_group() as tasks:
        home.keys.write_bytes(b"its node is scripted: nobody opens this")
        await tasks.start(listen, node, home)
        environ = {**around, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        async with at_terminal([*DESK, str(home.path)], environ, rows=60) as terminal:
            await terminal.until("CHANNELS", "Engineers say")
            yield terminal
        tasks.cancel_scope.cancel()


def say(node: FakeNode, strings: Sequence[str], first: int) -> list[str]:
    """Let these stand in bodies, names and titles; markers that the screen must show."""
    for number, string in enumerate(strings, first):
        node.add_message("ops-north", f"<{number}<{string}>{number}>", author_person=f"{string}")
    named = [evolve(channel, title=f"{strings[at % len(strings)]}") for at, channel in enumerate(node.channels[1:])]
    node.channels[1:] = named
    node.tell(ControlChanged(subject=ControlSubject.CHANNEL, id="", phase=Phase.UNLOCKED))
    return [f">{number}>" for number in range(first, first + len(strings))]


def shapes(written: str) -> set[str]:
    """The control sequences in it, without their numbers; colours and places differ from screen to screen."""
    found = set()
    for sequence in SEQUENCE.findall(written):
        end = sequence[-1]
        found.add("CSI m" if sequence.startswith("\x1b[") and end == "m" else _without_places(sequence))
    return found


def _without_places(sequence: str) -> str:
    return f"CSI {sequence[-1]}" if sequence.startswith("\x1b[") and sequence[-1] in "HABCDGd" else sequence


def boundary(written: bytes, at: int) -> int:
    """A place at or before this one that cuts no control sequence and no character in two."""
    begun = written.rfind(b"\x1b", 0, at)
    return at if begun < 0 else begun


def acted_on(text: str) -> Iterator[str]:
    """Characters in it that a terminal acts on or nobody sees."""
    for character in text:
        if character not in _KEPT and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            yield f"U+{ord(character):04X}"


@pytest.fixture(scope="module")
async def screens() -> tuple[str, str, str]:
    """What a terminal got: before anybody was hostile, after, and in the end."""
    node = scene()
    async with desk_at_terminal(node) as terminal:
        say(node, ["quiet words"] * AT_ONCE, 9_000)
        await terminal.until(">9007>")
        quiet = len(terminal.written)
        for at in range(0, len(STRINGS), AT_ONCE):
            markers = say(node, STRINGS[at : at + AT_ONCE], 1_000 + at)
            await terminal.until(*markers, after=quiet)
        hostile = len(terminal.written)
        terminal.type("\x1b[21~")  # F10
        assert await terminal.ended() == 0
        whole = bytes(terminal.written)
        quiet, hostile = boundary(whole, quiet), boundary(whole, hostile)
        return whole[:quiet].decode(), whole[quiet:hostile].decode(), whole[hostile:].decode()


async def test_there_are_two_hundred_of_them() -> None:
    assert len(STRINGS) >= 200


async def test_they_put_no_control_sequence_on_the_terminal(screens: tuple[str, str, str]) -> None:
    quiet, hostile, _ = screens
    assert shapes(hostile) <= shapes(quiet)


async def test_they_put_no_character_there_that_is_acted_on_or_unseen(screens: tuple[str, str, str]) -> None:
    _, hostile, _ = screens
    assert not set(acted_on(SEQUENCE.sub("", hostile)))


async def test_every_one_is_shown_as_the_text_that_it_is(screens: tuple[str, str, str]) -> None:
    _, hostile, _ = screens
    shown = "".join(SEQUENCE.sub("", hostile).split())
    missing = [
        string
        for number, string in enumerate(STRINGS, 1_000)
        # What is longer than a line is broken between the list's and the rail's columns.
        if len(safe := display_safe(f"<{number}<{string}>{number}>", multiline=True)) < 40
        and "".join(safe.split()) not in shown
    ]
    assert not missing
