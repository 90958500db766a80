"""Times as people write them: date-time groups (ACP 121), ISO 8601, from now (`+2h`), and lengths such as `6h`.

A date-time group is day, hour, minute, zone, month, year: `221830ZNOV26` is 22 November 2026, 18:30 UTC. The zone is
ACP 121's letter: Z is UTC, A to M (without J) hours east of it, N to Y hours west; J, "local", says nothing to others.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from coalchat.errors import UsageError
from protocol.base.errors import DecodeError
from protocol.messages.dtg import MONTHS, moment, written_time

HOW = "write it as 221830ZNOV26 or 2026-11-22T18:30Z, or from now as +30m or +2h"

_DTG = re.compile(r"\d{6}\s*[A-Z]\s*[A-Z]{3}\s*\d{2}", re.ASCII)
_LENGTH = re.compile(r"(\d{1,9})([smhd])", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def parse_time(text: str, now: int | None = None) -> int:
    """Unix time of a date-time group, of an ISO 8601 time with its zone, or of a length from now: `+2h`, `-3d`.

    Args:
        now: Unix seconds; None: this machine's clock.

    Raises:
        UsageError: none of them, or there is no such time.
    """
    given = text.strip()
    try:
        if given[:1] in {"+", "-"} and _LENGTH.fullmatch(given[1:].lower()):
            there = int(time.time()) if now is None else now
            return there + int(given[0] + "1") * parse_length(given[1:])
        if _DTG.fullmatch(given.upper()):
            return moment(written_time(given, 0))
        when = datetime.fromisoformat(given)
    except (ValueError, DecodeError):
        raise UsageError(f"{text!r} is not a time", hint=HOW) from None
    if when.tzinfo is None:
        raise UsageError(f"{text!r} does not say its time zone", hint=HOW)
    return int(when.timestamp())


def length(seconds: int) -> str:
    """A length of time, as `parse_length` takes it: in the largest unit that says it exactly."""
    name, unit = next((name, unit) for name, unit in reversed(_UNITS.items()) if seconds % unit == 0)
    return f"{seconds // unit}{name}"


def remaining(seconds: int) -> str:
    """About how long: "45 s", "18 min", "2 h 18 min", "3 d", rounded down."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 2880 else f"{minutes // 1440} d"


def dtg(seconds: int) -> str:
    """The date-time group of a Unix time, in UTC; "-" for 0, which says that there is none."""
    if not seconds:
        return "-"
    try:
        when = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return "-"  # a peer's clock may say anything
    return f"{when:%d%H%M}Z{MONTHS[when.month - 1]}{when:%y}"


def parse_length(text: str) -> int:
    """Seconds of a length of time: `90s`, `30m`, `6h`, `2d`.

    Raises:
        UsageError: it is none.
    """
    match = _LENGTH.fullmatch(text.strip().lower())
    if match is None:
        raise UsageError(f"{text!r} is not a length of time", hint="write it as 90s, 30m, 6h or 2d")
    return int(match[1]) * _UNITS[match[2]]
