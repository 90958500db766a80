"""A scripted node behind the real codec, on asyncio and on trio (SPEC 12).

As a program (`python -m tests.fakes.api_server --home DIR`) it is a locked node that takes the home's lock, for the tests
of start races; started with `--fail CODE` it ends with that code,
`--say TEXT` goes to stderr before, and `--delay SECONDS` makes it slow to come to the lock.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from functools import partial
from typing import Any

import anyio
import attrs
import filelock
from anyio.abc import ByteStream, TaskGroup, TaskStatus

from coalchat.api import requests, responses, scopes
from coalchat.api.base import API_VERSION, Request, Response
from coalchat.api.codec import HEADER, MAX_FRAME, MAX_HELLO, body_length, encode_error, encode_result, read_request
from coalchat.api.vocabulary import Phase
from coalchat.errors import ApiDecodeError, ApiVersionMismatch, CoalchatError, ExitCode, NotAuthorised
from coalchat.paths import Home, ensure_runtime_directory, find_home, socket_path, write_token
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import node_record


class Hangup(Exception):
    """The connection ends here."""


async def serve(node: FakeNode, stream: ByteStream) -> None:
    """Speak with one client until it goes."""
    node.connections += 1
    connection = _Connection(node, stream)
    try:
        async with anyio.create_task_group() as tasks:
            await connection.run(tasks)
            tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await stream.aclose()


async def listen(node: FakeNode, home: Home, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
    """Serve a home's socket until `stop`."""
    node.token = write_token(home, os.urandom(32))
    ensure_runtime_directory()
    path = socket_path(home)
    path.unlink(missing_ok=True)
    listener = await anyio.create_unix_listener(path, mode=0o600)
    try:
        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, partial(serve, node))
            task_status.started()
            await node.stopped.wait()
            tasks.cancel_scope.cancel()
    finally:
        path.unlink(missing_ok=True)


@attrs.define
class _Connection:
    """One client: hello, then requests side by side, so that a long poll holds up nobody."""

    node: FakeNode
    stream: ByteStream
    granted: tuple[scopes.Scope, ...] | None = None
    _buffer: bytearray = attrs.field(factory=bytearray)
    _sending: anyio.Lock = attrs.field(factory=anyio.Lock)

    async def run(self, tasks: TaskGroup) -> None:
        try:
            while not self.node.stopped.is_set():
                number, request = read_request(await self._receive())
                if self.granted is None:
                    await self._one(number, request)
                else:
                    tasks.start_soon(self._one, number, request)
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, Hangup):
            return
        except ApiDecodeError as error:
            await self._reply(encode_error(error.request_id or 0, error))

    async def _receive(self) -> bytes:
        while True:
            if len(self._buffer) >= HEADER:
                cap = MAX_HELLO if self.granted is None else MAX_FRAME
                end = HEADER + body_length(bytes(self._buffer[:HEADER]), cap)
                if len(self._buffer) >= end:
                    body = bytes(self._buffer[HEADER:end])
                    del self._buffer[:end]
                    return body
            self._buffer += await self.stream.receive()

    async def _one(self, number: int, request: Request[Any]) -> None:
        try:
            if self.granted is None:
                answer = self._hello(request)
            else:
                scopes.require(request.scope, self.granted)
                answer = await self.node.answer(request)
            frame = encode_result(number, answer)
        except CoalchatError as error:
            frame = encode_error(number, error)
        except Hangup:
            await self.stream.aclose()
            return
        await self._reply(frame)
        if isinstance(request, requests.Stop):
            self.node.stopped.set()
            await self.stream.aclose()

    def _hello(self, request: Request[Any]) -> Response:
        if not isinstance(request, requests.Hello):
            raise Hangup
        if request.token != self.node.token:
            raise NotAuthorised("the token is not this home's")
        if request.api_version != API_VERSION:
            raise ApiVersionMismatch(f"{request.api_version} there, {API_VERSION} here")
        self.granted = tuple(scope for scope in request.scopes if scope in self.node.granted)
        return responses.Welcome(
            api_version=API_VERSION,
            node=node_record(self.node.phase),
            granted=self.granted,
            cursor=len(self.node.happened),
        )

    async def _reply(self, frame: bytes) -> None:
        try:
            async with self._sending:
                await self.stream.send(frame)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return  # it has gone: nobody waits for this


async def _main(home: Home) -> None:
    node = FakeNode(phase=Phase.LOCKED)
    node.add_channel("#ops")
    with anyio.fail_after(60):  # a test that dies must not leave it behind
        await listen(node, home)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", required=True)
    parser.add_argument("--fail", type=int)
    parser.add_argument("--say", default="")
    parser.add_argument("--delay", type=float, default=0.0)
    given = parser.parse_args()
    sys.stderr.write(given.say)
    time.sleep(given.delay)
    if given.fail is not None:
        sys.exit(given.fail)
    place = find_home(given.home)
    try:
        with filelock.FileLock(place.lock, timeout=0):
            anyio.run(_main, place, backend="trio")
    except filelock.Timeout:
        sys.exit(ExitCode.TRY_AGAIN)
