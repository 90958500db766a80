"""XML without its dangers (SPEC 5.6): no document type, no entity, nothing fetched, everything bounded.

A small tree of elements with expanded names. Comments and processing instructions are passed over; text between elements
counts only where an element has no children.
"""

from __future__ import annotations

from typing import Final, NoReturn
from xml.parsers import expat

import attrs

from protocol.base.errors import DecodeError, LimitError

MAX_XML: Final = 1_048_576
"""Bytes of a document: a policy with a thousand categories has a quarter of it."""
MAX_ELEMENTS: Final = 20_000
MAX_NESTED: Final = 24
"""A policy has eight levels of elements, a label six, and what succeeds it as many more."""
MAX_ATTRIBUTES: Final = 32
_SEPARATOR: Final = "\n"
"""Between namespace and local name: neither can have it."""
XML: Final = "http://www.w3.org/XML/1998/namespace"


@attrs.define
class Element:
    """An element.

    Attributes:
        namespace: "" for none. name: local.
        attributes: by local name; one of a namespace has it before the name in braces.
        text: its characters, stripped; "" where it has children.
    """

    namespace: str
    name: str
    attributes: dict[str, str]
    children: list[Element] = attrs.field(factory=list)
    text: str = ""

    def all(self, name: str) -> list[Element]:
        """Children of this name."""
        return [child for child in self.children if child.name == name]

    def one(self, name: str) -> Element | None:
        """The child of this name, if there is one. Raises: DecodeError: there are several."""
        found = self.all(name)
        if len(found) > 1:
            raise DecodeError(f"must stand once in {self.name}", field=name)
        return found[0] if found else None

    def need(self, name: str) -> Element:
        """The child of this name. Raises: DecodeError: there is none, or there are several."""
        found = self.one(name)
        if found is None:
            raise DecodeError(f"is missing in {self.name}", field=name)
        return found

    def get(self, name: str, default: str | None = None) -> str:
        """An attribute, stripped. Raises: DecodeError: it is missing and there is no default."""
        value = self.attributes.get(name, default)
        if value is None:
            raise DecodeError(f"is missing at {self.name}", field=name)
        return value.strip()


def read_xml(data: bytes) -> Element:
    """The root element of a document.

    Raises:
        LimitError: larger than a document of these kinds is. DecodeError: not XML, or with a document type or an entity.
    """
    if len(data) > MAX_XML:
        raise LimitError(f"more than {MAX_XML} bytes", field="xml")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.forbidden
    parser.EntityDeclHandler = reader.forbidden
    parser.UnparsedEntityDeclHandler = reader.forbidden
    parser.ExternalEntityRefHandler = reader.forbidden
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DecodeError(f"is not XML: {expat.ErrorString(error.code)}, line {error.lineno}", field="xml") from None
    except (ValueError, LookupError):
        raise DecodeError("is in an encoding that is not read", field="xml") from None
    assert reader.root is not None  # noqa: S101  # expat refuses a document without an element
    return reader.root


class _Reader:
    """Builds the tree."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def forbidden(self, *_: object) -> NoReturn:
        raise DecodeError("has a document type or an entity, which is never read", field="xml")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) >= MAX_NESTED or len(attributes) > MAX_ATTRIBUTES:
            raise LimitError("has more elements or attributes than a document of these kinds", field="xml")
        namespace, _, local = name.rpartition(_SEPARATOR)
        element = Element(namespace, local, {_attribute(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, name: str) -> None:
        del name
        element = self._open.pop()
        element.text = "" if element.children else element.text.strip()

    def characters(self, text: str) -> None:
        self._open[-1].text += text


def _attribute(name: str) -> str:
    namespace, _, local = name.rpartition(_SEPARATOR)
    return f"{{{namespace}}}{local}" if namespace else local
