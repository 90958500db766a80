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
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> tuple[LabelPreview, str]:
        preview = await client.preview(channel, text)
        return preview, (await client.policy()).levels[preview.level].national

    preview, national = with_node(asked, act)
    show(asked, preview, [*preview_lines(preview), *([f"nationally: {national}"] if national else [])])
    if preview.denied is not None:
        raise Refused(preview.denied.clause, preview.denied.reason)


def preview_lines(preview: LabelPreview) -> list[str]:
    """The whole marking, who can read it and who cannot."""
    who = _devices(preview.devices) if preview.devices else _reach(preview.readers)
    lines = [preview.marking, f"{'could read' if preview.denied else 'can read'}: {who}"]
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
