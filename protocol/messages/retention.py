"""Retention (SPEC 10.8): until when the bodies of what was sealed in a segment are kept.

Rule 1: what counts is the segment of the envelope, which its author signed and its keys are bound to; never the author's
clock, and not the time of arrival: one message goes everywhere at once.
Rule 2: it goes by whole segments, and a node's segment number never falls: what is over stays over.
"""

from __future__ import annotations

from typing import Final

from protocol.trust.charter import Charter

WITHOUT_END: Final = 2**32 - 1
"""Seconds of retention that stand for: never purged."""


def kept_until(charter: Charter, level: int, segment: int) -> int:
    """Unix time at which bodies that were sealed in a segment are purged; 0: never."""
    after = _segments(charter, level)
    return 0 if after is None else (segment + 1 + after) * charter.segment


def is_over(charter: Charter, level: int, segment: int, now: int) -> bool:
    """Whether retention of what was sealed in a segment is over in the segment `now`."""
    after = _segments(charter, level)
    return after is not None and segment + 1 + after <= now


def last_over(charter: Charter, now: int) -> int:
    """The last segment of which anything, at any level, is over in the segment `now`; -1 or less: none."""
    ends = [_segments(charter, level) for level in range(len(charter.retention))]
    return max((now - 1 - after for after in ends if after is not None), default=-1)


def _segments(charter: Charter, level: int) -> int | None:
    """Whole segments beyond its own for which a level's bodies are kept; None: without end."""
    seconds = charter.retention[min(level, len(charter.retention) - 1)]
    return None if seconds == WITHOUT_END else -(-seconds // charter.segment)
