"""`coalchat status`: the node at a glance, or who has a message."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from coalchat.api.vocabulary import Gap, State
from coalchat.cli.options import asked_of

if TYPE_CHECKING:
    from coalchat.api.about import Checkpointed
    from coalchat.api.responses import MessageStatus, Status
    from coalchat.client import Client

GAPS: Final = {
    Gap.NONE: "",
    Gap.NO_DEVICE: "no device is known that could read it",
    Gap.QUEUED: "queued here, nothing has left for his nation",
    Gap.SENT: "left for his nation, nothing heard of his device",
    Gap.HELD: "held by another nation's node, nothing heard of his device",
    Gap.UNREAD: "on his device, not read",
    Gap.UNACKNOWLEDGED: "read, not acknowledged",
    Gap.REFUSED: "refused",
    Gap.EXPIRED: "expired before it was delivered",
}
"""What is missing, in words."""


def status(
    context: typer.Context,
    message: Annotated[str | None, typer.Argument(metavar="[MESSAGE]", help="Id of a message, or how it begins.")] = None,
) -> None:  # fmt: skip
    """Show who has a message, or without one how this node stands.

    \b
    coalchat status 3f2a9c

    A state says no more than what is known: "delivered", "read" and "acknowledged" are the recipient's own signed receipts. Who has said nothing is no further than
    his nation: "sent" says that a node of it has the message, not who has seen it. Then come, by nation, how many have done what it asks for, and who has not, and why.
    """
    from coalchat.cli.beside import beside_of, marked
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node
    from coalchat.record import values_of

    asked = asked_of(context)

    async def act(client: Client) -> None:
        if message is None:
            whole = await client.status()
            show(asked, whole, status_lines(whole))
        else:
            one = await client.message_status(message)
            beside, level = await beside_of(client), (await client.message(one.entry_id)).level
            covered = [] if one.checkpoint is None else [covered_line(one.checkpoint)]
            head = f"{one.entry_id}  {marked(one.marking, beside.words(level))}"
            record = values_of(one) | {"national": beside.marking(level)}
            show(asked, record, [head, *covered, *delivery_lines(one), *asked_lines(one), *recall_lines(one)])

    with_node(asked, act)


def covered_line(checkpoint: Checkpointed) -> str:
    """That a checkpoint covers an entry."""
    from coalchat.cli.times import dtg

    return f"post-quantum signed up to number {checkpoint.up_to} of its feed, by its device's checkpoint of {dtg(checkpoint.at)}"


def status_lines(status: Status) -> list[str]:
    """The node at a glance."""
    from coalchat.cli.peer import link_lines
    from coalchat.cli.times import dtg

    node = status.node
    lines = [f"node {status.version}, {node.phase}, process {status.pid}, since {dtg(status.started)}"]
    if node.coalition:
        kind = "EXERCISE coalition" if node.exercise else "coalition"
        lines = [
            f"{node.person} of {node.nation}, {node.role}, device {node.device}, in the {kind} {node.coalition}",
            f"cleared for {node.clearance}",
            *lines,
        ]
    if status.listen:
        lines.append(f"listens at {', '.join(status.listen)}")
    if node.coalition:
        lines.append(f"{status.unread} unread, {status.queued} queued")
    return [
        *lines,
        *(f"link  {line}" for line in link_lines(status.links)),
        *(f"warning: {warning}" for warning in status.warnings),
    ]


def recall_lines(status: MessageStatus) -> list[str]:
    """That a message was recalled, and which devices say that they keep nothing of it."""
    from coalchat.cli.output import columns
    from coalchat.cli.times import dtg

    recall = status.recall
    if recall is None:
        return []
    why = ", SPILL: it had been sent under too low a label" if recall.spill else ""
    rows = [
        (
            "  " + one.nation,
            "-" if one.person is None else f"{one.person} ({one.device})",
            f"says it is purged  {dtg(one.at)}" if one.at else "NOT CONFIRMED",
        )
        for one in status.confirmations
    ]
    head = f"recalled {dtg(recall.time)}{why}; purge confirmed by {recall.confirmed} of {recall.asked} devices, by their word:"
    return [head, *(columns(rows) if rows else [])]


def asked_lines(status: MessageStatus) -> list[str]:
    """What a message asks for, and by when; then of each nation how many have done it, and who has not, and why."""
    from coalchat.cli.output import columns
    from coalchat.cli.times import dtg, remaining

    now = int(time.time())
    lines = []
    if status.ack_by:
        lines.append(f"acknowledge by {dtg(status.ack_by)}: {_left(status, status.ack_by, now, remaining)}")
    elif any(one.state.rank < State.DELIVERED.rank for nation in status.nations for one in nation.missing):
        left = _left(status, status.handle_by, now, remaining)
        lines.append(f"{status.precedence}, to be delivered by {dtg(status.handle_by)}: {left}")
    for nation in status.nations:
        expected = f"{nation.reached} of {nation.expected} {status.asked}" if nation.expected else "nobody known"
        deputy = next((f"  deputy {one.person}" for one in status.deputies if one.nation == nation.nation), "")
        lines.append(f"{nation.nation}  {expected}{deputy}")
        rows = [
            (
                "  missing",
                one.person or "-",
                GAPS[one.gap],
                f"since {dtg(one.since)}" if one.since else "",
                "LATE" if one.late else "",
                one.reason,
            )
            for one in nation.missing
        ]
        lines += columns(rows) if rows else []
    return lines


def _left(status: MessageStatus, by: int, now: int, words: Callable[[int], str]) -> str:
    if not any(nation.missing for nation in status.nations):
        return "everybody has"
    return f"OVERDUE {words(now - by)}" if by <= now else f"{words(by - now)} left"


def delivery_lines(status: MessageStatus) -> list[str]:
    """How far a message is with each recipient, and what he answered."""
    from coalchat.cli.ack import acknowledged
    from coalchat.cli.output import columns
    from coalchat.cli.times import dtg

    rows = [
        (
            delivery.nation,
            "-" if delivery.person is None else f"{delivery.person} ({delivery.device})",
            delivery.state if delivery.answer is None else acknowledged(delivery.answer),
            dtg(delivery.since),
            delivery.reason,
        )
        for delivery in status.deliveries
    ]
    return list(columns(rows))
