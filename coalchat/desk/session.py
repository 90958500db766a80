"""The one worker that speaks with the node (SPEC 12): finds or starts it, unlocks, asks, listens, comes back after a loss.

Rule 1: the model says what to ask. Requests go out one by one, in its order; one that waits already is not put twice, and
of label previews in a channel only the newest matters, as of searches and of what an ROE notice would be.
Rule 2: when the connection is lost, the desk knows at once, and everything goes on where it was: the request under way is
asked again (a message by its client id, so nothing is sent twice), events are read on behind the last one.
Rule 3: the passphrase stays in this object, as bytes, as long as the desk runs: a node that was killed comes back without
a question. It never stands in an argument, the environment, a log or a repr.
Rule 4: a reason that will not go away by itself ends the worker and is shown; everything else is tried for as long as it
takes.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from coalchat.api.base import NEWEST, Request, Response
from coalchat.api.nouns import Level
from coalchat.api.requests import CheckPassphrase, PreviewLabel
from coalchat.api.responses import Policy
from coalchat.api.vocabulary import Phase
from coalchat.desk.model.changes import NOTHING, Changes
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.views import NodeState
from coalchat.errors import CoalchatError, Locked, NoCoalition, NodeUnavailable, TryAgain, WrongPassphrase
from coalchat.record import field, part

if TYPE_CHECKING:
    from coalchat.api.roe_log import RoeLog
    from coalchat.client import Client

NAME: Final = "desk"
PAUSES: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Seconds between attempts to come back: a node that is killed is up again within one."""
WATCH: Final = 1.0
"""Seconds between looks at a node that has no coalition yet: nobody tells when a custodian has approved."""
STOPPING: Final = 2.0
"""Seconds for a locked node of ours to end with the desk."""
_NEWEST: Final = frozenset({"message.search", "roe.preview"})
"""Questions of which only the newest matters; their requests are loaded when somebody asks."""
_WAYS_IN: Final = (
    "Where its nation has its keys, `coalchat charter found` makes a charter of all offers, and `coalchat charter sign` signs one."
    " `coalchat join` joins by an invite."
)
_SENDING: Final = frozenset({"message.send", "message.correct", "report.file", "roe.issue"})
_APPROVAL: Final = "this device has asked to join: its custodian has to approve it"


def unix_time() -> int:
    """Now, in Unix seconds."""
    return int(time.time())


@part(kw_only=True)
class Session:
    """The desk's side of the socket.

    Attributes:
        on_changes: called on the loop with what every step changed.
        ask_passphrase: asks the person; it is given why ("" the first time).
        start: start a node where none runs; else wait until somebody does.
        state, why: how the desk stands with its node, as the model was told last.
        levels: of the coalition's policy, once it is known: their colours are the skin's.
    """

    desk: Desk
    home: str | Path | None
    on_changes: Callable[[Changes], None]
    ask_passphrase: Callable[[str], Awaitable[bytes]] = field(repr=False)
    start: bool = True
    environ: Mapping[str, str] = field(factory=lambda: os.environ, repr=False)
    command: Sequence[str] | None = None
    now: Callable[[], int] = unix_time
    passphrase: bytes | None = field(default=None, repr=False)
    state: NodeState = field(default=NodeState.CONNECTING, init=False)
    why: str = field(default="", init=False)
    levels: tuple[Level, ...] = field(default=(), init=False, repr=False)
    _going: Request[Any] | None = field(default=None, init=False, repr=False)
    _waiting: deque[Request[Any]] = field(factory=deque, init=False, repr=False)
    _more: asyncio.Event = field(factory=asyncio.Event, init=False, repr=False)
    _client: Client | None = field(default=None, init=False, repr=False)
    _over: asyncio.Event | None = field(default=None, init=False, repr=False)
    _cursor: int | None = field(default=None, init=False)
    _was_up: bool = field(default=False, init=False)
    _started: bool = field(default=False, init=False)
    _released: bool = field(default=False, init=False)

    def put(self, changes: Changes) -> None:
        """Ask what these changes ask for, and tell the desk what they changed."""
        for request in changes.asks:
            self._queue(request)
        self.on_changes(changes)

    async def check(self, passphrase: bytes) -> str:
        """Let the node compare a passphrase; why it will not do, or ""."""
        if self._client is None:
            return "the node does not answer: it is being started anew"
        try:
            await self._client.call(CheckPassphrase(passphrase=passphrase))
        except CoalchatError as error:
            return str(error)
        return ""

    async def roe_log(self) -> RoeLog:
        """The log of ROE notices as the node has it, for a file: no text of it is made safe to print.

        Raises:
            CoalchatError: the node does not give it.
        """
        if self._client is None:
            raise NodeUnavailable("it is being started anew")
        return await self._client.roe_log()

    async def run(self) -> None:
        """Speak with the node until cancelled, or until it cannot come up for a reason that stays."""
        over = self._over = asyncio.Event()
        try:
            await self._run()
        finally:
            over.set()

    async def over(self) -> None:
        """Wait until a session that was cancelled has tidied up."""
        if self._over is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOPPING + 1):
                    await self._over.wait()

    async def _run(self) -> None:
        attempt = 0
        self._was_up = self._released = False
        if self.state is not NodeState.UP:  # else it has answered already
            self._stand(NodeState.CONNECTING)
        while True:
            lost = await self._until_lost()
            if isinstance(lost, NoCoalition) and self._released:
                self._stand(NodeState.NO_COALITION, _WAYS_IN)
                return
            if not isinstance(lost, TryAgain | Locked | NoCoalition):
                self._stand(NodeState.FAILED, _reason(lost))
                return
            if self._was_up:
                self._was_up, attempt = False, 0
            # That it does not run yet is no news; what still holds it up after the first attempts is.
            self._stand(self._away, str(lost) if attempt >= len(PAUSES) else "")
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1

    def _stand(self, state: NodeState, why: str = "") -> None:
        self.state, self.why = state, why
        self.put(self.desk.node(state, why))

    @property
    def unsent(self) -> bool:
        """Whether a message is on its way to the node: nobody else has it."""
        return any(request.op in _SENDING for request in (self._going, *self._waiting) if request is not None)

    @property
    def idle(self) -> bool:
        """Whether every question has its answer."""
        return self._going is None and not self._waiting

    @property
    def _away(self) -> NodeState:
        """How to call a node that is not there: one that has been there comes back."""
        return NodeState.CONNECTING if self._cursor is None else NodeState.RESTARTING

    # --- one connection ---

    async def _until_lost(self) -> CoalchatError:
        """Use one connection for as long as it lasts; why it ended."""
        import anyio

        errors: list[CoalchatError] = []
        try:
            async with AsyncExitStack() as stack:
                client = await self._connect(stack)
                await self._unlock(client)
                await self._join(client)
                await self._begin(client)
                self._client = client
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._listen, client)
                    tasks.start_soon(self._ask, client)
        except* CoalchatError as group:
            errors += _leaves(group)
        finally:
            self._client = None
        # Of the two tasks one fails first and the other is cancelled: the first is the reason.
        return errors[0]

    async def _connect(self, stack: AsyncExitStack) -> Client:
        try:
            return await stack.enter_async_context(self._dial(start=False))
        except NodeUnavailable:
            if not self.start:
                raise
        client = await stack.enter_async_context(self._dial(start=True))
        self._started = True
        return client

    def _dial(self, *, start: bool) -> AbstractAsyncContextManager[Client]:
        from coalchat.client import connect
        from coalchat.client.process import NODE_COMMAND

        command = NODE_COMMAND if self.command is None else self.command
        # No patience: the client must not come back behind our back, to a node that is locked.
        return connect(self.home, client_name=NAME, start=start, patience=0, command=command, environ=self.environ)

    async def _unlock(self, client: Client) -> None:
        why = ""
        try:
            while client.node.phase is Phase.LOCKED:
                if self.passphrase is None:
                    self._stand(NodeState.LOCKED, why)
                    self.passphrase = await self.ask_passphrase(why)
                try:
                    await client.unlock(self.passphrase)
                except WrongPassphrase as error:
                    self.passphrase, why = None, str(error)
        except asyncio.CancelledError:
            await self._abandon(client)
            raise

    async def _abandon(self, client: Client) -> None:
        """End a node that we have started and that nobody has unlocked."""
        import anyio

        if self._started and client.node.phase is Phase.LOCKED:
            with anyio.move_on_after(STOPPING, shield=True):
                try:
                    await client.stop()
                except NodeUnavailable:
                    return  # it has ended by itself

    async def _join(self, client: Client) -> None:
        """Wait until the home belongs to a coalition. Where somebody must found one first, a node that we have started ends: it
        would keep the home from the commands that do.
        """
        said = None
        while (phase := client.node.phase) is not Phase.UNLOCKED:
            if phase is Phase.LOCKED:
                raise Locked
            if phase is Phase.FOUNDING and self._started:
                await client.stop()
                self._started, self._released = False, True
                raise NoCoalition
            if phase is not said:
                why = _APPROVAL if phase is Phase.ENROLLING else _WAYS_IN
                self._stand(NodeState.NO_COALITION, why)
                said = phase
            await asyncio.sleep(WATCH)
            await client.status()

    async def _begin(self, client: Client) -> None:
        newest = (await client.next_events(NEWEST, 1, 0)).next_cursor
        # A home that was put back from a copy has fewer events than it had.
        self._cursor = newest if self._cursor is None else min(self._cursor, newest)
        self._was_up = True
        self._stand(NodeState.UP)
        self.put(self.desk.start())

    async def _listen(self, client: Client) -> None:
        stream = client.events(self._cursor)
        while True:
            changes = NOTHING
            for event in await stream.batch():  # shown together: hundreds may come in a second
                changes += self.desk.event(event, self.now())
            self.put(changes)
            self._cursor = stream.cursor

    # --- before there is a connection ---

    def go_on(self, cursor: int, levels: tuple[Level, ...]) -> None:
        """The model has asked a node that runs already for what it shows first: `run` connects, listens from there on, and
        asks all of it anew.
        """
        self._cursor, self.levels, self.state = cursor, levels, NodeState.UP

    # --- the queue ---

    def _take(self, request: Request[Any], answer: Response) -> None:
        if isinstance(answer, Policy):
            self.levels = answer.levels
        self.put(self.desk.take(request, answer, self.now()))

    def _queue(self, request: Request[Any]) -> None:
        if isinstance(request, PreviewLabel):
            for other in tuple(self._waiting):
                if isinstance(other, PreviewLabel) and other.channel == request.channel:
                    self._waiting.remove(other)
        if request.op in _NEWEST:
            for other in tuple(self._waiting):
                if other.op == request.op:
                    self._waiting.remove(other)
        if request not in self._waiting:
            self._waiting.append(request)
            self._more.set()

    async def _ask(self, client: Client) -> None:
        while True:
            while not self._waiting:
                self._more = asyncio.Event()
                await self._more.wait()
            request = self._going = self._waiting.popleft()
            try:
                answer = await client.call(request)
            except (NodeUnavailable, Locked, NoCoalition) as error:
                if request.repeatable:
                    self._waiting.appendleft(request)
                else:
                    self.put(self.desk.fail(request, error, self.now()))
                raise
            except CoalchatError as error:
                self.put(self.desk.fail(request, error, self.now()))
            except asyncio.CancelledError:
                if request.repeatable:  # the other task has lost the connection: nobody knows how far this one came
                    self._waiting.appendleft(request)
                raise
            else:
                self._take(request, answer)
            finally:
                self._going = None


def _reason(error: CoalchatError) -> str:
    return f"{error} · {error.hint}" if error.hint else str(error)


def _leaves(group: BaseExceptionGroup[CoalchatError]) -> list[CoalchatError]:
    found: list[CoalchatError] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
