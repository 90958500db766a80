"""Signed documents: the wrapper's form, which domain a tag chooses, and that a hybrid signature needs both halves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base import codec, crypto
from protocol.base.errors import (
    AuthenticationError,
    DecodeError,
    LimitError,
    LocalProtocolError,
    RemoteProtocolError,
    VersionError,
)
from protocol.base.ids import HYBRID_TAGS, Domain, Tag
from protocol.base.limits import MAX_RECORD
from protocol.base.signed import DOMAINS, Signed, SigningKey, VerifyKey, read_signed, sign
from protocol.vectors.drbg import Drbg
from tests.fakes.records import mutated

ENTROPY = Drbg("test signed")
KEY = SigningKey(ENTROPY(32), ENTROPY(32))
OTHER = SigningKey(ENTROPY(32), ENTROPY(32))
PUBLIC, OTHER_PUBLIC = KEY.public(), OTHER.public()
SIGNER = b"s" * 16
BODY = codec.pack((int(Tag.FEED), b"body"))
FEED = sign(Tag.FEED, SIGNER, BODY, KEY)
WIRE = (int(Tag.FEED), SIGNER, BODY, FEED.signature)
HYBRID = sign(Tag.PUBLICATION, SIGNER, BODY, KEY)

every_tag = pytest.mark.parametrize("tag", DOMAINS, ids=[tag.name for tag in DOMAINS])


@every_tag
def test_each_kind_verifies_under_its_key_alone(tag: Tag) -> None:
    signed = sign(tag, SIGNER, BODY, KEY)
    assert read_signed(signed.data, tag) == read_signed(signed.data) == signed
    assert len(signed.signature) == (3_373 if tag in HYBRID_TAGS else 64)
    signed.verify(PUBLIC)
    with pytest.raises(AuthenticationError):
        signed.verify(OTHER_PUBLIC)


@every_tag
def test_each_kind_has_a_domain_of_its_own(tag: Tag) -> None:
    signed = sign(tag, SIGNER, BODY, KEY)
    for domain in Domain:
        if domain is not DOMAINS[tag]:
            with pytest.raises(AuthenticationError):
                crypto.ed25519_verify(PUBLIC.ed25519, domain, BODY, signed.signature[:64])
    crypto.ed25519_verify(PUBLIC.ed25519, DOMAINS[tag], BODY, signed.signature[:64])


def test_no_two_kinds_share_a_domain_and_every_hybrid_tag_is_a_kind() -> None:
    assert len(set(DOMAINS.values())) == len(DOMAINS)
    assert set(DOMAINS) >= HYBRID_TAGS


def test_the_signature_is_over_the_body_and_the_hash_over_all() -> None:
    renamed = Signed(FEED.tag, b"t" * 16, FEED.body, FEED.signature, codec.pack((14, b"t" * 16, BODY, FEED.signature)))
    # The signer's name is outside the signature: the record's own module compares it with the body.
    renamed.verify(PUBLIC)
    assert renamed.hash != FEED.hash
    assert FEED.hash == read_signed(FEED.data).hash
    assert len(FEED.hash) == 32


@pytest.mark.parametrize("place", [0, 31, 63, 64, 100, 3_372])
def test_a_hybrid_signature_needs_both_halves(place: int) -> None:
    bent = bytearray(HYBRID.signature)
    bent[place] ^= 1
    data = codec.pack((int(HYBRID.tag), SIGNER, BODY, bytes(bent)))
    with pytest.raises(AuthenticationError):
        read_signed(data).verify(PUBLIC)


def test_a_hybrid_signature_of_two_signers_is_none() -> None:
    other = sign(Tag.PUBLICATION, SIGNER, BODY, OTHER)
    for signature in (
        HYBRID.signature[:64] + other.signature[64:],
        other.signature[:64] + HYBRID.signature[64:],
    ):
        mixed = read_signed(codec.pack((int(HYBRID.tag), SIGNER, BODY, signature)))
        for key in (PUBLIC, OTHER_PUBLIC):
            with pytest.raises(AuthenticationError):
                mixed.verify(key)
    with pytest.raises(AuthenticationError):
        HYBRID.verify(VerifyKey(PUBLIC.ed25519))


def test_a_body_that_was_altered_does_not_verify() -> None:
    altered = codec.pack((int(Tag.FEED), b"bode"))
    with pytest.raises(AuthenticationError):
        read_signed(codec.pack((int(Tag.FEED), SIGNER, altered, FEED.signature))).verify(PUBLIC)


@pytest.mark.parametrize(
    ("wire", "error", "field"),
    [
        (WIRE[:3], DecodeError, "FEED"),
        ((*WIRE, b""), DecodeError, "FEED"),
        ((*WIRE[:1], "s" * 16, *WIRE[2:]), DecodeError, "FEED"),
        ((*WIRE[:1], b"s" * 15, *WIRE[2:]), DecodeError, "FEED"),
        ((*WIRE[:1], b"s" * 17, *WIRE[2:]), DecodeError, "FEED"),
        ((*WIRE[:2], b"", WIRE[3]), DecodeError, "FEED"),
        ((*WIRE[:2], (1,), WIRE[3]), DecodeError, "FEED"),
        ((*WIRE[:3], WIRE[3][:63]), DecodeError, "FEED"),
        ((*WIRE[:3], WIRE[3] + b"\0"), DecodeError, "FEED"),
        ((*WIRE[:3], HYBRID.signature), DecodeError, "FEED"),
        ((int(Tag.PUBLICATION), *WIRE[1:]), DecodeError, "PUBLICATION"),
        ((int(Tag.ENTRY), *WIRE[1:]), DecodeError, "tag"),
        ((127, *WIRE[1:]), VersionError, "tag"),
        ((), DecodeError, "tag"),
        (b"", DecodeError, "tag"),
    ],
)
def test_a_fault_of_form_is_found_before_any_signature_is_checked(
    wire: Any, error: type[RemoteProtocolError], field: str
) -> None:
    with pytest.raises(error) as caught:
        read_signed(codec.pack(wire))
    assert type(caught.value) is error
    assert caught.value.field == field


def test_only_the_expected_kind_is_taken() -> None:
    with pytest.raises(DecodeError) as caught:
        read_signed(FEED.data, Tag.CERTIFICATE)
    assert caught.value.field == "tag"


def test_another_encoding_of_the_same_document_is_refused() -> None:
    for data in (
        FEED.data.replace(b"\xc4\x10", b"\xc5\x00\x10", 1),
        b"\xdc\x00\x04" + FEED.data[1:],
        FEED.data[:1] + b"\xcc" + FEED.data[1:],
    ):
        assert codec.unpack_loose(data) == WIRE
        with pytest.raises(DecodeError):
            read_signed(data)


def test_a_document_has_the_bound_of_a_record() -> None:
    with pytest.raises(LimitError):
        read_signed(bytes(MAX_RECORD + 1))
    with pytest.raises(LocalProtocolError):
        sign(Tag.FEED, SIGNER, bytes(MAX_RECORD - 60), KEY)


def test_a_hybrid_kind_needs_a_hybrid_key() -> None:
    plain = SigningKey(KEY.ed25519)
    assert plain.public() == VerifyKey(PUBLIC.ed25519)
    sign(Tag.FEED, SIGNER, BODY, plain).verify(PUBLIC)
    with pytest.raises(LocalProtocolError) as caught:
        sign(Tag.PUBLICATION, SIGNER, BODY, plain)
    assert caught.value.field == "PUBLICATION"


def test_no_repr_shows_a_seed() -> None:
    shown = repr(KEY)
    assert repr(KEY.ed25519)[2:-1] not in shown
    assert KEY.ed25519.hex() not in shown
    assert shown == "SigningKey()"


def unchanged_or_refused(data: bytes) -> None:
    try:
        signed = read_signed(data)
    except RemoteProtocolError:
        return
    assert codec.pack((int(signed.tag), signed.signer, signed.body, signed.signature)) == data == signed.data


@pytest.mark.proof
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_encode_back_to_themselves(data: bytes) -> None:
    unchanged_or_refused(data)


@pytest.mark.proof
@given(st.sampled_from([FEED.data, HYBRID.data]).flatmap(mutated))
def test_a_mutated_document_is_refused_or_encodes_back_and_does_not_verify(data: bytes) -> None:
    unchanged_or_refused(data)
    try:
        signed = read_signed(data)
        signed.verify(PUBLIC)
    except RemoteProtocolError:
        return
    # What still verifies has the signed body and tag: only the signer's name stands outside.
    assert (signed.tag, signed.body) in {(FEED.tag, BODY), (HYBRID.tag, BODY)}
