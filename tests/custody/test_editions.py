"""Which editions are drawn, under which counters, and which leave the publication."""

from __future__ import annotations

from itertools import pairwise

import pytest

from coalchat.custody.editions import next_counter, next_firsts, still_named, unpublished
from coalchat.custody.keying import EDITIONS_AHEAD, draw_edition, draw_seeds, list_of
from protocol.base.limits import MAX_COMPARTMENTS, MAX_EDITIONS, MAX_KEY_LISTS
from protocol.base.records import evolve
from protocol.keys.keyring import HeldSeed
from protocol.trust.publication import Edition
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
CHARTER = WORLD.charter
LENGTH, SEGMENT, HOLD = CHARTER.edition, CHARTER.segment, max(CHARTER.holds)


def editions(first: int, count: int, counter: int = 1) -> list[Edition]:
    return [Edition(counter + n, first + n * LENGTH, first + (n + 1) * LENGTH - 1, 0) for n in range(count)]


def test_two_whole_editions_lie_ahead() -> None:
    known = editions(100, 3)
    assert next_firsts(known, CHARTER, 100) == ()
    assert next_firsts(known, CHARTER, 100 + LENGTH - 1) == ()
    assert next_firsts(known, CHARTER, 100 + LENGTH) == (100 + 3 * LENGTH,)
    assert next_firsts(known, CHARTER, 100 + 2 * LENGTH + 3) == (100 + 3 * LENGTH, 100 + 4 * LENGTH)
    assert EDITIONS_AHEAD == 2


def test_after_a_gap_it_begins_now() -> None:
    now = 100 + 7 * LENGTH + 5
    assert next_firsts(editions(100, 3), CHARTER, now) == (now, now + LENGTH, now + 2 * LENGTH)
    assert next_firsts([], CHARTER, now) == (now, now + LENGTH, now + 2 * LENGTH)


def drawn(counter: int, first: int = 100) -> tuple[HeldSeed, ...]:
    return draw_seeds(WORLD.coalition, WORLD.policy, 0, 0, counter, first, Drbg(f"drawn {counter}"))


def test_a_counter_is_above_all_that_were_published_drawn_or_meant() -> None:
    assert next_counter([], (), 0) == 1
    assert next_counter(editions(100, 3), (), 0) == 4
    assert next_counter(editions(100, 3), drawn(7), 0) == 8
    assert next_counter(editions(100, 3), drawn(7), 9) == 10


def test_what_was_drawn_and_not_published_is_found_whole() -> None:
    published = editions(100, 3)
    seeds = (*drawn(3), *drawn(4), *drawn(5))
    assert list(unpublished(seeds, published)) == [4, 5]
    assert unpublished(drawn(3), published) == {}
    walked = (evolve(drawn(4)[0], segment=101), *drawn(4)[1:])
    assert unpublished(walked, published) == {}, "its first keys are gone: its lists cannot be made"


def test_every_compartment_has_a_chain_of_its_own_and_its_list() -> None:
    made = draw_edition(WORLD.coalition, WORLD.policy, 0, 0, 9, 100, Drbg("edition"))
    assert {(s.level, s.category) for s in made.seeds} == set(WORLD.policy.compartments())
    assert len({s.seed for s in made.seeds}) == len(made.seeds)
    assert (made.edition.counter, made.edition.first, made.edition.last) == (9, 100, 100 + LENGTH - 1)
    assert [list_of(WORLD.coalition, 0, seed) for seed in made.seeds] == list(zip(made.lists, made.named, strict=True))


@pytest.mark.parametrize(("late", "kept"), [(-1, [1, 2, 3, 4]), (0, [2, 3, 4])])
def test_what_is_past_its_hold_leaves_the_publication(late: int, kept: list[int]) -> None:
    published = editions(100, 3)
    now = (published[0].last + 1) * SEGMENT + HOLD + late
    more = editions(100 + 3 * LENGTH, 1, counter=4)
    assert [e.counter for e in still_named(published, more, 12, CHARTER, now)] == kept


def test_one_record_can_name_what_is_published() -> None:
    charter = evolve(CHARTER, holds=tuple(1_000 * hold for hold in CHARTER.holds))
    published = editions(100, 8)
    now = (100 + 6 * LENGTH) * SEGMENT
    more = editions(100 + 8 * LENGTH, 1, counter=9)
    few = still_named(published, more, 12, charter, now)
    assert [e.counter for e in few] == list(range(2, 10))
    assert len(few) == MAX_EDITIONS
    many = still_named(published, more, MAX_COMPARTMENTS, charter, now)
    assert [e.counter for e in many] == [6, 7, 8, 9]
    assert len(many) * MAX_COMPARTMENTS <= MAX_KEY_LISTS
    assert all(one.last + 1 == other.first for one, other in pairwise(many))
    assert any(e.first <= now // SEGMENT <= e.last for e in many), "the running one stays, whatever the bound"
