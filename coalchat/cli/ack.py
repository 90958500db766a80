"""`coalchat ack`: acknowledge a message, in the person's name.

Rule 1: it is a signed act about one message: what is acknowledged is shown, with its marking, before it is done.
Rule 2: the same again sends nothing; another answer takes the place of the one before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.api.vocabulary import Answer
from coalchat.cli.options import asked_of
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.api.responses import Acknowledged
    from coalchat.client import Client


def ack(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of a message, or how it begins.")],
    *,
    wilco: Annotated[bool, typer.Option("--wilco", help="You will comply.")] = False,
    unable: Annotated[bool, typer.Option("--unable", help="You cannot.")] = False,
    caveat: Annotated[str | None, typer.Option("--caveat", metavar="TEXT", help="With this reservation.")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="WHY", help="A word with --wilco or --unable.")] = None,
) -> None:
    """Acknowledge a message. Its author and all who can read it see your answer, signed.

    \b
    coalchat ack 3f2a9c
    coalchat ack 3f2a9c --unable --text "no fuel before 1600Z"
    coalchat ack 3f2a9c --caveat "not above 500 ft"

    It marks nothing as read here: `coalchat read --mark` does.
    """
    from coalchat.cli.beside import beside_of
    from coalchat.cli.output import note, show
    from coalchat.cli.reading import message_lines
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    answer, words = answer_of(wilco=wilco, unable=unable, caveat=caveat, text=text)

    async def act(client: Client) -> Acknowledged:
        found = await client.message(message)
        beside = (await beside_of(client)).words(found.level)
        note(asked, message_lines(found, exercise=client.node.exercise, beside=beside))
        if found.reminds:
            raise UsageError("that is a reminder", hint=f"acknowledge what it reminds of: {found.reminds[:12]}")
        return await client.acknowledge(found.entry_id, answer, words)

    given = with_node(asked, act)
    show(asked, given, [f"{given.entry_id}  {acknowledged(given.answer)}"])
    if given.repeated:
        note(asked, ["so acknowledged before; nothing was sent now"])


def answer_of(*, wilco: bool, unable: bool, caveat: str | None, text: str | None) -> tuple[Answer, str]:
    """What the options say.

    Raises:
        UsageError: two answers, or a text that belongs to none.
    """
    given = [
        answer
        for answer, there in ((Answer.WILCO, wilco), (Answer.UNABLE, unable), (Answer.CAVEAT, caveat is not None))
        if there
    ]
    if len(given) > 1:
        raise UsageError("--wilco, --unable and --caveat exclude each other")
    if text is not None and given not in ([Answer.WILCO], [Answer.UNABLE]):
        raise UsageError("--text goes with --wilco or --unable")
    if caveat is not None and not caveat.strip():
        raise UsageError("--caveat says what it is")
    return (given[0] if given else Answer.NONE), caveat or text or ""


def acknowledged(answer: Answer) -> str:
    """An answer in words."""
    return "acknowledged" if answer is Answer.NONE else f"acknowledged, {answer}"
