"""Security policies (SPEC 5.1): the levels and restrictive categories that labels are made of, as data.

The concepts are those of STANAG 4774 and Open XML SPIF, so that an importer is mechanical: classifications in order of
hierarchy, tag sets whose values are restrictive (the reader needs each). "Releasable to" is not in the policy: it is
the set of nations of the charter. A policy is named by the hash of its canonical record, and a charter names one.
"""

from __future__ import annotations

import tomllib
from typing import Annotated, Any

from protocol.base.crypto import digest
from protocol.base.errors import DecodeError, LocalProtocolError
from protocol.base.ids import Person, Tag
from protocol.base.limits import MAX_CATEGORIES, MAX_COMPARTMENTS, MAX_LEVELS
from protocol.base.records import Code, Name, Part, Seq, Uint, decode, encode, record

COLOUR = Uint(0xFFFFFF)


@record()
class Level:
    """One classification. Levels stand in a policy from the lowest to the highest.

    Attributes:
        name: as marked, e.g. "TOP SECRET"; compared without regard to case.
        portion: the short form of a portion mark, e.g. "TS".
        foreground, background: 0xRRGGBB of the banner.
    """

    name: Annotated[str, Name()]
    portion: Annotated[str, Code()]
    foreground: Annotated[int, COLOUR]
    background: Annotated[int, COLOUR]


@record()
class Category:
    """One restrictive value: whoever opens what bears it must hold it.

    Attributes:
        tag_name: the tag set, e.g. "Community of Interest" (STANAG 4774 TagName).
        value: as marked, e.g. "CONVOY" (STANAG 4774 GenericValue).
    """

    tag_name: Annotated[str, Name()]
    value: Annotated[str, Name()]


@record(Tag.POLICY)
class Policy:
    """A security policy.

    Attributes:
        identifier: PolicyIdentifier of STANAG 4774.
        version: rises with each change.
        prefix: what markings show in place of the identifier; may be empty.
        levels: from the lowest to the highest; a level is named by its index.
        categories: a category is named by its index.
    """

    identifier: Annotated[str, Code()]
    version: Annotated[int, Uint(2**32 - 1)]
    prefix: Annotated[str, Name(min=0)]
    levels: Annotated[tuple[Level, ...], Seq(Part(Level), MAX_LEVELS, 1)]
    categories: Annotated[tuple[Category, ...], Seq(Part(Category), MAX_CATEGORIES)]

    @property
    def hash(self) -> bytes:
        """32 bytes that name this policy in charters, labels and certificates."""
        return digest(Person.POLICY, encode(self))

    def compartments(self) -> tuple[tuple[int, int], ...]:
        """Every (level, category) pair: category 0 is none, otherwise 1 + its index."""
        categories = range(len(self.categories) + 1)
        return tuple((level, category) for level in range(len(self.levels)) for category in categories)


def read_policy(data: bytes) -> Policy:
    """Decode a policy and check what its fields alone do not say.

    Raises:
        RemoteProtocolError: malformed, or a name or value that stands twice.
    """
    policy = decode(Policy, data)
    _distinct([level.name for level in policy.levels], "levels")
    _distinct([category.value for category in policy.categories], "categories")
    if len(policy.compartments()) > MAX_COMPARTMENTS:
        raise DecodeError(f"levels and categories make more than {MAX_COMPARTMENTS} compartments", field="categories")
    return policy


def _distinct(names: list[str], field: str) -> None:
    if len({name.casefold() for name in names}) != len(names):
        raise DecodeError("names must differ in more than case", field=field)


def policy_from_toml(text: str) -> Policy:
    """Read a policy file.

    Raises:
        DecodeError: not TOML, an unknown or missing key, or a value that breaks its rule; names the field.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DecodeError(str(error), field="policy") from None
    levels = [_make(Level, row, "level") for row in _rows(table, "level")]
    categories = [_make(Category, row, "category") for row in _rows(table, "category")]
    fields = {key: value for key, value in table.items() if key not in {"level", "category"}}
    policy = _make(Policy, {**fields, "levels": tuple(levels), "categories": tuple(categories)}, "policy")
    return read_policy(_encode(policy))


def _rows(table: dict[str, Any], key: str) -> list[dict[str, Any]]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DecodeError("must be an array of tables", field=key)
    return rows


def _make(cls: Any, row: dict[str, Any], field: str) -> Any:
    try:
        return cls(**row)
    except TypeError:
        raise DecodeError(f"must have exactly the fields of a {cls.__name__}", field=field) from None


def _encode(policy: Policy) -> bytes:
    try:
        return encode(policy)
    except LocalProtocolError as error:
        raise DecodeError(error.detail, field=error.field) from None
