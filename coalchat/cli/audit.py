"""`coalchat audit`: what this node refused and did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Asked, Noun, asked_of

if TYPE_CHECKING:
    from coalchat.api.nouns import AuditRecord
    from coalchat.client import Client

audit = Noun("The audit record: every refusal and every act of custody.")

PAGE = 500


@audit.verb("list")
def list_records(
    context: typer.Context,
    after: Annotated[
        int, typer.Option("--after", metavar="NUMBER", min=0, help="Only what is behind this number.")
    ] = 0,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = None,
) -> None:
    """Show the audit record of this node, oldest first.

    \b
    coalchat audit list --json | grep send-refused
    """
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        number, left = after, limit
        while left is None or left > 0:
            page = await client.audit(number, PAGE if left is None else min(left, PAGE))
            _show(asked, page.records)
            number, left = page.next_number, None if left is None else left - len(page.records)
            if not page.more:
                return

    with_node(asked, act)


def _show(asked: Asked, records: tuple[AuditRecord, ...]) -> None:
    from coalchat.cli.output import show
    from coalchat.cli.times import dtg

    for one in records:
        words = (str(one.number), dtg(one.time), one.event, one.nation, one.subject, one.clause, one.detail)
        show(asked, one, ["  ".join(word for word in words if word)])
