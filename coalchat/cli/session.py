"""The node of a home, found or started, and unlocked (SPEC 12.1).

Rule 1: a node that runs and is unlocked is used as it is: no passphrase is asked for.
Rule 2: no node is started that nobody can unlock; one that we started and that stays locked is stopped again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

import anyio

from coalchat.api.vocabulary import Phase
from coalchat.cli.options import Asked
from coalchat.cli.passphrase import has_source, locked, passphrase
from coalchat.client import Client, connect
from coalchat.errors import NodeUnavailable, WrongPassphrase
from coalchat.paths import Home

T = TypeVar("T")
NAME = "cli"


def with_node(asked: Asked, act: Callable[[Client], Awaitable[T]]) -> T:
    """Do something with the unlocked node of the home; it runs on afterwards.

    Raises:
        NoHome, HomeNotPrivate, WrongPassphrase: as they say.
        Locked: it is locked, and there is no passphrase.
        NodeUnavailable: it does not come up.
    """

    async def unlocked() -> T:
        async with _unlocked_node(asked) as client:
            return await act(client)

    return anyio.run(unlocked, backend="trio")


def with_running_node(asked: Asked, act: Callable[[Client], Awaitable[T]]) -> T:
    """Do something with a node that runs, locked or not.

    Raises:
        NodeUnavailable: none runs.
    """

    async def running() -> T:
        async with connect(asked.present_home.path, client_name=NAME, start=False) as client:
            return await act(client)

    return anyio.run(running, backend="trio")


@asynccontextmanager
async def _unlocked_node(asked: Asked) -> AsyncIterator[Client]:
    home = asked.present_home
    async with AsyncExitStack() as stack:
        client = await _running(stack, home)
        if client is None:
            if not has_source(asked):
                raise locked()
            secret = passphrase(asked)
            client = await stack.enter_async_context(connect(home.path, client_name=NAME))
            await _unlock_started(client, secret)
        elif client.node.phase is Phase.LOCKED:
            await client.unlock(passphrase(asked))
        yield client


async def _running(stack: AsyncExitStack, home: Home) -> Client | None:
    try:
        return await stack.enter_async_context(connect(home.path, client_name=NAME, start=False))
    except NodeUnavailable:
        return None


async def _unlock_started(client: Client, secret: bytes) -> None:
    try:
        if client.node.phase is Phase.LOCKED:
            await client.unlock(secret)
    except WrongPassphrase:
        await client.stop()
        raise
