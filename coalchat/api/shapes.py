"""Records to maps and back, by their annotations (SPEC 12.2).

A field is str, int, bool, bytes, a word list (`StrEnum`, as its string), another record (a map of its fields), `tuple[X,
...]` (an array), `X | None` (nil), or one of several records: their map has one key more, `kind`, the class's own.

Rule 1: a class is compiled once, when it is first used; an annotation outside this list is a bug and says so.
Rule 2: exact types on the way in and on the way out, so that we never send what we would refuse.
Rule 3: a refusal names the field, never its value.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from coalchat.errors import ApiDecodeError
from coalchat.record import fields_of, is_record, record

R = TypeVar("R")

MAX_INT: Final = 2**63 - 1
MIN_INT: Final = -(2**63)
"""Integers of the API are what an SQL column holds."""

_WORDS: Final = {"str": str, "int": int, "bool": bool, "bytes": bytes}
_NAMES: Final = {str: "text", bool: "true or false", bytes: "bytes"}


@record(kw_only=False)
class _Kind:
    """How one field travels: `raise_` from msgpack's plain values, `lower` to them; both check."""

    raise_: Callable[[Any], Any]
    lower: Callable[[Any], Any]


def raise_fields(cls: type[R], fields: Any) -> R:
    """A record from the map of its fields.

    Raises:
        ApiDecodeError: not exactly its fields, or one of a wrong type.
    """
    shape = _shape(cls)
    if type(fields) is not dict or fields.keys() != shape.keys():
        raise ApiDecodeError(f"must be a map of exactly the fields of {cls.__name__}")
    return cls(**{name: kind.raise_(fields[name]) for name, kind in shape.items()})


def lower_fields(record: Any) -> dict[str, Any]:
    """The map of a record's fields.

    Raises:
        ApiDecodeError: a field is not of its own type.
    """
    return {name: kind.lower(getattr(record, name)) for name, kind in _shape(type(record)).items()}


_shapes: dict[type, dict[str, _Kind]] = {}


def _shape(cls: type) -> Mapping[str, _Kind]:
    if cls not in _shapes:
        _shapes[cls] = {name: _kind(hint, f"{cls.__name__}.{name}") for name, hint in _hints(cls).items()}
    return _shapes[cls]


def _hints(cls: type) -> dict[str, Any]:
    """The types of its fields. Nearly all of them are of four words: those need no reading."""
    written = {name: cls.__annotations__[name] for name in fields_of(cls)}
    rest = SimpleNamespace(__annotations__={name: hint for name, hint in written.items() if hint not in _WORDS})
    read = get_type_hints(rest, globalns=vars(sys.modules[cls.__module__]))
    return {name: read[name] if name in read else _WORDS[hint] for name, hint in written.items()}


def _kind(hint: Any, where: str) -> _Kind:
    if get_origin(hint) in {Union, UnionType}:
        options = get_args(hint)
        return _optional(options, where) if NoneType in options else _one_of(options, where)
    if get_origin(hint) is tuple and get_args(hint)[1:] == (Ellipsis,):
        return _array(_kind(get_args(hint)[0], where), where)
    if hint is int:
        return _integer(where)
    if hint in _NAMES:
        return _exact(hint, where)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _word(hint, where)
    if isinstance(hint, type) and is_record(hint):
        return _record(hint, where)
    raise TypeError(f"{where}: no field of the local API can be {hint}")


def _integer(where: str) -> _Kind:
    def check(value: Any) -> int:
        if type(value) is not int or not MIN_INT <= value <= MAX_INT:
            raise ApiDecodeError(f"{where}: must be a number")
        return value

    return _Kind(check, check)


def _exact(kind: type, where: str) -> _Kind:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise ApiDecodeError(f"{where}: must be {_NAMES[kind]}")
        return value

    return _Kind(check, check)


def _word(words: type[StrEnum], where: str) -> _Kind:
    by_value = {word.value: word for word in words}

    def raise_(value: Any) -> StrEnum:
        if type(value) is not str or value not in by_value:
            raise ApiDecodeError(f"{where}: must be one of {', '.join(by_value)}")
        return by_value[value]

    def lower(value: Any) -> str:
        if type(value) is not words:
            raise ApiDecodeError(f"{where}: must be of {words.__name__}")
        return value.value

    return _Kind(raise_, lower)


def _record(cls: type, where: str) -> _Kind:
    def lower(value: Any) -> dict[str, Any]:
        if type(value) is not cls:
            raise ApiDecodeError(f"{where}: must be a {cls.__name__}")
        return lower_fields(value)

    return _Kind(lambda fields: raise_fields(cls, fields), lower)


def _array(item: _Kind, where: str) -> _Kind:
    def each(convert: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
        def array(value: Any) -> tuple[Any, ...]:
            if type(value) is not tuple:
                raise ApiDecodeError(f"{where}: must be an array")
            return tuple(map(convert, value))

        return array

    return _Kind(each(item.raise_), each(item.lower))


def _optional(options: tuple[Any, ...], where: str) -> _Kind:
    (only,) = (option for option in options if option is not NoneType)
    inner = _kind(only, where)
    return _Kind(
        lambda value: None if value is None else inner.raise_(value),
        lambda value: None if value is None else inner.lower(value),
    )


def _one_of(records: tuple[Any, ...], where: str) -> _Kind:
    by_kind = {record.kind: record for record in records}

    def raise_(value: Any) -> Any:
        kind = value.get("kind") if type(value) is dict else None
        if type(kind) is not str or kind not in by_kind:
            raise ApiDecodeError(f"{where}: must have a kind of {', '.join(by_kind)}")
        return raise_fields(by_kind[kind], {name: part for name, part in value.items() if name != "kind"})

    def lower(value: Any) -> dict[str, Any]:
        if type(value) not in records:
            raise ApiDecodeError(f"{where}: must be one of {', '.join(record.__name__ for record in records)}")
        return {"kind": value.kind, **lower_fields(value)}

    return _Kind(raise_, lower)
