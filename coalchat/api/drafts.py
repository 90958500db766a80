"""Texts that are not sent yet: they rest with the node, in its store, sealed as everything there (SPEC 9, 12.11)."""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.responses import Done
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Precedence
from coalchat.record import field, record


@record
class Draft:
    """A text that is being written in a channel.

    Attributes:
        channel: 32 hex digits. label: what it is written under, as for `message.send`; "": nobody has chosen one.
        precedence, ack_by: as for `message.send`.
        answers, quotes: ids of what it answers, or "", and of what it repeats; they may not be here any more.
    """

    channel: str
    text: str = field(repr=False)
    label: str
    precedence: Precedence = Precedence.ROUTINE
    ack_by: int = 0
    answers: str = ""
    quotes: tuple[str, ...] = ()


@record
class DraftList(Response):
    """All of them, by channel."""

    drafts: tuple[Draft, ...]


@record
class ListDrafts(Request[DraftList]):
    """Texts that were being written. They leave this node by nothing but being sent."""

    op = "draft.list"
    scope = Scope.SEND


@record
class SetDraft(Request[Done]):
    """Keep a text in the place of what was being written in a channel; "" that repeats nothing forgets it.

    Errors: UnknownChannel; UsageError (longer than a message, a label that is longer than one, a time or an id that is none, more
    than 64 quotes).

    Attributes:
        channel: title or id. The others: as in `Draft`.
    """

    op = "draft.set"
    scope = Scope.SEND
    channel: str
    text: str = field(repr=False)
    label: str
    precedence: Precedence = Precedence.ROUTINE
    ack_by: int = 0
    answers: str = ""
    quotes: tuple[str, ...] = ()
