"""Forms for tests of reports: those that ship, and a small one with a field of each type."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from protocol.messages.filling import Given
from protocol.messages.formfile import form_from_toml
from protocol.messages.forms import Form

FOLDER = Path(__file__).parents[3] / "protocol" / "forms"

SMALL = """
id = "SMALL"
version = 2
title = "A small one"
aliases = ["TINY"]
precedence = "PRIORITY"
parts = true

[[field]]
key = "WHO"
name = "Who reports"
type = "unit"
need = "first"

[[field]]
key = "WHEN"
name = "When"
type = "dtg"
need = "whole"

[[field]]
key = "TRUCK-KIND"
name = "Kind"
type = "code"
rows = true
need = "first"
codes = ["L light", "H heavy duty"]

[[field]]
key = "TRUCK-NUMBER"
name = "Number"
type = "int"
rows = true
need = "whole"

[[field]]
key = "REMARKS"
name = "Remarks"
type = "text"
"""


@cache
def shipped() -> dict[str, Form]:
    """By id."""
    forms = [form_from_toml(path.read_bytes()) for path in sorted(FOLDER.glob("*.toml"))]
    return {form.id: form for form in forms}


@cache
def small() -> Form:
    return form_from_toml(SMALL.encode())


def given(**typed: str) -> list[Given]:
    """`truck_kind_2="H"` is of the second row."""
    found = []
    for name, text in typed.items():
        key, _, row = name.rpartition("_")
        found.append(Given(key, int(row), text) if row.isdecimal() else Given(name, 0, text))
    return found
