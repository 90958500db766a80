"""Bringing two authenticated nodes up to date (SPEC 9.5), and keeping them so.

    HELLO                   versions, suites, charter: refused below the charter's floor; who is an amendment behind goes on
    COMPARE ...             fingerprints of the control documents that the peer may have; where all are the same, no list
    INVENTORY ... end       those that may differ; WANT_DOCUMENTS, DOCUMENT for those that one lacks
    COMPARE ...             fingerprints of the feeds that the peer may get, and how far they are here; likewise
    HEADS ... end           those that may differ. Then each side is ready to receive entries
    PUSH, ACK               what the other lacks, in order per feed, highest precedence first, within a credit
    WANT_FEEDS, PUSH_FEED, WANT_ENVELOPES, PUSH_ENVELOPE      by id, where an entry names an unknown one
    INVENTORY, HEADS        again, for what is new; PING, PONG; GOODBYE

Both ends run this machine, and either may be ahead of the other. It knows nothing of trust: which documents, feeds and
envelopes the peer may get is the node's decision, and what arrives is only what was asked for, of the right hash.

Rule 1: control documents come first: entries flow only once each side has those that it asked for.
Rule 2: nothing is remembered beyond the link: after a cut the heads say from where to go on. Entries are sent as they are
stored, and receiving one twice changes nothing.
Rule 3: an idle link sends nothing; there is no timer here.
Rule 4: once a link is over, calls send nothing; frames that come after our GOODBYE are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from protocol.base.errors import LocalProtocolError, RemoteProtocolError, StateError
from protocol.base.limits import MAX_FRAME, MAX_INVENTORY
from protocol.base.records import encode
from protocol.exchange.asking import EnvelopeDenial, EnvelopeGrant, HistoryGrant, HistoryRequest, Unshared
from protocol.exchange.events import DocumentsComplete, InSync, Kind, SyncEvent
from protocol.exchange.listing import compare, name_feeds, tell_documents, tell_feeds
from protocol.exchange.messages import Ack, Farewell, Goodbye, Hello, Item, Ping, read_message
from protocol.exchange.objects import WIRE
from protocol.exchange.phases import On, State
from protocol.exchange.reception import take
from protocol.exchange.session import LocalHead, Session, SyncSettings
from protocol.exchange.states import Step
from protocol.trust.label import ReleaseKey


@attrs.define(eq=False)
class Sync:
    """One end of an authenticated link.

    Every method gives the frames to send and what happened; every event says in its docstring what it asks of the node,
    which answers in the order of the events. What a link asked for and did not get is forgotten with it: ask the next one
    for feeds and envelopes that are still unknown when it shows its heads.
    """

    settings: SyncSettings
    _session: Session = attrs.field(init=False, repr=False)
    _in_sync: bool = attrs.field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self._session = Session(self.settings)

    @property
    def peer_state(self) -> State:
        """What the peer has told."""
        return self._session.theirs.state

    @property
    def own_state(self) -> State:
        """What we have told."""
        return self._session.ours.state

    @property
    def offering(self) -> bool:
        """Whether our documents were offered: from then on, what is new is to be offered too."""
        documents = self._session.documents
        begun = documents is not None and documents.begun
        return begun or self._session.ours.state in {State.LISTED, State.LIVE}

    @property
    def frame_cap(self) -> int:
        """Bytes that the next frame may have."""
        return MAX_FRAME

    @property
    def over(self) -> bool:
        """Whether either side left, or the peer broke the rules."""
        return self._session.over

    # --- beginning and end ---

    def start(self) -> Step[SyncEvent]:
        """Both sides greet, without waiting for each other."""
        settings = self.settings
        hello = Hello(settings.versions, settings.usable, settings.charter, settings.carry)
        self._session.say(On.HELLO)
        return self._settle([encode(hello)], [])

    def ping(self, value: int) -> Step[SyncEvent]:
        """Ask for a sign of life; `value` comes back."""
        if self.over:
            return Step()
        self._session.say(On.PING)
        self._session.pings.add(value)
        return Step(send=(encode(Ping(value)),))

    def close(self, code: Farewell = Farewell.DONE) -> Step[SyncEvent]:
        """Leave; also to tell a peer that was refused."""
        if self._session.ours.state is State.GONE or self._session.theirs.state is State.GONE:
            return Step()
        self._session.say(On.GOODBYE)
        return Step(send=(encode(Goodbye(int(code))),))

    def receive(self, frame: bytes) -> Step[SyncEvent]:
        """Take one frame.

        Raises:
            VersionError: no version or suite in common, or a message of a newer version.
            StateError: what does not belong here.
            RemoteProtocolError: anything else that breaks the rules.
        """
        if self._session.ours.state is State.GONE:
            return Step()
        try:
            return self._settle(*take(self._session, read_message(frame)))
        except RemoteProtocolError:
            self._session.theirs.go(On.FAULT)
            raise

    # --- what the node tells ---

    def offer_inventory(self, items: Iterable[tuple[int, bytes]]) -> Step[SyncEvent]:
        """List control documents that the peer may have: all, on `PeerHello`; what is new, later.

        Args:
            items: (tag, hash), in an order in which they can be judged.
        """
        session = self._session
        if self.over:
            return Step()
        new = [Item(tag, name) for tag, name in items if name not in session.offered]
        if not new and self.offering:
            return Step()
        session.offered.update(item.hash for item in new)
        session.unlisted += new
        if len(session.offered) > MAX_INVENTORY:
            raise LocalProtocolError(f"more than {MAX_INVENTORY}", field="inventory")
        return self._settle(tell_documents(session), [])

    def offer_heads(self, heads: Iterable[LocalHead]) -> Step[SyncEvent]:
        """Name all feeds that the peer may get, on `DocumentsComplete`; later ones by `local_head`.

        Raises:
            StateError: the peer's charter is not ours, nor one that ours came from, and it did not bring ours up to it.
        """
        if self.over:
            return Step()
        feeds = self._session.feeds
        named = self._session.ours.state is not State.LISTED or (feeds is not None and feeds.begun)
        if not self._session.complete or named:
            raise LocalProtocolError("the documents come first, and heads are offered once", field="heads")
        if not self.settings.known(self._session.charter):
            self._session.theirs.go(On.FAULT)
            raise StateError("another charter", field="charter")
        for head in heads:
            self._session.flow.hold(head.feed, head.seq, head.id, head.precedence)
        return self._settle(tell_feeds(self._session), [])

    def local_head(self, feed: bytes, seq: int, entry: bytes, precedence: int = 0) -> Step[SyncEvent]:
        """A feed that the peer may get is durable here up to `seq`, whose entry's id is `entry`.

        Args:
            precedence: the highest of the entries that are new.
        """
        if self.over:
            return Step()
        self._session.flow.hold(feed, seq, entry, precedence)
        if self._session.ours.state is not State.LIVE:
            return Step()  # the heads will say it
        frames: list[bytes] = []
        if self._session.flow.peer_lacks(feed):
            frames += name_feeds(self._session, (feed,))
        frames += self._ack(self._session.flow.acknowledge_held(feed))
        return self._settle(frames, [])

    def stored(self, feed: bytes, up_to: int) -> Step[SyncEvent]:
        """What the peer pushed of a feed is durable here up to `up_to`."""
        if self.over or self._session.ours.state is not State.LIVE:
            return Step()
        return self._settle(self._ack(self._session.flow.acknowledge(feed, up_to)), [])

    def decline(self, feed: bytes) -> Step[SyncEvent]:
        """Take no more of a feed on this link; what of it is under way is passed over."""
        if self.over or self._session.ours.state is not State.LIVE:
            return Step()
        return self._settle(self._ack(self._session.flow.decline(feed)), [])

    # --- what the node gives ---

    def entries(self, feed: bytes, entries: Sequence[bytes]) -> Step[SyncEvent]:
        """Answer `NeedEntries`."""
        if self.over:
            return Step()
        frames = self._session.flow.supply(feed, entries)
        return self._settle(frames, [])

    def documents(self, answers: Iterable[tuple[bytes, bytes]]) -> Step[SyncEvent]:
        """Answer `Wanted` documents: (hash, bytes), or (hash, nothing) for what is not here."""
        return self._answer(Kind.DOCUMENT, answers)

    def feeds(self, answers: Iterable[tuple[bytes, bytes]]) -> Step[SyncEvent]:
        """Answer `Wanted` feed records: (feed id, document), or nothing for it."""
        return self._answer(Kind.FEED, answers)

    def envelopes(self, answers: Iterable[tuple[bytes, bytes]]) -> Step[SyncEvent]:
        """Answer `Wanted` envelopes: (envelope id, bytes), or nothing for it."""
        return self._answer(Kind.ENVELOPE, answers)

    def want_feed(self, feed: bytes) -> Step[SyncEvent]:
        """Ask for a feed's record; nothing happens if it is asked for already, or the peer did not name the feed.

        Raises:
            LimitError: the peer named too many unknown ones.
        """
        if not self._session.flow.named_by_peer(feed):
            return Step()
        return self._want(Kind.FEED, feed)

    def want_envelope(self, envelope: bytes) -> Step[SyncEvent]:
        """Ask for an envelope; nothing happens if it is asked for already.

        Raises:
            LimitError: the peer pushed entries under too many unknown ones.
        """
        return self._want(Kind.ENVELOPE, envelope)

    # --- history ---

    def ask_history(self, name: bytes, entries: Sequence[bytes]) -> Step[SyncEvent]:
        """Ask for entries that cannot be read here, in ascending order of their ids.

        Raises:
            LocalProtocolError: before both sides are LIVE.
        """
        return self._history(HistoryRequest(name, tuple(entries)))

    def give_history(self, name: bytes, evidence: bytes) -> Step[SyncEvent]:
        """Answer a request with evidence of one entry, or with nothing when no more comes.

        Raises:
            LocalProtocolError: before both sides are LIVE.
        """
        return self._history(HistoryGrant(name, evidence))

    def _history(self, message: HistoryRequest | HistoryGrant) -> Step[SyncEvent]:
        if self.over:
            return Step()
        self._session.say(On.HISTORY)
        return Step(send=(encode(message),))

    # --- keying devices ---

    def ask_envelope(self, number: int, channel: bytes, release: ReleaseKey) -> Step[SyncEvent]:
        """Ask a keying device for an envelope; nothing goes where the link is over, or as many questions are open as may be.

        Args:
            number: higher than any before on this link.

        Raises:
            LocalProtocolError: before both sides are LIVE, or the number does not rise.
        """
        if self.over or not self._session.questions.room:
            return Step()
        self._session.say(On.KEYING)
        return Step(send=(encode(self._session.questions.ask(number, channel, release)),))

    def share_envelope(self, number: int, envelope: bytes) -> Step[SyncEvent]:
        """Answer `EnvelopeRequested` with an envelope of this device."""
        return self._keying(EnvelopeGrant(number, envelope))

    def withhold_envelope(self, number: int, why: Unshared) -> Step[SyncEvent]:
        """Answer `EnvelopeRequested` with nothing."""
        return self._keying(EnvelopeDenial(number, int(why)))

    def _keying(self, answer: EnvelopeGrant | EnvelopeDenial) -> Step[SyncEvent]:
        if self.over:
            return Step()
        self._session.questions.answer(answer.number)
        self._session.say(On.KEYING)
        return Step(send=(encode(answer),))

    # --- inside ---

    def _ack(self, ack: Ack | None) -> list[bytes]:
        return [] if ack is None else [encode(ack)]

    def _answer(self, kind: Kind, answers: Iterable[tuple[bytes, bytes]]) -> Step[SyncEvent]:
        if self.over:
            return Step()
        frames = []
        for name, data in answers:
            self._session.wants[kind].pay(name)
            frames.append(encode(WIRE[kind].answer(name, data)))
        return self._settle(frames, [])

    def _want(self, kind: Kind, name: bytes) -> Step[SyncEvent]:
        if self.over:
            return Step()
        try:
            self._session.wants[kind].want(name)
        except RemoteProtocolError:
            self._session.theirs.go(On.FAULT)
            raise
        return self._settle([], [])

    def _settle(self, frames: list[bytes], events: list[SyncEvent]) -> Step[SyncEvent]:
        """What follows from any change: questions whose turn has come, entries to fetch, and being in sync."""
        session = self._session
        if self.over:
            return Step(tuple(frames), tuple(events))
        said, agreed = compare(session)
        frames, events = frames + said, events + agreed
        session.flow.open = session.ours.state is State.LIVE and session.theirs.state is State.LIVE
        for kind, wants in session.wants.items():
            if session.may(WIRE[kind].on) and (names := wants.ask()):
                frames.append(encode(WIRE[kind].question(names)))
        listed = session.theirs.state in {State.LISTED, State.LIVE}
        if listed and not session.complete and not session.wants[Kind.DOCUMENT].lacking:
            session.complete = True
            events.append(DocumentsComplete())
        events += session.flow.plan()
        if session.in_sync and not self._in_sync:
            events.append(InSync())
        self._in_sync = session.in_sync
        return Step(tuple(frames), tuple(events))
