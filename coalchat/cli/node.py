"""`coalchat node`: the process that keeps the home, holds the links and answers every client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Asked, Noun, asked_of
from coalchat.errors import CoalchatError, NodeUnavailable

if TYPE_CHECKING:
    from coalchat.api.nouns import Node
    from coalchat.api.responses import NewFeeds, Status
    from coalchat.client import Client

node = Noun("The process that keeps the home and its links.")

STOPPED_WITHIN = 15.0
"""Seconds for a node to write what it has and to let the home go."""


@node.verb("run")
def run(
    context: typer.Context,
    listen: Annotated[
        str | None,
        typer.Option("--listen", metavar="HOST:PORT", help="Where peers may dial; else as config.toml says."),
    ] = None,
    locked: Annotated[bool, typer.Option("--locked", help="Ask for no passphrase: wait for `node unlock`.")] = False,
) -> int:
    """Run the node in the foreground, with its log on stderr.

    \b
    coalchat node run --listen 192.0.2.7:7447

    For a service manager, or a terminal of its own; `coalchat node start` leaves it in the background. Without a terminal and a passphrase it waits, locked, for `coalchat node unlock`.
    """
    from coalchat.cli.files import alone
    from coalchat.cli.passphrase import has_source, passphrase
    from coalchat.node.main import Options, run_node

    asked = asked_of(context)
    home = asked.present_home
    with alone(home):  # who is too late learns it before he types a passphrase
        secret = None if locked or not has_source(asked) else passphrase(asked)
    return run_node(Options(home, listen, secret))


@node.verb("start")
def start(
    context: typer.Context,
    listen: Annotated[
        str | None,
        typer.Option(
            "--listen", metavar="HOST:PORT", help="Where peers may dial, kept in config.toml; '' for nowhere."
        ),
    ] = None,
) -> None:
    """Start the node in the background, and unlock it.

    \b
    coalchat node start --listen 192.0.2.7:7447

    Other commands and the desk start one too where none runs. What `--listen` says is kept, so that theirs listens there as well.
    """
    from coalchat.cli.files import wait_alone
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node
    from coalchat.cli.status import status_lines
    from coalchat.config import evolved

    asked = asked_of(context)

    async def act(client: Client) -> Status:
        return await client.status()

    with evolved(asked.present_home, listen=listen) as changed:
        if changed and _runs(asked):
            raise CoalchatError(
                "a node runs already, and listens elsewhere or nowhere", hint="`coalchat node stop`, then this again"
            )
        try:
            found = with_node(asked, act)
        except CoalchatError:
            if changed:  # it ends with what was wrong; who asks again at once must not meet it
                wait_alone(asked.present_home, STOPPED_WITHIN)
            raise
    show(asked, found, status_lines(found))


def _runs(asked: Asked) -> bool:
    from coalchat.cli.session import with_running_node

    async def act(client: Client) -> bool:
        del client
        return True

    try:
        return with_running_node(asked, act)
    except NodeUnavailable:
        return False


@node.verb("status")
def status(context: typer.Context) -> None:
    """Show the node that runs, locked or not."""
    from coalchat.cli.output import show
    from coalchat.cli.session import with_running_node
    from coalchat.cli.status import status_lines

    asked = asked_of(context)

    async def act(client: Client) -> Status:
        return await client.status()

    found = with_running_node(asked, act)
    show(asked, found, status_lines(found))


@node.verb("stop")
def stop(context: typer.Context) -> None:
    """Stop the node.

    It waits until the node has let the home go. It is no error if none runs.
    """
    from coalchat.cli.files import wait_alone
    from coalchat.cli.output import show
    from coalchat.cli.session import with_running_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        await client.stop()

    try:
        with_running_node(asked, act)
        said = "stopped"
    except NodeUnavailable:
        said = "none ran"
    if not wait_alone(asked.present_home, STOPPED_WITHIN):
        raise CoalchatError(f"the node has not ended within {STOPPED_WITHIN:.0f} s")
    show(asked, {"node": said}, [said])


@node.verb("offline")
def offline(context: typer.Context) -> None:
    """Let a home that was restored from a copy write without a peer.

    \b
    coalchat node offline

    Such a home does not know what it wrote since the copy was made. Until a peer has told, it does not go on in its own feeds, or it would contradict itself. Say this only where no peer can be reached: it begins new feeds, and what peers hold of the old ones comes back when they are.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> NewFeeds:
        return await client.work_offline()

    found = with_node(asked, act)
    said = f"{found.left} feeds are left: new ones go on after them" if found.left else "no feed waits for a peer"
    show(asked, found, [said])


@node.verb("unlock")
def unlock(context: typer.Context) -> None:
    """Give a node that runs locked its passphrase.

    \b
    coalchat node unlock --passphrase-file ~/.secrets/coalchat
    """
    from coalchat.cli.output import show
    from coalchat.cli.passphrase import passphrase
    from coalchat.cli.session import with_running_node

    asked = asked_of(context)

    async def act(client: Client) -> Node:
        return await client.unlock(passphrase(asked))

    found = with_running_node(asked, act)
    show(asked, found, [f"{found.phase}: {found.person} of {found.nation}" if found.nation else found.phase])
