"""`coalchat report form`: forms of the users' own (SPEC 8.12).

Rule 1: a form is kept by the node, in its store: a file that lies about can be swapped under a report.
Rule 2: a form is handed over as a file, by people: what `export` writes, `add` takes at every other home as the same form.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Noun, asked_of
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.api.reports import Form, FormField
    from coalchat.client import Client

form = Noun("Forms of your own: kept by your node, handed to others as files.")
FormFile = Annotated[Path, typer.Argument(metavar="FILE.toml", help="A form file.")]
FormName = Annotated[str, typer.Argument(metavar="FORM", help="Id or alias.")]


@form.verb("add")
def add(context: typer.Context, file: FormFile) -> None:
    """Keep a form; reports can be filed on it from now on.

    \b
    coalchat report form export SALUTE --out bridge.toml
    coalchat report form add bridge.toml

    Whatever is wrong is named with its line, its field and the rule (exit code 2). A form that was kept is never changed: give what you change a higher version. Who has not got it
    reads your reports by their keys: hand the file to everybody.
    """
    from coalchat.cli.output import note, show
    from coalchat.cli.session import with_node

    asked, toml = asked_of(context), read_form_file(file)

    async def act(client: Client) -> None:
        added = await client.add_form(toml)
        show(asked, added, [added.form.id])
        note(asked, [f"{told(added.form)}, {'kept' if added.new else 'is here already'}", *_filed(added.reports)])

    with_node(asked, act)


@form.verb("check")
def check(context: typer.Context, file: FormFile) -> None:
    """Say whether a form file could be kept, and what it holds.

    \b
    coalchat report form check bridge.toml
    """
    from coalchat.cli.output import note, show
    from coalchat.cli.report import form_lines
    from coalchat.cli.session import with_node

    asked, toml = asked_of(context), read_form_file(file)

    async def act(client: Client) -> None:
        added = await client.add_form(toml, check=True)
        show(asked, added, form_lines(added.form))
        note(asked, ["it is right; nothing was kept"])

    with_node(asked, act)


@form.verb("list")
def list_forms(context: typer.Context) -> None:
    """List your own forms, in every version that is kept.

    \b
    coalchat report form list
    """
    from coalchat.cli.output import columns, show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        own = [one for one in await client.forms() if one.own]
        if asked.as_json:
            for one in own:
                show(asked, one, [])
        elif own:
            rows = [[one.id, f"version {one.version}", one.title, "" if one.current else "replaced", one.hash[:12]]
                    for one in own]  # fmt: skip
            show(asked, None, columns(rows))

    with_node(asked, act)


@form.verb("export")
def export_form(
    context: typer.Context,
    name: FormName,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.toml", help="Where it goes; it must not be there yet.")],
) -> None:
    """Write a form as a file, to hand it over or to begin one from.

    \b
    coalchat report form export BRIDGE --out bridge.toml
    """
    from coalchat.cli.files import new_file
    from coalchat.cli.output import note, show
    from coalchat.cli.report import forms_named
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        found = await forms_named(client, name)
        if not found:
            raise UsageError(f"there is no form {name}", hint="`coalchat report forms` lists them")
        with new_file(out) as text:
            text.append(form_toml(found[0]))
        show(asked, {"form": found[0].id, "version": found[0].version, "file": str(out)}, [str(out)])
        note(asked, [told(found[0])])

    with_node(asked, act)


@form.verb("remove")
def remove(context: typer.Context, name: FormName) -> None:
    """Forget a form of your own, in all its versions.

    \b
    coalchat report form remove BRIDGE

    Reports on it stay, and are read by their keys. What ships with the program cannot be removed.
    """
    from coalchat.cli.output import note, show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        gone = await client.remove_form(name)
        show(asked, gone, [gone.id])
        note(asked, [f"{gone.wordings} version{'s' * (gone.wordings != 1)} forgotten", *_filed(gone.reports)])

    with_node(asked, act)


def told(of: Form) -> str:
    """A form in a line: its name, and by which its likeness is told at another home."""
    return f"{of.id} version {of.version}, {len(of.fields)} fields, wording {of.hash[:12]}"


def _filed(reports: int) -> list[str]:
    return [f"{reports} report{'s' * (reports != 1)} of that name here"] if reports else []


def read_form_file(file: Path) -> str:
    """The text of a form file.

    Raises:
        UsageError: it cannot be read, is larger than any form file, or no text.
    """
    from coalchat.cli.files import read_bytes
    from protocol.base.limits import MAX_FORM_FILE

    data = read_bytes(file)
    if len(data) > MAX_FORM_FILE:
        raise UsageError(f"{file} has more than {MAX_FORM_FILE} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no UTF-8") from None


# --- as a file ---


def form_toml(of: Form) -> str:
    """A form as a file, in one written form: who reads it has the very same form."""
    head = [
        "# A form of coalchat (SPEC 8.12). A wording that was used is never changed: give another one a higher version.",
        f"id = {_text(of.id)}",
        f"version = {of.version}",
        f"title = {_text(of.title)}",
        *([f"aliases = {_array(of.aliases)}"] if of.aliases else []),
        f"precedence = {_text(of.precedence)}",
        f"parts = {_flag(of.parts)}",
        *(["ack = true"] if of.ack else []),
    ]
    return "\n".join([*head, *(line for one in of.fields for line in _field(one))]) + "\n"


def _field(one: FormField) -> list[str]:
    lines = ["", "[[field]]", f"key = {_text(one.key)}", f"name = {_text(one.name)}"]
    lines += [f"section = {_text(one.section)}"] if one.section else []
    lines += [f"type = {_text(one.type)}"]
    lines += [f"need = {_text(one.need)}"] if one.need != "may" else []
    lines += ["rows = true"] if one.rows else []
    lines += [f"least = {one.least}"] if one.least else []
    lines += [f"most = {one.most}"] if one.most or one.type == "int" else []
    lines += [f"hint = {_text(one.hint)}"] if one.hint else []
    return [*lines, *([f"codes = {_array(one.codes)}"] if one.codes else [])]


def _text(value: str) -> str:
    """A basic string of TOML: no name of a form holds a control character."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _array(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _flag(value: bool) -> str:
    return "true" if value else "false"
