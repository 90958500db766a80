"""Attack 24 (Bridgefy II: TOCTOU, parser differential): no object has two spellings, whoever signs it.

Two nodes that read one meaning from two encodings hash, store and show different things, or one verifies what the
other never saw. So every object of a real coalition is respelled, token by token, outside its signature and inside,
there with a fresh signature of the rightful signer: the only defence left is the parser. Each must be a decode error
with nothing changed; and every hash is over the bytes that came, never over bytes made again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from copy import deepcopy
from hashlib import blake2b
from typing import Any

import msgpack
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol.base import codec, records, signed
from protocol.base.errors import DecodeError, RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.records import decode, encode
from protocol.base.signed import Signed, SigningKey, read_signed
from protocol.keys.edition import SegmentKeys, list_hash
from protocol.keys.envelope import read_envelope
from protocol.keys.otar import check_prekey, open_otar
from protocol.messages.entry import open_entry, read_entry, seal_entry
from protocol.messages.feed import check_feed
from protocol.messages.payload import decode_payload
from protocol.trust.channel import check_revision
from protocol.trust.charter import check_signature, coalition_id, read_charter
from protocol.trust.credential import certificate_hash, check_certificate, check_custodian
from protocol.trust.policy import read_policy
from protocol.trust.publication import publication_hash
from tests.fakes.coalition import make_coalition
from tests.fakes.records import every_record_class, record_of
from tests.fakes.respell import respellings

WORLD = make_coalition()
XAA = WORLD.nation("XAA")
ANN = WORLD.device("XAA")
OPS = WORLD.channel(ANN)
SEALED = WORLD.envelope(ANN, "secret convoy rel xaa, xbb", OPS)
FEED = WORLD.feed(ANN, OPS, SEALED.release)
ENTRY = WORLD.entry(ANN, FEED, SEALED, "convoy leaves at dawn")
PAYLOAD = open_entry(ENTRY, SEALED.tek)[0]

Door = Callable[[bytes], object]


def _publication(data: bytes) -> object:
    directory = WORLD.new_directory()
    directory.apply_custodian(XAA.custodian_document.data)
    before = deepcopy(directory)
    try:
        return directory.apply_publication(data)
    except RemoteProtocolError:
        assert directory == before
        raise


def _segment_list(data: bytes) -> object:
    keys = SegmentKeys(WORLD.directory)
    try:
        return keys.apply(data)
    except RemoteProtocolError:
        assert keys == SegmentKeys(WORLD.directory)
        raise


def _otar(data: bytes) -> object:
    return open_otar(
        data,
        certificate=ANN.certificate,
        certificate_hash=ANN.hash,
        custodian=XAA.custodian_certificate,
        prekey_seed=ANN.prekey,
        prekey_counter=1,
        edition=XAA.edition,
        keys=WORLD.keys,
    )


PLAIN: dict[str, tuple[bytes, Door]] = {
    "policy": (encode(WORLD.policy), read_policy),
    "charter": (WORLD.charter_data, read_charter),
    "directory part": (XAA.directory_part, WORLD.new_directory().apply_directory_part),
    "segment list": (XAA.lists[0], _segment_list),
    "envelope": (SEALED.envelope.data, read_envelope),
    "entry": (ENTRY.data, read_entry),
    "payload": (PAYLOAD, decode_payload),
}
SIGNED: dict[str, tuple[Signed, SigningKey, Door]] = {
    "charter signature": (
        read_signed(WORLD.signatures[0]),
        XAA.root,
        lambda data: check_signature(WORLD.charter, data),
    ),
    "custodian": (XAA.custodian_document, XAA.root, lambda data: check_custodian(WORLD.coalition, data)),
    "certificate": (ANN.document, XAA.custodian, lambda data: check_certificate(XAA.custodian_certificate, data)),
    "publication": (XAA.publication_document, XAA.custodian, _publication),
    "prekey statement": (ANN.statement_document, ANN.key, lambda data: check_prekey(ANN.certificate, data)),
    "otar": (ANN.otar, XAA.custodian, _otar),
    "channel": (
        OPS.document,
        ANN.key,
        lambda data: check_revision(WORLD.id, data, WORLD.directory.require_valid(ANN.id, WORLD.now), None),
    ),
    "feed": (FEED.document, ANN.key, lambda data: check_feed(ANN.certificate, data)),
}


def refuses(door: Door, data: bytes, why: str) -> None:
    try:
        door(data)
    except DecodeError:
        return
    pytest.fail(f"taken: {why}")


@pytest.mark.parametrize("name", PLAIN)
def test_an_unsigned_object_has_one_spelling(name: str) -> None:
    data, door = PLAIN[name]
    if name != "directory part":
        door(data)
    every = list(respellings(data))
    assert len(every) > 20
    for why, respelled in every:
        refuses(door, respelled, why)


@pytest.mark.parametrize("name", SIGNED)
def test_a_wrapper_has_one_spelling_though_its_signature_holds(name: str) -> None:
    document, _, door = SIGNED[name]
    door(document.data)
    for why, respelled in respellings(document.data):
        refuses(door, respelled, why)


@pytest.mark.parametrize("name", SIGNED)
def test_a_body_has_one_spelling_though_the_right_signer_signs_another(name: str) -> None:
    document, key, door = SIGNED[name]
    assert signed.sign(document.tag, document.signer, document.body, key).body == document.body
    every = list(respellings(document.body))
    assert len(every) > 20
    for why, body in every:
        resigned = signed.sign(document.tag, document.signer, body, key)
        resigned.verify(key.public())
        refuses(door, resigned.data, why)


def test_a_lenient_parser_is_what_the_attack_needs() -> None:
    """Control: most respellings above are the very same value to a parser of ordinary strictness."""
    value = msgpack.unpackb(ENTRY.data)
    same = [
        why
        for why, respelled in respellings(ENTRY.data)
        if not why.startswith("trailing") and _lenient(respelled) == value
    ]
    assert len(same) >= 10


def _lenient(data: bytes) -> object:
    try:
        return msgpack.unpackb(data, strict_map_key=False)
    except (ValueError, msgpack.exceptions.UnpackException):
        return None


# --- inside envelopes and entries, by an author who signs what he likes ---


def test_an_envelopes_context_has_one_spelling() -> None:
    tag, ctx, commitment, wraps, _ = msgpack.unpackb(SEALED.envelope.data, use_list=False)
    for why, other in respellings(ctx):
        if len(other) <= 1_024:
            refuses(read_envelope, codec.pack((tag, other, commitment, wraps, b"s" * 64)), why)


def test_an_entrys_base_has_one_spelling() -> None:
    tag, base, salt, ct, signature = msgpack.unpackb(ENTRY.data, use_list=False)
    for why, other in respellings(base):
        if len(other) <= 256:
            refuses(read_entry, codec.pack((tag, other, salt, ct, signature)), why)


def test_a_payload_that_was_sealed_right_has_one_spelling() -> None:
    for why, payload in respellings(PAYLOAD):
        entry = read_entry(seal_entry(ENTRY.base, payload, SEALED.tek, ANN.key.ed25519).data)
        entry.verify(ANN.certificate.key)
        refuses(decode_payload, open_entry(entry, SEALED.tek)[0], why)


# --- bounds of shape ---


@pytest.mark.parametrize("name", PLAIN)
def test_depth_and_length_end_every_object(name: str) -> None:
    data, door = PLAIN[name]
    tag = bytes([records.peek(codec.unpack(data))])
    for why, shape in {
        "depth 5": b"\x92" + tag + b"\x91\x91\x91\x91\x00",
        "depth 2,000": b"\x92" + tag + b"\x91" * 2_000 + b"\x00",
        "array of 1,025": b"\x92" + tag + b"\xdc\x04\x01" + b"\x00" * 1_025,
        "array of 2**32": b"\x92" + tag + b"\xdd\xff\xff\xff\xff",
        "map of 2**32": b"\x92" + tag + b"\xdf\xff\xff\xff\xff",
    }.items():
        refuses(door, shape, why)


# --- names ---

NAMES = {
    "decomposed": "Zoe\u0308",
    "singleton": "\u212bngstrom",
    "lone surrogate": "Zo\ud800",
    "right-to-left override": "Zo\u202eë",
    "zero width": "Zo\u200bë",
    "newline": "Zo\në",
    "unassigned": "Zo\u0378",
    "private use": "Zo\ue000",
}


@pytest.mark.parametrize("why", NAMES)
@pytest.mark.parametrize("kind", ["charter", "nation", "certificate", "channel"])
def test_a_name_that_reads_like_another_is_refused(kind: str, why: str) -> None:
    name = NAMES[why]
    assert why == "lone surrogate" or unicodedata.normalize("NFC", name) != name or not name.isprintable()
    with pytest.raises(DecodeError):
        _named(kind, name)
    _named(kind, "Zo\u00eb")


def _named(kind: str, name: str) -> object:
    """The object of that kind with this name in it, spelled by hand and signed by the right key, through its door."""
    document: tuple[Signed, SigningKey, Door] | None
    if kind in {"charter", "nation"}:
        value, old, document = codec.unpack(WORLD.charter_data), WORLD.charter.name, None
        old = old if kind == "charter" else WORLD.charter.nations[0].name
    else:
        document = SIGNED[kind]
        value = codec.unpack(document[0].body)
        old = ANN.certificate.name if kind == "certificate" else OPS.revision.title
    data: bytes = msgpack.packb(_replaced(value, old, name), unicode_errors="surrogatepass")
    if document is None:
        return read_charter(data)
    return document[2](signed.sign(document[0].tag, document[0].signer, data, document[1]).data)


def _replaced(value: Any, old: str, new: str) -> Any:
    if type(value) is tuple:
        return tuple(_replaced(item, old, new) for item in value)
    return new if value == old else value


# --- hashes are over the bytes that came ---


def plain_hash(person: bytes, data: bytes, size: int = 32) -> bytes:
    return blake2b(data, digest_size=size, person=person).digest()


def test_every_name_is_a_hash_of_received_bytes() -> None:
    assert coalition_id(WORLD.charter_data) == plain_hash(b"coalition", WORLD.charter_data, 16) == WORLD.id
    assert list_hash(XAA.lists[0]) == plain_hash(b"segment list", XAA.lists[0])
    assert publication_hash(XAA.publication_document.data) == plain_hash(b"publication", XAA.publication_document.data)
    assert certificate_hash(ANN.document.data) == plain_hash(b"certificate", ANN.document.data)
    assert FEED.document.hash == plain_hash(b"document", FEED.document.data)
    assert FEED.id == plain_hash(b"feed id", FEED.document.body, 16)
    _, ctx, commitment, wraps, _ = msgpack.unpackb(SEALED.envelope.data, use_list=False)
    assert read_envelope(SEALED.envelope.data).id == plain_hash(b"envelope", ctx + commitment + b"".join(wraps))
    _, base, salt, ct, _ = msgpack.unpackb(ENTRY.data, use_list=False)
    assert read_entry(ENTRY.data).id == plain_hash(b"entry", base + salt + plain_hash(b"ciphertext", ct))
    # And what is kept and passed on is what came.
    for kept in (read_envelope(SEALED.envelope.data).data, read_entry(ENTRY.data).data):
        assert kept in {SEALED.envelope.data, ENTRY.data}


# --- every record class there is, also those of the link ---

CLASSES = every_record_class()


@pytest.mark.proof
@pytest.mark.parametrize("cls", CLASSES, ids=[tag.name for tag in sorted(records.BY_TAG)])
@settings(max_examples=max(3, settings().max_examples // 40), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_record_has_a_second_spelling(cls: type, data: st.DataObject) -> None:
    encoded = encode(data.draw(record_of(cls)))
    for why, respelled in respellings(encoded):
        try:
            decode(cls, respelled)
        except RemoteProtocolError:
            continue
        pytest.fail(f"taken: {why}")


def test_the_link_and_the_payloads_are_among_them() -> None:
    assert {Tag.TEXT, Tag.ENTRY, Tag.CHARTER} <= set(records.BY_TAG)
