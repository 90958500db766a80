"""Times, ages and counts in words, all in UTC, from Unix seconds.

Rule 1: no locale and no clock: month names are fixed, `now` is an argument.
Rule 2: a peer's clock may say anything: what no calendar holds is brought to its nearest end.
Rule 3: what remains is rounded down, so that nobody is promised a minute that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400
_NEAR: Final = 27 * DAY
"""Within it no day of the month comes twice."""
_LATEST: Final = 253_402_300_799
"""The end of the year 9999."""
_CLOCK: Final = re.compile(r"(\d{2}):?(\d{2})Z?", re.ASCII | re.IGNORECASE)
_MOMENT: Final = re.compile(r"(\d{2})(\d{2})(\d{2})Z?", re.ASCII | re.IGNORECASE)
_MINUTES: Final = re.compile(r"\+(\d{1,4})", re.ASCII)


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, 0), _LATEST), UTC)


def zone(offset: int) -> str:
    """The letter of a time zone that is ahead of UTC by these seconds: "Z", "A" for an hour, "J" for one without a letter."""
    hours, rest = divmod(offset, HOUR)
    if rest or not -12 <= hours <= 12:
        return "J"
    return ("Z" + "ABCDEFGHIKLM")[hours] if hours >= 0 else "NOPQRSTUVWXY"[-hours - 1]


def clock(seconds: int, offset: int = 0) -> str:
    """ "1531Z", or in a zone ahead of UTC by `offset` seconds, "1631A"."""
    return f"{_utc(seconds + offset):%H%M}{zone(offset)}"


def day_clock(seconds: int, offset: int = 0) -> str:
    """ "221537Z": with the day of the month."""
    return f"{_utc(seconds + offset):%d%H%M}{zone(offset)}"


def dtg(seconds: int) -> str:
    """ "221537Z NOV 26": a date-time group."""
    when = _utc(seconds)
    return f"{when:%d%H%M}Z {MONTHS[when.month - 1]} {when.year % 100:02}"


def date(seconds: int) -> str:
    """ "22 NOV 2026"."""
    when = _utc(seconds)
    return f"{when.day:02} {MONTHS[when.month - 1]} {when.year}"


def day(seconds: int) -> int:
    """Number of the UTC day."""
    return min(max(seconds, 0), _LATEST) // DAY


def clock_beside(seconds: int, beside: int, offset: int = 0) -> str:
    """The time alone where it is of the same day as `beside`, else with its day, and where a day of the month could be
    another month's, with month and year.
    """
    if day(seconds + offset) == day(beside + offset):
        return clock(seconds, offset)
    when = _utc(seconds + offset)
    far = abs(seconds - beside) >= _NEAR
    return day_clock(seconds, offset) + (f" {MONTHS[when.month - 1]} {when.year % 100:02}" if far else "")


def age(seconds: int) -> str:
    """How long ago: "now", "12 min", "2 h", "3 d"."""
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h"
    return f"{seconds // DAY} d"


def left(deadline: int, now: int) -> str:
    """What remains: "3 d", "2h18", "18 min", under 10 min each 10 s "4:50", under 1 min each second "0:42", then
    "OVERDUE", "OVERDUE 3 min".
    """
    remains = deadline - now
    if remains <= 0:
        late = -remains
        return "OVERDUE" if late < MINUTE else f"OVERDUE {_length(late)}"
    if remains < MINUTE:
        return f"0:{remains:02}"
    if remains < 10 * MINUTE:
        return f"{remains // MINUTE}:{remains % MINUTE // 10 * 10:02}"
    return _length(remains)


def _length(seconds: int) -> str:
    if seconds < 2 * HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR}h{seconds % HOUR // MINUTE:02}"
    return f"{seconds // DAY} d"


def deadline_of(text: str, now: int) -> int | None:
    """The time that "1547Z" (the next one), "+15" (minutes) or "none" (0) names; none if it is not such a text."""
    text = text.strip()
    if text.lower() == "none":
        return 0
    if minutes := _MINUTES.fullmatch(text):
        return now + int(minutes[1]) * MINUTE if int(minutes[1]) else None
    if (group := _CLOCK.fullmatch(text)) is None or int(group[1]) > 23 or int(group[2]) > 59:
        return None
    when = now // DAY * DAY + int(group[1]) * HOUR + int(group[2]) * MINUTE
    return when if when > now else when + DAY


def moment_of(text: str, now: int) -> int | None:
    """The time that "221800Z" names, of the month of `now`; none if there is no such time."""
    if (group := _MOMENT.fullmatch(text.strip())) is None:
        return None
    day, hour, minute = (int(part) for part in group.groups())
    try:
        return int(_utc(now).replace(day=day, hour=hour, minute=minute, second=0).timestamp())
    except ValueError:
        return None


def listed(names: Sequence[str], last: str = "and") -> str:
    """ "XAA", "XAA and XBB", "XAA, XBB and XCC"."""
    return f" {last} ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 device", "3 devices"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
