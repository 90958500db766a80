"""How time is measured here: ours and the peer in turn, in one run on one machine, and only their ratio counts.

Rule 1: at least five rounds; the ratio of each round is taken first, then the median of the ratios, so that a machine
that grows slower meanwhile slows both.
Rule 2: work on one core is measured in its thread's processor time, what waits for a disk or a peer in wall-clock time.
Rule 3: how restless the machine is gets measured too, by a fixed loop, before and after: a table from a restless
machine says so itself.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from timeit import Timer
from typing import Final

import attrs

ROUNDS: Final = 9
"""Of work that waits."""
QUICK_ROUNDS: Final = 25
"""Of work on one core: a round takes some 20 ms."""

_LOOPS: Final = 60
_STEPS: Final = 40_000


@attrs.define
class Rounds:
    """Seconds that one piece of work took, ours and the peer's, round by round."""

    ours: list[float] = attrs.field(factory=list)
    peer: list[float] = attrs.field(factory=list)

    def add(self, ours: float, peer: float) -> None:
        self.ours.append(ours)
        self.peer.append(peer)

    @property
    def ratios(self) -> list[float]:
        """How much of the peer's speed we reach, round by round, in ascending order."""
        return sorted(peer / ours for ours, peer in zip(self.ours, self.peer, strict=True))


@attrs.frozen
class Noise:
    """A fixed loop, many times: what it took in the median, and how far apart the middle eight tenths lie."""

    seconds: float
    spread: float

    def __str__(self) -> str:
        return f"{self.seconds * 1e3:.2f} ms ± {self.spread / 2:.0%}"


def seconds_each(work: Callable[[], object], times: int) -> float:
    """Processor seconds of one call, out of a burst of so many."""
    return Timer(work, timer=time.thread_time).timeit(times) / times


def stopwatch() -> Callable[[], float]:
    """Wall-clock seconds since now."""
    gc.collect()
    start = time.perf_counter()
    return lambda: time.perf_counter() - start


def noise() -> Noise:
    """How restless the machine is now."""
    taken = []
    for _ in range(_LOOPS):
        elapsed = stopwatch()
        sum(range(_STEPS))
        taken.append(elapsed())
    tenths = statistics.quantiles(taken, n=10)
    median = statistics.median(taken)
    return Noise(median, (tenths[-1] - tenths[0]) / median)
