"""One small valid value for any record class, and every one-field fault of it, from its kinds alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from protocol.base.codec import MAX_UINT, Value
from protocol.base.records import Bin, Blob, Code, Flag, Kind, Name, OptBin, Part, Seq, Text, Uint, kinds
from protocol.vectors.drbg import Drbg

Fault: TypeAlias = tuple[str, str, Any]
"""(what is wrong, the field that the error names, fields with the fault)."""

SHORT = 512
"""Bytes: byte strings of a longer exact length are one byte repeated, which packs well."""


def wire(cls: type, entropy: Drbg) -> tuple[Value, ...]:
    """Wire values of the fields of a class, without its tag."""
    return tuple(_value(kind, entropy) for _, kind in kinds(cls))


def _value(kind: Kind, entropy: Drbg) -> Value:
    match kind:
        case Uint():
            return kind.min + entropy(1)[0] % min(kind.max - kind.min + 1, 200)
        case Flag():
            return 1
        case Bin() | OptBin():
            return entropy(kind.size) if kind.size <= SHORT else entropy(1) * kind.size
        case Blob():
            return entropy(min(max(kind.min, 8), kind.max))
        case Code():
            return "A-1"
        case Name():
            return "Zoë 1"
        case Text():
            return "text\u202e"
        case Part():
            return wire(kind.cls, entropy)
        case Seq():
            return _items(kind, entropy)
    raise TypeError(f"no sample of {kind}")


def _items(kind: Seq, entropy: Drbg) -> Value:
    count = min(max(kind.min, 2), kind.max)
    items: list[Any] = []
    while len(items) < count:
        item = _value(kind.kind, entropy)
        if not kind.ascending or item not in items:
            items.append(item)
    return tuple(sorted(items) if kind.ascending else items)


def faults(cls: type, good: tuple[Value, ...]) -> Iterator[Fault]:
    """Each breaks one rule of one field."""
    for place, (name, kind) in enumerate(kinds(cls)):
        for what, field, bad in _faults(kind, name, good[place]):
            yield f"{name}: {what}", field, (*good[:place], bad, *good[place + 1 :])


def _faults(kind: Kind, name: str, good: Any) -> Iterator[Fault]:
    match kind:
        case Part():
            yield from _part(kind, name, good)
        case Seq():
            yield from _sequence(kind, name, good)
        case Uint() | Flag():
            yield from ((what, name, bad) for what, bad in _number(kind))
        case Bin() | OptBin() | Blob():
            yield from ((what, name, bad) for what, bad in _bytes(kind, good))
        case _:
            yield from ((what, name, bad) for what, bad in _text(kind, good))


def _number(kind: Uint | Flag) -> Iterator[tuple[str, Value]]:
    yield "bytes for an integer", b"\x01"
    if isinstance(kind, Flag):
        yield "two for a flag", 2
        return
    if kind.min:
        yield "below its least", kind.min - 1
    if kind.max < MAX_UINT:
        yield "above its most", kind.max + 1


def _bytes(kind: Bin | OptBin | Blob, good: bytes) -> Iterator[tuple[str, Value]]:
    if len(good) <= SHORT:
        yield "text for bytes", "x" * len(good)
    if isinstance(kind, Blob):
        if kind.min:
            yield "too short", good[: kind.min - 1]
        return
    yield "a byte short", good[:-1]
    yield "a byte long", good + b"\0"
    if isinstance(kind, Bin):
        yield "none", b""


def _text(kind: Kind, good: str) -> Iterator[tuple[str, Value]]:
    yield "bytes for text", good.encode()
    if isinstance(kind, Code):
        yield "lower case", good.lower()
        yield "hyphen at the end", good + "-"
        yield "too long", "A" * (kind.max + 1)
    if isinstance(kind, Name):
        yield "not NFC", "Zoe\u0308 1"
        yield "right-to-left override", "Zo\u202eë"
        yield "space at the end", "Zoë "
        yield "too long", "x" * (kind.max + 1)
    if isinstance(kind, Code) or (isinstance(kind, Name | Text) and kind.min):
        yield "empty", ""


def _part(kind: Part, name: str, good: Any) -> Iterator[Fault]:
    yield "a field less", name, good[:-1]
    yield "a field more", name, (*good, 0)
    yield from faults(kind.cls, good)


def _sequence(kind: Seq, name: str, good: Any) -> Iterator[Fault]:
    yield "bytes for an array", name, b"\x90"
    if kind.min:
        yield "too few", name, good[: kind.min - 1]
    if kind.ascending and len(good) > 1:
        yield "out of order", name, tuple(reversed(good))
        yield "the same twice", name, (good[0], good[0])
    if kind.max < SHORT // 16 and good:
        yield "too many", name, _rising(good[0], kind.max + 1) if kind.ascending else good[:1] * (kind.max + 1)
    if isinstance(kind.kind, Part):
        for what, field, bad in _part(kind.kind, name, good[0]):
            yield f"first {what}", field, (bad, *good[1:])
    elif good:
        yield "an item of another type", name, ("x" if isinstance(good[0], int | bytes) else 1, *good[1:])


def _rising(first: Any, count: int) -> Value:
    """So many items in ascending order: only their number is wrong."""
    if isinstance(first, tuple):
        return tuple((*first[:-1], bytes([i]) * 32) for i in range(count))
    return tuple(bytes([i]) * len(first) if isinstance(first, bytes) else i for i in range(count))
