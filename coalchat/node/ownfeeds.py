"""This device's own feeds (SPEC 10.7): which one is written to, and whether it is known how far it goes.

A home that was brought back from a copy has forgotten what it wrote since; if it wrote on, it would fork its own feed.

    key file and store are of two times  -> every feed of ours is unconfirmed
    a peer brings an entry of ours that is not here -> that feed is; one that was forgotten whole is left
    a peer names as head an entry that is here      -> it is confirmed
    a person says that no peer can tell             -> it is left, and a new one goes on after it

Rule 1: nothing is written to an unconfirmed feed, whatever asks for it. What is unconfirmed, and what was left, is durable.
Rule 2: a home of which nothing says that it was restored may write. As both files of a copy may be equally old, what it
writes in its first seconds waits until a peer has named its heads, if there is a peer to wait for.
Rule 3: a feed that something is held against is not written to either: a new one goes on after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

import attrs
import trio

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.custody.home import COUNTER
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.store.faces import Transaction
from coalchat.store.rows import Feed
from protocol.base.errors import Denied
from protocol.trust.access import Clause

UNCONFIRMED = "feeds.unconfirmed"
LEFT = "feeds.left"
"""Feed ids, one after the other."""

START_WAIT = 10.0
"""Seconds after the start for which a first entry waits for a peer's word: links are up within two or three of them."""

_WHY = (
    "this home was brought back from a copy, and no peer has said yet how far this device's feed goes:"
    " connect to one, or say `coalchat node offline`"
)


@attrs.define
class _Word:
    """What peers have said of a feed since the start.

    Attributes:
        agreed: one named as head an entry that is here; or, of a feed that is not unconfirmed, has none of it.
        further: the furthest head that one named and that is not here. until: trio time up to which it is waited for.
    """

    agreed: bool = False
    further: tuple[int, bytes] = (0, b"")
    until: float = 0.0


@attrs.define(eq=False)
class OwnFeeds:
    """The node's part for them.

    Attributes:
        awaited: whether there is a peer to wait for.
        confirmed: called when a feed may be written to again.
        unconfirmed, left: feed ids.
    """

    context: Context = attrs.field(repr=False)
    awaited: Callable[[], bool] = attrs.field(repr=False)
    confirmed: Callable[[], None] = attrs.field(repr=False)
    unconfirmed: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    left: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    _words: defaultdict[bytes, _Word] = attrs.field(factory=lambda: defaultdict(_Word), init=False, repr=False)
    _here: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    """Feeds that were here at the start, or were opened since."""
    _until: float = attrs.field(default=0.0, init=False)
    _moved: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)

    async def begin(self, *, restored: bool) -> None:
        """At the start, before a link is up."""
        self.unconfirmed, self.left = self._kept(UNCONFIRMED), self._kept(LEFT)
        self._until = trio.current_time() + START_WAIT
        self._here = {row.feed_id for row in self._rows()}
        if restored:
            self.unconfirmed |= self._here - self.left
            await self.context.store.write(self._keep_restored)

    def _kept(self, key: str) -> set[bytes]:
        value = self.context.store.read.meta(key) or b""
        return {value[at : at + 16] for at in range(0, len(value), 16)}

    def _keep(self, tx: Transaction) -> None:
        tx.set_meta(UNCONFIRMED, b"".join(sorted(self.unconfirmed)))
        tx.set_meta(LEFT, b"".join(sorted(self.left)))

    def _keep_restored(self, tx: Transaction) -> None:
        """What was found is kept with its consequence: the next start does not find it again."""
        self._keep(tx)
        tx.set_meta(COUNTER, self.context.member.ring.counter.to_bytes(8, "big"))

    def _rows(self) -> list[Feed]:
        return self.context.store.read.feeds(device=self.context.member.device)

    # --- to write to ---

    def current(self, channel: bytes, release: bytes) -> tuple[Feed | None, bytes]:
        """The feed to write to, if there is one; the one that a new one goes on after, or none."""
        before = b""
        for row in self.context.store.read.feeds(device=self.context.member.device, channel=channel):
            if row.release != release:
                continue
            if row.feed_id in self.left or self.context.member.verdicts.of(row.feed_id, row.device, self.context.now()):
                before = row.feed_id
            else:
                return row, b""
        return None, before

    def denial(self, channel: bytes, release: bytes) -> Denied | None:
        """Whether it may be written to now; None grants."""
        row, _ = self.current(channel, release)
        return Denied(Clause.FEED_UNCONFIRMED, _WHY) if row is not None and row.feed_id in self.unconfirmed else None

    async def ready(self, channel: bytes, release: bytes) -> None:
        """Wait until it is known whether it may be written to, or nobody has said so in time."""
        while (row := self.current(channel, release)[0]) is not None and not self._settled(row.feed_id):
            deadline = max(self._until, self._words[row.feed_id].until)
            if not self.awaited() or trio.current_time() >= deadline:
                break
            with trio.move_on_at(deadline):
                await self._moved.wait()
        if row is not None:
            await self._settle(row.feed_id)
            if row.feed_id not in self.unconfirmed:
                self._words[row.feed_id].agreed = True  # once it was written to, to wait longer helps nobody

    def _awaits(self, feed_id: bytes) -> bool:
        """Whether entries are to come that a peer named as later ones."""
        word = self._words[feed_id]
        return trio.current_time() < word.until and self._at(feed_id, word.further[0]) is None

    def _at(self, feed_id: bytes, seq: int) -> bytes | None:
        entry = self.context.store.read.entry_at(feed_id, seq)
        return None if entry is None else entry.entry_id

    def _settled(self, feed_id: bytes) -> bool:
        return self._words[feed_id].agreed and not self._awaits(feed_id)

    async def _settle(self, feed_id: bytes) -> None:
        """Confirm a feed if peers have said enough."""
        if feed_id in self.unconfirmed and self._settled(feed_id):
            self.unconfirmed.remove(feed_id)
            await self.context.store.write(self._changed)
            self.confirmed()
        self.look()

    # --- what peers say ---

    async def named(self, heads: Mapping[bytes, tuple[int, bytes]], entitled: Callable[[int], bool]) -> None:
        """A peer has named its heads.

        Args:
            heads: number and id, by feed.
            entitled: whether the peer may have a feed that is released to these nations.
        """
        for row in self._rows():
            word, head = self._words[row.feed_id], heads.get(row.feed_id)
            if head is None:
                # It never got an entry of it. That does not confirm a feed of which more may have been.
                word.agreed |= entitled(row.released) and row.feed_id not in self.unconfirmed
            elif self._at(row.feed_id, head[0]) == head[1]:
                word.agreed = True
            elif self._at(row.feed_id, head[0]) is None and head > word.further:
                # Its entries are to come: what is written meanwhile would stand beside them.
                word.further, word.until = head, trio.current_time() + START_WAIT
            await self._settle(row.feed_id)

    async def recovered(self, feed_id: bytes) -> None:
        """Entries of ours that were not here have come, and hold: this home is older than what it wrote."""
        word = self._words[feed_id]
        if feed_id not in self.unconfirmed | self.left:
            # Of a feed that was forgotten whole nobody will be asked: it is left.
            (self.unconfirmed if feed_id in self._here else self.left).add(feed_id)
            word.agreed = False
            finding = Finding(
                AuditEvent.HOME_RESTORED, feed_id.hex(), detail="a peer holds later entries of this device"
            )

            def write(tx: Transaction) -> None:
                self._keep(tx)
                write_finding(tx, self.context.now(), finding)

            await self.context.store.write(write)
        if self._at(feed_id, word.further[0]) == word.further[1]:
            word.agreed = True
        elif word.further[0]:
            word.until = trio.current_time() + START_WAIT  # more of it is under way
        await self._settle(feed_id)

    def opened(self, feed_id: bytes) -> None:
        """A feed was opened just now: nobody can know more of it."""
        self._here.add(feed_id)
        self._words[feed_id].agreed = True

    def look(self) -> None:
        """Something changed: whoever waits looks again."""
        self._moved.set()
        self._moved = trio.Event()

    # --- what a person says ---

    async def leave(self) -> int:
        """No peer can tell: go on in new feeds; how many are left for ever."""
        gone, self.unconfirmed = self.unconfirmed, set()
        self.left |= gone
        if gone:
            finding = Finding(AuditEvent.FEEDS_LEFT, detail=str(len(gone)))

            def write(tx: Transaction) -> None:
                self._changed(tx)
                write_finding(tx, self.context.now(), finding)

            await self.context.store.write(write)
            self.look()
            self.confirmed()
        return len(gone)

    def _changed(self, tx: Transaction) -> None:
        self._keep(tx)
        write_event(tx, self.context.now(), ControlChanged(subject=ControlSubject.KEYS, id="", phase=Phase.UNLOCKED))
