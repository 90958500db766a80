"""Where blocking work runs (SPEC, "At rest"): in one worker thread, or in place.

In place, for a virtual clock: it would jump while a thread works.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import trio

T = TypeVar("T")


class RunSync(Protocol):
    """`await run_sync(fn)` runs a blocking function and gives its result."""

    async def __call__(self, fn: Callable[[], T], /) -> T:
        """Run it. Cancellation before it starts stops it; afterwards it runs to its end."""


def in_thread() -> RunSync:
    """In a worker thread, one function at a time: a slow disk does not hold up the node."""
    limiter = trio.CapacityLimiter(1)

    async def run(fn: Callable[[], T], /) -> T:
        return await trio.to_thread.run_sync(fn, limiter=limiter)

    return run


async def in_place(fn: Callable[[], T], /) -> T:
    """In this very task, after a checkpoint."""
    await trio.lowlevel.checkpoint()
    return fn()
