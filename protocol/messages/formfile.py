"""Form files (SPEC 8.12): TOML as a person writes it, to a form, or to all that is wrong with it.

Rule 1: whatever is wrong is named at once, each with its line, its field and the rule that it breaks.
Rule 2: a file is data: nothing in it is run, looked up or fetched, and its size is bounded before it is read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, Final

import attrs

from protocol.base.errors import DecodeError
from protocol.base.limits import MAX_FORM, MAX_FORM_FIELDS, MAX_FORM_FILE
from protocol.base.records import Seq, kinds
from protocol.messages.fields import MAX_KEY, Field, FieldType, Need
from protocol.messages.forms import PRECEDENCES, Form, code_faults, form_faults

_HEAD: Final = {"aliases": (), "parts": False, "ack": False}
_SHARED: Final = {"section": "", "hint": "", "need": "may", "rows": False, "least": 0, "most": 0, "codes": ()}
_MOST: Final = 10**9
_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")
_ROW: Final = re.compile(r"\s*\[\[\s*field\s*\]\]")
_KEY: Final = re.compile(r"""\s*["']?(\w+)["']?\s*=""", re.ASCII)


@attrs.frozen
class FormFault:
    """What is wrong with a form file.

    Attributes:
        line: from 1; 0: of no line that is known. field: "id"; of a field "type of WHEN", or "field 3" before its key is
            known. rule: that it breaks.
    """

    line: int
    field: str
    rule: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field}: {self.rule}" if self.line else f"{self.field}: {self.rule}"


def form_from_toml(data: bytes) -> Form:
    """Read a form file.

    Raises:
        DecodeError: not a form; names the first fault.
    """
    form, faults = read_form(data)
    if form is None:
        raise DecodeError(faults[0].rule, field=faults[0].field)
    return form


def read_form(data: bytes) -> tuple[Form | None, tuple[FormFault, ...]]:
    """A form file's form, or what is wrong with it: of the two there is one."""
    if len(data) > MAX_FORM_FILE:
        return None, (FormFault(0, "form", f"is {len(data)} bytes long, of {MAX_FORM_FILE} at most"),)
    try:
        text = data.decode("utf-8")
        table = tomllib.loads(text)
    except UnicodeDecodeError:
        return None, (FormFault(0, "form", "must be UTF-8"),)
    except RecursionError:
        return None, (FormFault(0, "form", "is nested too deep"),)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        said = _LINE.sub("", str(error)).strip()
        return None, (FormFault(int(found[1]) if found else 0, "form", f"is no TOML: {said}"),)
    rows = table.pop("field", None)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        return None, (FormFault(0, "field", "must be an array of tables, [[field]]"),)
    if len(rows) > MAX_FORM_FIELDS:
        return None, (FormFault(0, "field", f"must stand {MAX_FORM_FIELDS} times at most"),)
    lines = _Lines(text, len(rows))
    given, faults = _head(table, lines)
    fields = []
    for at, row in enumerate(rows):
        made, wrong = _field(row, at, lines)
        fields += [made] if made is not None else []
        faults += wrong
    if faults:
        return None, tuple(sorted(faults, key=lambda fault: fault.line))
    form = Form(**given, fields=tuple(fields))
    faults = [FormFault(lines.of(form.place(key), word), f"{word} of {key}" if key else word, rule)
              for key, word, rule in form_faults(form)]  # fmt: skip
    if not faults and len(form.packed) > MAX_FORM:
        faults.append(FormFault(0, "form", f"has {len(form.packed)} bytes as it is hashed, of {MAX_FORM} at most"))
    return (None, tuple(faults)) if faults else (form, ())


class _Lines:
    """Where keys stand. Text over several lines may look like keys: what does not come out even is not said."""

    def __init__(self, text: str, rows: int) -> None:
        self._head: dict[str, int] = {}
        self._rows: list[dict[str, int]] = []
        here = self._head
        for number, line in enumerate(text.split("\n"), 1):
            if _ROW.match(line):
                here = {"": number}
                self._rows.append(here)
            elif key := _KEY.match(line):
                here.setdefault(key[1], number)
        self._known = len(self._rows) == rows

    def of(self, row: int, key: str) -> int:
        """The line of a key in a row; beyond the last row, of the head."""
        if not self._known:
            return 0
        here = self._rows[row] if row < len(self._rows) else self._head
        return here.get(key, here.get("", 0))


def _head(table: dict[str, Any], lines: _Lines) -> tuple[dict[str, Any], list[FormFault]]:
    given = {**_HEAD, **table}
    faults = [
        FormFault(lines.of(MAX_FORM_FIELDS, word), word, rule)
        for word, rule in _checked(Form, given, {"precedence": PRECEDENCES}, but="fields")
    ]
    return given, faults


def _field(row: dict[str, Any], at: int, lines: _Lines) -> tuple[Field | None, list[FormFault]]:
    given = {**_SHARED, **row}
    if given.get("type") == "int" and "most" not in row:
        given["most"] = _MOST
    key = row.get("key")
    name = key[:MAX_KEY] if isinstance(key, str) and key else f"field {at + 1}"
    words = {"type": ("", *_names(FieldType)), "need": _names(Need)}
    faults = [FormFault(lines.of(at, word), f"{word} of {name}", rule) for word, rule in _checked(Field, given, words)]
    if faults:
        return None, faults
    made = Field(**given)
    return made, [FormFault(lines.of(at, "codes"), f"codes of {name}", rule) for rule in code_faults(made)]


def _names(words: type[IntEnum]) -> tuple[str, ...]:
    return tuple(word.name.lower() for word in words)


def _checked(
    cls: type, given: dict[str, Any], words: dict[str, tuple[str, ...]], but: str = ""
) -> Iterator[tuple[str, str]]:
    """Each attribute by its kind; words become their numbers, arrays tuples, in `given` itself."""
    known = dict(kinds(cls))
    known.pop(but, None)
    for word in sorted(given.keys() - known.keys()):
        yield word[:MAX_KEY], "is no key here"
    for word, kind in known.items():
        if word not in given:
            yield word, "must be there"
        elif word in words:
            choices = tuple(filter(None, words[word]))
            if given[word] not in choices:
                yield word, f"must be one of {', '.join(choices)}"
            else:
                given[word] = words[word].index(given[word])
        elif isinstance(kind, Seq) and not isinstance(given[word], list | tuple):
            yield word, "must be an array"
        else:
            given[word] = tuple(given[word]) if isinstance(given[word], list) else given[word]
            try:
                kind.lower(given[word], word)
            except DecodeError as error:
                yield word, error.detail
