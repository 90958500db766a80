"""Date-time groups (SPEC 8.12): the one written form of a time in a report, with the zone that its author wrote.

`221830ZNOV26` is day, hour, minute, zone letter, month, year: 22 November 2026, 18:30 UTC; seconds may stand behind the
minute. Z is UTC, A to M (without J) are hours east of it, N to Y hours west.

Rule 1: J, the time of wherever its author is, says nothing to others and is refused.
Rule 2: what is left out (month and year) is filled in with the nearest such time; what is written is always whole.
Rule 3: a zone that has no letter (+0430) is written as Z.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import attrs

from protocol.base.errors import DecodeError

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
HOW: Final = "must be a date-time group as 221830ZNOV26"

_CENTURY = 2000
_EAST = "ABCDEFGHIKLM"
_WEST = "NOPQRSTUVWXY"
_GROUP = re.compile(
    r"(\d{2})(\d{2})(\d{2})(\d{2})?\s*([A-Z]|[+-]\d{2}:?\d{2})\s*(?:([A-Z]{3})\s*(?:20)?(\d{2}))?", re.ASCII
)


def written_time(text: str, now: int) -> str:
    """The written form of a time.

    Args:
        text: a group, in any case and with spaces, perhaps without month and year; an ISO 8601 time with its zone; "now".
        now: Unix seconds, for what is left out.

    Raises:
        DecodeError: there is no such time; says which part.
    """
    given = text.strip().upper()
    return group_of(now) if given == "NOW" else _read(given, now).written


def moment(written: str) -> int:
    """Unix seconds of a written time.

    Raises:
        DecodeError: it is none.
    """
    read = _read(written, 0)
    if read.written != written:
        raise DecodeError(HOW)
    return int(read.when.timestamp())


@attrs.frozen
class _Read:
    when: datetime
    zone: str
    seconds: bool

    @property
    def written(self) -> str:
        clock = f"{self.when:%d%H%M%S}" if self.seconds else f"{self.when:%d%H%M}"
        return f"{clock}{self.zone}{MONTHS[self.when.month - 1]}{self.when:%y}"


def _read(given: str, now: int) -> _Read:
    match = _GROUP.fullmatch(given)
    if match is None:
        return _of_iso(given)
    day, hour, minute, second, zone, month, year = match.groups()
    if month is not None and month not in MONTHS:
        raise DecodeError(f"no month {month}")
    parts = [int(day), int(hour), int(minute), int(second or 0)]
    for name, value, most in zip(("hour", "minute", "second"), parts[1:], (23, 59, 59), strict=True):
        if value > most:
            raise DecodeError(f"no {name} {value}")
    offset = _offset(zone)
    if month is None:
        when = _nearest(parts, offset, now)
    else:
        when = _of(parts, offset, _CENTURY + int(year), MONTHS.index(month) + 1)
    if when is None:
        raise DecodeError(f"no day {day}" if month is None else f"no day {day} in {month} {year}")
    if len(zone) > 1:
        when, zone = when.astimezone(UTC), "Z"
    return _Read(when, zone, second is not None)


def group_of(now: int) -> str:
    """A moment as a group in UTC, to the minute."""
    return _Read(datetime.fromtimestamp(now, UTC), "Z", seconds=False).written


def spaced(written: str) -> str:
    """A written time as people read it: `221830Z NOV 26`."""
    at = len(written) - 5
    return f"{written[:at]} {written[at:-2]} {written[-2:]}"


def _offset(zone: str) -> timedelta:
    if zone == "J":
        raise DecodeError("zone J is local time: write the letter of the zone")
    if len(zone) > 1:
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        if hours > 14 or minutes > 59:
            raise DecodeError(f"no zone {zone}")
        length = timedelta(hours=hours, minutes=minutes)
        return -length if zone[0] == "-" else length
    return timedelta(hours=_EAST.find(zone) + 1 or -(_WEST.find(zone) + 1))


def _of(parts: list[int], offset: timedelta, year: int, month: int) -> datetime | None:
    day, hour, minute, second = parts
    if not 1 <= day <= monthrange(year, month)[1]:
        return None
    return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))


def _nearest(parts: list[int], offset: timedelta, now: int) -> datetime | None:
    """The one of this month, the last or the next that lies nearest."""
    here = datetime.fromtimestamp(now, timezone(offset))
    months = [divmod(here.year * 12 + here.month - 1 + step, 12) for step in (-1, 0, 1)]
    found = [when for year, month in months if (when := _of(parts, offset, year, month + 1)) is not None]
    return min(found, key=lambda when: abs(when - here), default=None)


def _of_iso(given: str) -> _Read:
    try:
        when = datetime.fromisoformat(given)
    except ValueError:
        raise DecodeError(HOW) from None
    if when.tzinfo is None:
        raise DecodeError("does not say its zone")
    when = when.astimezone(UTC)
    if not _CENTURY <= when.year < _CENTURY + 100:
        raise DecodeError(f"no year {when.year}")
    return _Read(when, "Z", when.second > 0)
