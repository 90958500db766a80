"""What the own nation marks alike (SPEC 5.6, 12.4)."""

from __future__ import annotations

from typing import Final

from coalchat.api.base import Request
from coalchat.api.responses import Policy
from coalchat.api.scopes import Scope
from coalchat.record import record

NONE: Final = "no equivalent"
"""Where the nation's policy has nothing as high: nothing at all would look as if it said nothing."""


def beside(policy: Policy | None, nation: str, level: int) -> str:
    """What stands beside the coalition's marking of a level, for a person: "XAA: GEHEIM", "XAA: no equivalent".

    The nation's code comes first, so that no word of a national policy can be taken for the coalition's marking.

    Args:
        nation: code of the own one. level: index in the policy; any other is of what bears no label.

    Returns:
        "" where this device was given no national policy, or the level is none. Its words are data: `display_safe`.
    """
    if policy is None or not policy.national or not nation or not 0 <= level < len(policy.levels):
        return ""
    return f"{nation}: {policy.levels[level].national or NONE}"


@record
class SetNational(Request[Policy]):
    """Say which markings of the own nation's policy stand beside those of the coalition, on this device.

    They are shown, and decide nothing. Errors: UsageError (not one for each level, or not a name).

    Attributes:
        policy: what the national policy is called, with its version; "" takes all away.
        levels: for each level of the coalition's policy the national marking, or "" for none.
    """

    op = "policy.national"
    scope = Scope.ADMIN
    policy: str
    levels: tuple[str, ...]
