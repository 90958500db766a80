"""Parts of the model that ask the node for themselves."""

from __future__ import annotations

from typing import Any, Protocol

from coalchat.api.base import Request, Response
from coalchat.desk.model.changes import Changes
from coalchat.errors import CoalchatError


class Wants(Protocol):
    """What opened later, and asks for itself."""

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer; `NOTHING`: it was not for it."""

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """There is none; None: it was not its question."""
