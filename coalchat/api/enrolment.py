"""Inviting and joining: requests and answers (SPEC 12).

A custodian invites; a device shows the code; both sides compare six words by voice; the custodian approves.
"""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Node
from coalchat.api.responses import Done
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import InviteState, JoinState, Precedence, Role
from coalchat.record import field, record


@record
class InviteCode(Response):
    """A new invite. The code is a secret: it is shown once and kept nowhere."""

    code: str = field(repr=False)
    invite_id: str
    expires: int


@record
class Invite:
    """An invite that this custodian made.

    Attributes:
        person, role, clearance: what the certificate will say.
        words: six words once a device has asked, to compare by voice; before, none.
        device_id: of the device that asked, or "".
    """

    id: str
    person: str
    role: Role
    clearance: str
    precedence: Precedence
    state: InviteState
    words: tuple[str, ...]
    device_id: str
    expires: int


@record
class InviteList(Response):
    """Invites, the newest first."""

    invites: tuple[Invite, ...]


@record
class Enrolled(Response):
    """A device has its certificate."""

    device_id: str
    person: str
    device: int


@record
class Joining(Response):
    """How far this device's joining is.

    Attributes:
        words: six words to compare by voice with the custodian's; before they are known, none.
        reason: why it was refused, or "".
    """

    state: JoinState
    words: tuple[str, ...]
    reason: str
    node: Node


@record
class CreateInvite(Request[InviteCode]):
    """Invite a device: single use, 72 hours. Only a custodian's node does it.

    Errors: NotAuthorised (no custodian), UnknownLabel (level or category).

    Attributes:
        person: display name, up to 40 bytes. level, categories: clearance, by the policy's names.
        precedence: the highest it may use.
        address: where the joiner dials this node, host:port.
    """

    op = "invite.create"
    scope = Scope.ADMIN
    repeatable = False
    person: str
    role: Role
    level: str
    categories: tuple[str, ...]
    precedence: Precedence
    address: str


@record
class ListInvites(Request[InviteList]):
    """Invites of this custodian."""

    op = "invite.list"
    scope = Scope.ADMIN


@record
class ApproveInvite(Request[Enrolled]):
    """Certify the device that asked. Errors: UnknownInvite, Ambiguous, WordsDiffer, Expired.

    Attributes:
        words: the six that the joiner read out; the node compares them with its own.
    """

    op = "invite.approve"
    scope = Scope.ADMIN
    repeatable = False
    id: str
    words: tuple[str, ...]


@record
class WithdrawInvite(Request[Done]):
    """End an invite that was not approved. Errors: UnknownInvite, Ambiguous."""

    op = "invite.withdraw"
    scope = Scope.ADMIN
    id: str


@record
class Join(Request[Joining]):
    """Show an invite's code to its custodian's node; the answer comes when there are words to compare.

    Errors: UsageError (no code), AlreadyExists (the home belongs to a coalition), Expired, Unreachable.

    Attributes:
        code: as the custodian gave it; a secret.
        display_name: as the person wants to be called; the custodian decides.
    """

    op = "join"
    scope = Scope.ADMIN
    repeatable = False
    code: str = field(repr=False)
    display_name: str


@record
class GetJoinStatus(Request[Joining]):
    """How far joining is."""

    op = "join.status"
    scope = Scope.ADMIN
