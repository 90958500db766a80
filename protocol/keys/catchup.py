"""The catch-up window (SPEC 7.1): keys that fell due while their device was off are kept a while, to read what waits.

A device that was off could neither read nor erase. When it starts, the keys of segments that ended meanwhile may be past
their hold; they are kept until it was online long enough to fetch what was sealed to them.
Rule 1: a window closes after `CATCH_UP_ONLINE` seconds with a link up, counted over restarts, and in any case
`CATCH_UP_END` seconds after the start that opened it.
Rule 2: what had ended before the device went off gets no window.
Rule 3: a window never grows: an outage while one is open opens another, and there are `MAX_CATCH_UPS` at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from protocol.base.limits import CATCH_UP_END, CATCH_UP_ONLINE, MAX_CATCH_UPS
from protocol.keys.keyring import KeyRing
from protocol.keys.walking import oldest_kept, oldest_own, serves_until
from protocol.trust.access import Clearance
from protocol.trust.charter import Charter


@attrs.frozen
class CatchUp:
    """One window.

    Attributes:
        since: the segment that ran when the device went off; keys from it on are kept.
        began: Unix time of the start that opened the window.
        online: seconds that the device was online since.
    """

    since: int
    began: int
    online: int = 0

    def closes(self) -> int:
        """Unix time at which it closes in any case."""
        return self.began + CATCH_UP_END

    def is_open(self, now: int) -> bool:
        """Whether it still keeps keys."""
        return self.online < CATCH_UP_ONLINE and now < self.closes()


def at_start(
    known: Iterable[CatchUp], ring: KeyRing, charter: Charter, now: int, clearance: Clearance
) -> tuple[CatchUp, ...]:
    """The windows that are open when a device starts, with one for the outage that ends now if it needs one.

    Args:
        ring: as it was left: its mark is the segment that ran when the device was last on.
        clearance: of the device.
    """
    windows = tuple(window for window in known if window.is_open(now))
    since = ring.mark
    due = any(
        max(seed.segment, since) < min(oldest_kept(charter, seed.level, now), serves_until(seed, ring.seeds, charter))
        for seed in ring.seeds
    ) or any(max(seed.segment, since) < min(oldest_own(charter, clearance, now), seed.last + 1) for seed in ring.own)
    covered = any(window.since == since for window in windows)  # the start that found this outage was cut off
    if not due or covered or len(windows) >= MAX_CATCH_UPS:
        return windows
    return (*windows, CatchUp(since, now))


def kept_since(windows: Sequence[CatchUp], now: int) -> int | None:
    """The first segment that open windows keep, or None."""
    return min((window.since for window in windows if window.is_open(now)), default=None)


def after(windows: Iterable[CatchUp], online: int) -> tuple[CatchUp, ...]:
    """Windows after so many more seconds online."""
    return tuple(attrs.evolve(window, online=window.online + online) for window in windows)
