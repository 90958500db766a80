"""Report forms (SPEC 8.12): which fields a report has, as data.

A form is named by its id, its version and the hash of its canonical part. Who sends follows the form of his node; who
receives one that he does not have sees the fields by their keys. Forms that ship lie in `protocol/forms`; our words stand
there in the place of those that standards print.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from enum import IntEnum
from typing import Annotated, Any, Final

from protocol.base.errors import DecodeError, LocalProtocolError
from protocol.base.limits import MAX_FORM_FIELDS
from protocol.base.records import Code, Flag, Name, Part, Seq, Uint, encode_part, record
from protocol.messages.fields import WITH_CODES, Field, FieldType, Need

PRECEDENCES: Final = ("ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH")
"""SPEC 6.2, in the order of their values."""
_SHARED: Final = {"section": "", "hint": "", "need": "may", "rows": False, "least": 0, "most": 0, "codes": ()}
_MOST: Final = 10**9


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
        """The field that a person means: by its key or its name, in any case."""
        plain = name.strip().replace("_", "-").casefold()
        for field in self.fields:
            if plain in {field.key.casefold(), field.name.casefold(), field.name.casefold().replace(" ", "-")}:
                return field
        return None


def form_from_toml(data: bytes) -> Form:
    """Read a form file.

    Raises:
        DecodeError: not TOML, an unknown or missing key, or a value that breaks its rule; names the field.
    """
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DecodeError(str(error), field="form") from None
    rows = table.pop("field", None)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DecodeError("must be an array of tables", field="field")
    form: Form = _made(
        Form,
        {
            "aliases": (),
            "parts": False,
            "ack": False,
            **table,
            **_word(table, "precedence", PRECEDENCES),
            "fields": tuple(map(_field, rows)),
        },
        "form",
    )
    if not isinstance(form.aliases, tuple):
        raise DecodeError("must be an array", field="aliases")
    try:
        _ = form.packed
    except LocalProtocolError as error:
        raise DecodeError(error.detail, field=error.field) from None
    check_form(form)
    return form


def _field(row: dict[str, Any]) -> Field:
    given = {**_SHARED, **row}
    given |= _word(given, "type", ("", *_names(FieldType))) | _word(given, "need", _names(Need))
    if given["type"] == FieldType.INT and "most" not in row:
        given["most"] = _MOST
    return _made(Field, given, "field")  # type: ignore[no-any-return]  # its class is the argument


def _names(words: type[IntEnum]) -> tuple[str, ...]:
    return tuple(word.name.lower() for word in words)


def _made(cls: Any, given: dict[str, Any], field: str) -> Any:
    try:
        return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in given.items()})
    except TypeError:
        raise DecodeError(f"must have exactly the fields of a {cls.__name__}", field=field) from None


def _word(table: dict[str, Any], key: str, words: tuple[str, ...]) -> dict[str, int]:
    if table.get(key) not in words:
        raise DecodeError(f"must be one of {', '.join(words)}", field=key)
    return {key: words.index(table[key])}


def check_form(form: Form) -> None:
    """Check what the fields alone do not say.

    Raises:
        DecodeError: names the field of the form.
    """
    keys = [field.key for field in form.fields]
    if len(set(keys)) != len(keys):
        raise DecodeError("a key stands twice", field="fields")
    groups = [field.group for field in form.fields]
    if any(group and groups[at - 1] != group and group in groups[:at] for at, group in enumerate(groups)):
        raise DecodeError("the fields of a group must stand together", field="fields")
    for field in form.fields:
        if field.rows and not field.key.partition("-")[2]:
            raise DecodeError("in rows, must be its group, a hyphen and its name", field=f"key of {field.key}")
        if field.least > field.most:
            raise DecodeError("must be at least as high as the lowest", field=f"most of {field.key}")
        _check_codes(field)


def _check_codes(field: Field) -> None:
    where = f"codes of {field.key}"
    if bool(field.codes) != (field.type in WITH_CODES):
        raise DecodeError("must be there for a field of codes, and for no other", field=where)
    if len(field.choices) != len(field.codes) or not all(field.choices.values()):
        raise DecodeError("must be a code, a space and what it means, each once", field=where)
    if not all(_is_code(code, letters=field.type == FieldType.COUNTS) for code in field.choices):
        raise DecodeError("must be upper-case letters, digits, + and -; with numbers, letters only", field=where)


def _is_code(code: str, *, letters: bool) -> bool:
    plain = code if letters else code.replace("+", "0").replace("-", "0")
    fits = plain.isalpha() if letters else plain.isalnum()
    return fits and code.isascii() and code == code.upper()


def find_form(forms: Iterable[Form], name: str) -> Form | None:
    """The form that a person means: by its id or an alias, in any case."""
    wanted = name.strip().upper()
    return next((form for form in forms if wanted in {form.id, *form.aliases}), None)
