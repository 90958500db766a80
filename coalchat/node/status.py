"""Who has a message (SPEC 8.5, 10.5): receipts of devices, rolled up by nation, and the outbox for the rest.

A state never means more than it says: `sent` is "a node of that nation has it durably", `held` "a node of another
nation keeps it", `delivered` and beyond are the reader's own signed receipts.

Rule 1: a device that has said nothing is as far as its nation's outbox says, and at most `sent` or `held`: that one
device of its nation has it says nothing of the others.
Rule 2: an answer that would be longer than a frame keeps each nation's furthest row, then those who said something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from coalchat.api.about import Confirmation, Recall
from coalchat.api.codec import fitting
from coalchat.api.nouns import Delivery
from coalchat.api.vocabulary import Gap, State
from coalchat.api.vocabulary import Role as RoleWord
from coalchat.node.context import Context
from coalchat.node.deadlines import gap_of
from coalchat.node.folding import ANSWERS, STATES
from coalchat.record import evolve
from coalchat.store.rows import Acknowledgement, Message, Outgoing, ReceiptMark
from coalchat.store.rows import Delivery as OnItsWay
from protocol.base.records import decode
from protocol.messages.receipts import Mark, ReceiptState, Response, roll_up
from protocol.messages.versions import Recall as RecallReason
from protocol.trust.credential import Certified, Role
from protocol.trust.label import ReleaseKey, label_of


def deliveries(context: Context, message: Message, asked: State) -> list[Delivery]:
    """One row a recipient device, by nation and person; one row a nation of which no device is known.

    Of messages of others only those devices are known that said something.
    """
    outgoing = {row.nation: row for row in context.store.read.outgoing(message.entry_id)}
    heard = heard_of(context, message)
    spoken = [_of_device(context, said) for said in heard.values()]
    silent: list[Delivery] = []
    for nation in decode(ReleaseKey, message.release).releasable:
        said = [said for said in heard.values() if said.nation == nation]
        way = _way(context, message, nation, outgoing.get(nation), said)
        rows = _silent(context, message, nation, way, heard.keys()) if message.mine else []
        # Of our own nation, and of the author's, nothing is awaited where no device is known.
        if not rows and not said and (nation in outgoing or nation not in {context.member.nation, message.nation}):
            rows = [way]
        silent += rows
    codes = context.member.coalition.codes
    rows = [evolve(row, gap=_gap(row, asked)) for row in (*spoken, *silent)]
    return sorted(rows, key=lambda row: (codes.index(row.nation), row.person or "", row.device or 0))


def _gap(row: Delivery, asked: State) -> Gap:
    return Gap.NO_DEVICE if row.person is None else gap_of(row.state, row.role, asked)


@attrs.frozen
class Said:
    """The furthest that a device said of a message."""

    device: bytes
    nation: int
    state: State
    at: int
    given: Acknowledgement | None = None
    delivered_at: int = 0
    read_at: int = 0


def heard_of(context: Context, message: Message) -> dict[bytes, Said]:
    """The furthest that each device has said; the author's own is no recipient."""
    furthest: dict[bytes, Said] = {}
    for mark in context.store.read.receipts_of(message.feed_id, message.seq):
        known = furthest.get(mark.device)
        state = STATES[ReceiptState(mark.state)]
        if known is None or state.rank > known.state.rank:
            furthest[mark.device] = Said(mark.device, mark.nation, state, mark.at)
    for given in _acknowledgements(context, message):
        furthest[given.device] = Said(given.device, given.nation, State.ACKNOWLEDGED, given.at, given)
    furthest.pop(message.device, None)
    return {device: _since(context, message, said) for device, said in furthest.items()}


def _since(context: Context, message: Message, said: Said) -> Said:
    """With when each state was first reached: the marks are of what came last."""
    first = {
        state: context.store.read.reached(message.feed_id, message.seq, said.device, int(state))
        for state in (ReceiptState.DELIVERED, ReceiptState.READ)
    }
    delivered, read = first[ReceiptState.DELIVERED], first[ReceiptState.READ]
    at = {State.DELIVERED: delivered, State.READ: read}.get(said.state) or said.at
    return attrs.evolve(said, at=at, delivered_at=delivered, read_at=read)


def _acknowledgements(context: Context, message: Message) -> list[Acknowledgement]:
    """Those of this very entry: one that names another branch of its feed is about another message."""
    rows = context.store.read.acknowledgements(message.feed_id, message.seq)
    return [row for row in rows if row.entry_id == message.entry_id]


def _of_device(context: Context, said: Said) -> Delivery:
    standing = context.member.directory.standing(said.device, context.now())
    certified = None if standing is None else standing.certified
    given = said.given
    return Delivery(
        nation=context.code(said.nation),
        person="" if certified is None else certified.certificate.name,
        device=0 if certified is None else certified.certificate.number,
        role=None if certified is None else role_of(certified),
        state=said.state,
        since=said.at,
        answer=None if given is None else ANSWERS[Response(given.answer)],
        reason="" if given is None else given.text,
        person_id="" if certified is None else certified.certificate.person.hex(),
        delivered_at=said.delivered_at,
        read_at=said.read_at,
    )


def role_of(certified: Certified) -> RoleWord:
    """What a device's certificate makes its holder, in the words of the API."""
    return RoleWord(Role(certified.certificate.role).name.lower())


def _way(context: Context, message: Message, nation: int, row: Outgoing | None, said: Sequence[Said]) -> Delivery:
    """How far a message is with a nation, as far as its silent devices are concerned."""
    if row is None:
        # Our own nation has no outbox: there it has left once one of its devices has said so.
        state = State.SENT if said else State.QUEUED
        since, reason = min((one.at for one in said), default=message.received), ""
    else:
        state = State.SENT if row.state is OnItsWay.DELIVERED else State(row.state.value)
        since, reason = row.at, row.detail
    return Delivery(
        nation=context.code(nation),
        person=None,
        device=None,
        role=None,
        state=state,
        since=since,
        answer=None,
        reason=reason,
    )


def _silent(context: Context, message: Message, nation: int, way: Delivery, heard: Iterable[bytes]) -> list[Delivery]:
    """Devices of a nation that could read a message and have said nothing."""
    others = {message.device, *heard}
    return [
        evolve(
            way,
            person=certified.certificate.name,
            device=certified.certificate.number,
            role=role_of(certified),
            person_id=certified.certificate.person.hex(),
        )
        for certified in readers(context, message, nation)
        if certified.device not in others
    ]


def bounded(rows: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """As many rows as a frame holds, in their order: the furthest of each nation, then the others from the first on."""
    furthest: dict[str, Delivery] = {}
    for row in rows:
        known = furthest.get(row.nation)
        if known is None or row.state.rank > known.state.rank:
            furthest[row.nation] = row
    first = {id(row) for row in furthest.values()}
    kept = {id(row) for row in fitting([*furthest.values(), *(row for row in rows if id(row) not in first)])}
    return tuple(row for row in rows if id(row) in kept)


def nation_states(context: Context, message: Message) -> tuple[tuple[int, State], ...]:
    """How far a message is with each nation of its release set, our own excepted where nothing is known of it."""
    marks = [_mark(mark) for mark in context.store.read.receipts_of(message.feed_id, message.seq)]
    marks += [
        Mark(row.device, row.nation, row.person, ReceiptState.ACKNOWLEDGED, row.seq, row.at)
        for row in _acknowledgements(context, message)
    ]
    states = {row.nation: State(row.state.value) for row in context.store.read.outgoing(message.entry_id)}
    readers = (mark for mark in marks if mark.device != message.device)
    states |= {rolled.nation: STATES[rolled.state] for rolled in roll_up(readers, message.seq)}
    return tuple(sorted(states.items()))


def _mark(row: ReceiptMark) -> Mark:
    return Mark(row.device, row.nation, row.person, ReceiptState(row.state), row.up_to, row.at)


def recall_of(context: Context, message: Message) -> tuple[Recall | None, tuple[Confirmation, ...]]:
    """That a message was recalled, and what each device that can read the retraction said to it.

    The author's own device is not asked: what it purged it knows.
    """
    read = context.store.read
    author = (message.nation, message.person, message.channel, message.release)
    recalled = read.recalls_of(message.entry_id, *author)
    if not recalled:
        return None, ()
    _, retraction = recalled[-1]
    said = {one.device: one for _, each in recalled for one in read.confirmations(each.entry_id)}
    rows: list[Confirmation] = []
    for nation in decode(ReleaseKey, retraction.release).releasable:
        known = {one.device: one for one in readers(context, retraction, nation) if one.device != retraction.device}
        asked = known.keys() | {name for name, one in said.items() if one.nation == nation}
        rows += [_confirmed(context, nation, name, said[name].at if name in said else 0) for name in asked]
        if not known and nation not in {context.member.nation, retraction.nation}:
            rows.append(Confirmation(nation=context.code(nation), person=None, device=None, at=0))
    rows.sort(key=lambda row: (row.nation, row.person or "", row.device or 0))
    spill = any(each == RecallReason.SPILL for each, _ in recalled)
    count = sum(row.at > 0 for row in rows)
    made = Recall(
        retraction_id=retraction.entry_id.hex(),
        time=retraction.author_time,
        spill=spill,
        confirmed=count,
        asked=len(rows),
    )
    return made, tuple(rows)


def _confirmed(context: Context, nation: int, device: bytes, at: int) -> Confirmation:
    standing = context.member.directory.standing(device, context.now())
    certificate = None if standing is None else standing.certified.certificate
    return Confirmation(
        nation=context.code(nation),
        person="" if certificate is None else certificate.name,
        device=0 if certificate is None else certificate.number,
        at=at,
    )


def readers(context: Context, message: Message, nation: int) -> tuple[Certified, ...]:
    """Devices of a nation that could read a message."""
    cleared = context.member.cleared(nation, label_of(decode(ReleaseKey, message.release)))
    conversation = context.member.direct.conversations.get(message.channel)
    return cleared if conversation is None else tuple(c for c in cleared if c.device in conversation.devices)
