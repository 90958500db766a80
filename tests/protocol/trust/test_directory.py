"""The trusted set: which documents count, in whatever order they come, and who is valid when."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.base.errors import AuthenticationError, RemoteProtocolError, ReplayError, StateError
from protocol.base.limits import CLOCK_SKEW
from protocol.base.records import evolve
from protocol.base.signed import SigningKey
from protocol.trust.charter import root_id
from protocol.trust.credential import (
    CertificateRequest,
    certificate_hash,
    check_certificate,
    issue_certificate,
    issue_custodian,
    make_request,
)
from protocol.trust.directory import KEPT
from protocol.trust.publication import Revocation, directory_root, publish
from tests.fakes.coalition import FakeCoalition, make_coalition
from tests.fakes.nation import DAY
from tests.protocol.trust.documents import TWO, apply, following, part_of, relist, renewed

# ------------------------------------------------------------------------------------------------ who is valid


def test_a_listed_current_device_is_valid() -> None:
    world = make_coalition()
    for device in (nation.devices[0] for nation in world.nations):
        standing = world.directory.standing(device.id, world.now + 60)
        assert standing is not None
        assert standing.valid
        assert standing.stale == 60
        assert world.directory.require_valid(device.id, world.now) == standing.certified
        assert standing.certified.certificate == device.certificate


def test_an_unknown_device_is_not() -> None:
    world = make_coalition()
    assert world.directory.standing(bytes(16), world.now) is None
    with pytest.raises(AuthenticationError):
        world.directory.require_valid(bytes(16), world.now)


def test_a_certificate_waits_until_a_directory_lists_it() -> None:
    world = make_coalition()
    nation, ann = world.nation("XAA"), world.device("XAA")
    directory = world.new_directory()
    directory.apply_custodian(nation.custodian_document.data)
    directory.apply_certificate(ann.document.data)

    def standing() -> tuple[bool, bool]:
        found = directory.standing(ann.id, world.now)
        assert found is not None
        return (found.valid, directory.listing_complete(0, 0))

    assert standing() == (False, False)
    directory.apply_publication(nation.publication_document.data)
    assert standing() == (False, False)
    with pytest.raises(AuthenticationError):
        directory.require_valid(ann.id, world.now)
    directory.apply_directory_part(nation.directory_part)
    assert standing() == (True, True)


def test_a_directory_is_whole_when_each_certificate_that_it_lists_is_here() -> None:
    world = make_coalition()
    nation, ann = world.nation("XAA"), world.device("XAA")
    directory = world.new_directory()
    assert not directory.whole(0, 0)
    for apply_one, data in (
        (directory.apply_custodian, nation.custodian_document.data),
        (directory.apply_publication, nation.publication_document.data),
        (directory.apply_directory_part, nation.directory_part),
    ):
        apply_one(data)
        assert not directory.whole(0, 0)
    assert directory.listing_complete(0, 0)
    others = [device.document.data for device in nation.devices if device is not ann]
    for data in (*others, ann.document.data):
        assert not directory.whole(0, 0)
        directory.apply_certificate(data)
    assert directory.whole(0, 0)


def test_validity_ends_with_the_certificate_the_publication_and_the_custodian() -> None:
    world = make_coalition()
    ann, nation = world.device("XAA"), world.nation("XAA")

    def valid(now: int) -> bool:
        standing = world.directory.standing(ann.id, now)
        assert standing is not None
        return standing.valid

    end = nation.publication.not_after + CLOCK_SKEW
    assert (valid(end), valid(end + 1)) == (True, False)
    relist(world, [ann.document.data], not_after=world.now + 400 * DAY)
    end = ann.certificate.not_after + CLOCK_SKEW
    assert (valid(end), valid(end + 1)) == (True, False)
    longer = renewed(world, ann, not_before=world.now, not_after=world.now + 300 * DAY)
    apply(world.directory, longer)
    relist(world, [longer], not_after=world.now + 400 * DAY)
    end = nation.custodian_certificate.not_after + CLOCK_SKEW
    assert (valid(end), valid(end + 1)) == (True, False)


def test_a_revocation_counts_at_once_and_the_new_directory_when_it_is_whole() -> None:
    world = make_coalition(clearances=TWO)
    ann, ben = world.nation("XAA").devices
    document, part = world.republish("XAA", revocations=(Revocation(ben.id, world.now, 1),), devices=[ann])
    world.directory.apply_publication(document.data)
    standing = world.directory.standing(ben.id, world.now)
    assert standing is not None
    assert standing.revoked == Revocation(ben.id, world.now, 1)
    assert standing.listed
    assert not standing.valid
    world.directory.require_valid(ann.id, world.now)
    world.directory.apply_directory_part(part)
    standing = world.directory.standing(ben.id, world.now)
    assert standing is not None
    assert not standing.listed
    world.directory.require_valid(ann.id, world.now)


def test_a_device_left_out_of_the_newest_directory_is_not_valid() -> None:
    world = make_coalition(clearances=TWO)
    ann, ben = world.nation("XAA").devices
    for data in (world.republish("XAA", devices=[ann])[0].data, world.republish("XAA", devices=[ann])[1]):
        apply(world.directory, data)
    world.directory.require_valid(ann.id, world.now)
    with pytest.raises(AuthenticationError):
        world.directory.require_valid(ben.id, world.now)


def test_a_nation_may_have_no_device() -> None:
    world = make_coalition()
    world.directory.apply_publication(world.republish("XAA", devices=[])[0].data)
    assert world.directory.listing_complete(0, 0)
    with pytest.raises(AuthenticationError):
        world.directory.require_valid(world.device("XAA").id, world.now)


# ------------------------------------------------------------------------------------------------ any order


@settings(max_examples=60)
@given(st.data())
def test_documents_apply_in_any_order(data: st.DataObject) -> None:
    world = make_coalition(clearances=TWO)
    ann, ben = world.nation("XAA").devices
    later = world.republish("XAA", devices=[ann], revocations=(Revocation(ben.id, world.now, 0),))
    waiting = data.draw(st.permutations([*world.documents(), later[0].data, later[1]]))
    directory = world.new_directory()
    while waiting:
        left = []
        for document in waiting:
            try:
                apply(directory, document)
            except (AuthenticationError, StateError):  # its custodian is not known yet: delivered again later
                left.append(document)
        assert len(left) < len(waiting)
        waiting = left
    # A part that came before its publication's predecessor may have been passed over: it is asked for again.
    directory.apply_directory_part(later[1])
    expected = world.full_directory()
    apply(expected, later[0].data)
    apply(expected, later[1])
    for device in (*world.nation("XAA").devices, world.device("XBB"), world.device("XCC")):
        assert directory.standing(device.id, world.now) == expected.standing(device.id, world.now)
    assert directory.devices() == expected.devices()
    assert [directory.publication(nation, 0) for nation in range(3)] == [
        expected.publication(nation, 0) for nation in range(3)
    ]


def test_applying_twice_changes_nothing() -> None:
    world = make_coalition()
    before = world.directory.devices()
    for document in world.documents() * 2:
        apply(world.directory, document)
    assert world.directory.devices() == before
    world.directory.require_valid(world.device("XAA").id, world.now)


# ------------------------------------------------------------------------------------------------ custodians


def recertified(world: FakeCoalition, key: SigningKey | None = None, **changes: Any) -> bytes:
    """Another certificate of XAA's seat, by its root, perhaps for another key."""
    nation = world.nation("XAA")
    public = (key or nation.custodian).public()
    seat = evolve(nation.custodian_certificate, key=public.ed25519, mldsa=public.mldsa, **changes)
    return issue_custodian(seat, nation.root, root_id(world.coalition.charter_hash, 0)).data


def test_the_newer_certificate_of_a_seat_counts_and_an_older_changes_nothing() -> None:
    world = make_coalition()
    nation, ann = world.nation("XAA"), world.device("XAA")
    newer = world.directory.apply_custodian(recertified(world, not_before=world.now))
    assert newer.not_before == world.now
    assert world.directory.custodian(0, 0) == newer
    world.directory.apply_custodian(nation.custodian_document.data)
    assert world.directory.custodian(0, 0) == newer
    # What it published stands, and it goes on from there.
    assert world.directory.publication(0, 0) == nation.publication
    world.directory.require_valid(ann.id, world.now)
    with pytest.raises(ReplayError):
        world.directory.apply_publication(publish(following(world, previous=b""), nation.custodian).data)
    relist(world, [ann.document.data])
    world.directory.require_valid(ann.id, world.now)


def test_two_certificates_of_one_seat_and_time_are_a_fork() -> None:
    world = make_coalition()
    seat = world.directory.custodian(0, 0)
    assert world.directory.apply_custodian(recertified(world)) == seat  # signed again, it is the same
    with pytest.raises(ReplayError):
        world.directory.apply_custodian(recertified(world, world.nation("XBB").custodian))
    assert world.directory.custodian(0, 0) == seat


def test_a_seat_with_a_new_key_begins_anew_whatever_a_thief_of_the_old_one_published() -> None:
    world = make_coalition()
    nation, ann, fresh = world.nation("XAA"), world.device("XAA"), SigningKey(b"f" * 32, b"g" * 32)
    last = evolve(nation.publication, number=2**32 - 1, devices=0, directory=directory_root([]))
    world.directory.apply_publication(publish(last, nation.custodian).data)
    world.directory.apply_custodian(recertified(world, fresh, not_before=world.now))
    assert world.directory.publication(0, 0) == last
    with pytest.raises(AuthenticationError):
        world.directory.apply_publication(nation.publication_document.data)

    renewal = issue_certificate(ann.certificate, fresh).data
    hashes = (certificate_hash(renewal),)
    first = evolve(nation.publication, directory=directory_root(hashes))
    world.directory.apply_publication(publish(first, fresh).data)
    world.directory.apply_certificate(renewal)
    assert not world.directory.listing_complete(0, 0)
    world.directory.apply_directory_part(part_of(world, 1, hashes))
    assert world.directory.publication(0, 0) == first
    assert world.directory.require_valid(ann.id, world.now).document.data == renewal
    with pytest.raises(ReplayError):
        world.directory.apply_publication(publish(evolve(first, issued=0), fresh).data)


def test_custodians_are_found_by_seat_and_by_id() -> None:
    world = make_coalition()
    seat = world.nation("XBB").custodian_certificate
    assert world.directory.custodian(1, 0) == seat
    assert world.directory.custodian(1, 1) is None
    assert world.directory.custodian_by_id(world.nation("XBB").publication_document.signer) == seat
    assert world.directory.custodian_by_id(bytes(16)) is None
    assert world.directory.publication(1, 1) is None
    assert not world.directory.listing_complete(1, 1)


def test_documents_of_an_unknown_custodian_are_refused() -> None:
    world = make_coalition()
    nation, empty = world.nation("XAA"), world.new_directory()
    for document, error in (
        (nation.publication_document.data, AuthenticationError),
        (world.device("XAA").document.data, AuthenticationError),
        (nation.directory_part, StateError),
    ):
        with pytest.raises(error):
            apply(empty, document)
    apply(empty, nation.custodian_document.data)
    for document in (nation.publication_document.data, world.device("XAA").document.data, nation.directory_part):
        apply(empty, document)


def test_an_alternate_custodian_adds_his_own_publication() -> None:
    world = make_coalition()
    nation = world.nation("XAA")
    seat = evolve(nation.custodian_certificate, index=1, key=world.nation("XBB").custodian.public().ed25519)
    seat = evolve(seat, mldsa=world.nation("XBB").custodian.public().mldsa)
    signer = root_id(world.coalition.charter_hash, 0)
    world.directory.apply_custodian(issue_custodian(seat, nation.root, signer).data)
    assert world.directory.publications(0) == (nation.publication,)
    ben = world.device("XBB").id
    second = evolve(nation.publication, custodian=1, revocations=(Revocation(world.device("XAA").id, world.now, 0),))
    world.directory.apply_publication(publish(second, world.nation("XBB").custodian).data)
    assert world.directory.publications(0) == (nation.publication, second)
    # Any custodian of a nation revokes its devices, and no other nation's.
    with pytest.raises(AuthenticationError):
        world.directory.require_valid(world.device("XAA").id, world.now)
    world.directory.require_valid(ben, world.now)


# ------------------------------------------------------------------------------------------------ certificates


def test_a_renewal_waits_for_its_directory_and_then_replaces() -> None:
    world = make_coalition()
    ann = world.device("XAA")
    old, new = ann.document.data, renewed(world, ann, not_before=world.now, name="Maj Ann Omega")
    world.directory.apply_certificate(new)
    assert world.directory.require_valid(ann.id, world.now).document.data == old
    relist(world, [new])
    assert world.directory.require_valid(ann.id, world.now).document.data == new
    world.directory.apply_certificate(old)
    assert world.directory.require_valid(ann.id, world.now).document.data == new
    assert [c.document.data for c in world.directory.devices(0)] == [new]


def test_a_renewal_listed_ahead_does_not_end_the_one_in_force() -> None:
    world = make_coalition()
    ann = world.device("XAA")
    new = renewed(world, ann, not_before=world.now + DAY)
    world.directory.apply_certificate(new)
    relist(world, [ann.document.data, new])
    assert world.directory.require_valid(ann.id, world.now).document.data == ann.document.data
    assert world.directory.require_valid(ann.id, world.now + DAY).document.data == new


def test_certificates_that_nobody_lists_do_not_push_out_the_listed_one() -> None:
    world = make_coalition()
    ann = world.device("XAA")
    for later in range(2 * KEPT):
        world.directory.apply_certificate(renewed(world, ann, not_before=world.now + later))
    assert world.directory.require_valid(ann.id, world.now).document == ann.document


def test_one_device_key_one_person_for_ever() -> None:
    world = make_coalition()
    ann = world.device("XAA")
    with pytest.raises(ReplayError):
        world.directory.apply_certificate(renewed(world, ann, person=bytes(16), not_before=world.now))
    world.directory.apply_certificate(renewed(world, ann, number=2, not_before=world.now))


def test_one_device_key_one_nation_even_if_it_asked_two() -> None:
    world = make_coalition()
    ann, other = world.device("XAA"), world.nation("XBB")
    fields = world.id, 1, ann.certificate.key, ann.certificate.mldsa_hash, ann.certificate.bundle_hash
    twice = evolve(ann.certificate, nation=1, request=make_request(CertificateRequest(*fields), ann.key).signature)
    document = issue_certificate(twice, other.custodian).data
    check_certificate(other.custodian_certificate, document)  # by itself it holds
    with pytest.raises(ReplayError):
        world.directory.apply_certificate(document)
    assert [c.device for c in world.directory.devices(1)] == [world.device("XBB").id]


def test_devices_are_listed_by_nation_and_id() -> None:
    world = make_coalition(clearances=TWO)
    ids = [certified.device for certified in world.directory.devices()]
    assert ids == sorted(ids)
    assert len(ids) == 4
    assert {certified.device for certified in world.directory.devices(0)} == {d.id for d in world.nation("XAA").devices}


# ------------------------------------------------------------------------------------------------ chains


@pytest.mark.parametrize("code", ["XAA", "XBB", "XCC"])
def test_a_chain_proves_a_device_to_one_who_knows_the_charter_only(code: str) -> None:
    world = make_coalition()
    device, stranger = world.device(code), world.new_directory()
    chain = world.directory.chain(device.id)
    for document in chain:
        assert stranger.standing(device.id, world.now) is None
        apply(stranger, document)
    assert stranger.require_valid(device.id, world.now).certificate == device.certificate


def test_a_chain_without_any_one_document_proves_nothing() -> None:
    world = make_coalition()
    device = world.device("XAA")
    chain = world.directory.chain(device.id)
    assert len(chain) == 4
    for left_out in range(4):
        stranger = world.new_directory()
        for document in (one for index, one in enumerate(chain) if index != left_out):
            try:
                apply(stranger, document)
            except RemoteProtocolError:
                continue
        with pytest.raises(AuthenticationError):
            stranger.require_valid(device.id, world.now)


def test_a_chain_before_the_first_publication_is_what_there_is() -> None:
    world = make_coalition()
    nation, directory = world.nation("XAA"), world.new_directory()
    directory.apply_custodian(nation.custodian_document.data)
    directory.apply_certificate(world.device("XAA").document.data)
    assert directory.chain(world.device("XAA").id) == (
        nation.custodian_document.data,
        world.device("XAA").document.data,
    )
