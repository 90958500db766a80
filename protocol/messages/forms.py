"""Report forms (SPEC 8.12): which fields a report has, as data.

A form is named by its id, its version and the hash of its canonical part. Who sends follows the form of his node; who
receives one that he does not have sees the fields by their keys. Forms that ship lie in `protocol/forms`; our words stand
there in the place of those that standards print.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from protocol.base.limits import MAX_FORM_FIELDS
from protocol.base.records import Code, Flag, Name, Part, Seq, Uint, encode_part, record
from protocol.messages.fields import WITH_CODES, Field, FieldType, Need

PRECEDENCES: Final = ("ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH")
"""SPEC 6.2, in the order of their values."""


@record()
class Form:
    """A form.

    Attributes:
        id, version: its name, and which wording of it; a wording that was used is never changed.
        title: for people. aliases: other names of it.
        precedence: with which its reports go, if nobody says otherwise.
        parts: a report may be sent before it is whole. ack: it must ask for acknowledgement.
    """

    id: Annotated[str, Code()]
    version: Annotated[int, Uint(2**16 - 1, 1)]
    title: Annotated[str, Name(48)]
    aliases: Annotated[tuple[str, ...], Seq(Code(), 8)]
    precedence: Annotated[int, Uint(len(PRECEDENCES) - 1)]
    parts: Annotated[bool, Flag()]
    ack: Annotated[bool, Flag()]
    fields: Annotated[tuple[Field, ...], Seq(Part(Field), MAX_FORM_FIELDS, 1)]

    @property
    def packed(self) -> bytes:
        """Canonical bytes, which its hash is of."""
        return encode_part(self)

    def field(self, key: str) -> Field | None:
        """The field of a key."""
        return next((field for field in self.fields if field.key == key), None)

    def place(self, key: str) -> int:
        """Where a field stands; behind all others, if it is not of this form."""
        return next((at for at, field in enumerate(self.fields) if field.key == key), len(self.fields))

    def named(self, name: str) -> Field | None:
        """The field that a person means: by its key, or by its name where one alone has it; in any case."""
        plain = name.strip().replace("_", "-").casefold()
        by_key = next((field for field in self.fields if field.key.casefold() == plain), None)
        called = [field for field in self.fields if field.name.casefold().replace(" ", "-") == plain.replace(" ", "-")]
        return by_key or (called[0] if len(called) == 1 else None)


def form_faults(form: Form) -> Iterator[tuple[str, str, str]]:
    """What is wrong that no attribute says by itself: the key of the field or "", the attribute, the rule."""
    keys = [field.key for field in form.fields]
    groups = [field.group for field in form.fields]
    if not any(field.need == Need.FIRST for field in form.fields):
        yield "", "field", "one at least must have the need first: a report says something"
    for at, field in enumerate(form.fields):
        key = field.key
        if key in keys[:at]:
            yield key, "key", "stands twice"
        if field.group and groups[at - 1] != field.group and field.group in groups[:at]:
            yield key, "key", "the fields of a group must stand together"
        if field.rows and not key.partition("-")[2]:
            yield key, "key", "in rows, must be its group, a hyphen and its name"
        if not field.rows and key.partition("-")[0] in groups:
            yield key, "key", "begins like a group of rows, and does not stand in one"
        if field.least > field.most:
            yield key, "most", "must be at least as high as the lowest"
        yield from ((key, "codes", rule) for rule in code_faults(field))


def code_faults(field: Field) -> Iterator[str]:
    """What is wrong with a field's codes."""
    if bool(field.codes) != (field.type in WITH_CODES):
        yield "must be there for a field of codes, and for no other"
    if len(field.choices) != len(field.codes) or not all(field.choices.values()):
        yield "must be a code, a space and what it means, each once"
    elif not all(_is_code(code, letters=field.type == FieldType.COUNTS) for code in field.choices):
        yield "must be upper-case letters, digits, + and -; with numbers, letters only"


def _is_code(code: str, *, letters: bool) -> bool:
    plain = code if letters else code.replace("+", "0").replace("-", "0")
    fits = plain.isalpha() if letters else plain.isalnum()
    return fits and code.isascii() and code == code.upper()


def find_form(forms: Iterable[Form], name: str) -> Form | None:
    """The form that a person means: by its id or an alias, in any case."""
    wanted = name.strip().upper()
    return next((form for form in forms if wanted in {form.id, *form.aliases}), None)
