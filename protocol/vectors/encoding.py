"""Vectors of SPEC 3: values of the codec, every record class, and their one-fault neighbours."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from protocol.base.codec import Value, pack, pack_checked
from protocol.base.ids import Tag
from protocol.base.limits import MAX_RECORD
from protocol.base.records import BY_TAG
from protocol.vectors import samples
from protocol.vectors.notation import Case, File, show
from protocol.vectors.world import ENTROPY

for room in (
    "exchange.invite", "exchange.messages", "keys.keyring", "messages.payload", "trust.amending", "trust.founding",
):  # fmt: skip
    importlib.import_module(f"protocol.{room}")

LONG = 2_048
"""Bytes: of a longer record only the good encoding stands here; its rules are those of the kinds all the same."""

VALUES: list[tuple[str, Value]] = [
    ("zero", 0),
    ("last fixint", 127),
    ("first uint8", 128),
    ("first uint16", 256),
    ("first uint32", 2**16),
    ("first uint64", 2**32),
    ("largest integer", 2**64 - 1),
    ("none, as bytes", b""),
    ("bytes", b"\x00\xff"),
    ("last bin8", b"b" * 255),
    ("first bin16", b"b" * 256),
    ("none, as text", ""),
    ("last fixstr", "t" * 31),
    ("first str8", "t" * 32),
    ("first str16", "t" * 256),
    ("text of many scripts", "Zoë Ω Ж 漢 \U0001f6f0"),
    ("text is not normalised", "e\u0301"),
    ("empty array", ()),
    ("last fixarray", (0,) * 15),
    ("first array16", (0,) * 16),
    ("depth 4", (((((1,),),),),)[0]),
    ("all types", (1, b"1", "1", (2,))),
]

REFUSED: list[tuple[str, str]] = [
    ("nil", "c0"),
    ("false", "c2"),
    ("true", "c3"),
    ("float32", "ca3f800000"),
    ("float64", "cb3ff0000000000000"),
    ("negative fixint", "ff"),
    ("negative int64", "d3ffffffffffffffff"),
    ("int8 of a fixint", "d001"),
    ("int64 of an integer", "d30000000100000000"),
    ("uint8 of a fixint", "cc7f"),
    ("uint16 of a uint8", "cd00ff"),
    ("uint32 of a uint16", "ce0000ffff"),
    ("uint64 of a uint32", "cf00000000ffffffff"),
    ("bin16 of a bin8", "c5000162"),
    ("bin32 of a bin8", "c60000000162"),
    ("str8 of a fixstr", "d90174"),
    ("str16 of a fixstr", "da000174"),
    ("str32 of a fixstr", "db0000000174"),
    ("array16 of a fixarray", "dc000100"),
    ("array32 of a fixarray", "dd0000000100"),
    ("empty map", "80"),
    ("map", "810102"),
    ("map with a key twice", "8201020103"),
    ("fixext", "d40100"),
    ("empty ext8", "c70001"),
    ("timestamp", "d6ff00000000"),
    ("never used byte", "c1"),
    ("invalid UTF-8", "a1ff"),
    ("overlong UTF-8", "a2c080"),
    ("lone surrogate", "a3eda080"),
    ("above the last code point", "a4f4908080"),
    ("nothing", ""),
    ("byte left over", "0000"),
    ("cut inside bytes", "c40262"),
    ("cut inside an array", "9200"),
    ("array of 2^32", "ddffffffff"),
    ("depth 5", "919191919100"),
    ("array of 1,025", "dc0401" + "00" * 1025),
]


def build() -> File:
    """The file's content."""
    good, bad = _records()
    return {
        "chapter": "3 Conventions and encoding",
        "format": {
            "values": "a value and its one encoding",
            "refused": "bytes that are no value of the profile",
            "records": "fields of a record of the class that the tag names, in order, and its encoding",
            "faults": "`cut` bytes from `at` in the encoding of the record `of` give way to `put`: one rule of one field "
            "is broken, and `field` names it",
        },
        "verification": [
            "encode(value) = encoded; decode(encoded) = value",
            "decode(refused.encoded) fails with `expect`",
            "encode([tag, *fields]) = encoded; the record of that tag decodes it and encodes back to it",
            "the record of that tag refuses the fault with `expect`, naming `field`",
        ],
        "values": [{"name": name, "value": show(value), "encoded": pack(value).hex()} for name, value in VALUES],
        "refused": [{"name": name, "encoded": data, "expect": "decode"} for name, data in REFUSED],
        "records": good,
        "faults": bad,
    }


def _records() -> tuple[list[Case], list[Case]]:
    good: list[Case] = []
    bad: list[Case] = []
    for tag in sorted(BY_TAG):
        cls = BY_TAG[tag]
        fields = samples.wire(cls, ENTROPY.fork(f"sample {tag.name}"))
        data = _pack(tag, fields)
        good.append({"name": tag.name, "tag": int(tag), "fields": show(fields), "encoded": data.hex()})
        if len(data) <= LONG:
            bad.extend(_faults(tag, cls, fields, data))
    return good, bad


def _faults(tag: Tag, cls: type, fields: tuple[Value, ...], data: bytes) -> Iterator[Case]:
    for what, field, changed in _every_fault(tag, cls, fields):
        yield {"of": tag.name, "name": what, **_splice(data, changed), "expect": "decode", "field": field}
    newer = pack_checked((255, *fields))
    yield {"of": tag.name, "name": "a tag of tomorrow", **_splice(data, newer), "expect": "version", "field": "tag"}


def _every_fault(tag: Tag, cls: type, fields: tuple[Value, ...]) -> Iterator[tuple[str, str, bytes]]:
    where = cls.__name__
    if fields:
        yield "a field less", where, _pack(tag, fields[:-1])
    yield "a field more", where, _pack(tag, (*fields, 0))
    for what, field, changed in samples.faults(cls, fields):
        yield what, field, _pack(tag, changed)


def _pack(tag: Tag, fields: tuple[Value, ...]) -> bytes:
    return pack_checked((int(tag), *fields), max_size=16 * MAX_RECORD)


def _splice(good: bytes, bad: bytes) -> Case:
    """The shortest replacement that makes `bad` of `good`."""
    at = 0
    while at < min(len(good), len(bad)) and good[at] == bad[at]:
        at += 1
    tail = 0
    while tail < min(len(good), len(bad)) - at and good[-1 - tail] == bad[-1 - tail]:
        tail += 1
    return {"at": at, "cut": len(good) - at - tail, "put": bad[at : len(bad) - tail].hex()}
