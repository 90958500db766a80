"""`coalchat evidence`: proof of one message for whoever holds the charter, and its check.

Rule 1: an evidence file holds the text: it is marked as the message is, in its first line, and handled so.
Rule 2: what is said of a proof keeps apart what was proved, what its author claimed, and what it does not show.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.cli.options import Asked, Noun, asked_of

if TYPE_CHECKING:
    from coalchat.api.evidence import EvidenceOf, Proof
    from coalchat.client import Client

evidence = Noun("Evidence: who wrote a message, for somebody who was not there.")


@evidence.verb("export")
def export(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id or the beginning of one; of a receipt the whole id.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the evidence goes.")],
) -> None:  # fmt: skip
    """Write what proves a message into a file.

    \b
    coalchat evidence export 3f9a --out order.evidence

    The file holds the text and is classified as the message is. It stays valid after the keys are gone, and when the
    text was purged here; it can be made only before that.
    """
    from coalchat.cli.armour import Kind, write_armour
    from coalchat.cli.files import new_file
    from coalchat.cli.output import note, show
    from coalchat.cli.session import with_node
    from coalchat.display import display_safe

    asked = asked_of(context)

    async def act(client: Client) -> tuple[EvidenceOf, Proof]:
        made = await client.export_evidence(message)
        return made, await client.check_evidence(made.data)

    with new_file(out, private=True) as text:
        made, proof = with_node(asked, act)
        text.append(f"{display_safe(proof.marking)}\n{write_armour(Kind.EVIDENCE, made.data)}")
    record = {"file": str(out), "entry_id": made.entry_id, "marking": proof.marking}
    show(
        asked,
        record | {"acknowledgements": list(made.acknowledgements)},
        [f"[{proof.marking}]", f"{out}: {made.entry_id}"],
    )
    note(asked, [f"acknowledged by {name}" for name in made.acknowledgements])


@evidence.verb("check")
def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The evidence.")],
    charter: Annotated[
        Path | None, typer.Option("--charter", metavar="FILE", help="Check by this charter, without home and node.")
    ] = None,
) -> None:
    """Check evidence, and say what it proves and what not.

    \b
    coalchat evidence check order.evidence --charter watch.charter

    Without --charter it is checked by the charter of this home's coalition. With it nothing else is needed: compare the
    charter's fingerprint (`coalchat charter show`) with one that you trust. Exit code 7 says that it proves nothing.
    """
    from coalchat.cli.armour import Kind, read_armour
    from coalchat.cli.files import read_text
    from coalchat.cli.output import show

    asked = asked_of(context)
    data = read_armour(Kind.EVIDENCE, read_text(file), str(file))
    proof = _by_node(asked, data) if charter is None else _by_charter(charter, data)
    show(asked, proof, proof_lines(proof))


def _by_node(asked: Asked, data: bytes) -> Proof:
    from coalchat.cli.session import with_node

    async def act(client: Client) -> Proof:
        return await client.check_evidence(data)

    return with_node(asked, act)


def _by_charter(charter: Path, data: bytes) -> Proof:
    from coalchat.cli.armour import Kind, read_armour
    from coalchat.cli.files import read_text
    from coalchat.custody.evidence import check_by_charter

    return check_by_charter(read_armour(Kind.CHARTER, read_text(charter), str(charter)), data)


def proof_lines(proof: Proof) -> list[str]:
    """A proof in words."""
    from coalchat.cli.output import body
    from coalchat.cli.reading import quote_lines
    from coalchat.cli.status import covered_line
    from coalchat.cli.times import dtg

    kind = "exercise coalition" if proof.exercise else "coalition"
    marking = f"EXERCISE {proof.marking}" if proof.exercise else proof.marking
    signed = (
        "signed by that device"
        if not proof.run
        else f"proved by the signature of a later entry, {proof.run} further on"
    )
    lines = [
        f"[{marking}]",
        f"proved by the charter of the {kind} {proof.coalition}, {proof.coalition_id}:",
        f"  who    {proof.person} of {proof.nation}, device {proof.device} ({proof.device_id})",
        f"         certified from {dtg(proof.certified_from)} to {dtg(proof.certified_to)}",
        f"  label  {proof.marking}, {proof.precedence}",
        f"  where  number {proof.seq} of feed {proof.feed_id} in channel {proof.channel_id}",
        f"  entry  {proof.entry_id}, {signed}",
        *([] if proof.checkpoint is None else [f"         {covered_line(proof.checkpoint)}, which this node holds"]),
        f"  what   {_what(proof)}",
        *(body(proof.text) if proof.text else []),
        *(line for quoted in proof.quotes for line in quote_lines(quoted)),
        *(f"  about  {name}" for name in (*proof.covered, *proof.refs)),
        "claimed by its author, and no more:",
        f"  when   {dtg(proof.author_time)}",
    ]
    return [
        *lines,
        "not shown by this:",
        "  when it was sealed or received, and by whom it was read; what the channel is called;",
        "  whether that device was in the hands of its person, or was revoked, or wrote something else in this place;",
        "  whether it was entitled to this label there" + (";" if proof.checkpoint is None else "."),
        *(
            ["  that its author signed it by an algorithm that outlasts quantum computers."]
            if proof.checkpoint is None
            else []
        ),
        "This text and no other stands under that entry's id.",
    ]


def _what(proof: Proof) -> str:
    noplay = ", NO PLAY" if proof.noplay else ""
    if proof.state is None:
        return f"{proof.kind}{noplay}:"
    answer = "" if proof.answer in {None, "none"} else f" {proof.answer}".upper()
    return f"{proof.state.upper()}{answer}{noplay}" + (":" if proof.text else "")
