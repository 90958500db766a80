"""`coalchat remind`: remind who has not acknowledged a message, and ask somebody else to see to it.

Rule 1: who is named, and why each of them is missing, is shown before it is sent.
Rule 2: what is acknowledged is the message, never the reminder; who is asked to see to it answers for himself.
Rule 3: `--escalate` with nobody behind it asks the deputy of each nation that lacks an acknowledgement.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalchat.cli.handling import Yes, confirm
from coalchat.cli.options import Command, asked_of

if TYPE_CHECKING:
    from coalchat.api.responses import MessageStatus, Sent
    from coalchat.client import Client


class Escalating(Command):
    """`--escalate` may stand alone."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Where nothing, or the next option, stands behind it, nobody is named."""
        return super().parse_args(ctx, alone(args))


def alone(args: list[str]) -> list[str]:
    """Arguments in which an `--escalate` that stands alone names nobody, in so many words."""
    end = args.index("--") if "--" in args else len(args)
    beside = pairwise([*args[:end], "-"])
    named = ["--escalate=" if arg == "--escalate" and after.startswith("-") else arg for arg, after in beside]
    return named + args[end:]


def remind(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of a message of yours, or how it begins.")],
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="A word of yours to it.")] = "",
    *,
    escalate: Annotated[str | None, typer.Option("--escalate", metavar="[PERSON]", help="Ask the nations' deputies too to see to it; or this person: NAME, or NATION NAME.")] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="ID", help="Your own id: sent once, however often you try.")] = None,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Remind who has not acknowledged a message.

    \b
    coalchat remind 3f2a9c
    coalchat remind 3f2a9c "the bridge closes at 1800Z" --escalate
    coalchat remind 3f2a9c --escalate "XCC Mets"

    It is a signed message under the same label, with the same precedence, that names them; all who can read the one read the other. Each nation names its own deputy
    (`coalchat channel deputy`); of one that lacks an acknowledgement and has none, the reminder says so.
    """
    from coalchat.cli.output import note, show
    from coalchat.cli.session import with_node
    from coalchat.cli.status import asked_lines

    asked = asked_of(context)

    async def act(client: Client) -> Sent:
        status = await client.message_status(message)
        note(asked, [f"{status.entry_id}  [{status.marking}]", *asked_lines(status)])
        channels = await client.channels()
        minimize = next((one.minimize for one in channels if one.id == status.channel_id), None)
        considered = confirm(asked, status.precedence, text, minimize, yes=yes)
        if escalate == "":
            note(asked, [escalation(status)])
        return await client.remind(
            status.entry_id,
            text,
            escalate=escalate or "",
            deputies=escalate == "",
            client_id=key,
            considered=considered,
        )

    sent = with_node(asked, act)
    show(asked, sent, [sent.entry_id])
    if sent.repeated:
        note(asked, ["sent before under this key; nothing was sent now"])


def escalation(status: MessageStatus) -> str:
    """Whom `--escalate` asks to see to it: "deputies: XBB Kowal; XCC none who can read it"."""
    named = {one.nation: one.person for one in status.deputies}
    lacking = [nation.nation for nation in status.nations if nation.missing]
    return "deputies: " + "; ".join(f"{code} {named.get(code, 'none who can read it')}" for code in lacking)
