"""`coalchat keys backup` and `coalchat keys restore` (SPEC 11.3): for a laptop that is lost, and for a root kept elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalchat.cli.options import Asked, asked_of

if TYPE_CHECKING:
    from coalchat.custody.backup import Contents
    from protocol.keys.backup import Backup

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]
SecretFd = Annotated[
    int | None, typer.Option("--backup-passphrase-fd", metavar="N", help="Read its passphrase from this descriptor.")
]
SecretFile = Annotated[
    Path | None, typer.Option("--backup-passphrase-file", metavar="PATH", help="Read it from this private file.")
]


def backup(
    context: typer.Context,
    file: File,
    root: Annotated[bool, typer.Option("--root", help="The nation's root, and nothing else.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="With --root: the home forgets the root then.")] = False,
    secret_fd: SecretFd = None,
    secret_file: SecretFile = None,
) -> None:
    """Write a sealed backup of this home's keys.

    \b
    coalchat node stop
    coalchat keys backup /media/safe/archer.backup
    coalchat keys backup --root /media/safe/xaa-root.backup --remove

    The file is new, and its passphrase is its own. It holds what speaks as this device, and no messages. A device's opens no message; a custodian's holds the keys of the
    editions that he has drawn, and the root if it rests here. The command says what opens with it. The node must not run.
    """
    import os
    import time

    import trio

    from coalchat.cli.files import alone
    from coalchat.cli.home import kdf_cost
    from coalchat.cli.output import show
    from coalchat.cli.passphrase import passphrase
    from coalchat.custody.backup import make_backup, make_root_backup
    from coalchat.errors import UsageError

    asked = asked_of(context)
    home = asked.present_home
    if remove and not root:
        raise UsageError("--remove goes with --root: a home cannot do without its device's keys")
    with alone(home):
        own = passphrase(asked)
        secret = _secret(asked, secret_fd, secret_file, file, new=True)
        now, cost = int(time.time()), kdf_cost(home)

        async def act() -> Contents:
            if root:
                return await make_root_backup(
                    home, own, file, secret, remove=remove, now=now, cost=cost, entropy=os.urandom
                )
            return await make_backup(home, own, file, secret, now=now, cost=cost, entropy=os.urandom)

        made = trio.run(act)
    lines = [f"{file} holds: {', '.join(made.holds)} of {made.code}", *_windows(made)]
    if remove:
        lines.append("the root is no longer in this home: without that file no custodian can be certified")
    show(asked, _record(made) | {"file": str(file), "removed": remove}, lines)


def restore(context: typer.Context, file: File, secret_fd: SecretFd = None, secret_file: SecretFile = None) -> None:
    """Make a new home of a backup, or bring a root back.

    \b
    coalchat keys restore /media/safe/archer.backup --home ~/archer
    coalchat keys restore /media/safe/xaa-root.backup

    A root comes back into its custodian's home. Else the home must be new; its passphrase is chosen now. Messages come back from peers as far as their keys are still to be
    had. A restored device opens new feeds. Never run the old home again: two homes of one device are a copied device.
    """
    import os
    import time

    import trio

    from coalchat.cli.output import show
    from coalchat.custody.backup import read_file

    asked = asked_of(context)
    found = read_file(file, _secret(asked, secret_fd, secret_file, file, new=False))
    now = int(time.time())
    made = trio.run(_home_of if found.device else _root_of, asked, found, now, os.urandom)
    if found.device:
        lines = [f"{asked.home.path} is {made.person} of {made.code} again, as of its backup", *_windows(made)]
        lines.append("it opens new feeds; start its node, and let it link")
    else:
        lines = [f"the root of {made.code} rests in {asked.home.path} again"]
    show(asked, _record(made) | {"home": str(asked.home.path)}, lines)


async def _home_of(asked: Asked, found: Backup, now: int, entropy: Any) -> Contents:
    from coalchat.cli.files import alone
    from coalchat.cli.home import kdf_cost, new_home
    from coalchat.cli.passphrase import new_passphrase
    from coalchat.custody.restoring import restore_home

    home = new_home(asked)
    with alone(home):
        return await restore_home(home, new_passphrase(asked), found, now=now, cost=kdf_cost(home), entropy=entropy)


async def _root_of(asked: Asked, found: Backup, now: int, entropy: Any) -> Contents:
    from coalchat.cli.files import alone
    from coalchat.cli.passphrase import passphrase
    from coalchat.custody.restoring import restore_root

    home = asked.present_home
    with alone(home):
        return await restore_root(home, passphrase(asked), found, now=now, entropy=entropy)


def _secret(asked: Asked, descriptor: int | None, path: Path | None, file: Path, *, new: bool) -> bytes:
    from coalchat.cli.passphrase import Another

    return Another(descriptor, path, "--backup-passphrase", f"passphrase of the backup {file}").read(asked, new=new)


def _record(made: Contents) -> dict[str, Any]:
    return {
        "made": made.made,
        "nation": made.code,
        "person": made.person,
        "holds": list(made.holds),
        "opens_from": made.opens_from,
        "opens_until": made.opens_until,
        "certificate_until": made.certificate_until,
    }


def _windows(made: Contents) -> list[str]:
    """What the backup is worth to who opens it, in words."""
    from coalchat.cli.times import dtg

    lines = []
    if made.opens_until:
        lines.append(
            f"this backup opens what is sealed to {made.code} from {dtg(made.opens_from)} until {dtg(made.opens_until)},"
            " for as long as it exists; from then on it opens nothing new"
        )
    elif made.person:
        lines.append("this backup opens no message")
    if made.person:
        lines.append(
            f"it speaks as {made.person} until {dtg(made.certificate_until)}, or until the device is revoked: keep it safe"
        )
    if "root" in made.holds:
        lines.append(f"it is the word of {made.code}: who opens it can certify custodians")
    return lines
