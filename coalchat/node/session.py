"""One authenticated link (SPEC 9.5, 10.3): drives the sync machine, and answers it from the store and the trusted sets.

The machine says what is needed; this driver gives it. Frames leave through one writer task, in order. What an entry
cannot be judged by yet is asked for, and the entry waits here, under a cap; it is gone with the link and comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs
import structlog
import trio

from coalchat.net.framing import FrameError, FrameReader, send_frame
from coalchat.net.transport import LinkStream
from coalchat.node.arriving import Ended, NeedEnvelope, NeedFeed, Taken
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.controls import Control
from coalchat.node.incoming import Incoming
from coalchat.node.intake import Intake
from coalchat.node.journal import Finding
from coalchat.node.serving import Serving
from coalchat.node.underway import held_by
from coalchat.store.rows import Feed
from protocol.base.errors import LimitError, ProtocolError, RemoteProtocolError
from protocol.base.limits import MAX_FRAME, MAX_WAITING_BYTES
from protocol.exchange.events import (
    DocumentReceived,
    DocumentsComplete,
    EntryReceived,
    EnvelopeDenied,
    EnvelopeGranted,
    EnvelopeReceived,
    EnvelopeRequested,
    FeedReceived,
    HistoryGiven,
    HistoryRequested,
    InSync,
    Kind,
    NeedEntries,
    NotHere,
    PeerAcked,
    PeerHeads,
    PeerHello,
    PeerLeft,
    SyncEvent,
    Wanted,
)
from protocol.exchange.messages import Farewell
from protocol.exchange.phases import State
from protocol.exchange.proof import End
from protocol.exchange.ranges import Binding
from protocol.exchange.session import LocalHead, SyncSettings
from protocol.exchange.states import Step
from protocol.exchange.sync import Sync
from protocol.messages.entry import Entry
from protocol.trust.charter import SUITE
from protocol.trust.credential import Certified, Precedence

Capture = Callable[[str, bytes], None]
"""Gets every frame in clear, with its direction: a diagnosis of a node's own links, off unless asked for."""

log = structlog.get_logger("coalchat.node.session")


class PeerGone(Exception):
    """The peer said goodbye, or closed."""


@attrs.define(eq=False)
class LinkSession:
    """One link, from authentication to its end.

    Attributes:
        peer: the device at the other end.
        dialler: id of the device that dialled.
        expelled: the peer is revoked: nothing more is served on this link.
        refused: the peer broke the rules, and that ended it.
        carries: whether the peer takes ciphertext that is not released to its nation.
    """

    context: Context = attrs.field(repr=False)
    intake: Intake = attrs.field(repr=False)
    stream: LinkStream = attrs.field(repr=False)
    peer: Certified
    dialler: bytes
    carry: bool
    capture: Capture | None = attrs.field(default=None, repr=False)
    carries: bool = attrs.field(default=False, init=False)
    since: int = attrs.field(default=0, init=False)
    expelled: bool = attrs.field(default=False, init=False)
    entries_sent: int = attrs.field(default=0, init=False)
    entries_received: int = attrs.field(default=0, init=False)
    in_sync: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    ended: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    _sync: Sync = attrs.field(init=False, repr=False)
    _out: list[bytes] = attrs.field(factory=list, init=False, repr=False)
    _wake: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    _drained: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    """Set when what waited to leave has left, or the link has ended; then another takes its place."""
    _waiting: list[Entry] = attrs.field(factory=list, init=False, repr=False)
    _documents: Incoming = attrs.field(init=False, repr=False)
    _events: list[SyncEvent] = attrs.field(factory=list, init=False, repr=False)
    refused: bool = attrs.field(default=False, init=False)
    _leaving: bool = attrs.field(default=False, init=False)
    _heads: dict[bytes, tuple[int, bytes]] | None = attrs.field(factory=dict, init=False, repr=False)
    """What the peer named, until it has named all."""

    def __attrs_post_init__(self) -> None:
        coalition = self.context.member.coalition
        end = End.DIALLER if self.dialler == self.context.member.device else End.RESPONDER
        self.since = self.context.now()
        self._documents = Incoming(self.context, self.nation)
        self._sync = Sync(
            SyncSettings(
                charter=coalition.charter_hash,
                floor=coalition.charter.suites,
                suites=(SUITE,),
                carry=self.carry,
                have=lambda name: name in self.context.member.controls,
                knows=lambda charter: self.context.member.coalition.text(charter) is not None,
                binding=Binding(self.stream.exporter, end),
            )
        )

    @property
    def nation(self) -> int:
        """The peer's charter index."""
        return self.peer.certificate.nation

    # --- the stream ---

    async def run(self) -> None:
        """Speak until either side leaves.

        Raises:
            RemoteProtocolError: the peer broke the rules.
            FrameError: what came was no frame. trio.BrokenResourceError, trio.ClosedResourceError: the link was cut.
        """
        ending: Exception | None = None
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._write, nursery.cancel_scope)
                if not self._leaving:
                    self._do(self._sync.start())
                try:
                    await self._read()
                except (RemoteProtocolError, FrameError, trio.BrokenResourceError, trio.ClosedResourceError) as error:
                    # Kept, because a nursery would hand it on in a group, and who runs this judges by its type.
                    ending = error
                    self.refused = isinstance(error, RemoteProtocolError)
                nursery.cancel_scope.cancel()
        finally:
            self.ended.set()
            self._drained.set()
        if ending is not None:
            raise ending

    async def _read(self) -> None:
        reader = FrameReader(self.stream, MAX_FRAME)
        try:
            while (frame := await reader.receive()) is not None:
                if self.capture is not None:
                    self.capture("in", frame)
                self._do(self._sync.receive(frame))
                while self._events:
                    await self._on(self._events.pop(0))
                if self._heads is not None and self._sync.peer_state is State.LIVE:
                    heads, self._heads = self._heads, None
                    await self.context.heads_named(heads, self.entitled)
        except PeerGone:
            return

    async def _write(self, scope: trio.CancelScope) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake = trio.Event()
                frames, self._out = self._out, []
                for frame in frames:
                    if self.capture is not None:
                        self.capture("out", frame)
                    await send_frame(self.stream, frame, MAX_FRAME)
                self._drained.set()
                self._drained = trio.Event()
                if self._leaving:
                    scope.cancel()
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            scope.cancel()

    def _do(self, step: Step[SyncEvent]) -> None:
        if step.send:
            self._out.extend(step.send)
            self._wake.set()
        for event in step.events:
            if isinstance(event, NeedEntries):
                self._push(event)
            elif isinstance(event, InSync):
                self.in_sync.set()
                self.context.in_sync()
            else:
                self._events.append(event)

    def leave(self, code: Farewell) -> None:
        """Say goodbye and end."""
        self._do(self._sync.close(code))
        self._leaving = True
        self._wake.set()

    def expel(self) -> None:
        """The peer is revoked: end."""
        self.expelled = True
        self._out.clear()
        self.leave(Farewell.DONE)

    # --- what is new here ---

    def entitled(self, released: int) -> bool:
        """Whether the peer may get a feed that is released to these nations."""
        return bool(released >> self.nation & 1) or self.carries

    def _due(self, row: Feed) -> bool:
        """Whether a feed here goes to the peer: what is carried must have begun when its nation was in the coalition."""
        if not row.head_seq or row.nation in self.context.member.coalition.suspended or not self.entitled(row.released):
            return False
        if row.released >> self.nation & 1:
            return True
        since = self.context.member.admitted.get(self.nation, 0)
        first = self.context.store.read.entry_at(row.feed_id, 1) if since else None
        return first is None or first.received > since

    def feed_moved(self, feed_id: bytes, precedence: Precedence) -> None:
        """A feed has a new entry: push it."""
        row = self.context.store.read.feed(feed_id)
        if row is not None and self._due(row):
            self._do(self._sync.local_head(row.feed_id, row.head_seq, row.head_id, int(precedence)))

    def control_changed(self, control: Control) -> None:
        """A control document is new: announce it. Before the inventory was made, that will name it."""
        if self._sync.offering and control.is_for(self.nation, carries=self.carries):
            self._do(self._sync.offer_inventory([(int(control.tag), control.hash)]))

    def refresh(self) -> None:
        """Announce the control documents that the peer may have by now."""
        if self._sync.offering:
            self._do(self._sync.offer_inventory(self._inventory()))

    # --- what other parts say ---

    def speak(self, say: Callable[[Sync], Step[SyncEvent]]) -> bool:
        """Say what a part of the node wants to; whether anything went."""
        step = say(self._sync)
        self._do(step)
        return bool(step.send)

    async def give_history(self, name: bytes, evidence: bytes) -> bool:
        """Give evidence of one entry, or say that no more comes; False if the link has ended.

        It gives way: it waits until nothing else does, so that no FLASH stands behind a thousand old messages.
        """
        while self._out and not self.ended.is_set():
            await self._drained.wait()
        if not self.ended.is_set():
            self._do(self._sync.give_history(name, evidence))
        return not self.ended.is_set()

    @property
    def live(self) -> bool:
        """Whether both sides have told their heads, and neither has left."""
        return State.LIVE is self._sync.own_state is self._sync.peer_state

    # --- what the machine asks ---

    async def _on(self, event: SyncEvent) -> None:  # noqa: C901, PLR0912 - one case an event
        match event:
            case PeerHello():
                self.carries = event.carry
                self._do(self._sync.offer_inventory(self._inventory()))
            case DocumentReceived():
                await self._documents.take(event.data)
            case DocumentsComplete():
                await self._documents_complete()
            case PeerHeads():
                self._hear({head.feed: (head.seq, head.id) for head in event.heads})
            case Wanted():
                self._answer(event)
            case FeedReceived():
                if await self.intake.feed(event.data, self.nation) is not None:
                    await self._retry()
            case EnvelopeReceived():
                if await self.intake.envelope(event.envelope.data, self.nation) is not None:
                    await self._retry()
            case EntryReceived():
                self.entries_received += 1
                await self._entry(event.entry)
            case NotHere():
                self._give_up(event)
            case PeerAcked():
                await held_by(self.context, event.feed, event.up_to, self.nation)
            case HistoryRequested() | HistoryGiven():
                await self.context.history(self.peer, event)
            case EnvelopeRequested() | EnvelopeGranted() | EnvelopeDenied():
                await self.context.keying(self.peer, event, self.speak)
            case PeerLeft():
                raise PeerGone

    def _hear(self, heads: dict[bytes, tuple[int, bytes]]) -> None:
        if self._heads is not None:
            self._heads |= heads

    def _inventory(self) -> Iterable[tuple[int, bytes]]:
        return self.context.member.inventory(self.nation, self.context.now(), carries=self.carries)

    def _push(self, need: NeedEntries) -> None:
        rows = self.context.store.read.entries_from(need.feed, need.start, need.count)
        self.entries_sent += len(rows)
        self._do(self._sync.entries(need.feed, [row.data for row in rows]))

    def _answer(self, wanted: Wanted) -> None:
        serving = Serving(self.context, self.nation, self.carries)
        match wanted.kind:
            case Kind.DOCUMENT:
                self._do(self._sync.documents(serving.documents(wanted.ids)))
            case Kind.FEED:
                self._do(self._sync.feeds(serving.feeds(wanted.ids)))
            case Kind.ENVELOPE:
                self._do(self._sync.envelopes(serving.envelopes(wanted.ids)))

    # --- documents ---

    async def _documents_complete(self) -> None:
        await self._documents.settled()
        heads = [
            LocalHead(row.feed_id, row.head_seq, row.head_id)
            for row in self.context.store.read.feeds()
            if self._due(row)
        ]
        self._do(self._sync.offer_heads(heads))

    # --- entries ---

    async def _entry(self, entry: Entry) -> None:
        taken = await self.intake.entry(entry, self.nation, self._stored)
        if isinstance(taken, Taken):
            if taken.known_up_to:
                self._do(self._sync.stored(entry.base.feed, taken.known_up_to))
            return
        if isinstance(taken, Ended):
            self._do(self._sync.decline(entry.base.feed))
        if taken is None or isinstance(taken, Ended):
            return
        self._waiting.append(entry)
        if sum(len(waiting.data) for waiting in self._waiting) > MAX_WAITING_BYTES:
            await self.context.record(
                Finding(AuditEvent.QUOTA_REACHED, self.peer.device.hex(), self.context.code(self.nation), "waiting")
            )
            raise LimitError("too many entries wait", field="entry")
        if isinstance(taken, NeedFeed):
            self._do(self._sync.want_feed(taken.feed))
        if isinstance(taken, NeedEnvelope):
            self._do(self._sync.want_envelope(taken.envelope))

    async def _retry(self) -> None:
        waiting, self._waiting = self._waiting, []
        for entry in waiting:
            await self._entry(entry)

    def _give_up(self, event: NotHere) -> None:
        """What an entry needs is not to be had from this peer."""
        if event.kind is Kind.FEED:
            self._waiting = [entry for entry in self._waiting if entry.base.feed != event.id]
        if event.kind is Kind.ENVELOPE:
            over = [entry.base.feed for entry in self._waiting if entry.base.envelope == event.id]
            self._waiting = [entry for entry in self._waiting if entry.base.envelope != event.id]
            for name in over:  # what is only carried, under an envelope from before this nation joined, is let be
                row = self.context.store.read.feed(name)
                if row is not None and not row.released >> self.context.member.nation & 1:
                    self._do(self._sync.decline(name))

    def _stored(self, feed_id: bytes, up_to: int) -> None:
        try:
            self._do(self._sync.stored(feed_id, up_to))
        except ProtocolError as error:
            log.error("an acknowledgement could not be said", error=str(error))
