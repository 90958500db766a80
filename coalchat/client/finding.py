"""The client's call that searches (SPEC 12.4)."""

from __future__ import annotations

from typing import Protocol

from coalchat.api.base import A_co, Request
from coalchat.api.search import FoundPage, SearchMessages


class _Caller(Protocol):
    async def call(self, request: Request[A_co]) -> A_co: ...


class SearchCalls:
    """What `Client` adds for searching."""

    async def search(
        self: _Caller,
        words: str,
        *,
        channel: str = "",
        author: str = "",
        since: int = 0,
        until: int = 0,
        before: int = 0,
        limit: int = 50,
    ) -> FoundPage:
        """Messages that hold all of these words, the newest first.

        Args:
            words: words, `begin*`, `"several in a row"`.
            channel: one, or "" for all. author: a nation, parts of a name, or both; "" for everybody.
            since, until: author's times, Unix seconds, both included; 0: no bound.
            before: `next_position` of the page before, or 0.

        Raises:
            UnknownChannel, UnknownDevice, Ambiguous, UsageError: as they say.
        """
        request = SearchMessages(
            words=words,
            channel=channel,
            author=author,
            since=since,
            until=until,
            before_position=before,
            limit=limit,
        )
        return await self.call(request)
