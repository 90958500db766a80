"""The tree of commands. What is registered here works; there is nothing for later."""

from __future__ import annotations

from typing import Annotated

import typer

from coalchat import __version__
from coalchat.cli.ack import ack
from coalchat.cli.audit import audit
from coalchat.cli.channel import channel
from coalchat.cli.charter import charter
from coalchat.cli.demo import demo
from coalchat.cli.invite import invite
from coalchat.cli.join import join
from coalchat.cli.label import label
from coalchat.cli.nation import nation
from coalchat.cli.node import node
from coalchat.cli.options import Command, Root, help_if_alone
from coalchat.cli.peer import peer
from coalchat.cli.reading import read, tail
from coalchat.cli.send import send
from coalchat.cli.status import status

app = typer.Typer(cls=Root, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def coalchat(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Secure coalition messaging: the label is the lock.

    Exit codes: 0 done, 1 failed, 2 usage, 3 refused by policy, 4 nobody reachable or still queued, 5 not authorised,
    6 locked, 7 peer or store corrupt, 75 try again.
    """
    if version:
        typer.echo(f"coalchat {__version__}")
    else:
        help_if_alone(context)


for verb in (send, read, tail, ack, status, join, demo):
    app.command(verb.__name__, cls=Command)(verb)
for name, noun in (
    ("nation", nation),
    ("charter", charter),
    ("invite", invite),
    ("peer", peer),
    ("channel", channel),
    ("label", label),
    ("audit", audit),
    ("node", node),
):
    app.add_typer(noun, name=name)
