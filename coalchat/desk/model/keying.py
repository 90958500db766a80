"""What only the key screen wants to know: devices' and custodians' certificates, and requests for history (SPEC 6.7, 10.9).

Rule 1: it is asked for when the screen opens, and again for as long as it is open.
Rule 2: a decision about history is put once; what went wrong with it stands on the screen until the next.

Nobody waits for it at the start: it is imported when the screen opens.
"""

from __future__ import annotations

from typing import Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.history import (
    ApproveHistory,
    HistoryApproved,
    HistoryList,
    HistoryRequest,
    ListHistory,
    RefuseHistory,
)
from coalchat.api.renewal import Custodian, CustodianList, Device, DeviceList, ListCustodians, ListDevices
from coalchat.api.requests import GetStatus, ListNations, ShowKeys
from coalchat.api.responses import Done
from coalchat.api.vocabulary import ControlSubject
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.keyviews import HistoryView
from coalchat.desk.model.words import dtg
from coalchat.errors import CoalchatError
from coalchat.record import part

CERTIFICATES: Final[Asks] = (ListDevices(), ListCustodians())
REQUESTS: Final[Asks] = (ListHistory(),)
_MOVES: Final = frozenset({ControlSubject.CHARTER, ControlSubject.NATION, ControlSubject.KEYS, ControlSubject.NODE})
_CHANGED: Final = Changes(frozenset({Part.KEYS}))


@part
class Keying:
    """Attributes:
    open: the screen is. trouble: what went wrong with the last act, or "". said: what came of it, or "".
    devices, custodians: of the own nation. requests: for history, the oldest first.
    """

    open: bool = False
    trouble: str = ""
    said: str = ""
    devices: tuple[Device, ...] = ()
    custodians: tuple[Custodian, ...] = ()
    requests: tuple[HistoryRequest, ...] = ()

    def begin(self) -> Changes:
        """The screen opens."""
        self.open, self.trouble, self.said = True, "", ""
        return Changes(asks=(ShowKeys(), GetStatus(), ListNations(), *CERTIFICATES, *REQUESTS))

    def end(self) -> None:
        """It closes."""
        self.open = False

    def anew(self, subject: ControlSubject) -> Asks:
        """What to ask when this has changed."""
        return CERTIFICATES if self.open and subject in _MOVES else ()

    def audited(self, event: str) -> Asks:
        """What to ask when this stands in the audit record: nothing else tells of requests for history."""
        return REQUESTS if self.open and event.startswith("history-") else ()

    @property
    def known(self) -> bool:
        """Whether the node has said who the custodians and the devices are."""
        return bool(self.custodians and self.devices)

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is for this screen."""
        match request, answer:
            case ListDevices(), DeviceList():
                self.devices = answer.devices
            case ListCustodians(), CustodianList():
                self.custodians = answer.custodians
            case ListHistory(), HistoryList():
                self.requests = answer.requests
            case (ApproveHistory(), HistoryApproved()) | (RefuseHistory(), Done()):
                self.trouble = ""
                return _CHANGED + Changes(asks=(*REQUESTS, GetStatus()))
            case _:
                return NOTHING
        return _CHANGED

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not for this screen."""
        if isinstance(request, ApproveHistory | RefuseHistory):
            self.trouble = str(error)
            return _CHANGED + Changes(asks=REQUESTS)
        # Who may not see requests sees none; it is asked again when the screen opens again.
        return NOTHING if isinstance(request, ListHistory | ListDevices | ListCustodians) else None

    # --- requests for history ---

    def waiting(self) -> tuple[HistoryView, ...]:
        """All of them in words."""
        return tuple(
            HistoryView(
                id=one.id,
                who=f"{one.person} ({one.device})",
                device=one.device_id,
                came=dtg(one.at),
                asked=one.asked,
                givable=one.givable,
                span=f"{dtg(one.first)} to {dtg(one.last)}" if one.givable else "",
                markings=one.markings,
            )
            for one in self.requests
        )

    def decide(self, request_id: str, *, approve: bool) -> Changes:
        """A person has decided."""
        if all(one.id != request_id for one in self.requests):
            return NOTHING
        self.trouble = ""
        return _CHANGED + Changes(asks=((ApproveHistory if approve else RefuseHistory)(id=request_id),))
