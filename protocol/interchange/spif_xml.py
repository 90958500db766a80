"""Reading XML SPIF 2.0 and 2.1 (SPEC 5.6): `http://www.xmlspif.org/spif`.

Rule 1: schema 3.0 has another marking model under the same namespace. It is refused by its number, not half read.
Rule 2: what is not known of is passed over; what is known and wrong is refused by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeVar

from protocol.base.errors import DecodeError, VersionError
from protocol.interchange.spif import (
    Applied,
    ClassEquivalent,
    Classification,
    Group,
    Marking,
    Operation,
    OtherPolicy,
    Qualifiers,
    Requirement,
    Spif,
    TagKind,
    TagOf,
    TagSet,
    Value,
    ValueEquivalent,
)
from protocol.interchange.xml import XML, Element, read_xml

NAMESPACE: Final = "http://www.xmlspif.org/spif"
VERSIONS: Final = ("2.0", "2.1")
MANY: Final = 2**31 - 1
COLOURS: Final = {
    "aqua": 0x00FFFF, "black": 0x000000, "blue": 0x0000FF, "fuchsia": 0xFF00FF, "gray": 0x808080, "green": 0x008000,
    "lime": 0x00FF00, "maroon": 0x800000, "navy": 0x000080, "olive": 0x808000, "orange": 0xFFA500, "purple": 0x800080,
    "red": 0xFF0000, "silver": 0xC0C0C0, "teal": 0x008080, "white": 0xFFFFFF, "yellow": 0xFFFF00,
}  # fmt: skip
"""The seventeen names of CSS 2.1."""
_HEX: Final = re.compile(r"#([0-9A-Fa-f]{6})")
_OID: Final = re.compile(r"[0-2](\.\d{1,39}){1,63}", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,10}", re.ASCII)
T = TypeVar("T")


def read_spif(data: bytes) -> Spif:
    """Read a policy.

    Raises:
        VersionError: of a schema that is not read. LimitError, DecodeError: not one; names the element or attribute.
    """
    root = read_xml(data)
    if (root.namespace, root.name) != (NAMESPACE, "SPIF"):
        raise DecodeError(f"must be SPIF of {NAMESPACE}", field="xml")
    version = root.get("schemaVersion", "2.0")
    if version not in VERSIONS:
        raise VersionError(f"schema {version} is not read, only {' and '.join(VERSIONS)}", field="schemaVersion")
    policy = root.need("securityPolicyId")
    classes = [_classification(one) for one in root.need("securityClassifications").all("securityClassification")]
    if not classes:
        raise DecodeError("must name one", field="securityClassifications")
    sets = root.one("securityCategoryTagSets")
    others = root.one("equivalentPolicies")
    spif = Spif(
        name=_name(policy),
        id=_oid(policy, "id"),
        version=_int(root.get("version", "1"), "version"),
        classifications=tuple(sorted(classes, key=lambda one: one.hierarchy)),
        tag_sets=tuple(_tag_set(one) for one in (sets.all("securityCategoryTagSet") if sets is not None else ())),
        others=tuple(
            OtherPolicy(_name(one), _oid(one, "id"), _requirements(one))
            for one in (others.all("equivalentPolicy") if others is not None else ())
        ),
        markings=_markings(root),
        qualifiers=_qualifiers(root),
    )
    _check(spif)
    return spif


def _check(spif: Spif) -> None:
    """What must differ, and that what is named is there."""
    classes = spif.classifications
    _distinct((one.name.casefold() for one in classes), "securityClassification name")
    _distinct((one.lacv for one in classes), "securityClassification lacv")
    _distinct((one.hierarchy for one in classes), "hierarchy")
    _distinct((one.name for one in spif.tag_sets), "securityCategoryTagSet name")
    _distinct((one.id for one in spif.tag_sets), "securityCategoryTagSet id")
    _distinct((key for *_, key in spif.values()), "tagCategory lacv")
    _distinct((one.name for one in spif.others), "equivalentPolicy name")
    names = {one.name for one in classes}
    asked = [group for one in classes for required in one.required for group in required.groups]
    called = [equivalent.policy for one in classes for equivalent in one.equivalents]
    numbers: dict[tuple[str, TagKind], set[int | None]] = {}
    for tag_set, _, value, key in spif.values():
        numbers.setdefault((tag_set.name, key.kind), {None}).add(value.lacv)
        asked += [*value.excluded, *(group for required in value.required for group in required.groups)]
        called += [equivalent.policy for equivalent in value.equivalents]
        if not value.excluded_classes | value.required_classes <= names:
            raise DecodeError(f"{value.name} names a classification that is not there", field="excludedClass")
    for group in asked:
        if group.lacv not in numbers.get((group.tag_set, group.kind), ()):
            raise DecodeError(f"names no value of {group.tag_set!r}", field="categoryGroup")
    for name in set(called) - {one.name for one in spif.others}:
        raise DecodeError(f"{name!r} is no equivalent policy", field="policyRef")


def _distinct(values: Iterable[object], field: str) -> None:
    found = list(values)
    if len(set(found)) != len(found):
        raise DecodeError("must not stand twice", field=field)


# --- classifications ---


def _classification(element: Element) -> Classification:
    return Classification(
        name=_name(element),
        lacv=_lacv(element),
        hierarchy=_int(element.get("hierarchy"), "hierarchy"),
        colour=_colour(element.get("color", "")),
        obsolete=_flag(element, "obsolete"),
        markings=_markings(element),
        equivalents=tuple(
            ClassEquivalent(one.get("policyRef"), _lacv(one), _word(one, "applied", Applied), _requirements(one))
            for one in element.all("equivalentClassification")
        ),
        required=_requirements(element),
    )


def _colour(text: str) -> int | None:
    if not text:
        return None
    match = _HEX.fullmatch(text)
    if match is None and text.lower() not in COLOURS:
        raise DecodeError(f"{text!r} is no colour", field="color")
    return int(match[1], 16) if match else COLOURS[text.lower()]


# --- tag sets ---


def _tag_set(element: Element) -> TagSet:
    return TagSet(_name(element), _oid(element, "id"), tuple(_tag(one) for one in element.all("securityCategoryTag")))


def _tag(element: Element) -> TagOf:
    single = _flag(element, "singleSelection")
    return TagOf(
        name=element.get("name", ""),
        kind=_kind(element),
        least=_int(element.get("minSelection", "0"), "minSelection"),
        most=1 if single else _int(element.get("maxSelection", str(MANY)), "maxSelection") or MANY,
        qualifiers=_qualifiers(element),
        values=tuple(_value(one) for one in element.all("tagCategory")),
    )


def _value(element: Element) -> Value:
    return Value(
        name=_name(element),
        lacv=_lacv(element),
        obsolete=_flag(element, "obsolete"),
        markings=_markings(element),
        excluded_classes=frozenset(_texts(element, "excludedClass")),
        required_classes=frozenset(_texts(element, "requiredClass")),
        required=_requirements(element),
        excluded=tuple(_group(one) for one in element.all("excludedCategory")),
        equivalents=tuple(_equivalent(one) for one in element.all("equivalentSecCategoryTag")),
    )


def _texts(element: Element, name: str) -> list[str]:
    found = [one.text for one in element.all(name)]
    _distinct(found, name)
    return found


def _equivalent(element: Element) -> ValueEquivalent:
    lacv = element.get("lacv", "")
    if not lacv and element.get("action", "") != "discard":
        raise DecodeError("is missing at equivalentSecCategoryTag", field="lacv")
    return ValueEquivalent(
        element.get("policyRef"),
        _oid(element, "tagSetId"),
        _kind(element),
        _lacv(element) if lacv else None,
        _word(element, "applied", Applied),
    )


def _kind(element: Element) -> TagKind:
    said = element.get("tagType")
    if said == "enumerated":
        said = element.get("enumType")
    kinds = {"restrictive": TagKind.RESTRICTIVE, "permissive": TagKind.PERMISSIVE, "tagType7": TagKind.INFORMATIVE}
    if said not in kinds:
        raise DecodeError(f"{said!r} is none", field="tagType")
    return kinds[said]


# --- parts that stand in several places ---


def _requirements(element: Element) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(_word(one, "operation", Operation), tuple(_group(group) for group in one.all("categoryGroup")))
        for one in element.all("requiredCategory")
    )


def _group(element: Element) -> Group:
    every = _flag(element, "all") or "lacv" not in element.attributes
    return Group(element.get("tagSetRef"), _kind(element), None if every else _lacv(element))


def _markings(element: Element) -> tuple[Marking, ...]:
    return tuple(
        Marking(
            one.attributes.get("phrase", ""),
            one.get(f"{{{XML}}}lang", "").casefold(),
            frozenset(code.text for code in one.all("code")),
        )
        for one in element.all("markingData")
    )


def _qualifiers(element: Element) -> Qualifiers:
    return Qualifiers(
        tuple(
            (
                one.get("qualifierCode"),
                one.get(f"{{{XML}}}lang", "").casefold(),
                one.attributes.get("markingQualifier", ""),
            )
            for each in element.all("markingQualifier")
            for one in each.all("qualifier")
        )
    )


def _name(element: Element) -> str:
    name = element.get("name")
    if not name:
        raise DecodeError(f"must not be empty at {element.name}", field="name")
    return name


def _oid(element: Element, attribute: str) -> str:
    oid = element.get(attribute)
    if not _OID.fullmatch(oid):
        raise DecodeError(f"{oid!r} is no object identifier", field=attribute)
    return oid


def _lacv(element: Element) -> int:
    return _int(element.get("lacv"), "lacv")


def _int(text: str, field: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise DecodeError(f"{text!r} is no number", field=field)
    return int(text)


def _flag(element: Element, name: str) -> bool:
    said = element.get(name, "false")
    if said not in {"true", "false", "1", "0"}:
        raise DecodeError(f"{said!r} is neither true nor false", field=name)
    return said in {"true", "1"}


def _word(element: Element, name: str, words: type[T]) -> T:
    said = element.get(name)
    try:
        return words(said)  # type: ignore[call-arg]  # an enumeration of texts
    except ValueError:
        raise DecodeError(f"{said!r} is none", field=name) from None
