"""What a side tells of what it holds (SPEC 9.5, 9.7): documents, then feeds; first compared, then listed as far as it may differ.

Each gives frames, and events for the node; `sync` says when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from protocol.base.limits import MAX_HEADS
from protocol.base.records import encode
from protocol.exchange.events import PeerHeads, SyncEvent
from protocol.exchange.messages import Heads, Inventory
from protocol.exchange.phases import On, State
from protocol.exchange.ranges import Comparison, feed_head, feed_item
from protocol.exchange.session import Session

T = TypeVar("T")


def tell_documents(session: Session) -> list[bytes]:
    """What waits in `unlisted`: compared first, or listed, or kept until the comparison that runs is done."""
    comparison = session.documents
    if comparison is None or comparison.done:
        return _list_documents(session)
    return [] if comparison.begun else _begin(session, comparison, (item.hash for item in session.unlisted))


def tell_feeds(session: Session) -> list[bytes]:
    """All feeds, once."""
    if session.feeds is None:
        return _list_feeds(session)
    return _begin(session, session.feeds, map(feed_item, session.flow.heads()))


def name_feeds(session: Session, names: Iterable[bytes] | None = None) -> list[bytes]:
    """Feeds that are new after all: those of them, or of all, that were not named yet, each by itself."""
    return [encode(Heads((head,), True)) for head in session.flow.name_feeds(names)]


def compare(session: Session) -> tuple[list[bytes], list[SyncEvent]]:
    """What follows once both sides have said their part of a round."""
    frames, events = list[bytes](), list[SyncEvent]()
    if ended := _ended(session, session.documents, frames):
        session.unlisted = [item for item in session.unlisted if item.hash not in ended.agreed]
        ended.agreed.clear()  # a link may be up for months
        frames += _list_documents(session)
    if ended := _ended(session, session.feeds, frames):
        heads = tuple(map(feed_head, sorted(ended.agreed)))
        ended.agreed.clear()
        session.flow.agree(heads)
        frames += name_feeds(session) if session.ours.state is State.LIVE else _list_feeds(session)
        if heads:
            events.append(PeerHeads(heads))
    return frames, events


def _begin(session: Session, comparison: Comparison, items: Iterable[bytes]) -> list[bytes]:
    session.say(On.COMPARE)
    return [encode(comparison.begin(items))]


def _ended(session: Session, comparison: Comparison | None, frames: list[bytes]) -> Comparison | None:
    """Go on with a comparison; it, if that ended it."""
    if comparison is None:
        return None
    before, said = comparison.done, comparison.go_on()
    if said is not None:
        session.say(On.COMPARE)
        frames.append(encode(said))
    if before or not comparison.done:
        return None
    if comparison.same:
        session.say(On.AGREED)
        session.theirs.go(On.AGREED)
    return comparison


def _list_documents(session: Session) -> list[bytes]:
    """Up to the end of our inventory; nothing where there is nothing, and it ended before."""
    first = session.ours.state is State.GREETED
    items, session.unlisted = session.unlisted, []
    frames = []
    for part, last in _chunks(items) if items or first else ():
        end = last or not first
        session.say(On.INVENTORY_END if end else On.INVENTORY)
        frames.append(encode(Inventory(part, end)))
    return frames


def _list_feeds(session: Session) -> list[bytes]:
    frames = []
    for part, end in _chunks(session.flow.name_feeds()):
        session.say(On.HEADS_END if end else On.HEADS)
        frames.append(encode(Heads(part, end)))
    return frames


def _chunks(items: Sequence[T]) -> Iterator[tuple[tuple[T, ...], bool]]:
    """Parts that fit one message, each with whether it is the last; one empty part for none."""
    for start in range(0, max(len(items), 1), MAX_HEADS):
        yield tuple(items[start : start + MAX_HEADS]), start + MAX_HEADS >= len(items)
