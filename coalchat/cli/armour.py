"""Armour: binary records as text that survives mail, and the fingerprints by which people compare keys. Pure.

    -----BEGIN COALCHAT NATION OFFER-----
    <base64, 64 characters a line>
    -----END COALCHAT NATION OFFER-----

Rule 1: the armour proves nothing; what stands in it is signed. It says what kind of file this is.
Rule 2: text before and after the armour is passed over (a mail's), a second one of the kind in a file is refused.
"""

from __future__ import annotations

import base64
import binascii
import re
from enum import StrEnum

from coalchat.errors import UsageError
from protocol.trust.charter import Nation, key_hash

WIDTH = 64
FINGERPRINT = 16
"""Bytes of a key's hash that people compare: eight groups of four digits."""


class Kind(StrEnum):
    """What stands in an armour."""

    OFFER = "NATION OFFER"
    CHARTER = "CHARTER"
    EVIDENCE = "EVIDENCE"
    AMENDMENT = "CHARTER AMENDMENT"
    SEAT = "SEAT REQUEST"


def write_armour(kind: Kind, data: bytes) -> str:
    """The text of a record, with a line end."""
    text = base64.b64encode(data).decode("ascii")
    lines = [text[start : start + WIDTH] for start in range(0, len(text), WIDTH)]
    return "\n".join([_line("BEGIN", kind), *lines, _line("END", kind), ""])


def holds(kind: Kind, text: str) -> bool:
    """Whether a text has an armour of this kind."""
    return _line("BEGIN", kind) in text


def read_armour(kind: Kind, text: str, name: str) -> bytes:
    """The record that stands in a text.

    Args:
        name: of the file, for the error.

    Raises:
        UsageError: there is no armour of this kind, more than one, or it was damaged.
    """
    pattern = rf"^{re.escape(_line('BEGIN', kind))}\s*$(.*?)^{re.escape(_line('END', kind))}\s*$"
    found = re.findall(pattern, text, re.MULTILINE | re.DOTALL)
    if not found:
        others = [other for other in Kind if other is not kind and _line("BEGIN", other) in text]
        hint = f"it is a {others[0].lower()}" if others else f"such a file has a line {_line('BEGIN', kind)}"
        raise UsageError(f"{name} is not a coalchat {kind.lower()}", hint=hint)
    if len(found) > 1:
        raise UsageError(f"{name} holds more than one coalchat {kind.lower()}")
    try:
        return base64.b64decode("".join(found[0].split()), validate=True)
    except binascii.Error:
        raise UsageError(f"the {kind.lower()} in {name} was damaged on its way") from None


def _line(word: str, kind: Kind) -> str:
    return f"-----{word} COALCHAT {kind.value}-----"


def fingerprint(nation: Nation) -> str:
    """What people compare of a nation's root: of both of its keys."""
    return grouped(key_hash(nation.root + nation.root_mldsa))


def grouped(value: bytes) -> str:
    """The first digits of a hash in groups of four."""
    digits = value[:FINGERPRINT].hex()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
