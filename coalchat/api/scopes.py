"""What a client may ask for (SPEC 12.3).

A client names its scopes in `hello` and gets those of them that its token has. They do not contain each other: an alert
bot that sends need not read, and one that does everything names all three.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from coalchat.errors import NotAuthorised


class Scope(StrEnum):
    """A part of the local API."""

    READ = "read"
    """See channels, messages, states, events, the audit record; unlock (the passphrase is its own authority)."""
    SEND = "send"
    """Send messages and move the read mark: acts in the person's name."""
    ADMIN = "admin"
    """Channels, peers, invites, joining, whom direct messages may go to; stop the node."""


ALL: Final = (Scope.READ, Scope.SEND, Scope.ADMIN)
"""Every scope: what the desk and the command line ask for."""


def require(needed: Scope | None, granted: Iterable[Scope]) -> None:
    """Let an operation pass whose scope was granted, or which needs none.

    Raises:
        NotAuthorised: this session does not have it.
    """
    if needed is not None and needed not in set(granted):
        raise NotAuthorised(f"this client was not given the scope {needed.value}")
