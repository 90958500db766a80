"""One connection to the node: numbered requests, answers in any order (SPEC 12).

Rule 1: no background task. Of the callers that wait, one reads for all; when it has its answer, or is cancelled, the
next takes over. So nothing needs a nursery, and no error of a reader surfaces somewhere else.
Rule 2: a cancelled caller leaves the stream whole: frames are sent under a shield, received bytes go into the buffer at
once, and the answer that comes later is dropped by its number.
Rule 3: once the stream has failed, the session is `lost` for good; every caller that waits learns it.
"""

from __future__ import annotations

import math
from typing import Final

import anyio
from anyio.abc import ByteStream

from coalchat.api.base import A_co, Request
from coalchat.api.codec import HEADER, Reply, body_length, decode_result, encode_request, read_reply
from coalchat.errors import ApiDecodeError, NodeGone
from coalchat.record import field, part

SEND_TIMEOUT: Final = 10.0
"""Seconds for one frame to leave: on one machine, a node that takes longer does not read at all."""
_CHUNK: Final = 65_536


@part
class _Caller:
    """A request under way. `woken` is set when its answer is there, or when somebody has to read."""

    woken: anyio.Event = field(factory=anyio.Event)
    reply: Reply | None = None


class Session:
    """Requests and answers over one byte stream.

    Attributes:
        lost: the stream has ended or failed; every further call raises `NodeGone`.
    """

    def __init__(self, stream: ByteStream) -> None:
        self.lost = False
        self._stream = stream
        self._buffer = bytearray()
        self._callers: dict[int, _Caller] = {}
        self._last = 0
        self._reading = False
        self._sending = anyio.Lock()

    async def call(self, request: Request[A_co]) -> A_co:
        """Ask and wait for the answer.

        Raises:
            CoalchatError: as the node raised it.
            NodeGone: the connection was lost; the node may have done it or not.
            ApiDecodeError: the answer is none; the session is lost. Or the request breaks its own types.
            TooLong: the request does not fit into a frame.
        """
        number = self._last + 1
        frame = encode_request(number, request)
        self._last = number
        caller = self._callers[number] = _Caller()
        try:
            await self._send(frame)
            reply = await self._answer(caller)
        finally:
            del self._callers[number]
            self._hand_over()
        if reply.error is not None:
            raise reply.error
        return decode_result(_class_of(request), reply.fields or {})

    async def wait_end(self) -> None:
        """Wait until the node closes the connection; for after `stop`."""
        caller = self._callers[0] = _Caller()  # no request has this number: it is never answered
        try:
            await self._answer(caller)
        except (NodeGone, ApiDecodeError):
            return
        finally:
            del self._callers[0]
            self._hand_over()

    async def aclose(self) -> None:
        """Close the stream; callers that wait get `NodeGone`."""
        self._lose()
        await self._stream.aclose()

    async def _send(self, frame: bytes) -> None:
        async with self._sending:
            if self.lost:
                raise NodeGone
            # Half a frame would be the end of the session: who is cancelled meanwhile has to wait for the other half.
            with anyio.CancelScope(shield=True, deadline=anyio.current_time() + SEND_TIMEOUT) as scope:
                try:
                    await self._stream.send(frame)
                except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
                    self._lose()
                    raise NodeGone from None
            if scope.cancelled_caught:
                self._lose()
                raise NodeGone("it does not read what it is sent")

    async def _answer(self, caller: _Caller) -> Reply:
        while caller.reply is None:
            if self.lost:
                raise NodeGone
            if self._reading:
                await caller.woken.wait()
                caller.woken = anyio.Event()
            else:
                await self._read_for(caller)
        return caller.reply

    async def _read_for(self, caller: _Caller) -> None:
        self._reading = True
        try:
            while caller.reply is None:
                self._dispatch(read_reply(await self._receive()))
        except (ApiDecodeError, NodeGone):
            self._lose()
            raise
        finally:
            self._reading = False

    def _dispatch(self, reply: Reply) -> None:
        if not 0 < reply.id <= self._last:
            raise ApiDecodeError("an answer to no request")
        caller = self._callers.get(reply.id)
        if caller is not None:  # or its caller was cancelled
            caller.reply = reply
            caller.woken.set()

    async def _receive(self) -> bytes:
        """Body of the next frame. Cancelled, it leaves what has come in the buffer."""
        needed: float = math.inf
        while True:
            if len(self._buffer) >= HEADER:
                needed = HEADER + body_length(bytes(self._buffer[:HEADER]))
            if len(self._buffer) >= needed:
                body = bytes(self._buffer[HEADER : int(needed)])
                del self._buffer[: int(needed)]
                return body
            try:
                self._buffer += await self._stream.receive(_CHUNK)
            except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
                raise NodeGone from None

    def _lose(self) -> None:
        self.lost = True
        self._hand_over()

    def _hand_over(self) -> None:
        """Wake all who wait: one of them reads on, or all learn that there is nothing to read."""
        if not self._reading or self.lost:
            for caller in self._callers.values():
                caller.woken.set()


def _class_of(request: Request[A_co]) -> type[Request[A_co]]:
    return type(request)
