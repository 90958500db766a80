"""`coalchat join`: this device joins a coalition by a custodian's invite.

Rule 1: the code is a secret: it comes from the terminal, from stdin (`-`), a descriptor or a private file, never from an
argument.
Rule 2: a joining that was interrupted goes on: the node waits for the custodian, and `coalchat join` waits with it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer
from anyio import sleep

from coalchat.api.vocabulary import JoinState
from coalchat.cli.options import Asked, asked_of
from coalchat.errors import AlreadyExists, CoalchatError, Expired, NotAuthorised, UsageError

if TYPE_CHECKING:
    from coalchat.api.enrolment import Joining
    from coalchat.client import Client

POLL = 0.25
"""Seconds between two looks: before the device is a member there are no events to wait for."""
MAX_CODE = 4_096
UNDER_WAY = {JoinState.CONNECTING, JoinState.COMPARING}


def join(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(metavar="[-]", help="Read the code from stdin.")] = None,
    code_file: Annotated[Path | None, typer.Option("--code-file", metavar="PATH", help="Read the code from a private file.")] = None,
    code_fd: Annotated[int | None, typer.Option("--code-fd", metavar="N", help="Read the code from this descriptor.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="How you want to be called; the custodian decides.")] = None,
) -> None:  # fmt: skip
    """Join a coalition with the code of an invite; a new home gets its keys and passphrase first.

    \b
    coalchat join --name "Lt Berg"

    It shows six words: read them to the custodian by voice, and wait until he approves. The code is asked for at the
    terminal; it never stands on the command line, where other programs could see it.
    """
    asked = asked_of(context)
    if source not in {None, "-"}:
        raise UsageError("the code is a secret and does not stand on the command line", hint="type it when you are asked")
    if [source, code_file, code_fd].count(None) < 2:
        raise UsageError("-, --code-file and --code-fd exclude each other")
    if source == "-" and asked.passphrase_fd == 0:
        raise UsageError("code and passphrase cannot both come from stdin")
    _ensure_device(asked)
    _report(asked, anyio.run(_join, asked, _Code(source == "-", code_file, code_fd), name, backend="trio"))


