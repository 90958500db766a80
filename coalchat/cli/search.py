"""`coalchat search`: messages that say something, each with its marking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import asked_of

if TYPE_CHECKING:
    from coalchat.api.search import Found
    from coalchat.client import Client

NEWEST = 20
"""Messages shown without --limit."""


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="All of them; begin* for how one begins.")],
    channel: Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="Title or id; without it all.")] = "",
    author: Annotated[str, typer.Option("--from", metavar="WHO", help="Nation, parts of a name, or both.")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DTG", help="Not older than this.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DTG", help="Not newer than this.")] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = NEWEST,
) -> None:
    """Find messages by what they say.

    \b
    coalchat search convoy bridge --channel "#ops"
    coalchat search '"hold at PL RED"' --from "XBB kowal" --since 221800ZNOV26
    coalchat search 'conv*' --json

    The newest come first, each with the words around what was found, a report with the fields in which it was. Words stand for themselves, without regard to case and accents; several in a row are put in double quotes. What this device cannot read, or was recalled, corrected or purged, is not found.
    """
    from coalchat.cli.beside import beside_of
    from coalchat.cli.output import note, show
    from coalchat.cli.session import with_node
    from coalchat.cli.times import parse_time
    from coalchat.record import values_of

    asked = asked_of(context)
    begin, end = (parse_time(text) if text else 0 for text in (since, until))

    async def act(client: Client) -> None:
        beside, left, before, more = await beside_of(client), limit, 0, True
        while left and more:
            page = await client.search(
                " ".join(words),
                channel=channel,
                author=author,
                since=begin,
                until=end,
                before=before,
                limit=min(left, 200),
            )
            for found in page.found:
                level, exercise = found.message.level, client.node.exercise
                record = values_of(found) | {"national": beside.marking(level)}
                show(asked, record, found_lines(found, exercise=exercise, beside=beside.words(level)))
            left, before, more = left - len(page.found), page.next_position, page.more
        if more:
            note(asked, [f"there is more: --limit {limit * 2}"])
        elif left == limit:
            note(asked, ["nothing found"])

    with_node(asked, act)


def found_lines(found: Found, *, exercise: bool, beside: str = "") -> list[str]:
    """What stands above a message, and the words around what was found in it."""
    from coalchat.cli.output import body
    from coalchat.cli.reading import head_lines

    text, report = "".join(piece.text for piece in found.snippet), found.message.report
    name = [] if report is None else body(f"{report.form} {report.serial:03}  {report.title}".rstrip())
    return [*head_lines(found.message, exercise=exercise, beside=beside), *name, *body(text), ""]
