"""How values stand in the JSON of the vectors.

Text is a JSON string, an integer a number (from 2^53 on `{"uint": "decimal"}`), bytes are `{"bin": "hex"}`, an array is
an array. Where a field can only be bytes (`encoded`, `id`, a key), it is plain hex. One case stands on one line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from protocol.base.codec import Value

Json: TypeAlias = Any
Case: TypeAlias = dict[str, Any]
File: TypeAlias = dict[str, Any]
"""One vector file: texts about it, then lists of cases."""

EXACT = 2**53
"""Integers below are exact in every JSON reader."""


def show(value: Value) -> Json:
    """A value of the codec as JSON."""
    if isinstance(value, bytes):
        return {"bin": value.hex()}
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if value < EXACT else {"uint": str(value)}
    return [show(item) for item in value]


def write(file: Mapping[str, Json]) -> str:
    """The text of a file: a line for each case, so that a change of one case is a change of one line."""
    parts = [f" {json.dumps(key)}: {_section(value)}" for key, value in file.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _section(value: Json) -> str:
    if isinstance(value, Mapping):
        return "{\n" + ",\n".join(f"  {json.dumps(key)}: {json.dumps(item)}" for key, item in value.items()) + "\n }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[\n" + ",\n".join(f"  {json.dumps(item)}" for item in value) + "\n ]"
    return json.dumps(value)
