"""Hypothesis strategies for the wire: any record of a class, any mutation of its bytes, and every class there is."""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import protocol
from protocol.base.records import BY_TAG, Bin, Blob, Code, Flag, Kind, Name, OptBin, Part, Seq, Text, Uint, kinds

FEW = 3
"""Items of a generated array, beyond its least: shape matters here, not size."""
CODE_INNER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"


def every_record_class() -> list[type]:
    """All record classes that stand on the wire, of every module of the protocol, by tag."""
    for module in pkgutil.walk_packages(protocol.__path__, "protocol."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return [BY_TAG[tag] for tag in sorted(BY_TAG)]


@cache
def record_of(cls: type) -> SearchStrategy[Any]:
    """Valid records of a class, or of a part."""
    return st.builds(cls, **{name: _values(kind) for name, kind in kinds(cls)})


def _values(kind: Kind) -> SearchStrategy[Any]:  # noqa: C901 - one line a kind
    match kind:
        case Uint():
            return st.integers(kind.min, kind.max) | st.integers(kind.min, min(kind.max, kind.min + 300))
        case Flag():
            return st.booleans()
        case Bin():
            return _bytes(kind.size)
        case OptBin():
            return st.just(b"") | _bytes(kind.size)
        case Blob():
            return st.integers(kind.min, min(kind.max, kind.min + 40)).flatmap(_bytes)
        case Code():
            return st.text(CODE_INNER, min_size=1, max_size=kind.max).filter(lambda t: "-" not in {t[0], t[-1]})
        case Name():
            return _names(kind)
        case Text():
            return st.text(min_size=kind.min, max_size=min(kind.max, 60) // 4)
        case Part():
            return record_of(kind.cls)
        case Seq():
            return _sequences(kind)
    raise TypeError(f"no strategy for {kind}")


def _bytes(size: int) -> SearchStrategy[bytes]:
    """Long ones are a seed repeated: Hypothesis draws few bytes well, and many badly."""
    if size <= 40:
        return st.binary(min_size=size, max_size=size)
    return st.binary(min_size=1, max_size=16).map(lambda seed: (seed * (size // len(seed) + 1))[:size])


def _names(kind: Name) -> SearchStrategy[str]:
    letters = st.characters(exclude_categories=("C", "Z"), max_codepoint=0x2FFF)
    texts = st.text(letters, min_size=kind.min, max_size=max(1, kind.max // 6))
    return texts.map(lambda t: unicodedata.normalize("NFC", t)).filter(
        lambda t: kind.min <= len(t.encode()) <= kind.max
    )


def _sequences(kind: Seq) -> SearchStrategy[Any]:
    most = min(kind.max, kind.min + FEW)
    if not kind.ascending:
        return st.lists(_values(kind.kind), min_size=kind.min, max_size=most).map(tuple)
    return (
        st.lists(_values(kind.kind), min_size=kind.min, max_size=most, unique_by=lambda item: kind.kind.lower(item, ""))
        .map(lambda items: sorted(items, key=lambda item: kind.kind.lower(item, "")))  # type: ignore[arg-type,return-value]
        .map(tuple)
    )


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """One to three changes of some bytes: flip, cut, insert, repeat, or another way to write a msgpack head."""
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.sampled_from(["flip", "cut", "insert", "repeat", "head", "truncate", "append"])):
            case "flip":
                data = (
                    data[:place]
                    + bytes([(data[place : place + 1] or b"\0")[0] ^ draw(st.integers(1, 255))])
                    + data[place + 1 :]
                )
            case "cut":
                data = data[:place] + data[place + draw(st.integers(1, 8)) :]
            case "insert":
                data = data[:place] + draw(st.binary(min_size=1, max_size=8)) + data[place:]
            case "repeat":
                data = data[:place] + data[place : place + draw(st.integers(1, 40))] + data[place:]
            case "head":
                data = data[:place] + draw(st.sampled_from(HEADS)) + data[place + 1 :]
            case "truncate":
                data = data[:place]
            case _:
                data += draw(st.binary(min_size=1, max_size=8))
    return data


HEADS = [bytes([head]) for head in range(0xC0, 0xE0)] + [
    b"\xcc\x01",
    b"\xcd\x00\x01",
    b"\xce\x00\x00\x00\x01",
    b"\xcf" + bytes(7) + b"\x01",
    b"\xc5\x00\x10",
    b"\xda\x00\x01",
    b"\xdc\x00\x02",
    b"\xdd\x00\x00\x00\x02",
    b"\xdd\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\xcb" + bytes(8),
    b"\xd4\xff\x00",
    b"\x91" * 40,
]
"""Type bytes of msgpack outside fixint and fixstr, non-minimal forms, and lengths that are not there."""
