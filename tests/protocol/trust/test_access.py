"""The access decision: each clause alone, each with the neighbour that is granted."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.errors import LocalProtocolError
from protocol.base.records import encode_part
from protocol.trust.access import Clause, Clearance, dominates, may_read, may_repeat, may_seal, may_seal_direct
from protocol.trust.label import Label, combine, label_of

POLICY = b"p" * 32
CATEGORIES = (1, 2)

clearances = st.builds(
    lambda level, categories: Clearance(level, tuple(sorted(categories))),
    st.integers(0, 3),
    st.sets(st.sampled_from(CATEGORIES)),
)
labels = st.builds(
    Label,
    st.just(POLICY),
    st.integers(0, 3),
    st.frozensets(st.sampled_from(CATEGORIES)),
    st.frozensets(st.integers(0, 3)),
)


def label(level: int = 2, categories: set[int] = frozenset({1}), releasable: set[int] = frozenset({0, 1})) -> Label:  # type: ignore[assignment]
    return Label(POLICY, level, frozenset(categories), frozenset(releasable))


@pytest.mark.parametrize(
    ("clearance", "wanted"),
    [
        (Clearance(2, (1,)), True),
        (Clearance(3, (1, 2)), True),
        (Clearance(1, (1,)), False),
        (Clearance(2, ()), False),
        (Clearance(3, (2,)), False),
    ],
)
def test_a_clearance_dominates_a_label(clearance: Clearance, wanted: bool) -> None:
    assert dominates(clearance, label()) is wanted


def test_a_label_without_category_needs_a_level_only() -> None:
    assert dominates(Clearance(2, ()), label(categories=set()))


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({}, None),
        ({"clearance": Clearance(3, (1, 2))}, None),
        ({"policy": b"q" * 32}, Clause.POLICY_UNKNOWN),
        ({"nation": 2}, Clause.RELEASE_MEMBER),
        ({"clearance": Clearance(1, (1,))}, Clause.LEVEL_CLEARANCE),
        ({"clearance": Clearance(2, (2,))}, Clause.CATEGORY_CLEARANCE),
    ],
)
def test_may_read(changes: dict[str, Any], clause: Clause | None) -> None:
    arguments: dict[str, Any] = {"clearance": Clearance(2, (1,)), "nation": 1, "policy": POLICY, "label": label()}
    denied = may_read(**arguments | changes)
    assert (None if denied is None else denied.clause) == clause


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({}, None),
        ({"label": label(categories=set())}, None),
        ({"label": label(releasable={0})}, None),
        ({"policy": b"q" * 32}, Clause.POLICY_UNKNOWN),
        ({"label": label(categories={1, 2})}, Clause.CATEGORY_SINGLE),
        ({"label": label(releasable=set())}, Clause.RELEASE_EMPTY),
        ({"label": label(releasable={1})}, Clause.RELEASE_OWN_NATION),
        ({"label": label(releasable={0, 3})}, Clause.RELEASE_MEMBER),
        ({"ceiling": Clearance(1, (1, 2))}, Clause.LEVEL_CEILING),
        ({"ceiling": Clearance(2, (2,))}, Clause.CATEGORY_CEILING),
        ({"clearance": Clearance(1, (1, 2))}, Clause.LEVEL_CLEARANCE),
        ({"clearance": Clearance(2, (2,))}, Clause.CATEGORY_CLEARANCE),
    ],
)
def test_may_seal(changes: dict[str, Any], clause: Clause | None) -> None:
    arguments: dict[str, Any] = {
        "label": label(),
        "policy": POLICY,
        "clearance": Clearance(2, (1, 2)),
        "nation": 0,
        "members": frozenset({0, 1, 2}),
        "ceiling": Clearance(2, (1, 2)),
    }
    denied = may_seal(**arguments | changes)
    assert (None if denied is None else denied.clause) == clause
    if denied is not None:
        assert not denied
        assert denied.reason


@given(clearances, labels)
def test_dominance_is_holding_the_compartment_of_each_category(clearance: Clearance, wanted: Label) -> None:
    held = set(clearance.compartments())
    needed = {(wanted.level, category) for category in wanted.categories or {0}}
    assert dominates(clearance, wanted) is (needed <= held)


@given(clearances, st.lists(labels, min_size=1, max_size=4))
def test_who_may_read_a_combination_may_read_each_part(clearance: Clearance, parts: list[Label]) -> None:
    whole = combine(parts)
    for nation in range(4):
        each = all(may_read(clearance, nation, POLICY, part) is None for part in parts)
        assert (may_read(clearance, nation, POLICY, whole) is None) is each


@given(labels, clearances, st.integers(0, 3), st.frozensets(st.integers(0, 3)), clearances)
def test_what_may_be_sealed_may_be_read_by_the_sender(
    wanted: Label, clearance: Clearance, nation: int, members: frozenset[int], ceiling: Clearance
) -> None:
    denied = may_seal(wanted, policy=POLICY, clearance=clearance, nation=nation, members=members, ceiling=ceiling)
    if denied is None:
        assert may_read(clearance, nation, POLICY, wanted) is None
        assert dominates(ceiling, wanted)
        assert label_of(wanted.release_key()) == wanted


def test_compartments_of_a_clearance_are_what_it_dominates() -> None:
    every = [Clearance(level, chosen) for level in range(4) for n in range(3) for chosen in combinations(CATEGORIES, n)]
    for clearance in every:
        assert set(clearance.compartments()) == {
            (level, category)
            for level, category in product(range(4), (0, *CATEGORIES))
            if dominates(clearance, label(level, {category} - {0}))
        }
        assert len(set(clearance.compartments())) == len(clearance.compartments())


def test_a_clearance_names_categories_once_in_order_and_never_none() -> None:
    assert encode_part(Clearance(3, (1, 2)))
    for categories in ((2, 1), (1, 1), (0,), (0, 1)):
        with pytest.raises(LocalProtocolError):
            encode_part(Clearance(3, categories))


DIRECT: dict[str, Any] = {
    "label": label(),
    "policy": POLICY,
    "clearance": Clearance(2, (1, 2)),
    "nation": 0,
    "addressed": ((0, Clearance(2, (1, 2))), (1, Clearance(2, (1,)))),
}


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({}, None),
        ({"policy": b"q" * 32}, Clause.POLICY_UNKNOWN),
        ({"label": label(categories={1, 2})}, Clause.CATEGORY_SINGLE),
        ({"label": label(releasable=set())}, Clause.RELEASE_EMPTY),
        ({"label": label(releasable={1})}, Clause.RELEASE_OWN_NATION),
        ({"label": label(releasable={0, 1, 2})}, Clause.RELEASE_MEMBER),
        ({"label": label(releasable={0})}, Clause.RELEASE_MEMBER),
        ({"clearance": Clearance(1, (1, 2))}, Clause.LEVEL_CLEARANCE),
        ({"clearance": Clearance(2, (2,))}, Clause.CATEGORY_CLEARANCE),
        ({"addressed": (*DIRECT["addressed"], (1, Clearance(1, (1,))))}, Clause.RECIPIENT_CLEARANCE),
        ({"addressed": (*DIRECT["addressed"], (0, Clearance(3, ())))}, Clause.RECIPIENT_CLEARANCE),
    ],
)
def test_may_seal_direct(changes: dict[str, Any], clause: Clause | None) -> None:
    denied = may_seal_direct(**DIRECT | changes)
    assert (None if denied is None else denied.clause) == clause
    assert denied is None or (not denied and denied.reason)


@pytest.mark.parametrize(
    ("whole", "parts", "clause"),
    [
        (label(), [label()], None),
        (label(3), [label(), label(1, set())], None),
        (label(releasable={0}), [label()], None),
        (label(1), [label()], Clause.COMBINATION),
        (label(categories=set()), [label(1)], Clause.COMBINATION),
        (label(releasable={0, 1, 2}), [label()], Clause.COMBINATION),
        (label(releasable={0, 1}), [label(), label(releasable={1, 2})], Clause.COMBINATION),
        (label(releasable={2}), [label()], Clause.COMBINATION),
        (label(releasable={0}), [label(releasable={0}), label(releasable={1})], Clause.RELEASE_EMPTY),
        (label(), [label(), label(categories={2})], Clause.CATEGORY_SINGLE),
    ],
)
def test_may_repeat(whole: Label, parts: list[Label], clause: Clause | None) -> None:
    denied = may_repeat(whole, parts)
    assert (None if denied is None else denied.clause) == clause


@given(labels, st.lists(labels, min_size=1, max_size=4))
def test_who_may_read_what_repeats_may_read_each_part(whole: Label, parts: list[Label]) -> None:
    if may_repeat(whole, parts) is not None:
        return
    for clearance, nation in product([Clearance(n, c) for n in range(4) for c in ((), (1,), (2,), (1, 2))], range(4)):
        if may_read(clearance, nation, POLICY, whole) is None:
            assert all(may_read(clearance, nation, POLICY, part) is None for part in parts)
