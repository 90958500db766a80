"""Reminders from the desk (SPEC 8.13): what was asked of the node, and what came of it.

Rule 1: a reminder is a person's act, made once: its client id is the caller's.
Rule 2: what came of the last one stands beside the message until the next.

Nobody waits for it at the start: it is imported when the first reminder is sent.
"""

from __future__ import annotations

from typing import Any

from coalchat.api.base import Request, Response
from coalchat.api.deadlines import RemindRecipients
from coalchat.api.responses import Sent
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.errors import CoalchatError
from coalchat.record import field, part

_CHANGED = Changes(frozenset({Part.WHO}))


@part
class Reminding:
    """Attributes:
    said: what came of the last reminder, by the entry id of what it reminds of.
    """

    said: dict[str, str] = field(factory=dict)

    def remind(self, entry_id: str, escalate: str, client_id: str, *, considered: bool) -> Changes:
        """Ask the node to send it."""
        self.said[entry_id] = "sending the reminder"
        request = RemindRecipients(id=entry_id, text="", escalate=escalate, client_id=client_id, considered=considered)
        return _CHANGED + Changes(asks=(request,))

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is to a reminder."""
        if not isinstance(request, RemindRecipients) or not isinstance(answer, Sent):
            return NOTHING
        self.said[request.id] = f"escalated to {request.escalate}" if request.escalate else "reminded"
        return _CHANGED

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was no reminder."""
        if not isinstance(request, RemindRecipients):
            return None
        self.said[request.id] = f"not sent: {error}"
        return _CHANGED
