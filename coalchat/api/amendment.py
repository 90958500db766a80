"""Amending the charter, and widening a channel: requests and answers (SPEC 12).

An amendment goes round as a file; the node of a nation's custodian writes, signs and takes in what the file holds.
"""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Channel
from coalchat.api.scopes import Scope
from coalchat.record import field, record


@record
class Amendment(Response):
    """An amendment file after an act.

    Attributes:
        file: its bytes now (SPEC 6.6, AMENDMENT_FILE), to be handed on.
        in_force: it is complete, and this node has taken it in.
    """

    file: bytes = field(repr=False)
    in_force: bool


@record
class AdmitNation(Request[Amendment]):
    """Write and sign the amendment that admits a nation. Only a node that holds its nation's root does it.

    Errors: NotAuthorised; UsageError (the offer is not valid, or its code or root is taken).

    Attributes:
        offer: NATION_OFFER document.
    """

    op = "charter.admit"
    scope = Scope.ADMIN
    offer: bytes = field(repr=False)


@record
class SuspendNation(Request[Amendment]):
    """Write and sign the amendment that suspends a nation, with a new link secret. Each answer is another amendment.

    Errors: NotAuthorised, UnknownNation; UsageError (suspended already, or too few are left).

    Attributes:
        nation: its code.
    """

    op = "charter.suspend"
    scope = Scope.ADMIN
    repeatable = False
    nation: str


@record
class ReinstateNation(Request[Amendment]):
    """Write and sign the amendment that takes back the suspension of a nation; that signs it too.

    Errors: NotAuthorised, UnknownNation; UsageError (it is not suspended).

    Attributes:
        nation: its code.
    """

    op = "charter.reinstate"
    scope = Scope.ADMIN
    nation: str


@record
class SignAmendment(Request[Amendment]):
    """Sign an amendment as this nation, if it has not, and put a complete one in force.

    Errors: NotAuthorised (it does not need this nation); UsageError (not valid, or of another charter).
    """

    op = "charter.sign"
    scope = Scope.ADMIN
    file: bytes = field(repr=False)


@record
class WidenChannel(Request[Channel]):
    """Make more nations members of a channel. Only an admin's node does it; who is a member already stays one.

    Errors: UnknownChannel, UnknownNation, NotAuthorised; Refused (the charter suspends the nation).

    Attributes:
        nations: their codes.
    """

    op = "channel.widen"
    scope = Scope.ADMIN
    channel: str
    nations: tuple[str, ...]
