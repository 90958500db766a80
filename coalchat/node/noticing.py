"""Channel notices (SPEC 8.13): MINIMIZE, as an admin of a channel orders it, and what follows for what is sent there.

Rule 1: every notice that is opened is kept; which one is in force is asked of the newest revision's admins each time.
Rule 2: a notice is for everybody in the channel: it bears the lowest label that there is, to all members.
Rule 3: what holds others up is never held up: acknowledgements, corrections, updates, retractions and ROE notices go
without consideration.
"""

from __future__ import annotations

from coalchat.api.about import Minimize
from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.errors import NotAuthorised, UsageError
from coalchat.node.addressing import Conversation
from coalchat.node.context import Context
from coalchat.node.journal import write_event
from coalchat.node.times import dtg
from coalchat.store.faces import Transaction
from coalchat.store.notices import Notice as NoticeRow
from coalchat.store.rows import Message
from protocol.base.errors import Denied
from protocol.base.limits import MAX_PURPOSE, MAX_REFS
from protocol.messages.notices import (
    MAX_NOTICE,
    Given,
    Notice,
    NoticePayload,
    considered,
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
        message.entry_id, message.channel, message.device, payload.notice, payload.number, payload.on, payload.time
    )
    if tx.put_notice(row):
        changed = ControlChanged(subject=ControlSubject.CHANNEL, id=message.channel.hex(), phase=Phase.UNLOCKED)
        write_event(tx, now, changed)


# --- what is in force ---


def minimize(context: Context, place: Place) -> Given | None:
    """The notice by which MINIMIZE is in force in a channel; none: it is not. Conversations know no such order."""
    if isinstance(place, Conversation):
        return None
    current = _current(context, place)
    return current if current is not None and current.on else None


def _current(context: Context, revision: ChannelRevision) -> Given | None:
    rows = context.store.read.notices(revision.channel, int(Notice.MINIMIZE))
    given = (Given(row.number, row.entry_id, row.device, row.active) for row in rows)
    return in_force(given, frozenset(revision.admins))


def shown_minimize(context: Context, revision: ChannelRevision) -> Minimize | None:
    """The order as clients see it."""
    given = minimize(context, revision)
    row = None if given is None else context.store.read.message(given.entry)
    if given is None or row is None:
        return None
    payload = None if row.purged else decode_payload(row.payload)
    standing = context.member.directory.standing(given.device, context.now())
    return Minimize(
        entry_id=given.entry.hex(),
        nation=context.code(row.nation),
        person="" if standing is None else standing.certified.certificate.name,
        since=row.author_time,
        reason=payload.reason if isinstance(payload, NoticePayload) else "",
    )


def notice_words(context: Context, row: Message, payload: NoticePayload) -> str:
    """What a notice's line says; of one that does not count, that it does not."""
    word = Notice(payload.notice).name
    said = f"{word} ON" if payload.on else f"{word} LIFTED"
    said = f"{said}: {payload.reason}" if payload.reason else said
    place = context.member.place(row.channel)
    if not isinstance(place, ChannelRevision) or row.device not in place.admins:
        return f"NOT IN FORCE, not by an admin of the channel: {said}"
    return said


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
    row = context.store.read.message(given.entry)
    since = "" if row is None else f" since {dtg(row.author_time)}"
    return Denied(Clause.MINIMIZE, f"MINIMIZE is in force here{since}: below IMMEDIATE only after consideration")


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
    known = _current(context, revision)
    shown = shown_minimize(context, revision)
    if (known is None or not known.on) if not on else (shown is not None and shown.reason == reason):
        return None
    number = 1 if known is None else known.number + 1
    if number > MAX_NOTICE:
        raise UsageError("no number is left for another notice in this channel")
    return NoticePayload(FORMAT, context.now(), False, (), int(Notice.MINIMIZE), number, on, reason)


def for_all(context: Context, revision: ChannelRevision) -> Label:
    """The label that everybody in a channel reads: the lowest, to all members."""
    return Label(context.member.policy.hash, 0, frozenset(), context.member.members(revision))
