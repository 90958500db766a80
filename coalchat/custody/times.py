"""Times in sentences for people: the date-time group of ACP 121, always in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def dtg(seconds: int) -> str:
    """The date-time group of a Unix time: `221830ZNOV26`; "-" where a peer's clock says what no calendar has."""
    try:
        when = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return "-"
    return f"{when:%d%H%M}Z{MONTHS[when.month - 1]}{when:%y}"
