"""Versions and quotes: as many as references that quote, no more text than a message holds, and a label that is nowhere lowered."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.errors import DecodeError, LocalProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_TEXT
from protocol.base.records import encode, evolve
from protocol.messages.payload import FORMAT, Payload, decode_payload, encode_payload, kind_of
from protocol.messages.receipts import Range
from protocol.messages.refs import Ref, Relation
from protocol.messages.versions import (
    CORRECTABLE,
    MAX_QUOTES,
    RECALLABLE,
    CorrectionPayload,
    PurgedPayload,
    Quote,
    QuotingPayload,
    Recall,
    RetractionPayload,
)
from protocol.trust.label import Label, ReleaseKey

NOW = 1_790_000_000


def quoting(*names: bytes, relation: Relation = Relation.QUOTE) -> tuple[Ref, ...]:
    return tuple(Ref(int(relation), name * 32) for name in names)


QUOTE = Quote(1, "Kowal", NOW - 60, 2, 1, (0, 1), "convoy leaves at dawn")
QUOTING = QuotingPayload(
    FORMAT,
    NOW,
    False,
    (*quoting(b"a", relation=Relation.REPLY), *quoting(b"b", b"c")),
    "confirmed",
    0,
    (QUOTE, evolve(QUOTE, person="", text="hold")),
)


CORRECTION = CorrectionPayload(FORMAT, NOW, False, (), "hold at PL BLUE", 0, b"f" * 32, 2)
RETRACTION = RetractionPayload(FORMAT, NOW, False, (), (b"a" * 32, b"b" * 32), int(Recall.SPILL))
PURGED = PurgedPayload(FORMAT, NOW, False, (), Range(b"f" * 16, 3, b"r" * 32))


@pytest.mark.parametrize(
    ("payload", "tag"),
    [
        (QUOTING, Tag.QUOTING),
        (evolve(QUOTING, text=""), Tag.QUOTING),
        (CORRECTION, Tag.CORRECTION),
        (RETRACTION, Tag.RETRACTION),
        (PURGED, Tag.PURGED),
    ],
)
def test_it_reads_back(payload: Payload, tag: Tag) -> None:
    assert decode_payload(encode_payload(payload)) == payload
    assert kind_of(payload) is tag


def test_each_quote_goes_with_its_reference_in_order() -> None:
    assert [(name, quote.text) for name, quote in QUOTING.quoted] == [
        (b"b" * 32, "convoy leaves at dawn"),
        (b"c" * 32, "hold"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"refs": quoting(b"b")},
        {"refs": quoting(b"b", b"c", b"d")},
        {"refs": quoting(b"b", b"c", relation=Relation.REPLY)},
        {"text": "x" * (MAX_TEXT - 24)},
        {"quotes": (evolve(QUOTE, text="x" * (MAX_TEXT - 8)), QUOTE)},
    ],
)
def test_quotes_against_their_rules_are_refused(changes: dict[str, Any]) -> None:
    bad = evolve(QUOTING, **changes)
    with pytest.raises(DecodeError) as refused:
        decode_payload(encode(bad))
    assert refused.value.field == "quotes"
    with pytest.raises(LocalProtocolError):
        encode_payload(bad)


def test_it_holds_as_much_text_as_a_message_and_counts_bytes() -> None:
    whole = evolve(
        QUOTING, refs=quoting(b"b"), text="é" * 8_000, quotes=(evolve(QUOTE, text="x" * (MAX_TEXT - 16_000)),)
    )
    assert decode_payload(encode_payload(whole)) == whole
    with pytest.raises(LocalProtocolError):
        encode_payload(evolve(whole, text=whole.text + "x"))


@pytest.mark.parametrize(
    "bad",
    [
        evolve(QUOTING, quotes=()),
        evolve(RETRACTION, entries=()),
        evolve(RETRACTION, entries=(b"b" * 32, b"a" * 32)),
        evolve(RETRACTION, entries=(b"a" * 32, b"a" * 32)),
        evolve(RETRACTION, reason=0),
        evolve(RETRACTION, reason=3),
        evolve(PURGED, of=Range(b"f" * 16, 0, b"r" * 32)),
        evolve(CORRECTION, text=""),
        evolve(CORRECTION, version=1),
        evolve(CORRECTION, version=256),
        evolve(CORRECTION, first=b""),
        evolve(QUOTING, refs=quoting(b"b", b"c", b"d", b"e", b"f", b"g", b"h"), quotes=(QUOTE,) * (MAX_QUOTES + 1)),
        *(
            evolve(QUOTING, refs=quoting(b"b"), quotes=(evolve(QUOTE, **{field: value}),))
            for field, value in (
                ("text", ""),
                ("releasable", ()),
                ("releasable", (1, 0)),
                ("person", " x"),
                ("level", 16),
            )
        ),
    ],
)
def test_fields_keep_their_bounds(bad: Payload) -> None:
    with pytest.raises(LocalProtocolError):
        encode_payload(bad)


def test_only_messages_are_corrected_and_recalled() -> None:
    assert {Tag.TEXT, Tag.QUOTING} == CORRECTABLE
    assert CORRECTABLE | {Tag.CORRECTION, Tag.REPORT} == RECALLABLE


def test_a_quote_names_a_label_of_the_coalition_s_policy() -> None:
    assert QUOTE.release(b"p" * 32) == ReleaseKey(b"p" * 32, 2, 1, (0, 1))
    assert QUOTE.label(b"p" * 32) == Label(b"p" * 32, 2, frozenset({1}), frozenset({0, 1}))
