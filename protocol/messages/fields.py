"""Fields of report forms (SPEC 8.12): what may stand in one, and its one written form.

    what was typed  --written_value-->  the written form, which is sent  --shown_value-->  what a reader sees

Rule 1: the written form is text that a person can read without the form: codes, not their meanings; no units.
Rule 2: a written form is its own written form, whatever the clock says: so a reader can check what came.
Rule 3: a refusal says the rule; the field is named by who asks.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from typing import Annotated, Final

from protocol.base.errors import DecodeError
from protocol.base.limits import MAX_FORM_CODES, MAX_REPORT_TEXT
from protocol.base.records import Code, Flag, Name, Seq, Uint, record
from protocol.messages.dtg import spaced, written_time
from protocol.messages.place import exactness, spaced_place, written_place

MAX_KEY: Final = 24
"""Characters of a field's key: it stands at the beginning of a line, with its group."""
MAX_UNIT: Final = 64
"""Bytes of a unit, a call sign, a name: one line."""


class FieldType(IntEnum):
    """What a field holds."""

    TEXT = 1
    """Any text, of several lines too."""
    UNIT = 2
    """One line: a unit, a call sign, a name."""
    DTG = 3
    LOC = 4
    INT = 5
    CODE = 6
    """One code of the field's list."""
    CODES = 7
    """Several of them."""
    COUNTS = 8
    """Several of them, each with a number."""


WITH_CODES: Final = frozenset({FieldType.CODE, FieldType.CODES, FieldType.COUNTS})


class Need(IntEnum):
    """When a field must be filled."""

    MAY = 0
    WHOLE = 1
    """In a whole report; in a part it may follow."""
    FIRST = 2
    """In everything that is sent."""


@record()
class Field:
    """One field of a form.

    Attributes:
        key: names it on the wire. Of a field in rows: the group, a hyphen, its own name.
        name, section, hint: for people; sections follow each other.
        rows: it may stand several times, once in each row of its group; `need` is then of each row that there is, and
            FIRST also says that there is one.
        least, most: of INT the bounds; of TEXT and UNIT `most` is in bytes, 0: as many as there may be.
        codes: of the list: a code, a space, what it means.
    """

    key: Annotated[str, Code(MAX_KEY)]
    name: Annotated[str, Name(32)]
    section: Annotated[str, Name(32, 0)]
    hint: Annotated[str, Name(96, 0)]
    type: Annotated[int, Uint(int(FieldType.COUNTS), 1)]
    need: Annotated[int, Uint(int(Need.FIRST))]
    rows: Annotated[bool, Flag()]
    least: Annotated[int, Uint(10**9)]
    most: Annotated[int, Uint(10**9)]
    codes: Annotated[tuple[str, ...], Seq(Name(64), MAX_FORM_CODES)]

    @property
    def group(self) -> str:
        """The group of its rows, or ""."""
        return self.key.partition("-")[0] if self.rows else ""

    @property
    def choices(self) -> dict[str, str]:
        """What each code means, in the order of the list."""
        return {code: meaning for code, _, meaning in (each.partition(" ") for each in self.codes)}


def written_value(field: Field, text: str, now: int) -> str:
    """The written form of what was typed into a field; "" if that was nothing.

    Args:
        now: Unix seconds, for a time without month and year.

    Raises:
        DecodeError: it breaks the field's rule, which is the detail.
    """
    given = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if not given:
        return ""
    match FieldType(field.type):
        case FieldType.TEXT:
            return _bounded(given, field.most or MAX_REPORT_TEXT)
        case FieldType.UNIT:
            return _line(given, field.most or MAX_UNIT)
        case FieldType.DTG:
            return written_time(given, now)
        case FieldType.LOC:
            return written_place(given)
        case FieldType.INT:
            return _number(field, given)
        case FieldType.CODE:
            return _code(field, given)
        case FieldType.CODES:
            return _codes(field, given)
        case _:
            return _counts(field, given)


def is_written(field: Field, text: str) -> bool:
    """Whether it is the written form of something that the field takes."""
    try:
        return bool(text) and written_value(field, text, 0) == text
    except DecodeError:
        return False


def shown_value(field: Field, written: str) -> str:
    """A written form as people read it, with what its codes mean."""
    match FieldType(field.type):
        case FieldType.DTG:
            return spaced(written)
        case FieldType.LOC:
            return f"{spaced_place(written)} ±{_length(exactness(written))}"
        case FieldType.CODE:
            return _meant(field, written)
        case FieldType.CODES:
            return ", ".join(_meant(field, code) for code in written.split(" "))
        case FieldType.COUNTS:
            parts = (_COUNT.fullmatch(part) for part in written.split(" "))
            return ", ".join(f"{part[2]} {_meant(field, part[1])}" for part in parts if part)
        case _:
            return written


def _meant(field: Field, code: str) -> str:
    meaning = field.choices[code]
    return code if meaning.casefold() == code.casefold() else f"{code} {meaning}"


def _length(metres: int) -> str:
    return f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"


# --- texts and numbers ---


def _bounded(given: str, most: int) -> str:
    try:
        size = len(given.encode("utf-8"))
    except UnicodeEncodeError:
        raise DecodeError("must be Unicode") from None
    if size > most:
        raise DecodeError(f"is {size} bytes long, of {most} at most")
    return given


def _line(given: str, most: int) -> str:
    kept: str = Name(most).raise_(" ".join(given.split()), "")
    return kept


def _number(field: Field, given: str) -> str:
    digits = given.removesuffix("%").rstrip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 12):
        raise DecodeError("must be a whole number")
    value = int(digits)
    if not field.least <= value <= field.most:
        raise DecodeError(f"must be from {field.least} to {field.most}")
    return str(value)


# --- codes ---

_COUNT = re.compile(r"([A-Z]+)(\d+)", re.ASCII)
_COUNT_FIRST = re.compile(r"([A-Z]+)\s*[:=-]?\s*(\d{1,4})(?=$|[\s,;/]|[A-Z])", re.ASCII)
_NUMBER_FIRST = re.compile(r"(\d{1,4})\s*[X*]?\s*([A-Z]+)", re.ASCII)
_BETWEEN = re.compile(r"[\s,;/]+")


def _code(field: Field, given: str) -> str:
    """By the code, by what it means, or by both as they are shown."""
    choices = field.choices
    code = given.upper()
    if code in choices:
        return code
    plain = given.casefold()
    meant = [code for code, meaning in choices.items() if plain in {meaning.casefold(), f"{code} {meaning}".casefold()}]
    if len(meant) != 1:
        raise DecodeError(_one_of(field))
    return meant[0]


def _codes(field: Field, given: str) -> str:
    parts = [part for part in _BETWEEN.split(given) if part]
    try:
        named = [_code(field, part) for part in parts]
    except DecodeError:
        named = [_code(field, given)]  # a meaning of several words
    return _ordered(field, dict.fromkeys(named, ""), len(named))


def _counts(field: Field, given: str) -> str:
    rest, found = given.upper(), []
    pattern = _COUNT_FIRST if rest[0].isalpha() else _NUMBER_FIRST
    for part in pattern.finditer(rest):
        code, number = (part[1], part[2]) if pattern is _COUNT_FIRST else (part[2], part[1])
        found.append((code, int(number)))
    if _BETWEEN.sub("", pattern.sub("", rest)) or not found:
        raise DecodeError("must be codes with numbers, as A2 C1")
    for code, _ in found:
        if code not in field.choices:
            raise DecodeError(_one_of(field))
    counted = {code: str(number) for code, number in found if number}
    if not counted:
        raise DecodeError("must count at least one")
    return _ordered(field, counted, len(found) - sum(not number for _, number in found))


def _ordered(field: Field, named: dict[str, str], count: int) -> str:
    if len(named) != count:
        raise DecodeError("names a code twice")
    return " ".join(code + named[code] for code in field.choices if code in named)


def _one_of(field: Field) -> str:
    return f"must be one of {', '.join(field.choices)}"
