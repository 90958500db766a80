"""Handling times and receipts of a charter (SPEC 8.13), and what a person is asked before something urgent leaves.

Rule: what waits for a person's word is asked at his terminal, or `--yes` says it; without either nothing is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from coalchat.api.vocabulary import Precedence
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.api.about import Minimize
    from coalchat.cli.options import Asked
    from coalchat.client import Client
    from protocol.trust.charter import Setting
    from protocol.trust.policy import Policy

BREVITY: Final = 200
"""Words of a FLASH or IMMEDIATE message (ACP 121 practice)."""
Yes = Annotated[
    bool, typer.Option("--yes", help="Send FLASH, or under MINIMIZE, without being asked: you have considered it.")
]


def handling_settings(
    policy: Policy, handling: str, no_read: Sequence[str], expect_ack: Sequence[str]
) -> tuple[Setting, ...]:
    """The charter's settings; of what is as usual, none.

    Raises:
        UsageError: not four lengths of time that rise with no precedence, or a level that the policy does not have.
    """
    from coalchat.cli.times import parse_length
    from protocol.base.errors import ProtocolError
    from protocol.trust.charter import Setting
    from protocol.trust.handling import (
        HANDLING,
        SETTING_HANDLING,
        SETTING_RECEIPTS,
        ReceiptTerms,
        pack_handling,
        pack_receipts,
        read_handling,
    )

    seconds = tuple(parse_length(part) for part in handling.split(","))
    try:
        read_handling(pack_handling(seconds))
    except (ProtocolError, OverflowError):
        raise UsageError(
            f"--handling {handling}: four lengths, none longer than the one before, e.g. 6h,3h,30m,10m"
        ) from None
    unread, expected = _levels(policy, no_read), _levels(policy, expect_ack)
    terms = tuple(ReceiptTerms(at not in unread, at in expected) for at in range(len(policy.levels)))
    made = []
    if seconds != HANDLING:
        made.append(Setting(SETTING_HANDLING, pack_handling(seconds)))
    if unread or expected:
        made.append(Setting(SETTING_RECEIPTS, pack_receipts(terms)))
    return tuple(made)


def _levels(policy: Policy, named: Sequence[str]) -> set[int]:
    names = {level.name.upper(): at for at, level in enumerate(policy.levels)}
    for name in named:
        if name.upper() not in names:
            raise UsageError(f"the policy has no level {name!r}", hint=f"it has {', '.join(names)}")
    return {names[name.upper()] for name in named}


def handling_lines(levels: Sequence[str], handling: Sequence[int], receipts: Sequence[dict[str, Any]]) -> list[str]:
    """What a charter says about handling and receipts."""
    from coalchat.cli.times import length

    times = ", ".join(f"{word} {length(seconds)}" for word, seconds in zip(Precedence, handling, strict=True))
    lines = [f"to be delivered within: {times}"]
    unread = [level for level, terms in zip(levels, receipts, strict=True) if not terms["read"]]
    expected = [level for level, terms in zip(levels, receipts, strict=True) if terms["acknowledged"]]
    if unread:
        lines.append(f"nobody says that he read: {', '.join(unread)}")
    if expected:
        lines.append(f"every message is to be acknowledged: {', '.join(expected)}")
    return lines


# --- before something leaves ---


def confirm(asked: Asked, precedence: Precedence, text: str, minimize: Minimize | None, *, yes: bool) -> bool:
    """Have a person's word for what should not leave without it, and say what is long for its precedence.

    Returns:
        Whether MINIMIZE, where it is in force, was considered; where nobody can be asked, the node shall refuse.

    Raises:
        UsageError: he does not want it, or it is FLASH, he cannot be asked, and has not said --yes.
    """
    from coalchat.cli.output import note
    from coalchat.cli.terminal import ask_line, available

    words = len(text.split())
    if precedence.rank >= Precedence.IMMEDIATE.rank and words > BREVITY:
        note(asked, [f"brevity: {words} words; {precedence} has at most {BREVITY}"])
    why = questions(precedence, minimize)
    minds = minimize is not None and precedence.rank < Precedence.IMMEDIATE.rank
    if not why or yes:
        return minds
    sentence = " ".join(why)
    if not available():
        if precedence is Precedence.FLASH:
            raise UsageError(sentence, hint="--yes confirms it")
        note(asked, [f"{sentence} --yes says that you have considered it."])
        return False
    if ask_line(f"{sentence} Send it? [y/N] ").casefold() not in {"y", "yes"}:
        raise UsageError("not sent: it was not confirmed")
    return minds


async def precedence_of(client: Client, message: str) -> Precedence:
    """With which precedence a further version of a message goes: that of its first one.

    Raises:
        UnknownMessage, Ambiguous: it is not here, or several are meant.
    """
    found = await client.message(message)
    return (await client.message(found.corrects) if found.corrects else found).precedence


def questions(precedence: Precedence, minimize: Minimize | None) -> list[str]:
    """What a person has to consider, a sentence each."""
    from coalchat.cli.times import dtg

    said = []
    if precedence is Precedence.FLASH:
        said.append("FLASH interrupts everybody who gets it.")
    if minimize is not None and precedence.rank < Precedence.IMMEDIATE.rank:
        why = f": {minimize.reason}" if minimize.reason else ""
        said.append(f"MINIMIZE is in force here since {dtg(minimize.since)}{why}.")
    return said
