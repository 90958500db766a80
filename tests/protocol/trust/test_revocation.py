"""Revocations by themselves: who may make one, when it counts, and what all readers make of several."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from protocol.base.errors import AuthenticationError, DecodeError, RemoteProtocolError, StateError
from protocol.base.limits import MAX_FEEDS_PER_DEVICE, MAX_RECORD
from protocol.base.records import encode, evolve
from protocol.trust.directory import Directory
from protocol.trust.publication import Edition, Publication, Revocation, RevocationReason, publish, unsuperseded
from protocol.trust.revocation import DeviceRevocation, LastGood, check_revocation, sign_revocation
from tests.fakes.coalition import make_coalition
from tests.protocol.trust.documents import following

WORLD = make_coalition()
XAA, ANN, BO = WORLD.nation("XAA"), WORLD.device("XAA"), WORLD.device("XBB")
FEEDS = [bytes([number]) * 16 for number in range(3)]
ENTRY = bytes(range(32))
ACT = DeviceRevocation(
    WORLD.id, 0, 0, ANN.id, WORLD.now, int(RevocationReason.LOST), (LastGood(FEEDS[0], 4, ENTRY), LastGood(FEEDS[1], 9, ENTRY))
)  # fmt: skip


def act(**changes: Any) -> bytes:
    return sign_revocation(evolve(ACT, **changes), XAA.custodian).data


def revoked(directory: Directory, now: int = WORLD.now) -> Revocation | None:
    standing = directory.standing(ANN.id, now)
    assert standing is not None
    assert standing.valid is (standing.revoked is None)
    return standing.revoked


def test_it_counts_as_soon_as_it_is_verified() -> None:
    directory = WORLD.full_directory()
    assert directory.last_good(ANN.id) is None
    assert revoked(directory) is None
    assert directory.apply_revocation(act()) == ACT
    assert revoked(directory) == Revocation(ANN.id, WORLD.now, int(RevocationReason.LOST))
    assert directory.last_good(ANN.id) == {FEEDS[0]: (4, ENTRY), FEEDS[1]: (9, ENTRY)}
    assert directory.last_good(BO.id) is None
    with pytest.raises(AuthenticationError):
        directory.require_valid(ANN.id, WORLD.now)
    assert directory.require_valid(BO.id, WORLD.now).device == BO.id


def test_a_publication_that_does_not_list_it_yet_takes_nothing_back() -> None:
    directory = WORLD.full_directory()
    directory.apply_revocation(act())
    later = publish(following(WORLD), XAA.custodian)
    directory.apply_publication(later.data)
    assert revoked(directory) is not None


def test_a_publication_alone_says_nothing_of_feeds() -> None:
    directory = WORLD.full_directory()
    listed = (Revocation(ANN.id, WORLD.now, int(RevocationReason.LEFT)),)
    directory.apply_publication(publish(following(WORLD, revocations=listed), XAA.custodian).data)
    assert revoked(directory) == listed[0]
    assert directory.last_good(ANN.id) is None


def test_no_other_nation_revokes_a_device() -> None:
    directory = WORLD.full_directory()
    custodian = WORLD.nation("XBB").custodian
    for bad in (
        sign_revocation(evolve(ACT, nation=1), custodian),  # in its own name, of a device that is not its own
        sign_revocation(ACT, custodian),
        sign_revocation(ACT, ANN.key),
        sign_revocation(evolve(ACT, custodian=1), XAA.custodian),
        sign_revocation(evolve(ACT, coalition=bytes(16)), XAA.custodian),
    ):
        with pytest.raises(AuthenticationError):
            directory.apply_revocation(bad.data)
    assert revoked(directory) is None
    with pytest.raises(AuthenticationError):
        check_revocation(WORLD.nation("XBB").custodian_certificate, act())


def test_of_an_unknown_device_it_cannot_be_judged() -> None:
    directory = WORLD.new_directory()
    directory.apply_custodian(XAA.custodian_document.data)
    with pytest.raises(StateError):
        directory.apply_revocation(act())
    directory.apply_certificate(ANN.document.data)
    assert directory.apply_revocation(act()) == ACT


def test_of_several_all_choose_the_earliest_in_whatever_order_they_come() -> None:
    documents = [act(), act(at=WORLD.now + 60, good=()), act(at=WORLD.now + 60), act(good=())]
    outcomes = set()
    for order in permutations(documents):
        directory = WORLD.full_directory()
        for document in order:
            directory.apply_revocation(document)
        found = directory.last_good(ANN.id)
        assert found is not None
        outcomes.add(tuple(sorted(found.items())))
        standing = revoked(directory)
        assert standing is not None
        assert standing.at == WORLD.now
    assert len(outcomes) == 1


def test_of_a_feed_named_twice_the_lower_number_holds() -> None:
    twice = evolve(ACT, good=(LastGood(FEEDS[0], 4, ENTRY), LastGood(FEEDS[0], 9, ENTRY)))
    assert twice.last_good == {FEEDS[0]: (4, ENTRY)}


def test_it_names_every_feed_that_a_device_may_have_and_no_more() -> None:
    every = tuple(LastGood(number.to_bytes(16, "big"), 2**48, ENTRY) for number in range(MAX_FEEDS_PER_DEVICE))
    assert len(act(good=every)) < MAX_RECORD
    with pytest.raises(RemoteProtocolError):
        WORLD.full_directory().apply_revocation(sign_revocation(evolve(ACT, good=()), XAA.custodian).data[:-1])
    with pytest.raises(Exception, match="good"):
        encode(evolve(ACT, good=(*every, LastGood(b"\xff" * 16, 1, ENTRY))))


# ------------------------------------------------------------------------------------------------ superseded editions


def published(*editions: Edition) -> Publication:
    return evolve(XAA.publication, editions=editions)


def test_an_edition_is_superseded_from_its_successors_first_segment_on() -> None:
    first, new, next_one = Edition(1, 10, 21, 0), Edition(4, 14, 21, 1), Edition(2, 22, 33, 0)
    publication = published(first, next_one, new)
    assert unsuperseded(publication.editions) == (next_one, new)
    assert publication.current_editions(13) == (first,)
    assert publication.current_editions(14) == (new,)
    assert publication.current_editions(22) == (next_one,)
    assert [publication.superseded_at(1, segment) for segment in (13, 14, 30)] == [False, True, True]
    assert not publication.superseded_at(2, 30)


def test_no_edition_supersedes_itself_or_a_later_one() -> None:
    directory = WORLD.full_directory()
    for supersedes in (1, 2):
        bad = following(WORLD, editions=(evolve(XAA.edition, supersedes=supersedes),))
        with pytest.raises(DecodeError):
            directory.apply_publication(publish(bad, XAA.custodian).data)
