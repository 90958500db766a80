"""`coalchat send`, `coalchat forward`, `coalchat correct`, `coalchat recall`: one message.

Rule 1: the whole marking and who can read it are shown before anything is sent; the node decides, and says which clause
refuses.
Rule 2: the answer is written as soon as the message is durable: who waits longer and gives up still knows its id.
"""

from __future__ import annotations

import sys
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.api.vocabulary import Precedence, State
from coalchat.cli.handling import Yes, confirm, precedence_of
from coalchat.cli.options import Asked, asked_of
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.api.responses import LabelPreview, Sent
    from coalchat.client import Client

WAIT = 60.0
"""Seconds that --wait waits without --timeout."""
MAX_INPUT = 65_536
"""Bytes read of stdin: more than any message has; the node says what is too long."""


class Wait(StrEnum):
    """What --wait waits for."""

    DELIVERED = "delivered"
    READ = "read"
    ACKED = "acked"

    @property
    def state(self) -> State:
        """The state of the local API."""
        return State.ACKNOWLEDGED if self is Wait.ACKED else State(self.value)


def send(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="Title or id, or @NAME or @ID of a device: a direct message.")],
    text: Annotated[str | None, typer.Argument(metavar="[TEXT|-]", help="The message; - or nothing: all of stdin.")] = None,
    *,
    label: Annotated[str, typer.Option("--label", help="[policy] LEVEL [CATEGORY] [REL [TO] A, B]")],
    precedence: Annotated[Precedence, typer.Option("--precedence", case_sensitive=False)] = Precedence.ROUTINE,
    ack_by: Annotated[str | None, typer.Option("--ack-by", metavar="DTG", help="Ask for acknowledgement by then.")] = None,
    wait: Annotated[Wait | None, typer.Option("--wait", help="Until a device of each other nation has it, or its person read or acknowledged it.")] = None,
    timeout: Annotated[float, typer.Option("--timeout", metavar="S", min=0, help="Seconds to wait.")] = WAIT,
    key: Annotated[str | None, typer.Option("--key", metavar="ID", help="Your own id: sent once, however often you try.")] = None,
    reply_to: Annotated[str, typer.Option("--reply-to", metavar="ID", help="Message that it answers.")] = "",
    quote: Annotated[list[str] | None, typer.Option("--quote", metavar="ID", help="Message that it repeats; may be given several times.")] = None,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Send a message.

    \b
    coalchat send "#ops" "convoy at PL RED" --label "SECRET REL XAA, XBB" --wait delivered
    coalchat send @Kowal "meet at PL RED" --label SECRET
    coalchat send "#ops" "confirmed" --quote 3f2a9c --label SECRET
    tail -1 sensor.log | coalchat send "#alerts" --label RESTRICTED --key sensor-7-0042

    Its id goes to stdout once it is durable on this node. Without REL the channel's nations are written out. With --wait and --json a second object has the deliveries; exit
    code 4 says that somebody has not got it yet: it stays queued. FLASH is confirmed before it leaves, and what is below IMMEDIATE where MINIMIZE is in force: at your terminal, or by --yes.
    """
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    message = _text(asked, text)
    by = deadline(ack_by)

    async def act(client: Client) -> None:
        preview = await show_preview(client, asked, channel, label)
        considered = confirm(asked, precedence, message, preview.minimize, yes=yes)
        sent = await client.send(
            channel,
            message,
            label,
            precedence=precedence,
            ack_by=by,
            client_id=key,
            reply_to=reply_to,
            quotes=quote or (),
            considered=considered,
        )
        _tell(asked, sent)
        if wait is not None:
            await _wait(client, asked, sent, wait.state, timeout)

    with_node(asked, act)


def forward(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of a message, or how it begins.")],
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="Title or id, or @NAME or @ID of a device.")],
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="What you say to it.")] = "",
    *,
    label: Annotated[str, typer.Option("--label", help="[policy] LEVEL [CATEGORY] [REL [TO] A, B]")],
    precedence: Annotated[Precedence, typer.Option("--precedence", case_sensitive=False)] = Precedence.ROUTINE,
    key: Annotated[str | None, typer.Option("--key", metavar="ID", help="Your own id: sent once, however often you try.")] = None,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Repeat a message elsewhere, with its label.

    \b
    coalchat forward 3f2a9c "#coalition" --label "SECRET REL XAA, XBB"

    Its label is the lock there too: yours is at least of its level, bears its category, and names no nation to which it is not released. Otherwise it is refused (exit
    code 3) and nothing leaves.
    """
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    said = _said(text) if text else ""

    async def act(client: Client) -> None:
        preview = await show_preview(client, asked, channel, label)
        considered = confirm(asked, precedence, said, preview.minimize, yes=yes)
        _tell(
            asked,
            await client.send(
                channel, said, label, precedence=precedence, client_id=key, quotes=[message], considered=considered
            ),
        )

    with_node(asked, act)


def correct(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of a message of yours, or how it begins.")],
    text: Annotated[str | None, typer.Argument(metavar="[TEXT|-]", help="All of the new text; - or nothing: all of stdin.")] = None,
    *,
    key: Annotated[str | None, typer.Option("--key", metavar="ID", help="Your own id: sent once, however often you try.")] = None,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Sign a new version of a message of yours.

    \b
    coalchat correct 3f2a9c "hold at PL BLUE"

    It goes where the first one went, under the same label, and is read and acknowledged by itself: what was acknowledged before was the other text. Readers see where the
    newest version stands, and `coalchat read --history MESSAGE` has them all: nothing that was said is changed. It goes with the precedence of the first one: of a FLASH it is confirmed, at your
    terminal or by --yes; MINIMIZE does not hold it up.
    """
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    said = _text(asked, text)

    async def act(client: Client) -> None:
        confirm(asked, await precedence_of(client, message), said, None, yes=yes)
        _tell(asked, await client.correct(message, said, client_id=key))

    with_node(asked, act)


def recall(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of a message of yours, or how it begins.")],
    *,
    spill: Annotated[bool, typer.Option("--spill", help="It was sent under too low a label: readers are told so.")] = False,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Recall a message of yours.

    \b
    coalchat recall 3f2a9c --spill
    coalchat status 3f2a9c

    Its readers' devices forget what it says, with all its versions, and confirm it; a line stays with author, time and label. `status` names who has confirmed and who has not.
    It is no more than their devices' word: what was read, copied, quoted or exported before is not recalled by this. The recall of a FLASH is one, and confirmed as such.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        confirm(asked, (await client.message(message)).precedence, "", None, yes=yes)
        told = await client.recall(message, spill=spill)
        show(asked, told, [told.entry_id])

    with_node(asked, act)


def _text(asked: Asked, given: str | None) -> str:
    """The message: an argument, or all of stdin without the line ends after it."""
    if given is not None and given != "-":
        data = given.encode("utf-8", "surrogateescape")
    else:
        if given is None and sys.stdin.isatty():
            raise UsageError("the message is missing", hint="give TEXT, or - to type it and end with Ctrl-D")
        if asked.passphrase_fd == 0:
            raise UsageError("message and passphrase cannot both come from stdin")
        data = sys.stdin.buffer.read(MAX_INPUT).rstrip(b"\r\n")
    if not data:
        raise UsageError("the message is empty")
    return _decoded(data)


def _said(given: str) -> str:
    """An argument as text."""
    return _decoded(given.encode("utf-8", "surrogateescape"))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("the message is not UTF-8") from None


def deadline(ack_by: str | None) -> int:
    """The time of `--ack-by`; 0: not asked.

    Raises:
        UsageError: it is none, or past.
    """
    from coalchat.cli.times import parse_time

    if ack_by is None:
        return 0
    by = parse_time(ack_by)
    if by <= time.time():
        raise UsageError(f"--ack-by {ack_by} is in the past")
    return by


async def show_preview(client: Client, asked: Asked, channel: str, label: str) -> LabelPreview:
    """Say who will be able to read it."""
    from coalchat.cli.beside import beside_of
    from coalchat.cli.label import preview_lines
    from coalchat.cli.output import note

    preview = await client.preview(channel, label)
    # Denied or not, the node is asked to send: its refusal is what stands in the audit record.
    if preview.denied is None:
        lines = preview_lines(preview, (await beside_of(client)).words(preview.level))
        note(asked, [*(["EXERCISE EXERCISE EXERCISE"] if client.node.exercise else []), *lines])
    return preview


def _tell(asked: Asked, sent: Sent) -> None:
    from coalchat.cli.output import note, show

    show(asked, sent, [sent.entry_id])
    if sent.repeated:
        note(asked, ["sent before under this key; nothing was sent now"])


async def _wait(client: Client, asked: Asked, sent: Sent, state: State, within: float) -> None:
    from coalchat.cli.output import show
    from coalchat.cli.status import delivery_lines

    status = await client.wait_status(sent.entry_id, state, within)
    show(asked, status, delivery_lines(status))
