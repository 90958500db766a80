"""The same value written another way: every msgpack spelling that a lenient parser takes for it.

A parser differential needs two readings of one meaning: one node hashes, verifies or shows other bytes than the next.
`respellings(data)` changes one token of a canonical encoding at a time, at every depth.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from protocol.base.codec import Value, pack_checked, unpack_loose

SMALL_FLOAT = 2**53
"""Integers up to here have a float64 of the same value."""


def respellings(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(what was changed, bytes): each another spelling of the same value, or one that is outside the profile."""
    yield from _variants(unpack_loose(data, max_size=len(data)))
    yield "trailing zero", data + b"\x00"
    yield "trailing nil", data + b"\xc0"
    yield "the record twice", data + data


def _spell(value: Value) -> bytes:
    return pack_checked(value, max_size=1 << 24)


def _variants(value: Value) -> Iterator[tuple[str, bytes]]:
    if type(value) is int:
        yield from _integer(value)
    elif type(value) is bytes:
        yield from _binary(value)
    elif type(value) is str:
        yield from _string(value)
    elif type(value) is tuple:
        yield from _array(value)


def _integer(value: int) -> Iterator[tuple[str, bytes]]:
    canonical = _spell(value)
    for name, head, form in (
        ("uint8", 0xCC, ">B"),
        ("uint16", 0xCD, ">H"),
        ("uint32", 0xCE, ">I"),
        ("uint64", 0xCF, ">Q"),
        ("int8", 0xD0, ">b"),
        ("int16", 0xD1, ">h"),
        ("int32", 0xD2, ">i"),
        ("int64", 0xD3, ">q"),
    ):
        try:
            spelled = bytes([head]) + struct.pack(form, value)
        except struct.error:
            continue
        if spelled != canonical:
            yield f"{value} as {name}", spelled
    if value <= SMALL_FLOAT:
        yield f"{value} as float64", b"\xcb" + struct.pack(">d", value)
    if value < 2**24:
        yield f"{value} as float32", b"\xca" + struct.pack(">f", value)
    if value < 2:
        yield f"{value} as bool", bytes([0xC2 + value])
    if value == 0:
        yield "0 as nil", b"\xc0"
    yield f"{value} as text", _spell(str(value))
    yield f"{value} as ext", b"\xc7\x08\x01" + value.to_bytes(8, "big")


def _binary(value: bytes) -> Iterator[tuple[str, bytes]]:
    size = len(value)
    if size < 2**8:
        yield "bin16", b"\xc5" + struct.pack(">H", size) + value
    if size < 2**16:
        yield "bin32", b"\xc6" + struct.pack(">I", size) + value
        yield "bin as str", b"\xda" + struct.pack(">H", size) + value
        yield "bin as ext", b"\xc8" + struct.pack(">H", size) + b"\x01" + value
    if size == 0:
        yield "none as nil", b"\xc0"
        yield "none as empty str", b"\xa0"
        yield "none as false", b"\xc2"
        yield "none as empty array", b"\x90"
        yield "none as empty map", b"\x80"
    elif size <= 32:
        yield "bin as array of integers", _spell(tuple(value))


def _string(value: str) -> Iterator[tuple[str, bytes]]:
    data = value.encode("utf-8")
    size = len(data)
    if size < 32:
        yield "str8", b"\xd9" + bytes([size]) + data
    if size < 2**8:
        yield "str16", b"\xda" + struct.pack(">H", size) + data
    yield "str32", b"\xdb" + struct.pack(">I", size) + data
    yield "str as bin", _spell(data)
    yield "str with a lone surrogate", b"\xda" + struct.pack(">H", size + 3) + data + b"\xed\xa0\x80"
    yield "str cut inside a character", b"\xda" + struct.pack(">H", size + 1) + data + b"\xc3"
    if size == 0:
        yield "empty str as nil", b"\xc0"


def _array(value: tuple[Value, ...]) -> Iterator[tuple[str, bytes]]:
    size, items = len(value), [_spell(item) for item in value]
    body = b"".join(items)
    if size < 16:
        yield "array16", b"\xdc" + struct.pack(">H", size) + body
    if size < 2**16:
        yield "array32", b"\xdd" + struct.pack(">I", size) + body
    yield "array with a nil more", _head(size + 1) + body + b"\xc0"
    if size:
        yield (
            "array as map of places",
            b"\xde" + struct.pack(">H", size) + b"".join(_spell(place) + item for place, item in enumerate(items)),
        )
        yield "array as map with a key twice", b"\xde" + struct.pack(">H", 2) + (b"\x00" + items[0]) * 2
        yield "array one deeper", b"\x91" + _head(size) + body
    for place, item in enumerate(value):
        before, after = b"".join(items[:place]), b"".join(items[place + 1 :])
        for name, spelled in _variants(item):
            yield f"[{place}] {name}", _head(size) + before + spelled + after


def _head(size: int) -> bytes:
    return bytes([0x90 + size]) if size < 16 else b"\xdc" + struct.pack(">H", size)
