"""A desk's model driven by a scripted node, step by step and without a loop; a mirror follows the splices.

After each step: the mirror is the timeline, and the timeline is what would be laid out anew.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

import attrs

from coalchat.api.base import Request, Response
from coalchat.api.requests import ListMessages, SendMessage
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.views import Item, MessageLine, NodeState, UnreadLine
from coalchat.errors import CoalchatError
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW

ALL: Final = ("XAA", "XBB", "XCC")


def answer_of(node: FakeNode, request: Request[Any]) -> Response:
    """What the node says at once; it waits for nothing but events."""
    coroutine = node.answer(request)
    try:
        coroutine.send(None)
    except StopIteration as done:
        answer: Response = done.value
        return answer
    coroutine.close()
    raise AssertionError("the node waits")


@attrs.define(eq=False)
class Driver:
    """Attributes:
    waiting: requests that the node has not had yet. asked: all that it has had.
    changes: of the last act with all that followed from it.
    """

    node: FakeNode
    desk: Desk = attrs.field(factory=Desk)
    now: int = NOW
    cursor: int = 0
    waiting: deque[Request[Any]] = attrs.field(factory=deque)
    asked: list[Request[Any]] = attrs.field(factory=list)
    mirror: list[Item] = attrs.field(factory=list)
    changes: Changes = attrs.field(factory=Changes)
    sent: int = 0

    # --- as the session does ---

    def step(self, changes: Changes) -> Changes:
        """Take up what an act asks for; the node hears nothing yet."""
        if changes.reset:
            self.mirror = list(self.desk.items)
        else:
            for splice in changes.splices:
                self.mirror[splice.at : splice.at + splice.removed] = splice.items
        assert self.mirror == self.desk.items
        assert not changes.splices or Part.TIMELINE in changes.parts
        timeline = self.desk._state.timeline
        assert timeline is None or timeline.lay_out() == self.desk.items
        self.waiting.extend(ask for ask in changes.asks if ask not in self.waiting)
        self.changes += changes
        return changes

    def answer_one(self) -> None:
        """Let the node answer the oldest request."""
        request = self.waiting.popleft()
        self.asked.append(request)
        try:
            answer = answer_of(self.node, request)
        except CoalchatError as error:
            self.step(self.desk.fail(request, error, self.now))
        else:
            self.step(self.desk.take(request, answer, self.now))

    def tell_one(self) -> bool:
        """Let the desk hear of the next event."""
        if self.cursor >= len(self.node.happened):
            return False
        event = self.node.happened[self.cursor]
        self.cursor += 1
        self.step(self.desk.event(event, self.now))
        return True

    def settle(self) -> None:
        """Everything asked is answered, everything that happened is told."""
        for _ in range(10_000):
            if self.waiting:
                self.answer_one()
            elif not self.tell_one():
                return
        raise AssertionError("it never comes to rest")

    def do(self, changes: Changes) -> Changes:
        """An act, and all that follows from it."""
        self.changes = Changes()
        self.step(changes)
        self.settle()
        return self.changes

    def start(self) -> None:
        """The first connection: only what happens from now on is told."""
        self.cursor = len(self.node.happened)
        self.step(self.desk.node(NodeState.UP))
        self.do(self.desk.start())

    def reconnect(self) -> None:
        """The connection was lost and is there again; the request under way is asked again."""
        self.step(self.desk.node(NodeState.RESTARTING))
        self.step(self.desk.node(NodeState.UP))
        self.step(self.desk.start())

    # --- as the person does ---

    def show(self, title: str) -> Changes:
        return self.do(self.desk.show(self.node.find_channel(title).id, self.now))

    def send(self, text: str) -> Changes:
        """Send, and wait for all that follows."""
        return self.do(self.begin_sending(text))

    def begin_sending(self, text: str) -> Changes:
        """The act of sending alone."""
        self.sent += 1
        return self.desk.send(text, f"client-{self.sent}", self.now)

    # --- looking ---

    @property
    def lines(self) -> list[MessageLine]:
        return [item for item in self.desk.items if isinstance(item, MessageLine)]

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    @property
    def unread(self) -> UnreadLine | None:
        return next((item for item in self.desk.items if isinstance(item, UnreadLine)), None)

    def line(self, text: str) -> MessageLine:
        """The line with this text."""
        (found,) = [line for line in self.lines if line.text == text]
        return found

    def pages(self) -> list[ListMessages]:
        """Pages of messages that were asked for."""
        return [request for request in self.asked if isinstance(request, ListMessages)]

    def sends(self) -> list[SendMessage]:
        """Messages that were asked to be sent."""
        return [request for request in self.asked if isinstance(request, SendMessage)]


def started(*titles: str, node: FakeNode | None = None) -> Driver:
    """A desk at a node with these channels, all for XAA, XBB and XCC, the first of them shown."""
    node = node or FakeNode()
    for title in titles or ("ops-north",):
        node.add_channel(title, "XAA", "XBB", "XCC")
    driver = Driver(node)
    driver.start()
    return driver


def full(count: int, title: str = "ops-north") -> FakeNode:
    """A node with a channel and this many messages in it."""
    node = FakeNode()
    node.add_channel(title, *ALL)
    for number in range(count):
        node.add_message(title, f"message {number}")
    return node


def connected(node: FakeNode) -> Driver:
    driver = Driver(node)
    driver.start()
    return driver


def miss(driver: Driver, count: int) -> None:
    """Let this many messages come while nobody listens, and come back."""
    for number in range(count):
        driver.node.add_message("ops-north", f"more {number}")
    driver.cursor = len(driver.node.happened)
    driver.reconnect()
    driver.settle()
