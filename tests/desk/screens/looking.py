"""What tests of the main screen look at."""

from __future__ import annotations

from coalchat.desk.model.views import MessageLine
from tests.desk.piloting import Seat
from tests.desk.scene import NOW
from tests.fakes.api_node import FakeNode


def quiet_node(messages: int = 0) -> FakeNode:
    """One channel, so many numbered messages of others."""
    node = FakeNode()
    node.add_channel("#ops", "XAA", "XBB", "XCC")
    for number in range(messages):
        node.add_message("#ops", f"message number {number}", author_time=NOW - 60 * (messages - number))
    return node


def selected(desk: Seat) -> str:
    """Text of the message under the cursor, or ""."""
    line = desk.main.timeline.selected
    return line.text if line is not None else ""


def lines(desk: Seat) -> list[MessageLine]:
    """The messages of the shown channel."""
    return [item for item in desk.main.timeline.window.items if isinstance(item, MessageLine)]


def is_shown(desk: Seat, title: str) -> bool:
    return desk.app.desk.head().title == title


def is_read(desk: Seat, title: str) -> bool:
    """Whether the list says that nothing is new there."""
    return not any(row.unread for row in desk.app.desk.channels() if row.title == title)


# --- showing ---
