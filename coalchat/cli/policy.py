"""`coalchat policy`: security policies of other systems, as XML SPIF. Needs neither home nor node."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Noun, asked_of

if TYPE_CHECKING:
    from coalchat.api.responses import Policy
    from coalchat.client import Client
    from protocol.interchange.fitting import Fitted
    from protocol.interchange.spif import Spif

policy = Noun("Security policies of other systems: XML SPIF.")
SpifFile = Annotated[Path, typer.Argument(metavar="FILE.xml", help="An XML SPIF of schema 2.0 or 2.1.")]


@policy.verb("check")
def check(context: typer.Context, file: SpifFile) -> None:
    """Read a policy, and say whether a coalition can be founded on it.

    \b
    coalchat policy check national.xml

    What cannot be carried over is named. A policy that a coalition cannot be founded on can still be a national one, beside the coalition's.
    """
    from coalchat.cli.output import show
    from protocol.base.errors import DecodeError
    from protocol.interchange.fitting import fit

    asked = asked_of(context)
    spif = read_policy_file(file)
    refused, left_out = "", tuple[str, ...]()
    try:
        left_out = fit(spif).left_out
    except DecodeError as error:
        refused = str(error)
    record = {
        "policy": spif.name,
        "id": spif.id,
        "version": spif.version,
        "classifications": [one.name for one in spif.classifications],
        "tag_sets": [tag_set.name for tag_set in spif.tag_sets],
        "others": [other.name for other in spif.others],
        "fits": not refused,
        "refused": refused,
        "left_out": list(left_out),
    }
    show(
        asked,
        record,
        [*policy_lines(spif), *([f"no policy of a coalition: {refused}"] if refused else fit_lines(left_out))],
    )


@policy.verb("import")
def import_policy(
    context: typer.Context,
    file: SpifFile,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.toml", help="Where the policy goes.")],
) -> None:
    """Make a policy file of an XML SPIF, to found a coalition on.

    \b
    coalchat policy import mission.xml --out mission.toml
    coalchat charter found xaa.offer xbb.offer --policy mission.toml --name "Northern Guard" --out guard.charter

    It is refused where a rule of the policy would be lost that keeps somebody from reading. Look at the file before you found on it: from then on its hash stands in the charter.
    """
    from coalchat.cli.files import new_file
    from coalchat.cli.output import note, show
    from protocol.interchange.fitting import to_toml

    asked = asked_of(context)
    spif = read_policy_file(file)
    fitted = _fit(spif)
    with new_file(out) as text:
        text.append(to_toml(fitted.policy, f"Made of the XML SPIF of {spif.name}, {spif.id}, version {spif.version}."))
    record = {"policy": fitted.policy.identifier, "hash": fitted.policy.hash.hex(), "left_out": list(fitted.left_out)}
    note(asked, fit_lines(fitted.left_out))
    show(asked, record, [f"{out}: {fitted.policy.identifier}, {len(fitted.policy.levels)} levels"])


@policy.verb("national")
def national(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.xml]", help="The nation's policy: an XML SPIF.")] = None,
    of: Annotated[
        Path | None, typer.Option("--of", metavar="FILE.xml", help="XML SPIF that the coalition's policy was made of.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Show none any more.")] = False,
) -> None:
    """Show your nation's markings beside those of the coalition.

    \b
    coalchat policy national national.xml --of mission.xml

    Its equivalences name the coalition's policy, and its levels by number: those of --of, or without it their places from 0. Only what holds for what comes (decrypt, both) counts; a level of which nothing is said stands as the next higher one. It is shown on this device, and decides nothing.
    """
    from coalchat.api.national import SetNational
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node
    from coalchat.errors import UsageError
    from protocol.base.errors import DecodeError
    from protocol.interchange.spif_rules import alike

    if (file is None) != remove:
        raise UsageError("give FILE.xml, or --remove")
    asked = asked_of(context)
    spif = None if file is None else read_policy_file(file)
    whose = None if of is None else read_policy_file(of)

    async def act(client: Client) -> Policy:
        if spif is None:
            return await client.call(SetNational(policy="", levels=()))
        present = await client.policy()
        try:
            numbers = [
                place if whose is None else whose.named(level.name).lacv for place, level in enumerate(present.levels)
            ]
            levels = alike(spif, present.id if whose is None else whose.name, numbers)
        except DecodeError as error:
            raise UsageError(str(error)) from None
        return await client.call(SetNational(policy=f"{spif.name} {spif.version}", levels=levels))

    kept = with_node(asked, act)
    show(asked, kept, [f"{level.name}  {level.national or '-'}" for level in kept.levels])


def read_policy_file(file: Path) -> Spif:
    """The policy of a file.

    Raises:
        UsageError: it cannot be read, or is none; names the file and what is wrong.
    """
    from coalchat.cli.files import read_bytes
    from coalchat.errors import UsageError
    from protocol.base.errors import RemoteProtocolError
    from protocol.interchange.spif_xml import read_spif

    try:
        return read_spif(read_bytes(file))
    except RemoteProtocolError as error:
        raise UsageError(f"{file}: {error}") from None


def _fit(spif: Spif) -> Fitted:
    from coalchat.errors import UsageError
    from protocol.base.errors import RemoteProtocolError
    from protocol.interchange.fitting import fit

    try:
        return fit(spif)
    except RemoteProtocolError as error:
        raise UsageError(
            f"{spif.name}: {error}",
            hint="`coalchat policy check` shows what it holds; edit a TOML file by hand instead",
        ) from None


def policy_lines(spif: Spif) -> list[str]:
    """What a policy holds."""
    rows = [f"{spif.name}  {spif.id}  version {spif.version}", "classifications, from the lowest:"]
    for one in spif.classifications:
        same = ", ".join(f"{e.policy} {e.lacv} ({e.applied})" for e in one.equivalents)
        rows.append(f"  {one.name}" + (" (obsolete)" if one.obsolete else "") + (f"  as {same}" if same else ""))
    rows += [
        f"{tag_set.name}, {tag.kind.lower()}: {', '.join(value.name for value in tag.values)}"
        for tag_set in spif.tag_sets
        for tag in tag_set.tags
    ]
    rows += [f"knows {other.name}  {other.id}" for other in spif.others]
    return rows


def fit_lines(left_out: tuple[str, ...]) -> list[str]:
    """That a coalition can be founded on it, and what of it is left out."""
    return ["a coalition can be founded on it", *(f"left out: {what}" for what in left_out)]
