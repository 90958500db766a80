"""Records that cost nothing until they are used: the local API's, the client's and the desk's.

attrs writes and compiles methods for each class: half a millisecond, and the desk, which is to stand at once, has a hundred
and forty of them. Here all classes share one set of methods, which read what the class says of itself. Everything else is
as there: fields are annotations in order, a default is the value behind them.

Rule 1: fields are given by name, unless the class says `kw_only=False`; each has a value, none is given that is not there.
Rule 2: a record cannot be changed and equals another of its class with equal fields; a `part` can be, and is only itself.
Rule 3: a secret is a `field(repr=False)`: it never stands in a repr.
Rule 4: fields are not inherited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final, TypeVar, dataclass_transform, overload

R = TypeVar("R")
_NOTHING: Final = object()


class _Field:
    """What a class says of a field beyond its type."""

    def __init__(self, default: Any, factory: Callable[[], Any] | None, init: bool, shown: bool) -> None:
        self.default, self.factory, self.init, self.shown = default, factory, init, shown


def field(
    *, default: Any = _NOTHING, factory: Callable[[], Any] | None = None, init: bool = True, repr: bool = True  # noqa: A002  # the name type checkers know
) -> Any:  # fmt: skip
    """A field whose default is made anew for each record, that nobody gives, or that no repr shows.

    With `init=False` it has its default, or is set in `__post_init__`.
    """
    return _Field(default, factory, init, repr)


class _Shape:
    """The fields of a class, read once it is used.

    Attributes:
        names: all of them, in order. given: those that a caller may give, in order.
        whole: `given`, as long as no field is made in another way; else nothing that can be given equals it.
    """

    __slots__ = ("defaults", "factories", "given", "kw_only", "names", "post", "shown", "values", "whole")

    def __init__(self, cls: type, own: Mapping[str, _Field], kw_only: bool) -> None:
        fields = {
            name: cls.__dict__.get(name, _NOTHING) for name, hint in cls.__annotations__.items() if _is_field(hint)
        }
        self.names = tuple(fields)
        self.given = tuple(name for name in fields if name not in own or own[name].init)
        self.shown = tuple(name for name in fields if name not in own or own[name].shown)
        self.factories = {name: one.factory for name, one in own.items() if one.factory is not None}
        self.defaults = fields | {name: one.default for name, one in own.items()}
        self.defaults = {name: value for name, value in self.defaults.items() if value is not _NOTHING}
        self.whole = frozenset(fields) if len(self.given) == len(fields) else None
        self.kw_only = kw_only
        self.post = hasattr(cls, "__post_init__")
        # One name alone would give a bare value, no tuple.
        self.values = itemgetter(*fields) if len(fields) > 1 else lambda held: tuple(held.values())

    def by_name(self, cls: type, values: tuple[Any, ...], given: Mapping[str, Any]) -> dict[str, Any]:
        """What was given by place, by name too."""
        named = dict(zip(self.given, values, strict=False))
        if self.kw_only or len(values) > len(self.given) or named.keys() & given.keys():
            raise TypeError(f"{cls.__name__} takes its fields by name, each once")
        return {**named, **given}

    def completed(self, cls: type, given: Mapping[str, Any]) -> dict[str, Any]:
        """With what nobody has given."""
        if unknown := given.keys() - self.given:
            raise TypeError(f"{cls.__name__} has no field {', '.join(sorted(unknown))} to give")
        made = {name: make() for name, make in self.factories.items() if name not in given}
        held = {**self.defaults, **made, **given}
        missing = [name for name in self.given if name not in held]
        if missing:
            raise TypeError(f"{cls.__name__} needs {', '.join(missing)}")
        return held


def _is_field(hint: Any) -> bool:
    return "ClassVar" not in str(hint)


class _Unread:
    """Stands for a class's shape until somebody asks for it. Two threads that ask at once read the same."""

    __slots__ = ("cls", "kw_only", "own")

    def __init__(self, cls: Any, own: Mapping[str, _Field], kw_only: bool) -> None:
        self.cls, self.own, self.kw_only = cls, own, kw_only

    def __get__(self, instance: object, of: type) -> _Shape:
        shape = self.cls.__record__ = _Shape(self.cls, self.own, self.kw_only)
        return shape


# --- the shared methods ---


def _init(self: Any, /, *values: Any, **given: Any) -> None:
    shape: _Shape = self.__record__
    if values:
        given = shape.by_name(type(self), values, given)
    if given.keys() != shape.whole:
        given = shape.completed(type(self), given)
    self.__dict__.update(given)
    if shape.post:
        self.__post_init__()


def _repr(self: Any) -> str:
    shape: _Shape = self.__record__
    return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shape.shown)})"


def _eq(self: Any, other: object) -> bool:
    return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    shape: _Shape = self.__record__
    return hash(shape.values(self.__dict__))


def _refuse(self: Any, name: str, *value: object) -> None:
    del value
    raise AttributeError(f"{type(self).__name__}.{name}: a record cannot be changed")


def _made(cls: type[R], *, kw_only: bool, frozen: bool, eq: bool) -> type[R]:
    methods: dict[str, Any] = {"__init__": _init, "__repr__": _repr}
    if eq:
        methods |= {"__eq__": _eq, "__hash__": _hash}
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    for name, method in methods.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    own = {name: value for name, value in cls.__dict__.items() if type(value) is _Field}
    for name in own:
        delattr(cls, name)
    cls.__record__ = _Unread(cls, own, kw_only)  # type: ignore[attr-defined]  # what the methods read
    return cls


# --- the two kinds ---


@overload
def record(cls: type[R], /) -> type[R]: ...
@overload
def record(*, kw_only: bool = True, eq: bool = True) -> Callable[[type[R]], type[R]]: ...
@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def record(cls: type[R] | None = None, /, *, kw_only: bool = True, eq: bool = True) -> Any:
    """A class whose instances are values: they cannot be changed, and equal each other by their fields."""

    def make(cls: type[R]) -> type[R]:
        return _made(cls, kw_only=kw_only, frozen=True, eq=eq)

    return make if cls is None else make(cls)


@overload
def part(cls: type[R], /) -> type[R]: ...
@overload
def part(*, kw_only: bool = False) -> Callable[[type[R]], type[R]]: ...
@dataclass_transform(eq_default=False, field_specifiers=(field,))
def part(cls: type[R] | None = None, /, *, kw_only: bool = False) -> Any:
    """A class whose instances hold a changing state."""

    def make(cls: type[R]) -> type[R]:
        return _made(cls, kw_only=kw_only, frozen=False, eq=False)

    return make if cls is None else make(cls)


# --- of records ---


def is_record(cls: type) -> bool:
    """Whether it is a class of records."""
    return "__record__" in cls.__dict__


def fields_of(cls: type) -> tuple[str, ...]:
    """Names of its fields, in order."""
    shape: _Shape = cls.__record__  # type: ignore[attr-defined]  # who has none is no record
    return shape.names


def values_of(instance: object) -> dict[str, Any]:
    """Its fields by name, in order, one level deep."""
    return {name: getattr(instance, name) for name in fields_of(type(instance))}


def evolve(instance: R, **changes: Any) -> R:
    """The same record with other values in some fields."""
    shape: _Shape = instance.__record__  # type: ignore[attr-defined]  # who has none is no record
    return type(instance)(**({name: getattr(instance, name) for name in shape.given} | changes))
