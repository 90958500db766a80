"""What hostile peers write stays text (SPEC 12.8): a real desk process at a real terminal, every byte that it writes there.

Each string stands in a body, a person's name and a channel's title at once. The terminal may get no control sequence that
a desk without them does not write too, and no character that it acts on or that nobody can see.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import anyio
import attrs
import pytest

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.display import display_safe
from coalchat.record import evolve
from tests.desk.crowd import CROWD, crowded
from tests.desk.hostile import STRINGS
from tests.desk.peer_fields import AT_COMMANDS, NOWHERE, PEERS, SAME
from tests.desk.piloting import place
from tests.desk.poison import MARK, Poison
from tests.desk.pty_screen import SEQUENCE, Terminal, at_terminal, boundary
from tests.desk.scene import scene
from tests.desk.way import HIGH, PASTE, PUT, WAY, Step
from tests.fakes.api_node import FakeNode
from tests.fakes.api_server import listen

DESK: Final = (sys.executable, "-P", "-m", "coalchat.desk", "--no-start", "--home")
AT_ONCE: Final = 8
"""Strings on the screen at once: a title each, and a message of two lines."""
KEYS: Final = {
    "up": "\x1b[A", "down": "\x1b[B", "pagedown": "\x1b[6~", "escape": "\x1b[27u", "enter": "\r", "ctrl+f": "\x06", "ctrl+k": "\x0b", "alt+4": "\x1b4",
    "alt+1": "\x1b1", "alt+d": "\x1bd", "alt+p": "\x1bp",
    "tab": "\t", "shift+tab": "\x1b[Z", "ctrl+s": "\x13", "ctrl+c": "\x03", "ctrl+u": "\x15", "f1": "\x1bOP", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~",
    "f6": "\x1b[17~", "f7": "\x1b[18~",
}  # fmt: skip
_KEPT: Final = "\t\r\n"


def typed(key: str) -> str:
    """What a terminal sends for a key of the way, or for a text that is put or pasted."""
    if key.startswith(PASTE):
        return f"\x1b[200~{key.removeprefix(PASTE)}\x1b[201~"
    return KEYS.get(key, key.removeprefix(PUT))


@asynccontextmanager
async def desk_at_terminal(node: FakeNode, columns: int = 120, rows: int = 60) -> AsyncIterator[Terminal]:
    async with place() as (home, around), anyio.create_task_group() as tasks:
        home.keys.write_bytes(b"its node is scripted: nobody opens this")
        await tasks.start(listen, node, home)
        environ = {**around, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        async with at_terminal([*DESK, str(home.path)], environ, columns=columns, rows=rows) as terminal:
            await terminal.until("CHANNELS", "can read")
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


def acted_on(text: str) -> Iterator[str]:
    """Characters in it that a terminal acts on or nobody sees."""
    for character in text:
        if character not in _KEPT and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            yield f"U+{ord(character):04X}"


@pytest.fixture(scope="module")
async def screens(unmeasured_file: None) -> tuple[str, str, str]:
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


# --- every field of every screen ---


@attrs.define
class Walked:
    """What was written on the way through all screens, and the field of each poisoned text that stood on one of them."""

    written: str
    shown: dict[int, str]


@pytest.fixture(scope="module")
async def walked(unmeasured_file: None) -> Walked:
    """A high terminal: what a screen has, it shows."""
    poison = Poison()
    node = crowded(poison, CROWD)

    def there(screen: str) -> dict[int, str]:
        return {number: poison.put[number] for number in map(int, MARK.findall(screen)) if number in poison.put}

    def arrived(step: Step, screen: str) -> bool:
        words = step.words in screen and not (step.gone and step.gone in screen)
        return words and set(step.fields) <= set(there(screen).values())

    async with desk_at_terminal(node, columns=140, rows=220) as terminal:
        for number, step in enumerate(WAY):
            if number == len(HIGH):
                terminal.resize(140, 50)
            terminal.type("".join(map(typed, step.keys)))
            await terminal.shows(partial(arrived, step), repr(step))
        written = terminal.written[: boundary(terminal.written, len(terminal.written))].decode()
        terminal.type("\x1b[21~")  # F10
        assert await terminal.ended() == 0
    return Walked(written, there(SEQUENCE.sub("", written)))


async def test_two_thousand_of_them_stand_in_all_fields_that_a_peer_can_write(walked: Walked) -> None:
    assert len(walked.shown) >= 2000
    left_out = {SAME.get(name, name) for name in PEERS - AT_COMMANDS - NOWHERE.keys()} - set(walked.shown.values())
    assert not left_out, (
        f"they are on no screen of the way: {', '.join(sorted(left_out))}: let tests/desk/crowd.py have such a text and a step of"
        " tests/desk/way.py show it; or say in tests/desk/peer_fields.py that commands show it, or that nothing does, and why"
    )


async def test_no_field_of_any_screen_puts_a_control_on_the_terminal(
    walked: Walked, screens: tuple[str, str, str]
) -> None:
    quiet, *_ = screens
    assert shapes(walked.written) <= shapes(quiet)
    assert not set(acted_on(SEQUENCE.sub("", walked.written)))
