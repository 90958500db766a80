"""Threads: what was answered, and what answers it (SPEC 8.4, 12.14)."""

from __future__ import annotations

from collections.abc import Sequence

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Message
from coalchat.api.scopes import Scope
from coalchat.record import record


@record
class Turn(Response):
    """One message of a thread.

    Attributes:
        message: its newest version that is here.
        name: id of its first version, whether that is here or not: what `to` of others says.
        to: name of what it answers; "": of the thread's first message.
    """

    message: Message
    name: str
    to: str


@record
class ThreadPage(Response):
    """Turns of a thread, by arrival of their first versions.

    Attributes:
        channel_id: where it stands. first: name of its first message, whose turn the newest page begins with.
        next_position: `before_position` of the page before this one. more: there is one.
    """

    channel_id: str
    first: str
    turns: tuple[Turn, ...]
    next_position: int
    more: bool


@record
class ShowThread(Request[ThreadPage]):
    """The thread of a message: what it answers, up to the first that can be read here, and all answers below that.

    The newest page comes first; a page may have no turns and still not be the last.
    Errors: UnknownMessage, Ambiguous; UsageError (it cannot be opened here; a position that is none).

    Attributes:
        id: of any version of any message of it. before_position: 0 for the newest page.
    """

    op = "message.thread"
    scope = Scope.READ
    id: str
    before_position: int


def as_tree(turns: Sequence[Turn]) -> list[tuple[Turn, int]]:
    """Each turn with its depth, answers below what they answer, by arrival.

    Args:
        turns: the first message, then any of its thread. What one answers may not be among them: it then stands below the first.
    """
    if not turns:
        return []
    known = {turn.name for turn in turns}
    first, *rest = turns
    below: dict[str, list[Turn]] = {}
    for turn in rest:
        below.setdefault(turn.to if turn.to in known else first.name, []).append(turn)
    out: list[tuple[Turn, int]] = []
    waiting = [(first, 0)]
    while waiting:
        turn, depth = waiting.pop()
        out.append((turn, depth))
        waiting += [(answer, depth + 1) for answer in reversed(below.get(turn.name, ()))]
    return out
