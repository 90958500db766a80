"""Stating keys (SPEC 7.7): a device draws the editions of its own compartment, and states them for who writes to it.

    segment begins -> seed drawn (key file) -> edition stated (store) -> announced

Rule 1: the seed is durable before its edition is stated, and under a counter above all that stand in this device's name,
and not below the time: a home that was restored knows none of them, and must not use one again.
Rule 2: the next edition is stated `preload` before it begins: whoever copies the device sooner gets no key of it.
Rule 3: a seed whose edition is not in the store was perhaps never stated: it is kept, and the next counter is drawn.
Rule 4: an edition in this device's name that it did not state is an alarm, and is told.
"""

from __future__ import annotations

import attrs

from coalchat.node.audit import AuditEvent
from coalchat.node.bell import Bell
from coalchat.node.context import Context
from coalchat.node.holding import Holding
from coalchat.node.journal import Finding
from coalchat.node.keeping import control_document, drop_superseded
from coalchat.store.faces import Transaction
from protocol.base.ids import Tag
from protocol.base.records import evolve
from protocol.exchange.messages import document_hash
from protocol.keys.device import make_edition, may_be_addressed
from protocol.keys.edition import SEED, DeviceChain, DeviceSegment, check_seed
from protocol.keys.keyring import MAX_OWN, own

LAST_COUNTER = 2**32 - 1
STATED = "direct.counter"
"""The highest counter that this device has drawn."""


@attrs.define(eq=False)
class Stating:
    """The node's part for its own device's compartment."""

    context: Context = attrs.field(repr=False)
    holding: Holding = attrs.field(repr=False)
    _bell: Bell = attrs.field(factory=Bell, init=False, repr=False)
    _strangers: int = attrs.field(default=0, init=False)
    _told: set[bytes] = attrs.field(factory=set, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._told.update(self._clashes())

    def wake(self) -> None:
        """A segment began, or a device's edition came."""
        self._bell.ring()

    async def run(self) -> None:
        """State what is due, until cancelled."""
        while True:
            await self._bell.wait()
            await self.settle()

    async def settle(self) -> None:
        """Do what is due now."""
        await self._account()
        member = self.context.member
        now = self.context.now()
        standing = member.directory.standing(member.device, now)
        if member.doubtful(now) or standing is None or not standing.valid or not may_be_addressed(member.certificate):
            return
        if member.direct.editions.clashed(member.device):  # nothing is sealed to this device any more
            return
        charter, segment = member.coalition.charter, member.segment(now)
        ends = self._runs_until(segment)
        if ends < segment:
            ends = await self._draw(segment)
        if (ends + 1) * charter.segment - charter.preload <= member.believed(now) and self._runs_until(
            ends + 1
        ) <= ends:
            await self._draw(ends + 1)

    def _runs_until(self, segment: int) -> int:
        """The last segment of what is stated and held for a segment; -1 if nothing is."""
        direct = self.context.member.direct
        held = {chain.at.counter: chain.last for chain in direct.own if chain.at.segment <= segment <= chain.last}
        key = direct.editions.key(direct.device, segment)
        return -1 if key is None else held.get(key[0], -1)

    def _stated(self) -> int:
        value = self.context.store.read.meta(STATED)
        return 0 if value is None else int.from_bytes(value, "big")

    async def _draw(self, first: int) -> int:
        """Draw and state the edition that begins with a segment; its last segment."""
        member = self.context.member
        known = max(self._stated(), *member.direct.editions.counters(member.device), 0)
        counter = max(known + 1, member.believed(self.context.now()))
        last = first + member.coalition.charter.edition - 1
        if counter > LAST_COUNTER:  # who holds this device's key has stated the last one there is: there is no way on
            return last
        seed = self.context.entropy(SEED)
        check_seed(seed)
        chain = DeviceChain(DeviceSegment(member.device, counter, first), last, bytearray(seed))
        await self.context.store.write(lambda tx: tx.set_meta(STATED, counter.to_bytes(8, "big")))
        await self.holding.change(lambda ring: evolve(ring, own=(*ring.own, own(chain))[-MAX_OWN:]))
        signed = make_edition(member.coalition.id, member.nation, chain, member.ring.device.key)
        member.direct.made.add(document_hash(signed.data))
        control, _ = member.apply(signed.data)
        now = self.context.now()

        def write(tx: Transaction) -> None:
            tx.put_document(control_document(control, now))
            drop_superseded(tx, self.context, control)

        await self.context.store.write(write)
        self.context.control_changed(control.hash)
        return last

    # --- alarms ---

    def _clashes(self) -> set[bytes]:
        member = self.context.member
        return {c.issuer for c in member.controls.of(Tag.DEVICE_EDITION) if member.direct.editions.clashed(c.issuer)}

    async def _account(self) -> None:
        member = self.context.member
        for device in sorted(self._clashes() - self._told):
            self._told.add(device)
            await self.context.record(Finding(AuditEvent.EDITION_CLASH, device.hex()))
        for counter in member.direct.strangers[self._strangers :]:
            self._strangers += 1
            finding = Finding(AuditEvent.EDITION_STRANGER, member.device.hex(), detail=f"counter {counter}")
            await self.context.record(finding)
