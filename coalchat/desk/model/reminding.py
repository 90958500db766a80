"""Reminders from the desk (SPEC 8.13): what was asked of the node, and what came of it.

Rule 1: a reminder is a person's act, made once: its client id is the caller's.
Rule 2: what came of the last one stands beside the message until the next.
Rule 3: of an order about traffic only that counts as considered which the person was asked about.
"""

from __future__ import annotations

from typing import Any

from coalchat.api.base import Request, Response
from coalchat.api.deadlines import RemindRecipients
from coalchat.api.responses import Sent
from coalchat.api.vocabulary import Precedence
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.model.composing import FLASH, minimize_words
from coalchat.desk.model.state import State
from coalchat.errors import CoalchatError
from coalchat.record import field, part

_CHANGED = Changes(frozenset({Part.WHO}))


@part
class Reminding:
    """Attributes:
    said: what came of the last reminder, by the entry id of what it reminds of.
    """

    _state: State = field(repr=False)
    said: dict[str, str] = field(factory=dict)

    def remind(
        self, key: str, escalate: str, client_id: str, considered: str = "", *, deputies: bool = False
    ) -> Changes:
        """Remind who has not acknowledged a message of this device.

        Args:
            escalate: "XCC Mets", of `WhoHasIt.persons`, or "". considered: of `order`. deputies: the nations' deputies are asked.
        """
        message = self._state.find(key)
        if message is None:
            return NOTHING
        order = self._state.composing.minimize(message.channel_id, message.precedence)
        self.said[key] = "sending the reminder"
        request = RemindRecipients(
            id=key,
            text="",
            escalate=escalate,
            client_id=client_id,
            considered=bool(considered) and order == considered,
            deputies=deputies,
        )
        return _CHANGED + Changes(asks=(request,))

    def order(self, key: str) -> tuple[str, str]:
        """What is to be considered before a message is followed by a reminder, which goes with its precedence.

        Returns:
            Id of an order about traffic, or ""; and a sentence for a person, of FLASH too, or "".
        """
        message = self._state.find(key)
        if message is not None and message.precedence is Precedence.FLASH:
            return "", FLASH
        channel = None if message is None else self._state.coalition.channel(message.channel_id)
        if message is None or channel is None or channel.minimize is None:
            return "", ""
        order = self._state.composing.minimize(channel.id, message.precedence)
        return (order, f"{minimize_words(channel.minimize)}.") if order else ("", "")

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is to a reminder."""
        if not isinstance(request, RemindRecipients) or not isinstance(answer, Sent):
            return NOTHING
        asked = "the deputies" if request.deputies else request.escalate
        self.said[request.id] = f"escalated to {asked}" if asked else "reminded"
        return _CHANGED

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was no reminder."""
        if not isinstance(request, RemindRecipients):
            return None
        self.said[request.id] = f"not sent: {error}"
        return _CHANGED
