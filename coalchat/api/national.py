"""What the own nation marks alike (SPEC 5.6, 12.4)."""

from __future__ import annotations

from coalchat.api.base import Request
from coalchat.api.responses import Policy
from coalchat.api.scopes import Scope
from coalchat.record import record


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
