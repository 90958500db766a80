"""`coalchat charter`: nations found a coalition by signing one text that goes round as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalchat.cli.options import Asked, Noun, asked_of

if TYPE_CHECKING:
    from coalchat.custody.founding import Progress
    from protocol.trust.policy import Policy

charter = Noun("The charter that founds a coalition.")

CharterFile = Annotated[Path, typer.Argument(metavar="FILE", help="The charter's file.")]


@charter.verb("found")
def found(
    context: typer.Context,
    offers: Annotated[list[Path], typer.Argument(metavar="OFFER...", help="The nations' offers, this home's among them.")],
    name: Annotated[str, typer.Option("--name", help="Name of the coalition.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the charter goes.")],
    policy: Annotated[str, typer.Option("--policy", help="Policy of its labels: EXAMPLE, or a TOML file.")] = "EXAMPLE",
    exercise: Annotated[bool, typer.Option("--exercise", help="An exercise coalition: never mixed with a real one.")] = False,
    segment: Annotated[str, typer.Option("--segment", help="Length of a segment: keys change after it.")] = "6h",
    edition: Annotated[int, typer.Option("--edition", help="Segments of one edition.")] = 12,
    retention: Annotated[
        str, typer.Option("--retention", help="How long every device keeps the texts of messages; `none`: without end.")
    ] = "30d",
    handling: Annotated[
        str, typer.Option("--handling", metavar="R,P,O,Z", help="Handling time of each precedence, ROUTINE first.")
    ] = "6h,3h,30m,10m",
    no_read: Annotated[list[str] | None, typer.Option("--no-read", metavar="LEVEL", help="No READ is sent at this level; may be given several times.")] = None,
    expect_ack: Annotated[list[str] | None, typer.Option("--expect-ack", metavar="LEVEL", help="Every message of this level is to be acknowledged within its handling time.")] = None,
    roe_authority: Annotated[
        list[str] | None, typer.Option("--roe-authority", metavar="CODE[:NAME]", help="Who issues ROE notices: a nation's persons, or who is certified so.")
    ] = None,
    roe_signer: Annotated[
        list[str] | None, typer.Option("--roe-signer", metavar="CODE[:NAME]", help="Who signs them, and issues none.")
    ] = None,
    roe_signatures: Annotated[
        int, typer.Option("--roe-signatures", metavar="N", min=1, help="Of how many persons a notice needs the signature.")
    ] = 1,
    run_on: Annotated[
        str, typer.Option("--run-on", metavar="LEVEL", help="Highest level that still goes to a nation, one edition longer, when its keys have run out; `none`. Without it: the lower half of the levels.")
    ] = "",
) -> None:  # fmt: skip
    """Make a charter from the nations' offers, and sign it.

    \b
    coalchat charter found xaa.offer xbb.offer --name "Baltic Shield" --out shield.charter --roe-authority XAA

    Compare each nation's fingerprint with its custodian, by voice, before you send the file round. Without --roe-authority no ROE notice is ever in force in the coalition.
    """
    import os

    from coalchat.cli.armour import Kind, read_armour, write_armour
    from coalchat.cli.files import alone, new_file, read_text
    from coalchat.cli.handling import handling_settings
    from coalchat.cli.home import tidy
    from coalchat.cli.passphrase import passphrase
    from coalchat.cli.times import parse_length
    from coalchat.custody.authorities import read_power
    from coalchat.custody.founding import Terms, found_charter
    from protocol.messages.retention import WITHOUT_END

    asked = asked_of(context)
    home = asked.present_home
    kept = WITHOUT_END if retention == "none" else parse_length(retention)
    powers = [read_power(text, issues=True) for text in roe_authority or ()]
    powers += [read_power(text, issues=False) for text in roe_signer or ()]
    levels = _policy(policy)
    settings = handling_settings(levels, handling, no_read or [], expect_ack or [])
    terms = Terms(
        tidy(name),
        exercise,
        parse_length(segment),
        edition,
        kept,
        tuple(powers),
        roe_signatures,
        _run_on(run_on, levels),
        settings,
    )
    data = [read_armour(Kind.OFFER, read_text(path), str(path)) for path in offers]
    with alone(home), new_file(out) as text:
        progress = found_charter(
            home, passphrase(asked), policy=levels, offers=data, terms=terms, entropy=os.urandom
        )  # fmt: skip
        text.append(write_armour(Kind.CHARTER, progress.file))
    _tell(asked, progress, out)


@charter.verb("sign")
def sign(context: typer.Context, file: CharterFile) -> None:
    """Sign a charter as this home's nation, and enter a complete one.

    \b
    coalchat charter sign shield.charter

    The file is written back with the signature. Once it holds all of them it is complete: each nation then runs this with
    the complete file, and its home belongs to the coalition. With an amendment it goes the same way; the node may run.
    """
    import os
    import time
    from functools import partial

    import trio

    from coalchat.cli.amendment import sign_amendment
    from coalchat.cli.armour import Kind, holds, read_armour, write_armour
    from coalchat.cli.files import alone, read_text, replace_file
    from coalchat.cli.passphrase import passphrase
    from coalchat.custody.founding import sign_charter_file

    asked = asked_of(context)
    home = asked.present_home
    text = read_text(file)
    if holds(Kind.AMENDMENT, text):
        sign_amendment(asked, file, read_armour(Kind.AMENDMENT, text, str(file)))
        return
    data = read_armour(Kind.CHARTER, text, str(file))
    with alone(home):
        act = partial(sign_charter_file, home, passphrase(asked), data, now=int(time.time()), entropy=os.urandom)
        progress = trio.run(act)
        if progress.file != data:
            replace_file(file, write_armour(Kind.CHARTER, progress.file))
    _tell(asked, progress, file)


@charter.verb("show")
def show_file(context: typer.Context, file: CharterFile) -> None:
    """Show what a charter or amendment says, and who signed it.

    It shows the fingerprints that people compare. It needs no home.
    """
    from coalchat.cli.amendment import tell_amendment
    from coalchat.cli.armour import Kind, holds, read_armour
    from coalchat.cli.files import read_text
    from coalchat.custody.founding import show_charter_file

    asked = asked_of(context)
    text = read_text(file)
    if holds(Kind.AMENDMENT, text):
        tell_amendment(asked, file, read_armour(Kind.AMENDMENT, text, str(file)))
        return
    _tell(asked, show_charter_file(read_armour(Kind.CHARTER, text, str(file))), file)


@charter.verb("admit")
def admit(
    context: typer.Context,
    offer: Annotated[Path, typer.Argument(metavar="OFFER", help="The newcomer's, of `coalchat nation create`.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the amendment goes.")],
) -> None:
    """Write the amendment that admits a nation, and sign it.

    \b
    coalchat charter admit xdd.offer --out xdd.amendment

    Compare the newcomer's fingerprint by voice first. The file then goes round: every nation and the newcomer sign it.
    """
    from coalchat.cli.amendment import write_amendment
    from coalchat.cli.armour import Kind, read_armour
    from coalchat.cli.files import read_text
    from coalchat.custody.amending import admit_at_home

    asked = asked_of(context)
    data = read_armour(Kind.OFFER, read_text(offer), str(offer))
    write_amendment(asked, out, lambda home, secret: admit_at_home(home, secret, data), lambda c: c.admit(data))


@charter.verb("suspend")
def suspend(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The nation's code.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the amendment goes.")],
) -> None:
    """Write the amendment that suspends a nation, and sign it.

    \b
    coalchat charter suspend XCC --out xcc.amendment

    All others sign it. It goes round until each finds the new link secret in it; the nation itself keeps what it read.
    """
    import os

    from coalchat.cli.amendment import write_amendment
    from coalchat.custody.amending import suspend_at_home

    asked = asked_of(context)
    write_amendment(
        asked, out, lambda home, secret: suspend_at_home(home, secret, code, os.urandom), lambda c: c.suspend(code)
    )


@charter.verb("reinstate")
def reinstate(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The nation's code.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the amendment goes.")],
) -> None:
    """Write the amendment that takes back a suspension, and sign it.

    \b
    coalchat charter reinstate XCC --out xcc.amendment

    All others sign it, and the nation itself; then one of the others signs once more, which seals the link secret to it. What was said meanwhile stays closed to it.
    """
    from coalchat.cli.amendment import write_amendment
    from coalchat.custody.amending import reinstate_at_home

    asked = asked_of(context)
    write_amendment(asked, out, lambda home, secret: reinstate_at_home(home, secret, code), lambda c: c.reinstate(code))


def _tell(asked: Asked, progress: Progress, file: Path) -> None:
    from coalchat.cli.output import show

    record = _record(progress, file)
    show(asked, record, _lines(record))


def _record(progress: Progress, file: Path) -> dict[str, Any]:
    from coalchat.cli.armour import fingerprint, grouped
    from coalchat.custody.authorities import roe_powers

    said = progress.charter
    powers, signatures = roe_powers(said)
    return {
        "file": str(file),
        "name": said.name,
        "fingerprint": grouped(said.hash),
        "exercise": said.exercise,
        "policy": progress.policy.identifier,
        "policy_fingerprint": grouped(progress.policy.hash),
        "levels": [level.name for level in progress.policy.levels],
        "categories": [category.value for category in progress.policy.categories],
        "segment": said.segment,
        "edition": said.edition,
        "retention": list(said.retention),
        "handling": list(said.handling),
        "receipts": [{"read": terms.read, "acknowledged": terms.acknowledged} for terms in said.receipts],
        "run_on": [level.name for at, level in enumerate(progress.policy.levels) if said.runs_on(at)],
        "quorum": said.quorum,
        "nations": [
            {"code": n.code, "name": n.name, "fingerprint": fingerprint(n), "signed": n.code in progress.signed}
            for n in said.nations
        ],
        "roe_authorities": [{"nation": p.nation, "name": p.name, "issues": p.issues} for p in powers],
        "roe_signatures": signatures,
        "missing": list(progress.missing),
        "complete": progress.coalition is not None,
        "coalition_id": None if progress.coalition is None else progress.coalition.id.hex(),
    }


def _lines(record: dict[str, Any]) -> list[str]:
    from coalchat.cli.handling import handling_lines
    from coalchat.cli.output import columns

    kind = "exercise coalition" if record["exercise"] else "coalition"
    nations = [
        (f"  {n['code']}", n["name"], n["fingerprint"], "signed" if n["signed"] else "not signed yet")
        for n in record["nations"]
    ]
    missing = ", ".join(record["missing"])
    return [
        f"{kind} {record['name']}, charter {record['fingerprint']}",
        f"policy {record['policy']} {record['policy_fingerprint']}: {', '.join(record['levels'])}",
        f"a segment has {record['segment']} s, an edition {record['edition']} segments; quorum {record['quorum']}",
        f"when a nation's keys run out, sending to it stops{_stops(record['run_on'])}",
        f"texts are kept {', '.join(_kept(seconds) for seconds in sorted(set(record['retention'])))}",
        *handling_lines(record["levels"], record["handling"], record["receipts"]),
        *columns(nations),
        _roe(record),
        f"complete: the coalition's id is {record['coalition_id']}" if record["complete"] else f"missing: {missing}",
    ]


def _roe(record: dict[str, Any]) -> str:
    who = [
        f"{p['nation']} {p['name'] or '(any person)'} {'issues' if p['issues'] else 'signs'}"
        for p in record["roe_authorities"]
    ]
    if not who:
        return "ROE: nobody is named: no notice can be in force"
    return f"ROE: {', '.join(who)}; {record['roe_signatures']} to sign a notice"


def _kept(seconds: int) -> str:
    from coalchat.cli.times import length
    from protocol.messages.retention import WITHOUT_END

    return "without end" if seconds == WITHOUT_END else f"{length(seconds)} after their segment"


def _run_on(level: str, policy: Policy) -> int | None:
    """How many of the lowest levels run on; None where nobody said."""
    from coalchat.errors import UsageError

    if level in {"", "none"}:
        return 0 if level else None
    names = [known.name.casefold() for known in policy.levels]
    if level.casefold() not in names:
        raise UsageError(f"--run-on: {', '.join(known.name for known in policy.levels)} are the policy's levels")
    return names.index(level.casefold()) + 1


def _stops(levels: list[str]) -> str:
    return f" above {levels[-1]}, and one edition later altogether" if levels else " at every level"


def _policy(given: str) -> Policy:
    from importlib.resources import files

    from coalchat.cli.files import read_text
    from coalchat.errors import UsageError
    from protocol.base.errors import ProtocolError
    from protocol.trust.policy import policy_from_toml

    shipped = {item.name: item for item in files("protocol").joinpath("policies").iterdir()}
    found = shipped.get(f"{given.lower()}.toml")
    if found is None and not given.endswith(".toml"):
        known = ", ".join(name.removesuffix(".toml").upper() for name in sorted(shipped) if name.endswith(".toml"))
        raise UsageError(f"there is no policy {given!r}", hint=f"known are {known}; or name a TOML file")
    try:
        return policy_from_toml(found.read_text("utf-8") if found is not None else read_text(Path(given)))
    except ProtocolError as error:
        raise UsageError(f"{given} is not a valid policy ({error})") from None
