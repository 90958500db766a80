"""Publications and the parts of their directories: which count, and what unsigned parts cannot do."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.errors import AuthenticationError, DecodeError, LocalProtocolError, ReplayError, StateError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_ARRAY, MAX_EDITIONS, MAX_KEY_LISTS, MAX_KEYING_DEVICES, MAX_REVOCATIONS
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import sign
from protocol.trust.publication import (
    DirectoryPart,
    Edition,
    KeyList,
    Publication,
    Revocation,
    RevocationReason,
    directory_root,
    publication_hash,
    publish,
)
from tests.fakes.coalition import FakeCoalition, make_coalition
from tests.protocol.trust.documents import TWO, following, part_of

# ------------------------------------------------------------------------------------------------ publications


@pytest.mark.parametrize(
    "changes", [{"nation": 1}, {"custodian": 1}, {"coalition": bytes(16)}], ids=["nation", "seat", "coalition"]
)
def test_a_publication_names_its_own_seat(changes: dict[str, Any]) -> None:
    world = make_coalition()
    nation = world.nation("XAA")
    signer = nation.publication_document.signer

    def document(publication: Publication) -> bytes:
        return sign(Tag.PUBLICATION, signer, encode(publication), nation.custodian).data

    number_two = following(world)
    with pytest.raises(AuthenticationError):
        world.directory.apply_publication(document(evolve(number_two, **changes)))
    assert world.directory.publication(0, 0) == nation.publication
    assert world.directory.apply_publication(document(number_two)) == number_two


def test_a_publication_by_another_nations_custodian_is_refused() -> None:
    world = make_coalition()
    forged = publish(evolve(world.nation("XAA").publication, number=2), world.nation("XBB").custodian)
    with pytest.raises(AuthenticationError):
        world.directory.apply_publication(forged.data)


def test_the_newest_publication_counts_and_two_with_one_number_are_a_fork() -> None:
    world = make_coalition()
    nation = world.nation("XAA")
    second = following(world, issued=world.now + 1)
    document = publish(second, nation.custodian).data
    world.directory.apply_publication(document)
    assert world.directory.apply_publication(nation.publication_document.data) == nation.publication
    assert world.directory.publication(0, 0) == second
    # Signed again, it is the same; the hedged signature differs.
    again = publish(second, nation.custodian).data
    assert again != document
    assert world.directory.apply_publication(again) == second
    with pytest.raises(ReplayError):
        world.directory.apply_publication(publish(evolve(second, issued=world.now + 2), nation.custodian).data)
    assert world.directory.publication(0, 0) == second


def test_a_publication_follows_the_one_before_it() -> None:
    world = make_coalition()
    nation = world.nation("XAA")

    def publish_it(**changes: Any) -> Publication:
        return world.directory.apply_publication(publish(following(world, **changes), nation.custodian).data)

    for previous in (b"", bytes(32)):
        with pytest.raises(ReplayError):
            publish_it(previous=previous)
    assert publish_it().number == 2
    # Of one that is further on, what lies between is not here to compare.
    assert publish_it(number=9, previous=bytes(32)).number == 9


@pytest.mark.parametrize(
    "editions",
    [
        (Edition(1, 10, 21, 0), Edition(1, 22, 33, 0)),
        (Edition(1, 10, 9, 0),),
        (Edition(1, 10, 21, 0), Edition(2, 33, 22, 0)),
    ],
    ids=["one counter twice", "backwards", "the second backwards"],
)
def test_editions_that_make_no_sense_are_refused(editions: tuple[Edition, ...]) -> None:
    world = make_coalition()
    nation = world.nation("XAA")
    with pytest.raises(DecodeError):
        world.directory.apply_publication(publish(following(world, editions=editions), nation.custodian).data)
    assert world.directory.publication(0, 0) == nation.publication
    good = following(world, editions=(Edition(1, 10, 10, 0), Edition(2, 11, 33, 1)))
    assert world.directory.apply_publication(publish(good, nation.custodian).data) == good


REVOKED = (Revocation(bytes(16), 5, 0), Revocation(bytes(16), 5, 255), Revocation(b"\1" * 16, 0, 1))


@pytest.mark.parametrize(
    "changes",
    [
        {"revocations": REVOKED[::-1]},
        {"revocations": REVOKED[:1] * 2},
        {"revocations": (Revocation(bytes(16), 5, 256),)},
        {"revocations": (Revocation(bytes(16), 5, "lost"),)},  # type: ignore[arg-type]
        {"editions": (Edition(2, 22, 33, 0), Edition(1, 10, 21, 0))},
        {"editions": (Edition(1, 10, 21, 0),) * 2},
        {"lists": (KeyList(2, 0, 0, bytes(32)), KeyList(1, 0, 0, bytes(32)))},
        {"lists": (KeyList(1, 0, 0, bytes(32)),) * 2},
        {"lists": tuple(KeyList(1 + n, 0, 0, bytes(32)) for n in range(MAX_KEY_LISTS + 1))},
    ],
    ids=[
        "revocations descending",
        "one revocation twice",
        "a reason beyond a byte",
        "a reason in words",
        "editions descending",
        "one edition twice",
        "lists descending",
        "one list twice",
        "too many lists",
    ],
)
def test_what_a_publication_names_stands_once_and_in_order(changes: dict[str, Any]) -> None:
    publication = evolve(make_coalition().nation("XAA").publication, revocations=REVOKED)
    assert decode(Publication, encode(publication)) == publication
    with pytest.raises(LocalProtocolError):
        encode(evolve(publication, **changes))


def test_every_key_list_and_revocation_fit_one_publication() -> None:
    fullest = evolve(
        make_coalition().nation("XAA").publication,
        keying=tuple(bytes([n]) * 16 for n in range(MAX_KEYING_DEVICES)),
        revocations=tuple(Revocation(n.to_bytes(16, "big"), 2**40, 255) for n in range(MAX_REVOCATIONS)),
        editions=tuple(Edition(2**32 - 1 - n, 2**40, 2**40, 2**32 - 1) for n in reversed(range(MAX_EDITIONS))),
        lists=tuple(KeyList(2**32 - 1 - n, 15, 32, b"\xff" * 32) for n in reversed(range(MAX_KEY_LISTS))),
    )
    assert decode(Publication, encode(fullest)) == fullest


def test_a_reason_that_is_unknown_revokes_all_the_same() -> None:
    world = make_coalition()
    ann = world.device("XAA")
    world.directory.require_valid(ann.id, world.now)
    assert max(RevocationReason) < 200
    world.directory.apply_publication(world.republish("XAA", revocations=(Revocation(ann.id, world.now, 200),))[0].data)
    with pytest.raises(AuthenticationError):
        world.directory.require_valid(ann.id, world.now)


def test_editions_of_a_publication() -> None:
    publication = evolve(
        make_coalition().nation("XAA").publication,
        editions=(Edition(1, 10, 21, 0), Edition(2, 22, 33, 0), Edition(3, 15, 21, 1)),
    )
    by_segment = {n: [e.counter for e in publication.current_editions(n)] for n in (9, 10, 14, 15, 21, 22, 34)}
    assert by_segment == {9: [], 10: [1], 14: [1], 15: [3], 21: [3], 22: [2], 34: []}


def test_a_publication_names_key_lists_by_place() -> None:
    publication = make_coalition().nation("XAA").publication
    first = publication.lists[0]
    assert publication.list_hash(first.counter, first.level, first.category) == first.hash
    assert publication.list_hash(2, first.level, first.category) is None


def test_its_hash_is_of_the_document() -> None:
    nation = make_coalition().nation("XAA")
    assert publication_hash(nation.publication_document.data) != publication_hash(nation.publication_document.body)


# ------------------------------------------------------------------------------------------------ directory parts


def big_directory(count: int) -> tuple[FakeCoalition, tuple[bytes, ...]]:
    """A coalition whose first nation publishes a directory of so many certificates, one of them real."""
    world = make_coalition()
    nation = world.nation("XAA")
    hashes = (world.device("XAA").hash, *(index.to_bytes(32, "big") for index in range(1, count)))
    publication = following(world, directory=directory_root(hashes), devices=count)
    world.directory.apply_publication(publish(publication, nation.custodian).data)
    return world, hashes


def complete(world: FakeCoalition) -> bool:
    return world.directory.listing_complete(0, 0)


def test_a_directory_of_several_parts_counts_when_all_are_here() -> None:
    world, hashes = big_directory(MAX_ARRAY + 3)
    world.directory.apply_directory_part(part_of(world, 2, hashes[MAX_ARRAY:], part=1))
    assert not complete(world)
    world.directory.require_valid(world.device("XAA").id, world.now)  # by the directory before
    world.directory.apply_directory_part(part_of(world, 2, hashes[:MAX_ARRAY]))
    assert complete(world)
    world.directory.require_valid(world.device("XAA").id, world.now)


def test_a_part_may_come_before_its_publication() -> None:
    world = make_coalition()
    document, part = world.republish("XAA", issued=world.now + 1)
    world.directory.apply_directory_part(part)
    world.directory.apply_publication(document.data)
    assert complete(world)


def test_invented_parts_neither_hold_up_nor_replace_a_directory() -> None:
    world, hashes = big_directory(2)
    invented = (bytes(32), bytes([1]) * 32)
    for number, where in ((2, 0), (2, 1), (2, 63), (3, 0), (1, 0), (9, 0)):
        world.directory.apply_directory_part(part_of(world, number, invented, part=where))
    assert not complete(world)
    world.directory.apply_directory_part(part_of(world, 2, hashes))
    assert complete(world)
    good = world.directory.chain(world.device("XAA").id)
    world.directory.apply_directory_part(part_of(world, 2, invented))
    assert complete(world)
    assert world.directory.chain(world.device("XAA").id) == good
    world.directory.require_valid(world.device("XAA").id, world.now)


def test_a_part_that_does_not_give_the_root_lists_nobody() -> None:
    world = make_coalition(clearances=TWO)
    ann, ben = world.nation("XAA").devices
    document, part = world.republish("XAA", devices=[ann])
    world.directory.apply_publication(document.data)
    world.directory.apply_directory_part(part_of(world, 2, (ben.hash,)))
    assert not complete(world)
    world.directory.apply_directory_part(part)
    assert complete(world)
    with pytest.raises(AuthenticationError):
        world.directory.require_valid(ben.id, world.now)


def test_parts_of_another_coalition_are_refused() -> None:
    world = make_coalition()
    part = decode(DirectoryPart, world.nation("XAA").directory_part)
    assert world.directory.apply_directory_part(encode(part)) == part
    with pytest.raises(StateError):
        world.directory.apply_directory_part(encode(evolve(part, coalition=bytes(16))))
