"""Prekey statements and over-the-air rekeying."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base import crypto
from protocol.base.errors import (
    AuthenticationError,
    DecodeError,
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
    StateError,
)
from protocol.base.ids import Domain, Person, Tag
from protocol.base.records import encode, encode_part, evolve
from protocol.base.signed import SigningKey, sign
from protocol.keys.edition import SegmentKeys
from protocol.keys.otar import (
    CompartmentId,
    Delivery,
    HeldEdition,
    Otar,
    OtarHeader,
    OtarSeeds,
    check_prekey,
    open_otar,
    seal_otar,
    sign_prekey,
)
from protocol.trust.access import Clearance
from protocol.trust.charter import key_hash
from protocol.trust.credential import custodian_id
from protocol.trust.publication import Edition
from tests.fakes.coalition import make_coalition
from tests.fakes.nation import DeviceSpec

SECRET_CONVOY = Clearance(2, (1,))
WORLD = make_coalition(clearances={"XAA": (DeviceSpec(SECRET_CONVOY),)})
XAA, ANN = WORLD.nation("XAA"), WORLD.device("XAA")
XBB, BO = WORLD.nation("XBB"), WORLD.device("XBB")
LINK_SECRET = bytes(range(32))
COMPARTMENTS = tuple(CompartmentId(*place) for place in SECRET_CONVOY.compartments())
SEEDS = tuple(bytes(XAA.chains[c.level, c.category].seed) for c in COMPARTMENTS)
HEADER = OtarHeader(
    coalition=WORLD.id,
    nation=0,
    custodian=0,
    device=ANN.id,
    certificate=ANN.hash,
    prekey=1,
    edition=1,
    segment=XAA.edition.first,
    last=XAA.edition.last,
    compartments=COMPARTMENTS,
)


# ------------------------------------------------------------------------------------------------ prekeys


def test_a_device_states_its_prekey() -> None:
    assert check_prekey(ANN.certificate, ANN.statement_document.data) == ANN.statement
    answer = evolve(ANN.statement, counter=2, request=bytes(16))
    assert check_prekey(ANN.certificate, sign_prekey(answer, ANN.key).data) == answer


def stated(by: SigningKey = ANN.key, signer: bytes = ANN.id, **changes: Any) -> bytes:
    return sign(Tag.PREKEY_STATEMENT, signer, encode(evolve(ANN.statement, **changes)), by).data


@pytest.mark.parametrize(
    "data",
    [
        stated(by=BO.key),
        stated(by=XAA.custodian),
        stated(signer=BO.id),
        stated(device=BO.id),
        stated(nation=1),
        stated(coalition=bytes(16)),
        stated(key=ANN.statement.key[:-32] + bytes(32)),
        stated(key=b"\xff" * 1184 + ANN.statement.key[-32:]),
    ],
    ids=["other key", "custodian", "other signer", "other device", "nation", "coalition", "small order", "modulus"],
)
def test_a_statement_that_is_not_the_devices_is_refused(data: bytes) -> None:
    check_prekey(ANN.certificate, stated())
    with pytest.raises(AuthenticationError):
        check_prekey(ANN.certificate, data)


def test_a_statement_names_an_edition_or_none() -> None:
    for edition in (0, 2**32 - 1):
        assert check_prekey(ANN.certificate, stated(edition=edition)).edition == edition
    with pytest.raises(LocalProtocolError):
        stated(edition=2**32)


def test_a_statement_speaks_of_each_seat_by_itself() -> None:
    alternates = (HeldEdition(1, 7), HeldEdition(2, 3))
    said = check_prekey(ANN.certificate, stated(edition=9, alternates=alternates))
    assert [said.edition_of(seat) for seat in range(3)] == [9, 7, 3]
    assert [ANN.statement.edition_of(seat) for seat in (1, 2)] == [0, 0]


# ------------------------------------------------------------------------------------------------ OTAR


def sealed(
    header: OtarHeader = HEADER,
    *,
    by: SigningKey = XAA.custodian,
    seeds: tuple[bytes, ...] = SEEDS,
    prekey: bytes = ANN.statement.key,
) -> bytes:
    return seal_otar(custodian=by, header=header, prekey=prekey, seeds=seeds, link_secret=LINK_SECRET).data


def opened(data: bytes, **changes: Any) -> Delivery:
    arguments: dict[str, Any] = {
        "certificate": ANN.certificate,
        "certificate_hash": ANN.hash,
        "custodian": XAA.custodian_certificate,
        "prekey_seed": ANN.prekey,
        "prekey_counter": 1,
        "edition": XAA.edition,
        "keys": WORLD.keys,
    }
    return open_otar(data, **arguments | changes)


def test_a_device_takes_the_seeds_of_its_compartments() -> None:
    delivery = opened(sealed())
    assert delivery.header == HEADER
    assert delivery.link_secret == LINK_SECRET
    assert [(c.at.level, c.at.category) for c in delivery.chains] == list(SECRET_CONVOY.compartments())
    assert [bytes(chain.seed) for chain in delivery.chains] == list(SEEDS)
    assert repr(LINK_SECRET)[2:12] not in repr(delivery)


def test_a_joiner_takes_the_seed_of_a_later_segment() -> None:
    at = XAA.edition.first + 3
    seeds = tuple(XAA.chains[c.level, c.category].seed_at(at) for c in COMPARTMENTS)
    delivery = opened(sealed(evolve(HEADER, segment=at), seeds=seeds))
    assert {chain.at.segment for chain in delivery.chains} == {at}
    assert delivery.chains[0].private(at) == XAA.chains[0, 0].private(at)


def test_a_device_of_no_compartment_takes_the_link_secret_only() -> None:
    delivery = opened(sealed(evolve(HEADER, compartments=()), seeds=()))
    assert delivery.link_secret == LINK_SECRET
    assert delivery.chains == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"coalition": bytes(16)},
        {"nation": 1},
        {"custodian": 1},
        {"device": BO.id},
        {"certificate": bytes(32)},
        {"prekey": 2},
        {"edition": 2},
        {"segment": HEADER.segment - 1},
        {"segment": HEADER.last + 1},
        {"last": HEADER.last - 1},
        {"last": HEADER.last + 1},
        {"segment": HEADER.segment + 1},
        {"compartments": (*COMPARTMENTS[:-1], CompartmentId(3, 0))},
        {"compartments": (*COMPARTMENTS[:-1], CompartmentId(2, 2))},
    ],
)
def test_a_header_that_does_not_fit_is_refused_though_the_custodian_signed_it(changes: dict[str, Any]) -> None:
    opened(sealed())
    header = evolve(HEADER, **changes)
    body = encode(Otar(header, crypto.hpke_seal(ANN.statement.key, info(header), encode(OtarSeeds(b"", SEEDS)))))
    with pytest.raises(AuthenticationError):
        opened(sign(Tag.OTAR, custodian_id(WORLD.id, 0, 0), body, XAA.custodian).data)


def info(header: OtarHeader, prekey: bytes = ANN.statement.key) -> bytes:
    return b"coalchat/hpke-otar/1\0" + crypto.digest(Person.OTAR_HEADER, encode_part(header)) + key_hash(prekey)


def test_what_the_seal_is_bound_to_is_as_specified() -> None:
    assert info(HEADER).startswith(Domain.HPKE_OTAR.prefix)
    body = encode(Otar(HEADER, crypto.hpke_seal(ANN.statement.key, info(HEADER), encode(OtarSeeds(b"", SEEDS)))))
    opened(sign(Tag.OTAR, custodian_id(WORLD.id, 0, 0), body, XAA.custodian).data)


@pytest.mark.parametrize("field", ["device", "certificate", "prekey", "segment", "compartments"])
def test_a_seal_does_not_open_under_another_header(field: str) -> None:
    others = {
        "device": BO.id,
        "certificate": bytes(32),
        "prekey": 2,
        "segment": HEADER.segment + 1,
        "compartments": COMPARTMENTS[:-1],
    }
    inner = crypto.hpke_seal(
        ANN.statement.key, info(evolve(HEADER, **{field: others[field]})), encode(OtarSeeds(b"", SEEDS))
    )
    with pytest.raises(AuthenticationError):
        opened(sign(Tag.OTAR, custodian_id(WORLD.id, 0, 0), encode(Otar(HEADER, inner)), XAA.custodian).data)


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (sealed(by=XBB.custodian), {}),
        (sealed(by=ANN.key), {}),
        (sealed(by=XAA.root), {}),
        (sealed(), {"custodian": XBB.custodian_certificate}),
        (sealed(), {"certificate": BO.certificate}),
        (sealed(), {"certificate_hash": BO.hash}),
        (sealed(), {"prekey_seed": BO.prekey}),
        (sealed(), {"prekey_counter": 2}),
        (sealed(prekey=BO.statement.key), {}),
        (sealed(seeds=(*SEEDS[:-1], SEEDS[0])), {}),
    ],
    ids=[
        "another nation's custodian",
        "the device",
        "the root",
        "another custodian",
        "another device",
        "another certificate",
        "another prekey",
        "another counter",
        "sealed to another",
        "another seed than published",
    ],
)
def test_an_otar_that_is_not_ours_is_refused(data: bytes, changes: dict[str, Any]) -> None:
    opened(sealed())
    with pytest.raises(AuthenticationError):
        opened(data, **changes)


def test_another_nations_custodian_cannot_rekey_us_under_his_own_name() -> None:
    data = sealed(evolve(HEADER, nation=1), by=XBB.custodian)
    with pytest.raises(AuthenticationError):
        opened(data, custodian=XBB.custodian_certificate)


def test_seeds_and_compartments_match() -> None:
    with pytest.raises(LocalProtocolError):
        sealed(seeds=SEEDS[:-1])
    with pytest.raises(LocalProtocolError):
        sealed(seeds=(bytes(32), *SEEDS[1:]))
    inner = crypto.hpke_seal(ANN.statement.key, info(HEADER), encode(OtarSeeds(b"", SEEDS[:-1])))
    with pytest.raises(AuthenticationError):
        opened(sign(Tag.OTAR, custodian_id(WORLD.id, 0, 0), encode(Otar(HEADER, inner)), XAA.custodian).data)


def test_compartments_stand_once_and_in_order() -> None:
    for compartments in (COMPARTMENTS[::-1], COMPARTMENTS[:1] * 2):
        with pytest.raises(LocalProtocolError):
            sealed(evolve(HEADER, compartments=compartments), seeds=SEEDS[: len(compartments)])


@pytest.mark.parametrize("place", [(3, 0), (2, 2), (0, 2)])
def test_a_true_seed_above_the_clearance_is_refused(place: tuple[int, int]) -> None:
    """The custodian errs, or means it: a device takes nothing that its own certificate does not cover."""
    header = evolve(HEADER, compartments=(CompartmentId(*place),))
    with pytest.raises(AuthenticationError):
        opened(sealed(header, seeds=(bytes(XAA.chains[place].seed),)))
    opened(sealed(evolve(HEADER, compartments=COMPARTMENTS[:1]), seeds=SEEDS[:1]))


def test_an_unusable_prekey_is_refused_when_sealing() -> None:
    with pytest.raises(AuthenticationError):
        sealed(prekey=ANN.statement.key[:-32] + bytes(32))


def test_it_waits_for_the_edition_and_its_lists() -> None:
    empty = SegmentKeys(WORLD.directory)
    with pytest.raises(StateError):
        opened(sealed(), edition=None)
    with pytest.raises(StateError):
        opened(sealed(), keys=empty)
    for data in XAA.lists:
        empty.apply(data)
    assert opened(sealed(), keys=empty) == opened(sealed())


def test_an_edition_without_end_costs_nothing() -> None:
    endless = Edition(1, XAA.edition.first, 2**40, 0)
    with pytest.raises(StateError):
        opened(sealed(evolve(HEADER, last=2**40)), edition=endless)


def test_another_kind_of_document_is_no_otar() -> None:
    errors: list[type[ProtocolError]] = []
    for data in (ANN.document.data, ANN.statement_document.data):
        with pytest.raises(RemoteProtocolError) as refusal:
            opened(data)
        errors.append(refusal.type)
    assert errors == [DecodeError, DecodeError]
