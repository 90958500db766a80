"""`coalchat direct`: whose devices direct messages may go to, and the words that confirm them.

Rule 1: the words of the other device are shown only to be compared by voice; its person reads them from his own screen.
Rule 2: a device that was not confirmed is listed as what it is: it gets nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Noun, asked_of
from coalchat.errors import UsageError, WordsDiffer

if TYPE_CHECKING:
    from coalchat.api.direct import DeviceWords
    from coalchat.api.nouns import Addressee
    from coalchat.client import Client

direct = Noun("Direct messages: which devices they may go to.")

Device = Annotated[str, typer.Argument(metavar="DEVICE", help="Id of the device, in full, as `direct list` shows it.")]


@direct.verb("list")
def list_devices(context: typer.Context) -> None:
    """Show the devices that may be written to.

    \b
    coalchat direct list

    A device that was not confirmed gets nothing, though its custodian certified it, also one of your own. Write with `coalchat send @NAME`: it goes to the confirmed devices of that person, and to your own.
    """
    from coalchat.cli.output import columns, show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> tuple[Addressee, ...]:
        return await client.devices()

    devices = with_node(asked, act)
    rows = [
        (d.device_id, d.nation, f"{d.person} ({d.device})", d.role, f"up to {d.clearance}", standing(d))
        for d in devices
    ]
    for one, line in zip(devices, columns(rows), strict=True):
        show(asked, one, [line])


@direct.verb("words")
def words(context: typer.Context, device: Device) -> None:
    """Show two devices' words, to compare by voice.

    \b
    coalchat direct words 5f0c6a1be2d94c7788aa01f3c2e4d5b6
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> DeviceWords:
        return await client.device_words(device)

    found = with_node(asked, act)
    show(
        asked,
        found,
        [
            f"read out (this device): {' '.join(found.own)}",
            f"must be read out to you by {found.device.nation} {found.device.person}: {' '.join(found.words)}",
        ],
    )


@direct.verb("confirm")
def confirm(
    context: typer.Context,
    device: Device,
    said: Annotated[str | None, typer.Option("--words", help="The six words that its person reads out.")] = None,
) -> None:
    """Confirm a device, once its words were compared.

    \b
    coalchat direct confirm 5f0c6a1be2d94c7788aa01f3c2e4d5b6 --words "acid bench coral drum elbow frost"

    Compare them by voice, with somebody whose voice you know. Without --words it shows them at the terminal and asks. If they differ, say no: his custodian, or somebody with his keys, may have made a false device.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> Addressee:
        compared = tuple(said.split()) if said is not None else _compared(await client.device_words(device))
        return await client.confirm_device(device, compared)

    confirmed = with_node(asked, act)
    show(asked, confirmed, [f"{confirmed.nation} {confirmed.person} ({confirmed.device}) is {standing(confirmed)}"])


def _compared(found: DeviceWords) -> tuple[str, ...]:
    from coalchat.cli import terminal

    if not terminal.available():
        raise UsageError("there is no terminal to ask at", hint="give the words with --words")
    answer = terminal.ask_line(
        f"{found.device.nation} {found.device.person} ({found.device.device}): {' '.join(found.words)} - does he read out"
        " the same six words from his screen? [yes/no] "
    )
    if answer.lower() not in {"y", "yes"}:
        raise WordsDiffer(hint="do not confirm it: ask the person by another way which device is his")
    return found.words


@direct.verb("withdraw")
def withdraw(context: typer.Context, device: Device) -> None:
    """Take a confirmation back: nothing more is sealed to the device."""
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> Addressee:
        return await client.withdraw_device(device)

    withdrawn = with_node(asked, act)
    show(asked, withdrawn, [f"{withdrawn.nation} {withdrawn.person} ({withdrawn.device}) is {standing(withdrawn)}"])


def standing(device: Addressee) -> str:
    """How a device stands with this one, in words."""
    if device.own:
        return "this device"
    if not device.confirmed:
        return "not confirmed: gets nothing"
    return "confirmed" if device.keys else "confirmed, has stated no keys for now"
