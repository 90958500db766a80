"""Channel notices (SPEC 8.13): what is kept of all of them; MINIMIZE, as an admin of a channel orders it, and what follows.

Rule 1: every notice that is opened is kept; which one is in force is asked of the newest revision's admins each time.
Rule 2: a notice is for everybody in the channel: it bears the lowest label that there is, to all members.
Rule 3: what holds others up is never held up: acknowledgements, corrections, updates, retractions and ROE notices go
without consideration.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from coalchat.api.about import Minimize
from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.errors import NotAuthorised, UsageError
from coalchat.node.addressing import Conversation
from coalchat.node.context import Context
from coalchat.node.deputies import all_said, deputy_words, voices
from coalchat.node.deputies import given as given_of
from coalchat.node.journal import write_event
from coalchat.node.times import dtg
from coalchat.store.faces import Transaction
from coalchat.store.notices import Notice as NoticeRow
from coalchat.store.rows import Message
from protocol.base.errors import Denied
from protocol.base.ids import Tag
from protocol.base.limits import MAX_PURPOSE, MAX_REFS
from protocol.base.records import decode
from protocol.base.signed import read_signed
from protocol.messages.feed import FeedRecord
from protocol.messages.notices import (
    MAX_NOTICE,
    Given,
    Notice,
    NoticePayload,
    considered,
    first_of,
    in_force,
    wants_consideration,
)
from protocol.messages.payload import FORMAT, Payload, TextPayload, decode_payload
from protocol.messages.refs import Ref, Relation
from protocol.messages.reports import ReportPayload
from protocol.messages.versions import QuotingPayload
from protocol.trust.access import Clause
from protocol.trust.channel import ChannelRevision
from protocol.trust.credential import Precedence
from protocol.trust.label import Label

Place = ChannelRevision | Conversation


# --- what comes ---


def keep_notice(tx: Transaction, message: Message, payload: NoticePayload, now: int) -> None:
    """Keep a notice, and tell clients that its channel has changed."""
    row = NoticeRow(
        message.entry_id, message.channel, message.device, payload.notice, payload.number, payload.on, payload.since,
        first_of(payload.refs, message.entry_id), payload.person, payload.until,
    )  # fmt: skip
    if tx.put_notice(row):
        changed = ControlChanged(subject=ControlSubject.CHANNEL, id=message.channel.hex(), phase=Phase.UNLOCKED)
        write_event(tx, now, changed)


def is_stated_anew(context: Context, tx: Transaction, feed: FeedRecord, entry: bytes, payload: NoticePayload) -> bool:
    """Whether a notice says only what one that is here, and that may say it, said already: it takes no second line."""
    place, first = context.member.channels.get(feed.channel), first_of(payload.refs, entry)
    if place is None:
        return False
    said = (payload.number, payload.on, payload.person, payload.until, payload.since)
    return any(
        row.entry_id != entry
        and row.first == first
        and (row.number, row.active, row.person, row.until, row.at) == said
        and (row.device == feed.device or row.device in _speaking(context, place, payload, row))
        for row in tx.notices(feed.channel, payload.notice)
    )


def _speaking(context: Context, place: ChannelRevision, payload: NoticePayload, row: NoticeRow) -> AbstractSet[bytes]:
    """Devices whose line of a kept notice stands for it: those that may say so, or might when they did."""
    if payload.notice == Notice.MINIMIZE:
        return admins_ever(context, place)
    standing = context.member.directory.standing(row.device, context.now())
    return frozenset() if standing is None else voices(context, place, standing.certified.certificate.nation).naming


# --- what is in force ---


def minimize(context: Context, place: Place) -> Given | None:
    """The notice by which MINIMIZE is in force in a channel; none: it is not. Conversations know no such order."""
    if isinstance(place, Conversation):
        return None
    current = current_minimize(context, place)
    return current if current is not None and current.on else None


def current_minimize(context: Context, revision: ChannelRevision) -> Given | None:
    """The notice that counts of MINIMIZE in a channel: by which it is in force, or by which it was lifted."""
    rows = context.store.read.notices(revision.channel, int(Notice.MINIMIZE))
    return in_force(map(given_of, rows), frozenset(revision.admins))


def statements(
    context: Context, revision: ChannelRevision, order: Given, notice: Notice, may: AbstractSet[bytes]
) -> list[Message]:
    """Messages by which this notice is known here: the first and what was stated anew, in the order in which they came.

    Args:
        may: devices whose statement of it counts.
    """
    rows = context.store.read.notices(revision.channel, int(notice))
    meant = [row for row in rows if (row.first, row.number, row.active) == (order.entry, order.number, order.on)]
    found = (context.store.read.message(row.entry_id) for row in meant if row.device in may)
    return sorted((row for row in found if row is not None), key=lambda row: row.position)


def reason_of(messages: Iterable[Message]) -> str:
    """What was said why, as far as a body of it is here."""
    for row in messages:
        payload = None if row.purged else decode_payload(row.payload)
        if isinstance(payload, NoticePayload):
            return payload.reason
    return ""


def shown_minimize(context: Context, revision: ChannelRevision) -> Minimize | None:
    """The order as clients see it."""
    given = minimize(context, revision)
    said = [] if given is None else statements(context, revision, given, Notice.MINIMIZE, frozenset(revision.admins))
    if given is None or not said:
        return None
    first = next((row for row in said if row.entry_id == given.entry), said[0])
    standing = context.member.directory.standing(first.device, context.now())
    return Minimize(
        entry_id=given.entry.hex(),
        nation=context.code(first.nation),
        person="" if standing is None else standing.certified.certificate.name,
        since=given.since,
        reason=reason_of(said),
    )


def notice_words(context: Context, row: Message, payload: NoticePayload) -> str:
    """What a notice's line says; of one that does not count, that it does not."""
    place, word = context.member.place(row.channel), Notice(payload.notice).name
    said = f"{word} ON" if payload.on else f"{word} LIFTED"
    if payload.notice == Notice.DEPUTY:
        said = deputy_words(context, row.nation, payload)
    if payload.on and payload.since < payload.time:
        said = f"{said} since {dtg(payload.since)}"
    said = f"{said}: {payload.reason}" if payload.reason else said
    if isinstance(place, ChannelRevision) and _counts(context, place, row, payload):
        return said
    whose = "by who may say so" if payload.notice == Notice.DEPUTY else "by an admin of the channel"
    return f"NOT IN FORCE, not {whose}: {said}"


def _counts(context: Context, place: ChannelRevision, row: Message, payload: NoticePayload) -> bool:
    """Whether a notice counts, or did before others that do; of a former admin's, whether it stands by who stated it anew."""
    first = first_of(payload.refs, row.entry_id)
    if payload.notice == Notice.DEPUTY:
        said = all_said(context, place, row.nation)
        return any((one.number, one.entry, one.device) == (payload.number, first, row.device) for one in said)
    if row.device in place.admins:
        return True
    order = current_minimize(context, place)
    stands = order is not None and (order.number, order.entry, order.on) == (payload.number, first, payload.on)
    return stands and row.device in admins_ever(context, place)


def admins_ever(context: Context, place: ChannelRevision) -> frozenset[bytes]:
    """Devices that were admins of a channel, by the revisions that are here."""
    kept = context.member.controls.by(Tag.CHANNEL_REVISION, place.channel)
    before = (decode(ChannelRevision, read_signed(control.data, Tag.CHANNEL_REVISION).body) for control in kept)
    return frozenset(device for revision in (place, *before) for device in revision.admins)


# --- what is sent ---


def denied_minimize(context: Context, place: Place, payload: Payload, precedence: Precedence) -> Denied | None:
    """Whether a message must be considered first; None grants."""
    if not isinstance(payload, TextPayload | QuotingPayload | ReportPayload) or not wants_consideration(precedence):
        return None
    if isinstance(payload, ReportPayload) and payload.first:
        return None
    given = minimize(context, place)
    if given is None or considered(payload.refs) == given.entry:
        return None
    since = dtg(given.since)
    return Denied(Clause.MINIMIZE, f"MINIMIZE is in force here since {since}: below IMMEDIATE only after consideration")


def considering(context: Context, place: Place, precedence: Precedence, refs: tuple[Ref, ...]) -> tuple[Ref, ...]:
    """References of what a person sends after having considered MINIMIZE: where it is in force, that notice too.

    Raises:
        UsageError: there is no room for it.
    """
    given = minimize(context, place) if wants_consideration(precedence) else None
    if given is None:
        return refs
    if len(refs) >= MAX_REFS:
        raise UsageError("quotes: no room is left for the notice that was considered", hint="quote one message less")
    return (*refs, Ref(int(Relation.CONSIDERED), given.entry))


def make_notice(context: Context, revision: ChannelRevision, reason: str, *, on: bool) -> NoticePayload | None:
    """The notice that puts MINIMIZE on or lifts it; none: it stands so already.

    Raises:
        NotAuthorised: this device is no admin of the channel. UsageError: there is no reason, or it is too long.
    """
    member = context.member
    if member.device not in revision.admins:
        raise NotAuthorised("only an admin of the channel does this")
    if on and not reason:
        raise UsageError("reason: says why")
    if len(reason.encode("utf-8", "surrogatepass")) > MAX_PURPOSE:
        raise UsageError(f"reason: must have at most {MAX_PURPOSE} bytes")
    known = current_minimize(context, revision)
    shown = shown_minimize(context, revision)
    if (known is None or not known.on) if not on else (shown is not None and shown.reason == reason):
        return None
    number = 1 if known is None else known.number + 1
    if number > MAX_NOTICE:
        raise UsageError("no number is left for another notice in this channel")
    now = context.now()
    return NoticePayload(FORMAT, now, False, (), int(Notice.MINIMIZE), number, on, reason, b"", 0, now)


def for_all(context: Context, revision: ChannelRevision) -> Label:
    """The label that everybody in a channel reads: the lowest, to all members."""
    return Label(context.member.policy.hash, 0, frozenset(), context.member.members(revision))
