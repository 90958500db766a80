"""Corrections (SPEC 8.10): further versions of a message, each an entry of its own.

Rule 1: lines are never rewritten under a reader's eyes: the newest version has a line at the end, with receipts of its own,
and the lines of older ones say where it stands.
Rule 2: nobody corrects what another said, and no label changes.
"""

from __future__ import annotations

import attrs

from coalchat.api.about import Newer
from coalchat.api.events import MessageMarked
from coalchat.errors import Expired, UsageError
from coalchat.node.context import Context
from coalchat.node.feeds import KnownFeed
from coalchat.node.journal import write_event
from coalchat.node.retaining import gone_words
from coalchat.node.times import dtg
from coalchat.store.faces import Reader, Transaction
from coalchat.store.rows import Message, Version
from protocol.base.errors import Denied
from protocol.base.ids import Tag
from protocol.messages.payload import FORMAT, Payload, Spoken, TextPayload, decode_payload
from protocol.messages.refs import Ref, Relation
from protocol.messages.reports import ReportPayload
from protocol.messages.versions import CORRECTABLE, MAX_VERSION, CorrectionPayload, QuotingPayload

FIRST = 1


@attrs.frozen
class Of:
    """What an entry goes back to, and as which version."""

    first: bytes
    number: int


def goes_back_to(payload: Payload | None) -> Of | None:
    """Which entry a payload is a version of, where it is a further one."""
    if isinstance(payload, CorrectionPayload):
        return Of(payload.first, payload.version)
    if isinstance(payload, ReportPayload) and payload.first:
        return Of(payload.first, payload.version)
    if isinstance(payload, TextPayload | QuotingPayload | ReportPayload):
        again = [ref.entry for ref in payload.refs if ref.relation == Relation.REISSUE]
        return Of(again[0], FIRST) if again else None
    return None


Author = tuple[int, bytes, bytes, bytes]
"""Nation, person, channel and packed release key: who may speak of what was said, and where."""


def author_of(row: Message) -> Author:
    """Whose word a message is."""
    return (row.nation, row.person, row.channel, row.release)


def author_of_feed(feed: KnownFeed) -> Author:
    """Whose words stand in a feed."""
    record = feed.record
    return (feed.author.certificate.nation, record.person, record.channel, record.release.packed)


def same_author(one: Message, other: Message) -> bool:
    """Whether one person said both, in one channel under one release key."""
    return author_of(one) == author_of(other)


# --- what comes ---


def denied_correction(tx: Transaction, feed: KnownFeed, payload: Payload) -> Denied | None:
    """Whether an entry corrects what its author may not correct, as far as that is here; None: it does not."""
    of = goes_back_to(payload)
    known = None if of is None or of.number == FIRST else tx.message(of.first)
    if known is None:
        return None
    if author_of(known) != author_of_feed(feed):
        return Denied("correction", "only who said it corrects it, in the same channel and under the same label")
    if isinstance(payload, ReportPayload):
        if known.kind and not is_same_report(tx, known, payload):
            return Denied("correction", "an update is of the report that it goes back to: of its form and number")
    elif known.kind and known.kind not in CORRECTABLE:
        return Denied("correction", "an entry of this kind is not corrected")
    return None


def is_same_report(read: Reader, first: Message, payload: ReportPayload) -> bool:
    """Whether an update is of the form and the number of what it goes back to."""
    known = read.report(first.entry_id)
    return known is not None and (known.form, known.serial) == (payload.form, payload.serial)


def keep_version(tx: Transaction, message: Message, payload: Payload | None, now: int) -> None:
    """Keep which version a message is; the lines that it makes old are found no more, and clients are told."""
    of = goes_back_to(payload)
    if of is None:
        return
    tx.put_version(Version(message.entry_id, of.first, of.number))
    if of.number == FIRST or not message.listed:
        return
    first = tx.message(of.first)
    before = [] if first is None or not same_author(first, message) else [first]
    before += [row for number, row in tx.versions(of.first, message) if number <= of.number]
    for row in before:
        if row.listed and row.entry_id != message.entry_id:
            tx.unindex(row.position)
            write_event(tx, now, MessageMarked(channel_id=row.channel.hex(), entry_id=row.entry_id.hex()))


# --- what is shown ---


def first_of(read: Reader, row: Message) -> Message | None:
    """The first version of a message, if it is here; itself, where it is that."""
    version = read.version(row.entry_id)
    if version is None:
        return row
    first = read.message(version.first)
    return first if first is not None and same_author(first, row) else None


def correction_of(read: Reader, row: Message) -> Version | None:
    """What a correction goes back to, unless that is here and another's."""
    version = read.version(row.entry_id) if row.kind in {Tag.CORRECTION, Tag.REPORT} else None
    if version is None or version.number == FIRST:
        return None
    first = read.message(version.first)
    kinds = {Tag.REPORT} if row.kind == Tag.REPORT else CORRECTABLE
    fits = first is None or first.kind == 0 or first.kind in kinds
    return version if fits and (first is None or same_author(first, row)) else None


def newer_than(read: Reader, row: Message) -> Newer | None:
    """The newest version of a message, where it is another one, and it may have any."""
    if row.kind not in CORRECTABLE | {Tag.CORRECTION, Tag.REPORT}:
        return None
    version = read.version(row.entry_id)
    of = Of(row.entry_id, FIRST) if version is None else Of(version.first, version.number)
    lines = [
        (number, other)
        for number, other in read.versions(of.first, row)
        if other.listed and number > FIRST and (other.kind == Tag.REPORT) == (row.kind == Tag.REPORT)
    ]
    if not lines:
        return None
    number, newest = lines[-1]
    if newest.entry_id == row.entry_id or number < of.number:
        return None
    return Newer(entry_id=newest.entry_id.hex(), version=number, time=newest.author_time)


def corrected_words(newer: Newer, kind: int) -> str:
    """What stands in the place of a text of which there is a newer version: a sentence for the person."""
    return f"{'updated' if kind == Tag.REPORT else 'corrected'} {dtg(newer.time)} ({newer.version}): see {newer.entry_id[:12]}"


def all_versions(read: Reader, row: Message) -> list[Message]:
    """All versions of a message that are here and have a line, the first one first."""
    version = read.version(row.entry_id)
    name = row.entry_id if version is None else version.first
    first = read.message(name)
    head = [first] if first is not None and first.listed and same_author(first, row) else []
    return head + [other for _, other in read.versions(name, row) if other.listed]


# --- what is said ---


def make_correction(context: Context, row: Message, text: str) -> tuple[Message, CorrectionPayload]:
    """A further version of a message of this person's: the first one, and what is to be sealed.

    Raises:
        UsageError: it is not this person's, not of a kind that is corrected, or there are too many versions.
        Expired: its body is gone.
    """
    read, member = context.store.read, context.member
    if (row.nation, row.person) != (member.nation, member.certificate.person):
        raise UsageError("id: only who said it corrects it")
    first = first_of(read, row)
    if first is not None and first.kind == Tag.REPORT:
        raise UsageError("id: a report is not corrected", hint="update it: its fields, one by one")
    if first is None or first.kind not in CORRECTABLE:
        raise UsageError("id: this cannot be corrected: it is no message, or its first version is not here")
    newest = max([row, *all_versions(read, row)], key=lambda one: number_of(read, one))
    if newest.purged:
        raise Expired(gone_words(context, newest))
    number = number_of(read, newest) + 1
    if number > MAX_VERSION:
        raise UsageError(f"id: a message has at most {MAX_VERSION} versions")
    payload = decode_payload(newest.payload)
    ack_by = payload.ack_by if isinstance(payload, Spoken) else 0
    refs: tuple[Ref, ...] = tuple(ref for ref in payload.refs if ref.relation == Relation.REPLY)
    now = context.now()
    return first, CorrectionPayload(FORMAT, now, payload.noplay, refs, text, ack_by, first.entry_id, number)


def number_of(read: Reader, row: Message) -> int:
    """Which version a message is."""
    version = read.version(row.entry_id)
    return FIRST if version is None else version.number
