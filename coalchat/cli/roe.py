"""`coalchat roe`: rules of engagement, as a signed log and what it says now.

Rule 1: coalchat shows ROE; it never judges whether force is lawful, and each screen of it says so.
Rule 2: whatever is not in force stands there as NOT IN FORCE, with its reason.
Rule 3: to acknowledge a notice is to name its serial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Asked, Noun, asked_of
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.api.roe import RoeIssued
    from coalchat.client import Client

roe = Noun("Rules of engagement: the board, and its notices.")

Notice = Annotated[str, typer.Argument(metavar="NOTICE", help='Its name, e.g. "IMPL 005", or its id.')]


@roe.verb("list")
def list_roe(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="[CHANNEL]", help="Title or id; without it all.")] = "",
    at: Annotated[str | None, typer.Option("--at", metavar="DTG", help="As of then.")] = None,
) -> None:
    """Show the board: what is in force, and what is not.

    First what you are asked to acknowledge; then what is in force, what is NOT IN FORCE with its reason, and the nations' caveats.
    """
    from coalchat.cli.output import show
    from coalchat.cli.roe_lines import board_lines
    from coalchat.cli.session import with_node
    from coalchat.cli.times import parse_time

    asked = asked_of(context)
    when = 0 if at is None else parse_time(at)

    async def act(client: Client) -> None:
        board = await client.roe_board(channel, when)
        show(asked, board, board_lines(board, exercise=client.node.exercise))

    with_node(asked, act)


@roe.verb("log")
def log_roe(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="[CHANNEL]", help="Title or id; without it all.")] = "",
) -> None:
    """Show every notice as it was signed, the oldest first.

    \b
    coalchat roe log --json > roe.json

    With its serial, time, author and signatures, and why it is not in force; what is missing is named. The marking at its top and bottom is that of all of it.
    """
    from coalchat.cli.output import show
    from coalchat.cli.roe_lines import log_lines
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        log = await client.roe_log(channel)
        show(asked, log, log_lines(log, exercise=client.node.exercise))

    with_node(asked, act)


@roe.verb("show")
def show_roe(context: typer.Context, notice: Notice) -> None:
    """Show one notice, and who has acknowledged it.

    \b
    coalchat roe show "IMPL 005"
    """
    from coalchat.cli.beside import beside_of
    from coalchat.cli.output import show
    from coalchat.cli.roe_lines import details_lines
    from coalchat.cli.session import with_node
    from coalchat.record import values_of

    asked = asked_of(context)

    async def act(client: Client) -> None:
        details, beside = await client.roe_notice(notice), await beside_of(client)
        level = details.notice.level
        lines = details_lines(details, exercise=client.node.exercise, beside=beside.words(level))
        show(asked, values_of(details) | {"national": beside.marking(level)}, lines)

    with_node(asked, act)


def tell(asked: Asked, issued: RoeIssued) -> None:
    from coalchat.cli.output import note, show

    notice = issued.notice
    show(asked, issued, [f"{notice.entry_id}  {notice.name}"])
    if issued.repeated:
        note(asked, ["issued before under this key; nothing was sent now"])
    missing = notice.needed - len(notice.signers)
    if missing > 0:
        who = "another person" if missing == 1 else f"{missing} other persons"
        note(asked, [f'NOT IN FORCE until {who} has signed: coalchat roe endorse "{notice.name}"'])


@roe.verb("endorse")
def endorse(context: typer.Context, notice: Notice) -> None:
    """Sign what another issued, where the charter asks for it.

    You see the whole notice first.
    """
    from coalchat.cli.beside import beside_of
    from coalchat.cli.output import note
    from coalchat.cli.roe_lines import details_lines
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> RoeIssued:
        details = await client.roe_notice(notice)
        beside = (await beside_of(client)).words(details.notice.level)
        note(asked, details_lines(details, exercise=client.node.exercise, beside=beside))
        return await client.endorse_roe(details.notice.entry_id)

    tell(asked, with_node(asked, act))


@roe.verb("ack")
def acknowledge(
    context: typer.Context,
    notice: Annotated[str, typer.Argument(metavar="NOTICE", help='Its name with its serial, e.g. "IMPL 005"; or its id, with --serial.')],
    *,
    serial: Annotated[int | None, typer.Option("--serial", metavar="N", min=1, help="Its serial, where NOTICE is an id.")] = None,
    caveat: Annotated[str | None, typer.Option("--caveat", metavar="TEXT", help="You understand; a national limit applies.")] = None,
    unable: Annotated[str | None, typer.Option("--unable", metavar="WHY", help="You cannot comply.")] = None,
) -> None:  # fmt: skip
    """Acknowledge a notice: you have read and understand it.

    \b
    coalchat roe ack "IMPL 005"
    coalchat roe ack "IMPL 005" --caveat "only with a second officer on the net"

    It is a signed act that all its readers see; there is no undo.
    """
    from coalchat.api.vocabulary import Answer
    from coalchat.cli.beside import beside_of
    from coalchat.cli.output import note, show
    from coalchat.cli.roe_lines import answer_words, details_lines
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    if caveat is not None and unable is not None:
        raise UsageError("--caveat and --unable exclude each other")
    answer = Answer.CAVEAT if caveat is not None else Answer.UNABLE if unable is not None else Answer.NONE
    text = caveat or unable or ""
    if answer is not Answer.NONE and not text.strip():
        raise UsageError("say which caveat, or why you are unable")
    typed = typed_serial(notice) if serial is None else serial

    async def act(client: Client) -> None:
        found = await client.roe_notice(notice)
        beside = (await beside_of(client)).words(found.notice.level)
        note(asked, details_lines(found, exercise=client.node.exercise, beside=beside))
        details = await client.acknowledge_roe(found.notice.entry_id, typed, answer, text)
        show(asked, details, [f"{details.notice.entry_id}  {details.notice.name}  {answer_words(answer)}"])

    with_node(asked, act)


def typed_serial(notice: str) -> int:
    """The serial that a name ends with.

    Raises:
        UsageError: it has none.
    """
    last = notice.replace("-", " ").split()[-1:]
    if len(notice.replace("-", " ").split()) > 1 and last[0].isdecimal() and last[0].isascii():
        return int(last[0])
    raise UsageError("name the notice by its serial", hint='coalchat roe ack "IMPL 005", or its id with --serial 5')
