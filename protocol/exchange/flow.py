"""The flow of entries over one link (SPEC 9.6): per feed what each side holds, and what is under way.

The two ends keep mirrored books. For each feed: `ours`, what is durable here; `told`, how far the peer knows that;
`theirs`, how far the peer said that it has it. A head, an acknowledgement and a pushed entry all say "this is durable
here": each raises `told` at its sender and `theirs` at its receiver.

Rule 1: the next entry to push is the one after max(last pushed, theirs): never one that the peer said it has. The
receiver accepts exactly what such a sender may send: above the last one, at most one above what it was told or had.
Rule 2: pushed and not acknowledged are at most MAX_CREDIT entries of all feeds together; an honest sender's count is
never below its receiver's. The last of the credit is kept for higher precedence.
Rule 3: feeds of higher precedence first, those of one precedence in turn, a feed always in its order. An entry drags
those before it along: a feed has the precedence of the highest that waits in it.
Rule 4: a feed is named before it is pushed, once on a link.
Rule 5: where the peer's head names another entry than ours at the same number, ours is pushed all the same: it is the only
way in which both come to hold the proof of a fork.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs

from protocol.base.errors import LimitError, LocalProtocolError, RemoteProtocolError, StateError
from protocol.base.limits import MAX_CREDIT, MAX_FEEDS
from protocol.base.records import encode
from protocol.exchange.events import NeedEntries
from protocol.exchange.messages import Ack, Head, Push
from protocol.messages.entry import Entry, read_any_entry
from protocol.trust.credential import Precedence

BATCH: Final = 32
"""Entries of one feed that are asked of the store at once: what comes later with higher precedence waits for no more."""
RESERVE: Final = 16
"""Entries of credit that each precedence leaves to the one above it."""


@attrs.define
class _Feed:
    ours: int = 0
    our_id: bytes = b""
    told: int = 0
    theirs: int = 0
    pushed: int = 0
    got: int = 0
    precedence: int = 0
    start: int = 0
    asked: int = 0
    """Entries asked of the store, from `start` on."""
    dry: bool = False
    """The store had nothing more."""
    head: tuple[int, bytes] = (0, b"")
    """What the peer named."""
    contested: bool = False
    """The peer's head is another entry than ours at its number, and ours is still to be shown."""
    named: bool = False
    named_by_peer: bool = False
    deaf: bool = False
    """The peer declined it."""
    declined: bool = False
    """We declined it."""
    queue: int = -1
    """The precedence under which it waits its turn, or -1."""

    @property
    def next(self) -> int:
        return max(self.pushed, self.theirs - self.contested) + 1

    @property
    def unacked_by_peer(self) -> int:
        return 0 if self.deaf else max(0, self.pushed - self.theirs)

    @property
    def unacked_by_us(self) -> int:
        return 0 if self.declined else max(0, self.got - self.told)

    @property
    def behind(self) -> bool:
        return self.ours > self.theirs - self.contested and not (self.dry or self.deaf)

    @property
    def missing(self) -> bool:
        return self.theirs > max(self.told, self.ours) and not self.declined

    @property
    def ready(self) -> bool:
        return self.behind and self.named and not self.asked and self.ours >= self.next


@attrs.define
class Flow:
    """All feeds of one link.

    Attributes:
        open: our heads are told and the peer's are here: entries may go.
    """

    open: bool = False
    _feeds: dict[bytes, _Feed] = attrs.field(factory=dict, init=False, repr=False)
    _queues: tuple[dict[bytes, None], ...] = attrs.field(init=False, repr=False)
    _behind: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    _missing: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    _credit_used: int = attrs.field(default=0, init=False)
    _unacked: int = attrs.field(default=0, init=False)
    _held: int = attrs.field(default=0, init=False)
    _named_by_peer: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._queues = tuple({} for _ in Precedence)

    @property
    def idle(self) -> bool:
        """Whether each side durably holds what the other said it has."""
        return not self._behind and not self._missing

    def named_by_peer(self, name: bytes) -> bool:
        """Whether the peer named a feed on this link."""
        return name in self._feeds and self._feeds[name].named_by_peer

    def named_by_us(self, name: bytes) -> bool:
        """Whether we named a feed on this link."""
        return name in self._feeds and self._feeds[name].named

    # --- what is here ---

    def hold(self, name: bytes, seq: int, entry: bytes, precedence: int) -> None:
        """We durably hold a feed so far.

        Args:
            entry: id of the entry at `seq`.
            precedence: the highest of those that are new, or that the peer may lack.

        Raises:
            LocalProtocolError: there are too many feeds, or the values are out of range.
        """
        if not 0 <= precedence <= Precedence.FLASH or seq < 1:
            raise LocalProtocolError("out of range", field="head")
        feed = self._feeds.get(name, _Feed())
        if seq <= feed.ours:
            return
        if not feed.ours:
            self._held += 1
            if self._held > MAX_FEEDS:
                raise LocalProtocolError(f"more than {MAX_FEEDS}", field="feeds")
        waits = feed.precedence if feed.ours >= feed.next else 0
        contested = seq == feed.head[0] and entry != feed.head[1]
        self._change(name, ours=seq, our_id=entry, precedence=max(waits, precedence), dry=False, contested=contested)

    def name_feeds(self, names: Iterable[bytes] | None = None) -> tuple[Head, ...]:
        """Heads of feeds that were not named yet: all, or some of them."""
        heads = []
        for name in sorted(self._feeds if names is None else names):
            feed = self._feeds[name]
            if feed.ours and not feed.named:
                heads.append(Head(name, feed.ours, feed.our_id))
                self._change(name, named=True, told=max(feed.told, feed.ours))
        return tuple(heads)

    def heads(self) -> list[Head]:
        """Of all feeds that are here."""
        return [Head(name, feed.ours, feed.our_id) for name, feed in self._feeds.items() if feed.ours]

    def agree(self, heads: Iterable[Head]) -> None:
        """Both sides hold these heads, as their fingerprints said: each has named them to the other.

        Raises:
            LimitError: too many.
        """
        for head in heads:
            self._count_named_by_peer()
            told = max(self._feeds[head.feed].told, head.seq)
            self._change(head.feed, named=True, told=told)
            self._change(head.feed, named_by_peer=True, theirs=head.seq, head=(head.seq, head.id), contested=False)

    def peer_lacks(self, name: bytes) -> bool:
        """Whether we hold more of a feed than the peer."""
        return name in self._feeds and self._feeds[name].behind

    def acknowledge_held(self, name: bytes) -> Ack | None:
        """An ACK of what we hold, where the peer does not know it yet."""
        return self.acknowledge(name, self._feeds[name].ours) if name in self._feeds else None

    def acknowledge(self, name: bytes, up_to: int) -> Ack | None:
        """An ACK that tells the peer what it does not know yet, of what it has itself."""
        feed = self._feeds.get(name)
        if feed is None or not feed.named_by_peer or feed.declined:
            return None
        covered = min(up_to, feed.theirs)
        if covered <= feed.told:
            return None
        self._change(name, told=covered)
        return Ack(name, covered, False)

    def decline(self, name: bytes) -> Ack | None:
        """Take no more of a feed that the peer named."""
        feed = self._feeds.get(name)
        if feed is None or not feed.named_by_peer or feed.declined:
            return None
        self._change(name, declined=True)
        return Ack(name, feed.told, True)

    # --- what goes ---

    def plan(self) -> list[NeedEntries]:
        """What to ask of the store now, within the credit."""
        needs: list[NeedEntries] = []
        if not self.open:
            return needs
        for precedence in sorted(Precedence, reverse=True):
            queue = self._queues[precedence]
            limit = MAX_CREDIT - RESERVE * (Precedence.FLASH - precedence)
            while queue and self._credit_used < limit:
                name = next(iter(queue))
                feed = self._feeds[name]
                count = min(limit - self._credit_used, BATCH, feed.ours - feed.next + 1)
                needs.append(NeedEntries(name, feed.next, count))
                self._change(name, start=feed.next, asked=count)
        return needs

    def supply(self, name: bytes, entries: Sequence[bytes]) -> list[bytes]:
        """Frames that push what the store gave.

        Raises:
            LocalProtocolError: it was not asked for, or is not what was asked for.
        """
        feed = self._feeds.get(name)
        if feed is None or not feed.asked or len(entries) > feed.asked:
            raise LocalProtocolError("were not asked for", field="entries")
        frames = []
        for seq, data in enumerate(entries, feed.start):
            _check_own(name, seq, data)
            if seq >= feed.next and not feed.deaf:
                frames.append(encode(Push(data)))
                self._change(name, pushed=seq, told=max(feed.told, seq), contested=False)
        self._change(name, asked=0, dry=not entries)
        return frames

    # --- what comes ---

    def peer_names(self, heads: Iterable[Head]) -> None:
        """The peer names feeds, and how far it has them.

        Raises:
            StateError: one of them twice.
            LimitError: too many.
        """
        for head in heads:
            feed = self._feeds.get(head.feed, _Feed())
            if feed.named_by_peer:
                raise StateError("named twice", field="feed")
            self._count_named_by_peer()
            contested = feed.ours == head.seq and feed.our_id != head.id
            theirs = max(feed.theirs, head.seq)
            self._change(head.feed, named_by_peer=True, theirs=theirs, head=(head.seq, head.id), contested=contested)

    def peer_pushed(self, entry: Entry) -> bool:
        """The peer pushed an entry; False if it is of a feed that we declined.

        Raises:
            StateError: of a feed that it did not name, or out of order.
            LimitError: beyond its credit.
        """
        name, seq = entry.base.feed, entry.base.seq
        feed = self._feeds.get(name)
        if feed is None or not feed.named_by_peer:
            raise StateError("of a feed that was not named", field="entry")
        if feed.declined:
            return False
        if not feed.got < seq <= max(feed.got, feed.told) + 1:
            raise StateError("out of order", field="entry")
        self._change(name, got=seq, theirs=max(feed.theirs, seq))
        if self._unacked > MAX_CREDIT:
            raise LimitError(f"more than {MAX_CREDIT} not acknowledged", field="entry")
        return True

    def peer_acked(self, ack: Ack) -> None:
        """The peer acknowledged, or declined.

        Raises:
            StateError: something that it cannot have from us.
        """
        feed = self._feeds.get(ack.feed)
        if feed is None or not feed.named or ack.up_to > feed.ours:
            raise StateError("was never offered", field="ack")
        self._change(ack.feed, theirs=max(feed.theirs, ack.up_to), deaf=feed.deaf or ack.declined)

    # --- the books ---

    def _count_named_by_peer(self) -> None:
        self._named_by_peer += 1
        if self._named_by_peer > MAX_FEEDS:
            raise LimitError(f"more than {MAX_FEEDS}", field="feeds")

    def _change(self, name: bytes, **changes: Any) -> None:
        """Change one feed, and with it every sum and set that it counts in."""
        feed = self._feeds.setdefault(name, _Feed())
        self._credit_used -= feed.unacked_by_peer + feed.asked
        self._unacked -= feed.unacked_by_us
        for field, value in changes.items():
            setattr(feed, field, value)
        self._credit_used += feed.unacked_by_peer + feed.asked
        self._unacked += feed.unacked_by_us
        (self._behind.add if feed.behind else self._behind.discard)(name)
        (self._missing.add if feed.missing else self._missing.discard)(name)
        queue = feed.precedence if feed.ready else -1
        if queue != feed.queue:
            if feed.queue >= 0:
                del self._queues[feed.queue][name]
            if queue >= 0:
                self._queues[queue][name] = None
            feed.queue = queue


def _check_own(name: bytes, seq: int, data: bytes) -> None:
    try:
        base = read_any_entry(data).base
    except RemoteProtocolError:
        raise LocalProtocolError("cannot be read", field="entries") from None
    if (base.feed, base.seq) != (name, seq):
        raise LocalProtocolError("are not the ones asked for", field="entries")
