"""Walking: at which segment a seed stands, what is dropped, and when the next turn is."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.errors import ExpiredError
from protocol.base.records import evolve
from protocol.keys.keyring import MAX_CHAINS, CustodianKeys, HeldSeed, SigningSeeds, held, new_key_ring
from protocol.keys.walking import (
    erased_at,
    hold_of,
    longest_hold,
    merged,
    newest,
    next_turn,
    oldest_kept,
    walk_ring,
    walk_seed,
    walk_seeds,
)
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN = WORLD.device("XAA")
DAY = 86_400
CHARTER = evolve(WORLD.charter, holds=(3 * DAY, 3 * DAY, 3 * DAY, DAY))
SEGMENT = CHARTER.segment
FIRST = WORLD.segment
WHOSE: Any = {"device": ANN.id, "clearance": ANN.certificate.clearance}
SEEDS = tuple(held(chain) for chain in ANN.delivery.chains)


def seed(level: int) -> HeldSeed:
    return next(s for s in SEEDS if (s.level, s.category) == (level, 0))


@pytest.mark.parametrize("level", [0, 3])
def test_a_key_is_kept_to_the_very_end_of_its_hold(level: int) -> None:
    end = erased_at(CHARTER, level, FIRST)
    assert end == (FIRST + 1) * SEGMENT + hold_of(CHARTER, level)
    assert oldest_kept(CHARTER, level, end - 1) == FIRST
    assert oldest_kept(CHARTER, level, end) == FIRST + 1


def test_a_hold_that_is_no_number_of_segments() -> None:
    odd = evolve(CHARTER, holds=(1_000, 1_000, 1_000, 0))
    end = (FIRST + 1) * SEGMENT
    assert [oldest_kept(odd, 0, end + s) for s in (0, 999, 1_000)] == [FIRST, FIRST, FIRST + 1]
    assert oldest_kept(odd, 3, end) == FIRST + 1
    assert next_turn(odd, end) == end + 1_000
    assert next_turn(odd, end + 1_000) == end + SEGMENT


def test_the_next_turn_is_never_now() -> None:
    for now in (FIRST * SEGMENT, FIRST * SEGMENT + 1, (FIRST + 1) * SEGMENT - 1):
        assert next_turn(CHARTER, now) == (FIRST + 1) * SEGMENT


def test_a_walked_seed_gives_the_later_keys_and_no_earlier_one() -> None:
    chain = ANN.chain(2)
    assert chain is not None
    walked = walk_seed(seed(2), 0, FIRST + 5)
    assert walked is not None
    assert (walked.segment, walked.last) == (FIRST + 5, chain.last)
    for segment in range(FIRST + 5, chain.last + 1):
        assert walked.chain(0).private(segment) == chain.private(segment)
    with pytest.raises(ExpiredError):
        walked.chain(0).private(FIRST + 4)
    assert walked.seed != seed(2).seed


def test_a_seed_is_walked_forward_only_and_dropped_behind_its_end() -> None:
    walked = walk_seed(seed(2), 0, FIRST + 5)
    assert walked is not None
    assert walk_seed(walked, 0, FIRST) == walked
    assert walk_seed(walked, 0, walked.last) is not None
    assert walk_seed(walked, 0, walked.last + 1) is None


def test_each_level_has_its_own_hold_and_a_window_keeps_what_it_began_with() -> None:
    now = (FIRST + 1) * SEGMENT + 2 * DAY
    at = {s.level: s.segment for s in walk_seeds(SEEDS, 0, CHARTER, now)}
    assert at == {0: FIRST, 1: FIRST, 2: FIRST, 3: FIRST + 5}
    kept = {s.level: s.segment for s in walk_seeds(SEEDS, 0, CHARTER, now, since=FIRST + 2)}
    assert kept == {0: FIRST, 1: FIRST, 2: FIRST, 3: FIRST + 2}


def test_a_ring_is_walked_whole_and_its_mark_only_rises() -> None:
    keys = CustodianKeys(0, SigningSeeds(bytes(32), bytes(32)), (), SEEDS)
    ring = evolve(new_key_ring(Drbg("ring")), seeds=SEEDS, custodian=(keys,), mark=FIRST)
    now = (FIRST + 3) * SEGMENT + 3 * DAY
    walked = walk_ring(ring, CHARTER, now, **WHOSE)
    assert walked.mark == FIRST + 15
    assert {s.segment for s in walked.seeds if s.level < 3} == {FIRST + 3}
    assert walked.custodian[0].seeds == walked.seeds
    assert walk_ring(walked, CHARTER, FIRST * SEGMENT, **WHOSE) == walked
    gone = walk_ring(ring, CHARTER, now + 30 * DAY, **WHOSE)
    assert (gone.seeds, gone.custodian[0].seeds) == ((), ())
    assert longest_hold(CHARTER) == 3 * DAY


def test_what_does_not_fit_goes_from_the_oldest_end() -> None:
    many = [evolve(seed(0), counter=1 + n, last=FIRST + n) for n in range(MAX_CHAINS + 3)]
    assert newest(reversed(many)) == tuple(reversed(many[3:]))
    assert newest(many[:5]) == tuple(many[:5])


def test_of_one_chain_the_earlier_seed_stays() -> None:
    later = walk_seed(seed(2), 0, FIRST + 5)
    assert later is not None
    assert merged([later], [seed(2), seed(0)]) == (seed(2), seed(0))
    assert merged([seed(2)], [later]) == (seed(2),)
