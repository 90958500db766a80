"""`coalchat read`: messages, each with its marking.

Rule 1: a marking stands above its text, always, and an exercise says so in front of it.
Rule 2: `--mark` marks what was shown, and never what was not: it shows everything that is unread, or from the first
unread message on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalchat.api.base import MAX_LIMIT
from coalchat.api.base import NEWEST as LAST
from coalchat.api.vocabulary import Flag, Likeness
from coalchat.cli.options import Asked, asked_of
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.api.about import Quoted
    from coalchat.api.nouns import Message
    from coalchat.cli.beside import Beside
    from coalchat.client import Client

NEWEST = 50
"""Messages shown without --limit."""
HELD_AGAINST = frozenset({Flag.DISPUTED, Flag.DISOWNED})
"""Said in a sentence of their own."""
FLAGS = {Flag.MINIMIZE_CONSIDERED: "MINIMIZE CONSIDERED"}
"""Where the words are not the API's."""
LIKENESS = {
    Likeness.SAME: "",
    Likeness.UNKNOWN: "the original is not here",
    Likeness.DIFFERS: "THE ORIGINAL DIFFERS",
}


def read(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="Title or id.")] = "",
    mark: Annotated[bool, typer.Option("--mark", help="You have read them: senders get your receipt.")] = False,
    after: Annotated[
        int | None, typer.Option("--after", metavar="POSITION", min=0, help="Only what is behind this position.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = None,
    history: Annotated[
        str, typer.Option("--history", metavar="MESSAGE", help="All versions of this message, instead of a channel.")
    ] = "",
) -> None:
    """Show the newest messages of a channel.

    \b
    coalchat read "#ops" --mark
    coalchat read "#ops" --json --after 0
    coalchat read --history 3f2a9c

    They come oldest first: 50 of them, or all that are unread if those are more. With --after it shows what stands behind a position, all of it or the first N: for programs that keep their place.
    """
    from coalchat.cli.beside import beside_of
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    if bool(channel) == bool(history) or (history and (mark or after is not None or limit is not None)):
        raise UsageError("give a CHANNEL, or --history MESSAGE and nothing else")

    async def act(client: Client) -> None:
        beside = await beside_of(client)
        if history:
            for version in await client.versions(history):
                show_message(asked, client, version, beside)
            return
        if after is None:
            found = choose(*await _newest(client, channel, limit or NEWEST), limit, mark=mark)
        else:
            found = await _behind(client, channel, after, limit)
        for message in found:
            show_message(asked, client, message, beside)
        if mark and found:
            await client.mark(channel, found[-1].entry_id)

    with_node(asked, act)


async def _behind(client: Client, channel: str, after: int, limit: int | None) -> list[Message]:
    if limit is None:
        return await client.all_messages(channel, after)
    found: list[Message] = []
    while len(found) < limit:
        page = await client.messages(channel, after, min(limit - len(found), MAX_LIMIT))
        found += page.messages
        after = page.next_position
        if not page.more:
            break
    return found


async def _newest(client: Client, channel: str, wanted: int) -> tuple[list[Message], int]:
    """At least the newest messages, and all that are unread, oldest first; and how many are unread."""
    unread = {one.id: one.unread for one in await client.channels()}
    page = await client.messages(channel, before=LAST, limit=min(wanted, MAX_LIMIT))
    found = list(page.messages)
    expected = unread.get(found[0].channel_id, 0) if found else 0
    while page.more and (len(found) < wanted or sum(not one.read for one in found) < expected):
        page = await client.messages(channel, before=page.next_position, limit=MAX_LIMIT)
        found = [*page.messages, *found]
    return found, expected


def choose(found: Sequence[Message], unread: int, limit: int | None, *, mark: bool) -> list[Message]:
    """Which of the newest messages are shown."""
    first = next((at for at, one in enumerate(found) if not one.read), len(found))
    if limit is None:
        return list(found[min(first, max(0, len(found) - NEWEST)) :])
    if mark and unread:
        return list(found[first : first + limit])
    return list(found[-limit:])


def show_message(asked: Asked, client: Client, message: Message, beside: Beside, **more: Any) -> None:
    """Write one message; `more`: what its JSON has besides."""
    from coalchat.cli.output import show
    from coalchat.record import values_of

    record = values_of(message) | {"national": beside.marking(message.level)} | more
    lines = message_lines(message, exercise=client.node.exercise, beside=beside.words(message.level))
    show(asked, record, lines)


def message_lines(message: Message, *, exercise: bool, beside: str = "") -> list[str]:
    """A message as lines: marking; author, time and what else must be known; what is held against it; the text.

    `beside`: what the own nation marks alike, "XAA: GEHEIM", or "".
    """
    from coalchat.cli.card import card_lines
    from coalchat.cli.output import body

    if message.report is not None:
        said = card_lines(message.report)
    else:
        said = body(message.text) if message.text or not message.quotes else []
    quotes = [line for quoted in message.quotes for line in quote_lines(quoted)]
    return [*head_lines(message, exercise=exercise, beside=beside), *said, *quotes, ""]


def head_lines(message: Message, *, exercise: bool, beside: str = "") -> list[str]:
    """What stands above a message's text."""
    from coalchat.cli.ack import acknowledged
    from coalchat.cli.beside import marked
    from coalchat.cli.output import short
    from coalchat.cli.times import dtg

    words = [
        dtg(message.author_time),
        f"{message.author_nation} {message.author_person}" + (" (you)" if message.mine else ""),
        message.channel_title,
        message.precedence,
        f"acknowledge by {dtg(message.ack_by)}" if message.ack_by else "",
        "" if message.answered is None else acknowledged(message.answered),
        "" if message.read else "new",
        *(FLAGS.get(flag, flag) for flag in message.flags if flag not in HELD_AGAINST),
        short(message.entry_id),
        *(f"answers {short(ref)}" for ref in message.refs if ref != message.reminds),
        f"reminds of {short(message.reminds)}" if message.reminds else "",
        f"version {message.version} of {short(message.corrects)}" if message.corrects else "",
    ]
    marking = f"EXERCISE {message.marking}" if exercise else message.marking
    held = ["DISPUTED: two entries stand at this number"] if Flag.DISPUTED in message.flags else []
    if message.disowned is not None:
        held.append(f"DISOWNED BY {message.disowned.nation} AT {dtg(message.disowned.time)}")
    return [marked(marking, beside), "  ".join(word for word in words if word), *held]


def quote_lines(quoted: Quoted) -> list[str]:
    """What a message repeats: label and author of the other one, whether it is so, and its text further in."""
    from coalchat.cli.output import body, short
    from coalchat.cli.times import dtg

    who = f"{quoted.nation} {quoted.person}".rstrip()
    head = (f"quotes [{quoted.marking}]", dtg(quoted.time), who, LIKENESS[quoted.likeness], short(quoted.entry_id))
    return ["  " + "  ".join(word for word in head if word), *("    " + line for line in body(quoted.text))]
