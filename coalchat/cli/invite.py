"""`coalchat invite`: a custodian brings a device into the nation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coalchat.api.vocabulary import Precedence, Role
from coalchat.cli.options import Noun, asked_of
from coalchat.errors import UnknownLabel, UsageError, WordsDiffer

if TYPE_CHECKING:
    from coalchat.api.enrolment import Enrolled, Invite, InviteCode
    from coalchat.client import Client

invite = Noun("Bring a device into the nation, as its custodian.")

Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the invite, or how it begins.")]


@invite.verb("create")
def create(
    context: typer.Context,
    person: Annotated[str, typer.Option("--person", metavar="NAME", help="Name that the certificate will say.")],
    clearance: Annotated[str, typer.Option("--clearance", metavar="LABEL", help="Highest level, and categories.")],
    address: Annotated[str, typer.Option("--address", metavar="HOST:PORT", help="Where the joiner dials this node.")],
    role: Annotated[Role, typer.Option("--role", case_sensitive=False)] = Role.OFFICER,
    precedence: Annotated[
        Precedence | None,
        typer.Option(
            "--precedence", case_sensitive=False, help="The highest it may use; else IMMEDIATE, of a bot PRIORITY."
        ),
    ] = None,
) -> None:
    """Make an invite: a code for one device, for 72 hours.

    \b
    coalchat invite create --person "Lt Berg" --clearance "SECRET CONVOY" --address 192.0.2.7:7447

    The code is a secret. Hand it over by a way that you trust; the joiner types it into `coalchat join`.
    """
    from coalchat.cli.home import tidy
    from coalchat.cli.output import note, show
    from coalchat.cli.session import with_node
    from coalchat.cli.times import dtg

    asked = asked_of(context)

    async def act(client: Client) -> InviteCode:
        refusal = UnknownLabel("there is no level in it")
        for level, categories in readings(clearance):
            try:
                return await client.create_invite(
                    tidy(person),
                    role=role,
                    level=level,
                    categories=categories,
                    precedence=precedence or usual_precedence(role),
                    address=address,
                )
            except UnknownLabel as error:
                # The reading with the longest level comes first; the one that got further says what is wrong.
                refusal = error
                if "category" in error.detail:
                    break
        raise refusal

    made = with_node(asked, act)
    show(asked, made, [made.code])
    note(asked, [f"invite {made.invite_id}, until {dtg(made.expires)}; the code is a secret and is not shown again"])


def readings(clearance: str) -> list[tuple[str, tuple[str, ...]]]:
    """Ways to read "TOP SECRET CONVOY" as a level and categories, the longest level first: the node knows the policy."""
    head, _, tail = clearance.replace("/", ",").partition(",")
    words = head.split()
    listed = tuple(part.strip() for part in tail.split(",") if part.strip())
    return [(" ".join(words[:end]), (*words[end:], *listed)) for end in range(len(words), 0, -1)]


@invite.verb("list")
def list_invites(context: typer.Context) -> None:
    """Show this custodian's invites, and the words of who asked."""
    from coalchat.cli.output import columns, show
    from coalchat.cli.session import with_node
    from coalchat.cli.times import dtg

    asked = asked_of(context)

    async def act(client: Client) -> tuple[Invite, ...]:
        return await client.invites()

    invites = with_node(asked, act)
    rows = [
        (i.id, i.state, i.person, i.role, i.clearance, f"until {dtg(i.expires)}", " ".join(i.words)) for i in invites
    ]  # fmt: skip
    for one, line in zip(invites, columns(rows), strict=True):
        show(asked, one, [line])


@invite.verb("approve")
def approve(
    context: typer.Context,
    identifier: Id,
    words: Annotated[str | None, typer.Option("--words", help="The six words that the joiner reads out.")] = None,
) -> None:
    """Certify the device that asked, once its words were compared.

    \b
    coalchat invite approve 3f2a --words "acid bench coral drum elbow frost"

    Compare them by voice. Without --words it shows them at the terminal and asks. If they differ, say no: somebody stands between.
    """
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> Enrolled:
        compared = tuple(words.split()) if words is not None else _compared(await client.invites(), identifier)
        return await client.approve_invite(identifier, compared)

    enrolled = with_node(asked, act)
    show(asked, enrolled, [f"{enrolled.person} has device {enrolled.device}: {enrolled.device_id}"])


def _compared(invites: tuple[Invite, ...], identifier: str) -> tuple[str, ...]:
    from coalchat.cli import terminal
    from coalchat.errors import UnknownInvite

    found = [one for one in invites if identifier and one.id.startswith(identifier.lower())]
    if len(found) != 1:
        raise UnknownInvite(identifier)
    (asking,) = found
    if not asking.words:
        raise UsageError("no device has shown this invite's code yet")
    if not terminal.available():
        raise UsageError("there is no terminal to ask at", hint="give the words with --words")
    said = terminal.ask_line(
        f"{asking.person}, {asking.role}, {asking.clearance}: {' '.join(asking.words)} - does the joiner read out the same"
        " six words? [yes/no] "
    )
    if said.lower() not in {"y", "yes"}:
        raise WordsDiffer
    return asking.words


@invite.verb("withdraw")
def withdraw(context: typer.Context, identifier: Id) -> None:
    """End an invite that was not approved."""
    from coalchat.cli.output import show
    from coalchat.cli.session import with_node

    asked = asked_of(context)

    async def act(client: Client) -> None:
        await client.withdraw_invite(identifier)

    with_node(asked, act)
    show(asked, {"withdrawn": identifier}, [f"invite {identifier} is withdrawn"])


def usual_precedence(role: Role) -> Precedence:
    """The highest that an invite allows where it does not say: no bot interrupts people without somebody's word."""
    return Precedence.PRIORITY if role is Role.BOT else Precedence.IMMEDIATE
