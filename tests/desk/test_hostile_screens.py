"""The screens of a desk all of whose peers are hostile: what they write is made safe at the model's door, not first at the
terminal's, and no text moves a banner, a mark or a column.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from rich.cells import cell_len
from textual import events

import coalchat.desk.screens
from coalchat.api.enrolment import GetJoinStatus, Joining
from coalchat.api.requests import Unlock
from coalchat.api.vocabulary import JoinState, Phase
from coalchat.desk.screens.base import Banded
from coalchat.desk.screens.choose import ChooseDialog
from coalchat.desk.screens.deliberate import DeliberateDialog
from coalchat.desk.screens.label import LabelDialog
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.timeline import Timeline
from coalchat.display import display_safe
from coalchat.errors import WrongPassphrase
from tests.desk.crowd import crowded
from tests.desk.piloting import Seat, seat
from tests.desk.poison import MARK, Poison
from tests.desk.test_welcome import Acts, passphrase, sitting
from tests.desk.way import PASTE, PUT, WAY
from tests.fakes.api_enrolment import WORDS
from tests.fakes.api_node import PASSPHRASE, FakeNode
from tests.fakes.api_records import node_record

SIZE: Final = (120, 40)


@attrs.define
class Screen:
    """What stood there after a step. `title`: of what was asked, or ""."""

    name: str
    title: str
    words: str
    banner: str
    rows: list[str]
    unsafe: list[str]


@attrs.define
class Walk:
    """All screens, and what hostile peers had put into them."""

    screens: list[Screen]
    poison: Poison


async def do(desk: Seat, key: str) -> None:
    """Press a key, or put a text into the field, and let it settle: sooner than a pilot would, who waits for what does not move here."""
    if key.startswith(PUT):
        focused = desk.app.screen.focused
        if isinstance(focused, Field):
            focused.put(key.removeprefix(PUT))
        else:
            desk.app.post_message(events.Paste(key.removeprefix(PUT)))
    elif key.startswith(PASTE):
        desk.app.post_message(events.Paste(key.removeprefix(PASTE)))
    else:
        desk.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await desk.pilot.pause()
    while not desk.app.session.idle:
        await desk.pilot.pause()


@pytest.fixture(scope="module")
async def walk(unmeasured_file: None) -> Walk:
    """Every screen once, on the way."""
    found = Walk([], Poison())
    async with seat(crowded(found.poison), SIZE) as desk:
        for step in WAY:
            for key in step.keys:
                await do(desk, key)
            if step.words not in desk.text:  # nearly always it is there by now
                await desk.sees(step.words)
            found.screens.append(seen(desk, step.words))
    found.screens += await _first_run(found.poison)
    found.screens += await _locked(found.poison)
    return found


async def _first_run(poison: Poison) -> list[Screen]:
    """Where a newcomer joins, and the other side will not have him."""
    node, found = FakeNode(phase=Phase.LOCKED, twist=poison), []
    refused = Joining(state=JoinState.REFUSED, words=WORDS, reason="no such guest", node=node_record(Phase.ENROLLING))
    async with sitting(node, Acts(), SIZE) as desk:
        for words, typed in (("WELCOME", "2"), ("INVITE", "good"), ("How you want", "Berg")):
            await desk.sees(words)
            found.append(seen(desk, words))
            await desk.write(typed)
            await desk.press(*(["enter"] if len(typed) > 1 else []))
        await desk.sees("PASSPHRASE")
        found.append(seen(desk, "PASSPHRASE"))
        await passphrase(desk, PASSPHRASE.decode(), PASSPHRASE.decode())
        await desk.sees("COMPARE WORDS")
        found.append(seen(desk, "COMPARE WORDS"))
        node.answers[GetJoinStatus] = refused
        await desk.sees("IT DID NOT WORK", "That did not work: ")
        return [*found, seen(desk, "IT DID NOT WORK"), _ground(desk)]


def _ground(desk: Seat) -> Screen:
    """What stands behind a page."""
    ground = desk.app.screen_stack[0]
    return attrs.evolve(seen(desk, "WELCOME"), name=type(ground).__name__)


async def _locked(poison: Poison) -> list[Screen]:
    """Where the node has to be unlocked, and says why it is not, in words of a peer."""
    node = FakeNode(phase=Phase.LOCKED)
    node.answers[Unlock] = WrongPassphrase(poison.text("Error.detail", "why"))
    async with seat(node, SIZE) as desk:
        await desk.write("x")
        await desk.press("enter")
        await desk.sees(f"{len(poison.put) + 999}<")
        return [seen(desk, "passphrase")]


def seen(desk: Seat, words: str) -> Screen:
    """What stands there."""
    screen = desk.app.screen
    assert isinstance(screen, Banded)
    lines = [line for painted in screen.query(Painted) for line in painted.lines]
    lines += [timeline._lines(row.item)[row.line] for timeline in screen.query(Timeline) for row in timeline.rows]
    texts = {span.text for line in lines for span in line.spans}
    unsafe = [text for text in texts if display_safe(text) != text]
    return Screen(type(screen).__name__, _title(screen), words, screen.banner().marking, desk.rows, unsafe)


def _title(screen: Banded[Any]) -> str:
    if isinstance(screen, ChooseDialog):
        return screen._title
    return screen._view.title if isinstance(screen, DeliberateDialog) else ""


async def test_what_is_painted_is_safe_before_it_comes_to_the_terminal(walk: Walk) -> None:
    assert not [(screen.name, screen.unsafe[:3]) for screen in walk.screens if screen.unsafe]


# --- nothing is left out ---

BESIDE: Final = {"THE NATION HAS ITS KEYS": "no peer has a part in it: it names a file of the person's own"}
"""Questions that the way does not come to, and why it need not."""


def _screens() -> Iterator[type]:
    """Every class of screens of which no other one is made."""
    for module in pkgutil.iter_modules(coalchat.desk.screens.__path__, "coalchat.desk.screens."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, Banded) and not one.__subclasses__():
                yield one


def _questions() -> set[str]:
    """The titles of all questions that the desk asks."""
    found = set()
    for path in Path(coalchat.desk.__path__[0]).rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = getattr(call, "func", None)
            if getattr(named, "attr", getattr(named, "id", "")).endswith("ChooseDialog") and isinstance(call, ast.Call):
                inside = [one.value for one in ast.walk(call.args[1]) if isinstance(one, ast.Constant)]
                found |= {one for one in inside if isinstance(one, str)}
    return found


async def test_the_way_comes_to_every_screen(walk: Walk) -> None:
    left_out = {one.__name__ for one in _screens()} | {ChooseDialog.__name__, LabelDialog.__name__}
    left_out -= {screen.name for screen in walk.screens}
    assert not left_out, (
        f"hostile peers do not come to {', '.join(sorted(left_out))}: put a step into tests/desk/way.py that opens it, with the"
        " fields of peers that stand there, and what they say into tests/desk/crowd.py"
    )


async def test_the_way_comes_to_every_question(walk: Walk) -> None:
    asked = {screen.title for screen in walk.screens}
    left_out = _questions() - asked - BESIDE.keys()
    assert not left_out, (
        f"hostile peers do not come to the question {', '.join(sorted(left_out))}: put a step into tests/desk/way.py that asks it,"
        " or say in BESIDE why no peer has a part in it"
    )
    assert BESIDE.keys() <= _questions() - asked


# --- what stands where ---


async def test_both_banners_stand_on_every_screen(walk: Walk) -> None:
    for screen in walk.screens:
        assert screen.banner in screen.rows[0], screen.name
        assert screen.banner in screen.rows[-1], screen.name


async def test_every_row_is_as_wide_as_the_screen(walk: Walk) -> None:
    wrong = [(screen.name, row) for screen in walk.screens for row in screen.rows if cell_len(row) != SIZE[0]]
    assert not wrong


async def test_every_body_bears_its_mark(walk: Walk) -> None:
    bodies, mark = 0, re.compile(r"\((?:S|R)[^()]*\)")
    for screen in (one for one in walk.screens if one.name == "MainScreen"):
        for above, row in pairwise(screen.rows):
            if "CHANNELS" in above:
                continue  # the uppermost row may be a message's second: its mark has scrolled out of sight
            for found in MARK.finditer(row):
                if walk.poison.put.get(int(found[1])) == "Message.text":
                    # Of what was corrected, the words begin below the mark.
                    assert mark.search(row[: found.start()]) or mark.search(above), row
                    bodies += 1
    assert bodies > len(WAY)
