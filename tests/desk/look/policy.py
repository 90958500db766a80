"""The levels of the EXAMPLE policy, and some that are hard to show."""

from __future__ import annotations

from typing import Final

from coalchat.api.nouns import Level


def level(name: str, portion: str, foreground: int, background: int) -> Level:
    return Level(name=name, portion=portion, foreground=foreground, background=background)


EXAMPLE: Final = (
    level("UNCLASSIFIED", "U", 0xFFFFFF, 0x1D6B49),
    level("RESTRICTED", "R", 0xFFFFFF, 0x1F4F99),
    level("SECRET", "S", 0xFFFFFF, 0xA3172C),
    level("TOP SECRET", "TS", 0x000000, 0xE08A00),
)
