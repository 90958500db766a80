"""A bot's line to its node, for the bot's whole life: where the node is away the bot waits, and asks again.

Rule 1: what is temporary (exit code 75 of `coalchat.errors`) is waited out; every other error goes to who asked.
Rule 2: no node is started that nobody can unlock; one that we started and that stays locked is stopped again.
Rule 3: a node that is locked is unlocked if there is a passphrase. Without one the first call says so; later, somebody
has locked it under a running bot, which waits for `coalchat node unlock`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Final, TypeVar

import anyio
import attrs
import structlog

from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Phase
from coalchat.client import Client, connect
from coalchat.client.secret import PassphraseSource, locked
from coalchat.errors import CoalchatError, ExitCode, Locked, NodeUnavailable, WrongPassphrase
from coalchat.paths import Home

T = TypeVar("T")

SCOPES: Final = (Scope.READ, Scope.SEND)
"""What a bot may: it founds no channel, invites nobody and stops no node."""
PATIENCE: Final = 5.0
"""Seconds that a node which went away has to come back before the bot starts one, if it may."""
PAUSES: Final = (0.05, 0.2, 1.0, 3.0)
"""Seconds between attempts while it is away."""

log = structlog.get_logger("coalchat.bots")


@attrs.define(eq=False)
class Line:
    """The way to one home's node.

    Attributes:
        name: of the client, for the node's log and its idempotency keys.
        start: start a node where none runs.
    """

    home: Home
    name: str
    start: bool
    secret: PassphraseSource = attrs.field(repr=False)
    environ: Mapping[str, str] = attrs.field(repr=False)
    _stack: AsyncExitStack = attrs.field(factory=AsyncExitStack, init=False, repr=False)
    _client: Client | None = attrs.field(default=None, init=False, repr=False)
    _dialling: anyio.Lock = attrs.field(factory=anyio.Lock, init=False, repr=False)
    _worked: bool = attrs.field(default=False, init=False)
    _away: bool = attrs.field(default=False, init=False)

    async def ask(self, act: Callable[[Client], Awaitable[T]]) -> T:
        """Do something with the node, however long it is away; `act` may be called more than once.

        Raises:
            CoalchatError: what is not temporary.
        """
        attempt = 0
        while True:
            client = None
            try:
                client = await self._current()
                done = await act(client)
            except CoalchatError as error:
                locked_under_us = isinstance(error, Locked) and self._worked
                if error.exit_code is not ExitCode.TRY_AGAIN and not locked_under_us:
                    raise
                self._went(error)
                await self._drop(client)
            else:
                self._came()
                return done
            await anyio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1

    async def aclose(self) -> None:
        """Close the connection; the node runs on."""
        await self._drop(self._client)

    def _went(self, error: CoalchatError) -> None:
        if not self._away:
            log.warning("the node is away: waiting", reason=str(error))
        self._away = True

    def _came(self) -> None:
        if self._away:
            log.info("the node is back")
        self._away, self._worked = False, True

    # --- dialling ---

    async def _current(self) -> Client:
        async with self._dialling:
            if self._client is None:
                self._client = await self._dial()
            return self._client

    async def _drop(self, client: Client | None) -> None:
        async with self._dialling:
            if client is not None and client is self._client:
                self._client = None
                await self._stack.aclose()

    async def _dial(self) -> Client:
        try:
            client = await self._enter()
        except NodeUnavailable:
            if not (self.start and self._can_unlock()):
                raise
            await self._start()
            client = await self._enter()
        try:
            if client.node.phase is Phase.LOCKED:
                await self._unlock(client)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._stack.aclose()
            raise
        return client

    async def _enter(self) -> Client:
        entering = connect(
            self.home.path, client_name=self.name, scopes=SCOPES, start=False, patience=PATIENCE, environ=self.environ
        )
        return await self._stack.enter_async_context(entering)

    async def _unlock(self, client: Client) -> None:
        if not self._can_unlock():
            raise locked()
        await client.unlock(self.secret.read(self.home.path))

    def _can_unlock(self) -> bool:
        """Only at its first start is anybody asked: later nobody sits there, or he does something else at his terminal."""
        return self.secret.ready() if self._worked else self.secret.exists()

    async def _start(self) -> None:
        secret = self.secret.read(self.home.path)
        scopes = (*SCOPES, Scope.ADMIN)
        async with connect(self.home.path, client_name=self.name, scopes=scopes, environ=self.environ) as starter:
            try:
                if starter.node.phase is Phase.LOCKED:
                    await starter.unlock(secret)
            except WrongPassphrase:
                await starter.stop()
                raise
