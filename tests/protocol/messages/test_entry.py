"""Entries: seal and open, sizes, padding, and that key, nonce and salt follow from the text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.crypto import digest
from protocol.base.errors import (
    AuthenticationError,
    DecodeError,
    LimitError,
    LocalProtocolError,
    RemoteProtocolError,
    VersionError,
)
from protocol.base.ids import Domain, Person, Tag
from protocol.base.limits import MAX_RECORD, MAX_SEQ, MAX_TEXT
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import SigningKey
from protocol.messages.entry import (
    PAD_BLOCK,
    EntryBase,
    EntryHeader,
    content_key,
    entry_id,
    open_entry,
    open_with_content_key,
    pad,
    prove_payload,
    read_any_entry,
    read_entry,
    read_header,
    seal_entry,
    unpad,
)
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from protocol.messages.refs import Ref, Relation

KEY = SigningKey(bytes(range(32)))
TEK = bytes(range(100, 132))
BASE = EntryBase(1, 0, b"f" * 16, 1, b"", b"e" * 32)
LATER = evolve(BASE, seq=100, prev=b"p" * 32)
ENTRY = seal_entry(LATER, b"radio check", TEK, KEY.ed25519)


# ------------------------------------------------------------------------------------------------ seal and open


@given(st.binary(max_size=300))
def test_what_was_sealed_opens(payload: bytes) -> None:
    for base in (BASE, LATER):
        made = seal_entry(base, payload, TEK, KEY.ed25519)
        read = read_entry(made.data)
        assert read == made
        read.verify(KEY.public().ed25519)
        opened, ck = open_entry(read, TEK)
        assert opened == payload
        assert open_with_content_key(read, ck) == payload


def test_every_part_is_as_specified() -> None:
    base, padded = encode(LATER), pad(b"radio check")
    ck = digest(Person.ENTRY_KEY, base, key=TEK)
    salt = digest(Person.SALT, base, padded, key=ck)
    both = digest(Person.MESSAGE_KEY, base, salt, key=ck, size=56)
    ct = crypto.aead_seal(both[:32], both[32:], base + salt, padded)
    eid = digest(Person.ENTRY, base, salt, digest(Person.CIPHERTEXT, ct))
    signature = crypto.ed25519_sign(KEY.ed25519, Domain.ENTRY, eid)
    assert ENTRY.data == pack((int(Tag.ENTRY), base, salt, ct, signature))
    assert (ENTRY.id, entry_id(base, salt, ct), content_key(TEK, base)) == (eid, eid, ck)


def test_sealing_is_a_function_of_its_arguments() -> None:
    assert seal_entry(LATER, b"radio check", TEK, KEY.ed25519) == ENTRY


def test_two_texts_at_one_place_share_neither_salt_nor_key() -> None:
    # A restored snapshot writes another text at the same (feed, seq): no nonce is used twice.
    other = seal_entry(LATER, b"radio chick", TEK, KEY.ed25519)
    assert other.salt != ENTRY.salt
    assert other.id != ENTRY.id
    zeros = seal_entry(LATER, bytes(11), TEK, KEY.ed25519)
    ones = seal_entry(LATER, b"\1" * 11, TEK, KEY.ed25519)
    assert bytes(a ^ b for a, b in zip(zeros.ct[:11], ones.ct[:11], strict=True)) != b"\1" * 11


@pytest.mark.parametrize(
    "changes",
    [
        {"precedence": 1},
        {"feed": b"g" * 16},
        {"seq": 101},
        {"prev": b"q" * 32},
        {"envelope": b"d" * 32},
    ],
)
def test_every_field_in_clear_is_bound(changes: dict[str, Any]) -> None:
    base = encode(evolve(LATER, **changes))
    moved = pack((int(Tag.ENTRY), base, ENTRY.salt, ENTRY.ct, ENTRY.signature))
    read = read_entry(moved)
    with pytest.raises(AuthenticationError):
        read.verify(KEY.public().ed25519)
    for opening in (lambda: open_entry(read, TEK), lambda: open_with_content_key(read, open_entry(ENTRY, TEK)[1])):
        with pytest.raises(AuthenticationError):
            opening()


def test_no_other_key_opens_it() -> None:
    with pytest.raises(AuthenticationError):
        open_entry(ENTRY, bytes(32))
    with pytest.raises(AuthenticationError):
        open_with_content_key(ENTRY, bytes(32))
    with pytest.raises(AuthenticationError):
        ENTRY.verify(SigningKey(bytes(32)).public().ed25519)


@pytest.mark.parametrize("tek", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_length_is_our_bug(tek: bytes) -> None:
    with pytest.raises(LocalProtocolError):
        seal_entry(LATER, b"radio check", tek, KEY.ed25519)
    with pytest.raises(LocalProtocolError):
        open_entry(ENTRY, tek)


def test_it_shows_nothing_of_its_bytes() -> None:
    assert repr(ENTRY.ct)[2:12] not in repr(ENTRY)


# ------------------------------------------------------------------------------------------------ form


@pytest.mark.parametrize(
    ("base", "error"),
    [
        (evolve(LATER, version=2), VersionError),
        (evolve(LATER, seq=1), AuthenticationError),
        (evolve(LATER, prev=b""), AuthenticationError),
    ],
    ids=["newer", "a first entry after another", "a later entry after none"],
)
def test_a_base_against_its_rules_is_refused(base: EntryBase, error: type[RemoteProtocolError]) -> None:
    read_entry(ENTRY.data)
    with pytest.raises(error):
        read_entry(pack((int(Tag.ENTRY), encode(base), ENTRY.salt, ENTRY.ct, ENTRY.signature)))


@pytest.mark.parametrize("base", [evolve(LATER, seq=1), evolve(LATER, prev=b"")])
def test_such_an_entry_is_never_made(base: EntryBase) -> None:
    with pytest.raises(LocalProtocolError):
        seal_entry(base, b"radio check", TEK, KEY.ed25519)


@pytest.mark.parametrize(
    "changes",
    [
        {"precedence": 4},
        {"seq": 0},
        {"seq": MAX_SEQ + 1},
        {"feed": bytes(15)},
        {"prev": bytes(31)},
        {"envelope": b""},
        {"version": 256},
    ],
)
def test_fields_keep_their_bounds(changes: dict[str, Any]) -> None:
    seal_entry(evolve(LATER, seq=MAX_SEQ, precedence=3), b"", TEK, KEY.ed25519)
    with pytest.raises(LocalProtocolError):
        seal_entry(evolve(LATER, **changes), b"", TEK, KEY.ed25519)


@pytest.mark.parametrize("ct", [ENTRY.ct + bytes(1), ENTRY.ct[:-1], ENTRY.ct + bytes(32)])
def test_a_ciphertext_of_another_length_than_padding_makes_is_refused(ct: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        read_entry(pack((int(Tag.ENTRY), encode(LATER), ENTRY.salt, ct, ENTRY.signature)))
    longer = pack((int(Tag.ENTRY), encode(LATER), ENTRY.salt, ENTRY.ct + bytes(64), ENTRY.signature))
    with pytest.raises(AuthenticationError):
        open_entry(read_entry(longer), TEK)


def test_other_bytes_are_no_entry() -> None:
    for data in (b"", b"\x90", encode(LATER), ENTRY.data + b"\0", ENTRY.data[:-1]):
        with pytest.raises(DecodeError):
            read_entry(data)
    with pytest.raises(LimitError):
        read_entry(ENTRY.data + bytes(MAX_RECORD))


# ------------------------------------------------------------------------------------------------ sizes


def test_two_hundred_bytes_of_text_and_a_reference_fit_480_bytes() -> None:
    payload = TextPayload(FORMAT, 1_790_000_000, False, (Ref(int(Relation.REPLY), b"r" * 32),), "x" * 200, 0)
    assert len(seal_entry(LATER, encode_payload(payload), TEK, KEY.ed25519).data) <= 480
    twice = evolve(payload, refs=(*payload.refs, Ref(int(Relation.QUOTE), b"q" * 32)))
    assert len(seal_entry(LATER, encode_payload(twice), TEK, KEY.ed25519).data) <= 560


def test_the_longest_text_fits_and_a_payload_beyond_a_record_does_not() -> None:
    payload = TextPayload(FORMAT, 2**40, True, (Ref(1, bytes(32)),) * 8, "x" * MAX_TEXT, 2**40)
    read_entry(seal_entry(LATER, encode(payload), TEK, KEY.ed25519).data)
    with pytest.raises(LocalProtocolError):
        seal_entry(LATER, bytes(MAX_RECORD), TEK, KEY.ed25519)


def test_the_length_tells_the_payloads_in_steps_of_64() -> None:
    lengths = [len(seal_entry(LATER, bytes([1]) * size, TEK, KEY.ed25519).ct) for size in range(130)]
    assert lengths == [PAD_BLOCK * (size // PAD_BLOCK + 1) + 16 for size in range(130)]


# ------------------------------------------------------------------------------------------------ padding


@given(st.binary(max_size=200))
def test_padding_comes_off_as_it_went_on(payload: bytes) -> None:
    padded = pad(payload)
    assert len(padded) % PAD_BLOCK == 0
    assert 1 <= len(padded) - len(payload) <= PAD_BLOCK
    assert unpad(padded) == payload


@given(st.binary(max_size=200))
def test_what_unpads_is_what_pad_makes(padded: bytes) -> None:
    try:
        payload = unpad(padded)
    except AuthenticationError:
        return
    assert pad(payload) == padded


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(64),
        b"\x80",
        b"a\x80" + bytes(61),
        b"a\x80" + bytes(63),
        b"a\x80" + bytes(62 + 64),
        b"a\x80" + bytes(61) + b"\1",
        b"a\x81" + bytes(62),
        b"a" * 64,
    ],
)
def test_other_padding_is_refused(padded: bytes) -> None:
    assert unpad(b"a\x80" + bytes(62)) == b"a"
    with pytest.raises(AuthenticationError):
        unpad(padded)


def test_a_salt_that_is_not_the_texts_is_refused_though_the_tag_holds() -> None:
    base, padded = encode(LATER), pad(b"radio check")
    ck = content_key(TEK, base)

    def sealed(salt: bytes) -> bytes:
        both = digest(Person.MESSAGE_KEY, base, salt, key=ck, size=56)
        ct = crypto.aead_seal(both[:32], both[32:], base + salt, padded)
        assert crypto.aead_open(both[:32], both[32:], base + salt, ct) == padded
        return pack((int(Tag.ENTRY), base, salt, ct, ENTRY.signature))

    assert open_entry(read_entry(sealed(ENTRY.salt)), TEK) == (b"radio check", ck)
    with pytest.raises(AuthenticationError):
        open_entry(read_entry(sealed(bytes(32))), TEK)


# ------------------------------------------------------------------------------------------------ the header


def test_a_header_is_the_entry_without_its_ciphertext() -> None:
    header = read_header(ENTRY.header)
    assert header.bare
    assert not ENTRY.bare
    assert (header.id, header.base, header.signature) == (ENTRY.id, ENTRY.base, ENTRY.signature)
    assert header.header == header.data == ENTRY.header
    assert len(header.data) < 300
    header.verify(KEY.public().ed25519)
    assert read_any_entry(ENTRY.data) == ENTRY
    assert read_any_entry(ENTRY.header) == header


def test_a_header_opens_under_no_key() -> None:
    header = read_header(ENTRY.header)
    with pytest.raises(AuthenticationError):
        open_entry(header, TEK)
    with pytest.raises(AuthenticationError):
        open_with_content_key(header, content_key(TEK, header.base_data))


@given(st.binary(max_size=40))
def test_any_bytes_are_an_entry_a_header_or_refused(data: bytes) -> None:
    for each in (data, b"\x95\x1e" + data, b"\x95\x12" + data):
        with pytest.raises(RemoteProtocolError):
            read_any_entry(each)


def test_a_payload_is_proved_by_salt_and_ciphertext() -> None:
    """Who holds the key and the text makes both anew; a header of another ciphertext under the same salt is another entry."""
    ck = content_key(TEK, ENTRY.base_data)
    bare = read_header(ENTRY.header)
    prove_payload(bare, ck, b"radio check")
    other = read_header(encode(evolve(decode(EntryHeader, ENTRY.header), hash=bytes(32))))
    for entry, key, text in (
        (other, ck, b"radio check"),
        (bare, bytes(32), b"radio check"),
        (bare, ck, b"radio silence"),
    ):
        with pytest.raises(AuthenticationError):
            prove_payload(entry, key, text)
