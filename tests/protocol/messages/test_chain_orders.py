"""Chain authentication in any order: live, backfill, repeated, with garbage, invented entries and forks between.

The rule that every order must give, for an author who does not fork: accepted is the longest run from the start that
arrived whole and whose last entry arrived under a signature that holds.
"""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from protocol.base.errors import AuthenticationError, ReplayError
from protocol.messages.entry import Entry
from tests.protocol.messages.feeds import RELAY, Receiver, entry, feed, garbled

LENGTH = 9
GARBAGE = (2, 5, 6, 9)


def deliver(receiver: Receiver, one: Entry) -> None:
    try:
        receiver.offer(one)
    except AuthenticationError:
        assert not one_holds(one)
    except ReplayError:
        assert one_holds(one)


def one_holds(one: Entry) -> bool:
    try:
        one.verify(Receiver().chain.author_key)
    except AuthenticationError:
        return False
    return True


# ------------------------------------------------------------------------------------------------ an honest author


class AnyOrder(RuleBasedStateMachine):
    """Peers and relays deliver, repeat, garble and invent; the author signs some entries with nonsense."""

    def __init__(self) -> None:
        super().__init__()
        self.entries = feed(LENGTH, garbage=GARBAGE)
        self.receiver = Receiver()
        self.arrived: set[int] = set()
        self.signed: set[int] = set()
        self.invented = 0

    @rule(index=st.integers(0, LENGTH - 1))
    def as_the_author_made_it(self, index: int) -> None:
        deliver(self.receiver, self.entries[index])
        self.arrived.add(index + 1)
        if index + 1 not in GARBAGE:
            self.signed.add(index + 1)

    @rule(index=st.integers(0, LENGTH - 1))
    def with_another_signature(self, index: int) -> None:
        deliver(self.receiver, garbled(self.entries[index], bytes([index]) * 64))
        self.arrived.add(index + 1)

    @rule(seq=st.integers(1, LENGTH + 3), linked=st.booleans(), key=st.sampled_from([RELAY]))
    def invented_by_a_relay(self, seq: int, linked: bool, key: object) -> None:
        if self.invented >= 40:  # below the cap on what may wait
            return
        self.invented += 1
        prev = self.entries[seq - 2].id if linked and 2 <= seq <= LENGTH + 1 else b"\x05" * 32
        deliver(self.receiver, entry(seq, prev if seq > 1 else b"", f"invented {self.invented}", key=RELAY))

    @invariant()
    def accepted_is_the_longest_authentic_run(self) -> None:
        whole = next((seq for seq in range(LENGTH + 1) if seq + 1 not in self.arrived), LENGTH)
        last = max((seq for seq in self.signed if seq <= whole), default=0)
        assert self.receiver.ids == [one.id for one in self.entries[:last]]
        assert self.receiver.forks == set()


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=100, stateful_step_count=40)


@pytest.mark.parametrize("garbage", [(), (1,), (3,), (1, 2, 3, 4), (2, 4)])
def test_every_order_of_five_entries(garbage: tuple[int, ...]) -> None:
    entries = feed(5, garbage=garbage)
    wanted = [one.id for one in entries]
    for order in permutations(entries):
        receiver = Receiver()
        for one in order:
            receiver.offer(one)
        assert receiver.ids == wanted
        assert receiver.chain.waiting == 0


def test_a_long_feed_backwards() -> None:
    entries = feed(200, garbage=range(2, 60))
    receiver = Receiver()
    for one in reversed(entries):
        receiver.offer(one)
    assert receiver.ids == [one.id for one in entries]


# ------------------------------------------------------------------------------------------------ an author who forks

TRUNK = feed(2)
LEFT = feed(5, after=TRUNK)
RIGHT = feed(5, after=TRUNK, text="right")
GARBLED_RIGHT = feed(5, after=TRUNK, garbage=(3,), text="right")


@pytest.mark.parametrize("right", [RIGHT, GARBLED_RIGHT], ids=["signed", "its first entry garbled"])
@given(data=st.data())
def test_forks_in_any_order(right: list[Entry], data: st.DataObject) -> None:
    """The trunk is the same in any order, what follows is one whole branch, and the fork is always seen."""
    invented = [entry(seq, b"\x05" * 32, key=RELAY) for seq in range(3, 6)]
    order = data.draw(st.permutations([*LEFT, *right[2:], *invented]))
    receiver = Receiver()
    for one in (*order, *order):  # peers answer what is asked for again
        deliver(receiver, one)
    left, other = [[one.id for one in branch] for branch in (LEFT, right)]
    assert receiver.ids[:2] == left[:2]
    assert receiver.ids in (left, other)
    lost = other if receiver.ids == left else left
    assert receiver.forks
    assert receiver.forks <= set(lost[2:])


def test_three_branches_in_every_order_of_their_first_entries() -> None:
    first = [entry(3, TRUNK[1].id, text) for text in ("a", "b", "c")]
    for order in permutations([*TRUNK, *first]):
        receiver = Receiver()
        for one in order:
            deliver(receiver, one)
        assert len(receiver.ids) == 3
        assert receiver.forks == {one.id for one in first} - {receiver.ids[2]}
