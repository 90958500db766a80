"""Retention: until when bodies are kept, by whole segments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.records import evolve
from protocol.messages.retention import WITHOUT_END, is_over, kept_until, last_over
from tests.fakes.coalition import make_coalition

CHARTER = make_coalition().charter
LENGTH = CHARTER.segment
SECONDS = st.sampled_from([0, 1, LENGTH - 1, LENGTH, LENGTH + 1, 30 * 86_400, WITHOUT_END - 1, WITHOUT_END])


@pytest.mark.parametrize(
    ("seconds", "segments"), [(0, 0), (1, 1), (LENGTH - 1, 1), (LENGTH, 1), (LENGTH + 1, 2), (4 * LENGTH, 4)]
)
def test_it_ends_with_a_whole_segment(seconds: int, segments: int) -> None:
    charter = evolve(CHARTER, retention=(seconds, WITHOUT_END))
    assert kept_until(charter, 0, 100) == (101 + segments) * LENGTH
    assert not is_over(charter, 0, 100, 100 + segments)
    assert is_over(charter, 0, 100, 101 + segments)
    assert kept_until(charter, 1, 100) == 0
    assert not is_over(charter, 1, 100, 2**40)


@given(st.lists(SECONDS, min_size=1, max_size=4), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 3))
def test_what_is_over_stays_over(retention: list[int], segment: int, now: int, level: int) -> None:
    charter = evolve(CHARTER, retention=tuple(retention))
    over = is_over(charter, level, segment, now)
    assert over is (0 < kept_until(charter, level, segment) <= now * LENGTH)
    assert not over or is_over(charter, level, segment, now + 1)
    assert not over or segment <= last_over(charter, now)


def test_the_last_that_anything_is_over_of() -> None:
    assert last_over(evolve(CHARTER, retention=(3 * LENGTH, 5 * LENGTH)), 100) == 96
    assert last_over(evolve(CHARTER, retention=(0, WITHOUT_END)), 100) == 99
    assert last_over(evolve(CHARTER, retention=(WITHOUT_END,)), 100) == -1
