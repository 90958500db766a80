"""Texts and reports that are not sent yet: they rest with the node, in its store, sealed as everything there (SPEC 9, 12.11)."""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.reports import Typed
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


@record
class ReportDraft:
    """A report that is half filled in.

    Attributes:
        channel: 32 hex digits. form: id. form_hash: of the wording that it was begun on.
        updates: of an update id of the first version, or "": one draft for each form in a channel, one for each report.
        label: as in `Draft`. precedence: as in `FileReport`. ack: as it was typed. at: when it was last changed.
        values: as they were typed, right or not.
    """

    channel: str
    form: str
    form_hash: str
    updates: str
    label: str
    precedence: Precedence | None
    ack: str = field(repr=False)
    at: int
    values: tuple[Typed, ...] = field(repr=False)


@record
class ReportDraftList(Response):
    """All of them, by channel."""

    drafts: tuple[ReportDraft, ...]


@record
class ListReportDrafts(Request[ReportDraftList]):
    """Reports that are half filled in. They leave this node by nothing but being sent."""

    op = "report.drafts"
    scope = Scope.SEND


@record
class SetReportDraft(Request[Done]):
    """Keep what is being filled in, in the place of what was there; without values and `ack` it is forgotten.

    Errors: UnknownChannel; UsageError (longer than a report, or too many are kept).

    Attributes:
        channel: title or id. The others: as in `ReportDraft`.
    """

    op = "report.draft"
    scope = Scope.SEND
    channel: str
    form: str
    form_hash: str
    updates: str
    label: str
    precedence: Precedence | None
    ack: str = field(repr=False)
    at: int
    values: tuple[Typed, ...] = field(repr=False)
