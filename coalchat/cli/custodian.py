"""`coalchat custodian`: a nation's custodians, and the seats of those who cover for the first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Noun, asked_of

if TYPE_CHECKING:
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


def custodian_line(one: Custodian) -> str:
    """A custodian in words."""
    from coalchat.cli.times import dtg

    keys = f", keys until {dtg(one.keys_until)}" if one.keys_until else ", no keys of its own"
    return f"custodian {one.seat}{' (this home)' if one.own else ''}: certified until {dtg(one.until)}{keys}"
