"""Keys that run on: which are sealed to and opened with when a nation's editions have ended, and when they are erased."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from protocol.base.errors import DecodeError
from protocol.base.records import encode, evolve
from protocol.keys.catchup import at_start
from protocol.keys.edition import SeedChain, SegmentId, SegmentKeys, list_hash, make_list
from protocol.keys.keyring import HeldSeed, held, new_key_ring
from protocol.keys.runon import key_segment, last_served
from protocol.keys.walking import erased_at, oldest_erased, serves_until, walk_ring, walk_seeds
from protocol.trust.charter import SETTING_RUN_ON, Charter, Setting, read_charter
from protocol.trust.publication import Edition, KeyList, publication_hash, publish
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import FakeCoalition, make_coalition

DAY = 86_400
WORLD = make_coalition()
ANN = WORLD.device("XAA")
FIRST, LAST = WORLD.segment, WORLD.nation("XAA").edition.last


def running_on(charter: Charter, levels: int) -> Charter:
    return evolve(charter, settings=(*charter.settings, Setting(SETTING_RUN_ON, bytes([levels]))))


CHARTER = evolve(running_on(WORLD.charter, 2), holds=(3 * DAY, 3 * DAY, 3 * DAY, DAY))
SPAN, SEGMENT = CHARTER.edition, CHARTER.segment


def world() -> FakeCoalition:
    """A coalition of its own whose charter lets two levels run on."""
    made = make_coalition()
    made.directory.coalition = attrs.evolve(made.coalition, charter=CHARTER)
    return made


def seed(level: int, first: int = FIRST, last: int = LAST, *, counter: int = 1, custodian: int = 0) -> HeldSeed:
    return HeldSeed(custodian, counter, level, 0, first, last, Drbg(f"{custodian}/{counter}/{level}")(32))


# --- the charter says which levels ---


@pytest.mark.parametrize("value", [b"", b"\0", b"\5", b"\1\1"])
def test_the_setting_is_one_byte_for_one_level_to_all(value: bytes) -> None:
    assert read_charter(encode(running_on(WORLD.charter, 4))).runs_on(3)
    bad = evolve(WORLD.charter, settings=(*WORLD.charter.settings, Setting(SETTING_RUN_ON, value)))
    with pytest.raises(DecodeError) as refused:
        read_charter(encode(bad))
    assert refused.value.field == "settings"


def test_without_it_no_level_runs_on() -> None:
    assert [WORLD.charter.runs_on(level) for level in range(4)] == [False] * 4
    assert [CHARTER.runs_on(level) for level in range(4)] == [True, True, False, False]
    assert [last_served(CHARTER, level, LAST) for level in range(4)] == [LAST + SPAN, LAST + SPAN, LAST, LAST]


def test_the_last_key_serves_one_edition_more_and_no_other_key_does() -> None:
    assert [key_segment(CHARTER, 1, LAST, LAST + n) for n in (-1, 0, 1, SPAN)] == [LAST - 1, LAST, LAST, LAST]
    assert key_segment(CHARTER, 1, LAST, LAST + SPAN + 1) is None
    assert key_segment(CHARTER, 2, LAST, LAST) == LAST
    assert key_segment(CHARTER, 2, LAST, LAST + 1) is None


# --- sealing ---


def test_a_sender_wraps_to_the_last_key_only_when_all_that_was_published_has_ended() -> None:
    made = world()
    for n in (FIRST, LAST):
        assert made.keys.last_slots(0, 1, 0, n) == ()
    ((sid, key),) = made.keys.last_slots(0, 1, 0, LAST + 1)
    assert sid == SegmentId(0, 0, 1, 1, 0, LAST)
    assert key == made.keys.public_key(sid)
    assert made.keys.last_slots(0, 1, 0, LAST + SPAN) == ((sid, key),)
    assert made.keys.last_slots(0, 1, 0, LAST + SPAN + 1) == ()
    assert made.keys.last_slots(0, 2, 0, LAST + 1) == (), "a level that does not run on"
    assert made.keys.last_slots(9, 1, 0, LAST + 1) == (), "nothing was published"
    assert SegmentKeys(made.directory).last_slots(0, 1, 0, LAST + 1) == (), "its list is not here"
    assert make_coalition().keys.last_slots(0, 1, 0, LAST + 1) == (), "a charter that lets no level run on"


@pytest.mark.parametrize(("first", "after"), [(LAST + 1, LAST + 1), (LAST + 5, LAST + 2)])
def test_an_edition_that_is_published_stops_it_though_its_keys_are_not_here(first: int, after: int) -> None:
    """The one that runs, or the next one of a custodian who was away."""
    made = world()
    more = Edition(2, first, first + SPAN - 1, 0)
    made.directory.apply_publication(made.republish("XAA", editions=(made.nation("XAA").edition, more))[0].data)
    assert made.keys.slots(0, 1, 0, after) == ()
    assert made.keys.last_slots(0, 1, 0, after) == ()


def test_a_superseded_edition_gets_no_last_slot() -> None:
    made = world()
    nation = made.nation("XAA")
    chain = SeedChain(SegmentId(0, 0, 2, 1, 0, FIRST + 1), LAST, bytearray(Drbg("new")(32)))
    listed = encode(make_list(made.id, chain))
    named = KeyList(2, 1, 0, list_hash(listed))
    publication = evolve(
        nation.publication,
        number=2,
        previous=publication_hash(nation.publication_document.data),
        editions=(nation.edition, Edition(2, FIRST + 1, LAST, 1)),
        lists=(*nation.publication.lists, named),
    )
    made.directory.apply_publication(publish(publication, nation.custodian).data)
    made.keys.apply(listed)
    ((sid, _),) = made.keys.last_slots(0, 1, 0, LAST + 1)
    assert sid.counter == 2


# --- keeping ---


def test_a_last_key_is_kept_one_edition_and_its_hold_where_no_newer_seed_is() -> None:
    low, high = seed(1), seed(2)
    end = erased_at(CHARTER, 1, LAST + SPAN)
    for now, kept in (
        (erased_at(CHARTER, 2, LAST) - 1, {1, 2}),
        (erased_at(CHARTER, 2, LAST), {1}),
        (end - 1, {1}),
        (end, set()),
    ):
        walked = walk_seeds([low, high], 0, CHARTER, now)
        assert {s.level for s in walked} == kept
        if now == end - 1:
            (stands,) = walked
            assert (stands.segment, stands.last) == (LAST, LAST), "that one key, and none before it"
            assert oldest_erased(stands, walked, CHARTER) == end
    assert oldest_erased(low, [low], CHARTER) == erased_at(CHARTER, 1, FIRST)


def test_a_newer_seed_ends_it_where_that_begins() -> None:
    """One that came in time ends it at once; after a gap, the key counts as that of the gap's segments."""
    old = seed(1)
    for first, served in ((LAST + 1, LAST), (LAST + 4, LAST + 3), (LAST + 3 * SPAN, LAST + SPAN)):
        both = [old, seed(1, first, first + SPAN - 1, counter=2)]
        assert serves_until(old, both, CHARTER) == served + 1
        gone = erased_at(CHARTER, 1, served)
        assert [s.counter for s in walk_seeds(both, 0, CHARTER, gone - 1)] == [1, 2]
        assert [s.counter for s in walk_seeds(both, 0, CHARTER, gone)] == [2]
        assert walk_seeds(both[:1], 0, CHARTER, gone, beside=both[1:]) == ()


def test_what_counts_as_newer() -> None:
    old = seed(1)
    assert serves_until(old, [old, seed(1, LAST - 3, LAST, counter=2)], CHARTER) == LAST + 1, "it was superseded"
    for other in (
        seed(0, LAST + 1, LAST + SPAN, counter=2),
        evolve(seed(1, LAST + 1, LAST + SPAN, counter=2), category=1),
        seed(1, custodian=1, counter=7),
        seed(1, FIRST - SPAN, FIRST - 1, counter=9, custodian=1),
    ):
        assert serves_until(old, [old, other], CHARTER) == LAST + SPAN + 1
    other_seat = seed(1, LAST - 2, LAST + 2, custodian=1)
    assert serves_until(old, [old, other_seat], CHARTER) == LAST + 1


def test_a_window_keeps_a_last_key_too_that_fell_due_while_the_device_was_off() -> None:
    ring = evolve(new_key_ring(Drbg("ring")), seeds=(evolve(seed(1), segment=LAST),), mark=LAST + 2)
    clearance = ANN.certificate.clearance
    end = erased_at(CHARTER, 1, LAST + SPAN)
    assert at_start((), ring, CHARTER, erased_at(CHARTER, 1, LAST + 2) - 1, clearance) == ()
    (window,) = at_start((), ring, CHARTER, end + DAY, clearance)
    assert window.since == LAST + 2
    assert at_start((), evolve(ring, mark=LAST + SPAN + 1), CHARTER, end + DAY, clearance) == ()
    whose: Any = {"device": ANN.id, "clearance": clearance}
    assert walk_ring(ring, CHARTER, end + DAY, window.since, **whose).seeds == ring.seeds
    assert walk_ring(ring, CHARTER, end + DAY, **whose).seeds == ()


def test_of_a_real_chain_that_one_key_is_what_stays() -> None:
    mine = next(held(chain) for chain in ANN.delivery.chains if (chain.at.level, chain.at.category) == (1, 0))
    (stands,) = walk_seeds([mine], 0, CHARTER, erased_at(CHARTER, 1, LAST + SPAN) - 1)
    assert stands.chain(0).private(LAST) == mine.chain(0).private(LAST)
    assert stands.seed not in {mine.seed, mine.chain(0).seed_at(LAST - 1)}
