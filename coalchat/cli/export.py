"""`coalchat export`: who could see messages, who has them, who read and who acknowledged them.

Rule 1: the marking of all that is listed stands first and last, and each message bears its own.
Rule 2: with `--json` one object a line, of the form that SPEC 12.13 fixes; it changes by its `format` only.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from coalchat.cli.options import asked_of
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.api.deadlines import Account, Holder
    from coalchat.client import Client

FORMAT: Final = "coalchat-receipts-1"
"""Of what `--json` writes."""
NOTHING: Final = "UNMARKED: NOTHING IS LISTED"


def export(
    context: typer.Context,
    channel: Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="Title or id; without it all.")] = "",
    since: Annotated[str | None, typer.Option("--since", metavar="DTG", help="What came here from then on.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DTG", help="What came here before then.")] = None,
    text: Annotated[bool, typer.Option("--text", help="With what the messages say.")] = False,
) -> None:
    """Write who could see, has, read, acknowledged what.

    \b
    coalchat export --channel "#ops" --since 220000ZNOV26 > ops.txt
    coalchat export --json | jq 'select(.kind == "message") | .nations'

    It says what this node knows: of your own messages, of every device that can read them; of others' messages, of those that said something. Who could see is asked of
    today's certificates. The marking at its top and bottom is that of all that it lists together. What proves a single acknowledgement, `coalchat evidence export` writes.
    """
    from coalchat.cli.beside import beside_of, marked
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node
    from coalchat.cli.times import dtg, parse_time

    asked = asked_of(context)
    first = 0 if since is None else parse_time(since)
    last = 0 if until is None else parse_time(until)
    if last and last <= first:
        raise UsageError("--until is not after --since")

    async def act(client: Client) -> None:
        accounts, marking = await client.accounts(channel, since=first, until=last, texts=text)
        beside = await beside_of(client)
        level = max((account.message.level for account in accounts), default=-1)
        words, national = beside.words(level), beside.marking(level)
        marking = marking or NOTHING
        marking = f"EXERCISE {marking}" if client.node.exercise else marking
        now, node = int(time.time()), client.node
        head = {
            "format": FORMAT,
            "kind": "head",
            "marking": marking,
            "national": national,
            "coalition": node.coalition,
            "coalition_id": node.coalition_id,
            "exercise": node.exercise,
            "nation": node.nation,
            "person": node.person,
            "device_id": node.device_id,
            "made": now,
            "channel": channel,
            "since": first,
            "until": last,
            "messages": len(accounts),
        }
        span = [f"from {dtg(first)}" if first else "", f"until {dtg(last)}" if last else ""]
        said = [
            marked(marking, words),
            f"receipts of {len(accounts)} messages {channel or 'of all channels'} {' '.join(span)}".rstrip(),
            f"as {node.nation} {node.person} knows them, {dtg(now)}, coalition {node.coalition}",
            "",
        ]
        show(asked, head, said)
        for account in accounts:
            level = account.message.level
            record = account_record(account, beside.marking(level))
            show(asked, record, account_lines(account, texts=text, beside=beside.words(level)))
        foot = {"format": FORMAT, "kind": "foot", "marking": marking, "national": national, "messages": len(accounts)}
        show(asked, foot, [marked(marking, words)])

    with_node(asked, act)


def account_record(account: Account, national: str = "") -> dict[str, Any]:
    """One message of the format. `national`: what the own nation marks alike, or ""."""
    message = account.message
    return {
        "format": FORMAT,
        "kind": "message",
        "entry_id": message.entry_id,
        "channel_id": message.channel_id,
        "channel": message.channel_title,
        "marking": message.marking,
        "national": national,
        "payload": message.kind,
        "author_nation": message.author_nation,
        "author_person": message.author_person,
        "author_device": message.author_device,
        "author_time": message.author_time,
        "received_time": message.received_time,
        "precedence": message.precedence,
        "asked": account.asked,
        "ack_by": message.ack_by,
        "handle_by": account.handle_by,
        "flags": list(message.flags),
        "text": message.text,
        "nations": list(account.nations),
        "devices": [
            {
                "nation": one.nation,
                "person": one.person,
                "device": one.device,
                "role": one.role,
                "author": one.author,
                "could_see": one.could_see,
                "state": one.state,
                "since": one.since,
                "answer": one.answer,
                "text": one.text,
            }
            for one in account.holders
        ],
    }


def account_lines(account: Account, *, texts: bool, beside: str = "") -> list[str]:
    """One message for people: what it is, then a row a device, then who is missing."""
    from coalchat.cli.beside import marked
    from coalchat.cli.output import body, columns, short
    from coalchat.cli.reading import FLAGS
    from coalchat.cli.times import dtg

    message = account.message
    words = [
        dtg(message.author_time),
        f"{message.author_nation} {message.author_person}",
        message.channel_title,
        message.precedence,
        f"acknowledge by {dtg(message.ack_by)}" if message.ack_by else "",
        *(FLAGS.get(flag, flag) for flag in message.flags),
        short(message.entry_id),
    ]
    rows = [
        (
            "  " + one.nation,
            f"{one.person or 'unknown'} ({one.device})",
            one.role or "-",
            "could see" if one.could_see else "NOT CLEARED NOW",
            state_words(one),
            dtg(one.since) if one.since else "",
            one.text,
        )
        for one in account.holders
    ]
    counts = [
        f"{nation.nation} {nation.reached} of {nation.expected} {account.asked}"
        if nation.expected
        else f"{nation.nation} nobody known"
        for nation in account.nations
    ]
    return [
        marked(message.marking, beside),
        "  ".join(word for word in words if word),
        *(body(message.text) if texts and message.text else []),
        *columns(rows),
        *(["  " + "; ".join(counts)] if counts else []),
        "",
    ]


def state_words(holder: Holder) -> str:
    """How far it is with a device, in a word or two."""
    from coalchat.cli.ack import acknowledged

    if holder.author:
        return "author"
    if holder.answer is not None:
        return acknowledged(holder.answer)
    return "nothing known" if holder.state is None else holder.state
