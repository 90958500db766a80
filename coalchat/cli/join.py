"""`coalchat join`: this device joins a coalition by a custodian's invite.

Rule 1: the code is a secret: it comes from the terminal, from stdin (`-`), a descriptor or a private file, never from an
argument.
Rule 2: a joining that was interrupted goes on: the node waits for the custodian, and `coalchat join` waits with it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from coalchat.api.vocabulary import JoinState
from coalchat.cli.options import Asked, asked_of
from coalchat.errors import AlreadyExists, Expired, NotAuthorised, UsageError

if TYPE_CHECKING:
    from coalchat.api.enrolment import Joining
    from coalchat.client import Client

POLL = 0.25
"""Seconds between two looks: before the device is a member there are no events to wait for."""
UNDER_WAY = frozenset({JoinState.CONNECTING, JoinState.COMPARING})


def join(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(metavar="[-]", help="Read the code from stdin.")] = None,
    code_file: Annotated[
        Path | None, typer.Option("--code-file", metavar="PATH", help="Read the code from a private file.")
    ] = None,
    code_fd: Annotated[
        int | None, typer.Option("--code-fd", metavar="N", help="Read the code from this descriptor.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="How you want to be called; the custodian decides.")
    ] = None,
) -> None:
    """Join a coalition with the code of an invite.

    \b
    coalchat join --name "Lt Berg"

    A new home gets its keys and its passphrase first. Then it shows six words: read them to the custodian by voice, and wait until he approves. The code is asked for at the
    terminal; it never stands on the command line, where other programs could see it.
    """
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    if source not in {None, "-"}:
        hint = "give it when you are asked, with -, --code-fd or --code-file"
        raise UsageError("the code is a secret and does not stand on the command line", hint=hint)
    code = CodeSource(source == "-", code_file, code_fd)
    code.check(asked)
    given = code.read() if code.waits else None
    _ensure_device(asked)

    async def act(client: Client) -> None:
        joining = await client.join_status()
        if joining.state is JoinState.JOINED:
            raise AlreadyExists("this home belongs to a coalition")
        if joining.state not in UNDER_WAY:
            joining = await client.join(given or code.read(), _name(name))
        _tell(asked, await _until_over(client, asked, joining))

    with_node(asked, act)


@attrs.frozen
class CodeSource:
    """Where the code comes from; the terminal if from nowhere else."""

    stdin: bool
    file: Path | None
    descriptor: int | None

    @property
    def waits(self) -> bool:
        """Whether it is there without asking: then it is read before anything is made."""
        return self.stdin or self.file is not None or self.descriptor is not None

    def check(self, asked: Asked) -> None:
        """Raises:
        UsageError: several places, or one for two secrets.
        """
        descriptor = 0 if self.stdin else self.descriptor
        if self.stdin + (self.file is not None) + (self.descriptor is not None) > 1:
            raise UsageError("-, --code-file and --code-fd exclude each other")
        if descriptor is not None and descriptor == asked.passphrase_fd:
            raise UsageError("code and passphrase cannot both come from one descriptor")

    def read(self) -> str:
        """The code, if it is one.

        Raises:
            UsageError: it is none; the error says where it is mistyped, as far as that is known.
        """
        from protocol.base.errors import ProtocolError
        from protocol.exchange.invite import read_invite

        code = self._read().decode("utf-8", "replace").strip()
        try:
            read_invite(code)
        except ProtocolError as error:
            raise UsageError(f"this is no invite code ({error})") from None
        return code

    def _read(self) -> bytes:
        from coalchat.cli import terminal
        from coalchat.cli.passphrase import read_descriptor, read_secret_file

        if self.stdin:
            return read_descriptor(sys.stdin.fileno(), "-")
        if self.descriptor is not None:
            return read_descriptor(self.descriptor, "--code-fd")
        if self.file is not None:
            return read_secret_file(self.file)
        if not terminal.available():
            raise UsageError(
                "there is no terminal to ask for the code", hint="give it with -, --code-fd or --code-file"
            )
        return terminal.ask_secret("code of the invite: ")


def _ensure_device(asked: Asked) -> None:
    """Make the home's keys if there are none."""
    import os

    from coalchat.cli.files import alone
    from coalchat.cli.home import kdf_cost
    from coalchat.cli.passphrase import new_passphrase
    from coalchat.custody.founding import create_device
    from coalchat.paths import ensure_private_home

    home = ensure_private_home(asked.home.path)
    if not home.keys.exists():
        with alone(home):
            create_device(home, new_passphrase(asked), entropy=os.urandom, cost=kdf_cost(home))


def _name(given: str | None) -> str:
    import os
    import pwd

    from coalchat.cli.home import tidy

    return tidy(given) if given is not None else pwd.getpwuid(os.geteuid()).pw_name


async def _until_over(client: Client, asked: Asked, joining: Joining) -> Joining:
    """Show the words once they are there, and wait for the custodian's decision."""
    from anyio import sleep

    shown: tuple[str, ...] = ()
    while joining.state in UNDER_WAY:
        if joining.words and joining.words != shown:
            shown = joining.words
            _tell(asked, joining)
        await sleep(POLL)
        joining = await client.join_status()
    return joining


def _tell(asked: Asked, joining: Joining) -> None:
    """Show how far it is.

    Raises:
        NotAuthorised, Expired: it came to nothing.
    """
    from coalchat.cli.output import note, show

    match joining.state:
        case JoinState.COMPARING:
            show(asked, joining, [f"words: {' '.join(joining.words)}"])
            note(asked, ["read these six words to the custodian by voice; waiting for him to approve"])
        case JoinState.JOINED:
            node = joining.node
            show(asked, joining, [f"joined {node.coalition} as {node.person} of {node.nation}"])
        case JoinState.EXPIRED:
            raise Expired(joining.reason)
        case _:
            error = NotAuthorised(joining.reason)
            error.sentence = "the coalition did not take this device"
            raise error
