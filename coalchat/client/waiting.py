"""When a message is "there" (SPEC 10.5): pure.

A state is reached when each nation of the release set other than the author's has a device that reached it, whatever its
other devices say or do not say; a message to the author's own nation alone waits for that one.
"""

from __future__ import annotations

from collections import defaultdict

from coalchat.api.events import Event, ReceiptArrived, StateChanged
from coalchat.api.nouns import Delivery
from coalchat.api.responses import MessageStatus
from coalchat.api.vocabulary import State
from coalchat.errors import Expired, RecipientRefused


def missing(status: MessageStatus, target: State) -> tuple[tuple[str, State], ...]:
    """Nations that have not reached the target yet, each with how far it is; empty: reached.

    Raises:
        RecipientRefused: a nation will never reach it, because all of its devices that answered refused.
        Expired: likewise, because its time passed.
    """
    by_nation: defaultdict[str, list[Delivery]] = defaultdict(list)
    for delivery in status.deliveries:
        by_nation[delivery.nation].append(delivery)
    if set(by_nation) != {status.own_nation}:
        by_nation.pop(status.own_nation, None)
    late = []
    for nation, deliveries in by_nation.items():
        furthest = max(deliveries, key=lambda delivery: delivery.state.rank)
        if furthest.state is State.REFUSED:
            raise RecipientRefused(furthest.nation, furthest.reason or "no reason given")
        if furthest.state is State.EXPIRED:
            raise Expired(f"{furthest.nation}: {furthest.reason}" if furthest.reason else furthest.nation)
        if not furthest.state.reaches(target):
            late.append((nation, furthest.state))
    return tuple(late)


def concerns(event: Event, entry_id: str) -> bool:
    """Whether an event may have moved this message on."""
    match event.body:
        case ReceiptArrived(entry_id=moved) | StateChanged(entry_id=moved):
            return moved == entry_id
    return False
