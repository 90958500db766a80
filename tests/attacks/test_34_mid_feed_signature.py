"""Attack 34: an author signs one entry in the middle of a valid chain with nonsense, or a relay swaps a signature.

A receiver who took the entries as they were written, and one who took them back to front later, must show the same.
"""

from __future__ import annotations

from itertools import permutations

import pytest

from protocol.base.codec import pack
from protocol.base.errors import AuthenticationError
from protocol.base.ids import Tag
from protocol.messages.entry import Entry, open_entry, read_entry
from protocol.messages.feed import Accepted, Chain, Known, Waiting
from tests.attacks.objects import ANN, FEED, SEALED, WORLD

AUTHOR = ANN.certificate.key


def resigned(entry: Entry, signature: bytes) -> Entry:
    return read_entry(pack((int(Tag.ENTRY), entry.base_data, entry.salt, entry.ct, signature)))


def written(count: int) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(count):
        entries.append(WORLD.entry(ANN, FEED, SEALED, f"report {number}", prev=entries[-1] if entries else None))
    return entries


GOOD = written(5)
GARBAGE = {
    "nonsense": b"\x5a" * 64,
    "zeros": bytes(64),
    "of the entry before": GOOD[1].signature,
    "of its envelope": SEALED.envelope.signature,
}


def view(order: list[Entry]) -> tuple[list[bytes], list[bytes]]:
    """Ids and texts that a receiver accepted, in order of the feed."""
    chain, accepted = Chain(AUTHOR), list[Entry]()
    for entry in order:
        seq = entry.base.seq
        outcome = chain.offer(entry, accepted[seq - 1].id if seq <= len(accepted) else None)
        if isinstance(outcome, Accepted):
            accepted += outcome.entries
    return [entry.id for entry in accepted], [open_entry(entry, SEALED.tek)[0] for entry in accepted]


@pytest.mark.parametrize("signature", GARBAGE.values(), ids=GARBAGE.keys())
@pytest.mark.parametrize("middle", [0, 1, 2, 3])
def test_live_and_backfill_give_the_same_view(signature: bytes, middle: int) -> None:
    sent = [resigned(e, signature) if index == middle else e for index, e in enumerate(GOOD)]
    if sent[middle].signature != GOOD[middle].signature:
        with pytest.raises(AuthenticationError):
            sent[middle].verify(AUTHOR)
    wanted = view(GOOD)
    assert len(wanted[0]) == 5
    for order in permutations(sent):
        assert view(list(order)) == wanted


def test_several_in_a_row_wait_for_the_next_that_holds() -> None:
    sent = [GOOD[0], *(resigned(entry, bytes(64)) for entry in GOOD[1:4]), GOOD[4]]
    chain = Chain(AUTHOR)
    assert chain.offer(sent[0]) == Accepted((sent[0],))
    for entry in sent[1:4]:
        assert chain.offer(entry) == Waiting(0)
    assert chain.offer(sent[4]) == Accepted(tuple(sent[1:]))


def test_the_last_entry_has_nothing_that_could_authenticate_it() -> None:
    sent = [*GOOD[:4], resigned(GOOD[4], bytes(64))]
    for order in permutations(sent):
        assert view(list(order)) == view(GOOD[:4])


def test_an_altered_entry_in_the_middle_is_not_a_bad_signature() -> None:
    """The link is by id: what differs in anything but the signature is another entry, which nothing follows."""
    other = WORLD.entry(ANN, FEED, SEALED, "another report", prev=GOOD[1])
    altered = resigned(other, GOOD[2].signature)
    for order in permutations([GOOD[0], GOOD[1], altered, GOOD[3], GOOD[4]]):
        assert view(list(order)) == view(GOOD[:2])


# ------------------------------------------------------------------------------------------------ a relay


@pytest.mark.parametrize("swapped", [(0, 1), (1, 3), (2, 4)])
def test_a_relay_that_swaps_signatures_changes_nothing_once_a_good_copy_comes(swapped: tuple[int, int]) -> None:
    one, other = swapped
    bad = {one: resigned(GOOD[one], GOOD[other].signature), other: resigned(GOOD[other], GOOD[one].signature)}
    sent = [bad.get(index, entry) for index, entry in enumerate(GOOD)]
    for order in (sent, sent[::-1], sent[2:] + sent[:2]):
        assert view([*order, *GOOD]) == view(GOOD)
        assert view([*GOOD, *order]) == view(GOOD)


def test_of_two_copies_the_one_whose_signature_holds_is_kept() -> None:
    bad = resigned(GOOD[1], bytes(64))
    for copies in ((bad, GOOD[1]), (GOOD[1], bad)):
        chain = Chain(AUTHOR)
        for entry in copies:
            assert chain.offer(entry) == Waiting(1)
        outcome = chain.offer(GOOD[0])
        assert outcome == Accepted((GOOD[0], GOOD[1]))


def test_a_swapped_signature_on_what_is_accepted_is_the_same_entry() -> None:
    chain = Chain(AUTHOR, 5, GOOD[4].id)
    assert chain.offer(resigned(GOOD[2], bytes(64)), GOOD[2].id) == Known()
