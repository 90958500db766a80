"""References between entries (SPEC 8.4)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

from protocol.base.records import Bin, Uint, record


class Relation(IntEnum):
    """What a reference means."""

    REPLY = 1
    QUOTE = 2
    AFTER = 3
    REISSUE = 4
    """The same payload again, under a new envelope, after a complaint."""
    REMINDER = 8
    """The author reminds of what he asked to be acknowledged."""
    CONSIDERED = 9
    """Sent under MINIMIZE, after its author had considered that notice."""


@record()
class Ref:
    """A reference to another entry."""

    relation: Annotated[int, Uint(255, 1)]
    entry: Annotated[bytes, Bin(32)]
