"""Texts that are being written and reports that are half filled in, as clients keep them here: in the store, under its
key, and nowhere else.

Before each text stands one line: label, precedence, time of acknowledgement, what it answers, what it repeats, parted by tabs.
"""

from __future__ import annotations

import json
import re
from typing import Final

import attrs

from coalchat.api.drafts import (
    Draft,
    DraftList,
    ListDrafts,
    ListReportDrafts,
    ReportDraft,
    ReportDraftList,
    SetDraft,
    SetReportDraft,
)
from coalchat.api.responses import Done
from coalchat.api.shapes import lower_fields, raise_fields
from coalchat.api.vocabulary import Precedence
from coalchat.errors import UsageError
from coalchat.node.answers.naming import find_place
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from coalchat.record import values_of
from coalchat.store.faces import Transaction
from protocol.base.limits import MAX_CODE, MAX_TEXT

MAX_LABEL = 512
"""Bytes of a label: a level, a category and all nations that a charter can have."""
MAX_REPEATED: Final = 64
"""Messages: more than one can quote, which is said when it is sent."""
MAX_TIME: Final = 2**63 - 1
_ID: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
MAX_REPORTS: Final = 32
"""Reports that are half filled in: all of them fit one answer."""
MAX_FIELDS: Final = 256
"""Fields of one: a report has three quarters of it."""


@attrs.define(eq=False)
class DraftAnswers:
    """Handlers for drafts."""

    context: Context = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {
            ListDrafts: self.list,
            SetDraft: self.set,
            ListReportDrafts: self.list_reports,
            SetReportDraft: self.set_report,
        }

    async def list(self, request: ListDrafts, session: Session) -> DraftList:
        """All drafts."""
        del request, session
        return DraftList(
            drafts=tuple(_draft(channel, head, text) for channel, head, text in self.context.store.read.drafts())
        )

    async def set(self, request: SetDraft, session: Session) -> Done:
        """Keep one, or forget it."""
        del session
        _check(request)
        channel = find_place(self.context, request.channel).channel
        if request.text or request.quotes:
            head = _head(request)
            await self.context.store.write(lambda tx: tx.set_draft(channel, head, request.text))
        else:
            await self.context.store.write(lambda tx: tx.drop_draft(channel))
        return Done()

    async def list_reports(self, request: ListReportDrafts, session: Session) -> ReportDraftList:
        """All reports that are half filled in."""
        del request, session
        kept = map(json.loads, self.context.store.read.report_drafts())
        drafts = (raise_fields(ReportDraft, {**one, "values": tuple(one["values"])}) for one in kept)
        return ReportDraftList(drafts=tuple(drafts))

    async def set_report(self, request: SetReportDraft, session: Session) -> Done:
        """Keep one, or forget it."""
        del session
        _check_report(request)
        channel = find_place(self.context, request.channel).channel
        name = request.updates or request.form
        draft = ReportDraft(**{**values_of(request), "channel": channel.hex()})
        kept = json.dumps(lower_fields(draft)).encode("ascii") if request.values or request.ack else b""

        def keep(tx: Transaction) -> None:
            if kept and tx.report_draft(channel, name) is None and len(tx.report_drafts()) >= MAX_REPORTS:
                raise UsageError(f"at most {MAX_REPORTS} reports are kept half filled in: send or discard one")
            tx.set_report_draft(channel, name, kept)

        await self.context.store.write(keep)
        return Done()


def _check(request: SetDraft) -> None:
    if len(request.text.encode("utf-8", "surrogatepass")) > MAX_TEXT:
        raise UsageError(f"text: must have at most {MAX_TEXT} bytes")
    _check_label(request.label)
    if not 0 <= request.ack_by <= MAX_TIME:
        raise UsageError("ack_by: must be a time")
    if len(request.quotes) > MAX_REPEATED:
        raise UsageError(f"quotes: must be at most {MAX_REPEATED}")
    for name in (*((request.answers,) if request.answers else ()), *request.quotes):
        if not _ID.fullmatch(name):
            raise UsageError("answers, quotes: must be whole ids")


def _head(request: SetDraft) -> str:
    parts = (request.label, request.precedence.value, str(request.ack_by), request.answers, " ".join(request.quotes))
    return "\t".join(parts)


def _draft(channel: bytes, head: str, text: str) -> Draft:
    """What was kept; by an older version the label alone."""
    label, *more = head.split("\t")
    if not more:
        return Draft(channel=channel.hex(), text=text, label=label)
    precedence, ack_by, answers, quotes = more
    return Draft(
        channel=channel.hex(),
        text=text,
        label=label,
        precedence=Precedence(precedence),
        ack_by=int(ack_by),
        answers=answers,
        quotes=tuple(quotes.split()),
    )


def _check_label(label: str) -> None:
    if len(label.encode("utf-8", "surrogatepass")) > MAX_LABEL or {"\n", "\t"} & set(label):
        raise UsageError(f"label: must be one line of at most {MAX_LABEL} bytes")


def _check_report(request: SetReportDraft) -> None:
    _check_label(request.label)
    words = [request.ack, *(text for one in request.values for text in (one.name, one.text))]
    if len(request.values) > MAX_FIELDS:
        raise UsageError(f"values: must be at most {MAX_FIELDS}")
    if sum(len(word.encode("utf-8", "surrogatepass")) for word in words) > MAX_TEXT:
        raise UsageError(f"values: must have at most {MAX_TEXT} bytes")
    for word, most in (("form", MAX_CODE), ("form_hash", 64), ("updates", 64)):
        value = getattr(request, word)
        fits = value.isascii() and value.replace("-", "").isalnum() if value else word != "form"
        if len(value) > most or not fits:
            raise UsageError(f"{word}: must be at most {most} letters and digits")
