"""Segment chains, and the set of published segment keys."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base import crypto
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, ExpiredError, LocalProtocolError, RemoteProtocolError, StateError
from protocol.base.ids import Person
from protocol.base.limits import MAX_SEGMENTS
from protocol.base.records import decode, encode, encode_part, evolve
from protocol.keys.edition import (
    SeedChain,
    SegmentId,
    SegmentKeys,
    SegmentList,
    check_seed,
    edition_of,
    kem_seed,
    list_hash,
    make_list,
    next_seed,
)
from protocol.trust.publication import Edition, KeyList, publication_hash, publish
from tests.fakes.coalition import FakeCoalition, make_coalition

AT = SegmentId(1, 0, 7, 2, 1, 1000)
SEED = bytes(range(32))


# ------------------------------------------------------------------------------------------------ chains


def test_the_next_seed_and_the_key_pair_are_as_specified() -> None:
    packed = encode_part(AT)
    assert next_seed(AT, SEED) == digest(Person.NEXT_SEGMENT, packed, key=SEED)
    pair = kem_seed(AT, SEED)
    assert len(pair) == crypto.XWING_SEED
    assert pair[:64] == digest(Person.SEGMENT_KEM, packed, b"\0", key=SEED, size=64)
    assert pair[64:] == digest(Person.SEGMENT_KEM, packed, b"\1", key=SEED)


@pytest.mark.parametrize("field", ["nation", "custodian", "counter", "level", "category", "segment"])
def test_a_seed_gives_other_keys_at_any_other_place(field: str) -> None:
    other = evolve(AT, **{field: getattr(AT, field) + 1})
    assert next_seed(other, SEED) != next_seed(AT, SEED)
    assert kem_seed(other, SEED) != kem_seed(AT, SEED)


def test_a_chain_walks_forward_only() -> None:
    chain = SeedChain(AT, 1003, bytearray(SEED))
    assert chain.seed_at(1000) == SEED
    later = chain.seed_at(1002)
    assert later == next_seed(evolve(AT, segment=1001), next_seed(AT, SEED))
    assert chain.private(1002) == kem_seed(evolve(AT, segment=1002), later)
    for outside in (999, 1004):
        with pytest.raises(ExpiredError):
            chain.seed_at(outside)
        with pytest.raises(ExpiredError):
            chain.private(outside)


def test_a_chain_joined_later_gives_the_same_keys_from_there_on() -> None:
    chain = SeedChain(AT, 1003, bytearray(SEED))
    joined = SeedChain(evolve(AT, segment=1002), 1003, bytearray(chain.seed_at(1002)))
    assert joined.public_keys() == chain.public_keys()[2:]
    assert len(chain.public_keys()) == 4
    for segment, public in enumerate(chain.public_keys(), start=1000):
        assert crypto.xwing_public(chain.private(segment)) == public


def test_a_chain_shows_no_seed() -> None:
    chain = SeedChain(AT, 1003, bytearray(SEED))
    assert "segment=1000" in repr(chain)
    assert repr(SEED)[2:10] not in repr(chain)
    assert isinstance(chain.seed, bytearray)


@pytest.mark.parametrize(
    "seed", [bytes(32), SEED[:31], SEED + b"\0", bytes(16) + SEED[:16], SEED[:16] + b"\7" * 16, b""]
)
def test_a_seed_that_no_random_source_gives_is_refused(seed: bytes) -> None:
    check_seed(SEED)
    with pytest.raises(LocalProtocolError):
        check_seed(seed)


# ------------------------------------------------------------------------------------------------ published keys


def parts(world: FakeCoalition) -> tuple[SegmentKeys, bytes, SeedChain]:
    """An empty set, XAA's list of SECRET, and its chain."""
    nation = world.nation("XAA")
    chain = nation.chains[2, 0]
    return SegmentKeys(world.directory), encode(make_list(world.id, chain)), chain


def test_a_published_list_is_taken_once() -> None:
    keys, data, chain = parts(make_coalition())
    listed = keys.apply(data)
    assert keys.apply(data) == listed
    assert listed.keys == chain.public_keys()
    for segment in (chain.at.segment, chain.last):
        assert keys.public_key(evolve(chain.at, segment=segment)) == crypto.xwing_public(chain.private(segment))
    for segment in (chain.at.segment - 1, chain.last + 1):
        assert keys.public_key(evolve(chain.at, segment=segment)) is None
    assert keys.public_key(evolve(chain.at, level=1)) is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"coalition": bytes(16)}, AuthenticationError),
        ({"nation": 1}, AuthenticationError),
        ({"nation": 5}, StateError),
        ({"custodian": 1}, StateError),
        ({"counter": 2}, AuthenticationError),
        ({"level": 1}, AuthenticationError),
        ({"category": 1}, AuthenticationError),
        ({"first": 1}, AuthenticationError),
        ({"keys": ()}, LocalProtocolError),
    ],
)
def test_an_altered_list_is_refused(changes: dict[str, Any], error: type[RemoteProtocolError]) -> None:
    keys, data, _ = parts(make_coalition())
    with pytest.raises(error):
        keys.apply(encode(evolve(decode(SegmentList, data), **changes)))
    keys.apply(data)


def test_an_altered_list_is_refused_also_where_the_good_one_is_known() -> None:
    keys, data, _ = parts(make_coalition())
    good = keys.apply(data)
    swapped = evolve(good, keys=good.keys[::-1])
    with pytest.raises(AuthenticationError):
        keys.apply(encode(swapped))
    assert keys.apply(data) == good


def published(world: FakeCoalition, listed: SegmentList, edition: Edition | None) -> SegmentKeys:
    """The set after XAA published that list, and that edition, as number 2."""
    nation = world.nation("XAA")
    named = KeyList(listed.counter, listed.level, listed.category, list_hash(encode(listed)))
    editions = nation.publication.editions if edition is None else (edition,)
    before = publication_hash(nation.publication_document.data)
    publication = evolve(nation.publication, number=2, previous=before, lists=(named,), editions=editions)
    world.directory.apply_publication(publish(publication, nation.custodian).data)
    return SegmentKeys(world.directory)


def test_a_list_must_span_its_edition() -> None:
    world = make_coalition()
    good = decode(SegmentList, parts(world)[1])
    edition = world.nation("XAA").edition
    published(make_coalition(), good, edition).apply(encode(good))
    for wrong in (
        evolve(edition, counter=2),
        evolve(edition, last=edition.last - 1),
        evolve(edition, last=edition.last + 1),
        evolve(edition, first=edition.first + 1),
    ):
        with pytest.raises(AuthenticationError):
            published(make_coalition(), good, wrong).apply(encode(good))


def test_a_list_of_another_coalition_is_refused_though_it_is_published() -> None:
    good = decode(SegmentList, parts(make_coalition())[1])
    other = evolve(good, coalition=bytes(16))
    published(make_coalition(), good, None).apply(encode(good))
    with pytest.raises(AuthenticationError):
        published(make_coalition(), other, None).apply(encode(other))


def test_a_small_order_half_refuses_the_whole_list() -> None:
    world = make_coalition()
    good = decode(SegmentList, parts(world)[1])
    points = [
        bytes(32),
        b"\1" + bytes(31),
        bytes.fromhex("ec" + "ff" * 30 + "7f"),
        bytes.fromhex("ed" + "ff" * 30 + "7f"),
    ]
    published(make_coalition(), good, None).apply(encode(good))
    for point in points:
        bad = evolve(good, keys=(*good.keys[:-1], good.keys[-1][:-32] + point))
        with pytest.raises(AuthenticationError):
            published(make_coalition(), bad, None).apply(encode(bad))


def test_the_longest_list_fits_one_record() -> None:
    world = make_coalition()
    good = decode(SegmentList, parts(world)[1])
    assert len(encode(evolve(good, keys=(good.keys * 4)[:MAX_SEGMENTS]))) <= 65_536


def test_what_is_missing_is_named_by_hash() -> None:
    keys, data, _ = parts(make_coalition())
    assert keys.missing(0, [(2, 0)]) == (list_hash(data),)
    assert len(keys.missing(0, [(2, 0), (3, 1)])) == 2
    keys.apply(data)
    assert keys.missing(0, [(2, 0)]) == ()
    assert keys.missing(9, [(2, 0)]) == ()


def test_slots_are_the_current_editions_whose_keys_are_here() -> None:
    world = make_coalition()
    nation, n = world.nation("XAA"), world.segment
    ((sid, key),) = world.keys.slots(0, 2, 1, n)
    assert sid == SegmentId(0, 0, 1, 2, 1, n)
    assert key == crypto.xwing_public(nation.chains[2, 1].private(n))
    assert world.keys.slots(0, 2, 1, nation.edition.last + 1) == ()
    assert SegmentKeys(world.directory).slots(0, 2, 1, n) == ()
    assert world.keys.slots(9, 2, 1, n) == ()


def test_lists_that_no_publication_names_any_more_are_forgotten() -> None:
    world = make_coalition()
    nation, n = world.nation("XAA"), world.segment
    world.keys.drop_unnamed()
    assert len(world.keys.slots(0, 2, 0, n)) == len(world.keys.slots(1, 2, 0, n)) == 1
    later = Edition(2, n, nation.edition.last, 0)
    published(world, evolve(make_list(world.id, nation.chains[2, 0]), counter=2), later)
    place = SegmentId(0, 0, 1, 2, 0, n)
    assert world.keys.public_key(place) is not None
    world.keys.drop_unnamed()
    assert world.keys.public_key(place) is None
    assert len(world.keys.slots(1, 2, 0, n)) == 1, "another nation's stay"


def test_a_superseded_edition_gets_no_slot() -> None:
    world = make_coalition()
    nation, n = world.nation("XAA"), world.segment
    world.directory.apply_publication(
        world.republish("XAA", editions=(nation.edition, Edition(2, n + 1, n + 5, 1)))[0].data
    )
    assert len(world.keys.slots(0, 2, 0, n)) == 1
    assert world.keys.slots(0, 2, 0, n + 1) == ()  # the new edition's list is not here yet


def test_an_edition_is_found_by_counter() -> None:
    editions = (Edition(1, 0, 5, 0), Edition(2, 6, 9, 0))
    assert edition_of(editions, 2) == editions[1]
    assert edition_of(editions, 3) is None
