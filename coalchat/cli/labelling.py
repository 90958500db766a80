"""`coalchat label export` and `read`: labels as STANAG 4774 XML.

Rule 1: what is written is what the coalition's policy says: identifier, level, categories, and the nations it is released to.
Rule 2: what is read is checked and shown, and believed of nobody: a label by itself proves nothing.
"""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import asked_of
from coalchat.errors import Refused, UsageError

if TYPE_CHECKING:
    from coalchat.api import responses
    from coalchat.client import Client
    from protocol.interchange.label4774 import XmlLabel
    from protocol.interchange.spif import Spif
    from protocol.trust.policy import Policy

MIN_ID = 4
"""Hex digits that name a message."""


class Format(StrEnum):
    """Forms of a label outside."""

    STANAG_4774 = "4774"


def export(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="MESSAGE|LABEL", help="Id of a message, or how it begins; or a label's text.")],
    form: Annotated[Format, typer.Option("--format", help="Form of it.")] = Format.STANAG_4774,
    channel: Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="Whose nations a label without REL is released to.")] = "",
    review: Annotated[str, typer.Option("--review", metavar="DTG", help="When it is to be looked at again: the standard asks for it.")] = "",
) -> None:  # fmt: skip
    """Write a label as STANAG 4774 XML.

    \b
    coalchat label export 3f2a9c --review 221800ZNOV31 > label.xml
    coalchat label export "SECRET REL XAA, XBB"

    Of a message the label is its author's, with his time. It is not signed: `coalchat evidence export` is what proves a message.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node
    from coalchat.cli.times import parse_time
    from protocol.interchange.label4774 import write_label

    asked = asked_of(context)
    del form  # there is one
    until = parse_time(review) if review else 0

    async def act(client: Client) -> XmlLabel:
        if len(what) >= MIN_ID and set(what.lower()) <= set("0123456789abcdef"):
            message = await client.message(what)
            return await _label(client, message.marking, "", message.author_time, until)
        return await _label(client, what, channel, int(time.time()), until)

    text = write_label(with_node(asked, act))
    show(asked, {"xml": text}, text.splitlines())


async def _label(client: Client, text: str, channel: str, created: int, review: int) -> XmlLabel:
    from protocol.base.errors import ProtocolError
    from protocol.interchange.label4774 import RELEASABLE, XmlCategory, XmlLabel
    from protocol.interchange.spif import TagKind
    from protocol.trust.label import parse_label

    policy = _policy(await client.policy())
    codes = [nation.code for nation in await client.nations()]
    try:
        label = parse_label(text, policy, codes)
    except ProtocolError as error:
        raise UsageError(str(error)) from None
    nations = [codes[index] for index in sorted(label.releasable)] or await _members(client, channel)
    categories = [policy.categories[index - 1] for index in sorted(label.categories)]
    by_set = {one.tag_name: tuple(c.value for c in categories if c.tag_name == one.tag_name) for one in categories}
    return XmlLabel(
        policy=policy.identifier,
        classification=policy.levels[label.level].name,
        categories=(
            *(XmlCategory(TagKind.RESTRICTIVE, name, values) for name, values in by_set.items()),
            XmlCategory(TagKind.PERMISSIVE, RELEASABLE, tuple(nations)),
        ),
        created=created,
        review=review,
    )


async def _members(client: Client, channel: str) -> tuple[str, ...]:
    if not channel:
        raise UsageError(
            "a label without REL is released to nobody", hint="write REL and the nations, or give --channel"
        )
    wanted = channel.casefold()
    found = [one for one in await client.channels() if wanted == one.title.casefold() or one.id.startswith(wanted)]
    if len(found) != 1:
        raise UsageError(f"there is no one channel {channel!r} here")
    return found[0].members


def _policy(shown: responses.Policy) -> Policy:
    from protocol.trust.policy import Category, Level, Policy

    return Policy(
        shown.id,
        shown.version,
        shown.prefix,
        tuple(Level(level.name, level.portion, level.foreground, level.background) for level in shown.levels),
        tuple(Category(name, value) for name, value in zip(shown.tag_names, shown.categories, strict=True)),
    )


def read(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="LABEL.xml", help="A label of STANAG 4774.")],
    policy: Annotated[Path | None, typer.Option("--policy", metavar="FILE.xml", help="XML SPIF of its policy: checks it, and shows its marking.")] = None,
    into: Annotated[Path | None, typer.Option("--into", metavar="FILE.xml", help="XML SPIF of another policy: says what it is there.")] = None,
    language: Annotated[str, typer.Option("--language", help="Of the marking, e.g. fr.")] = "",
) -> None:  # fmt: skip
    """Read a label of STANAG 4774, and check it.

    \b
    coalchat label read label.xml --policy mission.xml --into national.xml

    Needs neither home nor node. Exit code 3: the policy does not allow the label, or it has no equivalent in the other one. That it is well formed says nothing of who wrote it.
    """
    from coalchat.cli.files import read_bytes
    from coalchat.cli.output import show
    from coalchat.cli.policy import read_policy_file
    from protocol.base.errors import RemoteProtocolError
    from protocol.interchange.label4774 import read_label

    if into is not None and policy is None:
        raise UsageError("--into goes with --policy")
    asked = asked_of(context)
    try:
        label = read_label(read_bytes(file))
    except RemoteProtocolError as error:
        raise UsageError(f"{file}: {error}") from None
    lines, record = label_lines(label), label_record(label)
    wrong: tuple[str, ...] = ()
    if policy is not None:
        more, said, wrong = judged(
            label, read_policy_file(policy), None if into is None else read_policy_file(into), language
        )
        lines, record = [*more, *lines], record | said
    show(asked, record, lines)
    if wrong:
        raise Refused("label", "; ".join(wrong))


def judged(
    label: XmlLabel, policy: Spif, into: Spif | None, language: str
) -> tuple[list[str], dict[str, object], tuple[str, ...]]:  # fmt: skip
    """What policies say of a label: lines, fields, and what is wrong."""
    from protocol.base.errors import DecodeError
    from protocol.interchange.label4774 import label_under
    from protocol.interchange.spif_marking import marking
    from protocol.interchange.spif_rules import faults, translate_in, translate_out

    lines: list[str] = []
    said: dict[str, object] = {}
    try:
        own = label_under(label, policy)
        said["marking"] = marking(policy, own, language)
        lines.append(f"[{said['marking']}]")
        wrong = faults(policy, own)
        if into is not None:
            known = policy.other(into) is not None
            other = translate_out(own, policy, into) if known else translate_in(own, policy, into)
            said["equivalent"] = marking(into, other, language)
            lines.append(f"in {into.name}: [{said['equivalent']}]")
    except DecodeError as error:
        wrong = (str(error),)
    said["wrong"] = list(wrong)
    return lines, said, wrong


def label_record(label: XmlLabel) -> dict[str, object]:
    """A label's fields."""
    return {
        "policy": label.policy,
        "classification": label.classification,
        "categories": [
            {"type": one.kind.value, "tag_name": one.tag_name, "values": list(one.values)} for one in label.categories
        ],
        "created": label.created,
        "review": label.review,
        "role": label.role,
    }


def label_lines(label: XmlLabel) -> list[str]:
    """A label as it says of itself."""
    from coalchat.cli.times import dtg

    rows = [f"{label.role} label: {label.policy} {label.classification}"]
    rows += [f"  {one.tag_name}, {one.kind.lower()}: {', '.join(one.values)}" for one in label.categories]
    if label.privacy_mark:
        rows.append(f"  privacy mark: {label.privacy_mark}")
    rows.append(f"  made {dtg(label.created)}" + (f", to be reviewed {dtg(label.review)}" if label.review else ""))
    if label.originator:
        rows.append(f"  by {label.originator}")
    if label.successor is not None:
        rows.append(f"  from {dtg(label.successor[0])} on {label.successor[1].classification}")
    return rows
