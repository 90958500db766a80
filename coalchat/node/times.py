"""Times in sentences that a node writes for people: the date-time group of ACP 121, always in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def dtg(seconds: int) -> str:
    """The date-time group of a Unix time of this node's own making: `221830ZNOV26`."""
    when = datetime.fromtimestamp(seconds, UTC)
    return f"{when:%d%H%M}Z{MONTHS[when.month - 1]}{when:%y}"
