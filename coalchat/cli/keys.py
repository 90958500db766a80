"""`coalchat keys`: which keys count, the clock that they go by, the passphrase that guards them, and their end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Noun, asked_of

if TYPE_CHECKING:
    from coalchat.api.responses import Keys
    from coalchat.client import Client

keys = Noun("The keys of this nation, as this device holds them.")


@keys.verb("status")
def status(context: typer.Context) -> None:
    """Show which keys are in use, and until when each is kept.

    \b
    coalchat keys status --json

    "On the wire" says when traffic that was recorded is closed to whoever steals a device later. "On this device" says
    until when its oldest keys are kept, and until when the text of a message that is sent now.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> Keys:
        return await client.keys()

    found = with_node(asked, act)
    show(asked, found, key_lines(found))


def key_lines(found: Keys) -> list[str]:
    """The keys in words."""
    from coalchat.cli.output import columns
    from coalchat.cli.times import dtg

    lines = []
    if found.clock_doubtful:
        lines.append("CLOCK DOUBTFUL: nothing is sealed and nothing erased until the clock is set right or confirmed")
    if found.edition:
        lines.append(
            f"edition {found.edition}, segment {found.segment} of {found.segments}, until {dtg(found.segment_ends)}"
        )
    else:
        lines.append("no edition runs")
    lines.append(f"published until {dtg(found.published_until)}")
    rows = [
        (
            str(edition.counter),
            edition.state.upper(),
            f"{dtg(edition.starts)} to {dtg(edition.ends)}",
            "held" if edition.held else "not held",
        )
        for edition in found.editions
    ]
    lines += [f"edition {line}" for line in columns(rows)]
    for level in found.levels:
        kept = dtg(level.kept_until) if level.kept_until else "no key is held"
        texts = f"until {dtg(level.bodies_until)}" if level.bodies_until else "without end"
        lines.append(
            f"{level.name}: on the wire closed to a later thief after {dtg(level.closes)}; "
            f"on this device keys kept until {kept}, texts of now {texts}"
        )
    lines += [
        f"silent: {device.person} ({device.device}), last heard {dtg(device.stated)}"
        + (", suspended" if device.suspended else ", holds a window open")
        for device in found.silent
    ]
    return lines


@keys.verb("confirm-clock")
def confirm_clock(context: typer.Context) -> None:
    """Say that this machine's clock is right.

    \b
    coalchat keys confirm-clock

    A node whose clock lies beyond what its nation has published seals and erases nothing. Look at another clock first: a
    wrong one that is confirmed erases keys too early. It counts for the length of one edition.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> Keys:
        return await client.confirm_clock()

    found = with_node(asked, act)
    show(asked, found, key_lines(found))


@keys.verb("passphrase")
def change_passphrase(
    context: typer.Context,
    new_fd: Annotated[
        int | None, typer.Option("--new-passphrase-fd", metavar="N", help="Read the new one from this descriptor.")
    ] = None,
    new_file: Annotated[
        Path | None, typer.Option("--new-passphrase-file", metavar="PATH", help="Read it from this private file.")
    ] = None,
) -> None:
    """Change the passphrase of the home.

    \b
    coalchat node stop
    coalchat keys passphrase

    The node must not run: it would seal its next key file under the old one. What guessing costs is taken from
    config.toml. Whoever copied the key file before can still try the old passphrase on that copy.
    """
    import os
    import time

    import trio

    from coalchat.cli.files import alone
    from coalchat.cli.home import kdf_cost
    from coalchat.cli.output import show
    from coalchat.cli.passphrase import Another, passphrase
    from coalchat.custody import home as custody

    asked = asked_of(context)
    home = asked.present_home
    another = Another(new_fd, new_file, "--new-passphrase", f"passphrase of {home.path}")
    with alone(home):
        old = passphrase(asked)
        new = another.read(asked, new=True)
        now, cost = int(time.time()), kdf_cost(home)

        async def act() -> None:
            await custody.change_passphrase(home, old, new, now=now, cost=cost, entropy=os.urandom)

        trio.run(act)
    show(asked, {"home": str(home.path), "changed": now}, ["the passphrase is changed"])


@keys.verb("zeroize")
def zeroize(
    context: typer.Context,
    yes: Annotated[
        bool, typer.Option("--yes-destroy-everything", help="Do not ask: for scripts, and for who has no time.")
    ] = False,
) -> None:
    """Destroy the keys of this home, and everything else in it. There is no way back but a backup.

    It needs no passphrase. The node is stopped first; then go the key file, the database, and the rest. Overwriting is
    best effort: flash, snapshots and copies remember. Backups are not touched and still open; tell your custodian, who
    revokes the device.
    """
    from coalchat.cli.output import show
    from coalchat.cli.zeroize import destroy, require_word

    asked = asked_of(context)
    if not yes:
        require_word(asked)
    done = destroy(asked)
    record = {
        "home": str(asked.home.path),
        "destroyed": list(done.destroyed),
        "not_overwritten": list(done.not_overwritten),
    }
    lines = [f"destroyed: {', '.join(done.destroyed) or 'nothing was left'}"]
    if done.not_overwritten:
        lines.append(f"removed, but could not be overwritten: {', '.join(done.not_overwritten)}")
    show(asked, record, lines)
