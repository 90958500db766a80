"""Confidentiality labels as STANAG 4774 writes them (SPEC 5.6): `urn:nato:stanag:4774:confidentialitymetadatalabel:1:0`.

Rule 1: what the standard requires is required: a label without the time of its creation is none.
Rule 2: unknown elements and attributes are refused: a label whose half is not understood must not be acted on.
Rule 3: names compare without regard to case; what is written is the policy's spelling.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import attrs

from protocol.base.errors import DecodeError
from protocol.interchange.spif import Key, Spif, SpifLabel, TagKind
from protocol.interchange.xml import XML, Element, read_xml

NAMESPACE: Final = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
RELEASABLE: Final = "Releasable To"
"""TagName of the nations that a label is released to."""
ROLES: Final = ("originator", "alternative", "metadata")
IDENTIFIERS: Final = frozenset(
    {"rfc822Name", "dNSName", "directoryName", "uniformResourceIdentifier", "iPAddress", "x400Address", "userPrincipalName", "jID"}
)  # fmt: skip
_OID: Final = "urn:oid:"
_SCHEMA: Final = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


@attrs.frozen
class XmlCategory:
    """Values of a tag set."""

    kind: TagKind
    tag_name: str
    values: tuple[str, ...]
    uri: str = ""


@attrs.frozen
class XmlLabel:
    """A label.

    Attributes:
        policy, uri: PolicyIdentifier, and its URI or "".
        created: Unix seconds. review: when it is to be looked at again, or 0.
        role: one of `ROLES`. originator, originator_type: who labelled, or "".
        successor: from when on which label takes its place.
    """

    policy: str
    classification: str
    categories: tuple[XmlCategory, ...]
    created: int
    uri: str = ""
    privacy_mark: str = ""
    review: int = 0
    role: str = "originator"
    originator: str = ""
    originator_type: str = ""
    successor: tuple[int, XmlLabel] | None = None


# --- reading ---


def read_label(data: bytes) -> XmlLabel:
    """Read a label.

    Raises:
        LimitError, DecodeError: it is none; names the element or attribute.
    """
    root = read_xml(data)
    role = root.name.removesuffix("ConfidentialityLabel")
    if root.namespace != NAMESPACE or role not in ROLES or root.name != f"{role}ConfidentialityLabel":
        raise DecodeError(f"must be a confidentiality label of {NAMESPACE}", field="xml")
    return _label(root, role)


def _label(element: Element, role: str) -> XmlLabel:
    _only(
        element,
        {"ConfidentialityInformation", "OriginatorID", "CreationDateTime", "SuccessionHandling"},
        {"Id", "ReviewDateTime", _SCHEMA},
    )
    information = element.need("ConfidentialityInformation")
    _only(information, {"PolicyIdentifier", "Classification", "PrivacyMark", "Category"})
    policy, classification = information.need("PolicyIdentifier"), information.need("Classification")
    _only(policy, set(), {"URI"})
    _only(classification, set())
    mark, originator = information.one("PrivacyMark"), element.one("OriginatorID")
    if mark is not None:
        _only(mark, set())
    if originator is not None:
        _only(originator, set(), {"IDType"})
        if originator.get("IDType") not in IDENTIFIERS:
            raise DecodeError("is none of the standard's", field="IDType")
    review = element.get("ReviewDateTime", "")
    return XmlLabel(
        policy=_said(policy),
        classification=_said(classification),
        categories=tuple(_category(one) for one in information.all("Category")),
        created=_time(element.need("CreationDateTime")),
        uri=_uri(policy),
        privacy_mark="" if mark is None else mark.text,
        review=_seconds(review, "ReviewDateTime") if review else 0,
        role=role,
        originator="" if originator is None else originator.text,
        originator_type="" if originator is None else originator.get("IDType"),
        successor=_successor(element, role),
    )


def _successor(element: Element, role: str) -> tuple[int, XmlLabel] | None:
    handling = element.one("SuccessionHandling")
    if handling is None:
        return None
    _only(handling, {"SuccessionDateTime", "SuccessorConfidentialityLabel"})
    return _time(handling.need("SuccessionDateTime")), _label(handling.need("SuccessorConfidentialityLabel"), role)


def _category(element: Element) -> XmlCategory:
    _only(element, {"GenericValue"}, {"Type", "TagName", "URI"})
    kind = element.get("Type")
    if kind not in set(TagKind):
        raise DecodeError(f"{kind!r} is none", field="Type")
    for value in element.children:
        _only(value, set())
    values = tuple(_said(value) for value in element.all("GenericValue"))
    if not element.get("TagName"):
        raise DecodeError("must not be empty", field="TagName")
    return XmlCategory(TagKind(kind), element.get("TagName"), values, _uri(element))


def _only(element: Element, children: set[str], attributes: Iterable[str] = ()) -> None:
    for child in element.children:
        if child.namespace != NAMESPACE or child.name not in children:
            raise DecodeError(f"is not known in {element.name}", field=child.name)
    for name in element.attributes:
        if name not in attributes and not name.startswith(f"{{{XML}}}"):
            raise DecodeError(f"is not known at {element.name}", field=name)


def _said(element: Element) -> str:
    text = " ".join(element.text.split())
    if not text:
        raise DecodeError("must not be empty", field=element.name)
    return text


def _uri(element: Element) -> str:
    uri = element.get("URI", "")
    if uri and not uri.startswith(_OID):
        raise DecodeError(f"must begin with {_OID}", field="URI")
    return uri


def _time(element: Element) -> int:
    _only(element, set())
    return _seconds(element.text, element.name)


def _seconds(text: str, field: str) -> int:
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise DecodeError(f"{text!r} is no time", field=field) from None
    if when.tzinfo is None or "T" not in text:
        raise DecodeError(f"{text!r} does not say its time zone", field=field)
    return int(when.timestamp())


# --- writing ---


def write_label(label: XmlLabel) -> str:
    """The label as a document, which `read_label` gives back."""
    return "\n".join(_rows(label, f"slab:{label.role}ConfidentialityLabel", f' xmlns:slab="{NAMESPACE}"')) + "\n"


def _rows(label: XmlLabel, name: str, more: str = "") -> list[str]:
    review = f' ReviewDateTime="{_written(label.review)}"' if label.review else ""
    rows = [f"<{name}{more}{review}>", " <slab:ConfidentialityInformation>"]
    rows.append(f"  <slab:PolicyIdentifier{_at(label.uri)}>{escape(label.policy)}</slab:PolicyIdentifier>")
    rows.append(f"  <slab:Classification>{escape(label.classification)}</slab:Classification>")
    if label.privacy_mark:
        rows.append(f"  <slab:PrivacyMark>{escape(label.privacy_mark)}</slab:PrivacyMark>")
    for category in label.categories:
        rows.append(
            f'  <slab:Category Type="{category.kind}" TagName={quoteattr(category.tag_name)}{_at(category.uri)}>'
        )
        rows += [f"   <slab:GenericValue>{escape(value)}</slab:GenericValue>" for value in category.values]
        rows.append("  </slab:Category>")
    rows.append(" </slab:ConfidentialityInformation>")
    if label.originator:
        kind = quoteattr(label.originator_type)
        rows.append(f" <slab:OriginatorID IDType={kind}>{escape(label.originator)}</slab:OriginatorID>")
    rows.append(f" <slab:CreationDateTime>{_written(label.created)}</slab:CreationDateTime>")
    if label.successor is not None:
        when, successor = label.successor
        rows.append(" <slab:SuccessionHandling>")
        rows.append(f"  <slab:SuccessionDateTime>{_written(when)}</slab:SuccessionDateTime>")
        rows += ["  " + row for row in _rows(successor, "slab:SuccessorConfidentialityLabel")]
        rows.append(" </slab:SuccessionHandling>")
    return [*rows, f"</{name}>"]


def _at(uri: str) -> str:
    return f" URI={quoteattr(uri)}" if uri else ""


def _written(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


# --- by a policy ---


def label_under(label: XmlLabel, spif: Spif) -> SpifLabel:
    """What a label says under a policy.

    Raises:
        DecodeError: it is of another policy, or says what the policy does not have.
    """
    other = label.uri and label.uri.removeprefix(_OID) != spif.id
    if other or label.policy.casefold() != spif.name.casefold():
        raise DecodeError(f"{label.policy} {label.uri}".strip() + f" is not {spif.name}", field="PolicyIdentifier")
    known = {
        (tag_set.name.casefold(), key.kind, value.name.casefold()): key for tag_set, _, value, key in spif.values()
    }  # fmt: skip
    values: set[Key] = set()
    for category in label.categories:
        for said in category.values:
            key = known.get((category.tag_name.casefold(), category.kind, said.casefold()))
            if key is None:
                raise DecodeError(f"{spif.name} has no {category.tag_name} {said!r}", field="GenericValue")
            values.add(key)
    return SpifLabel(spif.id, spif.named(label.classification).lacv, frozenset(values))


def label_of_spif(label: SpifLabel, spif: Spif, created: int, review: int = 0) -> XmlLabel:
    """A label of a policy, to be written."""
    categories = tuple(
        XmlCategory(kind, tag_set.name, tuple(chosen), _OID + tag_set.id)
        for tag_set in spif.tag_sets
        for kind in TagKind
        if (
            chosen := [
                value.name
                for of, _, value, key in spif.values()
                if of is tag_set and key.kind is kind and key in label.values
            ]
        )
    )
    return XmlLabel(
        policy=spif.name,
        classification=spif.classification(label.lacv).name,
        categories=categories,
        created=created,
        uri=_OID + spif.id,
        review=review,
    )
