"""What a peer gets that asks by id (SPEC 9.5, 10.2): documents, feed records, envelopes; or nothing, whatever the reason.

That it may have the documents and feeds is seen to before: it can ask for those only that were offered to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import attrs

from coalchat.node.context import Context
from coalchat.node.feeds import release_bits
from protocol.base.records import decode
from protocol.trust.label import ReleaseKey

Answers: TypeAlias = list[tuple[bytes, bytes]]
"""Each id with its bytes, or with none."""


@attrs.frozen
class Serving:
    """For a peer of this nation; `carries`: it takes what is not released to it, too."""

    context: Context = attrs.field(repr=False)
    nation: int
    carries: bool

    def documents(self, names: Iterable[bytes]) -> Answers:
        """Control documents by hash."""
        controls = self.context.member.controls
        return [(name, controls[name].data if name in controls else b"") for name in names]

    def feeds(self, names: Iterable[bytes]) -> Answers:
        """Records of feeds."""
        rows = [(name, self.context.store.read.feed(name)) for name in names]
        return [(name, b"" if row is None else row.record) for name, row in rows]

    def envelopes(self, names: Iterable[bytes]) -> Answers:
        """Envelopes: released to the nation, or carried, since it was admitted."""
        return [(name, self._envelope(name)) for name in names]

    def _envelope(self, name: bytes) -> bytes:
        row = self.context.store.read.envelope(name)
        if row is None:
            return b""
        released = release_bits(decode(ReleaseKey, row.release)) >> self.nation & 1
        since = self.context.member.admitted.get(self.nation, 0)
        carried = self.carries and (not since or row.received > since)
        return row.data if released or carried else b""
