"""Payloads: a few kinds, one encoding, and the same rules on the way out as on the way in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.codec import pack
from protocol.base.errors import DecodeError, LocalProtocolError, RemoteProtocolError, VersionError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_REFS, MAX_TEXT
from protocol.base.records import encode, evolve
from protocol.messages.payload import (
    FORMAT,
    KINDS,
    ComplaintPayload,
    ComplaintReason,
    Payload,
    TextPayload,
    decode_payload,
    encode_payload,
    kind_of,
)
from protocol.messages.receipts import Range, ReceiptPayload, ReceiptState, Response
from protocol.messages.refs import Ref, Relation

NOW = 1_790_000_000
REFS = (Ref(int(Relation.REPLY), b"a" * 32), Ref(int(Relation.QUOTE), b"a" * 32))
TEXT = TextPayload(FORMAT, NOW, False, REFS, "radio check", NOW + 60)
COMPLAINT = ComplaintPayload(FORMAT, NOW, False, (), b"e" * 32, int(ComplaintReason.COMMITMENT))
RECEIPT = ReceiptPayload(
    FORMAT,
    NOW,
    False,
    (),
    int(ReceiptState.ACKNOWLEDGED),
    (Range(b"f" * 16, 3, b"x" * 32), Range(b"g" * 16, 1, b"y" * 32)),
    int(Response.CAVEAT),
    "from 1400 on",
)


@pytest.mark.parametrize(
    ("payload", "tag"), [(TEXT, Tag.TEXT), (RECEIPT, Tag.RECEIPT), (COMPLAINT, Tag.COMPLAINT)], ids=["t", "r", "c"]
)
def test_each_kind_reads_back(payload: Payload, tag: Tag) -> None:
    assert decode_payload(encode_payload(payload)) == payload
    assert kind_of(payload) is tag


def test_the_kinds_are_these() -> None:
    assert list(KINDS) == [
        Tag.TEXT,
        Tag.RECEIPT,
        Tag.COMPLAINT,
        Tag.QUOTING,
        Tag.CORRECTION,
        Tag.RETRACTION,
        Tag.PURGED,
        Tag.ROE_NOTICE,
        Tag.ROE_ENDORSEMENT,
        Tag.REPORT,
        Tag.NOTICE,
    ]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_a_text_may_hold_any_scalar_values(text: str) -> None:
    assert decode_payload(encode_payload(evolve(TEXT, text=text))) == evolve(TEXT, text=text)


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"format": 2}, VersionError, "format"),
        ({"format": 0}, VersionError, "format"),
        ({"refs": (REFS[0], REFS[1], REFS[0])}, DecodeError, "refs"),
    ],
)
@pytest.mark.parametrize("payload", [TEXT, RECEIPT, COMPLAINT], ids=["t", "r", "c"])
def test_what_a_reader_refuses_is_not_sent(
    payload: Payload, changes: dict[str, Any], error: type[RemoteProtocolError], field: str
) -> None:
    refused(evolve(payload, **changes), error, field)


def refused(payload: Payload, error: type[RemoteProtocolError], field: str) -> None:
    with pytest.raises(error) as refusal:
        decode_payload(encode(payload))
    assert refusal.value.field == field
    with pytest.raises(LocalProtocolError) as bug:
        encode_payload(payload)
    assert bug.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ranges": (Range(b"f" * 16, 3, b"x" * 32), Range(b"f" * 16, 4, b"y" * 32))}, "ranges"),
        ({"state": int(ReceiptState.READ)}, "response"),
        ({"state": int(ReceiptState.DELIVERED), "response": 0}, "response"),
        ({"state": int(ReceiptState.READ), "text": ""}, "response"),
        ({"text": ""}, "text"),
    ],
)
def test_a_receipt_against_its_rules_is_refused(changes: dict[str, Any], field: str) -> None:
    refused(evolve(RECEIPT, **changes), DecodeError, field)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": int(ReceiptState.DELIVERED), "response": 0, "text": ""},
        {"state": int(ReceiptState.READ), "response": 0, "text": ""},
        {"response": int(Response.NONE), "text": ""},
        {"response": int(Response.WILCO), "text": ""},
        {"response": int(Response.UNABLE), "text": "no fuel"},
    ],
)
def test_receipts_that_are_accepted(changes: dict[str, Any]) -> None:
    receipt = evolve(RECEIPT, **changes)
    assert decode_payload(encode_payload(receipt)) == receipt


@pytest.mark.parametrize(
    "payload",
    [
        evolve(TEXT, text=""),
        evolve(TEXT, text="x" * (MAX_TEXT + 1)),
        evolve(TEXT, text="\ud800"),
        evolve(TEXT, refs=tuple(Ref(1, bytes([n]) * 32) for n in range(MAX_REFS + 1))),
        evolve(TEXT, refs=(Ref(0, bytes(32)),)),
        evolve(COMPLAINT, reason=0),
        evolve(COMPLAINT, reason=int(ComplaintReason.NO_SLOT) + 1),
        evolve(RECEIPT, ranges=()),
        evolve(RECEIPT, ranges=RECEIPT.ranges[::-1]),
        evolve(RECEIPT, state=4),
        evolve(RECEIPT, response=4),
        evolve(RECEIPT, ranges=(Range(b"f" * 16, 0, bytes(32)),)),
    ],
)
def test_fields_keep_their_bounds(payload: Payload) -> None:
    with pytest.raises(LocalProtocolError):
        encode_payload(payload)


@pytest.mark.parametrize("reason", ComplaintReason)
def test_a_complaint_has_one_of_its_reasons(reason: ComplaintReason) -> None:
    complaint = evolve(COMPLAINT, reason=int(reason))
    assert decode_payload(encode_payload(complaint)) == complaint


def test_other_bytes_are_no_payload() -> None:
    for data, error in (
        (pack((126, FORMAT)), VersionError),
        (pack((int(Tag.FEED), 1)), DecodeError),
        (encode_payload(TEXT) + b"\0", DecodeError),
        (b"", DecodeError),
        (b"\x90", DecodeError),
    ):
        with pytest.raises(error):
            decode_payload(data)
