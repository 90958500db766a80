"""What the parts of a running node share (SPEC 10.1): the ports it was given, its membership, and its signals.

The parts do not know each other's insides: they meet at the store, which is the truth, and at the signals here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import attrs

from coalchat.api.events import Body
from coalchat.node.audit import AuditEvent
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.membership import Membership
from coalchat.node.ports import Clock, Entropy
from coalchat.store.writer import Store
from protocol.base.errors import ProtocolError
from protocol.exchange.events import (
    EnvelopeDenied,
    EnvelopeGranted,
    EnvelopeRequested,
    HistoryGiven,
    HistoryRequested,
    SyncEvent,
)
from protocol.exchange.states import Step
from protocol.exchange.sync import Sync
from protocol.keys.keyring import KeyRing
from protocol.trust.amendment import Gathering
from protocol.trust.credential import Certified, Precedence


async def _no_history(peer: Certified, event: HistoryRequested | HistoryGiven) -> None:
    """Before the part for it is there."""
    del peer, event


Say = Callable[[Callable[[Sync], Step[SyncEvent]]], bool]
"""Says on one link what a part of the node wants to say; whether anything went."""


async def _no_keying(peer: Certified, event: EnvelopeRequested | EnvelopeGranted | EnvelopeDenied, say: Say) -> None:
    """Before the part for it is there."""
    del peer, event, say


async def _nobody(_heads: Mapping[bytes, tuple[int, bytes]], _entitled: Callable[[int], bool]) -> None:
    """Nobody listens yet."""


async def _amends_nothing(_gathering: Gathering, _nation: int) -> bool:
    return False


@attrs.define(eq=False)
class Context:
    """Shared by the parts of one node.

    Attributes:
        keep_ring: puts a key ring into the key file, durably.
        feed_moved: called with a feed id and the precedence of what is new, after the commit: links push it.
        control_changed: called with the hash of a new control document, after the commit: links announce it.
        history: called with a peer and what it asks or gives of history.
        keying: called with a peer, what it asks, gives or denies as or of a keying device, and a way to answer.
        amend: called with what a link's peer brought of amendments, and its nation: puts in force what is complete.
        in_sync: called when a link has come up to date: the device is online.
        heads_named: called when a peer has named its heads: those of this device's feeds, and which feeds it may have.
    """

    clock: Clock
    entropy: Entropy = attrs.field(repr=False)
    store: Store = attrs.field(repr=False)
    member: Membership = attrs.field(repr=False)
    keep_ring: Callable[[KeyRing], Awaitable[None]] = attrs.field(repr=False)
    feed_moved: Callable[[bytes, Precedence], None] = attrs.field(default=lambda _feed, _precedence: None, repr=False)
    control_changed: Callable[[bytes], None] = attrs.field(default=lambda _hash: None, repr=False)
    history: Callable[[Certified, HistoryRequested | HistoryGiven], Awaitable[None]] = attrs.field(
        default=_no_history, repr=False
    )
    keying: Callable[[Certified, EnvelopeRequested | EnvelopeGranted | EnvelopeDenied, Say], Awaitable[None]] = (
        attrs.field(default=_no_keying, repr=False)
    )
    amend: Callable[[Gathering, int], Awaitable[bool]] = attrs.field(default=_amends_nothing, repr=False)
    in_sync: Callable[[], None] = attrs.field(default=lambda: None, repr=False)
    heads_named: Callable[[Mapping[bytes, tuple[int, bytes]], Callable[[int], bool]], Awaitable[None]] = attrs.field(
        default=_nobody, repr=False
    )

    def now(self) -> int:
        """Unix seconds."""
        return self.clock.now()

    def code(self, nation: int) -> str:
        """A nation's code by its index."""
        return self.member.coalition.codes[nation]

    async def record(self, finding: Finding) -> None:
        """Write one audit record, durably."""
        now = self.now()
        await self.store.write(lambda tx: write_finding(tx, now, finding))

    async def refuse(
        self, event: AuditEvent, error: ProtocolError, *, subject: str = "", nation: int | None = None
    ) -> None:
        """Account for a peer's bytes that were refused."""
        where = "" if nation is None else self.code(nation)
        detail = f"{error.code}: {error}"
        await self.record(Finding(event, subject, where, error.code, detail))

    async def tell(self, body: Body) -> None:
        """Append one event, durably."""
        now = self.now()
        await self.store.write(lambda tx: write_event(tx, now, body))
