"""The app: which screen the node's state opens, the bell, the title, the end, and what a fault says."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from pathlib import Path

import anyio
import pytest

from coalchat.api import requests
from coalchat.api.vocabulary import Phase, Precedence
from coalchat.desk.app import DeskApp
from coalchat.desk.crash import leaf_of, places, report
from coalchat.desk.look.glyphs import UNICODE
from coalchat.desk.model.views import NodeState
from coalchat.desk.screens.main import MainScreen
from coalchat.desk.screens.unlock import UnlockScreen
from coalchat.errors import NotAuthorised, UsageError
from tests.desk.piloting import seat
from tests.desk.pty_screen import at_terminal
from tests.desk.scene import NOW, scene
from tests.desk.test_terminal import running
from tests.fakes.api_node import PASSPHRASE, FakeNode

ROOT = Path(__file__).parents[3]


async def test_a_locked_node_is_unlocked_on_a_screen_of_the_desk() -> None:
    node = scene()
    node.phase = Phase.LOCKED
    async with seat(node) as desk:
        await desk.sees("LOCKED", "passphrase", "UNMARKED")
        assert any(isinstance(screen, UnlockScreen) for screen in desk.app.screen_stack)
        await desk.write("wrong")
        await desk.press("enter")
        await desk.sees("not the passphrase of this home")
        await desk.write("oops")
        await desk.press("ctrl+u")
        await desk.write(PASSPHRASE.decode()[:-1] + "xx")
        await desk.press("backspace", "backspace")
        await desk.write(PASSPHRASE.decode()[-1])
        assert PASSPHRASE.decode() not in desk.text
        await desk.press("enter")
        await desk.sees("Convoy 4 delayed")
        assert desk.app.screen is desk.main
        assert desk.main.composer.draft.has_focus


async def test_the_length_of_a_passphrase_is_not_shown() -> None:
    node = scene()
    node.phase = Phase.LOCKED
    async with seat(node) as desk:
        await desk.sees("LOCKED")
        await desk.write("a")
        await desk.sees("●●●●●●●●")
        before = desk.text
        await desk.write("bcdefghijklmnop")
        assert desk.text == before


async def test_without_a_coalition_it_says_what_to_do() -> None:
    node = FakeNode(phase=Phase.FOUNDING)
    async with seat(node) as desk:
        await desk.sees("NO COALITION", "coalchat join")
        node.phase = Phase.UNLOCKED
        await desk.until(lambda: desk.app.screen is desk.main)


async def test_a_node_that_cannot_be_used_says_why_and_is_tried_again() -> None:
    node = FakeNode()
    node.answers[requests.NextEvents] = NotAuthorised("no scope")
    async with seat(node) as desk:
        await desk.until(lambda: desk.app.session.state is NodeState.FAILED)
        await desk.sees("FAILED", "You may not do this here", "no scope")
        node.answers.clear()
        await desk.press("r")
        await desk.until(lambda: desk.app.session.state is NodeState.UP)
        await desk.until(lambda: desk.app.screen is desk.main)


async def test_the_colours_of_the_levels_come_from_the_policy() -> None:
    async with seat(scene()) as desk:
        await desk.until(lambda: desk.app.dress.skin.levels)
        assert len(desk.app.dress.skin.levels) == len(desk.node.policy.levels)


async def test_a_flash_rings_and_stands_in_the_title_without_a_word_of_it() -> None:
    node = FakeNode()
    node.add_channel("#ops", "XAA", "XBB")
    async with running(node) as (terminal, _):
        await terminal.until("can read")
        with anyio.fail_after(20):
            while titles(terminal.written) != {"coalchat"}:
                await anyio.sleep(0.01)
        assert not rung(terminal.written)
        node.add_message("#ops", "\x1b]2;owned\x07", precedence=Precedence.FLASH)
        await terminal.until("owned")
        with anyio.fail_after(20):
            while titles(terminal.written) != {"coalchat", "!FLASH coalchat"} or not rung(terminal.written):
                await anyio.sleep(0.01)


def titles(written: bytearray) -> set[str]:
    """What the window was called."""
    return {found.decode() for found in re.findall(rb"\x1b\]2;([^\x07]*)\x07", written)}


def rung(written: bytearray) -> bool:
    """Whether there was a bell: a BEL that ends no control string."""
    return b"\x07" in re.sub(rb"\x1b\][^\x07]*\x07", b"", written)


async def test_it_starts_without_waiting_for_the_node() -> None:
    app = DeskApp("/nowhere/at/all", start=False, now=lambda: NOW)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.screen_stack


async def test_what_was_known_before_the_screen_was_there_is_on_it() -> None:
    node, app = scene(), DeskApp("/nowhere/at/all", start=False, now=lambda: NOW)
    asks = list(app.desk.start().asks)
    while asks:
        asks += app.desk.take(asks[0], await node.answer(asks[0]), NOW).asks
        del asks[0]
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        (main,) = (screen for screen in app.screen_stack if isinstance(screen, MainScreen))
        assert main.timeline.window.items == app.desk.items
        assert len(app.desk.items) > 10


# --- faults ---


def test_a_report_names_our_frames_and_no_value() -> None:
    canary = "canary-7f3a"
    with pytest.raises(ValueError, match=canary) as caught:
        DeskApp(theme=canary)
    error = caught.value
    group = ExceptionGroup("x", [ExceptionGroup("y", [error])])
    assert leaf_of(group) is error
    assert places(error)[-1].startswith("coalchat/desk/look/skin.py:")
    said = report(group, UNICODE)
    assert "ValueError" in said
    assert "coalchat/desk/look/skin.py" in said
    assert canary not in said


def test_an_error_made_for_people_is_said() -> None:
    assert "That is not a valid request: x\\u{1B}" in report(UsageError("x\x1b"), UNICODE)


CRASHING = """
    import asyncio, sys
    from coalchat.desk.app import DeskApp

    class Crashing(DeskApp):
        def {where}:
            secret = "canary-" + "7f3a"
            raise {error}

    app = Crashing("/nowhere/at/all", start=False)
    asyncio.run(app.run_async())
    sys.exit(app.return_code)
"""


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("_tick(self)", "RuntimeError(secret)"),
        ("on_mount(self)", "RuntimeError(secret)"),
        ("_show(self, changes)", "RuntimeError(secret)"),
        ("compose(self)", "RuntimeError(secret)"),
    ],
)
async def test_a_fault_ends_the_desk_with_its_place_and_no_value(where: str, error: str, tmp_path: Path) -> None:
    program = tmp_path / "crashing.py"
    program.write_text(textwrap.dedent(CRASHING).format(where=where, error=error))
    environ = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    async with at_terminal([sys.executable, str(program)], environ) as terminal:
        await terminal.until("THE DESK HAS STOPPED", "RuntimeError")
        assert await terminal.ended() == 1
        assert b"canary" not in terminal.written
        assert b"secret" not in terminal.written
        assert b"Traceback" not in terminal.written
        assert terminal.written.rindex(b"\x1b[?1049l") < terminal.written.rindex(b"THE DESK HAS STOPPED")
