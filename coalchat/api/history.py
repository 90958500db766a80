"""History hand-over inside a nation: requests and answers (SPEC 10.9, 12).

A device asks another of its nation for what it cannot read; a person at the other one sees what would go, and decides.
"""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.responses import Done
from coalchat.api.scopes import Scope
from coalchat.record import record


@record
class HistoryRequest:
    """A request that waits for a person here.

    Attributes:
        id: 32 hex digits. person, device, device_id: who asks.
        at: when it came. asked: how many entries. givable: of these, how many are kept here and lie within the validity
            and the clearance of its certificate; 0 also where it is not valid now.
        markings: of what would go. first, last: when the first and the last segment of it began; 0: none.
    """

    id: str
    person: str
    device: int
    device_id: str
    at: int
    asked: int
    givable: int
    markings: tuple[str, ...]
    first: int
    last: int


@record
class HistoryList(Response):
    """Requests, the oldest first."""

    requests: tuple[HistoryRequest, ...]


@record
class HistoryAsked(Response):
    """Another device was asked for so many entries; its person decides."""

    device_id: str
    person: str
    asked: int


@record
class HistoryApproved(Response):
    """So many of the entries that were asked for go to the device."""

    device_id: str
    asked: int
    given: int


@record
class AskHistory(Request[HistoryAsked]):
    """Ask for what is closed to this device. A second time it takes the first one's place.

    Errors: UnknownDevice; Unreachable (no link to it is up); UsageError (no id, or nothing is closed); UnknownChannel,
    Ambiguous.

    Attributes:
        device: a device's id, or the first 8 hex digits or more; "": one that a link is up to, a custodian's first.
        channel: title or id; "": all.
    """

    op = "history.ask"
    scope = Scope.ADMIN
    device: str
    channel: str


@record
class ListHistory(Request[HistoryList]):
    """Requests that wait for a person here."""

    op = "history.list"
    scope = Scope.ADMIN


@record
class ApproveHistory(Request[HistoryApproved]):
    """Let a device have what it asks for. Errors: UnknownRequest; NotAuthorised (it is not valid now); Unreachable."""

    op = "history.approve"
    scope = Scope.ADMIN
    repeatable = False
    id: str


@record
class RefuseHistory(Request[Done]):
    """Let it have nothing. Errors: UnknownRequest."""

    op = "history.refuse"
    scope = Scope.ADMIN
    repeatable = False
    id: str
