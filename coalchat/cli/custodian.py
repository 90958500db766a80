"""`coalchat custodian`: a nation's custodians, and the seats of those who cover for the first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Noun, asked_of

if TYPE_CHECKING:
    from coalchat.api.nouns import KeyingDevice
    from coalchat.api.renewal import Custodian, Seated
    from coalchat.client import Client

custodian = Noun("A nation's custodians, and who covers for them.")


@custodian.verb("request")
def request(
    context: typer.Context,
    seat: Annotated[int, typer.Option("--seat", metavar="N", help="1 or 2; seat 0 is the first custodian's.")] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the request goes; else stdout.")
    ] = None,
) -> None:
    """Ask for an alternate custodian's seat, for this device.

    \b
    coalchat custodian request --out seat.request

    The seat's keys are made here and stay here. Bring the request to where the nation's root rests; it holds no secret. Once
    it is certified and known here, this node covers for the other custodians when they are silent.
    """
    from contextlib import ExitStack

    from coalchat.cli.armour import Kind, write_armour
    from coalchat.cli.files import new_file
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> bytes:
        return await client.request_seat(seat)

    with ExitStack() as stack:
        text = [] if out is None else stack.enter_context(new_file(out))
        text.append(write_armour(Kind.SEAT, with_node(asked, act)))
    record = {"seat": seat} | ({"request": text[0]} if out is None else {"file": str(out)})
    show(asked, record, text[0].splitlines() if out is None else [f"the request for seat {seat} is in {out}"])


@custodian.verb("certify")
def certify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The request.")],
) -> None:
    """Certify a seat, by this home's root.

    \b
    coalchat custodian certify seat.request

    Who holds a seat can certify devices of the nation and key them: as much as the first custodian.
    """
    from coalchat.cli.armour import Kind, read_armour
    from coalchat.cli.files import read_text
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    data = read_armour(Kind.SEAT, read_text(file), str(file))

    async def act(client: Client) -> Seated:
        return await client.certify_seat(data)

    made = with_node(asked, act)
    show(asked, made, [f"custodian {made.seat} is {made.person} ({made.device})"])


@custodian.verb("list")
def list_custodians(context: typer.Context) -> None:
    """Show the nation's custodians, and until when each is certified."""
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> tuple[Custodian, ...]:
        return await client.custodians()

    for one in with_node(asked, act):
        show(asked, one, [custodian_line(one)])


@custodian.verb("keying")
def keying(
    context: typer.Context,
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="Its id, or the first 8 hex digits or more.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Name it no more.")] = False,
) -> None:
    """Name a keying device, as custodian; without DEVICE, show them.

    \b
    coalchat custodian keying 3f2a9c01
    coalchat custodian keying --withdraw 3f2a9c01

    The nation's other devices then seal under its envelopes while they have a link to it: on a narrow link to another
    nation that is one envelope for each label and segment, and not one for each device. At the highest level everybody
    makes his own. Whoever steals its keys reads what is sealed under its envelopes until it is revoked: choose one that is
    well kept and always on.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node
    from coalchat.errors import UsageError

    asked = asked_of(context)
    if withdraw and not device:
        raise UsageError("which device is to be withdrawn?", hint="say its id: `coalchat custodian keying` shows them")

    async def act(client: Client) -> tuple[tuple[KeyingDevice, ...], str]:
        if device:
            await client.name_keying_device(device.strip(), withdraw=withdraw)
        keys = await client.keys()
        return keys.keying, keys.unshared_level

    devices, above = with_node(asked, act)
    lines = [keying_line(one, above) for one in devices]
    show(asked, {"devices": devices}, lines or ["no keying device: each device makes its own envelopes"])


def keying_line(one: KeyingDevice, above: str) -> str:
    """A keying device in words."""
    own = ", this device" if one.own else ""
    if not one.valid:
        return f"keying device {one.person} ({one.device}){own}, {one.device_id[:8]}: not valid now, so nobody uses its envelopes"
    return (
        f"keying device {one.person} ({one.device}){own}, {one.device_id[:8]}: the others seal under its envelopes, but not at"
        f" {above}"
    )


def custodian_line(one: Custodian) -> str:
    """A custodian in words."""
    from coalchat.cli.times import dtg

    keys = f", keys until {dtg(one.keys_until)}" if one.keys_until else ", no keys of its own"
    return f"custodian {one.seat}{' (this home)' if one.own else ''}: certified until {dtg(one.until)}{keys}"
