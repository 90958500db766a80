"""`coalchat tail`: messages as they come, and what becomes of them: for programs, and for who reads line by line.

Rule 1: it follows the node's events by cursor: with `--cursor` nothing is lost and nothing comes twice between two runs.
Rule 2: a message begins with its marking, a change of state too: who hears the screen read knows it first.
Rule 3: what is here already comes first for people, as tail(1) does it, and for programs where they ask; it has no cursor.
Rule 4: a change of state is a line of its own, never a change of a line that was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalchat.api.base import MAX_LIMIT, NEWEST
from coalchat.api.events import (
    Body,
    ControlChanged,
    MessageArrived,
    MessageMarked,
    MessagePurged,
    ReceiptArrived,
    StateChanged,
)
from coalchat.api.vocabulary import ControlSubject, Flag, State
from coalchat.cli.options import Asked, asked_of
from coalchat.errors import UnknownMessage, UsageError

if TYPE_CHECKING:
    from coalchat.api.nouns import Message
    from coalchat.api.responses import MessageStatus
    from coalchat.cli.beside import Beside
    from coalchat.client import Client

LINES = 10
"""Messages shown first, as tail(1) does."""
BEYOND = 2**53
"""A position that no message has: asks whether there is such a channel, and for nothing else."""
Change = ReceiptArrived | StateChanged | MessagePurged | MessageMarked
"""What becomes of a message."""


def tail(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="[CHANNEL]", help="Title or id; without it all.")] = "",
    lines: Annotated[
        int | None, typer.Option("-n", "--lines", metavar="N", min=0, max=MAX_LIMIT, help="First the last N that are here: 10; 0 with --json.")
    ] = None,
    count: Annotated[int | None, typer.Option("--count", metavar="N", min=1, help="Stop after so many that come.")] = None,
    cursor: Annotated[
        int | None, typer.Option("--cursor", metavar="C", min=0, help="Go on behind this event: `cursor` of a line.")
    ] = None,
    states: Annotated[
        bool | None, typer.Option("--states/--no-states", help="Also what becomes of messages; with --json only if asked for.")
    ] = None,
) -> None:  # fmt: skip
    """Show the last messages, then those that come.

    It ends when you interrupt it.

    \b
    coalchat tail "#ops"
    coalchat tail -n 0
    coalchat tail --json --cursor 1042

    The marking comes first, always; who has a message, read or acknowledged it, and what was corrected or recalled, comes as lines of their own.
    With --json each line has a `cursor`: a program that keeps the last one goes on there and misses nothing.
    """
    from coalchat.cli.beside import beside_of
    from coalchat.cli.reading import show_message
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    told = not asked.as_json if states is None else states
    if cursor is not None and lines:
        raise UsageError("--lines and --cursor exclude each other: behind a cursor nothing is left out")
    if lines is None:
        lines = 0 if asked.as_json or cursor is not None else LINES

    async def act(client: Client) -> None:
        beside = await beside_of(client)
        shown = await _last(asked, client, channel, lines, beside)
        left = count
        async for event in client.events(cursor):
            if isinstance(event.body, MessageArrived):
                message = None if event.body.position <= shown else await _at(client, channel, event.body.position)
                if message is not None:
                    show_message(asked, client, message, beside, cursor=event.cursor)
                    left = None if left is None else left - 1
            elif isinstance(event.body, ControlChanged) and event.body.subject is ControlSubject.CHARTER:
                beside = await beside_of(client)
            elif told and isinstance(event.body, Change):
                await _tell(asked, client, channel, event.body, event.cursor, beside)
            if left == 0:
                return

    with_node(asked, act)


async def _last(asked: Asked, client: Client, channel: str, lines: int, beside: Beside) -> int:
    """Show the last messages that are here; the position up to which they are told. The channel's name is checked too."""
    from coalchat.cli.reading import show_message

    page = await client.messages(channel, before=NEWEST, limit=lines) if lines else None
    if page is None:
        if channel:
            await client.messages(channel, BEYOND, 1)
        return 0
    for message in page.messages:
        show_message(asked, client, message, beside)
    return max((message.position for message in page.messages), default=0)


async def _at(client: Client, channel: str, position: int) -> Message | None:
    """The message at a position, if it is in the channel."""
    page = await client.messages(channel, position - 1, 1)
    return next((one for one in page.messages if one.position == position), None)


async def _tell(asked: Asked, client: Client, channel: str, body: Change, cursor: int, beside: Beside) -> None:
    from coalchat.cli.output import show

    try:
        message = await client.message(body.entry_id)
    except UnknownMessage:
        return
    if channel and await _at(client, channel, message.position) is None:
        return
    answered = isinstance(body, ReceiptArrived) and body.state is State.ACKNOWLEDGED
    status = await client.message_status(body.entry_id) if answered else None
    said = change_words(body, message, status)
    if said:
        record = change_record(body, message, said, cursor) | {"national": beside.marking(message.level)}
        show(asked, record, [change_line(message, said, exercise=client.node.exercise)])


def change_record(body: Body, message: Message, said: str, cursor: int) -> dict[str, Any]:
    """A change of state for programs: `event` tells it from a message, which has none."""
    from coalchat.record import values_of

    about = {"entry_id": message.entry_id, "channel_id": message.channel_id, "marking": message.marking}
    return {"event": body.kind, **about, **values_of(body), "said": said, "cursor": cursor}


def change_line(message: Message, said: str, *, exercise: bool) -> str:
    """One line: marking, which message, what became of it."""
    from coalchat.cli.output import short
    from coalchat.cli.times import dtg

    marking = f"EXERCISE {message.marking}" if exercise else message.marking
    words = (f"[{marking}]", message.channel_title, short(message.entry_id), f"of {dtg(message.author_time)}", said)
    return "  ".join(words)


def change_words(body: Change, message: Message, status: MessageStatus | None) -> str:
    """What became of a message; "" of what shows nowhere.

    Args:
        status: of an acknowledgement, who has it: its words stand there.
    """
    match body:
        case ReceiptArrived():
            return f"{body.nation} {body.person} ({body.device}): {_receipt(body, status)}"
        case StateChanged():
            return f"{body.nation}: {body.state}" + (f", {body.reason}" if body.reason else "")
        case MessagePurged():
            return message.text
        case MessageMarked():
            return "; ".join(_marks(message))


def _receipt(body: ReceiptArrived, status: MessageStatus | None) -> str:
    from coalchat.cli.ack import acknowledged

    rows = () if status is None else status.deliveries
    for row in rows:
        if (row.nation, row.person, row.device) == (body.nation, body.person, body.device) and row.answer is not None:
            return acknowledged(row.answer) + (f": {row.reason}" if row.reason else "")
    return body.state.value


def _marks(message: Message) -> list[str]:
    said = ["DISPUTED: two entries stand at this number"] if Flag.DISPUTED in message.flags else []
    if message.disowned is not None:
        said.append(f"DISOWNED BY {message.disowned.nation}")
    if Flag.CORRECTED in message.flags:
        said.append(message.text)
    if message.recall is not None:
        said.append(f"{message.recall.confirmed} of {message.recall.asked} devices say that they purged it")
    return said
