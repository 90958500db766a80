"""The first questions to a node that runs already: asked before there is a loop, so that the first picture is the desk.

The session's connection takes longer to load than a node takes to answer. So what the desk shows first is asked over a
plain socket; then the session connects and asks all of it again. Nothing rests on these answers but that picture.

Rule 1: what can be asked at once goes out before Textual is loaded: the node answers meanwhile.
Rule 2: it waits `PATIENCE` in all, and for nobody: no node, a locked one or a slow one is the session's business, which
says so.
Rule 3: the directory of the socket is checked before anything is sent, as the client does it.
Rule 4: the model is filled whole or not at all: half of what is to be shown would be a picture of nothing.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from coalchat.api.base import API_VERSION, NEWEST, A_co, Request, Response
from coalchat.api.codec import HEADER, Reply, body_length, decode_result, encode_request, read_reply
from coalchat.api.nouns import Level
from coalchat.api.requests import Hello, NextEvents, PreviewLabel
from coalchat.api.responses import Policy
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Phase
from coalchat.desk.model.changes import Changes
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.views import NodeState
from coalchat.errors import ApiDecodeError, NodeGone, NodeUnavailable
from coalchat.paths import Home, check_runtime_directory, read_token, socket_candidates
from coalchat.record import record

PATIENCE: Final = 0.25
"""Seconds of waiting, for all answers together."""
NAME: Final = "desk"
BEGIN: Final = NextEvents(cursor=NEWEST, limit=1, wait_seconds=0)
"""Asks from where on the desk listens."""
Clock: TypeAlias = Callable[[], float]


class Asking:
    """Questions over a socket that waits; those that are known together go out together."""

    def __init__(
        self, stream: socket.socket, hello: Hello, clock: Clock = time.monotonic, patience: float = PATIENCE
    ) -> None:
        self._stream, self._clock = stream, clock
        self._hello: Hello | None = hello
        self._patience = patience
        self._last = 0
        self._sent: dict[Request[Any], int] = {}
        self._replies: dict[int, Reply] = {}
        self.begin((hello,))

    def begin(self, requests: Iterable[Request[Any]]) -> None:
        """Ask, and do not wait: whoever asks the same later gets this answer. Raises: OSError."""
        frames = []
        for request in requests:
            self._last += 1
            self._sent[request] = self._last
            frames.append(encode_request(self._last, request))
        self._stream.settimeout(self._patience)
        self._stream.sendall(b"".join(frames))

    def ask(self, request: Request[A_co]) -> A_co:
        """The answer.

        Raises:
            NodeUnavailable: it is locked, or of another version. CoalchatError: as the node raised it.
            NodeGone: it has closed. ApiDecodeError: it answers something else.
            OSError: the socket failed, or the time is up.
        """
        self._greet()
        return self._answer(request)

    def ask_all(self, requests: Sequence[Request[Any]]) -> list[Response]:
        """The answers, in the order of the questions. Raises: as `ask`."""
        self._greet()
        self.begin(request for request in requests if request not in self._sent)
        return [self._answer(request) for request in requests]

    def _greet(self) -> None:
        hello, self._hello = self._hello, None
        if hello is not None:
            welcome = self._answer(hello)
            if welcome.api_version != API_VERSION or welcome.node.phase is not Phase.UNLOCKED:
                raise NodeUnavailable("not now")

    def _answer(self, request: Request[A_co]) -> A_co:
        if request not in self._sent:
            self.begin((request,))
        number = self._sent.pop(request)
        while number not in self._replies:
            reply = read_reply(self._bytes(body_length(self._bytes(HEADER))))
            if not 0 < reply.id <= self._last or reply.id in self._replies:
                raise ApiDecodeError("an answer to no request")
            self._replies[reply.id] = reply
        reply = self._replies[number]
        if reply.error is not None:
            raise reply.error
        return decode_result(_class_of(request), reply.fields or {})

    def _bytes(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            data += self._piece(count - len(data))
        return bytes(data)

    def _piece(self, count: int) -> bytes:
        if self._patience <= 0:
            raise TimeoutError
        self._stream.settimeout(self._patience)
        begun = self._clock()
        piece = self._stream.recv(count)
        self._patience -= self._clock() - begun
        if not piece:
            raise NodeGone
        return piece


def _class_of(request: Request[A_co]) -> type[Request[A_co]]:
    return type(request)


@contextmanager
def first_questions(
    home: Home, environ: Mapping[str, str], known: Iterable[Request[Any]] = (), patience: float = PATIENCE
) -> Iterator[Asking]:
    """A node of this home, to ask; `known` are the questions that go out at once.

    Raises:
        NodeUnavailable: there is none. CoalchatError, OSError: as `Asking.ask`.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
        stream.settimeout(patience)
        _dial(stream, home, environ)
        hello = Hello(api_version=API_VERSION, client_name=NAME, token=read_token(home), scopes=(Scope.READ,))
        asking = Asking(stream, hello, patience=patience)
        asking.begin(known)
        yield asking


@record(kw_only=False)
class Foreseen:
    """A model that knows what it shows first.

    Attributes:
        cursor: from where on to listen. levels: of the coalition's policy.
    """

    desk: Desk
    cursor: int
    levels: tuple[Level, ...]


def first_requests() -> tuple[Request[Any], ...]:
    """What is known to be asked before anything is."""
    return (BEGIN, *Desk().start().asks)


def foresee(node: Asking, now: int) -> Foreseen:
    """Ask for all that the desk shows first.

    Raises:
        as `Asking.ask`.
    """
    desk = Desk()
    levels: tuple[Level, ...] = ()
    cursor = node.ask(BEGIN).next_cursor
    waiting = _added([], desk.node(NodeState.UP) + desk.start())
    while waiting:
        asked, waiting = waiting, []
        for request, answer in zip(asked, node.ask_all(asked), strict=True):
            if isinstance(answer, Policy):
                levels = answer.levels
            waiting = _added(waiting, desk.take(request, answer, now))
    return Foreseen(desk, cursor, levels)


def _added(waiting: list[Request[Any]], changes: Changes) -> list[Request[Any]]:
    """With what these ask for, once; of previews in a channel the newest only, as the session does it."""
    for request in changes.asks:
        if isinstance(request, PreviewLabel):
            channel = request.channel
            waiting = [one for one in waiting if not (isinstance(one, PreviewLabel) and one.channel == channel)]
        if request not in waiting:
            waiting.append(request)
    return waiting


def _dial(stream: socket.socket, home: Home, environ: Mapping[str, str]) -> None:
    for path in socket_candidates(home, environ):
        if not path.exists():
            continue
        check_runtime_directory(path.parent)
        stream.connect(str(path))
        return
    raise NodeUnavailable("none runs on this home")
