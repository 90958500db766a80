"""Records: each kind's rule and its field name, exact arity, one encoding."""

from typing import Annotated, Any

import pytest

from protocol.base import codec
from protocol.base.errors import DecodeError, LimitError, LocalProtocolError, RemoteProtocolError, VersionError
from protocol.base.ids import Tag
from protocol.base.records import (
    BY_TAG,
    Bin,
    Blob,
    Code,
    Flag,
    Kind,
    Name,
    OptBin,
    Part,
    Seq,
    Text,
    Uint,
    decode,
    decode_any,
    encode,
    encode_part,
    evolve,
    peek,
    record,
)
from protocol.messages.entry import EntryBase
from protocol.messages.feed import FeedRecord
from protocol.messages.refs import Ref
from protocol.trust.access import Clearance

BASE = EntryBase(1, 0, b"f" * 16, 1, b"", b"e" * 32)
WIRE = (int(Tag.ENTRY_BASE), 1, 0, b"f" * 16, 1, b"", b"e" * 32)
REF = Ref(1, b"e" * 32)

ACCEPTED: list[tuple[Kind, Any, Any]] = [
    (Uint(), 2**64 - 1, 2**64 - 1),
    (Uint(9, 3), 3, 3),
    (Uint(9, 3), 9, 9),
    (Flag(), 0, False),
    (Flag(), 1, True),
    (Bin(2), b"ab", b"ab"),
    (OptBin(2), b"", b""),
    (OptBin(2), b"ab", b"ab"),
    (Blob(3, 1), b"a", b"a"),
    (Blob(3, 1), b"abc", b"abc"),
    (Code(), "X", "X"),
    (Code(), "A-1", "A-1"),
    (Code(), "A" * 16, "A" * 16),
    (Name(), "Zoë", "Zoë"),
    (Name(), "Exercise Ocean 1", "Exercise Ocean 1"),
    (Name(min=0), "", ""),
    (Name(4), "éé", "éé"),
    (Text(4), "", ""),
    (Text(4), "\0\u202e", "\0\u202e"),
    (Text(9), "e\u0301", "e\u0301"),
    (Seq(Uint(9), 2), (), ()),
    (Seq(Uint(9), 2), (2, 1), (2, 1)),
    (Seq(Uint(9), 2, ascending=True), (1, 2), (1, 2)),
    (Seq(Bin(1), 2, ascending=True), (b"a", b"b"), (b"a", b"b")),
    (Part(Ref), (1, b"e" * 32), REF),
    (Seq(Part(Ref), 2, ascending=True), ((1, b"a" * 32), (1, b"b" * 32)), (Ref(1, b"a" * 32), Ref(1, b"b" * 32))),
]

REFUSED: list[tuple[Kind, Any]] = [
    (Uint(), True),
    (Uint(), -1),
    (Uint(), 1.0),
    (Uint(), None),
    (Uint(), b"\x01"),
    (Uint(9, 3), 2),
    (Uint(9, 3), 10),
    (Flag(), 2),
    (Flag(), -1),
    (Flag(), True),
    (Flag(), None),
    (Bin(2), b""),
    (Bin(2), b"a"),
    (Bin(2), b"abc"),
    (Bin(2), "ab"),
    (Bin(2), bytearray(b"ab")),
    (OptBin(2), b"a"),
    (OptBin(2), ""),
    (OptBin(2), None),
    (Blob(3, 1), b""),
    (Blob(3, 1), b"abcd"),
    (Blob(3, 1), "a"),
    (Code(), ""),
    (Code(), "A" * 17),
    (Code(), "a"),
    (Code(), "-A"),
    (Code(), "A-"),
    (Code(), "-"),
    (Code(), "A B"),
    (Code(), "É"),
    (Code(), "\uff21"),
    (Code(), "\u0661"),
    (Code(), b"A"),
    (Name(), ""),
    (Name(), " x"),
    (Name(), "x\u00a0"),
    (Name(), "a\tb"),
    (Name(), "a\x7fb"),
    (Name(), "a\u202eb"),
    (Name(), "a\u200bb"),
    (Name(), "a\ufeffb"),
    (Name(), "a\U000e0041b"),
    (Name(), "a\u2028b"),
    (Name(), "a\u2029b"),
    (Name(), "\ue000"),
    (Name(), "\u0378"),
    (Name(), "\uffff"),
    (Name(), "\ud800"),
    (Name(), "e\u0301"),
    (Name(), "\u212b"),
    (Name(), "\ufb4b\u0301\u05bc"),
    (Name(4), "ééa"),
    (Name(), b"x"),
    (Text(4), "ééa"),
    (Text(4, 1), ""),
    (Text(4), "\ud800"),
    (Text(4), b"x"),
    (Seq(Uint(9), 2, 1), ()),
    (Seq(Uint(9), 2), (1, 2, 3)),
    (Seq(Uint(9), 2), (1, 10)),
    (Seq(Uint(9), 2), (1, True)),
    (Seq(Uint(9), 2), 1),
    (Seq(Uint(9), 2), b"\x01"),
    (Seq(Uint(9), 2), "1"),
    (Seq(Uint(9), 2, ascending=True), (2, 1)),
    (Seq(Uint(9), 2, ascending=True), (1, 1)),
    (Seq(Uint(9), 2, ascending=True), (1, b"a")),
    (Seq(Bin(1), 2, ascending=True), (b"b", b"a")),
    (Seq(Part(Ref), 2, ascending=True), ((1, b"b" * 32), (1, b"a" * 32))),
    (Part(Ref), (1,)),
    (Part(Ref), (1, b"e" * 32, 0)),
    (Part(Ref), (0, b"e" * 32)),
    (Part(Ref), 1),
]


@pytest.mark.parametrize(("kind", "wire", "value"), ACCEPTED)
def test_a_kind_takes_and_gives_back(kind: Kind, wire: Any, value: Any) -> None:
    raised = kind.raise_(wire, "field")
    assert raised == value
    assert type(raised) is type(value)
    lowered = kind.lower(raised, "field")
    assert lowered == wire
    assert type(lowered) is type(wire)


@pytest.mark.parametrize(("kind", "wire"), REFUSED)
def test_a_kind_refuses_by_naming_its_field(kind: Kind, wire: Any) -> None:
    with pytest.raises(DecodeError) as caught:
        kind.raise_(wire, "field")
    # Inside a part, the part's own field or class is named: nearer to the fault.
    assert caught.value.field in {"field", "relation", "Ref"} - (
        {"field"} if type(kind) is Part and wire == (0,) else set()
    )
    assert caught.value.detail


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Uint(9), 10),
        (Flag(), 1),
        (Bin(2), b"a"),
        (Name(), "e\u0301"),
        (Seq(Uint(9), 2), (1, 2, 3)),
        (Seq(Uint(9), 2, ascending=True), (2, 1)),
        (Part(Ref), (1, b"e" * 32)),
    ],
)
def test_a_kind_checks_on_the_way_out_too(kind: Kind, value: Any) -> None:
    with pytest.raises(DecodeError):
        kind.lower(value, "field")


# --- one record, by hand ---


def test_a_record_is_its_tag_and_its_fields_in_order() -> None:
    data = encode(BASE)
    assert codec.unpack(data) == WIRE
    assert data == bytes.fromhex("97110100c410" + "66" * 16 + "01c400c420" + "65" * 32)
    assert decode(EntryBase, data) == BASE


@pytest.mark.parametrize(
    ("wire", "error", "field"),
    [
        (WIRE[1:], DecodeError, "tag"),
        (WIRE[:-1], DecodeError, "EntryBase"),
        ((*WIRE, 0), DecodeError, "EntryBase"),
        ((), DecodeError, "tag"),
        (0, DecodeError, "tag"),
        ("x", DecodeError, "tag"),
        ((b"\x11", *WIRE[1:]), DecodeError, "tag"),
        ((int(Tag.ENTRY), *WIRE[1:]), DecodeError, "tag"),
        ((127, *WIRE[1:]), VersionError, "tag"),
        ((2**63, *WIRE[1:]), VersionError, "tag"),
        ((*WIRE[:1], 256, *WIRE[2:]), DecodeError, "version"),
        ((*WIRE[:2], 4, *WIRE[3:]), DecodeError, "precedence"),
        ((*WIRE[:3], b"f" * 15, *WIRE[4:]), DecodeError, "feed"),
        ((*WIRE[:4], 0, *WIRE[5:]), DecodeError, "seq"),
        ((*WIRE[:4], 2**63, *WIRE[5:]), DecodeError, "seq"),
        ((*WIRE[:5], b"p" * 31, *WIRE[6:]), DecodeError, "prev"),
        ((*WIRE[:6], "e" * 32), DecodeError, "envelope"),
    ],
)
def test_a_fault_is_named_by_its_field(wire: Any, error: type[RemoteProtocolError], field: str) -> None:
    with pytest.raises(error) as caught:
        decode(EntryBase, codec.pack(wire))
    assert type(caught.value) is error
    assert caught.value.field == field


def test_an_unknown_tag_says_whether_it_is_critical() -> None:
    for tag, word in ((127, "critical"), (128, "optional")):
        with pytest.raises(VersionError, match=f"unknown {word} tag {tag}"):
            peek((tag,))


def test_a_negative_tag_is_malformed_and_not_newer() -> None:
    with pytest.raises(DecodeError) as caught:
        decode(EntryBase, b"\x97\xff" + encode(BASE)[2:])
    assert caught.value.field == "tag"


def test_a_record_has_its_own_bound() -> None:
    with pytest.raises(LimitError):
        decode(EntryBase, b"\xc1" * 257)  # EntryBase is bounded by 256; the bytes are no msgpack


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"\x97\x11\x01", b"\x97\x11\xcc\x01"), (b"\x97\x11", b"\xdc\x00\x07\x11"), (b"\xc4\x10", b"\xc5\x00\x10")],
    ids=["integer", "array", "bin"],
)
def test_another_encoding_of_the_same_record_is_refused(old: bytes, new: bytes) -> None:
    data = encode(BASE)
    assert old in data
    with pytest.raises(DecodeError) as caught:
        decode(EntryBase, data.replace(old, new, 1))
    assert caught.value.field == "EntryBase"


def test_what_breaks_its_own_rule_is_never_emitted() -> None:
    with pytest.raises(LocalProtocolError) as caught:
        encode(evolve(BASE, seq=0))
    assert caught.value.field == "seq"
    with pytest.raises(LocalProtocolError):
        encode(REF)  # a part never stands by itself
    assert encode_part(REF) == codec.pack((1, b"e" * 32))


def test_a_record_too_long_for_its_class_is_never_emitted() -> None:
    publication = BY_TAG[Tag.DIRECTORY]
    assert len(encode(publication(b"c" * 16, 0, 0, 1, 0, (b"h" * 32,) * 1024))) < 65_536
    with pytest.raises(LocalProtocolError):
        encode(publication(b"c" * 16, 0, 0, 1, 0, (b"h" * 32,) * 1025))


def test_decode_any_chooses_by_tag_among_those_expected() -> None:
    data = encode(BASE)
    assert decode_any(data, {Tag.ENTRY_BASE: EntryBase}) == BASE
    with pytest.raises(DecodeError) as caught:
        decode_any(data, {Tag.FEED: FeedRecord})
    assert caught.value.field == "tag"
    with pytest.raises(LimitError):
        decode_any(data, {Tag.ENTRY_BASE: EntryBase}, max_size=10)
    with pytest.raises(LimitError):  # the class has its own bound
        decode_any(codec.pack((*WIRE, b"x" * 256)), {Tag.ENTRY_BASE: EntryBase})


def test_records_are_frozen_and_compare_by_value() -> None:
    assert evolve(BASE, seq=2, prev=b"p" * 32) != BASE
    assert evolve(BASE) == BASE
    with pytest.raises(AttributeError):
        BASE.seq = 2  # type: ignore[misc]


def test_a_field_without_a_kind_and_a_tag_used_twice_are_bugs() -> None:
    with pytest.raises(LocalProtocolError, match="has no kind"):

        @record()
        class Bare:
            field: int

    with pytest.raises(LocalProtocolError, match="tag used twice"):

        @record(Tag.ENTRY_BASE)
        class Twice:
            field: Annotated[int, Uint()]

    assert BY_TAG[Tag.ENTRY_BASE] is EntryBase


def test_a_part_in_a_record_must_be_of_its_class() -> None:
    with pytest.raises(DecodeError):
        Part(Clearance).lower(REF, "ceiling")
