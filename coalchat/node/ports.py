"""What a node is given instead of reaching for it (SPEC 10.1): clock, entropy, lifecycle.

The transport's port is `coalchat.net.transport.Transport`, the store's is `coalchat.store.Store`. With all five given,
three nodes, or a hundred, run in one process under a virtual clock; the program gives the real ones.
"""

from __future__ import annotations

import os
import signal
import time
from typing import Protocol

import attrs
import trio

from protocol.base.crypto import Entropy

__all__ = ["Clock", "Entropy", "Lifecycle", "ProcessLife", "SystemClock", "SystemEntropy", "TrioClock"]


class Clock(Protocol):
    """Wall-clock time."""

    def now(self) -> int:
        """Unix time in UTC seconds."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Unix time in UTC seconds."""
        return int(time.time())


@attrs.frozen
class TrioClock:
    """A wall clock that runs with trio's, virtual or not.

    Attributes:
        epoch: Unix time at trio time 0.
    """

    epoch: int

    def now(self) -> int:
        """Unix time in UTC seconds."""
        return self.epoch + int(trio.current_time())


def SystemEntropy(size: int) -> bytes:  # noqa: N802 - stands beside SystemClock as what the program passes
    """Random bytes of the operating system."""
    return os.urandom(size)


class Lifecycle(Protocol):
    """How a node learns that it must end."""

    async def ended(self) -> str:
        """Return, with the reason, when the node must end."""
        ...


@attrs.frozen
class ProcessLife:
    """The life of a process: it ends on SIGTERM, SIGINT and SIGHUP, and when a pipe that its parent holds closes.

    Attributes:
        parent_fd: read end of such a pipe, or none: the node then outlives who started it.
    """

    parent_fd: int | None = None

    async def ended(self) -> str:
        """Return the signal's name, or "parent" when the pipe has closed."""
        found: list[str] = []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._signalled, found, nursery.cancel_scope)
            if self.parent_fd is not None:
                nursery.start_soon(self._orphaned, self.parent_fd, found, nursery.cancel_scope)
        return found[0]

    async def _signalled(self, found: list[str], scope: trio.CancelScope) -> None:

        wanted = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
        with trio.open_signal_receiver(*wanted) as signals:
            async for number in signals:
                found.append(signal.Signals(number).name)
                scope.cancel()
                return

    async def _orphaned(self, fd: int, found: list[str], scope: trio.CancelScope) -> None:
        async with trio.lowlevel.FdStream(fd) as pipe:
            while await pipe.receive_some(1):
                # Nothing is said over it: it only has to be open.
                continue
        found.append("parent")
        scope.cancel()
