"""Walking and erasure (SPEC 7.1): at which segment a held seed stands, and what is gone for good.

The private key of a segment is kept until the segment's end plus the hold of its level. A held seed therefore stands at
the oldest segment whose key is still kept: it gives that key and the later ones, and no earlier one.
Rule 1: a seed is walked forward only, and only by the time that its holder believes.
Rule 2: a chain whose last segment is past its hold is dropped; at a level that runs on (SPEC 7.9) its last key counts as
that of the segments after it too, until the first that a newer seed is held of, for one edition at most.
Rule 3: what does not fit the key ring is dropped from the oldest end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from protocol.base.records import evolve
from protocol.keys.device import device_hold
from protocol.keys.edition import DeviceChain, SeedChain
from protocol.keys.keyring import MAX_CHAINS, HeldSeed, KeyRing, OwnSeed, held, own
from protocol.keys.runon import last_served
from protocol.trust.access import Clearance
from protocol.trust.charter import Charter


def hold_of(charter: Charter, level: int) -> int:
    """Seconds that a level's segment keys are kept after the segment's end."""
    return charter.holds[min(level, len(charter.holds) - 1)]


def longest_hold(charter: Charter) -> int:
    """The longest hold of any level."""
    return max(charter.holds)


def erased_at(charter: Charter, level: int, segment: int) -> int:
    """Unix time at which a segment's private key is erased."""
    return (segment + 1) * charter.segment + hold_of(charter, level)


def oldest_kept(charter: Charter, level: int, now: int) -> int:
    """The first segment whose private key is still kept."""
    return max(0, (now - hold_of(charter, level)) // charter.segment)


def next_turn(charter: Charter, now: int) -> int:
    """Unix time of the next moment at which a segment begins or a key is to be erased."""
    turns = {(now // charter.segment + 1) * charter.segment}
    turns.update(erased_at(charter, level, oldest_kept(charter, level, now)) for level in range(len(charter.holds)))
    return min(turns)


def serves_until(seed: HeldSeed, seeds: Iterable[HeldSeed], charter: Charter) -> int:
    """The first segment that no key of a seed is used for, beside the others that are held."""
    newer = [other.segment for other in seeds if _follows(other, seed)]
    return max(seed.last + 1, min((last_served(charter, seed.level, seed.last) + 1, *newer)))


def _follows(other: HeldSeed, seed: HeldSeed) -> bool:
    """Whether another seed takes the place of one when its edition has ended."""
    if (other.level, other.category) != (seed.level, seed.category):
        return False
    replaces = (other.custodian, other.last) == (seed.custodian, seed.last) and other.counter > seed.counter
    return other.last > seed.last or replaces


def oldest_erased(seed: HeldSeed, seeds: Iterable[HeldSeed], charter: Charter) -> int:
    """Unix time at which the oldest key of a seed is erased."""
    until = serves_until(seed, seeds, charter) if seed.segment == seed.last else seed.segment + 1
    return erased_at(charter, seed.level, until - 1)


def walk_seed(seed: HeldSeed, nation: int, oldest: int, until: int = 0) -> HeldSeed | None:
    """A seed after it was walked to a segment, or None if its chain ends before that.

    Args:
        until: the first segment that its last key does not serve, where that is later than the one after it.
    """
    if max(seed.last, until - 1) < oldest:
        return None
    oldest = min(oldest, seed.last)
    if seed.segment >= oldest:
        return seed
    chain = seed.chain(nation)
    reached = evolve(chain.at, segment=oldest)
    return held(SeedChain(reached, chain.last, bytearray(chain.seed_at(oldest))))


def walk_seeds(
    seeds: Iterable[HeldSeed],
    nation: int,
    charter: Charter,
    now: int,
    since: int | None = None,
    *,
    beside: Iterable[HeldSeed] = (),
) -> tuple[HeldSeed, ...]:
    """Seeds after those were walked, or dropped, whose oldest keys are past their hold.

    Args:
        since: keep the keys from this segment on all the same: it had not ended when the device went off.
        beside: others that are held and are not walked here.
    """
    every = tuple(seeds)
    compartments = defaultdict(list)
    for seed in (*every, *beside):
        compartments[seed.level, seed.category].append(seed)
    kept = []
    for seed in every:
        oldest = oldest_kept(charter, seed.level, now)
        until = serves_until(seed, compartments[seed.level, seed.category], charter)
        walked = walk_seed(seed, nation, oldest if since is None else min(oldest, since), until)
        if walked is not None:
            kept.append(walked)
    return newest(kept)


def newest(seeds: Iterable[HeldSeed]) -> tuple[HeldSeed, ...]:
    """As many seeds as a key ring holds, in their order: without those whose editions end first."""
    every = list(seeds)
    over = len(every) - MAX_CHAINS
    if over <= 0:
        return tuple(every)
    oldest = sorted(range(len(every)), key=lambda place: (every[place].last, every[place].counter))[:over]
    return tuple(seed for place, seed in enumerate(every) if place not in set(oldest))


def oldest_own(charter: Charter, clearance: Clearance, now: int) -> int:
    """The first segment whose private key a device so cleared keeps in its own compartment."""
    return max(0, (now - device_hold(charter, clearance)) // charter.segment)


def walk_own(seeds: Iterable[OwnSeed], device: bytes, oldest: int) -> tuple[OwnSeed, ...]:
    """Seeds of a device's own compartment after they were walked to a segment, without those that end before it."""
    return tuple(_walk_own(seed, device, oldest) for seed in seeds if seed.last >= oldest)


def _walk_own(seed: OwnSeed, device: bytes, oldest: int) -> OwnSeed:
    if seed.segment >= oldest:
        return seed
    chain = seed.chain(device)
    reached = evolve(chain.at, segment=oldest)
    return own(DeviceChain(reached, chain.last, bytearray(chain.seed_at(oldest))))


def walk_ring(
    ring: KeyRing, charter: Charter, now: int, since: int | None = None, *, device: bytes, clearance: Clearance
) -> KeyRing:
    """A key ring at a time that its holder believes: mark moved on, seeds walked, the custodian's and the own ones too.

    Args:
        device, clearance: whose ring it is.
    """
    oldest = oldest_own(charter, clearance, now)
    return evolve(
        ring,
        mark=max(ring.mark, now // charter.segment),
        seeds=walk_seeds(ring.seeds, ring.nation, charter, now, since),
        own=walk_own(ring.own, device, oldest if since is None else min(oldest, since)),
        custodian=tuple(
            evolve(keys, seeds=walk_seeds(keys.seeds, ring.nation, charter, now, since)) for keys in ring.custodian
        ),
    )


def merged(seeds: Iterable[HeldSeed], more: Iterable[HeldSeed]) -> tuple[HeldSeed, ...]:
    """Seeds, and others that came: of one chain the one that stands at the earlier segment, which gives the other."""
    kept: dict[tuple[int, int, int, int], HeldSeed] = {}
    for seed in (*seeds, *more):
        place = (seed.custodian, seed.counter, seed.level, seed.category)
        known = kept.get(place)
        if known is None or seed.segment < known.segment:
            kept[place] = seed
    return newest(kept.values())
