"""The access decision (SPEC 5.5): pure functions that answer Granted or Denied(clause, reason).

Semantics of the reference decision function of STANAG 4774 deployments: the clearance's level is at least the
label's, it holds every restrictive category, and the reader's nation is in the release set. Nil is always denied.
A test compares `Clause` with SPEC's table.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from protocol.base.errors import Denied
from protocol.base.limits import MAX_CATEGORIES
from protocol.base.records import Seq, Uint, record
from protocol.trust.label import LEVEL, Label, combine


class Clause(StrEnum):
    """Why an access decision denies."""

    POLICY_UNKNOWN = "policy-unknown"
    LEVEL_CLEARANCE = "level-clearance"
    LEVEL_CEILING = "level-ceiling"
    CATEGORY_CLEARANCE = "category-clearance"
    CATEGORY_CEILING = "category-ceiling"
    CATEGORY_SINGLE = "category-single"
    RELEASE_EMPTY = "release-empty"
    RELEASE_OWN_NATION = "release-own-nation"
    RELEASE_MEMBER = "release-member"
    SCOPE = "scope"
    CERTIFICATE = "certificate"
    KEYS_RUN_OUT = "keys-run-out"
    OWN_BOUND = "own-bound"
    CLOCK_DOUBTFUL = "clock-doubtful"
    RECIPIENT_CLEARANCE = "recipient-clearance"
    RECIPIENT_UNCONFIRMED = "recipient-unconfirmed"
    FEED_UNCONFIRMED = "feed-unconfirmed"
    COMBINATION = "combination"
    ROE_AUTHORITY = "roe-authority"
    ROE_SEQUENCE = "roe-sequence"
    ROE_BASIS = "roe-basis"
    ROE_FINAL = "roe-final"
    MINIMIZE = "minimize"


@record()
class Clearance:
    """Highest level and restrictive categories that a device, or a channel, may hold.

    Attributes:
        level: index in the policy.
        categories: 1 + index, ascending.
    """

    level: Annotated[int, LEVEL]
    categories: Annotated[tuple[int, ...], Seq(Uint(MAX_CATEGORIES, 1), MAX_CATEGORIES, ascending=True)]

    def compartments(self) -> tuple[tuple[int, int], ...]:
        """The (level, category) pairs it dominates: their seeds go to such a device."""
        return tuple((level, category) for level in range(self.level + 1) for category in (0, *self.categories))


def dominates(clearance: Clearance, label: Label) -> bool:
    """Whether the level is high enough and every restrictive category is held."""
    return clearance.level >= label.level and label.categories <= set(clearance.categories)


def may_read(clearance: Clearance, nation: int, policy: bytes, label: Label) -> Denied | None:
    """Whether a device of a nation may read what bears the label; None grants."""
    if label.policy != policy:
        return Denied(Clause.POLICY_UNKNOWN, "the label is of another security policy")
    if nation not in label.releasable:
        return Denied(Clause.RELEASE_MEMBER, "the label is not releasable to this nation")
    if clearance.level < label.level:
        return Denied(Clause.LEVEL_CLEARANCE, "the label's level is above the clearance")
    if not label.categories <= set(clearance.categories):
        return Denied(Clause.CATEGORY_CLEARANCE, "the clearance lacks a category of the label")
    return None


def may_seal(
    label: Label,
    *,
    policy: bytes,
    clearance: Clearance,
    nation: int,
    members: frozenset[int],
    ceiling: Clearance,
) -> Denied | None:
    """Whether a device may seal under the label in a channel; None grants.

    Args:
        label: completed, with its release set.
        policy: hash of the coalition's policy.
        clearance: the sending device's.
        nation: its charter index.
        members: the channel's member nations.
        ceiling: the channel's own clearance, as in XEP-0258.
    """
    if label.policy != policy:
        return Denied(Clause.POLICY_UNKNOWN, "the label is of another security policy")
    if len(label.categories) > 1:
        return Denied(Clause.CATEGORY_SINGLE, "a message can bear one restrictive category only")
    if not label.releasable:
        return Denied(Clause.RELEASE_EMPTY, "the label is releasable to nobody")
    if nation not in label.releasable:
        return Denied(Clause.RELEASE_OWN_NATION, "the label must be releasable to the sender's own nation")
    if not label.releasable <= members:
        return Denied(Clause.RELEASE_MEMBER, "the label names a nation that is not a member of the channel")
    if label.level > ceiling.level:
        return Denied(Clause.LEVEL_CEILING, "the label's level is above the channel's ceiling")
    if not label.categories <= set(ceiling.categories):
        return Denied(Clause.CATEGORY_CEILING, "the channel does not carry a category of the label")
    if clearance.level < label.level:
        return Denied(Clause.LEVEL_CLEARANCE, "the label's level is above the sender's clearance")
    if not label.categories <= set(clearance.categories):
        return Denied(Clause.CATEGORY_CLEARANCE, "the sender's clearance lacks a category of the label")
    return None


def may_seal_direct(
    label: Label,
    *,
    policy: bytes,
    clearance: Clearance,
    nation: int,
    addressed: Iterable[tuple[int, Clearance]],
) -> Denied | None:
    """Whether a device may seal under the label to some devices; None grants.

    Args:
        label: completed, with its release set.
        policy: hash of the coalition's policy.
        clearance: the sending device's.
        nation: its charter index.
        addressed: nation and clearance of each device of the conversation.
    """
    devices = tuple(addressed)
    members = frozenset(nation for nation, _ in devices)
    every = Clearance(label.level, tuple(sorted(label.categories)))  # a conversation has no ceiling of its own
    denial = may_seal(label, policy=policy, clearance=clearance, nation=nation, members=members, ceiling=every)
    if denial is not None:
        return denial
    if label.releasable != members:
        return Denied(Clause.RELEASE_MEMBER, "the label is not releasable to the nation of every addressed device")
    if not all(dominates(held, label) for _, held in devices):
        return Denied(Clause.RECIPIENT_CLEARANCE, "an addressed device is not cleared for the label")
    return None


def may_repeat(label: Label, parts: Iterable[Label]) -> Denied | None:
    """Whether what bears the parts' labels may be repeated under a label; None grants.

    Args:
        label: completed, of what repeats them.
        parts: at least one, of the label's policy.
    """
    whole = combine(parts)
    if not whole.releasable:
        return Denied(Clause.RELEASE_EMPTY, "what is repeated is released to no nation in common")
    if len(whole.categories) > 1:
        return Denied(Clause.CATEGORY_SINGLE, "what is repeated bears more than one restrictive category together")
    if combine((label, whole)) == label:
        return None
    if label.level < whole.level:
        return Denied(Clause.COMBINATION, "the label's level is below that of what is repeated")
    if not whole.categories <= label.categories:
        return Denied(Clause.COMBINATION, "the label lacks a category of what is repeated")
    return Denied(Clause.COMBINATION, "the label names a nation to which what is repeated is not released")
