"""Records: frozen classes whose fields say how they lie on the wire (SPEC 3.1).

A record is one array: its tag, then its fields in order, with exact arity. A field's annotation carries its kind:

    @record(Tag.FEED)
    class FeedRecord:
        coalition: Annotated[bytes, Bin(16)]
        precedence: Annotated[int, Uint(3)]

Rule 1: `decode` returns a record only if `encode(record) == data`. A kind loses nothing between wire and field value, so
`decode` packs again what it unpacked; a test holds every kind, and every record class, to that.
Rule 2: a part (`record()` without a tag) is an array inside a record, never on the wire by itself.
Rule 3: names are NFC of assigned code points without control or format characters; texts are any scalar values.
Rule 4: a kind checks on the way out as on the way in, so that we never emit what we would refuse.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise, repeat
from operator import call
from typing import Annotated, Any, Protocol, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

import attrs

from protocol.base.codec import MAX_UINT, Value, pack_checked, unpack_loose
from protocol.base.errors import DecodeError, LimitError, LocalProtocolError, VersionError
from protocol.base.ids import CRITICAL_TAG_MAX, Tag
from protocol.base.limits import MAX_ARRAY, MAX_CODE, MAX_NAME, MAX_RECORD

T = TypeVar("T")


class Kind(Protocol):
    """How one field lies on the wire."""

    def raise_(self, value: Value, field: str) -> Any:
        """Wire value to field value; DecodeError if it breaks the rule."""

    def lower(self, value: Any, field: str) -> Value:
        """Field value to wire value; DecodeError if it breaks the rule."""


def _refuse(field: str, rule: str) -> DecodeError:
    return DecodeError(rule, field=field)


def _utf8_length(value: str, field: str) -> int:
    try:
        return len(value.encode("utf-8"))
    except UnicodeEncodeError:
        raise _refuse(field, "must be Unicode scalar values") from None


@attrs.frozen
class Uint:
    """An unsigned integer up to `max`."""

    max: int = MAX_UINT
    min: int = 0

    def raise_(self, value: Value, field: str) -> int:
        if type(value) is not int:
            raise _refuse(field, "must be an integer")
        if not self.min <= value <= self.max:
            raise _refuse(field, f"must be from {self.min} to {self.max}")
        return value

    lower = raise_


@attrs.frozen
class Flag:
    """0 or 1 on the wire, bool in Python."""

    def raise_(self, value: Value, field: str) -> bool:
        if type(value) is not int or not 0 <= value <= 1:
            raise _refuse(field, "must be 0 or 1")
        return value == 1

    def lower(self, value: Any, field: str) -> Value:
        if type(value) is not bool:
            raise _refuse(field, "must be a bool")
        return int(value)


@attrs.frozen
class Bin:
    """Exactly `size` bytes."""

    size: int

    def raise_(self, value: Value, field: str) -> bytes:
        if type(value) is not bytes or len(value) != self.size:
            raise _refuse(field, f"must be {self.size} bytes")
        return value

    lower = raise_


@attrs.frozen
class OptBin:
    """Exactly `size` bytes, or none: the empty bin."""

    size: int

    def raise_(self, value: Value, field: str) -> bytes:
        if type(value) is not bytes or len(value) not in {0, self.size}:
            raise _refuse(field, f"must be {self.size} bytes or none")
        return value

    lower = raise_


@attrs.frozen
class Blob:
    """From `min` to `max` bytes."""

    max: int = MAX_RECORD
    min: int = 0

    def raise_(self, value: Value, field: str) -> bytes:
        if type(value) is not bytes or not self.min <= len(value) <= self.max:
            raise _refuse(field, f"must be {self.min} to {self.max} bytes")
        return value

    lower = raise_


@attrs.frozen
class Code:
    """An upper-case ASCII code: letters, digits, and hyphen inside."""

    max: int = MAX_CODE

    def raise_(self, value: Value, field: str) -> str:
        if type(value) is not str or not 1 <= len(value) <= self.max:
            raise _refuse(field, f"must be a code of 1 to {self.max} characters")
        inner = value.replace("-", "0")
        if not (inner.isascii() and inner.isalnum() and inner == inner.upper()) or "-" in {value[0], value[-1]}:
            raise _refuse(field, "must be upper-case letters, digits and inner hyphens")
        return value

    lower = raise_


@attrs.frozen
class Name:
    """A name, title or marking for people: NFC, assigned code points, no control or format characters."""

    max: int = MAX_NAME
    min: int = 1

    def raise_(self, value: Value, field: str) -> str:
        if type(value) is not str or not self.min <= _utf8_length(value, field) <= self.max:
            raise _refuse(field, f"must be text of {self.min} to {self.max} bytes")
        if not unicodedata.is_normalized("NFC", value):
            raise _refuse(field, "must be NFC")
        for character in value:
            # Cc, Cf, Cs, Co, Cn: control, format, surrogate, private, unassigned; Zl, Zp: line and paragraph.
            category = unicodedata.category(character)
            if category[0] == "C" or category in {"Zl", "Zp"}:
                raise _refuse(field, "must not hold control, format or unassigned characters")
        if value != value.strip():
            raise _refuse(field, "must not begin or end with a space")
        return value

    lower = raise_


@attrs.frozen
class Text:
    """Body text: any Unicode scalar values, up to `max` UTF-8 bytes. Only `display_safe()` makes it showable."""

    max: int
    min: int = 0

    def raise_(self, value: Value, field: str) -> str:
        if type(value) is not str or not self.min <= _utf8_length(value, field) <= self.max:
            raise _refuse(field, f"must be text of {self.min} to {self.max} bytes")
        return value

    lower = raise_


@attrs.frozen
class Seq:
    """An array of one kind. `ascending`: strictly, by wire value, so that a set has one encoding."""

    kind: Kind
    max: int = MAX_ARRAY
    min: int = 0
    ascending: bool = False

    def raise_(self, value: Value, field: str) -> tuple[Any, ...]:
        if type(value) is not tuple or not self.min <= len(value) <= self.max:
            raise _refuse(field, f"must be an array of {self.min} to {self.max}")
        raised = tuple(map(self.kind.raise_, value, repeat(field)))
        # Only now are the items known to be of one type, and comparable.
        if self.ascending:
            _check_order(value, field)
        return raised

    def lower(self, value: Any, field: str) -> Value:
        lowered = tuple(map(self.kind.lower, value, repeat(field)))
        if not self.min <= len(lowered) <= self.max:
            raise _refuse(field, f"must be an array of {self.min} to {self.max}")
        if self.ascending:
            _check_order(lowered, field)
        return lowered


def _check_order(value: tuple[Value, ...], field: str) -> None:
    if any(not a < b for a, b in pairwise(value)):  # type: ignore[operator]
        raise _refuse(field, "must be strictly ascending")


@attrs.frozen
class Part:
    """A record inside a record."""

    cls: type

    def raise_(self, value: Value, field: str) -> Any:
        return _shape(self.cls).raise_(value, field)

    def lower(self, value: Any, field: str) -> Value:
        if type(value) is not self.cls:
            raise _refuse(field, f"must be a {self.cls.__name__}")
        return _shape(self.cls).lower(value, field)


@attrs.frozen
class Shape:
    """The fields of one record class, compiled from its annotations."""

    cls: type
    tag: Tag | None
    kinds: tuple[tuple[str, Kind], ...]
    max_size: int
    # The same by column, so that a record is raised and lowered without a Python loop over its fields:
    head: tuple[int, ...]
    names: tuple[str, ...]
    raisers: tuple[Callable[[Value, str], Any], ...]
    lowerers: tuple[Callable[[Any, str], Value], ...]

    def raise_(self, value: Value, field: str = "") -> Any:
        head = len(self.head)
        if type(value) is not tuple or len(value) != len(self.names) + head:
            raise _refuse(field or self.cls.__name__, f"must be an array of {len(self.names) + head}")
        return self.cls(*map(call, self.raisers, value[head:], self.names))

    def lower(self, value: Any, field: str = "") -> Value:
        del field
        fields = map(getattr, repeat(value), self.names)
        return (*self.head, *map(call, self.lowerers, fields, self.names))


def _compiled(cls: type, tag: Tag | None, kinds: tuple[tuple[str, Kind], ...], max_size: int) -> Shape:
    return Shape(
        cls,
        tag,
        kinds,
        max_size,
        head=() if tag is None else (int(tag),),
        names=tuple(name for name, _ in kinds),
        raisers=tuple(kind.raise_ for _, kind in kinds),
        lowerers=tuple(kind.lower for _, kind in kinds),
    )


_SHAPES: dict[type, Shape] = {}
_TAGS = {int(tag): tag for tag in Tag}
BY_TAG: dict[Tag, type] = {}
"""Every record class that stands on the wire by itself, by its tag."""


@dataclass_transform(frozen_default=True, eq_default=True)
def record(tag: Tag | None = None, *, max_size: int = MAX_RECORD) -> Callable[[type[T]], type[T]]:
    """Class decorator: make a frozen attrs class and register its wire shape.

    Args:
        tag: first element on the wire; none for a part.
        max_size: bound in bytes, checked before decoding.
    """

    def decorate(cls: type[T]) -> type[T]:
        made = attrs.frozen(cls)
        kinds = []
        hints = get_type_hints(made, include_extras=True)
        for attribute in attrs.fields(made):  # type: ignore[arg-type]  # attrs made it one line above
            hint = hints[attribute.name]
            if get_origin(hint) is not Annotated:
                raise LocalProtocolError("has no kind", field=f"{made.__name__}.{attribute.name}")
            kinds.append((attribute.name, get_args(hint)[1]))
        _SHAPES[made] = _compiled(made, tag, tuple(kinds), max_size)
        if tag is not None:
            if tag in BY_TAG:
                raise LocalProtocolError("tag used twice", field=made.__name__)
            BY_TAG[tag] = made
        return made

    return decorate


def _shape(cls: type) -> Shape:
    return _SHAPES[cls]


def kinds(cls: type) -> tuple[tuple[str, Kind], ...]:
    """(name, kind) of each field of a record or part, in wire order; the tag, if there is one, comes before."""
    return _SHAPES[cls].kinds


def encode(value: Any) -> bytes:
    """Canonical bytes of a record.

    Raises:
        LocalProtocolError: a field breaks its own rule.
    """
    shape = _shape(type(value))
    if shape.tag is None:
        raise LocalProtocolError("is a part, not a record", field=shape.cls.__name__)
    return _pack(shape, value)


def encode_part(value: Any) -> bytes:
    """Canonical bytes of a part, where a hash is taken over it."""
    return _pack(_shape(type(value)), value)


def _pack(shape: Shape, value: Any) -> bytes:
    try:
        lowered = shape.lower(value)
    except DecodeError as error:
        raise LocalProtocolError(error.detail, field=error.field) from None
    return pack_checked(lowered, max_size=shape.max_size)


def decode(cls: type[T], data: bytes) -> T:
    """Decode the bytes of one record class.

    Raises:
        LimitError: longer than the class allows; nothing was decoded.
        VersionError: an unknown tag: newer than this program.
        DecodeError: anything else that is not the canonical encoding of such a record.
    """
    shape = _shape(cls)
    value = unpack_loose(data, max_size=shape.max_size)
    if shape.tag is not None and peek(value) != shape.tag:
        raise DecodeError(f"is not a {cls.__name__}", field="tag")
    return _raised(shape, value, data)  # type: ignore[no-any-return]


def _raised(shape: Shape, value: Value, data: bytes) -> Any:
    """The record of what `data` was unpacked to, if it is its canonical encoding."""
    made = shape.raise_(value)
    if pack_checked(value, max_size=shape.max_size) != data:
        raise DecodeError("not the canonical encoding", field=shape.cls.__name__)
    return made


def peek(value: Value) -> Tag:
    """The tag of an unpacked record.

    Raises:
        VersionError: unknown: the bytes are of a newer version.
        DecodeError: there is none.
    """
    if type(value) is not tuple or not value or type(value[0]) is not int or value[0] < 0:
        raise DecodeError("must be an array that begins with a tag", field="tag")
    tag = _TAGS.get(value[0])
    if tag is None:
        critical = "critical" if value[0] <= CRITICAL_TAG_MAX else "optional"
        raise VersionError(f"unknown {critical} tag {value[0]}", field="tag")
    return tag


def evolve(value: T, /, **changes: Any) -> T:
    """A copy of a record with some fields changed."""
    return attrs.evolve(value, **changes)  # type: ignore[misc]  # every record is an attrs class


def decode_any(data: bytes, classes: dict[Tag, type], *, max_size: int = MAX_RECORD) -> Any:
    """Decode a record of one of several classes, by its tag (a link message, a payload kind).

    Raises:
        as `decode`.
    """
    value = unpack_loose(data, max_size=max_size)
    tag = peek(value)
    if tag not in classes:
        raise DecodeError("is not expected here", field="tag")
    shape = _shape(classes[tag])
    if len(data) > shape.max_size:
        raise LimitError(f"more than {shape.max_size} bytes", field="record")
    return _raised(shape, value, data)
