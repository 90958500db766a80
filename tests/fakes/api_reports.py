"""What a scripted node says of reports: the forms that ship, filled in by the program's own code."""

from __future__ import annotations

from typing import Any

from coalchat.api import about, drafts, reports
from coalchat.api.base import Response
from coalchat.api.responses import Done, MessagePage
from coalchat.api.vocabulary import Precedence
from coalchat.errors import UsageError
from coalchat.node.answers.forms import form_noun
from coalchat.node.forms import Known, shipped
from coalchat.node.reporting import report_noun
from coalchat.record import values_of
from protocol.messages.filling import Given, fill
from protocol.messages.forms import Form, find_form
from protocol.messages.payload import FORMAT
from protocol.messages.reports import ReportPayload, form_hash
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW


def payload(name: str, serial: int, fields: dict[str, str], at: int = NOW, **more: Any) -> ReportPayload:
    """A report; `name.2` is of the second row."""
    form = find_form(shipped(), name)
    assert form is not None
    typed = [Given(key.partition(".")[0], int(key.partition(".")[2] or 0), text) for key, text in fields.items()]
    made = fill(form, typed, at)
    assert not made.wrong, made.wrong
    given = {"first": b"", "version": 1, "part": bool(made.open), **more}
    return ReportPayload(
        FORMAT, at, False, (), 0, form.id, form.version, form_hash(form), serial, values=made.values, **given
    )


def shown(of: ReportPayload) -> about.Report:
    return report_noun(of, find_form(shipped(), of.form))


def let_reports(node: FakeNode) -> list[reports.FileReport]:
    """Let the node have the forms, and take reports; those that it took."""
    taken: list[reports.FileReport] = []

    def file(one: reports.FileReport) -> Response:
        channel = node.find_message(one.updates).channel_id if one.updates else one.channel
        form = find_form(shipped(), one.form)
        assert form is not None
        made = fill(form, [Given(value.name, value.row, value.text) for value in one.values], NOW)
        if made.wrong or made.missing:
            raise UsageError("; ".join(map(str, (*made.wrong, *made.missing))))
        taken.append(one)
        if one.drafted:
            kept.pop((channel, one.updates or form.id), None)
        of = payload(form.id, len(taken), {_place(value): value.text for value in one.values if value.text})
        precedence = one.precedence or tuple(Precedence)[form.precedence]
        where = node.find_channel(channel)
        message = node.add_message(
            where.title, of.text, kind="report", report=shown(of), mine=True, read=True, author_nation="XAA",
            author_person="Berg", precedence=precedence,
        )  # fmt: skip
        return reports.Filed(
            entry_id=message.entry_id, channel_id=where.id, position=message.position, marking=message.marking,
            nations=(), repeated=False, form=form.id, serial=of.serial, version=1, precedence=precedence,
            missing=made.open,
        )  # fmt: skip

    def listed(one: reports.ListReports) -> Response:
        found = [
            message
            for message in node.messages
            if message.report is not None and one.form.upper() in {"", message.report.form}
        ]
        return MessagePage(messages=tuple(found[-one.limit :]), next_position=0, more=False)

    kept: dict[tuple[str, str], drafts.ReportDraft] = {}

    def keep(one: drafts.SetReportDraft) -> Response:
        channel = node.find_channel(one.channel).id
        kept.pop((channel, one.updates or one.form), None)
        if one.values or one.ack:
            draft = drafts.ReportDraft(**{**values_of(one), "channel": channel})
            kept[channel, one.updates or one.form] = draft
        return Done()

    def half(one: drafts.ListReportDrafts) -> Response:
        del one
        return drafts.ReportDraftList(drafts=tuple(kept.values()))

    node.answers[drafts.SetReportDraft] = keep
    node.answers[drafts.ListReportDrafts] = half
    node.answers[reports.ListReports] = listed
    node.answers[reports.ListForms] = reports.FormList(forms=tuple(map(_noun, shipped())))
    node.answers[reports.FileReport] = file
    return taken


def _noun(form: Form) -> reports.Form:
    return form_noun(Known(form, form_hash(form), own=False, current=True))


def _place(value: reports.Typed) -> str:
    return f"{value.name}.{value.row}" if value.row else value.name
