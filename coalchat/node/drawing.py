"""Drawing (SPEC 7.1): the custodian's node draws the next editions and publishes them.

    counters meant (store) -> seeds (key file) -> lists and publication (store, one transaction)

A crash after the first loses counters, which nobody misses; after the second the next turn publishes what was drawn.
"""

from __future__ import annotations

import attrs
import trio

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.custody.documents import document
from coalchat.custody.editions import MEANT, next_counter, next_firsts, still_named, unpublished
from coalchat.custody.keying import draw_seeds, list_of, own_seeds
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.holding import Holding
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.publishing import Publishing
from coalchat.store.faces import Transaction
from coalchat.store.rows import Document
from protocol.base.ids import Tag
from protocol.base.records import evolve
from protocol.keys.keyring import HeldSeed, KeyRing
from protocol.keys.walking import newest
from protocol.trust.publication import Edition, KeyList


@attrs.define(eq=False)
class Drawing:
    """The node's part for the custodian's editions."""

    context: Context = attrs.field(repr=False)
    holding: Holding = attrs.field(repr=False)
    publishing: Publishing = attrs.field(repr=False)

    async def draw(self) -> None:
        """Draw and publish what is missing ahead of the running edition. In another home, and in one that
        is not ready to publish, it does nothing.
        """
        if not self.holding.ring.custodian or not self.publishing.ready():
            return
        async with self.publishing.acting:
            await self._draw()
            await self._publish()

    def _drawn(self) -> dict[int, tuple[HeldSeed, ...]]:
        return unpublished(self.publishing.keys.seeds, self.publishing.newest().editions)

    async def _draw(self) -> None:
        member, now = self.context.member, self.context.now()
        published = self.publishing.newest().editions
        known = [*published, *(_edition(seeds) for seeds in self._drawn().values())]
        firsts = next_firsts(known, member.coalition.charter, member.segment(now))
        if not firsts:
            return
        value = self.context.store.read.meta(MEANT)
        meant = 0 if value is None else int.from_bytes(value, "big")
        keys = self.publishing.keys
        counter = next_counter(published, keys.seeds, meant)
        last = counter + len(firsts) - 1
        await self.context.store.write(lambda tx: tx.set_meta(MEANT, last.to_bytes(8, "big")))
        seeds = tuple(
            seed
            for place, first in enumerate(firsts)
            for seed in draw_seeds(
                member.coalition, member.policy, member.nation, keys.index, counter + place, first, self.context.entropy
            )
        )
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
        more = [_edition(seeds) for seeds in drawn.values()]
        compartments = len(member.policy.compartments())
        editions = still_named(previous.editions, more, compartments, member.coalition.charter, member.believed(now))
        counters = {edition.counter for edition in editions}
        named = [listed for listed in previous.lists if listed.counter in counters]
        lists: list[Document] = []
        for seed in (seed for seeds in drawn.values() for seed in seeds):
            await trio.lowlevel.checkpoint()  # each takes some milliseconds
            data, listed = list_of(member.coalition, member.nation, seed)
            named.append(listed)
            lists.append(document(Tag.SEGMENT_LIST, listed.hash[:16], seed.counter, data, now))
        publication = self.publishing.make(now, editions=editions, lists=sorted(named, key=_order))
        nation = self.context.code(member.nation)

        def note(tx: Transaction) -> None:
            for edition in more:
                finding = Finding(AuditEvent.EDITION_DRAWN, str(edition.counter), nation, detail=str(edition.counter))
                write_finding(tx, now, finding)
            changed = ControlChanged(subject=ControlSubject.KEYS, id="", phase=Phase.UNLOCKED)
            write_event(tx, now, changed)

        await self.publishing.keep([*publication, *lists], note)


def _edition(seeds: tuple[HeldSeed, ...]) -> Edition:
    return Edition(seeds[0].counter, seeds[0].segment, seeds[0].last, 0)


def _order(listed: KeyList) -> tuple[int, int, int]:
    return (listed.counter, listed.level, listed.category)
