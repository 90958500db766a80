"""Chain authentication, case by case. `test_chain_orders` has every order."""

from __future__ import annotations

import pytest

from protocol.base.errors import AuthenticationError, LimitError, ReplayError
from protocol.base.limits import MAX_CREDIT, MAX_PARKED_ENTRIES
from protocol.messages.entry import Entry
from protocol.messages.feed import Accepted, Chain, Known, Waiting
from tests.protocol.messages.feeds import AUTHOR, RELAY, Receiver, entry, feed, garbled


def offered(receiver: Receiver, *entries: Entry) -> None:
    for one in entries:
        receiver.offer(one)


# ------------------------------------------------------------------------------------------------ one after another


def test_signed_entries_are_accepted_as_they_come() -> None:
    one, two, three = feed(3)
    receiver = Receiver()
    for each in (one, two, three):
        assert receiver.offer(each) == Accepted((each,))
    assert receiver.chain.waiting == 0


def test_the_same_entry_again_is_known_whatever_its_signature() -> None:
    one, two = feed(2)
    receiver = Receiver()
    offered(receiver, one, two)
    for again in (one, two, garbled(one)):
        assert receiver.offer(again) == Known()
    assert receiver.ids == [one.id, two.id]


def test_a_chain_goes_on_from_a_stored_head() -> None:
    one, two, three = feed(3)
    receiver = Receiver(Chain(AUTHOR.public().ed25519, 2, two.id), [one, two])
    assert receiver.offer(three) == Accepted((three,))


def test_an_entry_ahead_waits_and_says_what_is_missing() -> None:
    one, two, three, four, five = feed(5)
    receiver = Receiver()
    assert receiver.offer(four) == Waiting(1)
    assert receiver.offer(one) == Accepted((one,))
    assert receiver.offer(five) == Waiting(2)
    assert receiver.offer(two) == Accepted((two,))
    assert receiver.offer(three) == Accepted((three, four, five))
    assert receiver.chain.waiting == 0


# ------------------------------------------------------------------------------------------------ bad signatures


def test_a_bad_signature_waits_until_a_later_entry_authenticates_it() -> None:
    one, two, three = feed(3, garbage=[2])
    receiver = Receiver()
    offered(receiver, one)
    assert receiver.offer(two) == Waiting(0)
    assert receiver.chain.head_seq == 1
    assert receiver.offer(three) == Accepted((two, three))


def test_backfill_gives_the_same() -> None:
    one, two, three = feed(3, garbage=[1, 2])
    receiver = Receiver()
    assert receiver.offer(three) == Waiting(1)
    assert receiver.offer(two) == Waiting(1)
    assert receiver.offer(one) == Accepted((one, two, three))


def test_of_one_entry_the_signature_that_holds_is_kept() -> None:
    (one,) = feed(1)
    receiver = Receiver()
    assert receiver.offer(garbled(one)) == Waiting(0)
    assert receiver.offer(garbled(one, b"\x08" * 64)) == Waiting(0)
    assert receiver.chain.waiting == 1
    assert receiver.offer(one) == Accepted((one,))


def test_a_bad_copy_does_not_replace_a_good_one_that_waits() -> None:
    one, two = feed(2)
    receiver = Receiver()
    assert receiver.offer(two) == Waiting(1)
    assert receiver.offer(garbled(two)) == Waiting(1)
    assert receiver.offer(one) == Accepted((one, two))


def test_an_entry_signed_by_another_is_never_accepted() -> None:
    forged = entry(1, b"", key=RELAY)
    receiver = Receiver()
    assert receiver.offer(forged) == Waiting(0)
    assert receiver.offer(entry(2, forged.id, key=RELAY)) == Waiting(0)
    assert receiver.ids == []


# ------------------------------------------------------------------------------------------------ invented candidates


def test_an_invented_entry_takes_no_place() -> None:
    one, two, three = feed(3)
    receiver = Receiver()
    offered(receiver, one)
    assert receiver.offer(entry(2, one.id, "invented", key=RELAY)) == Waiting(0)
    assert receiver.offer(three) == Waiting(2)  # the place is taken, by another than the one that three follows
    assert receiver.offer(two) == Accepted((two, three))
    assert receiver.chain.waiting == 0


def test_an_invented_entry_hides_no_gap_behind_it() -> None:
    _, two, three, four = feed(4)
    receiver = Receiver()
    offered(receiver, entry(1, b"", "invented", key=RELAY), entry(2, two.id, "invented", key=RELAY))
    assert receiver.offer(four) == Waiting(3)
    assert receiver.offer(three) == Waiting(2)
    assert receiver.offer(two) == Waiting(1)


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_an_invented_entry_at_a_taken_place_or_beside_the_head_is_refused(seq: int) -> None:
    one, two = feed(2)
    receiver = Receiver()
    offered(receiver, one, two)
    with pytest.raises(AuthenticationError):
        receiver.offer(entry(seq, bytes(32) if seq > 1 else b"", "invented", key=RELAY))
    assert receiver.chain.waiting == 0
    assert receiver.forks == set()


def test_what_waits_is_bounded_and_leaves_room_for_what_the_author_signed() -> None:
    one, two, three = feed(3)
    receiver = Receiver()
    invented = [entry(2, bytes([n]) * 32, key=RELAY) for n in range(MAX_PARKED_ENTRIES + 1)]
    offered(receiver, *invented[:-1])
    with pytest.raises(LimitError):
        receiver.offer(invented[-1])
    assert receiver.offer(invented[0]) == Waiting(1)
    offered(receiver, three, two)
    assert receiver.offer(one) == Accepted((one, two, three))
    assert receiver.chain.waiting == 0


def test_entries_the_author_signed_ahead_leave_room_for_one_he_did_not() -> None:
    entries = feed(MAX_PARKED_ENTRIES + 10, garbage=[5])
    receiver = Receiver()
    offered(receiver, *reversed(entries))
    assert receiver.ids == [one.id for one in entries]


def test_forks_that_an_author_signs_ahead_are_bounded() -> None:
    receiver = Receiver()
    offered(receiver, *(entry(2, n.to_bytes(32, "big")) for n in range(MAX_CREDIT)))
    with pytest.raises(LimitError):
        receiver.offer(entry(2, b"\xff" * 32))
    assert receiver.chain.waiting == MAX_CREDIT


def test_an_entry_too_far_ahead_is_refused_before_anything_is_kept() -> None:
    receiver = Receiver()
    with pytest.raises(LimitError):
        receiver.offer(entry(MAX_CREDIT + 1, bytes(32)))
    assert receiver.chain.waiting == 0
    assert receiver.offer(entry(MAX_CREDIT, bytes(32))) == Waiting(1)


# ------------------------------------------------------------------------------------------------ forks


def test_a_second_authentic_entry_at_one_place_is_a_fork() -> None:
    one, two = feed(2)
    receiver = Receiver()
    offered(receiver, one, two)
    for second in (entry(2, one.id, "other"), entry(1, b"", "other")):
        with pytest.raises(ReplayError):
            receiver.offer(second)
    assert receiver.ids == [one.id, two.id]


def test_so_is_one_that_follows_another_than_the_head() -> None:
    one, two = feed(2)
    other = garbled(entry(2, one.id, "other"))
    receiver = Receiver()
    offered(receiver, one, two)
    with pytest.raises(AuthenticationError):
        receiver.offer(other)  # not authentic by itself
    with pytest.raises(ReplayError):
        receiver.offer(entry(3, other.id))
    assert receiver.ids == [one.id, two.id]


def test_a_fork_that_waited_is_told_when_its_place_is_taken() -> None:
    one, two = feed(2)
    second, child = entry(2, one.id, "other"), entry(3, b"\x09" * 32, "child of a third")
    receiver = Receiver()
    offered(receiver, two, second, child, entry(2, one.id, "invented", key=RELAY))
    assert receiver.offer(one) == Accepted((one, two), (second, child))
    assert receiver.chain.waiting == 0


def test_what_follows_the_head_stays_when_a_fork_is_cleared() -> None:
    one, two, three = feed(3, garbage=[3])
    receiver = Receiver()
    offered(receiver, three, entry(3, b"\x09" * 32, "astray"), two)
    outcome = receiver.offer(one)
    assert isinstance(outcome, Accepted)
    assert outcome.entries == (one, two)
    assert len(outcome.forks) == 1
    assert receiver.chain.waiting == 1
    assert receiver.offer(entry(4, three.id)) == Accepted((three, entry(4, three.id)))
