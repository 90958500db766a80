"""Proof of a shared secret (SPEC 9.3): the first message each way inside TLS, before anybody is named.

A member proves the coalition's link secret, a joiner the key of its invite. The TLS exporter binds the proof to this very
connection, and the end to its direction: a proof sent back, or carried to another connection, does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from protocol.base.crypto import digest, same
from protocol.base.errors import AuthenticationError
from protocol.base.ids import Person


class End(IntEnum):
    """Which end of the connection: the dialler proves and names itself first."""

    DIALLER = 0
    RESPONDER = 1

    @property
    def other(self) -> End:
        """The peer's end."""
        return End(1 - self)


def proof(secret: bytes, exporter: bytes, end: End) -> bytes:
    """What the `end` that holds the secret sends; 32 bytes.

    Args:
        secret: link secret or invite key, 32 bytes.
        exporter: 32 bytes of the TLS exporter (`ids.EXPORTER_LABEL`, empty context).
    """
    return digest(Person.LINK_PROOF, exporter, bytes([end]), key=secret)


def proven(mac: bytes, exporter: bytes, end: End, secrets: Iterable[bytes]) -> bytes:
    """The secret that a proof of the `end` was made with. Every secret is tried, in constant time each.

    Raises:
        AuthenticationError: with none of them.
    """
    found = b""
    for secret in secrets:
        if same(proof(secret, exporter, end), mac) and not found:
            found = secret
    if not found:
        raise AuthenticationError
    return found
