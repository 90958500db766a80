"""The log of ROE notices as it was signed, and what a notice would be that is not issued yet (SPEC 8.11, 12)."""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.roe import IssueRoe, RoeGap, RoeNotice, RoeRule
from coalchat.api.scopes import Scope
from coalchat.record import record

MAX_NOTICES = 256
"""Notices of one page of the log: each may have 32 rules."""


@record
class RoeLog(Response):
    """Every notice that is here, whatever is wrong with it, by its author's clock, the oldest first, those of one second by act and serial.

    Attributes:
        marking: of all of the log together, not of this page alone; "" where there is none.
        gaps: serials that are missing. entries: of how many signed entries it was made.
        next: `after` of the next page, or "".
    """

    at: int
    own_nation: str
    marking: str
    entries: int
    gaps: tuple[RoeGap, ...]
    notices: tuple[RoeNotice, ...]
    next: str
    words: str


@record
class ListRoeLog(Request[RoeLog]):
    """The log, page by page. Errors: UnknownChannel, UnknownMessage (`after` is not in it).

    Attributes:
        channel: one, or "" for all. after: entry id of the notice behind which the page begins, or "".
    """

    op = "roe.log"
    scope = Scope.READ
    channel: str
    after: str


@record
class RoePreview(Response):
    """What a notice would be, were it issued now. Nothing was sealed, and nothing written down.

    Attributes:
        name, serial: as it would be called: "IMPL 006". needed: of how many persons it needs the signature.
        rules: as it would state them: those of its basis, where it names none.
        clause, reason: why it would be refused, or "".
    """

    name: str
    serial: int
    needed: int
    marking: str
    rules: tuple[RoeRule, ...]
    clause: str
    reason: str


@record
class PreviewRoe(Request[RoePreview]):
    """What a notice would be. A denial is an answer, not an error. Errors: as `IssueRoe`, without Refused.

    Attributes:
        notice: as it would be asked for; its client id may be "".
    """

    op = "roe.preview"
    scope = Scope.READ
    notice: IssueRoe
