"""`coalchat label`: who could read a label, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.labelling import export, read
from coalchat.cli.options import Noun, asked_of
from coalchat.errors import Refused

if TYPE_CHECKING:
    from coalchat.api.nouns import Addressee, Reach
    from coalchat.api.responses import LabelPreview
    from coalchat.client import Client

label = Noun("Labels: who could read what; STANAG 4774 XML.")
label.verb("export")(export)
label.verb("read")(read)


@label.verb("check")
def check(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="LABEL", help="[policy] LEVEL [CATEGORY] [REL [TO] A, B]")],
    channel: Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="Title or id.")],
) -> None:
    """Show who could read a message with this label.

    \b
    coalchat label check "SECRET REL XAA, XBB" --channel "#ops"

    Exit code 3 says that it could not be sent; the clause is named.
    """
    from coalchat.cli.beside import Beside, beside_of
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node
    from coalchat.record import values_of

    asked = asked_of(context)

    async def act(client: Client) -> tuple[LabelPreview, Beside]:
        return await client.preview(channel, text), await beside_of(client)

    preview, beside = with_node(asked, act)
    record = values_of(preview) | {"national": beside.marking(preview.level)}
    show(asked, record, preview_lines(preview, beside.words(preview.level)))
    if preview.denied is not None:
        raise Refused(preview.denied.clause, preview.denied.reason)


def preview_lines(preview: LabelPreview, beside: str = "") -> list[str]:
    """The whole marking and what the own nation marks alike, who can read it and who cannot."""
    who = _devices(preview.devices) if preview.devices else _reach(preview.readers)
    lines = [f"{preview.marking}  {beside}".rstrip(), f"{'could read' if preview.denied else 'can read'}: {who}"]
    if preview.withheld:
        lines.append(f"withheld: {_reach(preview.withheld)}")
    return [*lines, *(f"note: {warning}" for warning in preview.warnings)]


def _devices(devices: tuple[Addressee, ...]) -> str:
    return ", ".join(
        f"{device.nation} {device.person} ({device.device})" + (", this device" if device.own else "")
        for device in devices
    )


def _reach(nations: tuple[Reach, ...]) -> str:
    return ", ".join(
        f"{reach.nation} ({reach.devices} device{'' if reach.devices == 1 else 's'})" for reach in nations
    ) or "nobody"  # fmt: skip
