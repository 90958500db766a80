"""`coalchat thread`: what a message answers, up to the first, and all answers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import asked_of

if TYPE_CHECKING:
    from coalchat.client import Client


def thread(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of any message of it, or how it begins.")],
) -> None:
    """Show what a message answers, and all answers.

    \b
    coalchat thread 3f2a9c
    coalchat thread 3f2a9c --json | jq '[.depth, .marking, .text]'

    The thread's first message comes first; each answer stands below what it answers, and names it. Nothing is indented, so that no text looks like a message of its own.
    Of what was corrected the newest version is shown. What this device cannot read is not in it: the thread begins below that. Nothing is marked as read.
    """
    from coalchat.api.threads import as_tree
    from coalchat.cli.beside import beside_of
    from coalchat.cli.reading import show_message
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        beside = await beside_of(client)
        for turn, depth in as_tree(await client.thread(message)):
            show_message(asked, client, turn.message, beside, name=turn.name, to=turn.to, depth=depth)

    with_node(asked, act)
