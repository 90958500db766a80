"""`coalchat nation`: a nation's keys, and the nations of the coalition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Noun, asked_of

if TYPE_CHECKING:
    from coalchat.api.nouns import Nation
    from coalchat.api.renewal import Custodian, Device
    from coalchat.client import Client
    from coalchat.paths import Home

nation = Noun("A nation's keys, and the nations of the coalition.")


@nation.verb("create")
def create(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code in markings, e.g. XAA.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name for people.")],
    person: Annotated[str, typer.Option("--person", metavar="NAME", help="You, its custodian.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the offer goes; else stdout.")
    ] = None,
) -> None:
    """Make a nation's keys in a new home, and its offer for a charter.

    \b
    coalchat nation create XAA "Alfaland" --person "Cdr Aalto" --out xaa.offer

    The keys are the nation's root, its custodian's and a device's. Give the offer to the nation that founds the charter, and read out the fingerprint by another way. The home then
    holds the root: it is as valuable as the nation's word.
    """
    from contextlib import ExitStack

    from coalchat.cli.armour import Kind, fingerprint, write_armour
    from coalchat.cli.files import alone, new_file
    from coalchat.cli.home import new_home
    from coalchat.cli.output import note, show
    from coalchat.cli.passphrase import new_passphrase
    from protocol.trust.founding import read_offer

    asked = asked_of(context)
    home = new_home(asked)
    with ExitStack() as stack:
        stack.enter_context(alone(home))
        text = [] if out is None else stack.enter_context(new_file(out))
        offer = make_nation(home, new_passphrase(asked), code, name, person)
        text.append(write_armour(Kind.OFFER, offer))
    made = read_offer(offer).nation
    record = {"code": made.code, "name": made.name, "fingerprint": fingerprint(made), "home": str(home.path)}
    record |= {"offer": text[0]} if out is None else {"file": str(out)}
    show(asked, record, text[0].splitlines() if out is None else [f"{made.code} {made.name}: the offer is in {out}"])
    note(asked, [f"fingerprint of its root: {fingerprint(made)}"])


def make_nation(home: Home, passphrase: bytes, code: str, name: str, person: str) -> bytes:
    """Make a nation's keys in a home that nobody else uses; its offer.

    Raises:
        UsageError, AlreadyExists: see `create_nation`.
    """
    import os
    from functools import partial

    import trio

    from coalchat.cli.home import kdf_cost, tidy
    from coalchat.custody.founding import create_nation

    act = partial(
        create_nation,
        home,
        passphrase,
        code=code,
        name=tidy(name),
        person=tidy(person),
        entropy=os.urandom,
        cost=kdf_cost(home),
    )
    return trio.run(act)


@nation.verb("list")
def list_nations(context: typer.Context) -> None:
    """Show the charter's nations, and how long their keys last."""
    from coalchat.cli.output import columns, show
    from coalchat.cli.session import with_node
    from coalchat.cli.times import dtg

    asked = asked_of(context)

    async def act(client: Client) -> tuple[Nation, ...]:
        return await client.nations()

    nations = with_node(asked, act)
    rows = [
        (
            n.code,
            n.name,
            f"{n.devices} devices",
            f"keys until {dtg(n.keys_until)}",
            "suspended" if n.suspended else "own" if n.own else "",
        )
        for n in nations
    ]
    for one, line in zip(nations, columns(rows), strict=True):
        show(asked, one, [line])


@nation.verb("devices")
def list_devices(context: typer.Context) -> None:
    """Show the devices of this nation, and until when each is certified."""
    from coalchat.cli.output import columns, show
    from coalchat.cli.session import with_node
    from coalchat.cli.times import dtg

    asked = asked_of(context)

    async def act(client: Client) -> tuple[Device, ...]:
        return await client.nation_devices()

    devices = with_node(asked, act)
    rows = [
        (
            one.device_id[:8],
            f"{one.person} ({one.device})",
            one.role.value,
            one.clearance,
            f"until {dtg(one.until)}",
            "" if one.valid else "REVOKED" if one.revoked else "NOT VALID",
        )
        for one in devices
    ]
    for one, line in zip(devices, columns(rows), strict=True):
        show(asked, one, [line])


@nation.verb("renew")
def renew(
    context: typer.Context,
    seats: Annotated[list[int] | None, typer.Option("--seat", metavar="N", help="This seat only; else all.")] = None,
) -> None:
    """Certify the custodians anew, by this home's root.

    \b
    coalchat nation renew

    A custodian's certificate ends after 90 days, and with it what his devices may do. The nodes of the coalition warn a
    fortnight before. Leave out a seat whose home is lost: name the others.
    """
    from coalchat.cli.custodian import custodian_line
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> tuple[Custodian, ...]:
        return await client.renew_custodians(seats or ())

    for one in with_node(asked, act):
        show(asked, one, [custodian_line(one)])
