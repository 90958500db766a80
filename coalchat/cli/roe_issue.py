"""`coalchat roe request|authorise|deny|implement|amend|cancel|caveat`: issuing a notice.

Rule 1: the node says what would not count, and which clause refuses it; nothing leaves then.
Rule 2: the whole marking and who can read it are shown before a notice leaves, as before a message.
Rule 3: FLASH is confirmed before anything leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from coalchat.api.roe import RoeAct, RoeVerb
from coalchat.api.vocabulary import Precedence
from coalchat.cli.handling import Yes, confirm
from coalchat.cli.options import asked_of
from coalchat.cli.roe import Notice, roe, tell
from coalchat.cli.roe_rules import numbers_of, typed_rules
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.api.roe import RoeIssued
    from coalchat.client import Client

__all__ = ["roe"]

Times: TypeAlias = tuple[tuple[str, str | None], ...]

Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rule", metavar="RULE", help='"NUMBER [OPTION]|VERB|TEXT[|SPECIFY]", or NUMBER as --on has it; several times.'
    ),
]
On = Annotated[str, typer.Option("--on", metavar="NOTICE", help="The notice that it stands on.")]
Where = Annotated[str, typer.Option("--channel", help="Title or id; without it as what it stands on.")]
Labelled = Annotated[
    str, typer.Option("--label", help="[policy] LEVEL [CATEGORY] [REL [TO] A, B]; without it as what it stands on.")
]
Nations = Annotated[
    str, typer.Option("--applies-to", metavar="XAA,XBB", help="To whom; without it to all that it is released to.")
]
Specified = Annotated[str, typer.Option("--specify", metavar="TEXT", help="Units, area or phase that it is for.")]
From = Annotated[str | None, typer.Option("--effective", metavar="DTG", help="From when; without it at once.")]
Until = Annotated[str | None, typer.Option("--expires", metavar="DTG", help="Until when; without it until cancelled.")]
AckBy = Annotated[str | None, typer.Option("--ack-by", metavar="DTG", help="Ask everybody to acknowledge by then.")]
Remark = Annotated[str, typer.Option("--remark", metavar="TEXT", help="A word for people.")]
Urgency = Annotated[Precedence, typer.Option("--precedence", case_sensitive=False)]
Key = Annotated[
    str | None, typer.Option("--key", metavar="ID", help="Your own id: issued once, however often you try.")
]
Serial = Annotated[
    int, typer.Option("--serial", metavar="N", min=0, help="Its serial, where this device may not know the last.")
]


def _issue(context: typer.Context, act: RoeAct, *, key: str | None, yes: bool, times: Times = (), **more: Any) -> None:
    """Issue a notice.

    Args:
        key: the person's own id of it. yes: FLASH is confirmed. times: as typed, by field. more: other fields of the request.
    """
    import secrets

    from coalchat.api.roe import IssueRoe
    from coalchat.cli.send import show_preview
    from coalchat.cli.session import with_node
    from coalchat.cli.times import parse_time

    asked = asked_of(context)
    more |= {field: parse_time(text) for field, text in times if text}
    more["nations"] = tuple(more.get("nations", "").upper().replace(",", " ").split())
    notice = IssueRoe(act=act, client_id=key or secrets.token_hex(16), **more)

    confirm(asked, notice.precedence, "", None, yes=yes)  # MINIMIZE does not hold orders up

    async def run(client: Client) -> RoeIssued:
        channel, label = notice.channel, notice.label
        if notice.basis and not (channel and label):
            basis = (await client.roe_notice(notice.basis)).notice
            channel, label = channel or basis.channel_id, label or basis.marking
        if channel and label:  # without them the node says what is missing
            await show_preview(client, asked, channel, label)
        return await client.issue_roe(notice)

    tell(asked, with_node(asked, run))


@roe.verb("request")
def request(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="Title or id.")],
    *,
    label: Annotated[str, typer.Option("--label", help="[policy] LEVEL [CATEGORY] [REL [TO] A, B]")],
    rule: Rules = None,
    applies_to: Nations = "",
    specify: Specified = "",
    expires: Until = None,
    remark: Remark = "",
    precedence: Urgency = Precedence.PRIORITY,
    serial: Serial = 0,
    key: Key = None,
    yes: Yes = False,
) -> None:
    """Ask the authorities for rules.

    \b
    coalchat roe request "#roe" --label RESTRICTED --rule "104 B|LIMITED|Halt and search of vehicles|AREA BLUE"
    """
    _issue(
        context,
        RoeAct.REQUEST,
        key=key,
        yes=yes,
        times=(("expires", expires),),
        rules=typed_rules(rule),
        channel=channel,
        label=label,
        nations=applies_to,
        specified=specify,
        remark=remark,
        precedence=precedence,
        serial=serial,
    )


@roe.verb("authorise")
def authorise(
    context: typer.Context,
    *,
    rule: Rules = None,
    on: On = "",
    channel: Where = "",
    label: Labelled = "",
    applies_to: Nations = "",
    specify: Specified = "",
    effective: From = None,
    expires: Until = None,
    ack_by: AckBy = None,
    remark: Remark = "",
    precedence: Urgency = Precedence.PRIORITY,
    serial: Serial = 0,
    key: Key = None,
    yes: Yes = False,
) -> None:
    """Authorise rules, asked for or not.

    \b
    coalchat roe authorise --on "REQ 001" --rule "104 B|LIMITED|Halt and search of vehicles|AREA BLUE"

    Without --rule as they were asked for. Nothing is in force before somebody implements it.
    """
    _issue(
        context,
        RoeAct.AUTHORISE,
        key=key,
        yes=yes,
        times=(
            ("effective", effective),
            ("expires", expires),
            ("ack_by", ack_by),
        ),
        rules=typed_rules(rule),
        channel=channel,
        label=label,
        nations=applies_to,
        specified=specify,
        remark=remark,
        precedence=precedence,
        serial=serial,
        basis=on,
    )


@roe.verb("deny")
def deny(
    context: typer.Context,
    notice: Notice,
    *,
    number: Annotated[
        list[str] | None, typer.Option("--rule", metavar="NUMBER", help="Only this one; may be given several times.")
    ] = None,
    effective: From = None,
    remark: Remark = "",
    precedence: Urgency = Precedence.PRIORITY,
    serial: Serial = 0,
    key: Key = None,
    yes: Yes = False,
) -> None:
    """Deny what a request asks for, or some of it."""
    _issue(
        context,
        RoeAct.DENY,
        key=key,
        yes=yes,
        times=(("effective", effective),),
        rules=numbers_of(number),
        remark=remark,
        precedence=precedence,
        serial=serial,
        basis=notice,
    )


@roe.verb("implement")
def implement(
    context: typer.Context,
    notice: Notice,
    *,
    rule: Rules = None,
    label: Labelled = "",
    applies_to: Nations = "",
    specify: Specified = "",
    effective: From = None,
    expires: Until = None,
    ack_by: AckBy = None,
    remark: Remark = "",
    precedence: Urgency = Precedence.PRIORITY,
    serial: Serial = 0,
    key: Key = None,
    yes: Yes = False,
) -> None:
    """Put authorised rules in force, or some of them.

    \b
    coalchat roe implement "AUTH 001" --rule "104 B|LIMITED|Halt and search of vehicles|AREA BLUE" --ack-by 221600ZNOV26

    As they were authorised, without --rule; or narrower, never wider.
    """
    _issue(
        context,
        RoeAct.IMPLEMENT,
        key=key,
        yes=yes,
        times=(
            ("effective", effective),
            ("expires", expires),
            ("ack_by", ack_by),
        ),
        rules=typed_rules(rule),
        label=label,
        nations=applies_to,
        specified=specify,
        remark=remark,
        precedence=precedence,
        serial=serial,
        basis=notice,
    )


@roe.verb("amend")
def amend(
    context: typer.Context,
    notice: Notice,
    *,
    rule: Rules = None,
    effective: From = None,
    expires: Until = None,
    ack_by: AckBy = None,
    remark: Remark = "",
    precedence: Urgency = Precedence.PRIORITY,
    serial: Serial = 0,
    key: Key = None,
    yes: Yes = False,
) -> None:
    """Change rules in force, within what was authorised.

    \b
    coalchat roe amend "IMPL 001" --rule "104 B|LIMITED|Halt and search of vehicles|by day"
    """
    _issue(
        context,
        RoeAct.AMEND,
        key=key,
        yes=yes,
        times=(
            ("effective", effective),
            ("expires", expires),
            ("ack_by", ack_by),
        ),
        rules=typed_rules(rule),
        remark=remark,
        precedence=precedence,
        serial=serial,
        basis=notice,
    )


@roe.verb("cancel")
def cancel(
    context: typer.Context,
    notice: Notice,
    *,
    number: Annotated[
        list[str] | None, typer.Option("--rule", metavar="NUMBER", help="Only this one; may be given several times.")
    ] = None,
    effective: From = None,
    ack_by: AckBy = None,
    remark: Remark = "",
    precedence: Urgency = Precedence.PRIORITY,
    serial: Serial = 0,
    key: Key = None,
    yes: Yes = False,
) -> None:
    """End what was implemented, or authorised.

    With an authorisation ends all that was implemented of it.
    """
    _issue(
        context,
        RoeAct.CANCEL,
        key=key,
        yes=yes,
        times=(
            ("effective", effective),
            ("ack_by", ack_by),
        ),
        rules=numbers_of(number),
        remark=remark,
        precedence=precedence,
        serial=serial,
        basis=notice,
    )


@roe.verb("caveat")
def caveat(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Of the rule.")],
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="What your nation adds.")] = "",
    *,
    not_us: Annotated[bool, typer.Option("--not-us", help="Your nation does not take part in it.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="As the force: your caveat is over.")] = False,
    on: On = "",
    channel: Where = "",
    label: Labelled = "",
    effective: From = None,
    expires: Until = None,
    precedence: Urgency = Precedence.PRIORITY,
    serial: Serial = 0,
    key: Key = None,
    yes: Yes = False,
) -> None:
    """Say what your nation limits for itself.

    \b
    coalchat roe caveat 104 "only with an officer of ours" --on "IMPL 001"
    coalchat roe caveat 104 --not-us --on "IMPL 001" --label "RESTRICTED REL XAA"

    Its label says who learns of it: it may be your nation alone.
    """
    from coalchat.api.roe import RoeRule

    if not_us and withdraw:
        raise UsageError("--not-us and --withdraw exclude each other")
    verb = RoeVerb.PROHIBITED if not_us else RoeVerb.PERMITTED if withdraw else RoeVerb.LIMITED
    if verb is RoeVerb.LIMITED and not text.strip():
        raise UsageError("TEXT says what the caveat is", hint="or give --not-us or --withdraw")
    rule = RoeRule(number=number.strip(), option="", verb=verb, text=text, specify="")
    _issue(
        context,
        RoeAct.CAVEAT,
        key=key,
        yes=yes,
        times=(
            ("effective", effective),
            ("expires", expires),
        ),
        rules=(rule,),
        channel=channel,
        label=label,
        precedence=precedence,
        serial=serial,
        basis=on,
    )
