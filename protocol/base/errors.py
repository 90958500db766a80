"""Errors of the protocol core (SPEC 3.4, "Error codes").

Rule 1: `ProtocolError` is never raised itself; a `LocalProtocolError` is our own bug, a `RemoteProtocolError` is a
peer (or a file) that broke the rules: drop it, count it, write an audit event.
Rule 2: every class carries a `code` of SPEC's registry; a test compares the two lists.
Rule 3: an authentication failure says nothing about which check failed, on purpose: one code, no detail.
Rule 4: `Denied` is an answer with a clause, not a fault, and is returned, never raised.
"""

from __future__ import annotations

from typing import ClassVar

import attrs


class ProtocolError(Exception):
    """Base of all errors of this package.

    Attributes:
        code: the stable error code of SPEC 3.4.
        field: the field that broke the rule, or "".
        detail: the rule that was broken, for an audit record; never peer text, never a secret.
    """

    code: ClassVar[str] = ""

    def __init__(self, detail: str = "", *, field: str = "") -> None:
        if not self.code:
            raise TypeError(f"{type(self).__name__} is abstract: raise one of its subclasses")
        self.field = field
        self.detail = detail
        super().__init__(f"{field}: {detail}" if field else detail or self.code)


class LocalProtocolError(ProtocolError):
    """We called the protocol in a way that it forbids: a bug on this side."""

    code = "local"


class RemoteProtocolError(ProtocolError):
    """A peer, or a file from outside, broke the rules."""


class DecodeError(RemoteProtocolError):
    """The bytes are not the one canonical encoding of the record they claim to be."""

    code = "decode"


class VersionError(RemoteProtocolError):
    """The bytes may be right, but belong to a newer version, another suite or an unknown critical tag."""

    code = "version"


class AuthenticationError(RemoteProtocolError):
    """A signature, tag, commitment, proof or certificate chain does not hold. No detail on purpose."""

    code = "authentication"

    def __init__(self) -> None:
        super().__init__("not authentic")


class ReplayError(RemoteProtocolError):
    """An identifier, counter or number that was used before was used again for something else."""

    code = "replay"


class StateError(RemoteProtocolError):
    """The right message at the wrong time, or one that does not fit what is known."""

    code = "state"


class ExpiredError(RemoteProtocolError):
    """The validity, segment or edition has passed, or has not begun."""

    code = "expired"


class LimitError(RemoteProtocolError):
    """A bound of SPEC's limits registry was exceeded."""

    code = "limit"


@attrs.frozen
class Denied:
    """An access decision that says no, and why.

    Attributes:
        clause: the clause of SPEC 5.5 that denies, e.g. "category-single".
        reason: one plain sentence for a person.
    """

    clause: str
    reason: str

    def __bool__(self) -> bool:
        return False
