"""The tree of commands. What is registered here works; there is nothing for later."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from coalchat import __version__
from coalchat.cli.ack import ack
from coalchat.cli.audit import audit
from coalchat.cli.backup import backup, restore
from coalchat.cli.charter import charter
from coalchat.cli.custodian import custodian
from coalchat.cli.demo import demo
from coalchat.cli.desk import open_desk
from coalchat.cli.direct import direct
from coalchat.cli.evidence import evidence
from coalchat.cli.export import export
from coalchat.cli.history import history
from coalchat.cli.invite import invite
from coalchat.cli.join import join
from coalchat.cli.keys import keys
from coalchat.cli.label import label
from coalchat.cli.nation import nation
from coalchat.cli.node import node
from coalchat.cli.offices import channel
from coalchat.cli.options import Command, Root, asked_of
from coalchat.cli.peer import peer
from coalchat.cli.policy import policy
from coalchat.cli.reading import read
from coalchat.cli.remind import Escalating, remind
from coalchat.cli.report import report
from coalchat.cli.roe_issue import roe
from coalchat.cli.search import search
from coalchat.cli.send import correct, forward, recall, send
from coalchat.cli.status import status
from coalchat.cli.tail import tail
from coalchat.cli.thread import thread
from coalchat.errors import UsageError

Theme = Literal["dark", "light", "high-contrast", "mono"]

app = typer.Typer(cls=Root, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def coalchat(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    theme: Annotated[
        Theme | None, typer.Option("--theme", help="Look of the desk; else as config.toml or the terminal says.")
    ] = None,
    ascii_only: Annotated[bool, typer.Option("--ascii", help="Draw the desk with ASCII only.")] = False,
) -> int:
    """Secure coalition messaging: the label is the lock.

    Without a command it opens the desk, the screen of an officer.

    Exit codes: 0 done, 1 failed, 2 usage, 3 refused by policy, 4 nobody reachable or still queued, 5 not authorised,
    6 locked, 7 peer or store corrupt, 75 try again.
    """
    if version:
        typer.echo(f"coalchat {__version__}")
        return 0
    if context.invoked_subcommand is None:
        return open_desk(asked_of(context), theme or "", ascii_only)
    if theme is not None or ascii_only:
        raise UsageError("--theme and --ascii are the desk's", hint="without a command, `coalchat` opens it")
    return 0


for verb in (send, forward, correct, recall, read, tail, thread, search, ack, remind, status, export, join, demo):
    app.command(verb.__name__, cls=Escalating if verb is remind else Command)(verb)
keys.verb("backup")(backup)
keys.verb("restore")(restore)
for name, noun in (
    ("nation", nation),
    ("charter", charter),
    ("custodian", custodian),
    ("invite", invite),
    ("peer", peer),
    ("channel", channel),
    ("direct", direct),
    ("label", label),
    ("policy", policy),
    ("roe", roe),
    ("keys", keys),
    ("report", report),
    ("evidence", evidence),
    ("history", history),
    ("audit", audit),
    ("node", node),
):
    app.add_typer(noun, name=name)
