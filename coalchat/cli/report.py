"""`coalchat report`: forms filled in, sent and read.

Rule 1: what is behind `coalchat report` and is no verb names a form: `coalchat report salute "#ops" …`.
Rule 2: a file is TOML or JSON: fields by key or name; a table of one `mgrs`, or of `lat` and `lon`, is a place, another one
counts of codes, an array codes, and an array of tables the rows of a group.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from coalchat.api.base import MAX_LIMIT
from coalchat.api.vocabulary import Precedence
from coalchat.cli.handling import Yes, confirm, precedence_of
from coalchat.cli.options import Noun, asked_of
from coalchat.cli.report_form import form
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.api.nouns import Message
    from coalchat.api.reports import Filed, Form, FormField, Typed
    from coalchat.client import Client

MAX_FILE = 262_144
"""Bytes read of a file: a report has a thirtieth of it."""
MAX_ROW = 9_999
"""No report has as many rows; the node says how many it may have."""


class FormsToo(TyperGroup):
    """Verbs, and forms in their place."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A word that is no verb is a form to file."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["file", *args]
        return super().resolve_command(ctx, args)


report = Noun("Reports: forms filled in. `coalchat report salute CHANNEL …` files one.", cls=FormsToo)
report.add_typer(form, name="form")


@report.verb("file")
def file_report(
    context: typer.Context,
    form: Annotated[str, typer.Argument(metavar="FORM", help="Id or alias, as `forms` lists them.")],
    channel: Annotated[str, typer.Argument(metavar="[CHANNEL]", help="Title or id, or @NAME; not with --update.")] = "",
    *,
    label: Annotated[str, typer.Option("--label", help="[policy] LEVEL [CATEGORY] [REL [TO] A, B]")] = "",
    fields: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field; FIELD.2=VALUE in its second row.")] = None,
    source: Annotated[str, typer.Option("--file", metavar="F", help="Fields from a TOML or JSON file; - for stdin.")] = "",
    part: Annotated[bool, typer.Option("--part", help="Send it before it is whole; what is missing follows.")] = False,
    update: Annotated[str, typer.Option("--update", metavar="MESSAGE", help="A further version of this report of yours: only what changes.")] = "",
    precedence: Annotated[Precedence | None, typer.Option("--precedence", case_sensitive=False, help="Else the form's.")] = None,
    ack_by: Annotated[str | None, typer.Option("--ack-by", metavar="DTG", help="Ask for acknowledgement by then.")] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="ID", help="Your own id: sent once, however often you try.")] = None,
    reply_to: Annotated[str, typer.Option("--reply-to", metavar="ID", help="Message that it answers.")] = "",
    yes: Yes = False,
) -> None:  # fmt: skip
    """Fill in a form and send it.

    \b
    coalchat report salute "#ops" --label "SECRET REL XAA, XBB" --set size="3 trucks" --set activity=loading \\
        --set location=31UDQ48251193 --set time=221530Z --part
    coalchat report salute --update 3f2a9c --set unit=unknown
    coalchat report medevac "#med" --label RESTRICTED --file nine-lines.toml

    All that is wrong is named, field by field, before anything is sent (exit code 2). The word `file` may be left out. What is confirmed before `send`, FLASH and what
    MINIMIZE is for, is confirmed here too; an update is under no MINIMIZE.
    """
    from coalchat.cli.output import note, show
    from coalchat.cli.send import deadline, show_preview
    from coalchat.cli.session import with_node

    asked = asked_of(context)
    if update and (channel or label):
        raise UsageError("an update goes where its report went: give no CHANNEL and no --label")
    if not update and not (channel and label):
        raise UsageError("a report needs CHANNEL and --label", hint="`coalchat report file --help` says how")
    typed = typed_values(form, read_source(source), fields or [])
    by = deadline(ack_by)

    async def act(client: Client) -> None:
        there = await client.message(update) if update else None
        place = (channel, label) if there is None else (there.channel_id, there.marking)
        preview = await show_preview(client, asked, *place)
        minimize = preview.minimize if there is None else None  # an update is under none
        urgency = precedence or await _precedence(client, form, update)
        # Its length is its form's affair.
        considered = confirm(asked, urgency, "", minimize, yes=yes)
        filed = await client.file_report(
            form,
            typed,
            channel=channel,
            label=label,
            part=part,
            precedence=precedence,
            ack_by=by,
            client_id=key,
            reply_to=reply_to,
            updates=update,
            considered=considered,
        )
        show(asked, filed, [filed.entry_id])
        note(asked, [told(filed)])

    with_node(asked, act)


async def _precedence(client: Client, form: str, update: str) -> Precedence:
    """With which it goes unless somebody says otherwise, as far as his device may: its form's, or its first version's."""
    if update:
        return await precedence_of(client, update)
    wanted = next((one.precedence for one in await forms_named(client, form)), None)
    return wanted or Precedence.ROUTINE  # of a form that there is not the node says so


async def forms_named(client: Client, form: str = "") -> list[Form]:
    """Forms that reports are filed on: those of this name, "": all."""
    name = form.strip().upper()
    return [one for one in await client.forms() if one.current and (not name or name in {one.id, *one.aliases})]


def _listed(form: Form) -> list[str]:
    own = f"own, version {form.version}" if form.own else ""
    return [form.id, form.title, form.precedence, ", ".join(form.aliases), own]


@report.verb("forms")
def forms(
    context: typer.Context,
    form: Annotated[str, typer.Argument(metavar="[FORM]", help="Show the fields of this one.")] = "",
) -> None:
    """List the forms, or the fields of one.

    \b
    coalchat report forms
    coalchat report forms medevac
    """
    from coalchat.cli.output import columns, show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        found = await forms_named(client, form)
        if form and not found:
            raise UsageError(f"there is no form {form}", hint="`coalchat report forms` lists them")
        if asked.as_json:
            for one in found:
                show(asked, one, [])
        elif form:
            show(asked, found[0], form_lines(found[0]))
        else:
            show(asked, None, columns([_listed(one) for one in found]))

    with_node(asked, act)


@report.verb("list")
def list_reports(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="[CHANNEL]", help="Title or id; without it all.")] = "",
    form: Annotated[str, typer.Option("--form", metavar="FORM", help="Only reports on this form.")] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=MAX_LIMIT, help="At most so many.")] = 50,
) -> None:
    """List the newest reports, each in its newest version.

    \b
    coalchat report list "#ops" --form salute
    """
    from coalchat.cli.output import columns, show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        found = await client.reports(channel, form, limit)
        if asked.as_json:
            for message in found:
                show(asked, message, [])
        else:
            show(asked, None, columns([_row(message) for message in found]) if found else [])

    with_node(asked, act)


@report.verb("show")
def show_report(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of a report, or how it begins.")],
    text: Annotated[bool, typer.Option("--text", help="As text in the manner of APP-11, with its marking.")] = False,
) -> None:
    """Show a report.

    \b
    coalchat report show 3f2a9c --text
    """
    from coalchat.cli.beside import beside_of
    from coalchat.cli.output import show
    from coalchat.cli.reading import message_lines
    from coalchat.cli.session import with_node
    from coalchat.record import values_of

    asked = asked_of(context)

    async def act(client: Client) -> None:
        found = await client.message(message)
        if found.kind != "report":
            raise UsageError(f"{message} is no report")
        exercise, beside = client.node.exercise, await beside_of(client)
        record = values_of(found) | {"national": beside.marking(found.level)}
        lines = message_lines(found, exercise=exercise, beside=beside.words(found.level))
        show(asked, record, text_lines(found, exercise) if text else lines)

    with_node(asked, act)


# --- what is shown ---


def told(filed: Filed) -> str:
    """What became of a report, in a line."""
    words = [f"{filed.form} {filed.serial:03}", filed.precedence.value]
    words += [f"version {filed.version}"] if filed.version > 1 else []
    words += [f"to follow: {', '.join(filed.missing)}"] if filed.missing else []
    words += ["sent before under this key; nothing was sent now"] if filed.repeated else []
    return ", ".join(words)


def text_lines(message: Message, exercise: bool) -> list[str]:
    """A report as text: the marking and its author before it, the marking behind it."""
    from coalchat.cli.times import dtg

    marking = f"EXERCISE {message.marking}" if exercise else message.marking
    head = f"{message.precedence.value} {dtg(message.author_time)} FM {message.author_nation} {message.author_person}"
    return [f"[{marking}]", head, *message.text.split("\n"), f"[{marking}]"]


def form_lines(form: Form) -> list[str]:
    """The fields of a form: `*` must be filled, `+` in a whole report."""
    from coalchat.cli.output import columns

    marks = {"first": "*", "whole": "+", "may": ""}
    head = f"{form.id} {form.version}  {form.title}  {form.precedence.value}"
    rows = [
        [marks[one.need], one.key.lower() + (".1" if one.rows else ""), one.name, one.type, _takes(one)]
        for one in form.fields
    ]
    legend = "* must be filled" + ("   + in a whole report: may follow a part" if form.parts else "")
    return [head, *columns(rows), legend, *(["asks for acknowledgement: --ack-by"] if form.ack else [])]


def _takes(field: FormField) -> str:
    if field.codes:
        return "; ".join(field.codes)
    bounds = f"{field.least} to {field.most}" if field.type == "int" and field.most < 10**9 else ""
    return "  ".join(word for word in (field.hint, bounds) if word)


def _row(message: Message) -> list[str]:
    from coalchat.cli.output import short
    from coalchat.cli.times import dtg

    found = message.report
    name = "a report" if found is None else f"{found.form} {found.serial:03}"
    more = "" if found is None else "part" if found.part else f"version {found.version}" if found.version > 1 else ""
    who = f"{message.author_nation} {message.author_person}"
    return [
        f"[{message.marking}]",
        dtg(message.author_time),
        name,
        who,
        message.channel_title,
        short(message.entry_id),
        more,
    ]


# --- what is given ---


def typed_values(form: str, table: dict[str, Any], fields: list[str]) -> list[Typed]:
    """Fields of a file, and those of `--set` in their places.

    Raises:
        UsageError: what is no field and value, or a file of another form.
    """
    from coalchat.api.reports import Typed

    named = str(table.pop("form", "") or form)
    if named.casefold() != form.casefold():
        raise UsageError(f"the file is of a {named}, not of a {form}")
    if str(table.get("type", "")).casefold() == form.casefold():
        del table["type"]  # else it is a field: an incident has a type
    found = {(_plain(name), row): Typed(name=name, row=row, text=text) for name, row, text in _flat(table)}
    for one in fields:
        name, equals, text = one.partition("=")
        name, dot, row = name.partition(".")
        if (
            not equals
            or not name.strip()
            or (dot and not (row.isascii() and row.isdecimal() and 0 < int(row) <= MAX_ROW))
        ):
            raise UsageError(f"{one!r} is no FIELD=VALUE", hint="in rows: FIELD.2=VALUE")
        place = (_plain(name), int(row) if dot else 0)
        found[place] = Typed(name=name.strip(), row=place[1], text=text)
    return list(found.values())


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", "-")


def read_source(source: str) -> dict[str, Any]:
    """The table of a file; of none an empty one.

    Raises:
        UsageError: it cannot be read as TOML or JSON.
    """
    import json
    import tomllib

    if not source:
        return {}
    if source == "-":
        data = sys.stdin.buffer.read(MAX_FILE + 1)
    else:
        with Path(source).open("rb") as file:
            data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise UsageError(f"{source} is longer than any report")
    try:
        text = data.decode("utf-8")
        table = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(f"{source} is neither TOML nor JSON") from None
    return dict(table)


def _flat(table: dict[str, Any]) -> Iterator[tuple[str, int, str]]:
    for name, value in table.items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            for number, row in enumerate(value, 1):
                for key, cell in row.items():
                    yield f"{name}-{key}", number, _text(f"{name}-{key}.{number}", cell)
        else:
            yield name, 0, _text(name, value)


def _text(name: str, value: Any) -> str:
    from datetime import datetime

    match value:
        case None:
            return ""
        case str() | int() | float() if not isinstance(value, bool):
            return str(value)
        case datetime():
            return value.isoformat()
        case {"mgrs": str(place)}:
            return place
        case {"lat": int() | float() as north, "lon": int() | float() as east}:
            return f"{north} {east}"
        case dict():
            return " ".join(f"{code}{_text(name, number)}" for code, number in value.items())
        case list():
            return " ".join(_text(name, one) for one in value)
    raise UsageError(f"{name}: must be text or a number")
