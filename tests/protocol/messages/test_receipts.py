"""Receipts: who may issue which, and how they fold into a state per nation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.messages.receipts import Mark, NationState, ReceiptState, may_issue, roll_up
from protocol.trust.credential import Role

DELIVERED, READ, ACKNOWLEDGED = ReceiptState
ANN, AL, BO = b"ann" + bytes(13), b"al" + bytes(14), b"bo" + bytes(14)


def mark(device: int, nation: int, person: bytes, state: ReceiptState, up_to: int = 5, at: int = 100) -> Mark:
    return Mark(bytes([device]) * 16, nation, person, state, up_to, at)


marks = st.builds(
    mark,
    st.integers(0, 9),
    st.integers(0, 2),
    st.sampled_from([ANN, AL, BO]),
    st.sampled_from(ReceiptState),
    st.integers(1, 4),
    st.integers(1, 4),
)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", ReceiptState)
def test_a_bot_issues_delivered_only(role: Role, state: ReceiptState) -> None:
    assert may_issue(role, state) is (role is not Role.BOT or state is DELIVERED)


def test_the_furthest_state_of_any_person_is_the_nations_since_the_first_who_came_so_far() -> None:
    rolled = roll_up(
        [
            mark(1, 1, BO, DELIVERED, at=10),
            mark(2, 0, ANN, READ, at=30),
            mark(3, 0, AL, READ, at=20),
            mark(4, 0, AL, DELIVERED, at=5),
        ],
        5,
    )
    assert rolled == (
        NationState(0, READ, 20, ((AL, READ, 20), (ANN, READ, 30))),
        NationState(1, DELIVERED, 10, ((BO, DELIVERED, 10),)),
    )


def test_a_mark_covers_what_lies_before_it_and_nothing_after() -> None:
    one = mark(1, 0, ANN, READ, up_to=5)
    assert roll_up([one], 5)[0].state is READ
    assert roll_up([one], 1)[0].state is READ
    assert roll_up([one], 6) == ()
    assert roll_up([], 1) == ()


def test_an_acknowledgement_is_of_the_entry_it_names_and_the_ones_before_were_read() -> None:
    one = mark(1, 0, ANN, ACKNOWLEDGED, up_to=5)
    assert roll_up([one], 5)[0].state is ACKNOWLEDGED
    assert roll_up([one], 4)[0].state is READ
    assert roll_up([one], 6) == ()
    assert roll_up([one, mark(2, 0, ANN, ACKNOWLEDGED, up_to=4)], 4)[0].state is ACKNOWLEDGED


def test_of_two_devices_the_further_and_then_the_earlier_counts() -> None:
    assert roll_up([mark(1, 0, ANN, READ, at=9), mark(2, 0, ANN, READ, at=7)], 5)[0].at == 7
    later = roll_up([mark(1, 0, ANN, DELIVERED, at=3), mark(2, 0, ANN, ACKNOWLEDGED, at=9)], 5)
    assert later == (NationState(0, ACKNOWLEDGED, 9, ((ANN, ACKNOWLEDGED, 9),)),)


@given(st.lists(marks, max_size=8), st.integers(1, 4), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(given_marks: list[Mark], seq: int, random: object) -> None:
    once = roll_up(given_marks, seq)
    assert roll_up([*reversed(given_marks), *given_marks], seq) == once


@given(st.lists(marks, max_size=8), marks, st.integers(1, 4))
def test_a_further_mark_only_adds(given_marks: list[Mark], further: Mark, seq: int) -> None:
    before = {state.nation: state for state in roll_up(given_marks, seq)}
    after = {state.nation: state for state in roll_up([*given_marks, further], seq)}
    for nation, state in before.items():
        assert after[nation].state >= state.state
        assert len(after[nation].persons) >= len(state.persons)
        if after[nation].state == state.state:
            assert after[nation].at <= state.at
