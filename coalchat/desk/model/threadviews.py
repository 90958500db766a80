"""What the thread screen shows. The rules of `views` hold."""

from __future__ import annotations

from coalchat.desk.model.views import MessageLine
from coalchat.record import record


@record
class ThreadRow:
    """A message of a thread.

    Attributes:
        name: id of its first version: it stays when a newer one comes. depth: 0 for the first message; an answer is one
            deeper than what it answers.
    """

    name: str
    depth: int
    line: MessageLine


@record
class ThreadView:
    """A thread.

    Attributes:
        channel: title of where it stands. rows: answers below what they answer. asked: key of the message that it was opened on.
        known: the node has answered. whole: with all of it. trouble: why it has not, or "".
    """

    channel: str
    rows: tuple[ThreadRow, ...]
    asked: str
    known: bool
    whole: bool
    trouble: str
