"""Who asks: one client's session, as handlers see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import attrs

from coalchat.api.base import MAX_LIMIT, Request, Response
from coalchat.api.scopes import Scope
from coalchat.errors import UsageError


@attrs.define(eq=False)
class Session:
    """One client's connection after its hello.

    Attributes:
        name: as the client called itself. scopes: what it was granted.
    """

    name: str
    scopes: tuple[Scope, ...]


Handler: TypeAlias = Callable[[Any, Session], Awaitable[Response]]
Handlers: TypeAlias = dict[type[Request[Any]], Handler]


def check_limit(limit: int) -> int:
    """A page's limit.

    Raises:
        UsageError: outside 1 to 1,000.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise UsageError(f"limit: must be from 1 to {MAX_LIMIT}")
    return limit
