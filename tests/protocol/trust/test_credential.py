"""Certificates: who may certify whom, and what a request proves."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.errors import AuthenticationError, DecodeError, ExpiredError, LocalProtocolError, RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import CLOCK_SKEW, MAX_CERTIFICATE
from protocol.base.records import encode, evolve
from protocol.base.signed import SigningKey, sign
from protocol.trust.access import Clearance
from protocol.trust.charter import key_hash, root_id
from protocol.trust.credential import (
    FULL_SCOPE,
    Certificate,
    CertificateRequest,
    CustodianCertificate,
    Role,
    certificate_hash,
    check_certificate,
    check_custodian,
    check_display_name,
    check_request,
    custodian_id,
    device_id,
    issue_certificate,
    issue_custodian,
    make_request,
    person_id,
    require_current,
)
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
XAA, XBB, _ = WORLD.nations
ANN = WORLD.device("XAA")
SEAT = XAA.custodian_certificate
ROOT_ID = root_id(WORLD.coalition.charter_hash, 0)


# ------------------------------------------------------------------------------------------------ custodians


def custodian(changes: dict[str, Any], *, root: SigningKey = XAA.root, signer: bytes = ROOT_ID) -> bytes:
    return issue_custodian(evolve(SEAT, **changes), root, signer).data


def test_a_nations_root_certifies_its_custodians() -> None:
    certificate, document = check_custodian(WORLD.coalition, custodian({"index": 2}))
    assert certificate == evolve(SEAT, index=2)
    assert document.signer == ROOT_ID
    assert certificate.verify_key == XAA.custodian.public()


@pytest.mark.parametrize(
    "data",
    [
        custodian({}, root=XBB.root),
        custodian({}, signer=root_id(WORLD.coalition.charter_hash, 1)),
        custodian({}, signer=root_id(WORLD.coalition.charter_hash, 3)),
        custodian({}, signer=root_id(bytes(32), 0)),
        custodian({"nation": 1}),
        custodian({"coalition": bytes(16)}),
        custodian({"nation": 1}, root=XBB.root),
    ],
    ids=["other root", "other signer", "no such nation", "other charter", "other nation", "other coalition", "mixed"],
)
def test_a_custodian_not_certified_by_the_root_of_his_nation_is_refused(data: bytes) -> None:
    assert check_custodian(WORLD.coalition, custodian({}))
    with pytest.raises(AuthenticationError):
        check_custodian(WORLD.coalition, data)


def test_there_are_three_custodians_at_most() -> None:
    assert custodian({"index": 2})
    with pytest.raises(LocalProtocolError):
        custodian({"index": 3})


# ------------------------------------------------------------------------------------------------ requests

KEY = SigningKey(bytes(range(32)), bytes(range(32, 64)))
REQUEST = CertificateRequest(WORLD.id, 0, KEY.public().ed25519, key_hash(KEY.public().mldsa), bytes(32))


def under_our_name(changes: dict[str, Any]) -> bytes:
    """A request for something else, which names as signer the device that it would be here."""
    here = device_id(WORLD.id, 0, REQUEST.key)
    return sign(Tag.CERTIFICATE_REQUEST, here, encode(evolve(REQUEST, **changes)), KEY).data


def test_a_request_proves_possession() -> None:
    document = make_request(REQUEST, KEY)
    assert check_request(WORLD.id, 0, document.data) == (REQUEST, document)


@pytest.mark.parametrize(
    ("coalition", "nation", "data"),
    [
        (WORLD.id, 0, make_request(REQUEST, ANN.key).data),
        (WORLD.id, 1, make_request(REQUEST, KEY).data),
        (bytes(16), 0, make_request(REQUEST, KEY).data),
        (WORLD.id, 0, sign(Tag.CERTIFICATE_REQUEST, ANN.id, encode(REQUEST), KEY).data),
        (WORLD.id, 0, under_our_name({"nation": 1})),
        (WORLD.id, 0, under_our_name({"coalition": bytes(16)})),
    ],
    ids=[
        "without the key",
        "for another nation",
        "for another coalition",
        "under another name",
        "another nation inside",
        "another coalition inside",
    ],
)
def test_a_request_that_proves_nothing_is_refused(coalition: bytes, nation: int, data: bytes) -> None:
    assert check_request(WORLD.id, 0, make_request(REQUEST, KEY).data)
    with pytest.raises(AuthenticationError):
        check_request(coalition, nation, data)


# ------------------------------------------------------------------------------------------------ devices


def test_a_certificate_is_verified_with_its_custodians() -> None:
    certified = check_certificate(SEAT, ANN.document.data)
    assert certified.certificate == ANN.certificate
    assert certified.document == ANN.document
    assert certified.hash == certificate_hash(ANN.document.data) == ANN.hash
    assert certified.device == ANN.id


def issued(changes: dict[str, Any], key: SigningKey = XAA.custodian) -> bytes:
    return issue_certificate(evolve(ANN.certificate, **changes), key).data


def signed_as(body: Certificate, signer: bytes, key: SigningKey = XAA.custodian) -> bytes:
    return sign(Tag.CERTIFICATE, signer, encode(body), key).data


ANNS_SEAT = custodian_id(WORLD.id, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        issued({}, XBB.custodian),
        issued({}, XAA.root),
        issued({"custodian": 1}),
        issued({"coalition": bytes(16)}),
        signed_as(evolve(ANN.certificate, nation=1), ANNS_SEAT),
        signed_as(evolve(ANN.certificate, custodian=1), ANNS_SEAT),
        signed_as(evolve(ANN.certificate, coalition=bytes(16)), ANNS_SEAT),
        signed_as(ANN.certificate, custodian_id(WORLD.id, 1, 0)),
        issued({"request": bytes(64)}),
        issued({"key": KEY.public().ed25519}),
        issued({"mldsa_hash": bytes(32)}),
        issued({"bundle_hash": bytes(32)}),
    ],
    ids=[
        "another nation's custodian",
        "root",
        "another seat",
        "another coalition",
        "another nation inside",
        "another seat inside",
        "another coalition inside",
        "another signer",
        "no request",
        "another key than requested",
        "another ML-DSA key than requested",
        "another bundle key than requested",
    ],
)
def test_a_certificate_that_does_not_hold_is_refused(data: bytes) -> None:
    check_certificate(SEAT, issued({"number": 2}))
    with pytest.raises(AuthenticationError):
        check_certificate(SEAT, data)


def test_a_request_for_one_nation_serves_no_other() -> None:
    stolen = evolve(ANN.certificate, nation=1)
    with pytest.raises(AuthenticationError):
        check_certificate(XBB.custodian_certificate, issue_certificate(stolen, XBB.custodian).data)
    # Control: with a request for that nation the same fields are accepted.
    fields = stolen.coalition, 1, stolen.key, stolen.mldsa_hash, stolen.bundle_hash
    request = make_request(CertificateRequest(*fields), ANN.key).signature
    own = evolve(stolen, request=request)
    check_certificate(XBB.custodian_certificate, issue_certificate(own, XBB.custodian).data)


def test_a_certificate_is_at_most_400_bytes() -> None:
    assert len(ANN.document.data) <= 400
    longest = evolve(ANN.certificate, name="Ü" * 20, clearance=Clearance(15, (1, 2)), number=255)
    assert len(issue_certificate(longest, XAA.custodian).data) <= 400


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x" * 41},
        {"name": "Ann\u202eAlpha"},
        {"number": 0},
        {"role": 0},
        {"role": 7},
        {"clearance": Clearance(16, ())},
        {"scope": evolve(FULL_SCOPE, precedence=4)},
        {"scope": evolve(FULL_SCOPE, channels=(b"b" * 16, b"a" * 16))},
    ],
)
def test_fields_keep_their_bounds(changes: dict[str, Any]) -> None:
    assert issued({"name": "x" * 40, "role": int(Role.AUDITOR)})
    with pytest.raises(LocalProtocolError):
        issued(changes)


@pytest.mark.parametrize("name", ["", "x" * 41, " Ann", "Ann\n", "Ann\u202eAlpha", "Ann\u0301"])
def test_a_display_name_can_be_checked_before_it_is_certified(name: str) -> None:
    assert check_display_name("Capt Bo Bravo") == "Capt Bo Bravo"
    with pytest.raises(DecodeError):
        check_display_name(name)


def test_another_kind_of_document_is_no_certificate() -> None:
    for check in (
        lambda: check_certificate(SEAT, XAA.custodian_document.data),
        lambda: check_custodian(WORLD.coalition, ANN.document.data),
        lambda: check_request(WORLD.id, 0, ANN.document.data),
    ):
        with pytest.raises(DecodeError):
            check()


# ------------------------------------------------------------------------------------------------ names and times


def test_ids_depend_on_every_part() -> None:
    key, nonce = KEY.public().ed25519, bytes(16)
    devices = {device_id(WORLD.id, 0, key), device_id(WORLD.id, 1, key), device_id(bytes(16), 0, key)}
    seats = {custodian_id(WORLD.id, nation, index) for nation in range(32) for index in range(3)}
    persons = {person_id(WORLD.id, 0, name, nonce) for name in ("A", "B")} | {person_id(WORLD.id, 1, "A", nonce)}
    assert (len(devices), len(seats), len(persons)) == (3, 96, 3)
    assert {len(one) for one in devices | seats | persons} == {16}


@pytest.mark.parametrize("certificate", [ANN.certificate, SEAT], ids=["device", "custodian"])
def test_validity_allows_for_two_honest_clocks(certificate: Certificate | CustodianCertificate) -> None:
    first, last = certificate.not_before - CLOCK_SKEW, certificate.not_after + CLOCK_SKEW
    for now in (first, certificate.not_before, last):
        require_current(certificate, now)
    for now in (first - 1, last + 1):
        with pytest.raises(ExpiredError):
            require_current(certificate, now)


def test_a_certificate_knows_whether_it_is_current() -> None:
    certificate = ANN.certificate
    assert certificate.current(certificate.not_before)
    assert certificate.current(certificate.not_after + CLOCK_SKEW)
    assert not certificate.current(certificate.not_before - CLOCK_SKEW - 1)
    assert not certificate.current(certificate.not_after + CLOCK_SKEW + 1)


def test_refusals_say_nothing_of_which_check_failed() -> None:
    told = set()
    for data in (issued({}, XBB.custodian), issued({"request": bytes(64)}), issued({"custodian": 1})):
        with pytest.raises(RemoteProtocolError) as refusal:
            check_certificate(SEAT, data)
        told.add((refusal.value.code, refusal.value.field, refusal.value.detail))
    assert len(told) == 1


def test_a_custodian_issues_no_certificate_above_the_bound() -> None:
    channels = tuple(bytes([number]) * 16 for number in range(1, 5))
    certificate = evolve(ANN.certificate, name="N" * 40)
    assert len(issue_certificate(certificate, XAA.custodian).data) <= MAX_CERTIFICATE
    with pytest.raises(LocalProtocolError, match="400 bytes"):
        issue_certificate(evolve(certificate, scope=evolve(FULL_SCOPE, channels=channels)), XAA.custodian)
