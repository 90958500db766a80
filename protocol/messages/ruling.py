"""What becomes of a rule (SPEC 8.11): its states, and what moves it from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final


class RuleState(Enum):
    """How far a rule is; only the third and the fourth are in force."""

    REQUESTED = "somebody asks for it"
    AUTHORISED = "an authority allows it, and nobody has implemented it: it is dormant"
    IMPLEMENTED = "it is in force"
    AMENDED = "it is in force, in other words than it began"
    CANCELLED = "an authority ended it, or what it stands on"
    EXPIRED = "its time, or that of what it stands on, is over"
    SUPERSEDED = "a later notice states the same number"
    DENIED = "an authority does not allow it"


class RuleEvent(Enum):
    """What happens to a rule, at the time when the notice that does it is effective."""

    AUTHORISE = "a notice authorises it"
    DENY = "a notice denies it"
    IMPLEMENT = "a notice implements it"
    AMEND = "a notice amends it"
    SUPERSEDE = "a later notice of its authority states its number"
    CANCEL = "a notice cancels it, or what it stands on"
    EXPIRE = "its time is over"


IN_FORCE: Final = frozenset({RuleState.IMPLEMENTED, RuleState.AMENDED})

TRANSITIONS: Final[Mapping[tuple[RuleState, RuleEvent], RuleState]] = {
    (RuleState.REQUESTED, RuleEvent.AUTHORISE): RuleState.AUTHORISED,
    (RuleState.REQUESTED, RuleEvent.DENY): RuleState.DENIED,
    (RuleState.REQUESTED, RuleEvent.EXPIRE): RuleState.EXPIRED,
    (RuleState.AUTHORISED, RuleEvent.IMPLEMENT): RuleState.IMPLEMENTED,
    (RuleState.AUTHORISED, RuleEvent.SUPERSEDE): RuleState.SUPERSEDED,
    (RuleState.AUTHORISED, RuleEvent.CANCEL): RuleState.CANCELLED,
    (RuleState.AUTHORISED, RuleEvent.EXPIRE): RuleState.EXPIRED,
    (RuleState.IMPLEMENTED, RuleEvent.AMEND): RuleState.AMENDED,
    (RuleState.IMPLEMENTED, RuleEvent.SUPERSEDE): RuleState.SUPERSEDED,
    (RuleState.IMPLEMENTED, RuleEvent.CANCEL): RuleState.CANCELLED,
    (RuleState.IMPLEMENTED, RuleEvent.EXPIRE): RuleState.EXPIRED,
    (RuleState.AMENDED, RuleEvent.AMEND): RuleState.AMENDED,
    (RuleState.AMENDED, RuleEvent.SUPERSEDE): RuleState.SUPERSEDED,
    (RuleState.AMENDED, RuleEvent.CANCEL): RuleState.CANCELLED,
    (RuleState.AMENDED, RuleEvent.EXPIRE): RuleState.EXPIRED,
}


def step(state: RuleState, event: RuleEvent) -> RuleState:
    """The state after an event; what the table does not name changes nothing: an end is an end."""
    return TRANSITIONS.get((state, event), state)
