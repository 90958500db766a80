"""The session: unlocking, asking, listening, and coming back, against a scripted node at a real socket."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import attrs
import pytest
from anyio.abc import TaskGroup

from coalchat.api import requests
from coalchat.api.base import Request, Response
from coalchat.api.vocabulary import Phase
from coalchat.desk.model.changes import Changes
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.views import MessageLine, NodeState
from coalchat.desk.session import Session
from coalchat.errors import Refused, UnknownChannel
from coalchat.paths import Home
from tests.desk.piloting import PATIENCE, place
from tests.fakes.api_node import PASSPHRASE, FakeNode
from tests.fakes.api_records import NOW
from tests.fakes.api_server import listen

PROGRAM = (sys.executable, "-m", "tests.fakes.api_server")
ROOT = Path(__file__).parents[3]


@attrs.define(eq=False)
class Bench:
    """A session, its node and what it has said."""

    home: Home
    environ: dict[str, str]
    tasks: TaskGroup
    node: FakeNode
    session: Session = attrs.field(init=False)
    states: list[NodeState] = attrs.field(factory=list)
    whys: list[str] = attrs.field(factory=list)
    secrets: list[bytes] = attrs.field(factory=list)
    seen: list[Changes] = attrs.field(factory=list)
    ended: bool = True
    scope: anyio.CancelScope = attrs.field(factory=anyio.CancelScope)

    def make(self, **options: Any) -> Session:
        self.session = Session(
            desk=Desk(),
            home=self.home.path,
            on_changes=self.take,
            ask_passphrase=self.ask,
            environ=self.environ,
            now=lambda: NOW,
            **{"start": False, **options},
        )
        return self.session

    def take(self, changes: Changes) -> None:
        self.seen.append(changes)
        if not self.states or self.states[-1] is not self.session.state:
            self.states.append(self.session.state)

    async def ask(self, why: str) -> bytes:
        self.whys.append(why)
        while not self.secrets:
            await anyio.sleep(0.005)
        return self.secrets.pop(0)

    def begin(self, **options: Any) -> None:
        """Run a new session in the background."""
        self.make(**options)
        self.ended = False
        self.tasks.start_soon(self.run)

    async def run(self) -> None:
        with self.scope:
            await self.session.run()
        self.ended = True

    async def listen(self) -> None:
        """Have the node listen, as it does after a start."""
        self.node.stopped = anyio.Event()
        await self.tasks.start(listen, self.node, self.home)

    async def kill(self) -> None:
        """Have the node go away without a word."""
        connections = self.node.stopped
        connections.set()
        await until(lambda: not any(self.home.path.parent.glob("run/coalchat/*.sock")))

    @property
    def texts(self) -> list[str]:
        """Messages of the shown channel."""
        return [item.text for item in self.session.desk.items if isinstance(item, MessageLine)]

    def asked(self, kind: type[Request[Any]]) -> list[Any]:
        """Requests of this kind that the node has got."""
        return [call for call in self.node.calls if isinstance(call, kind)]


async def until(condition: Callable[[], object]) -> None:
    with anyio.fail_after(PATIENCE):
        while not condition():
            await anyio.sleep(0.005)


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    async with place() as (home, environ), anyio.create_task_group() as tasks:
        node = FakeNode()
        node.add_channel("#ops", "XAA", "XBB", "XCC")
        found = Bench(home, environ, tasks, node)
        yield found
        found.scope.cancel()
        await until(lambda: found.ended)
        tasks.cancel_scope.cancel()


async def test_it_meets_the_node_and_takes_its_answers() -> None:
    async with bench() as at:
        at.node.add_message("#ops", "Bridge 7 is open.")
        await at.listen()
        at.begin()
        await until(lambda: at.texts == ["Bridge 7 is open."])
        assert at.states == [NodeState.CONNECTING, NodeState.UP]
        assert at.session.levels == at.node.policy.levels
        at.node.add_message("#ops", "Route B is closed.")
        await until(lambda: at.texts == ["Bridge 7 is open.", "Route B is closed."])


async def test_what_happens_at_once_is_shown_at_once() -> None:
    async with bench() as at:
        await at.listen()
        at.begin()
        await until(lambda: at.session.state is NodeState.UP and at.session.idle)
        before = len(at.seen)
        for number in range(50):
            at.node.add_message("#ops", f"{number}")
        await until(lambda: at.texts == [f"{number}" for number in range(50)])
        assert len(at.seen) - before < 10


async def test_a_locked_node_is_asked_about_until_the_passphrase_is_right() -> None:
    async with bench() as at:
        at.node.phase = Phase.LOCKED
        await at.listen()
        at.begin()
        await until(lambda: at.whys)
        at.secrets = [b"wrong", PASSPHRASE]
        await until(lambda: at.session.state is NodeState.UP)
        assert at.whys[0] == ""
        assert "passphrase" in at.whys[1]
        assert len(at.whys) == 2
        assert NodeState.LOCKED in at.states


async def test_a_passphrase_that_was_given_is_not_asked_for() -> None:
    async with bench() as at:
        at.node.phase = Phase.LOCKED
        await at.listen()
        at.begin(passphrase=PASSPHRASE)
        await until(lambda: at.session.state is NodeState.UP)
        assert at.whys == []
        assert "horse" not in repr(at.session)


async def test_a_node_that_goes_and_comes_back_costs_nothing() -> None:
    async with bench() as at:
        at.node.phase = Phase.LOCKED
        await at.listen()
        at.begin(passphrase=PASSPHRASE)
        at.node.add_message("#ops", "one")
        await until(lambda: at.texts == ["one"])
        await at.kill()
        await until(lambda: at.session.state is NodeState.RESTARTING)
        at.node.add_message("#ops", "two")  # while the desk was away
        at.node.phase = Phase.LOCKED
        at.session.put(at.session.desk.send("three", "client-3", NOW))
        assert at.texts == ["one", "three"]  # at once, whether there is a node or not
        assert at.session.unsent
        await at.listen()
        await until(lambda: at.session.state is NodeState.UP and not at.session.unsent)
        await until(lambda: at.texts == ["one", "two", "three"])
        assert at.whys == []
        assert [message.text for message in at.node.messages] == ["one", "two", "three"]


async def test_a_message_whose_answer_was_lost_is_sent_once() -> None:
    async with bench() as at:
        await at.listen()
        at.begin()
        await until(lambda: at.session.desk.shown)
        taken = anyio.Event()

        async def stall(request: requests.SendMessage) -> Response:
            at.node._send(request)  # it is durable, and the answer never leaves
            taken.set()
            await anyio.sleep_forever()
            raise AssertionError

        at.node.answers[requests.SendMessage] = stall
        at.session.put(at.session.desk.send("once", "client-1", NOW))
        await taken.wait()
        await at.kill()
        del at.node.answers[requests.SendMessage]
        await at.listen()
        await until(lambda: at.session.state is NodeState.UP and not at.session.unsent)
        await until(lambda: at.texts == ["once"])
        assert [call.client_id for call in at.asked(requests.SendMessage)] == ["client-1"] * 2
        assert [message.text for message in at.node.messages] == ["once"]


async def test_a_refusal_is_an_answer_and_the_queue_goes_on() -> None:
    async with bench() as at:
        await at.listen()
        at.begin()
        await until(lambda: at.session.desk.shown)
        at.node.answers[requests.SendMessage] = Refused("level-ceiling", "too high")
        at.session.put(at.session.desk.send("no", "client-1", NOW))
        await until(lambda: any(changes.refusal for changes in at.seen))
        assert at.session.desk.draft == "no"
        del at.node.answers[requests.SendMessage]
        at.session.put(at.session.desk.send("yes", "client-2", NOW))
        await until(lambda: at.texts == ["yes"])


async def test_what_waits_already_is_not_put_twice_and_only_the_newest_preview_counts() -> None:
    async with bench() as at:
        session = at.make()
        channel = at.node.channels[0].id
        previews = [requests.PreviewLabel(channel=channel, label=label) for label in ("SECRET", "RESTRICTED")]
        other = requests.PreviewLabel(channel="ff", label="SECRET")
        session.put(Changes(asks=(requests.ListChannels(), previews[0], other, requests.ListChannels())))
        session.put(Changes(asks=(previews[1],)))
        assert list(session._waiting) == [requests.ListChannels(), other, previews[1]]


async def test_an_error_of_one_request_is_told_and_stops_nothing() -> None:
    async with bench() as at:
        at.node.answers[requests.ShowKeys] = UnknownChannel("x")
        await at.listen()
        at.begin()
        await until(lambda: at.session.desk.shown)
        await until(lambda: at.asked(requests.ListMessages))
        assert at.session.state is NodeState.UP


async def test_a_home_without_a_coalition_says_what_to_do_and_waits() -> None:
    async with bench() as at:
        at.node.phase = Phase.FOUNDING
        await at.listen()
        at.begin()
        await until(lambda: at.session.state is NodeState.NO_COALITION)
        assert "coalchat join" in at.session.why
        at.node.phase = Phase.ENROLLING
        await until(lambda: "approve" in at.session.why)
        at.node.phase = Phase.UNLOCKED
        await until(lambda: at.session.state is NodeState.UP)


async def test_without_a_node_it_waits_for_one() -> None:
    async with bench() as at:
        at.begin()
        await until(lambda: len(at.seen) > 3)
        assert set(at.states) == {NodeState.CONNECTING}
        assert not at.ended
        await at.listen()
        await until(lambda: at.session.state is NodeState.UP)


async def test_a_home_that_others_can_read_is_a_reason_that_stays() -> None:
    async with bench() as at:
        at.home.path.chmod(0o755)
        at.begin()
        await until(lambda: at.ended)
        assert at.session.state is NodeState.FAILED
        assert "0700" in at.session.why
        at.home.path.chmod(0o700)
        await at.listen()
        at.scope, at.ended = anyio.CancelScope(), False
        at.tasks.start_soon(at.run)  # as "try again" does
        await until(lambda: at.session.state is NodeState.UP)


@pytest.mark.parametrize("code", [7, 5])
async def test_a_node_that_ends_with_a_reason_that_stays_is_not_started_again(code: int) -> None:
    async with bench() as at:
        at.environ["PYTHONPATH"] = str(ROOT)
        at.begin(start=True, command=(*PROGRAM, "--fail", str(code), "--say", "coalchat: the key file is damaged\n"))
        await until(lambda: at.ended)
        assert at.session.state is NodeState.FAILED
        assert "the key file is damaged" in at.session.why


def node_of(home: Home) -> int:
    """Process id of the node that runs on this home."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        words = _words(entry)
        if b"tests.fakes.api_server" in words and os.fsencode(home.path) in words:
            return int(entry.parent.name)
    return 0


def _words(entry: Path) -> list[bytes]:
    try:
        return entry.read_bytes().split(b"\0")
    except OSError:
        return []


async def test_a_node_of_our_own_that_is_killed_is_started_and_unlocked_without_a_question() -> None:
    async with bench() as at:
        at.environ["PYTHONPATH"] = str(ROOT)
        at.secrets = [PASSPHRASE]
        at.begin(start=True, command=PROGRAM)
        await until(lambda: at.session.state is NodeState.UP)
        first = node_of(at.home)
        os.kill(first, signal.SIGKILL)
        await until(lambda: at.session.state is NodeState.RESTARTING)
        await until(lambda: at.session.state is NodeState.UP)
        second = node_of(at.home)
        assert second not in {0, first}
        assert at.whys == [""]
        os.kill(second, signal.SIGKILL)


async def test_a_node_of_our_own_that_nobody_unlocks_ends_with_the_desk() -> None:
    async with bench() as at:
        at.environ["PYTHONPATH"] = str(ROOT)
        at.begin(start=True, command=PROGRAM)
        await until(lambda: at.session.state is NodeState.LOCKED)
        assert node_of(at.home)
        at.scope.cancel()
        await until(lambda: at.ended)
        await until(lambda: not node_of(at.home))


async def test_a_node_that_was_there_already_stays_locked_and_runs_on() -> None:
    async with bench() as at:
        at.node.phase = Phase.LOCKED
        await at.listen()
        at.begin()
        await until(lambda: at.session.state is NodeState.LOCKED)
        at.scope.cancel()
        await until(lambda: at.ended)
        assert not at.node.stopped.is_set()


async def test_a_home_put_back_from_a_copy_is_followed_from_its_own_end() -> None:
    async with bench() as at:
        for number in range(5):
            at.node.add_message("#ops", f"m{number}")
        await at.listen()
        at.begin()
        await until(lambda: at.session._cursor == 5)
        await at.kill()
        await until(lambda: at.session.state is NodeState.RESTARTING)
        at.node.happened = at.node.happened[:2]
        await at.listen()
        await until(lambda: at.session.state is NodeState.UP)
        at.node.add_message("#ops", "new")
        await until(lambda: "new" in at.texts)
        assert at.session._cursor == 3
