"""`coalchat keys`: which keys count, how long what can be opened, and the clock that they go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    until when its oldest keys are kept; the texts of messages stay on it.
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
        lines.append(
            f"{level.name}: on the wire closed to a later thief after {dtg(level.closes)}; on this device kept until {kept}"
        )
    lines += [
        f"silent: {device.person} ({device.device}), last heard {dtg(device.stated)}"
        + (", suspended" if device.suspended else ", holds a window open")
        for device in found.silent
    ]
    return lines
