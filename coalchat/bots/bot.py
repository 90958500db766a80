"""The bot: handlers for messages, jobs at intervals, and posts.

    bot = Bot("sensor-7")

    @bot.on_message("#alerts")
    async def answer(message: Message) -> None:
        await message.reply("link quality 31 %")

    @bot.every(20)
    async def measure() -> None:
        await bot.post("#alerts", "link quality 31 %", "RESTRICTED", key="21-1531Z")

    bot.run()

Rule 1: a bot is a client like any other, with its own certified device: what its certificate, the channel's ceiling and
the label do not allow is refused by its node and by every receiver.
Rule 2: it hears neither itself nor other bots unless a handler asks for them: two bots that answer each other never end.
Rule 3: what its certificate says about persons holds: a bot moves no read mark and acknowledges nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from hashlib import sha256
from inspect import iscoroutinefunction
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, NoReturn, Self, TypeVar

import anyio
import structlog
from anyio.abc import TaskStatus

from coalchat.api.about import Minimize
from coalchat.api.base import MAX_CLIENT_ID
from coalchat.api.responses import MessageStatus, Sent
from coalchat.api.vocabulary import Precedence
from coalchat.bots.faults import describe
from coalchat.bots.following import Following
from coalchat.bots.handling import Handle, Handler
from coalchat.bots.line import Line
from coalchat.client import Client
from coalchat.client.secret import PassphraseSource
from coalchat.errors import CoalchatError, NoHome, UnknownChannel, UsageError
from coalchat.grouped import leaf
from coalchat.paths import Home, check_home, find_home

T = TypeVar("T")
Job = Callable[[], Awaitable[object]]
HandleT = TypeVar("HandleT", bound=Handle)
JobT = TypeVar("JobT", bound=Job)

RETRY_PAUSES: Final = (1.0, 5.0)
"""Seconds before a handler that failed is run again: three attempts in all."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")

log = structlog.get_logger("coalchat.bots")


class Bot:
    """A bot of one home. Decorate its handlers, then `run()` it, or `await serve()` in a loop of your own."""

    def __init__(
        self,
        name: str,
        *,
        home: str | Path | None = None,
        passphrase_file: str | Path | None = None,
        start: bool = True,
        since: Literal["now", "beginning"] = "now",
        pauses: Sequence[float] = RETRY_PAUSES,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is touched before it runs.

        Args:
            name: up to 32 of a-z, 0-9, `.`, `_`, `-`; its inbox and its keys go by it, so it must stay the same.
            home: directory; None: `--home` of `run`, COALCHAT_HOME, or the user's own.
            passphrase_file: of the home: a regular file, the user's own, closed to others. None: as `run` says, or the
                terminal. It is needed only where the node is locked or does not run.
            start: start a node where none runs; otherwise wait for one.
            since: what the very first start begins with; later ones go on where the last one was.
            pauses: seconds before each further attempt of a handler that failed.
            environ: environment to look in and to hand on; None: this process's.

        Raises:
            UsageError: the name is none.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} is no name for a bot: up to 32 of a-z, 0-9, '.', '_', '-'")
        self.name = name
        self.home = home
        self.start = start
        self.since = since
        self.pauses = tuple(pauses)
        self.secret = PassphraseSource(path=None if passphrase_file is None else Path(passphrase_file))
        self._environ = os.environ if environ is None else environ
        self._handlers: list[Handler] = []
        self._jobs: list[tuple[float, Job]] = []
        self._line: Line | None = None

    def __repr__(self) -> str:
        return f"Bot({self.name!r})"

    # --- what it does ---

    def on_message(self, *channels: str, own: bool = False, bots: bool = False) -> Callable[[HandleT], HandleT]:
        """Decorate a handler: it gets each message of these channels, or of all, one at a time, in order of arrival.

        Once it returns, the message is done with; if it raises, it is run again after a pause, and when it has failed
        each time the message is parked: logged by its id, counted, kept by id for `--retry-parked`. So every message is
        handled at least once. A handler that never returns holds up those behind it: bound it with `anyio.fail_after`.

        Args:
            channels: titles, with or without `#`, or ids.
            own: also what this device sent itself. bots: also what other bots sent.
        """

        def register(act: HandleT) -> HandleT:
            _check_coroutine(act)
            self._handlers.append(Handler(len(self._handlers), act, channels, own, bots))
            return act

        if any(not isinstance(channel, str) for channel in channels):
            raise TypeError("write @bot.on_message() with its parentheses")
        return register

    def every(self, seconds: float) -> Callable[[JobT], JobT]:
        """Decorate a job without arguments: it runs at the start and then at this interval. Errors are logged."""

        def register(act: JobT) -> JobT:
            _check_coroutine(act)
            self._jobs.append((seconds, act))
            return act

        return register

    # --- its node ---

    async def post(
        self,
        channel: str,
        text: str,
        label: str,
        *,
        key: str | None = None,
        precedence: Precedence = Precedence.ROUTINE,
        ack_by: int = 0,
        considered: bool = False,
    ) -> Sent:
        """Send a message; it is durable on the node when this returns, however long the node was away meanwhile.

        Args:
            channel: title, with or without `#`, or id.
            text: up to 16,384 bytes of UTF-8.
            label: `LEVEL [CATEGORY] [REL A, B]`; without REL the channel's members.
            key: idempotency key: what is posted again under it, after a restart too, is sent once. None: a new one.
            precedence: up to what the bot is certified for.
            ack_by: Unix time by which it should be acknowledged; 0: not asked.
            considered: send it also where MINIMIZE is in force (`minimize` says whether); without that, what is below
                IMMEDIATE is refused there, by the clause `minimize`.

        Raises:
            Refused: by policy, before anything has left; `.clause` names the rule.
            UnknownChannel, UnknownLabel, UnknownNation: as they say.
            AlreadyExists: the key was used for something else.
        """
        client_id = _client_id(self.name, key)

        async def act(client: Client, title: str = channel) -> Sent:
            return await client.send(
                title,
                text,
                label,
                precedence=precedence,
                ack_by=ack_by,
                client_id=client_id,
                considered=considered,
            )

        try:
            return await self.ask(act)
        except UnknownChannel:
            if not channel.startswith("#"):
                raise
        return await self.ask(lambda client: act(client, channel.removeprefix("#")))

    async def minimize(self, channel: str) -> Minimize | None:
        """The order by which MINIMIZE is in force in a channel, by its title, with or without `#`, or id; None: it is not.

        Raises:
            UnknownChannel: as it says.
        """
        wanted = channel.removeprefix("#").casefold()
        for one in await self.ask(lambda client: client.channels()):
            if one.id == wanted or one.title.removeprefix("#").casefold() == wanted:
                return one.minimize
        raise UnknownChannel(channel)

    async def status(self, entry_id: str) -> MessageStatus:
        """Who has a message that was posted. Raises: UnknownMessage, Ambiguous."""
        return await self.ask(lambda client: client.message_status(entry_id))

    async def ask(self, act: Callable[[Client], Awaitable[T]]) -> T:
        """Anything else that a client can do, within what a bot may: `await bot.ask(lambda c: c.channels())`.

        While the node is away it waits; `act` may be called more than once.
        """
        if self._line is None:
            raise RuntimeError("the bot does not run: use it inside `serve`, or `async with bot:`")
        return await self._line.ask(act)

    async def __aenter__(self) -> Self:
        """Have the node, unlocked: `post`, `status` and `ask` work from here, without listening."""
        if self._line is not None:
            raise RuntimeError("the bot runs already")
        line = Line(self._found_home(), f"bot/{self.name}", self.start, self.secret, self._environ)
        await line.ask(lambda client: client.status())
        self._line = line
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        line, self._line = self._line, None
        if line is not None:
            with anyio.CancelScope(shield=True):
                await line.aclose()

    def _found_home(self) -> Home:
        home = check_home(find_home(self.home, self._environ))
        if not home.keys.exists():
            raise NoHome(str(home.path))
        return home

    # --- its life ---

    async def serve(
        self, *, retry_parked: bool = False, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        """Listen until cancelled; started, for a task group, when it does.

        Args:
            retry_parked: hand parked messages to their handlers once more, first.

        Raises:
            CoalchatError: what no waiting mends: no home, no passphrase, not a member, another process of this bot.
        """
        if not self._handlers and not self._jobs:
            raise UsageError("the bot has nothing to do", hint="decorate a function with @bot.on_message()")
        try:
            async with AsyncExitStack() as stack:
                if self._line is None:
                    await stack.enter_async_context(self)
                await self._serve(retry_parked, task_status)
        except BaseExceptionGroup as group:
            known = leaf(group)
            if isinstance(known, CoalchatError):
                raise known from None
            raise

    async def _serve(self, retry_parked: bool, task_status: TaskStatus[None]) -> None:
        following = Following(self.name, self._handlers, self.pauses, self.ask)
        async with anyio.create_task_group() as tasks:
            for seconds, act in self._jobs:
                tasks.start_soon(self._repeat, seconds, act)
            if self._handlers:
                await following.run(self._found_home(), self.since, retry_parked, task_status)
            task_status.started()
            await anyio.sleep_forever()

    async def _repeat(self, seconds: float, act: Job) -> NoReturn:
        while True:
            try:
                await act()
            except Exception as error:  # noqa: BLE001 - the author's code: the bot lives on
                log.error("job failed", bot=self.name, job=getattr(act, "__name__", "job"), error=describe(error))
            await anyio.sleep(seconds)

    def run(self, arguments: Sequence[str] | None = None, *, backend: Literal["asyncio", "trio"] = "asyncio") -> None:
        """Run as a program until SIGTERM, SIGHUP or ^C; ends the process with an exit code of `coalchat.errors`.

        Args:
            arguments: None: the command line, which knows `--home`, `--passphrase-fd`, `--passphrase-file` and
                `--retry-parked`; `()`: none.
            backend: the loop that handlers run on.

        Raises:
            SystemExit: it could not go on (3 to 7, 75), was misused (2), or ^C ended it (130).
        """
        from coalchat.bots.program import run_bot  # noqa: PLC0415 - it needs this class

        run_bot(self, arguments, backend)


def _check_coroutine(act: Callable[..., object]) -> None:
    if not iscoroutinefunction(act):
        raise TypeError(f"{getattr(act, '__name__', act)} must be an async function")


def _client_id(name: str, key: str | None) -> str:
    if key is None:
        return f"{name}:new:{os.urandom(16).hex()}"
    chosen = f"{name}:post:{key}"
    if len(chosen) <= MAX_CLIENT_ID:
        return chosen
    return f"{name}:post-hash:{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"
