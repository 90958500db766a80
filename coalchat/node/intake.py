"""Intake: what peers send becomes durable here (SPEC 10.3).

Judging is done where the bytes arrive, in the order of arrival; storing is done by one task that takes whatever has
queued, so that a fast link costs few commits. A peer is told that an entry is stored only after its commit.

Rule 1: an entry is accepted once it is authentic; what it cannot be judged by yet (feed, envelope, an earlier entry)
is asked for, and it waits with its link, under a cap, and is gone with it: the peer sends it again.
Rule 2: acceptance, what it opens to, and what clients are told of it are one transaction.
Rule 3: every refusal is an audit event.
Rule 4: the header alone is accepted only of an entry whose retention is over, by our clock: nobody can make a message vanish
by passing on less of it. What is over is stored as its header, and its body is not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import attrs
import trio

from coalchat.node.accepting import Accepting
from coalchat.node.arriving import Arrival, Ended, NeedEnvelope, NeedFeed, Taken
from coalchat.node.audit import AuditEvent
from coalchat.node.bell import Bell
from coalchat.node.context import Context
from coalchat.node.envelopes import Envelopes, nation_slots
from coalchat.node.feeds import Feeds, KnownFeed
from coalchat.node.folding import Folding
from coalchat.node.journal import Finding
from coalchat.node.opening import Closed, Opened, Opening, Outcome, Rejected, Unreadable
from coalchat.node.retaining import Retaining, purged_words
from coalchat.store.faces import Transaction
from coalchat.store.rows import Feed as FeedRow
from coalchat.store.rows import Parked
from coalchat.store.rows import Waiting as Why
from protocol.base.errors import LimitError, RemoteProtocolError, ReplayError, StateError
from protocol.base.limits import MAX_WANTS_WAITING
from protocol.keys.direct import AnyEnvelope, DirectEnvelope, read_any
from protocol.messages.entry import Entry, read_any_entry
from protocol.messages.feed import Accepted, Known, Waiting
from protocol.messages.payload import ComplaintReason, Payload
from protocol.trust.credential import Precedence

BATCH = 256
"""Entries of one commit."""


@attrs.define(eq=False)
class Intake:
    """The node's part for what peers send."""

    context: Context = attrs.field(repr=False)
    feeds: Feeds = attrs.field(repr=False)
    envelopes: Envelopes = attrs.field(repr=False)
    opening: Opening = attrs.field(repr=False)
    retaining: Retaining = attrs.field(repr=False)
    folding: Folding = attrs.field(repr=False)
    complain: Callable[[KnownFeed, bytes, ComplaintReason], None] = attrs.field(repr=False)
    """Called after the commit, with the feed, the envelope and the reason."""
    opened: Callable[[KnownFeed, Entry, Payload], None] = attrs.field(repr=False)
    """Called after the commit, with each entry that another device wrote and this one can read."""
    forked: Callable[[bytes, Entry], Awaitable[None]] = attrs.field(repr=False)
    """Called with a feed, and an authentic entry of it that does not go with what stands there."""
    recovered: Callable[[bytes], Awaitable[None]] = attrs.field(repr=False)
    """Called after the commit, with a feed of this device of which entries came back from a peer."""
    accepting: Accepting = attrs.field(init=False, repr=False)
    _channels: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    _awaited: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    """Feeds that a receipt covers further than they came; what is forgotten here is looked at when a segment begins."""
    _retry: bool = attrs.field(default=False, init=False)
    _bell: Bell = attrs.field(factory=Bell, init=False, repr=False)
    _kept: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    """Set at the next commit."""
    _queueing: trio.Lock = attrs.field(factory=trio.Lock, init=False, repr=False)
    _send: trio.MemorySendChannel[Arrival] = attrs.field(init=False, repr=False)
    _receive: trio.MemoryReceiveChannel[Arrival] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.accepting = Accepting(self.context, self.folding, self.retaining)
        self._send, self._receive = trio.open_memory_channel[Arrival](BATCH)

    # --- judging ---

    async def feed(self, data: bytes, peer: int) -> bytes | None:
        """Take a feed record that was asked for; its id, or None if it was refused."""
        now = self.context.now()
        try:
            record, row = self.feeds.judge(data, now)
        except RemoteProtocolError as error:
            await self.context.refuse(AuditEvent.FEED_REFUSED, error, nation=peer)
            return None
        await self.context.store.write(lambda tx: tx.put_feed(row))
        return record.id

    async def envelope(self, data: bytes, peer: int) -> bytes | None:
        """Take an envelope that was asked for; its id, or None if it was refused."""
        now = self.context.now()
        try:
            envelope, row = self.envelopes.judge(data, now)
        except RemoteProtocolError as error:
            await self.context.refuse(AuditEvent.ENVELOPE_REFUSED, error, nation=peer)
            return None
        await self.context.store.write(lambda tx: tx.put_envelope(row))
        return envelope.id

    async def entry(
        self, entry: Entry, peer: int, stored: Callable[[bytes, int], None]
    ) -> Taken | Ended | NeedFeed | NeedEnvelope | None:
        """Take an entry; None if it was refused."""
        try:
            feed = self.feeds.get(entry.base.feed)
        except StateError as error:
            await self.context.refuse(AuditEvent.ENTRY_REFUSED, error, nation=peer)
            return None
        if feed is None:
            return NeedFeed(entry.base.feed)
        if await self.feeds.refuse_disowned(feed, entry):
            return Ended()
        envelope = self.context.store.read.envelope(entry.base.envelope)
        if envelope is None:
            return NeedEnvelope(entry.base.envelope)
        if entry.bare and not self.retaining.may_be_bare(feed.record.release.level, envelope.n):
            short = StateError("only its header, and its retention is not over", field="entry")
            await self.context.refuse(AuditEvent.ENTRY_REFUSED, short, subject=entry.id.hex(), nation=peer)
            return None
        return await self._offer(feed, entry, peer, stored)

    async def _offer(
        self, feed: KnownFeed, entry: Entry, peer: int, stored: Callable[[bytes, int], None]
    ) -> Taken | Ended | None:
        read = self.context.store.read
        if feed.record.device == self.context.member.device:
            self.feeds.catch_up(feed)
        accepted = read.entry_at(feed.id, entry.base.seq)
        if (accepted is None and entry.base.seq <= feed.chain.head_seq) or feed.chain.astray(entry):
            # What it meets was accepted a moment ago, and may not be committed yet.
            feed = await self._committed(feed)
            accepted = read.entry_at(feed.id, entry.base.seq)
        self.feeds.bind(feed)
        try:
            outcome = feed.chain.offer(entry, None if accepted is None else accepted.entry_id)
        except ReplayError:
            await self.forked(feed.id, entry)
            return Ended()
        except StateError:  # beyond the bound: what is held against the feed is accounted for already
            return Ended()
        except RemoteProtocolError as error:
            await self.context.refuse(AuditEvent.ENTRY_REFUSED, error, subject=entry.id.hex(), nation=peer)
            return Ended() if feed.chain.bound is not None and isinstance(error, LimitError) else None
        match outcome:
            case Known():
                return Taken(feed.chain.head_seq)
            case Waiting():
                await self._waits(feed, entry, outcome, peer, stored)
            case Accepted():
                await self._queue(feed, outcome, peer, stored)
                for fork in outcome.forks:
                    await self._committed(feed)
                    await self.forked(feed.id, fork)
        return Taken()

    async def _waits(
        self, feed: KnownFeed, entry: Entry, waiting: Waiting, peer: int, stored: Callable[[bytes, int], None]
    ) -> None:
        if waiting.missing == 0:
            code = self.context.code(peer)
            finding = Finding(AuditEvent.ENTRY_NOT_AUTHENTIC, entry.id.hex(), code, "authentication")
            await self.context.record(finding)
        if feed.chain.bound is None:
            return
        # It waits durably for the entry that the bound names: the link's credit is not held up until then.
        base = entry.base
        row = Parked(
            feed.id, base.seq, entry.id, base.envelope, Why.SIGNATURE, bytes([peer]), entry.data, self.context.now()
        )
        await self.context.store.write(lambda tx: tx.park(row))
        stored(feed.id, base.seq)

    async def _committed(self, feed: KnownFeed) -> KnownFeed:
        """Wait until what the chain has accepted is in the store; the feed as it then is."""
        while (row := self.context.store.read.feed(feed.id)) is not None and row.head_seq < feed.chain.head_seq:
            await self._kept.wait()
            feed = self.feeds.get(feed.id) or feed
        return feed

    async def _queue(
        self, feed: KnownFeed, accepted: Accepted, peer: int, stored: Callable[[bytes, int], None]
    ) -> None:
        try:
            async with self._queueing:  # what one link's entry lets in goes whole before what another link's does
                for entry in accepted.entries:
                    await self._send.send(self._arrival(feed, entry, stored, peer))
        except BaseException:
            # The link ended just now: what its chain accepted and is not queued must be accepted anew when it comes again.
            self.feeds.forget_chain(feed.id)
            raise

    def _arrival(
        self, feed: KnownFeed, entry: Entry, stored: Callable[[bytes, int], None], peer: int | None = None
    ) -> Arrival:
        outcome, segment, slots = self._open(feed, entry)
        precedence = Precedence(min(entry.base.precedence, feed.author.certificate.scope.precedence))
        over = entry.bare or self.retaining.over(feed.record.release.level, segment)
        peer = self.context.member.nation if peer is None else peer
        return Arrival(feed, entry, outcome, precedence, segment, over, slots, peer, stored)

    def _open(self, feed: KnownFeed, entry: Entry) -> tuple[Outcome, int, bytes]:
        row = self.context.store.read.envelope(entry.base.envelope)
        if row is None:
            return Closed(), 0, b""
        if entry.bare:
            words = purged_words(self.context, feed.record.release.level, row.n)
            return self.opening.gone(feed, row.n, words), row.n, b""
        envelope: AnyEnvelope = read_any(row.data)
        outcome = self.opening.open(feed, entry, envelope)
        if isinstance(envelope, DirectEnvelope) and isinstance(outcome, Opened | Unreadable):
            self.context.member.met(envelope.context)
        return outcome, row.n, nation_slots(envelope)

    def channel_known(self, channel: bytes) -> None:
        """A channel's revision came to be known: open what was kept of it before."""
        self._channels.add(channel)
        self._bell.ring()

    def keys_came(self) -> None:
        """Seeds came, or a segment began: open what could not be read for want of a key, or say anew why it cannot be."""
        self._retry = True
        self._bell.ring()

    async def run_late(self) -> None:
        """Open what could not be opened when it came, until cancelled."""
        while True:
            await self._bell.wait()
            if self._retry:
                self._retry = False
                await self._open_unreadable()
            while self._channels:
                for row in self.context.store.read.feeds(channel=self._channels.pop()):
                    await self._open_late(row)

    async def _open_late(self, row: FeedRow) -> None:
        feed = self.feeds.get(row.feed_id)
        read = self.context.store.read
        if feed is None or row.device == self.context.member.device:
            return
        start = 1
        while entries := read.entries_from(row.feed_id, start, BATCH):
            start = entries[-1].seq + 1
            arrivals = [
                self._arrival(feed, read_any_entry(kept.data), _nobody)
                for kept in entries
                if not read.message(kept.entry_id)
            ]
            opened = [arrival for arrival in arrivals if not isinstance(arrival.outcome, Closed)]
            if opened:
                now = self.context.now()
                await self.context.store.write(partial(self.accepting.keep_all, batch=opened, now=now))
                self._tell(opened)

    async def _open_unreadable(self) -> None:
        """Read what a key has come for. It takes a new place at the end: what was shown there said only that it waits."""
        read = self.context.store.read
        oldest = min((chain.at.segment for chain in self.context.member.chains), default=0)
        for row in read.unreadable(max(0, oldest - 1)):  # and those whose key has just gone
            feed, entry = self.feeds.get(row.feed_id), read.entry(row.entry_id)
            if feed is None or entry is None:
                continue
            arrival = self._arrival(feed, read_any_entry(entry.data), _nobody)
            if isinstance(arrival.outcome, Opened):
                await self.context.store.write(partial(self._replace, arrival=arrival, now=self.context.now()))
                self._tell([arrival])
            elif isinstance(arrival.outcome, Rejected):
                await self.context.store.write(partial(self._replace, arrival=arrival, now=self.context.now()))
            elif isinstance(arrival.outcome, Unreadable) and arrival.outcome.complaint is None:
                self._expect(arrival.outcome)
                reason = arrival.outcome.reason.encode("utf-8")
                if reason != row.payload:
                    await self.context.store.write(partial(_explain, entry=row.entry_id, reason=reason))

    def _expect(self, outcome: Outcome) -> None:
        if isinstance(outcome, Unreadable) and len(self._awaited) + len(outcome.awaits) <= MAX_WANTS_WAITING:
            self._awaited |= outcome.awaits

    async def handed_over(self, feed: KnownFeed, entry: Entry, segment: int, opened: Opened) -> None:
        """Read what another device has proved to this one; it takes a new place at the end, as what a late key opens."""
        precedence = Precedence(min(entry.base.precedence, feed.author.certificate.scope.precedence))
        slots, own = self.envelopes.slots(entry.base.envelope), self.context.member.nation
        arrival = Arrival(feed, entry, opened, precedence, segment, False, slots, own, _nobody)
        await self.context.store.write(partial(self._replace, arrival=arrival, now=self.context.now()))
        self._tell([arrival])

    def _replace(self, tx: Transaction, arrival: Arrival, now: int) -> None:
        if tx.drop_unreadable(arrival.entry.id):
            self.accepting.keep(tx, arrival, now)

    # --- storing ---

    async def run(self) -> None:
        """Store what was judged, until cancelled."""
        async for first in self._receive:
            batch = [first]
            with suppress(trio.WouldBlock):
                while len(batch) < BATCH:
                    batch.append(self._receive.receive_nowait())
            await self._store(batch)

    async def _store(self, batch: list[Arrival]) -> None:
        now = self.context.now()
        try:
            astray, left_out = await self.context.store.write(lambda tx: self.accepting.write(tx, batch, now))
        except BaseException:
            for arrival in batch:
                self.feeds.forget_chain(arrival.feed.id)
            raise
        kept = [one for one in batch if one.feed.id not in astray and one.entry.id not in left_out]
        for feed_id in {*astray, *(one.feed.id for one in batch if one.entry.id in left_out)}:
            self.feeds.forget_chain(feed_id)
        self._kept.set()
        self._kept = trio.Event()
        heads = {arrival.feed.id: arrival for arrival in kept}
        for arrival in heads.values():
            arrival.stored(arrival.feed.id, arrival.entry.base.seq)
            self.context.feed_moved(arrival.feed.id, arrival.precedence)
            if self.accepting.is_own(arrival):
                await self.recovered(arrival.feed.id)
        self._tell(kept)
        for arrival in kept:
            self._expect(arrival.outcome)
        if not self._awaited.isdisjoint(heads):
            self._awaited -= heads.keys()
            self.keys_came()
        for feed_id, entry in astray.items():
            await self.forked(feed_id, entry)

    def _tell(self, batch: list[Arrival]) -> None:
        for arrival in batch:
            if isinstance(arrival.outcome, Opened) and not self.accepting.is_own(arrival):
                self.opened(arrival.feed, arrival.entry, arrival.outcome.payload)
            elif isinstance(arrival.outcome, Unreadable) and arrival.outcome.complaint is not None:
                self.complain(arrival.feed, arrival.entry.base.envelope, arrival.outcome.complaint)


def _explain(tx: Transaction, entry: bytes, reason: bytes) -> None:
    tx.explain_unreadable(entry, reason)


def _nobody(feed_id: bytes, up_to: int) -> None:
    """Nobody waits for this entry to be stored: it is."""
