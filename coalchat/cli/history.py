"""`coalchat history`: a device asks another of its nation for what it cannot read; a person there decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Noun, asked_of

if TYPE_CHECKING:
    from coalchat.api.history import HistoryApproved, HistoryAsked, HistoryRequest
    from coalchat.client import Client

history = Noun("History that another device of this nation hands over.")

Id = Annotated[str, typer.Argument(metavar="REQUEST", help="Its id, or the beginning of one.")]


@history.verb("ask")
def ask(
    context: typer.Context,
    device: Annotated[
        str,
        typer.Option(
            "--from", metavar="DEVICE", help="Its id, or the first 8 hex digits or more; else the custodian's."
        ),
    ] = "",
    channel: Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="Of this channel only.")] = "",
) -> None:
    """Ask for messages that this device came too late to read.

    \b
    coalchat history ask --channel "#ops"

    Up to 1,000 of them, the newest, from the day on that this device was certified, up to its clearance. A person at the other
    device sees how many, and decides; what comes then stands at the end of its channel.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> HistoryAsked:
        return await client.ask_history(device, channel)

    made = with_node(asked, act)
    show(asked, made, [f"asked {made.person} ({made.device_id[:12]}) for {made.asked}"])


@history.verb("list")
def list_requests(context: typer.Context) -> None:
    """Show who asks this device for history, and what would go.

    \b
    coalchat history list --json
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> tuple[HistoryRequest, ...]:
        return await client.history_requests()

    for one in with_node(asked, act):
        show(asked, one, request_lines(one))


def request_lines(one: HistoryRequest) -> Iterator[str]:
    """A request in words."""
    from coalchat.cli.output import short
    from coalchat.cli.times import dtg

    yield f"{short(one.id)}  {one.person} ({one.device}), device {one.device_id}, {dtg(one.at)}"
    if one.givable:
        yield f"  {one.givable} of {one.asked} would go, of segments from {dtg(one.first)} to {dtg(one.last)}:"
        yield from (f"  {marking}" for marking in one.markings)
    else:
        yield f"  none of {one.asked} would go"


@history.verb("approve")
def approve(context: typer.Context, request: Id) -> None:
    """Let a device have what it asks for.

    \b
    coalchat history approve 3f9a

    Look at `coalchat history list` first: the texts leave this device, for one that can then keep them.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> HistoryApproved:
        return await client.approve_history(request)

    done = with_node(asked, act)
    show(asked, done, [f"{done.given} of {done.asked} go to {done.device_id}"])


@history.verb("refuse")
def refuse(context: typer.Context, request: Id) -> None:
    """Let a device have nothing.

    \b
    coalchat history refuse 3f9a
    """
    from coalchat.cli.session import with_node

    async def act(client: Client) -> None:
        await client.refuse_history(request)

    with_node(asked_of(context), act)
