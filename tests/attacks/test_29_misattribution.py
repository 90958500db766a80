"""Attack 29 (unknown key share, misattribution): what is one nation's, device's, label's or coalition's is no other's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.errors import AuthenticationError, RemoteProtocolError
from protocol.base.ids import Domain, Tag
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import SigningKey
from protocol.keys.edition import SegmentKeys, SegmentList, list_hash
from protocol.keys.envelope import Envelope, envelope_id, open_slot, own_slots, read_envelope
from protocol.keys.otar import check_prekey, open_otar, seal_otar
from protocol.messages.feed import Accepted, Chain, Waiting, check_feed, sign_feed
from protocol.trust.channel import check_revision
from protocol.trust.charter import check_signature
from protocol.trust.credential import CertificateRequest, check_certificate, issue_certificate, make_request
from protocol.trust.publication import KeyList, publication_hash, publish
from tests.fakes.coalition import FakeCoalition, make_coalition
from tests.fakes.nation import FakeDevice

WORLD = make_coalition()
XAA, XBB, _ = WORLD.nations
ANN, BO, CY = (nation.devices[0] for nation in WORLD.nations)
OPS = WORLD.channel(ANN)
SEALED = WORLD.envelope(ANN, "secret rel xaa, xbb", OPS)


def opened(envelope: Envelope, reader: FakeDevice, *, world: FakeCoalition = WORLD) -> bytes | None:
    """The TEK, by the reader's own slot."""
    try:
        return world.open_envelope(reader, envelope)
    except AuthenticationError:
        return None


# ------------------------------------------------------------------------------------------------ segment keys


def with_stolen_list() -> tuple[FakeCoalition, SegmentKeys]:
    """XBB publishes XAA's public keys of SECRET as its own."""
    world = make_coalition()
    stolen = next(
        listed
        for listed in (decode(SegmentList, data) for data in world.nation("XAA").lists)
        if (listed.level, listed.category) == (2, 0)
    )
    claimed = evolve(stolen, nation=1)
    nation = world.nation("XBB")
    named = KeyList(1, 2, 0, list_hash(encode(claimed)))
    lists = tuple(named if (one.level, one.category) == (2, 0) else one for one in nation.publication.lists)
    before = publication_hash(nation.publication_document.data)
    second = evolve(nation.publication, number=2, previous=before, lists=lists)
    world.directory.apply_publication(publish(second, nation.custodian).data)
    keys = SegmentKeys(world.directory)
    for data in (*world.nation("XAA").lists, encode(claimed)):
        keys.apply(data)
    world.keys = keys
    return world, keys


def test_a_nation_that_publishes_anothers_keys_as_its_own_opens_nothing_more() -> None:
    world, keys = with_stolen_list()
    ((_, of_xaa),), ((_, of_xbb),) = (keys.slots(nation, 2, 0, world.segment) for nation in (0, 1))
    assert of_xaa == of_xbb
    ann, bo = world.device("XAA"), world.device("XBB")
    sealed = world.envelope(ann, "secret rel xaa, xbb", world.channel(ann))
    assert opened(sealed.envelope, ann, world=world) == sealed.tek  # it blocks nobody
    assert opened(sealed.envelope, bo, world=world) is None
    # XAA's wrap under XBB's slot, and the other way round, though the key pair is one and the same:
    chain = ann.chain(2, 0)
    assert chain is not None
    swapped = resealed(sealed.envelope, wraps=sealed.envelope.wraps[::-1], by=ann)
    for index in (0, 1):
        with pytest.raises(AuthenticationError):
            open_slot(swapped, index, chain.private(world.segment))
        assert open_slot(sealed.envelope, index, chain.private(world.segment)) == sealed.tek


def test_nor_can_it_give_its_devices_seeds_for_them() -> None:
    world, keys = with_stolen_list()
    bo, nation = world.device("XBB"), world.nation("XBB")
    header = evolve(
        bo.delivery.header, compartments=tuple(c for c in bo.delivery.header.compartments if c.level == 2)[:1]
    )

    def rekey(seed: bytes, known: SegmentKeys) -> object:
        otar = seal_otar(custodian=nation.custodian, header=header, prekey=bo.statement.key, seeds=(seed,))
        return open_otar(
            otar.data,
            certificate=bo.certificate,
            certificate_hash=bo.hash,
            custodian=nation.custodian_certificate,
            prekey_seed=bo.prekey,
            prekey_counter=1,
            edition=nation.edition,
            keys=known,
        )

    for seed in (bytes(nation.chains[2, 0].seed), bytes(world.nation("XAA").chains[2, 0].seed)):
        with pytest.raises(AuthenticationError):
            rekey(seed, keys)
    rekey(bytes(nation.chains[2, 0].seed), WORLD.keys)


# ------------------------------------------------------------------------------------------------ device keys


def test_a_nation_cannot_certify_anothers_device_key() -> None:
    """Ann's request says XAA: her signature of it is in her certificate for all to copy."""
    world = make_coalition()
    certificate = evolve(ANN.certificate, nation=1, name="Capt Bo Bravo", person=BO.certificate.person)
    for request in (ANN.certificate.request, BO.certificate.request, bytes(64)):
        document = issue_certificate(evolve(certificate, request=request), XBB.custodian)
        with pytest.raises(AuthenticationError):
            world.directory.apply_certificate(document.data)
    assert [c.device for c in world.directory.devices(1)] == [BO.id]

    # Control: a new device that asked XBB itself.
    key = crypto.ed25519_public(b"n" * 32)
    asked = CertificateRequest(WORLD.id, 1, key, bytes(32), bytes(32))
    own = evolve(certificate, key=key, mldsa_hash=bytes(32), bundle_hash=bytes(32))
    request = make_request(asked, SigningKey(b"n" * 32)).signature
    world.directory.apply_certificate(issue_certificate(evolve(own, request=request), XBB.custodian).data)
    assert len(world.directory.devices(1)) == 2


def test_nor_its_own_devices_key_under_another_nations_name() -> None:
    document = issue_certificate(evolve(BO.certificate, nation=0), XBB.custodian)
    with pytest.raises(AuthenticationError):
        make_coalition().directory.apply_certificate(document.data)


# ------------------------------------------------------------------------------------------------ wraps


def resealed(envelope: Envelope, *, wraps: tuple[bytes, ...] = (), by: FakeDevice = CY, **changes: Any) -> Envelope:
    """The same wraps and commitment in another context, or other wraps in the same, signed by a device."""
    ctx = encode(evolve(envelope.context, **changes))
    wraps = wraps or envelope.wraps
    eid = envelope_id(ctx, envelope.commitment, wraps)
    signature = crypto.ed25519_sign(by.key.ed25519, Domain.ENVELOPE, eid)
    made = read_envelope(pack((int(Tag.ENVELOPE), ctx, envelope.commitment, wraps, signature)))
    made.verify(by.certificate.key)
    return made


def test_a_wrap_opens_where_it_was_made_for() -> None:
    for reader in (ANN, BO):
        assert opened(resealed(SEALED.envelope), reader) == SEALED.tek


RELEASE = SEALED.release


@pytest.mark.parametrize(
    "changes",
    [
        {"release": evolve(RELEASE, releasable=(0, 1, 2))},
        {"release": evolve(RELEASE, policy=bytes(32))},
        {"channel": WORLD.channel(ANN).id},
        {"revision": bytes(32)},
        {"nation": 1},
        {"device": BO.id},
        {"charter": bytes(32)},
        {"coalition": bytes(16)},
        {"not_after": SEALED.envelope.context.not_after + 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_wrap_moved_to_another_context_does_not_open(changes: dict[str, Any]) -> None:
    """None of these changes the key pair that the slot is wrapped to: only what is bound refuses."""
    moved = resealed(SEALED.envelope, **changes)
    for reader in (ANN, BO):
        ((index, slot),) = own_slots(moved, reader.nation)
        assert moved.context.slot_segment(slot) == SEALED.envelope.context.slot_segment(slot)
        chain = reader.chain(2, 0)
        assert chain is not None
        with pytest.raises(AuthenticationError):
            open_slot(moved, index, chain.private(WORLD.segment))


def test_a_wrap_moved_to_another_level_or_nation_does_not_open() -> None:
    lower = resealed(SEALED.envelope, release=evolve(RELEASE, level=1))
    swapped = resealed(SEALED.envelope, wraps=SEALED.envelope.wraps[::-1])
    for moved in (lower, swapped):
        for reader in (ANN, BO):
            assert opened(moved, reader) is None
            for chain in reader.delivery.chains:
                with pytest.raises(AuthenticationError):
                    open_slot(moved, own_slots(moved, reader.nation)[0][0], chain.private(WORLD.segment))


def test_a_wrap_moved_to_another_envelope_of_the_same_context_does_not_open() -> None:
    """Two envelopes that differ in nothing but their keys: the commitment tells them apart."""
    other = WORLD.envelope(ANN, RELEASE, OPS)
    assert other.envelope.ctx == SEALED.envelope.ctx
    mixed = resealed(SEALED.envelope, wraps=(SEALED.envelope.wraps[0], other.envelope.wraps[1]))
    assert opened(mixed, ANN) == SEALED.tek
    assert opened(mixed, BO) is None


# ------------------------------------------------------------------------------------------------ feeds


def test_an_entry_signed_under_anothers_feed_is_not_that_ones() -> None:
    feed = WORLD.feed(ANN, OPS, RELEASE)
    own = WORLD.envelope(BO, RELEASE, OPS)
    forged = WORLD.entry(BO, feed, own, "from Ann, surely")
    forged.verify(BO.certificate.key)
    chain = Chain(ANN.certificate.key)
    assert chain.offer(forged) == Waiting(0)
    real = WORLD.entry(ANN, feed, SEALED, "from Ann")
    assert chain.offer(real) == Accepted((real,))


def test_a_feed_record_names_its_own_device_and_person_only() -> None:
    bos = WORLD.feed(BO, OPS, RELEASE).record
    check_feed(BO.certificate, sign_feed(bos, BO.key).data)
    for changes in ({"device": ANN.id}, {"person": ANN.certificate.person}):
        for certificate in (ANN.certificate, BO.certificate):
            with pytest.raises(AuthenticationError):
                check_feed(certificate, sign_feed(evolve(bos, **changes), BO.key).data)


# ------------------------------------------------------------------------------------------------ coalitions

TWIN = make_coalition(segment=10_800)
"""Another charter of the same nations, roots, custodians and device keys."""


def doors(world: FakeCoalition) -> dict[str, Callable[[FakeCoalition], object]]:
    """What a member of `world` does with each kind of document of a coalition."""
    nation, ann = world.nation("XAA"), world.device("XAA")
    return {
        "charter signature": lambda other: check_signature(world.charter, other.signatures[0]),
        "custodian": lambda other: world.new_directory().apply_custodian(other.nation("XAA").custodian_document.data),
        "certificate": lambda other: check_certificate(nation.custodian_certificate, other.device("XAA").document.data),
        "publication": lambda other: world.full_directory().apply_publication(
            other.nation("XAA").publication_document.data
        ),
        "directory part": lambda other: world.full_directory().apply_directory_part(other.nation("XAA").directory_part),
        "segment list": lambda other: SegmentKeys(world.directory).apply(other.nation("XAA").lists[0]),
        "prekey": lambda other: check_prekey(ann.certificate, other.device("XAA").statement_document.data),
        "revision": lambda other: check_revision(
            world.id,
            other.channel(other.device("XAA")).document.data,
            world.directory.require_valid(ann.id, world.now),
            None,
        ),
        "feed": lambda other: check_feed(
            ann.certificate,
            other.feed(other.device("XAA"), other.channel(other.device("XAA")), "secret").document.data,
        ),
        "otar": lambda other: open_otar(
            other.device("XAA").otar.data,
            certificate=ann.certificate,
            certificate_hash=ann.hash,
            custodian=nation.custodian_certificate,
            prekey_seed=ann.prekey,
            prekey_counter=1,
            edition=nation.edition,
            keys=world.keys,
        ),
    }


def test_the_twin_has_the_same_keys_and_another_id() -> None:
    assert TWIN.id != WORLD.id
    assert TWIN.coalition.roots == WORLD.coalition.roots
    assert TWIN.device("XAA").certificate.key == ANN.certificate.key
    assert TWIN.device("XAA").id != ANN.id


@pytest.mark.parametrize("kind", doors(WORLD))
def test_documents_of_another_coalition_with_the_same_roots_are_refused(kind: str) -> None:
    for world, other in ((WORLD, TWIN), (TWIN, WORLD)):
        door = doors(world)[kind]
        door(world)
        with pytest.raises(RemoteProtocolError):
            door(other)
