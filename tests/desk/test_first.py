"""The first questions: the desk's first picture is the desk, and nobody is waited for."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from coalchat.api.base import API_VERSION
from coalchat.api.codec import encode_error, encode_result
from coalchat.api.requests import GetStatus, Hello, ListChannels, NextEvents
from coalchat.api.responses import Welcome
from coalchat.api.vocabulary import Phase
from coalchat.desk.app import DeskApp
from coalchat.desk.first import BEGIN, Asking, Foreseen, first_questions, first_requests, foresee
from coalchat.desk.model.views import MessageLine, NodeState
from coalchat.errors import ApiDecodeError, CoalchatError, NodeGone, NodeUnavailable, RuntimeNotPrivate, UnknownChannel
from coalchat.paths import Home
from tests.desk.piloting import PATIENCE, Seat, place
from tests.desk.scene import NOW, scene
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import node_record
from tests.fakes.api_server import listen


def foreseeing(home: Home, environ: dict[str, str]) -> Foreseen:
    """A model that has asked the first questions, or has not come to it."""
    with first_questions(home, environ, first_requests(), PATIENCE) as node:
        return foresee(node, NOW)


async def at_node(node: FakeNode, do: Callable[[Home, dict[str, str]], Any]) -> Any:
    """Do this in a thread, while the node answers."""
    done: list[Any] = []
    failed: list[CoalchatError] = []

    def run(home: Home, environ: dict[str, str]) -> None:
        try:
            done.append(do(home, environ))
        except CoalchatError as error:
            failed.append(error)

    async with place() as (home, environ), anyio.create_task_group() as tasks:
        await tasks.start(listen, node, home)
        await anyio.to_thread.run_sync(run, home, environ)
        tasks.cancel_scope.cancel()
    for error in failed:
        raise error
    return done[0]


async def test_a_node_that_runs_fills_the_model_before_there_is_a_loop() -> None:
    node = scene()
    foreseen = await at_node(node, foreseeing)
    desk = foreseen.desk
    assert foreseen.levels
    assert [row.title for row in desk.channels()] == [channel.title for channel in node.channels]
    assert any(isinstance(item, MessageLine) for item in desk.items)
    assert desk.composer().known
    assert "node up" in desk.notice(NOW).node


@pytest.mark.parametrize("locked", [True, False])
async def test_a_node_that_is_not_ready_is_the_session_s_business(locked: bool) -> None:
    if locked:
        with pytest.raises(NodeUnavailable):
            await at_node(FakeNode(phase=Phase.LOCKED), foreseeing)
        return
    async with place() as (home, environ):
        with pytest.raises(NodeUnavailable, match="none runs"):
            foreseeing(home, environ)


async def test_the_directory_of_the_socket_is_checked_first() -> None:
    def open_to_others(home: Home, environ: dict[str, str]) -> None:
        from coalchat.paths import socket_path

        socket_path(home, environ).parent.chmod(0o755)
        foreseeing(home, environ)

    node = scene()
    with pytest.raises(RuntimeNotPrivate):
        await at_node(node, open_to_others)
    assert not node.calls


HELLO = Hello(api_version=API_VERSION, client_name="desk", token="", scopes=())
REFUSAL = UnknownChannel("x")


def welcome(*, phase: Phase = Phase.UNLOCKED, version: int = API_VERSION) -> bytes:
    """What a node says first."""
    node = node_record(phase)
    return encode_result(1, Welcome(api_version=version, node=node, granted=(), cursor=0))


def ask(*answers: bytes, clock: Callable[[], float] = lambda: 0.0) -> None:
    """Ask somebody who answers with these bytes, and then no more."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"".join(answers))
        theirs.shutdown(socket.SHUT_WR)
        Asking(ours, HELLO, clock).ask(GetStatus())


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ((), NodeGone),
        ((encode_error(1, REFUSAL),), UnknownChannel),
        ((welcome(phase=Phase.LOCKED),), NodeUnavailable),
        ((welcome(version=API_VERSION + 1),), NodeUnavailable),
        ((welcome(),), NodeGone),
        ((welcome(), encode_error(2, REFUSAL)[:-1]), NodeGone),
        ((welcome(), encode_error(2, REFUSAL)), UnknownChannel),
        ((welcome(), welcome()), ApiDecodeError),
        ((encode_error(2, REFUSAL),), ApiDecodeError),
        ((welcome(), encode_error(3, REFUSAL)), ApiDecodeError),
        ((b"\x00\x00\x00\x01\x80",), ApiDecodeError),
    ],
)
def test_what_is_no_answer_ends_it(answers: tuple[bytes, ...], error: type[CoalchatError]) -> None:
    with pytest.raises(error):
        ask(*answers)


def test_it_waits_no_longer_than_it_may() -> None:
    ticks = iter(range(100))
    with pytest.raises(TimeoutError):
        ask(welcome(), clock=lambda: float(next(ticks)))


async def test_what_goes_out_at_once_is_asked_once() -> None:
    node = scene()

    def do(home: Home, environ: dict[str, str]) -> None:
        with first_questions(home, environ, (BEGIN, GetStatus()), PATIENCE) as asked:
            assert asked.ask(GetStatus()).node.phase is Phase.UNLOCKED
            assert len(asked.ask_all((BEGIN, ListChannels()))) == 2

    await at_node(node, do)
    for kind in (NextEvents, GetStatus, ListChannels):
        assert sum(isinstance(call, kind) for call in node.calls) == 1


async def test_the_first_picture_is_the_desk_and_the_session_goes_on_from_it() -> None:
    node = scene()
    async with place() as (home, environ), anyio.create_task_group() as tasks:
        await tasks.start(listen, node, home)
        states: list[NodeState] = []
        foreseen = await anyio.to_thread.run_sync(foreseeing, home, environ)
        app = DeskApp(home.path, start=False, environ=environ, now=lambda: NOW, desk=foreseen.desk)
        app.session.go_on(foreseen.cursor, foreseen.levels)
        assert node.connections == 1
        files = set(home.path.rglob("*"))
        async with app.run_test(size=(120, 40)) as pilot:
            seat = Seat(app, pilot, node)
            await seat.sees("CHANNELS")
            for words in ("MISSION SECRET REL XAA, XBB", "#", "node up"):
                assert words in seat.text

            def connected() -> bool:
                states.append(app.session.state)
                return node.connections == 2

            await seat.until(connected)
            node.add_message("ops-north", "after the first picture")
            await seat.sees("after the first picture")
            app.exit(0)
        assert set(home.path.rglob("*")) == files  # no picture of it is kept
        assert set(states) == {NodeState.UP}
        tasks.cancel_scope.cancel()


def loaded(modules: str, later: tuple[str, ...]) -> str:
    """Which of these are loaded with those."""
    program = f"import sys, {modules}; print([name for name in {later} if name in sys.modules])"
    # What measures coverage in subprocesses brings imports of its own.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environ
    ).stdout


def test_the_first_picture_waits_for_no_library_of_screens() -> None:
    later = ("textual", "asyncio", "anyio", "rich.console", "rich.segment", "coalchat.desk.session")
    first = "coalchat.cli.quick, coalchat.desk.main, coalchat.desk.first, coalchat.desk.still"
    assert loaded(first, later) == "[]\n"


def test_what_opens_later_is_loaded_later() -> None:
    """Whatever is imported here, a person waits for."""
    later = ("anyio", "attr", "coalchat.api.operations", "typer", "argparse", "json", "tomllib", "coalchat.client", "coalchat.cli.app",
             "coalchat.desk.screens.dialogs", "coalchat.desk.crash", "coalchat.api.direct", "coalchat.api.history", "coalchat.api.renewal",
             "coalchat.desk.model.keying", "coalchat.desk.model.keyscreen", "coalchat.desk.model.direct", "coalchat.desk.paint.keys")  # fmt: skip
    all_of_it = "coalchat.cli.quick, coalchat.desk.main, coalchat.desk.app, coalchat.desk.first, coalchat.desk.ending"
    assert loaded(all_of_it, later) == "[]\n"
