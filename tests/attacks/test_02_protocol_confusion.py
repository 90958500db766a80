"""Attack 2 (Matrix: confusion of Olm and Megolm objects): what was made as one kind passes as no other."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import Phase, given, settings

from protocol.base import crypto
from protocol.base.codec import pack, unpack
from protocol.base.errors import AuthenticationError, RemoteProtocolError
from protocol.base.ids import Domain
from protocol.base.records import decode, encode
from protocol.base.signed import DOMAINS, read_signed
from tests.attacks.objects import ANN, BY_DOMAIN, OBJECTS, SignedObject
from tests.fakes.records import every_record_class, record_of

NAMES = [one.name for one in OBJECTS]
TAGS = {domain: tag for tag, domain in DOMAINS.items()}
HPKE = {Domain.HPKE_OTAR, Domain.HPKE_ENVELOPE, Domain.HPKE_LINK_SECRET, Domain.HPKE_DIRECT}


def test_every_domain_of_a_signature_has_its_object_here() -> None:
    assert set(BY_DOMAIN) == set(Domain) - HPKE


@pytest.mark.parametrize("door", OBJECTS, ids=NAMES)
def test_an_object_passes_the_door_of_its_own_kind_only(door: SignedObject) -> None:
    door.door(door.data)
    for one in OBJECTS:
        if one.data != door.data:  # a request for a seat bears two signatures
            with pytest.raises(RemoteProtocolError):
                door.door(one.data)


@pytest.mark.parametrize("one", OBJECTS, ids=NAMES)
def test_a_signature_made_for_another_domain_does_not_hold(one: SignedObject) -> None:
    """The right signer signed the right bytes, but as another kind: all that differs is the domain."""
    one.door(one.signed(one.domain))
    for domain in Domain:
        if domain is not one.domain:
            with pytest.raises(AuthenticationError):
                one.door(one.signed(domain))


@pytest.mark.parametrize("one", [one for one in OBJECTS if one.hybrid], ids=lambda one: one.name)
def test_both_halves_of_a_hybrid_signature_are_of_the_domain(one: SignedObject) -> None:
    def halves(ed25519: Domain, mldsa: Domain) -> bytes:
        return one.under(
            crypto.ed25519_sign(one.key.ed25519, ed25519, one.message)
            + crypto.mldsa_sign(one.key.mldsa, mldsa, one.message)
        )

    one.door(halves(one.domain, one.domain))
    for domains in ((one.domain, Domain.CERTIFICATE), (Domain.CERTIFICATE, one.domain)):
        with pytest.raises(AuthenticationError):
            one.door(halves(*domains))


@pytest.mark.parametrize("door", [one for one in OBJECTS if one.domain in TAGS], ids=lambda one: one.name)
def test_an_object_relabelled_as_another_kind_is_refused(door: SignedObject) -> None:
    tag = TAGS[door.domain]
    named = read_signed(door.data)
    for one in OBJECTS:
        if one.domain in TAGS and one is not door:
            other = read_signed(one.data)
            inner = unpack(other.body)
            assert isinstance(inner, tuple)
            for body in (other.body, pack((int(tag), *inner[1:]))):
                for signer in (other.signer, named.signer):
                    with pytest.raises(RemoteProtocolError):
                        door.door(pack((int(tag), signer, body, other.signature)))


def test_an_entry_and_an_envelope_share_no_id_space() -> None:
    """The two objects whose signatures cover 32 bytes: even equal bytes are signed differently."""
    eid = bytes(32)
    for made, read in ((Domain.ENTRY, Domain.ENVELOPE), (Domain.ENVELOPE, Domain.ENTRY)):
        signature = crypto.ed25519_sign(ANN.key.ed25519, made, eid)
        crypto.ed25519_verify(ANN.certificate.key, made, eid, signature)
        with pytest.raises(AuthenticationError):
            crypto.ed25519_verify(ANN.certificate.key, read, eid, signature)


# ------------------------------------------------------------------------------------------------ every record


@cache
def sample(cls: type) -> bytes:
    """One record of a class, in bytes."""
    found: list[bytes] = []

    @settings(max_examples=1, phases=[Phase.generate], database=None)
    @given(record_of(cls))
    def keep(value: object) -> None:
        found.append(encode(value))

    keep()
    return found[0]


@pytest.mark.parametrize("cls", every_record_class(), ids=lambda cls: cls.__name__)
def test_the_bytes_of_a_record_decode_as_its_own_class_only(cls: type) -> None:
    assert encode(decode(cls, sample(cls))) == sample(cls)
    for made in every_record_class():
        if made is not cls:
            with pytest.raises(RemoteProtocolError):
                decode(cls, sample(made))
