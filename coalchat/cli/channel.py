"""`coalchat channel`: where messages go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Noun, asked_of
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.api.nouns import Channel
    from coalchat.client import Client

channel = Noun("Channels: who is in them, and how high they may go.")


@channel.verb("create")
def create(
    context: typer.Context,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Its name, e.g. #ops.")],
    members: Annotated[str, typer.Option("--members", metavar="XAA,XBB", help="Nations, this device's among them.")],
    ceiling: Annotated[str, typer.Option("--ceiling", metavar="LABEL", help="Highest label in it, without REL.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What it is for, in a line.")] = "",
) -> None:
    """Found a channel, and tell its members' nodes.

    \b
    coalchat channel create "#ops" --members XAA,XBB --ceiling "SECRET"
    """
    from coalchat.cli.home import tidy
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    nations = codes(members)

    async def act(client: Client) -> Channel:
        return await client.create_channel(tidy(title), nations, ceiling, tidy(purpose))

    made = with_node(asked, act)
    show(asked, made, [f"{made.title}  {made.id}  {', '.join(made.members)}  up to {made.ceiling}"])


@channel.verb("widen")
def widen(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CHANNEL", help="Its title or id.")],
    nations: Annotated[str, typer.Option("--add", metavar="XDD", help="Nations that become members.")],
) -> None:
    """Make more nations members of a channel.

    \b
    coalchat channel widen "#ops" --add XDD

    Only an admin of the channel does it. They read what is sent from then on, and nothing from before.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    more = codes(nations)

    async def act(client: Client) -> Channel:
        return await client.widen_channel(name, more)

    made = with_node(asked, act)
    show(asked, made, [f"{made.title}  {made.id}  {', '.join(made.members)}  up to {made.ceiling}"])


@channel.verb("minimize")
def minimize(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CHANNEL", help="Its title or id.")],
    on: Annotated[bool, typer.Option("--on/--off", help="Put it on, or lift it.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for everybody in the channel, under the lowest label.")] = "",
) -> None:  # fmt: skip
    """Order MINIMIZE in a channel, or lift it, by a signed notice.

    \b
    coalchat channel minimize "#ops" --on --reason "satellite link down until 1800Z"
    coalchat channel minimize "#ops" --off

    Only an admin of the channel does it. While it is in force, what is below IMMEDIATE is sent after consideration only, and says so.
    """
    from coalchat.cli.home import tidy
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    if on and not reason.strip():
        raise UsageError("--on says why: --reason TEXT")

    async def act(client: Client) -> Channel:
        return await client.minimize(name, tidy(reason) if reason else "", on=on)

    made = with_node(asked, act)
    show(asked, made, [f"{made.title}  {made.id}  {minimize_words(made) or 'MINIMIZE is not in force'}"])


def minimize_words(channel: Channel) -> str:
    """That MINIMIZE is in force, since when, by whose order and why; "" if it is not."""
    from coalchat.cli.times import dtg

    order = channel.minimize
    if order is None:
        return ""
    why = f": {order.reason}" if order.reason else ""
    return f"MINIMIZE since {dtg(order.since)} by {order.nation} {order.person}{why}"


@channel.verb("list")
def list_channels(context: typer.Context) -> None:
    """Show channels, and direct messages (@)."""
    from coalchat.cli.output import columns, short, show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> tuple[Channel, ...]:
        return await client.channels()

    channels = with_node(asked, act)
    rows = [
        (c.title, short(c.id), readers(c), f"up to {c.ceiling}", f"{c.unread} unread", minimize_words(c) or c.purpose)
        for c in channels
    ]
    for one, line in zip(channels, columns(rows), strict=True):
        show(asked, one, [line])


def readers(channel: Channel) -> str:
    """Who is in a channel: its nations, or the very devices of a conversation."""
    if not channel.devices:
        return ", ".join(channel.members)
    return ", ".join(f"{device.nation} {device.person} ({device.device})" for device in channel.devices)


def codes(members: str) -> tuple[str, ...]:
    """Nation codes as people list them: with commas or spaces, in any case."""
    return tuple(code.upper() for code in members.replace(",", " ").split())
