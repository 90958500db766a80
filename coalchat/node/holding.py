"""The key ring as a running node holds it (SPEC 11.1): changed by one at a time, durable before it counts.

Rule 1: a change is a function of the ring that is there; the key file is replaced, and only then does the new ring count.
Rule 2: the ring's counter stands in the store before it stands in the key file. After a crash between the two the file is
one behind, which is no fault. Any other difference says that one of the two was brought back from a copy.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
import trio

from coalchat.custody.home import COUNTER
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.journal import Finding
from protocol.base.records import evolve
from protocol.keys.keyring import KeyRing


@attrs.define(eq=False)
class Holding:
    """The node's part for its key ring.

    Attributes:
        restored: key file and store were not of one time when the node started.
    """

    context: Context = attrs.field(repr=False)
    restored: bool = attrs.field(default=False, init=False)
    _lock: trio.Lock = attrs.field(factory=trio.Lock, init=False, repr=False)

    @property
    def ring(self) -> KeyRing:
        """The key ring that counts."""
        return self.context.member.ring

    def _kept(self) -> int:
        """The counter that the store knows; the ring's own where it knows none."""
        value = self.context.store.read.meta(COUNTER)
        return self.ring.counter if value is None else int.from_bytes(value, "big")

    async def compare(self) -> None:
        """At the start: whether key file and store are of one time."""
        stored, counter = self._kept(), self.ring.counter
        if stored in {counter, counter + 1}:
            if self.context.store.read.meta(COUNTER) is None:  # from now on a copy of the store alone is found
                await self.context.store.write(lambda tx: tx.set_meta(COUNTER, counter.to_bytes(8, "big")))
            return
        self.restored = True
        older = "the store" if stored < counter else "the key file"
        await self.context.record(Finding(AuditEvent.HOME_RESTORED, detail=f"{older} is of an earlier time"))

    async def change(self, step: Callable[[KeyRing], KeyRing]) -> bool:
        """Change the ring, durably; False if there was nothing to change."""
        async with self._lock:
            changed = step(self.ring)
            if changed == self.ring:
                return False
            counter = 1 + max(self.ring.counter, self._kept())
            ring = evolve(changed, counter=counter)
            # What has begun is done: a key file that counts and a ring in memory that does not would be two truths.
            with trio.CancelScope(shield=True):
                await self.context.store.write(lambda tx: tx.set_meta(COUNTER, counter.to_bytes(8, "big")))
                await self.context.keep_ring(ring)
                self.context.member.use_ring(ring)
            return True
