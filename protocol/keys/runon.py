"""Keys that run on (SPEC 7.9): which key is used when the editions that a nation published have ended.

At the levels that the charter names, what is said after the last edition is sealed to the key of its last segment, for
one edition longer. At all others nothing is.
Rule 1: the key of an edition's last segment serves later segments as if it were theirs, and no other key does.
Rule 2: who seals and who opens ask the same function.
"""

from __future__ import annotations

from protocol.trust.charter import Charter


def last_served(charter: Charter, level: int, last: int) -> int:
    """The last segment that a key of an edition which ends with segment `last` may be used for, at a level."""
    return last + charter.edition if charter.runs_on(level) else last


def key_segment(charter: Charter, level: int, last: int, segment: int) -> int | None:
    """The segment whose key of an edition is used in some segment, not before the edition's first; None: no key is."""
    return min(segment, last) if segment <= last_served(charter, level, last) else None
