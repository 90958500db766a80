"""A bell for a part of the node that works when something is new: rings are never lost, and those that come together are one."""

from __future__ import annotations

import attrs
import trio


@attrs.define(eq=False)
class Bell:
    """One task waits for it; anybody rings."""

    _rung: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)

    def ring(self) -> None:
        """Something is new."""
        self._rung.set()

    async def wait(self, gather: float = 0) -> None:
        """Return once it was rung since the last time.

        Args:
            gather: seconds to wait on then, so that what comes close behind is of the same round.
        """
        await self._rung.wait()
        if gather:
            await trio.sleep(gather)
        # Before the work, so that what comes while it goes on begins another round.
        self._rung = trio.Event()
