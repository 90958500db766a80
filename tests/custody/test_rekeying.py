"""What a custodian owes a device: from when on, of which seeds, and to which prekey."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coalchat.custody.rekeying import Compartments, Due, Sealed, complete_up_to, groups, keyable, owed, seal
from protocol.base import crypto
from protocol.base.records import evolve
from protocol.keys.keyring import CustodianKeys, HeldSeed, SigningSeeds, held
from protocol.keys.otar import CompartmentId, PrekeyStatement, open_otar
from protocol.trust.access import Clearance
from protocol.trust.credential import Certified, Scope
from protocol.trust.publication import Edition
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition
from tests.fakes.nation import DeviceSpec

DAY = 86_400
WORLD = make_coalition(clearances={"XAA": (DeviceSpec(Clearance(3, (1,))),)})
XAA, ANN = WORLD.nation("XAA"), WORLD.device("XAA")
CHARTER = evolve(WORLD.charter, holds=(3 * DAY, 3 * DAY, 3 * DAY, DAY))
FIRST, LENGTH, SEGMENT = WORLD.segment, CHARTER.edition, CHARTER.segment
NEXT = Edition(2, FIRST + LENGTH, FIRST + 2 * LENGTH - 1, 0)
EDITIONS = (XAA.edition, NEXT)
CERTIFIED = Certified(ANN.certificate, ANN.document, ANN.hash)
SEEDS = tuple(held(chain) for chain in XAA.chains.values())
LATER = tuple(
    evolve(seed, counter=2, segment=NEXT.first, last=NEXT.last, seed=Drbg(f"{seed.level}.{seed.category}")(32))
    for seed in SEEDS
)
KEYS = CustodianKeys(0, SigningSeeds(XAA.custodian.ed25519, XAA.custodian.mldsa), (), (*SEEDS, *LATER))


def nothing(edition: Edition, compartments: Compartments) -> Sealed | None:
    del edition, compartments
    return None


def due(
    now: int,
    *,
    statement: PrekeyStatement = ANN.statement,
    certified: Certified = CERTIFIED,
    keys: CustodianKeys = KEYS,
    waiting: Callable[[Edition, Compartments], Sealed | None] = nothing,
) -> tuple[Due, ...]:
    return owed(certified, statement, EDITIONS, keys, CHARTER, now, waiting)


START = NEXT.first * SEGMENT


def test_no_seed_goes_out_before_preload_or_above_the_clearance() -> None:
    early, late = due(START - DAY - 1), due(START - DAY)
    assert {one.edition.counter for one in early} == {1}
    assert {one.edition.counter for one in late} == {1, 2}
    assert [e.counter for e in keyable(EDITIONS, CHARTER, START)] == [2]
    low = Certified(evolve(ANN.certificate, clearance=Clearance(1, ())), ANN.document, ANN.hash)
    assert {c for one in due(START, certified=low) for c in one.compartments} == {
        CompartmentId(0, 0),
        CompartmentId(1, 0),
    }


def test_who_only_sends_gets_no_seed() -> None:
    sender = evolve(ANN.certificate, scope=Scope((), (), 0, 0, read=False))
    assert due(START, certified=Certified(sender, ANN.document, ANN.hash)) == ()
    assert groups(sender, CHARTER, WORLD.policy.compartments()) == ()


def test_an_otar_holds_compartments_of_one_hold() -> None:
    made = due(FIRST * SEGMENT)
    assert [{CHARTER.holds[c.level] for c in one.compartments} for one in made] == [{DAY}, {3 * DAY}]
    everything = [c for one in made for c in one.compartments]
    assert sorted((c.level, c.category) for c in everything) == sorted(ANN.certificate.clearance.compartments())
    for one in made:
        assert list(one.compartments) == sorted(one.compartments, key=lambda c: (c.level, c.category))


def test_nothing_is_sealed_to_an_older_statement() -> None:
    newer, older = evolve(ANN.statement, counter=5), evolve(ANN.statement, counter=4)
    assert {one.statement.counter for one in due(START, statement=newer)} == {5}
    assert due(START, statement=older, waiting=lambda *_: Sealed(5, NEXT.first)) == ()
    assert due(START, statement=newer, waiting=lambda *_: Sealed(5, NEXT.first)) == ()
    assert due(START, statement=evolve(newer, edition=2)) == (), "it says that it has them"


def test_sealed_anew_it_begins_where_it_began() -> None:
    newer = evolve(ANN.statement, counter=5)
    now = START + 4 * SEGMENT
    assert {one.segment for one in due(now, statement=newer)} == {NEXT.first + 4}
    assert {one.segment for one in due(now, statement=newer, waiting=lambda *_: Sealed(1, NEXT.first + 1))} == {
        NEXT.first + 1
    }
    walked = evolve(KEYS, seeds=tuple(evolve(seed, segment=NEXT.first + 3) for seed in LATER))
    made = due(now, statement=newer, keys=walked, waiting=lambda *_: Sealed(1, NEXT.first + 1))
    assert {one.segment for one in made} == {NEXT.first + 4}, "those seeds are gone: it gets those of now"
    assert {one.segment for one in due(START - DAY, statement=newer) if one.edition == NEXT} == {NEXT.first}


def test_what_is_sealed_opens_for_its_device() -> None:
    for one in due(FIRST * SEGMENT):
        document = seal(one, WORLD.coalition, 0, KEYS, WORLD.link_secret)
        delivery = open_otar(
            document.data,
            certificate=ANN.certificate,
            certificate_hash=ANN.hash,
            custodian=XAA.custodian_certificate,
            prekey_seed=ANN.prekey,
            prekey_counter=1,
            edition=XAA.edition,
            keys=WORLD.keys,
        )
        assert delivery.link_secret == WORLD.link_secret
        assert [bytes(chain.seed) for chain in delivery.chains] == [
            seed.seed
            for c in one.compartments
            for seed in SEEDS
            if (seed.level, seed.category) == (c.level, c.category)
        ]
    assert crypto.xwing_public(ANN.prekey) == ANN.statement.key


@pytest.mark.parametrize(
    ("lacks", "newest"),
    [((), 2), (((2, 3, 0),), 1), (((1, 0, 0),), 0), (((1, 0, 0), (2, 0, 0)), 0), (((2, 0, 2),), 2)],
    ids=["nothing", "one of the next", "one of the first", "one of each", "what it is not cleared for"],
)
def test_what_a_device_says_it_has_it_has_without_a_gap(lacks: tuple[tuple[int, int, int], ...], newest: int) -> None:
    def here(seeds: tuple[HeldSeed, ...]) -> list[tuple[int, int, int]]:
        return [(s.counter, s.level, s.category) for s in seeds if (s.counter, s.level, s.category) not in lacks]

    found = complete_up_to(
        ANN.certificate, EDITIONS, WORLD.policy.compartments(), here(KEYS.seeds), CHARTER, START - DAY
    )
    assert found == newest
