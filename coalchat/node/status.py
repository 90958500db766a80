"""Who has a message (SPEC 8.5, 10.5): receipts of devices, rolled up by nation, and the outbox for the rest.

A state never means more than it says: `sent` is "a node of that nation has it durably", `held` "a node of another
nation keeps it", `delivered` and beyond are the reader's own signed receipts.
"""

from __future__ import annotations

from coalchat.api.nouns import Delivery
from coalchat.api.vocabulary import State
from coalchat.node.context import Context
from coalchat.node.folding import STATES
from coalchat.store.rows import Message, ReceiptMark
from protocol.base.records import decode
from protocol.messages.receipts import Mark, ReceiptState, roll_up
from protocol.trust.label import ReleaseKey


def deliveries(context: Context, message: Message) -> tuple[Delivery, ...]:
    """One row a recipient device that said something, by nation and person; one row a nation of which nothing is known."""
    read = context.store.read
    furthest: dict[bytes, ReceiptMark] = {}
    for mark in read.receipts_of(message.feed_id, message.seq):
        known = furthest.get(mark.device)
        if mark.device != message.device and (known is None or mark.state > known.state):
            furthest[mark.device] = mark
    rows = [_of_device(context, mark) for mark in furthest.values()]
    heard = {mark.nation for mark in furthest.values()}
    outgoing = {row.nation: row for row in read.outgoing(message.entry_id)}
    for nation in decode(ReleaseKey, message.release).releasable:
        row = outgoing.get(nation)
        if nation in heard or (row is None and nation == context.member.nation):
            continue
        rows.append(
            Delivery(
                nation=context.code(nation),
                person=None,
                device=None,
                state=State(row.state.value) if row is not None else State.QUEUED,
                since=row.at if row is not None else message.received,
                reason=row.detail if row is not None else "",
            )
        )
    codes = context.member.coalition.codes
    return tuple(sorted(rows, key=lambda row: (codes.index(row.nation), row.person or "", row.device or 0)))


def _of_device(context: Context, mark: ReceiptMark) -> Delivery:
    standing = context.member.directory.standing(mark.device, context.now())
    certificate = None if standing is None else standing.certified.certificate
    return Delivery(
        nation=context.code(mark.nation),
        person="" if certificate is None else certificate.name,
        device=0 if certificate is None else certificate.number,
        state=STATES[ReceiptState(mark.state)],
        since=mark.at,
        reason="",
    )


def nation_states(context: Context, message: Message) -> tuple[tuple[int, State], ...]:
    """How far a message is with each nation of its release set, our own excepted where nothing is known of it."""
    read = context.store.read
    marks = [
        Mark(mark.device, mark.nation, mark.person, ReceiptState(mark.state), mark.up_to, mark.at)
        for mark in read.receipts_of(message.feed_id, message.seq)
        if mark.device != message.device
    ]
    states = {row.nation: State(row.state.value) for row in read.outgoing(message.entry_id)}
    states |= {rolled.nation: STATES[rolled.state] for rolled in roll_up(marks, message.seq)}
    return tuple(sorted(states.items()))
