"""`coalchat keys`: which keys count, the clock that they go by, the passphrase that guards them, and their end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.api.vocabulary import RevocationReason
from coalchat.cli.options import Noun, asked_of
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from coalchat.api.emergency import Rekeyed
    from coalchat.api.events import RekeyMoved
    from coalchat.api.nouns import KeyDemand
    from coalchat.api.renewal import Device
    from coalchat.api.responses import Keys
    from coalchat.cli.options import Asked
    from coalchat.client import Client

keys = Noun("The keys of this nation, and their replacement.")

Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


Follow = Annotated[bool, typer.Option("--follow", help="Then count the devices that are keyed, until all are.")]


@keys.verb("status")
def status(context: typer.Context, follow: Follow = False) -> None:
    """Show which keys are in use, and until when each is kept.

    \b
    coalchat keys status --json
    coalchat keys status --follow

    "On the wire" says when traffic that was recorded is closed to whoever steals a device later. "On this device" says
    until when its oldest keys are kept, and until when the text of a message that is sent now.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        found = await client.keys()
        show(asked, found, key_lines(found))
        if follow:
            await follow_rekey(asked, client)

    with_node(asked, act)


async def follow_rekey(asked: Asked, client: Client) -> None:
    """One line each time that an emergency rekey went on, until all are keyed; it may be interrupted and asked for again."""
    from coalchat.api.events import RekeyMoved
    from coalchat.cli.output import show

    events = client.events()
    for demand in (await client.keys()).demands:
        show(asked, demand, [counted(demand)])
        if demand.keyed >= demand.devices:
            return
        async for event in events:
            if isinstance(event.body, RekeyMoved):
                show(asked, event.body, [counted(event.body)])
                if event.body.keyed >= event.body.devices:
                    return


def counted(moved: KeyDemand | RekeyMoved) -> str:
    """How far an emergency rekey is."""
    from coalchat.cli.times import dtg

    return (
        f"emergency rekey of {dtg(moved.at)}: {moved.keyed} of {moved.devices} devices are keyed, {moved.answered} have"
        " answered"
    )


@keys.verb("revoke")
def revoke(
    context: typer.Context,
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="Its id, or the first 8 hex digits or more.")] = "",
    person: Annotated[str, typer.Option("--person", metavar="NAME", help="All devices of this person instead.")] = "",
    reason: Annotated[RevocationReason, typer.Option("--reason", case_sensitive=False)] = RevocationReason.UNSPECIFIED,
    yes: Yes = False,
) -> None:
    """Revoke a device, and replace its keys, as custodian.

    \b
    coalchat keys revoke 3f2a9c01 --reason lost
    coalchat keys revoke --person "Lt Berg" --reason left

    For one that was lost, stolen or left behind. It is served no more at once. This nation's keys are replaced without it; its other devices get theirs as they come
    online. What the device holds already it can read on. An id is never looked up as a name, nor a name as an id.
    """
    from coalchat.cli.home import tidy

    named = tidy(person) if person else ""

    async def act(client: Client, rehearse: bool) -> Rekeyed:
        return await client.revoke(device=device.strip(), person=named, reason=reason, rehearse=rehearse)

    _emergency(asked_of(context), act, yes)


@keys.verb("rekey")
def rekey(context: typer.Context, yes: Yes = False, follow: Follow = False) -> None:
    """Replace this nation's keys now, as its custodian.

    \b
    coalchat keys rekey
    coalchat keys rekey --yes --follow

    For when keys may have been copied and no device is to be blamed. Where one is, revoke it: that does this too. Each
    device gets the new keys when it shows a fresh prekey.
    """

    async def act(client: Client, rehearse: bool) -> Rekeyed:
        return await client.rekey(rehearse=rehearse)

    _emergency(asked_of(context), act, yes, follow=follow)


def _emergency(
    asked: Asked, act: Callable[[Client, bool], Awaitable[Rekeyed]], yes: bool, *, follow: bool = False
) -> None:
    """Say what would be done, ask, do it, and say what is still open."""
    from coalchat.cli import terminal
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    async def both(client: Client) -> None:
        if not yes:
            if not terminal.available():
                raise UsageError("there is no terminal to ask at", hint="say --yes")
            meant = rekeyed_lines(await act(client, True))
            said = terminal.ask_line("; ".join(meant) + " - do it? [yes/no] ")
            if said.lower() not in {"y", "yes"}:
                raise Unconfirmed
        made = await act(client, False)
        show(asked, made, rekeyed_lines(made))
        if follow:
            await follow_rekey(asked, client)

    try:
        with_node(asked, both)
    except Unconfirmed:
        show(asked, {"done": False}, ["nothing was done"])


class Unconfirmed(Exception):
    """The person said no."""


def rekeyed_lines(made: Rekeyed) -> list[str]:
    """What was done, or would be, and what is still open."""
    from coalchat.cli.times import dtg

    done = made.done
    lines = [
        f"{one.person} ({one.device}), device {one.device_id}, {'is' if done else 'would be'} revoked: {made.reason}"
        for one in made.revoked
    ]
    if not made.replaced:
        return [*lines, "it held no keys: none are replaced"]
    replaced = ", ".join(str(counter) for counter in made.replaced)
    runs = f"edition {made.edition} runs in place of" if done else "a new edition would replace"
    lines.append(f"{runs} {replaced}")
    lines.append(
        f"{made.devices} other devices {'are' if done else 'would be'} keyed anew as they answer"
        + (": see `coalchat keys status`" if done else "")
    )
    lines.append(f"a cut-off sender may still use the old key until {dtg(made.cut_off_until)}")
    if made.runs_on_until:
        lines.append(f"at levels that run on, and if he knows of no later one, until {dtg(made.runs_on_until)}")
    return lines


@keys.verb("renew")
def renew(
    context: typer.Context,
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="Its id, or the first 8 hex digits or more.")],
) -> None:
    """Renew a device's certificate, as its custodian.

    \b
    coalchat keys renew 3f2a9c01

    The custodian's node renews by itself whoever is online now and then. This is for a device that was silent for long:
    look first that it is where it should be. `coalchat nation devices` shows ids.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node
    from coalchat.cli.times import dtg

    asked = asked_of(context)

    async def act(client: Client) -> Device:
        return await client.renew_device(device)

    made = with_node(asked, act)
    show(asked, made, [f"{made.person} ({made.device}): certified until {dtg(made.until)}"])


def key_lines(found: Keys) -> list[str]:
    """The keys in words."""
    from coalchat.cli.custodian import keying_line
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
            f"replaces {edition.supersedes}" if edition.supersedes else "",
        )
        for edition in found.editions
    ]
    lines += [f"edition {line}" for line in columns(rows)]
    lines += [
        f"edition {edition.counter}: a cut-off sender may still use it until {dtg(edition.cut_off_until)}"
        for edition in found.editions
        if edition.cut_off_until
    ]
    lines += [
        f"edition {edition.counter}: at levels that run on, and if he knows of no later one, until {dtg(edition.runs_on_until)}"
        for edition in found.editions
        if edition.runs_on_until
    ]
    lines += [counted(demand) for demand in found.demands]
    for level in found.levels:
        kept = dtg(level.kept_until) if level.kept_until else "no key is held"
        texts = f"until {dtg(level.bodies_until)}" if level.bodies_until else "without end"
        lines.append(
            f"{level.name}: on the wire closed to a later thief after {dtg(level.closes)}; "
            f"on this device keys kept until {kept}, texts of now {texts}"
        )
    lines += [keying_line(one, found.unshared_level) for one in found.keying]
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
