"""Marks (SPEC 8.6): what follows for a node and its clients when something comes to be held against a feed.

    two entries at one place -> proof -> kept, announced, clients told       what came as a proof goes the same way
    a proof against what is here -> perhaps a lower one, with what is here

What was accepted stays and is marked; nothing here takes an entry away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

import attrs

from coalchat.node.audit import AuditEvent
from coalchat.node.bell import Bell
from coalchat.node.context import Context
from coalchat.node.keeping import keep_control
from protocol.base.errors import AuthenticationError, RemoteProtocolError
from protocol.base.limits import MAX_FORK_RUN
from protocol.messages.entry import Entry, read_any_entry
from protocol.messages.forks import Fork, Run, prove_fork


@attrs.define(eq=False)
class Marking:
    """The node's part for forks.

    Attributes:
        closed: called with a feed that something new is held against, after the commit.
    """

    context: Context = attrs.field(repr=False)
    closed: Callable[[bytes], None] = attrs.field(repr=False)
    _due: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    _bell: Bell = attrs.field(factory=Bell, init=False, repr=False)

    # --- two entries that met here ---

    async def prove(self, feed_id: bytes, other: Entry) -> None:
        """Make and keep the proof that an authentic entry makes with what stands in its feed here."""
        seq = other.base.seq
        held = self._run(feed_id, seq) or self._run(feed_id, seq - 1)
        row = self.context.store.read.feed(feed_id)
        if held is not None and row is not None:
            await self._take(feed_id, prove_fork(row.record, held, Run.of([other])))

    def _run(self, feed_id: bytes, seq: int) -> Run | None:
        """What stands here around a number, as far as a proof may show it: up to the next signature that holds.

        The longer it is, the fewer proofs it takes until two nodes have found where their branches part.
        """
        read = self.context.store.read
        row = read.feed(feed_id)
        standing = None if row is None else self.context.member.directory.standing(row.device, self.context.now())
        if standing is None or read.entry_at(feed_id, seq) is None:
            return None
        for kept in read.entries_from(feed_id, seq, MAX_FORK_RUN):
            with suppress(AuthenticationError):
                read_any_entry(kept.data).verify(standing.certified.certificate.key)
                first = max(1, kept.seq - MAX_FORK_RUN + 1)
                shown = read.entries_from(feed_id, first, kept.seq - first + 1)
                return Run.of([read_any_entry(one.data) for one in shown])
        return None

    async def _take(self, feed_id: bytes, proof: bytes) -> None:
        try:
            control, news = self.context.member.apply(proof)
        except RemoteProtocolError as error:  # it is made here, of a peer's entry: the limit of a device's forks is his
            await self.context.refuse(AuditEvent.DOCUMENT_REFUSED, error, subject=feed_id.hex())
            return
        if news:
            await keep_control(self.context, control)
            self.context.control_changed(control.hash)

    # --- proofs ---

    def judged(self, feeds: Iterable[bytes]) -> None:
        """Something new is held against feeds: compare it with what is here."""
        self._due.update(feeds)
        self._bell.ring()

    async def run(self) -> None:
        """Compare what came with what is here, until cancelled."""
        while True:
            await self._bell.wait()
            while self._due:
                await self._compare(self._due.pop())

    async def _compare(self, feed_id: bytes) -> None:
        self.closed(feed_id)
        fork = self.context.member.verdicts.forks.get(feed_id)
        lower = None if fork is None else self._lower(fork)
        if lower is not None:
            await self._take(feed_id, lower)

    def _lower(self, fork: Fork) -> bytes | None:
        """The proof that what is here makes with a branch of another proof, if it shows a lower fork."""
        read, feed_id = self.context.store.read, fork.feed.id
        row = read.feed(feed_id)
        met = [
            (seq, run)
            for branch, run in zip(fork.branches, fork.runs, strict=True)
            for seq, entry in branch.facts()
            if seq < fork.seq and (here := read.entry_at(feed_id, seq)) is not None and here.entry_id != entry
        ]
        if row is None or not met:
            return None
        seq, run = min(met, key=lambda pair: pair[0])
        held = self._run(feed_id, seq)
        return None if held is None else prove_fork(row.record, held, run)
