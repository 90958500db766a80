"""Nodes without a network: what a node does with `Sync`'s events, over a store in memory; and links that break."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from functools import cache

import attrs

from protocol.base.errors import AuthenticationError, LimitError, RemoteProtocolError
from protocol.exchange import events as ev
from protocol.exchange.messages import document_hash
from protocol.exchange.proof import End
from protocol.exchange.ranges import Binding
from protocol.exchange.session import LocalHead, SyncSettings
from protocol.exchange.states import Step
from protocol.exchange.sync import Sync
from protocol.keys.envelope import read_envelope
from protocol.messages.entry import Entry
from protocol.messages.feed import Accepted, Chain, Known, check_feed
from protocol.trust.charter import SUITE
from tests.fakes.coalition import FakeCoalition, FakeFeed, make_coalition

CHARTER = bytes(range(32))


@attrs.frozen
class Traffic:
    """Feeds with their records, envelopes and entries, really sealed and signed."""

    world: FakeCoalition
    records: dict[bytes, bytes]
    envelopes: dict[bytes, bytes]
    entries: dict[bytes, tuple[Entry, ...]]


@cache
def traffic(feeds: int, length: int, precedences: tuple[int, ...] = (0,)) -> Traffic:
    """Feeds of the same length; entry n of a feed has the precedence `precedences[n % …]`. Feeds differ in author."""
    world = make_coalition()
    founder = world.device("XAA")
    ops = world.channel(founder)
    made = Traffic(world, {}, {}, {})
    for number in range(feeds):
        author = world.nations[number % len(world.nations)].devices[0]
        envelope = world.envelope(author, "secret rel xaa, xbb, xcc", ops)
        feed: FakeFeed = world.feed(author, ops, envelope.release)
        entries: list[Entry] = []
        for seq in range(length):
            before = entries[-1] if entries else None
            precedence = precedences[seq % len(precedences)]
            entries.append(
                world.entry(author, feed, envelope, f"{number}/{seq + 1}", prev=before, precedence=precedence)
            )
        made.records[feed.id] = feed.document.data
        made.envelopes[envelope.envelope.id] = envelope.envelope.data
        made.entries[feed.id] = tuple(entries)
    return made


@attrs.define(eq=False)
class FakeNode:
    """A store, and what a node does with each event. It trusts what its world's devices signed.

    Attributes:
        delivered: (feed, seq) of entries from peers, in the order in which they became durable.
    """

    world: FakeCoalition
    documents: dict[bytes, tuple[int, bytes]] = attrs.field(factory=dict)
    records: dict[bytes, bytes] = attrs.field(factory=dict)
    envelopes: dict[bytes, bytes] = attrs.field(factory=dict)
    feeds: dict[bytes, list[Entry]] = attrs.field(factory=dict)
    chains: dict[bytes, Chain] = attrs.field(factory=dict)
    early: dict[bytes, list[Entry]] = attrs.field(factory=dict)
    delivered: list[tuple[bytes, int]] = attrs.field(factory=list)
    log: list[ev.SyncEvent] = attrs.field(factory=list)
    links: list[Sync] = attrs.field(factory=list)
    outbox: dict[int, list[bytes]] = attrs.field(factory=dict)
    batch: int = 1_000
    """Of what is needed at once, the store gives so much."""

    def own(self, feed: bytes, made: Traffic, count: int) -> None:
        """Have the first entries of a feed, without anybody's help."""
        self.records[feed] = made.records[feed]
        self.envelopes.update({e.base.envelope: made.envelopes[e.base.envelope] for e in made.entries[feed][:1]})
        self.feeds[feed] = list(made.entries[feed][:count])
        last = self.feeds[feed][-1]
        self.chains[feed] = Chain(self.author_key(self.records[feed]), last.base.seq, last.id)

    def append(self, made: Traffic, feed: bytes) -> None:
        """Write the next entry of a feed and tell every link."""
        entry = made.entries[feed][len(self.feeds[feed])]
        self.feeds[feed].append(entry)
        self.chains[feed].head_seq, self.chains[feed].head_id = entry.base.seq, entry.id
        self.tell(feed, entry.base.precedence)

    def add_document(self, tag: int, data: bytes) -> None:
        self.documents[document_hash(data)] = (tag, data)
        for link in self.links:
            self.take(link, link.offer_inventory([(tag, document_hash(data))]))

    def author_key(self, record: bytes) -> bytes:
        for nation in self.world.nations:
            for device in nation.devices:
                try:
                    check_feed(device.certificate, record)
                except RemoteProtocolError:
                    continue
                return device.certificate.key
        raise AuthenticationError

    def open(self, binding: Binding | None = None) -> Sync:
        """A link; without a binding one that only lists."""
        known = self.documents.__contains__
        link = Sync(SyncSettings(CHARTER, (SUITE,), (SUITE,), False, known, binding=binding))
        self.links.append(link)
        self.outbox[id(link)] = []
        self.take(link, link.start())
        return link

    def drop(self, link: Sync) -> None:
        self.links.remove(link)
        del self.outbox[id(link)]

    @property
    def lacking(self) -> set[bytes]:
        """Envelopes that held entries name."""
        return {entry.base.envelope for held in self.feeds.values() for entry in held} - set(self.envelopes)

    def tell(self, feed: bytes, precedence: int = 0) -> None:
        head = self.feeds[feed][-1]
        for link in list(self.links):
            self.take(link, link.local_head(feed, head.base.seq, head.id, precedence))

    def take(self, link: Sync, step: Step[ev.SyncEvent]) -> None:
        """Do what a step asks for, and what that leads to, in the order of the events."""
        steps = deque([step])
        while steps:
            now = steps.popleft()
            self.outbox[id(link)].extend(now.send)
            for event in now.events:
                self.log.append(event)
                steps.extend(self.act(link, event))

    def act(self, link: Sync, event: ev.SyncEvent) -> list[Step[ev.SyncEvent]]:
        match event:
            case ev.PeerHello():
                return [link.offer_inventory((tag, name) for name, (tag, _) in sorted(self.documents.items()))]
            case ev.DocumentsComplete():
                heads = (
                    LocalHead(feed, e[-1].base.seq, e[-1].id, e[-1].base.precedence) for feed, e in self.feeds.items()
                )
                return [link.offer_heads(heads)]
            case ev.PeerHeads():
                feeds = [link.want_feed(head.feed) for head in event.heads if head.feed not in self.records]
                return feeds + [link.want_envelope(name) for name in sorted(self.lacking)]  # a cut link forgot them
            case ev.NeedEntries():
                entries = self.feeds[event.feed][event.start - 1 : event.start - 1 + min(event.count, self.batch)]
                return [link.entries(event.feed, [entry.data for entry in entries])]
            case ev.Wanted():
                return self.answer(link, event)
        return self.arrived(link, event)

    def arrived(self, link: Sync, event: ev.SyncEvent) -> list[Step[ev.SyncEvent]]:
        match event:
            case ev.DocumentReceived():
                self.documents[event.hash] = (4, event.data)
            case ev.FeedReceived() if event.feed not in self.chains:  # another link may have brought it
                self.chains[event.feed] = Chain(self.author_key(event.data))  # before it is kept: it may be spoilt
                self.records[event.feed] = event.data
                for entry in self.early.pop(event.feed, []):
                    self.store(link, entry)
            case ev.EnvelopeReceived():
                self.envelopes[event.envelope.id] = event.envelope.data
            case ev.EntryReceived():
                self.store(link, event.entry)
                if event.entry.base.envelope not in self.envelopes:
                    return [link.want_envelope(event.entry.base.envelope)]
        return []

    def answer(self, link: Sync, event: ev.Wanted) -> list[Step[ev.SyncEvent]]:
        match event.kind:
            case ev.Kind.DOCUMENT:
                return [link.documents((name, self.documents.get(name, (0, b""))[1]) for name in event.ids)]
            case ev.Kind.FEED:
                return [link.feeds((name, self.records.get(name, b"")) for name in event.ids)]
            case ev.Kind.ENVELOPE:
                return [link.envelopes((name, self.envelopes.get(name, b"")) for name in event.ids)]

    def store(self, link: Sync, entry: Entry) -> None:
        """Take an entry into its chain; what becomes authentic is durable, told to all links and acknowledged."""
        feed = entry.base.feed
        if feed not in self.chains:
            self.early.setdefault(feed, []).append(entry)
            return
        held = self.feeds.setdefault(feed, [])
        known = held[entry.base.seq - 1].id if entry.base.seq <= len(held) else None
        try:
            outcome = self.chains[feed].offer(entry, known)
        except (AuthenticationError, LimitError):
            return  # altered on the way, or stranded behind one that was
        if isinstance(outcome, Accepted):
            held.extend(outcome.entries)
            self.delivered.extend((feed, one.base.seq) for one in outcome.entries)
            self.tell(feed, max(one.base.precedence for one in outcome.entries))
        if isinstance(outcome, Accepted | Known) and link in self.links:
            self.take(link, link.stored(feed, self.chains[feed].head_seq))
        if not held:
            del self.feeds[feed]


@attrs.define(eq=False)
class Cable:
    """One connection of two nodes. Frames wait in it; it may be cut, and it may spoil a byte.

    Attributes:
        comparing: both sides compare, or the left one does not and both list.
    """

    left: FakeNode
    right: FakeNode
    ends: tuple[Sync, Sync] = attrs.field(init=False)
    wires: tuple[deque[bytes], deque[bytes]] = attrs.field(factory=lambda: (deque(), deque()), init=False)
    comparing: bool = True
    cut: bool = False
    carried: int = 0
    frames: int = 0

    def __attrs_post_init__(self) -> None:
        session = bytes(range(32))
        first = Binding(session, End.DIALLER) if self.comparing else None
        self.ends = (self.left.open(first), self.right.open(Binding(session, End.RESPONDER)))
        self.collect()

    def collect(self) -> None:
        for node, link, wire in zip((self.left, self.right), self.ends, self.wires, strict=True):
            wire.extend(node.outbox[id(link)])
            node.outbox[id(link)].clear()

    @property
    def quiet(self) -> bool:
        return self.cut or not any(self.wires)

    def step(self, rng: random.Random, spoil: float = 0.0) -> None:
        """Carry one frame, one way or the other."""
        self.collect()
        side = rng.choice([side for side in (0, 1) if self.wires[side]])
        frame = self.wires[side].popleft()
        if rng.random() < spoil:
            place = rng.randrange(len(frame))
            frame = frame[:place] + bytes([frame[place] ^ (1 << rng.randrange(8))]) + frame[place + 1 :]
        self.carried += len(frame) + 4
        self.frames += 1
        node, link = ((self.right, self.ends[1]), (self.left, self.ends[0]))[side]
        try:
            node.take(link, link.receive(frame))
        except RemoteProtocolError:
            assert spoil, "an honest peer was refused"
            self.sever()
        else:
            self.collect()

    def sever(self) -> None:
        """Cut: what is on the way is lost."""
        if not self.cut:
            self.cut = True
            self.left.drop(self.ends[0])
            self.right.drop(self.ends[1])

    def run(self, rng: random.Random | None = None, until: Callable[[], bool] = lambda: False) -> Cable:
        """Carry until nothing is on the way."""
        order = rng or random.Random(0)
        self.collect()
        while not self.quiet and not until():
            self.step(order)
        return self


def same(left: FakeNode, right: FakeNode) -> bool:
    """Whether two nodes hold the same of everything."""
    heads = [{feed: [e.id for e in entries] for feed, entries in node.feeds.items()} for node in (left, right)]
    return (
        heads[0] == heads[1]
        and set(left.documents) == set(right.documents)
        and left.records == right.records
        and {read_envelope(data).id for data in left.envelopes.values()}
        == {read_envelope(data).id for data in right.envelopes.values()}
    )


def in_order_once(node: FakeNode) -> bool:
    """Whether each feed was delivered in its order, each entry once."""
    seen: dict[bytes, int] = {}
    for feed, seq in node.delivered:
        if seq != seen.setdefault(feed, seq - 1) + 1:
            return False
        seen[feed] = seq
    return True
