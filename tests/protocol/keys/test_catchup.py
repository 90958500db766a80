"""The catch-up window: when one opens, what it keeps, and that it closes."""

from __future__ import annotations

from protocol.base.limits import CATCH_UP_END, CATCH_UP_ONLINE, MAX_CATCH_UPS
from protocol.base.records import evolve
from protocol.keys.catchup import CatchUp, after, at_start, kept_since
from protocol.keys.keyring import held, new_key_ring
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
CHARTER = WORLD.charter
FIRST, SEGMENT, HOLD = WORLD.segment, CHARTER.segment, CHARTER.holds[0]
RING = evolve(
    new_key_ring(Drbg("ring")), seeds=tuple(held(c) for c in WORLD.device("XAA").delivery.chains), mark=FIRST + 2
)
CLEARANCE = WORLD.device("XAA").certificate.clearance
DUE = (FIRST + 3) * SEGMENT + HOLD
"""When the first segment that ended during the outage is past its hold."""


def test_a_window_opens_only_if_something_that_ended_meanwhile_fell_due() -> None:
    assert at_start((), RING, CHARTER, DUE - 1, CLEARANCE) == ()
    assert at_start((), RING, CHARTER, DUE, CLEARANCE) == (CatchUp(FIRST + 2, DUE),)
    assert at_start((), evolve(RING, seeds=()), CHARTER, DUE, CLEARANCE) == ()
    held_later = tuple(evolve(seed, segment=FIRST + 9) for seed in RING.seeds)
    assert at_start((), evolve(RING, seeds=held_later), CHARTER, DUE, CLEARANCE) == ()


def test_it_closes_after_half_an_hour_online_or_a_day() -> None:
    (window,) = at_start((), RING, CHARTER, DUE, CLEARANCE)
    assert kept_since((window,), DUE) == FIRST + 2
    (used,) = after((window,), CATCH_UP_ONLINE - 1)
    assert used.is_open(DUE)
    (over,) = after((used,), 1)
    assert not over.is_open(DUE)
    assert window.is_open(DUE + CATCH_UP_END - 1)
    assert not window.is_open(window.closes())
    assert kept_since((window, over), window.closes()) is None


def test_a_start_that_was_cut_off_and_a_restart_open_no_second_one() -> None:
    opened = at_start((), RING, CHARTER, DUE, CLEARANCE)
    assert at_start(opened, RING, CHARTER, DUE + 60, CLEARANCE) == opened
    moved = evolve(RING, mark=CHARTER.segment and DUE // SEGMENT)
    assert at_start(opened, moved, CHARTER, DUE + 60, CLEARANCE) == opened
    assert at_start(opened, moved, CHARTER, DUE + CATCH_UP_END, CLEARANCE) == ()


def test_another_outage_opens_its_own_and_there_is_an_end_to_it() -> None:
    many: tuple[CatchUp, ...] = ()
    for n in range(MAX_CATCH_UPS + 4):
        ring = evolve(RING, mark=FIRST + n % 9, seeds=RING.seeds)
        many = at_start(many, ring, CHARTER, DUE + 9 * SEGMENT + n, CLEARANCE)
    assert len(many) == MAX_CATCH_UPS
    assert kept_since(many, DUE + 9 * SEGMENT + 9) == FIRST
