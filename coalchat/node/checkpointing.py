"""Making checkpoints (SPEC 8.9), and holding those of others against what stands here.

    an edition has passed, or many entries -> heads of this device's feeds -> checkpoint and proofs (one transaction) -> announced
    a proof comes, or a feed reaches the head that it names -> compared -> agreed, or told

Rule 1: a checkpoint that names another head than the one that stands here takes nothing away: it is audited, once, and told.
Rule 2: nothing is made while the clock is in doubt, or when nothing was written since.
"""

from __future__ import annotations

import attrs
import trio

from coalchat.node.audit import AuditEvent
from coalchat.node.bell import Bell
from coalchat.node.context import Context
from coalchat.node.journal import Finding, write_finding
from coalchat.node.keeping import control_document, drop_superseded
from coalchat.store.faces import Transaction
from coalchat.store.rows import Feed
from protocol.base.ids import Tag
from protocol.base.limits import CHECKPOINT_ENTRIES
from protocol.messages.checkpoint import Covered, Head, make_checkpoint

GATHER = 60.0
"""Seconds for which what moves is gathered: feeds are looked at together."""

CONTRADICTED = "checkpoints.contradicted"
"""Feed ids, one after the other: what was told is not told again."""


@attrs.define(eq=False)
class Checkpointing:
    """The node's part for checkpoints."""

    context: Context = attrs.field(repr=False)
    contradicted: set[bytes] = attrs.field(init=False)
    """Feeds of which a device has signed another head than the one that stands here."""
    _due: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    _agreed: dict[bytes, int] = attrs.field(factory=dict, init=False, repr=False)
    """Number of the checkpoint that a feed was found to agree with."""
    _bell: Bell = attrs.field(factory=Bell, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        value = self.context.store.read.meta(CONTRADICTED) or b""
        self.contradicted = {value[at : at + 16] for at in range(0, len(value), 16)}
        self._due.update(control.issuer for control in self.context.member.controls.of(Tag.CHECKPOINT_PROOF))

    def wake(self) -> None:
        """A segment is new."""
        self._bell.ring()

    def moved(self, feed_id: bytes) -> None:
        """A feed has a new entry, or a proof of it has come."""
        self._due.add(feed_id)
        self._bell.ring()

    async def run(self) -> None:
        """Make what is due, and compare what comes, until cancelled."""
        while True:
            await self._bell.wait(GATHER)
            await self.make_due()
            while self._due:
                await self._compare(self._due.pop())

    # --- this device's ---

    async def make_due(self) -> None:
        """Make a checkpoint if one is due."""
        member, now = self.context.member, self.context.now()
        standing = member.directory.standing(member.device, now)
        if member.doubtful(now) or standing is None or not standing.valid:
            return
        rows = [row for row in self.context.store.read.feeds(device=member.device) if row.head_seq]
        found = member.checkpoints.found
        written = sum(row.head_seq for row in rows) - found.number_covered(member.device)
        if written <= 0:
            return
        charter = member.coalition.charter
        if written >= CHECKPOINT_ENTRIES or now - self._since(rows, now) >= charter.edition * charter.segment:
            await self._make(rows, now)

    def _since(self, rows: list[Feed], now: int) -> int:
        """When the newest checkpoint was made, or what there was none of yet began."""
        newest = self.context.member.checkpoints.found.newest(self.context.member.device)
        if newest is not None:
            return newest.at
        firsts = (self.context.store.read.entry_at(row.feed_id, 1) for row in rows)
        return min((first.received for first in firsts if first is not None), default=now)

    async def _make(self, rows: list[Feed], now: int) -> None:
        member = self.context.member
        newest = member.checkpoints.found.newest(member.device)
        number = max(now, 1 + (0 if newest is None else newest.number))
        heads = [Head(row.feed_id, row.record, row.head_seq, row.head_id) for row in rows]
        signed, proofs = make_checkpoint(
            member.certificate, member.ring.device.key, number, now, heads, self.context.entropy
        )
        made = [member.apply(data)[0] for data in (signed.data, *proofs)]

        def write(tx: Transaction) -> None:
            for control in made:
                tx.put_document(control_document(control, now))
                drop_superseded(tx, self.context, control)

        with trio.CancelScope(shield=True):
            await self.context.store.write(write)
        for control in made:
            self.context.control_changed(control.hash)

    # --- what stands here ---

    async def _compare(self, feed_id: bytes) -> None:
        row = self.context.store.read.feed(feed_id)
        covered = None if row is None else self.context.member.checkpoints.found.covered(row.device, feed_id)
        if row is None or covered is None or self._agreed.get(feed_id) == covered.number:
            return
        here = self.context.store.read.entry_at(feed_id, covered.seq)
        if here is None:
            return  # it has not come so far
        if here.entry_id == covered.entry:
            self._agreed[feed_id] = covered.number
        elif feed_id not in self.contradicted:
            await self._tell(row, covered)

    async def _tell(self, row: Feed, covered: Covered) -> None:
        self.contradicted.add(row.feed_id)
        now, detail = self.context.now(), f"its device signed {covered.entry.hex()} at number {covered.seq}"
        finding = Finding(
            AuditEvent.CHECKPOINT_CONTRADICTED, row.feed_id.hex(), self.context.code(row.nation), detail=detail
        )
        told = b"".join(sorted(self.contradicted))

        def write(tx: Transaction) -> None:
            tx.set_meta(CONTRADICTED, told)
            write_finding(tx, now, finding)

        await self.context.store.write(write)

    def warnings(self) -> tuple[str, ...]:
        """That a device signed another past than it sent here."""
        count = len(self.contradicted)
        what = "feeds do not agree with the checkpoints of their devices" if count > 1 else (
            "feed does not agree with the checkpoint of its device"
        )  # fmt: skip
        return (f"{count} {what}: `coalchat audit list`",) if count else ()
