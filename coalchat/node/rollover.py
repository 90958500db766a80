"""Rollover (SPEC 7.1): what a node does when a segment begins, and when keys are past their hold.

    believed clock -> custodian draws -> keys walked and erased -> TEKs forgotten -> documents that are over dropped
                   -> key lists that are due now offered -> clients told

Rule 1: all of it is done at the start too, before anything else: a node that was killed between any two steps does them
again, and each is harmless when done twice.
Rule 2: a clock that is not believed moves nothing and erases nothing.
Rule 3: keys that fell due while the device was off are kept for their catch-up window; how much of it was used is durable.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import attrs
import trio

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.envelopes import Envelopes
from coalchat.node.holding import Holding
from coalchat.node.journal import Finding, write_finding
from coalchat.node.keeping import sweep
from coalchat.node.times import dtg
from coalchat.store.faces import Transaction
from protocol.keys.catchup import CatchUp, after, at_start, kept_since
from protocol.keys.device import device_hold
from protocol.keys.keyring import HeldSeed, KeyRing
from protocol.keys.walking import erased_at, next_turn, serves_until, walk_ring
from protocol.trust.charter import Charter

WINDOWS = "keys.catch-up"
CONFIRMED = "clock.confirmed"
"""The segment up to which a person has confirmed the clock."""

TICK = 300.0
"""Seconds after which the clock is looked at in any case: a machine that slept, or whose clock was set, is late no longer."""

ONLINE_TICK = 60.0
"""Seconds online that may be counted twice after a crash."""


@attrs.define(eq=False)
class Rollover:
    """The node's part for what time does to keys.

    Attributes:
        acting: held while documents are made here: nothing is swept then.
        draw: the custodian's part; elsewhere it does nothing.
        online: whether a link is up.
        turned: called when a segment has begun, or keys have changed.
    """

    context: Context = attrs.field(repr=False)
    holding: Holding = attrs.field(repr=False)
    envelopes: Envelopes = attrs.field(repr=False)
    acting: trio.Lock = attrs.field(repr=False)
    draw: Callable[[], Awaitable[None]] = attrs.field(repr=False)
    online: Callable[[], bool] = attrs.field(repr=False)
    turned: Callable[[], None] = attrs.field(repr=False)
    windows: tuple[CatchUp, ...] = attrs.field(default=(), init=False)
    _turning: trio.Lock = attrs.field(factory=trio.Lock, init=False, repr=False)
    _started: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    """Set once the clock was believed, and it is known how long the device was off."""
    _doubted: bool = attrs.field(default=False, init=False)
    _segment: int = attrs.field(default=-1, init=False)
    _again: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)

    # --- life ---

    async def begin(self) -> None:
        """At the start, before a link is up: find out how long the device was off, and do what fell due."""
        await self.holding.compare()
        confirmed = self.context.store.read.meta(CONFIRMED)
        self.context.member.confirmed = 0 if confirmed is None else int.from_bytes(confirmed, "big")
        value = self.context.store.read.meta(WINDOWS)
        self.windows = () if value is None else tuple(CatchUp(**window) for window in json.loads(value))
        await self.turn()

    async def run(self) -> None:
        """Turn whenever it is time, until cancelled."""
        due = self._due(self.context.now())
        while True:
            with trio.move_on_after(min(max(0.0, due - self.context.now()), TICK)):
                await self._again.wait()
            now = self.context.now()
            if now >= due or self._again.is_set() or self._doubted:
                self._again = trio.Event()
                await self.turn()
            due = self._due(now)

    def _due(self, now: int) -> int:
        """When something changes next."""
        turn = next_turn(self.context.member.coalition.charter, now)
        return min(turn, *(window.closes() for window in self.windows if window.is_open(now)), turn)

    async def run_catch_up(self) -> None:
        """Count the time online while a window is open, until cancelled."""
        await self._started.wait()  # none opens later
        while self.windows:
            await trio.sleep(ONLINE_TICK)
            if self.online():
                await self._keep_windows(after(self.windows, int(ONLINE_TICK)))
                await self.turn()

    async def confirm(self) -> None:
        """A person says that the clock is right: it is believed for one edition more, if it was in doubt."""
        member, now = self.context.member, self.context.now()
        if not member.doubtful(now):
            return
        until = member.coalition.segment_at(now) + member.coalition.charter.edition
        finding = Finding(AuditEvent.CLOCK_CONFIRMED, detail=f"it says {dtg(now)}")

        def write(tx: Transaction) -> None:
            tx.set_meta(CONFIRMED, until.to_bytes(8, "big"))
            write_finding(tx, now, finding)

        await self.context.store.write(write)
        member.confirmed = until
        await self.turn()

    def again(self) -> None:
        """Look at the clock now: a publication or a person's word has come."""
        self._again.set()

    # --- one turn ---

    async def turn(self) -> None:
        """Do what is due now."""
        async with self._turning:
            await self._turn()

    async def _turn(self) -> None:
        member, now = self.context.member, self.context.now()
        if member.doubtful(now):
            await self._doubt(now)
            return
        self._doubted = False
        await self.draw()
        believed = member.believed(now)
        if not self._started.is_set():
            clearance = member.certificate.clearance
            charter = member.coalition.charter
            await self._keep_windows(at_start(self.windows, self.holding.ring, charter, believed, clearance))
            self._started.set()
        await self._walk(believed)
        self.envelopes.forget(believed)
        segment = member.segment(now)
        if segment == self._segment:
            return
        async with self.acting:
            await sweep(self.context, believed)
        began, self._segment = self._segment, segment
        if began >= 0:
            await self.context.tell(ControlChanged(subject=ControlSubject.KEYS, id="", phase=Phase.UNLOCKED))
        self.turned()

    async def _walk(self, now: int) -> None:
        member, before = self.context.member, self.holding.ring
        charter, device, clearance = member.coalition.charter, member.device, member.certificate.clearance
        open_windows = tuple(window for window in self.windows if window.is_open(now))
        since = kept_since(open_windows, now)
        changed = await self.holding.change(
            lambda ring: walk_ring(ring, charter, now, since, device=device, clearance=clearance)
        )
        erased = self._erased(before) if changed else 0
        if erased:
            finding = Finding(AuditEvent.KEYS_ERASED, detail=f"of segments that were to be read until {dtg(erased)}")
            await self.context.record(finding)
        # Only now: until the keys are gone, the store says why they are there.
        if open_windows != self.windows:
            await self._keep_windows(open_windows)

    def _erased(self, before: KeyRing) -> int:
        """Until when the newest keys that went were to be kept; 0 if none went."""
        member, after = self.context.member, self.holding.ring
        charter = member.coalition.charter
        own_hold = device_hold(charter, member.certificate.clearance)
        ends = [erased_at(charter, level, gone) for level, gone in _gone(before.seeds, after.seeds, charter)]
        now = {seed.counter: seed.segment for seed in after.own}
        own = [(seed, now.get(seed.counter, seed.last + 1)) for seed in before.own]
        ends += [stands * charter.segment + own_hold for seed, stands in own if stands > seed.segment]
        return max(ends, default=0)

    async def _keep_windows(self, windows: tuple[CatchUp, ...]) -> None:
        if windows != self.windows:
            value = json.dumps([attrs.asdict(window) for window in windows]).encode("utf-8")
            await self.context.store.write(lambda tx: tx.set_meta(WINDOWS, value))
            self.windows = windows

    async def _doubt(self, now: int) -> None:
        if not self._doubted:
            self._doubted = True
            until = (self.context.member.horizon() + 1) * self.context.member.coalition.charter.segment
            await self.context.record(
                Finding(
                    AuditEvent.CLOCK_DOUBTFUL, detail=f"it says {dtg(now)}; the nation has published until {dtg(until)}"
                )
            )
            await self.context.tell(ControlChanged(subject=ControlSubject.KEYS, id="", phase=Phase.UNLOCKED))


def _gone(before: tuple[HeldSeed, ...], after: tuple[HeldSeed, ...], charter: Charter) -> list[tuple[int, int]]:
    """Level and newest segment of the keys that went."""
    now = {_place(seed): seed.segment for seed in after}
    stands = ((seed, now.get(_place(seed), serves_until(seed, before, charter))) for seed in before)
    return [(seed.level, segment - 1) for seed, segment in stands if segment > seed.segment]


def _place(seed: HeldSeed) -> tuple[int, int, int, int]:
    return (seed.custodian, seed.counter, seed.level, seed.category)
