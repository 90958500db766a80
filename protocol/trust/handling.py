"""How quickly messages are handled, and which receipts a level asks for (SPEC 8.13): terms of the charter, as settings.

Both are promises of people to each other; a program counts down and names who is late. Where the charter says nothing,
the times are those of ACP 121 practice, READ is sent at every level, and an acknowledgement is expected where it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from protocol.base.errors import DecodeError

SETTING_HANDLING: Final = 16
"""Tag of the setting with the handling time of each precedence."""
SETTING_RECEIPTS: Final = 17
"""Tag of the setting with the receipts of each level."""

HANDLING: Final = (21_600, 10_800, 1_800, 600)
"""Seconds by precedence, ROUTINE first: 6 h, 3 h, 30 min, 10 min."""
_WIDTH: Final = 4
_UNREAD: Final = 1
_ACKNOWLEDGED: Final = 2


@attrs.frozen
class ReceiptTerms:
    """Which receipts messages of a level ask for.

    Attributes:
        read: READ is sent. acknowledged: an acknowledgement is expected of every message, within its handling time.
    """

    read: bool = True
    acknowledged: bool = False


def pack_handling(seconds: Sequence[int]) -> bytes:
    """The setting's value: seconds by precedence, ROUTINE first."""
    return b"".join(each.to_bytes(_WIDTH, "big") for each in seconds)


def read_handling(value: bytes) -> tuple[int, ...]:
    """Seconds by precedence, ROUTINE first; of no value, the usual ones.

    Raises:
        DecodeError: not one for each precedence, or a higher precedence has more time than a lower one, or none.
    """
    if not value:
        return HANDLING
    seconds = tuple(int.from_bytes(value[at : at + _WIDTH], "big") for at in range(0, len(value), _WIDTH))
    if len(value) != len(HANDLING) * _WIDTH or not seconds[-1] or sorted(seconds, reverse=True) != list(seconds):
        raise DecodeError("handling times are one for each precedence, and rise with none", field="settings")
    return seconds


def pack_receipts(levels: Sequence[ReceiptTerms]) -> bytes:
    """The setting's value: one byte a level."""
    return bytes((not each.read) * _UNREAD + each.acknowledged * _ACKNOWLEDGED for each in levels)


def read_receipts(value: bytes, levels: int) -> tuple[ReceiptTerms, ...]:
    """The terms of each level; of no value, the usual ones.

    Raises:
        DecodeError: not one byte for each level, or one that means nothing.
    """
    if not value:
        return (ReceiptTerms(),) * levels
    if len(value) != levels or max(value) > _UNREAD + _ACKNOWLEDGED:
        raise DecodeError("receipts are one byte for each level, of two bits", field="settings")
    return tuple(ReceiptTerms(not each & _UNREAD, bool(each & _ACKNOWLEDGED)) for each in value)
