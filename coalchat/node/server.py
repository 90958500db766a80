"""The local API's server (SPEC 12): clients of this machine and this user, over a socket or any stream.

Rule 1: a frame's length is checked against a cap before its body is read; before `hello` the cap is small.
Rule 2: `hello` comes first, with the token; a session has the scopes that it was granted, and no more.
Rule 3: requests of one session are answered as they are done, not in order; a slow reader blocks only itself.
Rule 4: this is one of the three doors with a broad `except`: what a handler did not foresee is logged, and the client
gets `InternalError`; the node lives.
Rule 5: `stop` is answered before the node stops.
"""

from __future__ import annotations

from typing import Any

import attrs
import structlog
import trio

from coalchat.api import codec
from coalchat.api.base import API_VERSION, MAX_CLIENT_NAME, Request, Response
from coalchat.api.requests import GetStatus, Hello, Stop, Unlock
from coalchat.api.responses import Welcome
from coalchat.api.scopes import ALL, require
from coalchat.errors import (
    ApiDecodeError,
    ApiVersionMismatch,
    CoalchatError,
    InternalError,
    Locked,
    NoCoalition,
    NotAuthorised,
)
from coalchat.node.answers.session import Handlers, Session
from protocol.base.crypto import same

HELLO_TIMEOUT = 10.0
MAX_UNDER_WAY = 64
"""Requests of one session that may be under way; the next is read when one is answered."""

log = structlog.get_logger("coalchat.node.server")


class Door:
    """What a server asks of its node. The node's phases change under it, so it is asked anew each time."""

    def handlers(self) -> Handlers:
        """Operations that can be done now."""
        raise NotImplementedError

    def phase_error(self) -> CoalchatError:
        """Why another operation cannot be done now."""
        raise NotImplementedError

    def welcome(self, session: Session) -> Welcome:
        """The answer to a hello."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the node."""
        raise NotImplementedError

    async def refused(self, client: str, error: CoalchatError) -> None:
        """Account for a client that was refused."""
        raise NotImplementedError


@attrs.define(eq=False)
class ApiServer:
    """Serves sessions for one node."""

    door: Door = attrs.field(repr=False)
    token: str = attrs.field(repr=False)

    async def serve(self, stream: trio.abc.Stream) -> None:
        """Serve one client until either side closes."""
        async with stream:
            wire = _Wire(stream)
            try:
                session = await self._hello(wire)
                if session is not None:
                    await self._requests(wire, session)
            except* (trio.BrokenResourceError, trio.ClosedResourceError):
                log.info("a client went away")
            except* Exception:
                # One of the three doors: see rule 4.
                log.exception("a session failed")

    async def _hello(self, wire: _Wire) -> Session | None:
        with trio.move_on_after(HELLO_TIMEOUT):
            number = 0
            try:
                body = await wire.receive(codec.MAX_HELLO)
                if body is None:
                    return None
                number, request = codec.read_request(body)
                session = self._admit(request)
            except CoalchatError as error:
                await self.door.refused("", error)
                if isinstance(error, ApiDecodeError):
                    number = error.request_id or number
                await wire.send(codec.encode_error(number, error))
                return None
            await wire.send(codec.encode_result(number, self.door.welcome(session)))
            return session
        return None

    def _admit(self, request: Request[Any]) -> Session:
        if not isinstance(request, Hello):
            raise NotAuthorised("hello comes first")
        if request.api_version != API_VERSION:
            raise ApiVersionMismatch(f"the client has {request.api_version}, the node {API_VERSION}")
        if not same(request.token.encode("utf-8", "replace"), self.token.encode("ascii")):
            raise NotAuthorised("the client's token is not this home's")
        granted = tuple(scope for scope in ALL if scope in request.scopes)
        return Session(request.client_name[:MAX_CLIENT_NAME] or "client", granted)

    async def _requests(self, wire: _Wire, session: Session) -> None:
        room = trio.Semaphore(MAX_UNDER_WAY)
        async with trio.open_nursery() as nursery:
            while True:
                try:
                    body = await wire.receive(codec.MAX_FRAME)
                    if body is None:
                        break
                    number, request = codec.read_request(body)
                except ApiDecodeError as error:
                    await self.door.refused(session.name, error)
                    if error.request_id is None:
                        break
                    await wire.send(codec.encode_error(error.request_id, error))
                    continue
                await room.acquire()
                nursery.start_soon(self._answer, wire, session, number, request, room)
            nursery.cancel_scope.cancel()

    async def _answer(
        self, wire: _Wire, session: Session, number: int, request: Request[Any], room: trio.Semaphore
    ) -> None:
        try:
            # Until it has left, an answer takes room: who does not read is not answered more, and not read.
            await wire.send(await self._answered(session, number, request))
        finally:
            room.release()
        if isinstance(request, Stop):
            self.door.stop()

    async def _answered(self, session: Session, number: int, request: Request[Any]) -> bytes:
        try:
            return codec.encode_result(number, await self._do(request, session))
        except CoalchatError as error:
            if isinstance(error, NotAuthorised):
                await self.door.refused(session.name, error)
            return codec.encode_error(number, error)
        except Exception:
            # One of the three doors: see rule 4.
            log.exception("an operation failed", op=request.op, client=session.name)
            return codec.encode_error(number, InternalError(request.op))

    async def _do(self, request: Request[Any], session: Session) -> Response:
        require(request.scope, session.scopes)
        handler = self.door.handlers().get(type(request))
        if handler is None:
            raise self.door.phase_error()
        return await handler(request, session)


ALWAYS = (GetStatus, Stop, Unlock)
"""Operations of every phase."""


def closed(locked: bool) -> CoalchatError:
    """Why an operation of an unlocked, founded home cannot be done."""
    return Locked() if locked else NoCoalition()


@attrs.define(eq=False)
class _Wire:
    """Frames over one stream; several tasks may send, in turn."""

    stream: trio.abc.Stream
    _lock: trio.Lock = attrs.field(factory=trio.Lock, init=False)
    _buffer: bytearray = attrs.field(factory=bytearray, init=False, repr=False)

    async def send(self, frame: bytes) -> None:
        async with self._lock:
            await self.stream.send_all(frame)

    async def receive(self, cap: int) -> bytes | None:
        """A frame's body, or None when the client closed between frames.

        Raises:
            ApiDecodeError: above the cap.
        """
        if not await self._fill(codec.HEADER):
            return None
        length = codec.body_length(bytes(self._buffer[: codec.HEADER]), cap)
        if not await self._fill(codec.HEADER + length):
            return None
        body = bytes(self._buffer[codec.HEADER : codec.HEADER + length])
        del self._buffer[: codec.HEADER + length]
        return body

    async def _fill(self, size: int) -> bool:
        while len(self._buffer) < size:
            chunk = await self.stream.receive_some(65_536)
            if not chunk:
                return False
            self._buffer += chunk
        return True
