"""Security policies of other systems (SPEC 5.6), with the concepts of Open XML SPIF 2.1: as data, checked when read.

A policy has classifications in order of hierarchy, and tag sets with restrictive, permissive and informative values. Values are
numbered (`lacv`) within tag set and kind. Another policy's classifications and values are named by what its authors call it,
and each equivalence says in which direction it holds.
"""

from __future__ import annotations

from enum import StrEnum

import attrs

from protocol.base.errors import DecodeError


class TagKind(StrEnum):
    """What a value does to access."""

    RESTRICTIVE = "RESTRICTIVE"
    """A reader needs each."""
    PERMISSIVE = "PERMISSIVE"
    """A reader needs one of its tag set."""
    INFORMATIVE = "INFORMATIVE"
    """None."""


class Applied(StrEnum):
    """In which direction an equivalence holds."""

    ENCRYPT = "encrypt"
    """From this policy to the other: for what is sent."""
    DECRYPT = "decrypt"
    """From the other policy to this one: for what comes."""
    BOTH = "both"


class Operation(StrEnum):
    """How many of the values of its groups a requirement asks for."""

    ONLY_ONE = "onlyOne"
    ONE_OR_MORE = "oneOrMore"
    ALL = "all"


@attrs.frozen
class Key:
    """A value: its tag set's OID, its kind, and its number there."""

    tag_set: str
    kind: TagKind
    lacv: int


@attrs.frozen
class Group:
    """Values of a tag set, by its name: one of them, or all."""

    tag_set: str
    kind: TagKind
    lacv: int | None


@attrs.frozen
class Requirement:
    """So many values of these groups."""

    operation: Operation
    groups: tuple[Group, ...]


@attrs.frozen
class Marking:
    """What is shown: a phrase in place of the name, in a language or, with "", in any; `codes` say where and how."""

    phrase: str
    language: str
    codes: frozenset[str]


@attrs.frozen
class Qualifiers:
    """What stands before, between and behind; by language."""

    texts: tuple[tuple[str, str, str], ...] = ()
    """(prefix, suffix or separator; language; text)."""

    def get(self, code: str, language: str, default: str = "") -> str:
        """The text of a code, in the language or in none."""
        found = {said: text for which, said, text in self.texts if which == code}
        return next((found[said] for said in languages(language) if said in found), default)


@attrs.frozen
class ClassEquivalent:
    """A classification of another policy that is as high, and what its label must bear besides."""

    policy: str
    lacv: int
    applied: Applied
    required: tuple[Requirement, ...]


@attrs.frozen
class ValueEquivalent:
    """A value of another policy that does the same; without a number: none is needed."""

    policy: str
    tag_set: str
    kind: TagKind
    lacv: int | None
    applied: Applied


@attrs.frozen
class Classification:
    """A level. `colour` is 0xRRGGBB, or none."""

    name: str
    lacv: int
    hierarchy: int
    colour: int | None
    obsolete: bool
    markings: tuple[Marking, ...]
    equivalents: tuple[ClassEquivalent, ...]
    required: tuple[Requirement, ...]


@attrs.frozen
class Value:
    """A value of a tag."""

    name: str
    lacv: int
    obsolete: bool
    markings: tuple[Marking, ...]
    excluded_classes: frozenset[str]
    required_classes: frozenset[str]
    required: tuple[Requirement, ...]
    excluded: tuple[Group, ...]
    equivalents: tuple[ValueEquivalent, ...]


@attrs.frozen
class TagOf:
    """A tag of a tag set: values of one kind, how many may be chosen, and how they are shown."""

    name: str
    kind: TagKind
    least: int
    most: int
    qualifiers: Qualifiers
    values: tuple[Value, ...]


@attrs.frozen
class TagSet:
    """A tag set: its name is the TagName of labels."""

    name: str
    id: str
    tags: tuple[TagOf, ...]


@attrs.frozen
class OtherPolicy:
    """Another policy, as this one calls it, and what every label that goes there must bear."""

    name: str
    id: str
    required: tuple[Requirement, ...]


@attrs.frozen
class Spif:
    """A security policy. `classifications` stand from the lowest to the highest."""

    name: str
    id: str
    version: int
    classifications: tuple[Classification, ...]
    tag_sets: tuple[TagSet, ...]
    others: tuple[OtherPolicy, ...]
    markings: tuple[Marking, ...]
    qualifiers: Qualifiers

    def classification(self, lacv: int) -> Classification:
        """By number. Raises: DecodeError: there is none."""
        for one in self.classifications:
            if one.lacv == lacv:
                return one
        raise DecodeError(f"{self.name} has no classification {lacv}", field="lacv")

    def named(self, name: str) -> Classification:
        """By name, in any case. Raises: DecodeError: there is none."""
        for one in self.classifications:
            if one.name.casefold() == name.casefold():
                return one
        raise DecodeError(f"{self.name} has no classification {name!r}", field="Classification")

    def values(self) -> tuple[tuple[TagSet, TagOf, Value, Key], ...]:
        """All values, in their order."""
        return tuple(
            (tag_set, tag, value, Key(tag_set.id, tag.kind, value.lacv))
            for tag_set in self.tag_sets
            for tag in tag_set.tags
            for value in tag.values
        )

    def keys(self, group: Group) -> frozenset[Key]:
        """The values of a group."""
        return frozenset(
            key
            for tag_set, _, value, key in self.values()
            if tag_set.name == group.tag_set and key.kind is group.kind and group.lacv in {None, value.lacv}
        )

    def other(self, policy: Spif) -> OtherPolicy | None:
        """What this one calls another policy, if it knows it."""
        return next((one for one in self.others if one.id == policy.id), None)


@attrs.frozen
class SpifLabel:
    """A label: a classification, and values, of one policy."""

    policy: str
    """The policy's OID."""
    lacv: int
    values: frozenset[Key] = frozenset()


@attrs.frozen
class SpifClearance:
    """A clearance: the classifications that may be read, each by itself, and the values that are held."""

    policy: str
    lacvs: frozenset[int]
    values: frozenset[Key] = frozenset()


def languages(wanted: str) -> tuple[str, ...]:
    """A language, what it is a variety of, and none: the first that is there counts."""
    return tuple(dict.fromkeys((wanted.casefold(), wanted.partition("-")[0].casefold(), "")))
