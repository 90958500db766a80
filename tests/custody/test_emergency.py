"""What an emergency rekey replaces, what it leaves, and what is remembered of it until it is published."""

from __future__ import annotations

from coalchat.custody.editions import compromised, next_firsts, still_named
from coalchat.custody.emergency import Pending, cut_off_until, demand_of, disown, runs_on_until, unexpired
from coalchat.custody.rekeying import Sealed, complete_up_to, keyable, owed, reaches
from protocol.base.limits import CLOCK_SKEW, MAX_COMPARTMENTS, MAX_EDITIONS
from protocol.base.records import evolve
from protocol.keys.keyring import CustodianKeys, SigningSeeds
from protocol.trust.charter import SETTING_RUN_ON, Setting
from protocol.trust.credential import Certified
from protocol.trust.publication import Edition, Revocation
from protocol.trust.revocation import LastGood
from tests.custody.test_rekeying import CERTIFIED, CHARTER, SEEDS
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN = WORLD.device("XAA")
FIRST, LENGTH, SEGMENT = WORLD.segment, CHARTER.edition, CHARTER.segment
ONE, TWO, THREE = (
    Edition(1 + n, FIRST + n * LENGTH, FIRST + (n + 1) * LENGTH - 1, 0) for n in range(3)
)  # fmt: skip
NEW = Edition(4, FIRST + 5, ONE.last, 1)
KEYS = CustodianKeys(0, SigningSeeds(bytes(32), bytes(32)), (), ())


def test_every_edition_is_replaced_whose_seeds_may_have_gone_out() -> None:
    known = (ONE, TWO, THREE)
    start = TWO.first * SEGMENT - CHARTER.preload
    assert compromised(known, CHARTER, start - 1) == (ONE,)
    assert compromised(known, CHARTER, start) == (ONE, TWO)
    assert compromised((*known, NEW), CHARTER, start) == (NEW, TWO), "what was replaced is not replaced again"


def test_editions_go_on_from_those_that_count() -> None:
    replaced = Edition(5, TWO.first, TWO.last, 2)
    assert next_firsts((ONE, TWO, THREE, NEW), CHARTER, FIRST + 6) == ()
    assert next_firsts((ONE, TWO, THREE, NEW, replaced), CHARTER, FIRST + 6) == ()
    assert next_firsts((ONE, TWO, THREE, NEW, replaced), CHARTER, TWO.first) == (THREE.last + 1,)


def test_an_early_edition_with_a_high_counter_comes_first() -> None:
    known = (ONE, TWO, THREE, NEW)
    now = TWO.first * SEGMENT - CHARTER.preload
    assert [e.counter for e in keyable(known, CHARTER, now)] == [1, 4, 2]
    assert [reaches(said, 2, known) for said in (0, 1, 4, 2, 3)] == [False, False, False, True, True]
    assert [reaches(2, counter, known) for counter in (1, 4, 2, 3)] == [True, True, True, False]
    assert reaches(9, 8, known), "what is published no more goes by its counter"
    compartments = ANN.certificate.clearance.compartments()
    held = [(counter, *place) for counter in (1, 4) for place in compartments]
    assert complete_up_to(ANN.certificate, known, compartments, held, CHARTER, now - 1) == 4
    assert complete_up_to(ANN.certificate, known, compartments, held, CHARTER, now) == 4


def test_who_answers_late_gets_what_would_have_waited() -> None:
    edition = evolve(NEW, first=FIRST, supersedes=0, counter=1)  # SEEDS are of counter 1
    keys = evolve(KEYS, seeds=SEEDS)
    now = (FIRST + 3) * SEGMENT

    def segments(certified: Certified = CERTIFIED, demanded: int | None = FIRST) -> set[int]:
        due = owed(certified, ANN.statement, (edition,), keys, CHARTER, now, lambda *_: None, demanded)
        return {one.segment for one in due}

    assert segments() == {FIRST}
    assert segments(demanded=None) == {FIRST + 3}, "nothing was demanded: it gets those of now"
    assert segments(demanded=FIRST + 1) == {FIRST + 3}, "the edition is older than the demand"
    joined = evolve(ANN.certificate, not_before=(FIRST + 2) * SEGMENT + 5)
    assert segments(Certified(joined, ANN.document, ANN.hash)) == {FIRST + 2}, "nothing from before its certificate"
    assert owed(CERTIFIED, ANN.statement, (edition,), keys, CHARTER, now, lambda *_: Sealed(9, FIRST), FIRST) == ()


def test_where_not_all_can_be_named_what_was_replaced_goes_first() -> None:
    more = [Edition(7, FIRST + 6, ONE.last, 4), Edition(8, TWO.first, TWO.last, 5)]
    known = [
        ONE,
        TWO,
        THREE,
        NEW,
        Edition(5, TWO.first, TWO.last, 2),
        Edition(6, THREE.last + 1, THREE.last + LENGTH, 0),
    ]
    now = (FIRST + 6) * SEGMENT
    few = still_named(known, more, 12, CHARTER, now)
    assert [e.counter for e in few] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len(few) == MAX_EDITIONS
    assert [e.counter for e in still_named([ONE, TWO, THREE], [NEW], MAX_COMPARTMENTS, CHARTER, now)] == [1, 2, 3, 4]
    many = still_named([ONE, TWO, THREE, NEW], [Edition(5, FIRST + 6, ONE.last, 4)], MAX_COMPARTMENTS, CHARTER, now)
    assert [e.counter for e in many] == [2, 3, 4, 5], "the oldest of those that were replaced is dropped"


def test_what_was_begun_is_remembered() -> None:
    pending = Pending(bytes(range(16)), {4: 1, 5: 2})
    assert Pending.decode(pending.encode()) == pending
    assert Pending.decode(Pending(bytes(16)).encode()) == Pending(bytes(16))
    assert pending.edition(5, 30, 40) == Edition(5, 30, 40, 2)
    assert pending.edition(6, 30, 40) == Edition(6, 30, 40, 0)
    demand = demand_of(pending, WORLD.coalition, 0, KEYS, WORLD.now)
    assert (demand.edition, demand.request) == (4, pending.request)


def test_a_revocation_stays_listed_until_its_certificate_has_ended() -> None:
    listed = (Revocation(ANN.id, WORLD.now, 1), Revocation(bytes(16), WORLD.now, 1))
    known = [Certified(ANN.certificate, ANN.document, ANN.hash)]
    end = ANN.certificate.not_after + CLOCK_SKEW
    assert unexpired(listed, known, end) == listed
    assert unexpired(listed, known, end + 1) == listed[1:], "of an unknown device nobody knows when it ends"


def test_what_is_good_is_named_by_feed() -> None:
    heads = [(b"b" * 16, 3, bytes(32)), (b"a" * 16, 9, bytes(32))]
    made = disown(CERTIFIED, 1, heads, KEYS, WORLD.now)
    assert [last.feed for last in made.good] == [b"a" * 16, b"b" * 16]
    assert made.good[1] == LastGood(b"b" * 16, 3, bytes(32))
    assert (made.device, made.at, made.reason) == (CERTIFIED.device, WORLD.now, 1)


def test_until_when_a_cut_off_sender_may_go_on() -> None:
    assert cut_off_until([], CHARTER) == 0
    assert cut_off_until([ONE], CHARTER) == (ONE.last + 1) * SEGMENT + SEGMENT // 4
    assert cut_off_until([ONE, TWO], CHARTER) == (TWO.last + 1) * SEGMENT + SEGMENT // 4


def test_who_has_not_heard_may_take_a_replaced_edition_for_the_last() -> None:
    assert runs_on_until([ONE, TWO], CHARTER) == 0, "no level runs on"
    low = evolve(CHARTER, settings=(*CHARTER.settings, Setting(SETTING_RUN_ON, b"\1")))
    assert runs_on_until([], low) == 0
    assert runs_on_until([ONE, TWO], low) == cut_off_until([TWO], low) + CHARTER.edition * SEGMENT
