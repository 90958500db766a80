"""Until when a message should be where (SPEC 8.13), and who is missing: what was asked, against what came. Reads only.

Rule 1: a person is where the furthest of his devices is; a bot can be delivered to and no more, and is not expected beyond.
Rule 2: what is missing is said in the terms of the states: no reason says more than is known.
Rule 3: times are by the author's clock, as everything that is shown of him; nothing is refused or erased by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import attrs

from coalchat.api.about import Missing, NationReceipts
from coalchat.api.nouns import Delivery
from coalchat.api.vocabulary import Gap, Role, State
from coalchat.node.context import Context
from coalchat.node.versioning import same_author
from coalchat.store.faces import Reader
from coalchat.store.rows import Message
from protocol.base.records import decode
from protocol.messages.payload import Payload, Spoken, TextPayload
from protocol.messages.refs import Relation
from protocol.messages.roe import RoeNoticePayload
from protocol.trust.label import ReleaseKey

NAMED = 256
"""Persons of a nation who are named as missing."""

_GAPS = {
    State.QUEUED: Gap.QUEUED,
    State.SENT: Gap.SENT,
    State.HELD: Gap.HELD,
    State.DELIVERED: Gap.UNREAD,
    State.READ: Gap.UNACKNOWLEDGED,
    State.REFUSED: Gap.REFUSED,
    State.EXPIRED: Gap.EXPIRED,
}


@attrs.frozen
class Asked:
    """What a message asks of who can read it.

    Attributes:
        state: how far it should come with each person. ack_by: by when it should be acknowledged; 0: not asked.
        handle_by: by when it should be delivered.
    """

    state: State
    ack_by: int
    handle_by: int

    def late(self, state: State, now: int) -> bool:
        """Whether who is in a state and not yet where he should be has let a time pass."""
        undelivered = not state.reaches(State.DELIVERED)
        return (undelivered and self.handle_by <= now) or 0 < self.ack_by <= now


def asked_of(context: Context, message: Message, payload: Payload | None) -> Asked:
    """What a message asks.

    Args:
        payload: of the message; none where it is gone or cannot be read: then nobody is asked to acknowledge it.
    """
    charter = context.member.coalition.charter
    terms = charter.receipts[decode(ReleaseKey, message.release).level]
    seconds = charter.handling[message.precedence]
    ack_by = 0
    if isinstance(payload, Spoken):
        ack_by = payload.ack_by
        if not ack_by and terms.acknowledged and not reminds(context.store.read, message, payload):
            ack_by = message.author_time + seconds
    if isinstance(payload, RoeNoticePayload):
        ack_by = payload.ack_by
    state = State.ACKNOWLEDGED if ack_by else State.READ if terms.read else State.DELIVERED
    return Asked(state, ack_by, message.author_time + seconds)


def reminds(read: Reader, message: Message, payload: Payload | None) -> bytes:
    """Id of what a message reminds of, if its author may do so: it is his own, in the same place; else empty."""
    if not isinstance(payload, TextPayload):
        return b""
    for ref in payload.refs:
        if ref.relation == Relation.REMINDER:
            of = read.message(ref.entry)
            if of is not None and same_author(of, message):
                return ref.entry
    return b""


# --- who is missing ---


def wanted(role: Role | None, asked: State) -> State:
    """How far a message can come with a device of a role."""
    return State.DELIVERED if role is Role.BOT else asked


def gap_of(state: State, role: Role | None, asked: State) -> Gap:
    """What is missing at a device, or a person, of that state."""
    return Gap.NONE if state.reaches(wanted(role, asked)) else _GAPS[state]


def roll_up(rows: Sequence[Delivery], asked: Asked, now: int) -> tuple[NationReceipts, ...]:
    """What is expected of each nation, against what came; the rows stand by nation."""
    return tuple(_nation(nation, list(of), asked, now) for nation, of in groupby(rows, key=lambda row: row.nation))


def _nation(nation: str, rows: list[Delivery], asked: Asked, now: int) -> NationReceipts:
    best = _persons(rows)
    expected = [row for row in best if row.role is not Role.BOT or asked.state is State.DELIVERED]
    late = [row for row in expected if gap_of(row.state, row.role, asked.state) is not Gap.NONE]
    nobody = [_missing(row, Gap.NO_DEVICE, asked, now) for row in rows if row.person is None]
    names = sorted(late, key=lambda row: (row.state.rank, row.person or "", row.device or 0))[:NAMED]
    missing = [_missing(row, gap_of(row.state, row.role, asked.state), asked, now) for row in names]
    return NationReceipts(
        nation=nation,
        expected=len(expected),
        reached=len(expected) - len(late),
        missing=(*nobody, *missing),
    )


def _persons(rows: Iterable[Delivery]) -> list[Delivery]:
    """The furthest device of each person; one whose certificate is not here stands alone, and no bot is a person's."""
    best: dict[tuple[str, bool], Delivery] = {}
    for at, row in enumerate(rows):
        if row.person is None:
            continue
        key = (row.person_id or str(at), row.role is Role.BOT)
        known = best.get(key)
        if known is None or row.state.rank > known.state.rank:
            best[key] = row
    return list(best.values())


def _missing(row: Delivery, gap: Gap, asked: Asked, now: int) -> Missing:
    return Missing(
        person=row.person,
        role=row.role,
        state=row.state,
        gap=gap,
        since=row.since,
        reason=row.reason,
        late=asked.late(row.state, now),
    )
