"""What the peer of a synchronised link says (SPEC 9.5), message by message.

Each answers with frames to send at once and events for the node; what follows from the change is `sync`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from protocol.base.errors import LimitError, StateError, VersionError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_INVENTORY
from protocol.base.records import encode
from protocol.exchange.asking import EnvelopeDenial, EnvelopeGrant, EnvelopeRequest, HistoryGrant, HistoryRequest
from protocol.exchange.events import (
    EntryReceived,
    HistoryGiven,
    HistoryRequested,
    Kind,
    PeerAcked,
    PeerDeclined,
    PeerHeads,
    PeerHello,
    PeerLeft,
    PongReceived,
    SyncEvent,
    Wanted,
)
from protocol.exchange.messages import (
    Ack,
    Compare,
    Document,
    Goodbye,
    Heads,
    Hello,
    Inventory,
    Message,
    Ping,
    Pong,
    Push,
    PushEnvelope,
    PushFeed,
    WantDocuments,
    WantEnvelopes,
    WantFeeds,
)
from protocol.exchange.objects import WIRE, answer_event
from protocol.exchange.phases import On, State
from protocol.exchange.ranges import Comparison
from protocol.exchange.session import Session
from protocol.messages.entry import read_any_entry

Outcome: TypeAlias = tuple[list[bytes], list[SyncEvent]]

_KNOWN_TAGS: Final = frozenset(int(tag) for tag in Tag)


def take(session: Session, message: Message | None) -> Outcome:
    """Take one message, or None for one with an unknown optional tag.

    Raises:
        RemoteProtocolError: it breaks the rules.
    """
    if message is None:
        session.theirs.go(On.UNKNOWN)
        return [], []
    handler = _HANDLERS.get(type(message))
    if handler is None:
        raise StateError("does not belong after authentication", field="tag")
    return handler(session, message)


def _on_hello(session: Session, hello: Hello) -> Outcome:
    session.theirs.go(On.HELLO)
    versions = set(hello.versions) & set(session.settings.versions)
    suites = set(hello.suites) & set(session.settings.usable)
    if not versions:
        raise VersionError("no version in common", field="versions")
    if not suites:
        raise VersionError("below the charter's floor: no suite in common", field="suites")
    session.speak(max(versions))
    session.charter = hello.charter  # whether we know it is asked once the peer's documents are here
    return [], [PeerHello(max(versions), max(suites), hello.carry)]


def _on_compare(session: Session, message: Compare) -> Outcome:
    comparison = session.documents if session.theirs.state is State.GREETED else session.feeds
    session.theirs.go(On.COMPARE)
    if comparison is None:
        raise StateError("is not of this version", field="tag")
    comparison.hear(message.ranges)
    return [], []


def _on_inventory(session: Session, message: Inventory) -> Outcome:
    _compared(session, State.GREETED, session.documents)
    session.theirs.go(On.INVENTORY_END if message.end else On.INVENTORY)
    if session.theirs.state is not State.LIVE:
        session.listed += len(message.items)
        if session.listed > MAX_INVENTORY:
            raise LimitError(f"more than {MAX_INVENTORY}", field="inventory")
    for item in message.items:
        # Kinds that this program does not know are left to newer ones.
        if item.tag in _KNOWN_TAGS and not session.settings.have(item.hash):
            session.wants[Kind.DOCUMENT].want(item.hash)
    return [], []


def _on_heads(session: Session, message: Heads) -> Outcome:
    _compared(session, State.LISTED, session.feeds)
    session.theirs.go(On.HEADS_END if message.end else On.HEADS)
    session.flow.peer_names(message.heads)
    return [], [PeerHeads(message.heads)] if message.heads else []


def _compared(session: Session, state: State, comparison: Comparison | None) -> None:
    if session.theirs.state is state and comparison is not None and not comparison.done:
        raise StateError("before the comparison is done", field="state")


def _on_push(session: Session, message: Push) -> Outcome:
    session.theirs.go(On.ENTRY)
    if not session.flow.open:
        raise StateError("before our heads", field="entry")
    entry = read_any_entry(message.entry)
    if not session.flow.peer_pushed(entry):
        return [], []
    # What is durable here already needs no word of the node.
    ack = session.flow.acknowledge_held(entry.base.feed)
    return [] if ack is None else [encode(ack)], [EntryReceived(entry)]


def _on_ack(session: Session, ack: Ack) -> Outcome:
    session.theirs.go(On.ENTRY)
    session.flow.peer_acked(ack)
    events: list[SyncEvent] = [PeerAcked(ack.feed, ack.up_to)] if ack.up_to else []
    return [], [*events, PeerDeclined(ack.feed)] if ack.declined else events


def _on_want_documents(session: Session, message: WantDocuments) -> Outcome:
    return _asked(session, Kind.DOCUMENT, message.ids, session.offered.issuperset(message.ids))


def _on_want_feeds(session: Session, message: WantFeeds) -> Outcome:
    return _asked(session, Kind.FEED, message.ids, all(map(session.flow.named_by_us, message.ids)))


def _on_want_envelopes(session: Session, message: WantEnvelopes) -> Outcome:
    return _asked(session, Kind.ENVELOPE, message.ids, session.flow.open)


def _asked(session: Session, kind: Kind, names: tuple[bytes, ...], allowed: bool) -> Outcome:
    session.theirs.go(WIRE[kind].on)
    if not allowed:
        raise StateError("was never offered", field=kind.value)
    session.wants[kind].owe(names)
    return [], [Wanted(kind, names)]


def _on_document(session: Session, message: Document) -> Outcome:
    return _answered(session, Kind.DOCUMENT, message)


def _on_push_feed(session: Session, message: PushFeed) -> Outcome:
    return _answered(session, Kind.FEED, message)


def _on_push_envelope(session: Session, message: PushEnvelope) -> Outcome:
    return _answered(session, Kind.ENVELOPE, message)


def _answered(session: Session, kind: Kind, message: Document | PushFeed | PushEnvelope) -> Outcome:
    session.theirs.go(WIRE[kind].on)
    session.wants[kind].answered(message.id)
    return [], [answer_event(kind, message.id, message.data)]


def _on_history_request(session: Session, message: HistoryRequest) -> Outcome:
    session.theirs.go(On.HISTORY)
    return [], [HistoryRequested(message.id, message.entries)]


def _on_history_grant(session: Session, message: HistoryGrant) -> Outcome:
    session.theirs.go(On.HISTORY)
    return [], [HistoryGiven(message.id, message.evidence)]


def _on_envelope_request(session: Session, message: EnvelopeRequest) -> Outcome:
    session.theirs.go(On.KEYING)
    return [], [session.questions.asked(message)]


def _on_envelope_grant(session: Session, message: EnvelopeGrant) -> Outcome:
    session.theirs.go(On.KEYING)
    return [], [session.questions.granted(message)]


def _on_envelope_denial(session: Session, message: EnvelopeDenial) -> Outcome:
    session.theirs.go(On.KEYING)
    return [], [session.questions.denied(message)]


def _on_ping(session: Session, message: Ping) -> Outcome:
    session.theirs.go(On.PING)
    return [encode(Pong(message.value))], []


def _on_pong(session: Session, message: Pong) -> Outcome:
    session.theirs.go(On.PING)
    if message.value not in session.pings:
        raise StateError("was not asked for", field="pong")
    session.pings.remove(message.value)
    return [], [PongReceived(message.value)]


def _on_goodbye(session: Session, message: Goodbye) -> Outcome:
    session.theirs.go(On.GOODBYE)
    return [], [PeerLeft(message.code)]


_HANDLERS: Final[Mapping[type, Callable[[Session, Any], Outcome]]] = {
    Hello: _on_hello,
    Compare: _on_compare,
    Inventory: _on_inventory,
    Heads: _on_heads,
    Push: _on_push,
    Ack: _on_ack,
    WantDocuments: _on_want_documents,
    WantFeeds: _on_want_feeds,
    WantEnvelopes: _on_want_envelopes,
    Document: _on_document,
    PushFeed: _on_push_feed,
    PushEnvelope: _on_push_envelope,
    HistoryRequest: _on_history_request,
    HistoryGrant: _on_history_grant,
    EnvelopeRequest: _on_envelope_request,
    EnvelopeGrant: _on_envelope_grant,
    EnvelopeDenial: _on_envelope_denial,
    Ping: _on_ping,
    Pong: _on_pong,
    Goodbye: _on_goodbye,
}
