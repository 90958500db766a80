"""`coalchat channel show|deputy|admin`: who speaks for whom in a channel (SPEC 6.4, 8.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.channel import channel, minimize_words, readers
from coalchat.cli.options import asked_of
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from coalchat.api.about import Deputy
    from coalchat.api.nouns import Channel
    from coalchat.client import Client

__all__ = ["channel"]

Named = Annotated[str, typer.Argument(metavar="CHANNEL", help="Its title or id.")]


@channel.verb("show")
def show_channel(context: typer.Context, name: Named) -> None:
    """Show a channel with its admins and deputies.

    \b
    coalchat channel show "#ops"
    """
    from coalchat.errors import UnknownChannel

    async def act(client: Client) -> Channel:
        found = [one for one in await client.channels() if _is_named(one, name)]
        if len(found) != 1:
            raise UnknownChannel(name)
        return found[0]

    _done(context, act)


@channel.verb("deputy")
def deputy(
    context: typer.Context,
    name: Named,
    person: Annotated[str, typer.Argument(metavar="[PERSON]", help="Who stands in: a person of your own nation.")] = "",
    *,
    off: Annotated[bool, typer.Option("--off", help="Nobody stands in any more.")] = False,
    until: Annotated[str | None, typer.Option("--until", metavar="DTG", help="When it ends by itself.")] = None,
) -> None:
    """Say who stands in for your nation in a channel.

    \b
    coalchat channel deputy "#ops" "Maj Kowal" --until 221800ZNOV26
    coalchat channel deputy "#ops" --off

    It is a signed notice to everybody in the channel. `coalchat remind MESSAGE --escalate` then asks that person to see to it where others of your nation do not acknowledge. A custodian's device says who it is, or an
    admin of the channel for his own nation; where nobody stands in, a person may name himself, and he may stand down.
    """
    from coalchat.cli.home import tidy
    from coalchat.cli.times import parse_time

    if bool(person.strip()) == off:
        raise UsageError("name a PERSON, or give --off")
    if off and until is not None:
        raise UsageError("--off ends it now: it goes without --until")
    ends = 0 if until is None else parse_time(until)

    async def act(client: Client) -> Channel:
        return await client.name_deputy(name, tidy(person) if person else "", until=ends)

    _done(context, act)


@channel.verb("admin")
def admin(
    context: typer.Context,
    name: Named,
    add: Annotated[list[str] | None, typer.Option("--add", metavar="PERSON|DEVICE", help="A person's devices, or one by its id.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", metavar="PERSON|DEVICE", help="Likewise.")] = None,
) -> None:  # fmt: skip
    """Make devices admins of a channel, or no longer.

    \b
    coalchat channel admin "#ops" --add "Cpt Adler"
    coalchat channel admin "#ops" --remove "Maj Berg"

    Only an admin of the channel does it, and with devices of the nation that founded it. One who can act always stays. What a former admin ordered of MINIMIZE stays as it is.
    """
    from coalchat.cli.home import tidy

    come, go = (tuple(tidy(one) for one in given or ()) for given in (add, remove))
    if not come and not go:
        raise UsageError("say who: --add or --remove")

    async def act(client: Client) -> Channel:
        return await client.change_admins(name, add=come, remove=go)

    _done(context, act)


def _done(context: typer.Context, act: Callable[[Client], Awaitable[Channel]]) -> None:
    """Do it, and show the channel as it is then."""
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    made = with_node(asked, act)
    show(asked, made, channel_lines(made))


def _is_named(channel: Channel, given: str) -> bool:
    wanted = given.strip().casefold()
    return channel.title.casefold() == wanted or (len(wanted) >= 4 and channel.id.startswith(wanted))


def channel_lines(channel: Channel) -> list[str]:
    """All that is known of a channel, a line each."""
    lines = [f"{channel.title}  {channel.id}", f"ceiling   {channel.ceiling}"]
    if channel.purpose:
        lines.append(f"purpose   {channel.purpose}")
    lines.append(f"members   {readers(channel)}")
    if channel.devices:
        return lines
    lines.append(f"admins    {', '.join(channel.admins)}")
    lines.append(f"revision  {channel.revision}")
    named = {one.nation: one for one in channel.deputies}
    lines += [
        f"deputy    {deputy_words(named[code])}" if code in named else f"deputy    {code} none"
        for code in channel.members
    ]
    order = minimize_words(channel)
    return [*lines, order] if order else lines


def deputy_words(one: Deputy) -> str:
    """ "XBB Maj Kowal until 221800ZNOV26, said Cpt Lind 220600ZNOV26"."""
    from coalchat.cli.times import dtg

    ends = f" until {dtg(one.until)}" if one.until else ""
    return f"{one.nation} {one.person}{ends}, said {one.by or 'unknown'} {dtg(one.since)}"
