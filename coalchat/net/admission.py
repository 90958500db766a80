"""Admission of strangers (SPEC chapter "Link"): how many handshakes may be under way, and who yields when it is full.

Until a handshake is done a connection is nobody's, costs an open file and some 60 KiB, and may take two minutes, because
honest links are slow. So their number is capped, in all and per source.

Who yields: the **oldest** handshake of the newcomer's own source when that source is at its cap, else the oldest of
the busiest source. Refusing newcomers instead would let 64 silent sockets shut the door for two minutes; this way a
silent socket can only harm slow handshakes, and a fast one gets through a flood.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import trio


class HalfOpen:
    """The handshakes under way, by source."""

    def __init__(self, *, total: int = 64, per_source: int = 16) -> None:
        """Allow `total` at once, and `per_source` of one source (several nodes may stand behind one NAT)."""
        if not 1 <= per_source <= total:
            raise ValueError("a source may have at least one place and at most all of them")
        self._total = total
        self._per_source = per_source
        self._places: dict[str, list[trio.CancelScope]] = {}
        self.evicted = 0

    @property
    def count(self) -> int:
        """How many are under way."""
        return sum(map(len, self._places.values()))

    @contextmanager
    def place(self, source: str) -> Iterator[None]:
        """Hold a place for one handshake; the block is cancelled if it has to yield, and leaves as if done."""
        if len(self._places.get(source, ())) >= self._per_source:
            self._evict(source)
        elif self.count >= self._total:
            self._evict(max(self._places, key=lambda each: len(self._places[each])))
        scope = trio.CancelScope()
        self._places.setdefault(source, []).append(scope)
        try:
            with scope:
                yield
        finally:
            # One that had to yield is out of the books already; its task only learns of it now.
            if scope in self._places.get(source, ()):
                self._leave(source, scope)

    def _evict(self, source: str) -> None:
        oldest = self._places[source][0]
        self._leave(source, oldest)
        oldest.cancel()
        self.evicted += 1

    def _leave(self, source: str, scope: trio.CancelScope) -> None:
        self._places[source].remove(scope)
        if not self._places[source]:
            del self._places[source]
