"""Which editions a custodian draws, publishes and drops (SPEC 6.3, 7.1). Pure.

Rule 1: two whole editions lie ahead of the one that runs; the next begins where the last one ends, and where that has
passed, now.
Rule 2: a counter is used once: it is above all that were published, drawn, or meant to be drawn.
Rule 3: seeds are durable in the key file before a publication names their edition. What was drawn and not published, for
a crash came between, is published by the next turn.
Rule 4: an edition leaves the publication when the last of its keys is past the longest hold.
Rule 5: an emergency rekey replaces every edition whose seeds may have been handed out, each by one that ends when it does:
what lies further ahead nobody has, and it stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coalchat.custody.keying import EDITIONS_AHEAD
from coalchat.custody.rekeying import keyable
from protocol.base.limits import MAX_EDITIONS, MAX_KEY_LISTS
from protocol.keys.keyring import HeldSeed
from protocol.keys.walking import longest_hold
from protocol.trust.charter import Charter
from protocol.trust.publication import Edition, Publication, unsuperseded

MEANT = "keys.meant"
"""Name under which a custodian's store keeps the highest counter of an edition that may have been drawn."""


def end_of(publications: Iterable[Publication], charter: Charter) -> int:
    """When the last edition ends that these publications name; 0 if they name none."""
    return max(((e.last + 1) * charter.segment for p in publications for e in p.editions), default=0)


def counts_until(end: int, charter: Charter) -> int:
    """When a publication ends whose nation's last edition ends then: one edition later, in which its devices can still be reached."""
    return end + charter.edition * charter.segment


def takes_over(index: int, end: int, charter: Charter, now: int) -> bool:
    """Whether what another seat gave, and what ends then, is this seat's to carry on.

    A custodian who is there gives more `preload` before the end of what he gave; seat 1 waits for half of that, seat 2 for
    three quarters.
    """
    edition = charter.edition * charter.segment
    return end - now <= min(charter.preload, edition) // 2 // max(1, index)


MEANT = "keys.meant"
"""Name under which a custodian's store keeps the highest counter of an edition that may have been drawn."""


def next_firsts(editions: Iterable[Edition], charter: Charter, segment: int) -> tuple[int, ...]:
    """First segments of the editions that are to be drawn now.

    Args:
        editions: those that are drawn, published or not, and those after which an alternate goes on.
    """
    known = list(unsuperseded(editions))
    firsts = []
    while not any(e.first <= segment <= e.last for e in known) or (
        sum(e.first > segment for e in known) < EDITIONS_AHEAD
    ):
        first = max((e.last + 1 for e in known), default=segment)
        first = max(first, segment)
        firsts.append(first)
        known.append(Edition(1, first, first + charter.edition - 1, 0))
    return tuple(firsts)


def next_counter(editions: Iterable[Edition], seeds: Iterable[HeldSeed], meant: int) -> int:
    """The first counter that was never used."""
    return 1 + max(meant, *(e.counter for e in editions), *(seed.counter for seed in seeds), 0)


def compromised(editions: Iterable[Edition], charter: Charter, now: int) -> tuple[Edition, ...]:
    """The editions that an emergency rekey replaces: of those that count, all whose seeds may have been handed out."""
    return keyable(unsuperseded(editions), charter, now)


def unpublished(seeds: Iterable[HeldSeed], published: Iterable[Edition]) -> dict[int, tuple[HeldSeed, ...]]:
    """Seeds that were drawn and that no publication names, by counter; whole chains only, all from one first segment."""
    named = {edition.counter for edition in published}
    found: dict[int, list[HeldSeed]] = {}
    for seed in seeds:
        if seed.counter > max(named, default=0):
            found.setdefault(seed.counter, []).append(seed)
    return {
        counter: tuple(drawn)
        for counter, drawn in sorted(found.items())
        if len({(seed.segment, seed.last) for seed in drawn}) == 1
    }


def still_named(
    published: Sequence[Edition], more: Sequence[Edition], compartments: int, charter: Charter, now: int
) -> tuple[Edition, ...]:
    """The editions of the next publication: those published and not past hold, as far as one record can name them.

    Where it cannot name all, those go first that have ended, then those that were replaced, the furthest ahead first: of
    them only who is cut off could still use a key.
    """
    hold = longest_hold(charter)
    kept = sorted((e for e in published if (e.last + 1) * charter.segment + hold > now), key=lambda e: e.counter)
    room = min(MAX_EDITIONS, MAX_KEY_LISTS // compartments) - len(more)
    segment = now // charter.segment
    while len(kept) > room and kept[0].last < segment:
        kept.pop(0)
    counting = unsuperseded((*kept, *more))
    replaced = sorted((e for e in kept if e not in counting), key=lambda e: (-e.last, e.counter))
    for edition in replaced[: max(0, len(kept) - room)]:
        kept.remove(edition)
    return (*kept, *more)
