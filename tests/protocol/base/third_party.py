"""Words that the third-party vector tests share."""

from collections.abc import Callable
from typing import Any

Count = Callable[[int], None]
"""States how many cases a test ran."""
Wycheproof = Callable[[str], list[tuple[Any, Any]]]
"""(group, test) of each case of one of Project Wycheproof's files."""


def rows(text: str) -> list[dict[str, str]]:
    """Blocks of `name = value` lines, as in NIST's .rsp files."""
    blocks = [block for block in text.split("\n\n") if "=" in block]
    flat: list[dict[str, str]] = []
    for block in blocks:
        for line in block.splitlines():
            name, _, value = line.partition(" = ")
            if name == "count":
                flat.append({})
            flat[-1][name] = value
    return flat
