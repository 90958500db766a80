"""Reports (SPEC 8.12): a form filled in and numbered here, and one that came, explained.

Rule 1: what is wrong is said before anything is sealed, all of it at once.
Rule 2: a serial counts within one channel and release key: who may not see a report sees no gap where it would stand.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from coalchat.api.about import CardRow, Report
from coalchat.errors import Expired, UsageError
from coalchat.node.context import Context
from coalchat.node.forms import differs, form_of
from coalchat.node.retaining import gone_words
from coalchat.node.versioning import all_versions, first_of, number_of
from coalchat.store.faces import ClientReader, Transaction
from coalchat.store.reports import ReportRow
from coalchat.store.rows import Message
from protocol.base.ids import Tag
from protocol.messages.cards import card
from protocol.messages.fields import FieldType
from protocol.messages.filling import Filled, Given, fill, lacking
from protocol.messages.forms import Form
from protocol.messages.payload import FORMAT, Payload, decode_payload
from protocol.messages.refs import Ref
from protocol.messages.reports import MAX_SERIAL, ReportPayload, form_hash
from protocol.messages.versions import MAX_VERSION
from protocol.trust.label import ReleaseKey


def keep_report(tx: Transaction, message: Message, payload: Payload | None) -> None:
    """Keep of which form and number a report is."""
    if isinstance(payload, ReportPayload):
        tx.put_report(ReportRow(message.entry_id, payload.form, payload.serial))


# --- what is said ---


@attrs.frozen
class Before:
    """What an update goes on from: its first version and the newest one, with the number of that."""

    first: Message
    newest: ReportPayload
    form: Form
    number: int


def find_before(context: Context, row: Message) -> Before:
    """What an update of a report goes on from.

    Raises:
        UsageError: it is not this person's, no report, of a form that is not here, or there are too many versions.
        Expired: its body is gone.
    """
    read, member = context.store.read, context.member
    if (row.nation, row.person) != (member.nation, member.certificate.person):
        raise UsageError("updates: only who filed a report updates it")
    first = first_of(read, row)
    if first is None or first.kind != Tag.REPORT:
        raise UsageError("updates: this is no report, or its first version is not here")
    newest = max([row, *all_versions(read, row)], key=lambda one: number_of(read, one))
    if newest.purged:
        raise Expired(gone_words(context, newest))
    number = number_of(read, newest)
    if number >= MAX_VERSION:
        raise UsageError(f"updates: a report has at most {MAX_VERSION} versions")
    payload = decode_payload(newest.payload)
    form = form_of(read, payload) if isinstance(payload, ReportPayload) else None
    if form is None or not isinstance(payload, ReportPayload):
        raise UsageError("updates: the form that it was written by is not here")
    return Before(first, payload, form, number)


def merged(before: ReportPayload, typed: Iterable[Given], form: Form) -> list[Given]:
    """The values of an update: those of before, and what is typed now in their places."""
    changed: list[Given] = []
    places = set()
    for one in typed:
        field = form.named(one.name)
        changed.append(one)
        if field is not None:
            places.add((field.key, one.row))
    kept = [Given(value.key, value.row, value.text) for value in before.values if (value.key, value.row) not in places]
    return kept + changed


def check_filled(form: Form, filled: Filled, *, part: bool, ack_by: int) -> None:
    """Whether it may be sent.

    Raises:
        UsageError: names every field that stands in the way, with the rule.
    """
    faults = [str(wrong) for wrong in filled.wrong]
    faults += [f"{place}: must be filled" for place in filled.missing]
    follow = bool(filled.open) and not faults
    if filled.open and not (part and form.parts):
        faults += [f"{place}: must be filled" for place in filled.open]
    if form.ack and not ack_by:
        faults.append(f"ack_by: {form.id} asks for acknowledgement: say by when")
    if faults:
        hint = "these may follow: it can be sent as a part" if follow and form.parts else ""
        raise UsageError("; ".join(faults), hint=hint)


def make_report(
    context: Context,
    form: Form,
    filled: Filled,
    *,
    channel: bytes,
    release: ReleaseKey,
    refs: tuple[Ref, ...],
    ack_by: int,
    before: Before | None,
) -> ReportPayload:
    """A report that is right, with its number.

    Raises:
        UsageError: the numbers are used up.
    """
    member, read = context.member, context.store.read
    serial = before.newest.serial if before is not None else 1 + read.last_serial(
        form.id, member.nation, member.certificate.person, channel, release.packed
    )  # fmt: skip
    if serial > MAX_SERIAL:
        raise UsageError(f"form: a person files at most {MAX_SERIAL} of them under one label")
    return ReportPayload(
        format=FORMAT,
        time=context.now(),
        noplay=before is not None and before.newest.noplay,
        refs=refs,
        ack_by=ack_by,
        form=form.id,
        wording=form.version,
        form_hash=form_hash(form),
        serial=serial,
        first=b"" if before is None else before.first.entry_id,
        version=1 if before is None else before.number + 1,
        part=bool(filled.open),
        values=filled.values,
    )


def fill_in(form: Form, typed: Iterable[Given], before: Before | None, now: int) -> Filled:
    """Fill in a form, or what an update makes of one."""
    return fill(form, typed if before is None else merged(before.newest, typed, form), now)


# --- what is shown ---


def shown_report(read: ClientReader, payload: Payload | None) -> Report | None:
    """What a report says, as clients see it; none: it is no report."""
    if not isinstance(payload, ReportPayload):
        return None
    form = form_of(read, payload)
    return report_noun(payload, form, another=form is None and differs(read, payload))


def report_noun(payload: ReportPayload, form: Form | None, *, another: bool = False) -> Report:
    """A report by its form, or by its keys. `another`: a form of its form's id is here."""
    first, whole = ((), ()) if form is None else lacking(form, payload.values)
    rows = zip(card(form, payload.values), payload.values, strict=True)
    return Report(
        form=payload.form,
        title="" if form is None else form.title,
        serial=payload.serial,
        version=payload.version,
        part=payload.part,
        missing=first + whole,
        form_hash=payload.form_hash.hex(),
        differs=another,
        rows=tuple(
            CardRow(
                key=line.key,
                row=line.row,
                name=line.name,
                type=_type(form, line.key),
                value=value.text,
                text=line.text,
                wrong=line.wrong,
            )
            for line, value in rows
        ),
    )


def _type(form: Form | None, key: str) -> str:
    field = None if form is None else form.field(key)
    return "" if field is None else FieldType(field.type).name.lower()
