"""`coalchat remind`: remind who has not acknowledged a message, and ask somebody else to see to it.

Rule 1: who is named, and why each of them is missing, is shown before it is sent.
Rule 2: what is acknowledged is the message, never the reminder; who is asked to see to it answers for himself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.handling import Yes, confirm
from coalchat.cli.options import asked_of

if TYPE_CHECKING:
    from coalchat.api.responses import Sent
    from coalchat.client import Client


def remind(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of a message of yours, or how it begins.")],
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="A word of yours to it.")] = "",
    *,
    escalate: Annotated[str, typer.Option("--escalate", metavar="PERSON", help="Ask this person too to see to it: NAME, or NATION NAME.")] = "",
    key: Annotated[str | None, typer.Option("--key", metavar="ID", help="Your own id: sent once, however often you try.")] = None,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Remind who has not acknowledged a message.

    \b
    coalchat remind 3f2a9c
    coalchat remind 3f2a9c "the bridge closes at 1800Z" --escalate "XCC Mets"

    It is a signed message under the same label, with the same precedence, that names them; all who can read the one read the other. Who stands in for whom is for you to know: no
    certificate says it.
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
        return await client.remind(status.entry_id, text, escalate=escalate, client_id=key, considered=considered)

    sent = with_node(asked, act)
    show(asked, sent, [sent.entry_id])
    if sent.repeated:
        note(asked, ["sent before under this key; nothing was sent now"])
