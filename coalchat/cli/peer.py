"""`coalchat peer`: the nodes that this one dials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Noun, asked_of

if TYPE_CHECKING:
    from coalchat.api.nouns import Link
    from coalchat.client import Client

peer = Noun("The nodes that this one dials.")

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="HOST:PORT or [V6]:PORT.")]


@peer.verb("add")
def add(context: typer.Context, address: Address) -> None:
    """Dial an address from now on.

    \b
    coalchat peer add 192.0.2.9:7447
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> Link:
        return await client.add_peer(address)

    link = with_node(asked, act)
    show(asked, link, [f"{link.address} is dialled from now on"])


@peer.verb("list")
def list_peers(context: typer.Context) -> None:
    """Show the links, dialled by us or by others."""
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> tuple[Link, ...]:
        return await client.peers()

    links = with_node(asked, act)
    for link, line in zip(links, link_lines(links), strict=True):
        show(asked, link, [line])


@peer.verb("remove")
def remove(context: typer.Context, address: Address) -> None:
    """Dial an address no more, and close its link."""
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        await client.remove_peer(address)

    with_node(asked, act)
    show(asked, {"removed": address}, [f"{address} is dialled no more"])


def link_lines(links: tuple[Link, ...]) -> list[str]:
    """A line for each link."""
    from coalchat.cli.output import columns, short
    from coalchat.cli.times import dtg

    rows = [
        (
            link.state,
            "in" if link.inbound else "out",
            link.address,
            link.nation or "?",
            short(link.device_id) or "?",
            f"since {dtg(link.since)}",
            f"sent {link.entries_sent}, received {link.entries_received}",
            link.reason,
        )
        for link in links
    ]
    return list(columns(rows))
