"""A home that no node runs on, opened for an act of custody (SPEC 11): its key file, its key ring, its store.

Rule 1: who opens it holds the home's lock; a running node would write its own key file over what is changed here.
Rule 2: the ring's counter stands in the store before it stands in the key file, as a node keeps it (M-11.6). Where the
two say that the home was restored, they say it afterwards too.
Rule 3: an act is accounted for in the store, in the write that prepares it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs

from coalchat.custody.founding import store_of, unlock
from coalchat.errors import NoCoalition
from coalchat.paths import Home
from coalchat.store.faces import Transaction
from coalchat.store.keyfile import KdfCost, KeyFile
from coalchat.store.writer import Store
from protocol.base.crypto import Entropy
from protocol.base.records import encode, evolve
from protocol.keys.keyring import KeyRing

COUNTER = "ring.counter"
"""Name under which the store keeps the counter of the key ring."""


def account(tx: Transaction, now: int, event: str, detail: str = "") -> None:
    """Write one line of the audit record; the node that runs later tells its clients of it."""
    tx.append_audit(now, event, "", json.dumps({"nation": "", "clause": "", "detail": detail}, sort_keys=True))


@attrs.define(eq=False)
class StoppedHome:
    """A home in hand."""

    home: Home
    key_file: KeyFile = attrs.field(repr=False)
    ring: KeyRing = attrs.field(repr=False)
    store: Store = attrs.field(repr=False)

    def require_coalition(self) -> None:
        """Raises: NoCoalition: it belongs to none."""
        if not self.ring.founded:
            raise NoCoalition

    async def _counted(self, now: int, event: str) -> KeyRing:
        value, counter = self.store.read.meta(COUNTER), self.ring.counter
        kept = counter if value is None else int.from_bytes(value, "big")
        if kept in {counter, counter + 1}:
            kept = counter = kept + 1
        else:  # a restored home: both rise, and what tells it stays
            kept, counter = kept + 1, counter + 1

        def write(tx: Transaction) -> None:
            tx.set_meta(COUNTER, kept.to_bytes(8, "big"))
            account(tx, now, event)

        await self.store.write(write)
        return evolve(self.ring, counter=counter)

    async def keep(self, ring: KeyRing, *, now: int, event: str, entropy: Entropy) -> None:
        """Put another key ring in the place of this one, durably."""
        self.ring = ring
        self.ring = await self._counted(now, event)
        self.key_file.replace(encode(self.ring), entropy=entropy)

    async def seal_anew(self, passphrase: bytes, *, cost: KdfCost, now: int, entropy: Entropy) -> None:
        """Seal the same key ring under another passphrase, durably: until then the old one opens."""
        self.ring = await self._counted(now, "passphrase-changed")
        self.key_file.change_passphrase(passphrase, content=encode(self.ring), entropy=entropy, cost=cost)


@asynccontextmanager
async def opened(home: Home, passphrase: bytes) -> AsyncIterator[StoppedHome]:
    """Open a home.

    Raises:
        WrongPassphrase, StoreCorrupt, NoHome: see `KeyFile.unlock` and `Store.open`.
    """
    key_file, ring = unlock(home, passphrase)
    try:
        async with store_of(home, ring) as store:
            yield StoppedHome(home, key_file, ring, store)
    finally:
        key_file.lock()


async def change_passphrase(
    home: Home, passphrase: bytes, new: bytes, *, now: int, cost: KdfCost, entropy: Entropy
) -> None:
    """Seal a home's key ring under another passphrase.

    Raises:
        WrongPassphrase: the old one is not the home's. StoreError: it was not written; the old one opens.
    """
    async with opened(home, passphrase) as held:
        await held.seal_anew(new, cost=cost, now=now, entropy=entropy)
