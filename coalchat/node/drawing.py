"""Drawing (SPEC 7.1): the custodian's node draws the next editions and publishes them.

    counters meant (store) -> seeds (key file) -> lists and publication (store, one transaction)

A crash after the first loses counters, which nobody misses; after the second the next turn publishes what was drawn.
An emergency rekey goes the same way (SPEC 7.5): that it was begun, and which counters replace which, stands in the store
from the first step on, and goes with the publication that names them.
"""

from __future__ import annotations

from functools import partial

import attrs
import trio

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.custody.documents import document
from coalchat.custody.editions import (
    MEANT,
    compromised,
    next_counter,
    next_firsts,
    still_named,
    takes_over,
    unpublished,
)
from coalchat.custody.emergency import Pending, demand_of
from coalchat.custody.keying import draw_seeds, list_of, own_seeds
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.holding import Holding
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.orders import newest_demand, orders_of_others
from coalchat.node.publishing import Publishing
from coalchat.store.faces import Transaction
from coalchat.store.rows import Document
from protocol.base.ids import Tag
from protocol.base.records import evolve
from protocol.keys.demand import REQUEST, sign_demand
from protocol.keys.keyring import HeldSeed, KeyRing
from protocol.keys.walking import newest
from protocol.trust.publication import Edition, KeyList

PENDING = "keys.rekey"
"""The rekey that is under way."""


@attrs.define(eq=False)
class Drawing:
    """The node's part for the custodian's editions."""

    context: Context = attrs.field(repr=False)
    holding: Holding = attrs.field(repr=False)
    publishing: Publishing = attrs.field(repr=False)

    async def draw(self, *, at_once: bool = False) -> None:
        """Draw and publish what is missing ahead of the running edition. In another home, while the seat is not ready to act, and in an
        alternate's while others key the nation, it does nothing.

        Args:
            at_once: from now on, whoever else keys the nation: somebody needs keys of this seat.
        """
        if not self.publishing.may_act():
            return
        async with self.publishing.acting:
            if at_once or self._keys_the_nation():
                await self._draw(at_once)
            await self._publish()
            await self._follow()
            await self._supersede()

    def _keys_the_nation(self) -> bool:
        member, index = self.context.member, self.publishing.keys.index
        charter = member.coalition.charter
        end = max(((edition.last + 1) * charter.segment for edition in self._given()), default=0)
        return index == 0 or takes_over(index, end, charter, self.context.now())

    def _given(self) -> tuple[Edition, ...]:
        """The editions of other seats that this device was given seeds of: who hands out no more is silent."""
        index = self.publishing.keys.index
        given = {(seed.counter, seed.last) for seed in self.holding.ring.seeds if seed.custodian != index}
        return tuple(Edition(counter, 0, last, 0) for counter, last in sorted(given))

    def _drawn(self) -> dict[int, tuple[HeldSeed, ...]]:
        return unpublished(self.publishing.keys.seeds, self.publishing.editions())

    def _edition(self, seeds: tuple[HeldSeed, ...]) -> Edition:
        pending = self.pending() or Pending(b"")
        return pending.edition(seeds[0].counter, seeds[0].segment, seeds[0].last)

    async def _draw(self, at_once: bool) -> None:
        member, now = self.context.member, self.context.now()
        segment, length = member.segment(now), member.coalition.charter.edition
        known = [*self.publishing.editions(), *(self._edition(seeds) for seeds in self._drawn().values())]
        if self.publishing.keys.index and not at_once:
            # An alternate goes on where the others end.
            known += [edition for edition in self._given() if edition.last >= segment]
        firsts = next_firsts(known, member.coalition.charter, segment)
        if firsts:
            counter = self._counter()
            await self._draw_spans([(first, first + length - 1) for first in firsts], counter, None)

    # --- an emergency ---

    def pending(self) -> Pending | None:
        """The rekey that is under way, if one is."""
        value = self.context.store.read.meta(PENDING)
        return Pending.decode(value) if value else None

    async def _follow(self) -> None:
        """An emergency at another seat is one here: who must not read on may have this seat's seeds, too.

        It is begun under the same random value where there is one: so no seat follows him who follows it.
        """
        if self.pending() is not None:
            return
        member, index = self.context.member, self.publishing.keys.index
        charter = member.coalition.charter
        given = compromised(self.publishing.editions(), charter, member.believed(self.context.now()))
        own = newest_demand(member.controls, index)
        for at, request in orders_of_others(member.controls, member.nation, index):
            new = own is None or (at > own.at and request != own.request)
            # Seeds that could be had only later were never given to whom that order left out.
            if new and any(edition.first * charter.segment - charter.preload <= at for edition in given):
                begun = Pending(request or self.context.entropy(REQUEST)).encode()
                await self.context.store.write(partial(_begin, begun=begun))
                return

    async def _supersede(self) -> None:
        """Draw and publish what replaces the editions that count, if a rekey was begun and not published."""
        pending = self.pending()
        if pending is None:
            return
        member, now = self.context.member, self.context.now()
        replaced = compromised(self.publishing.editions(), member.coalition.charter, member.believed(now))
        if not replaced:
            return
        counter, segment = self._counter(), member.segment(now)
        supersedes = {counter + place: edition.counter for place, edition in enumerate(replaced)}
        spans = [(max(edition.first, segment), edition.last) for edition in replaced]
        await self._draw_spans(spans, counter, attrs.evolve(pending, supersedes=supersedes))
        await self._publish()

    def _counter(self) -> int:
        """The first counter that was never used."""
        value = self.context.store.read.meta(MEANT)
        meant = 0 if value is None else int.from_bytes(value, "big")
        return next_counter(self.publishing.editions(), self.publishing.keys.seeds, meant)

    async def _draw_spans(self, spans: list[tuple[int, int]], counter: int, pending: Pending | None) -> None:
        """Draw editions of these segments, under counters from this one on."""
        member, keys = self.context.member, self.publishing.keys
        last = counter + len(spans) - 1

        def mean(tx: Transaction) -> None:
            tx.set_meta(MEANT, last.to_bytes(8, "big"))
            if pending is not None:
                tx.set_meta(PENDING, pending.encode())

        await self.context.store.write(mean)
        seeds = tuple(
            seed
            for place, (first, end) in enumerate(spans)
            for seed in draw_seeds(
                member.coalition, member.policy, member.nation, keys.index, counter + place, first,
                self.context.entropy, end,
            )
        )  # fmt: skip
        await self.holding.change(lambda ring: self._with(ring, seeds))

    def _with(self, ring: KeyRing, seeds: tuple[HeldSeed, ...]) -> KeyRing:
        """A key ring with newly drawn seeds: in the custodian's part, and what his own device may read."""
        (keys,) = ring.custodian
        drawn = evolve(keys, seeds=seeds)
        own = own_seeds(drawn, self.context.member.certificate.clearance.compartments())
        return evolve(
            ring,
            seeds=newest((*ring.seeds, *own)),
            custodian=(evolve(keys, seeds=newest((*keys.seeds, *seeds))),),
        )

    async def _publish(self) -> None:
        drawn = self._drawn()
        if not drawn:
            return
        member, now = self.context.member, self.context.now()
        previous = self.publishing.newest()
        before, listed_before = ((), ()) if previous is None else (previous.editions, previous.lists)
        more = [self._edition(seeds) for seeds in drawn.values()]
        compartments = len(member.policy.compartments())
        editions = still_named(before, more, compartments, member.coalition.charter, member.believed(now))
        counters = {edition.counter for edition in editions}
        named = [listed for listed in listed_before if listed.counter in counters]
        lists: list[Document] = []
        for seed in (seed for seeds in drawn.values() for seed in seeds):
            await trio.lowlevel.checkpoint()  # each takes some milliseconds
            data, listed = list_of(member.coalition, member.nation, seed)
            named.append(listed)
            lists.append(document(Tag.SEGMENT_LIST, listed.hash[:16], seed.counter, data, now))
        publication = self.publishing.make(now, editions=editions, lists=sorted(named, key=_order))
        pending = self.pending()
        # Of a rekey all is published at once; what was kept too long by an outage to be published is drawn anew first.
        done = pending if pending and pending.supersedes and pending.supersedes.keys() <= drawn.keys() else None
        nation = self.context.code(member.nation)

        def note(tx: Transaction) -> None:
            for edition in more:
                finding = Finding(AuditEvent.EDITION_DRAWN, str(edition.counter), nation, detail=str(edition.counter))
                write_finding(tx, now, finding)
            if done is not None:
                tx.set_meta(PENDING, b"")
                write_finding(tx, now, Finding(AuditEvent.REKEY_DEMANDED, str(min(done.supersedes)), nation))
            changed = ControlChanged(subject=ControlSubject.KEYS, id="", phase=Phase.UNLOCKED)
            write_event(tx, now, changed)

        demands = [] if done is None else [self._demand(done, now)]
        await self.publishing.keep([*publication, *lists, *demands], note)

    def _demand(self, pending: Pending, now: int) -> Document:
        member, keys = self.context.member, self.publishing.keys
        signed = sign_demand(demand_of(pending, member.coalition, member.nation, keys, now), keys.seat.key)
        edition = min(pending.supersedes)
        return document(Tag.REKEY_DEMAND, signed.signer, edition, signed.data, now, 1 << member.nation)


def _order(listed: KeyList) -> tuple[int, int, int]:
    return (listed.counter, listed.level, listed.category)


def _begin(tx: Transaction, begun: bytes) -> None:
    tx.set_meta(PENDING, begun)
