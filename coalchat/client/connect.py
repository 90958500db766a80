"""Finding or starting the node, and saying hello (SPEC 12.1).

Rule 1: the directory of the socket is checked before anything is sent: whoever owns it could stand in for the node.
Rule 2: who finds no node starts one. Of several that start at once, the file lock of the home lets one through; the
others end with 75, and every client ends at the same node.
Rule 3: a node that is found locked takes the passphrase over the socket.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import anyio
from anyio.abc import ByteStream, SocketAttribute

from coalchat.api.base import API_VERSION
from coalchat.api.requests import Hello
from coalchat.api.responses import Welcome
from coalchat.api.scopes import ALL, Scope
from coalchat.api.vocabulary import Phase
from coalchat.client.client import Client
from coalchat.client.process import NODE_COMMAND, NodeProcess
from coalchat.client.session import Session
from coalchat.errors import ApiVersionMismatch, NodeGone, NodeUnavailable, RuntimeNotPrivate
from coalchat.paths import (
    Home,
    check_home,
    check_runtime_directory,
    find_home,
    read_token,
    socket_candidates,
    socket_path,
)
from coalchat.record import record

START_TIMEOUT: Final = 20.0
"""Seconds for a node to come up: imports and a store's recovery on a slow machine; the passphrase comes later."""
RETURN_TIMEOUT: Final = 10.0
"""Seconds that a lost node has to come back before a call gives up."""
_PAUSES: Final = (0.01, 0.02, 0.05, 0.1)
_RESTART_PAUSE: Final = 1.0
"""Seconds before a node is started again after one ended because another had the lock and did not answer."""


@asynccontextmanager
async def connect(  # noqa: PLR0913  # all but the name have defaults
    home: str | Path | None = None,
    *,
    client_name: str,
    scopes: Sequence[Scope] = ALL,
    start: bool = True,
    passphrase: bytes | None = None,
    within: float = START_TIMEOUT,
    patience: float = RETURN_TIMEOUT,
    command: Sequence[str] = NODE_COMMAND,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[Client]:
    """A client of a home's node; the node is started if none runs, and runs on afterwards.

    Args:
        home: directory; None: COALCHAT_HOME, or the user's own.
        client_name: who asks, for the node's log: "desk", "cli", a bot's name.
        scopes: what it wants to do.
        start: start a node if none runs.
        passphrase: unlock with it if the node is locked; it is not kept.
        within: seconds for the node to come up.
        patience: seconds that a later call waits for a node that went away to come back.
        command: program of the node; it gets `--home DIR`.
        environ: environment to look in and to hand on; None: this process's.

    Raises:
        NoHome, HomeNotPrivate, RuntimeNotPrivate: as they say.
        NodeUnavailable: none runs, or it did not come up in time.
        NotAuthorised, ApiVersionMismatch: the node refuses the hello.
        WrongPassphrase: it stays locked.
    """
    around = os.environ if environ is None else environ
    place = check_home(find_home(home, around))
    door = _Door(place, around, client_name, tuple(scopes), patience)
    session, welcome = await door.enter(within, tuple(command) if start else None)
    client = Client(session, welcome, door)
    try:
        if passphrase is not None and client.node.phase is Phase.LOCKED:
            await client.unlock(passphrase)
        yield client
    finally:
        with anyio.CancelScope(shield=True):
            await client.aclose()


@asynccontextmanager
async def over(
    stream: ByteStream, *, client_name: str, token: str = "", scopes: Sequence[Scope] = ALL
) -> AsyncIterator[Client]:
    """A client over a stream that is connected already: an embedded node, a test. It does not dial again.

    Raises:
        NotAuthorised, ApiVersionMismatch: the node refuses the hello.
        NodeGone: it closes the stream instead.
    """
    session = Session(stream)
    try:
        welcome = await _hello(session, client_name, token, tuple(scopes))
        client = Client(session, welcome)
        yield client
    finally:
        with anyio.CancelScope(shield=True):
            await session.aclose()


async def _hello(session: Session, client_name: str, token: str, scopes: tuple[Scope, ...]) -> Welcome:
    request = Hello(api_version=API_VERSION, client_name=client_name, token=token, scopes=scopes)
    welcome = await session.call(request)
    if welcome.api_version != API_VERSION:
        raise ApiVersionMismatch(f"{API_VERSION} here, {welcome.api_version} there")
    return welcome


@record(kw_only=False)
class _Door:
    """The way to one home's node."""

    home: Home
    environ: Mapping[str, str]
    client_name: str
    scopes: tuple[Scope, ...]
    patience: float

    def is_gone(self) -> bool:
        """Whether no socket is left of the node."""
        return not any(path.exists() for path in socket_candidates(self.home, self.environ))

    async def reenter(self) -> tuple[Session, Welcome]:
        """A new session after the first was lost; whoever runs nodes here starts them, not we in passing."""
        with anyio.move_on_after(self.patience):
            attempt = 0
            while True:
                found = await self._try()
                if found is not None:
                    return found.session, found.welcome
                await anyio.sleep(_pause(attempt))
                attempt += 1
        raise NodeUnavailable(f"it has not come back for {self.patience:.0f} s")

    async def enter(self, within: float, command: tuple[str, ...] | None) -> tuple[Session, Welcome]:
        """The first session; with a command, of a node that it starts if there is none."""
        with anyio.move_on_after(within):
            attempt, child, not_before = 0, None, -1.0
            while True:
                found = await self._try()
                if found is not None:
                    if child is not None:
                        child.give_way(found.pid)
                    return found.session, found.welcome
                if command is None:
                    raise NodeUnavailable("none runs on this home")
                if child is None:
                    if anyio.current_time() >= not_before:
                        child = NodeProcess.start(self.home, command, self.environ)
                elif (failure := child.failure()) is not None:
                    raise failure
                elif child.ended() is not None:
                    # Another holds the lock: one that comes up and will be found, or one that is just ending.
                    child, not_before = None, anyio.current_time() + _RESTART_PAUSE
                await anyio.sleep(_pause(attempt))
                attempt += 1
        raise NodeUnavailable(f"it has not come up within {within:.0f} s")

    async def _try(self) -> _Found | None:
        """A session with the node that runs, or None."""
        own = socket_path(self.home, self.environ)
        for path in socket_candidates(self.home, self.environ):
            try:
                check_runtime_directory(path.parent)
                stream = await anyio.connect_unix(path)
            except RuntimeNotPrivate:
                if path == own:
                    raise
                continue  # a directory that our node would not use either
            except OSError:
                continue  # nobody listens there
            session = Session(stream)
            try:
                welcome = await _hello(session, self.client_name, read_token(self.home), self.scopes)
                return _Found(session, welcome, _peer_pid(stream))
            except NodeGone:
                await session.aclose()  # it is just ending
            except BaseException:
                with anyio.CancelScope(shield=True):
                    await session.aclose()
                raise
        return None


@record(kw_only=False)
class _Found:
    """A node that answered; `pid` is its process, or None where the system does not tell."""

    session: Session
    welcome: Welcome
    pid: int | None


def _peer_pid(stream: ByteStream) -> int | None:
    if sys.platform != "linux":
        return None
    raw = stream.extra(SocketAttribute.raw_socket)  # noqa: S610  # anyio's, not Django's
    credentials = raw.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[0])


def _pause(attempt: int) -> float:
    return _PAUSES[min(attempt, len(_PAUSES) - 1)]
