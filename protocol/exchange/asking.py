"""Link messages (SPEC 9.2) between devices of one nation: entries that one cannot read, envelopes that another makes."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

from protocol.base.ids import Tag
from protocol.base.limits import MAX_FRAME, MAX_HISTORY, MAX_RECORD
from protocol.base.records import Bin, Blob, Part, Seq, Uint, record
from protocol.trust.label import ReleaseKey

# --- history ---


@record(Tag.HISTORY_REQUEST, max_size=MAX_FRAME)
class HistoryRequest:
    """Asks a device of the own nation for entries that cannot be read here; a person there decides."""

    id: Annotated[bytes, Bin(16)]
    entries: Annotated[tuple[bytes, ...], Seq(Bin(32), MAX_HISTORY, 1, ascending=True)]


@record(Tag.HISTORY_GRANT, max_size=MAX_FRAME)
class HistoryGrant:
    """Evidence of one of the entries asked for; empty: no more of them comes."""

    id: Annotated[bytes, Bin(16)]
    evidence: Annotated[bytes, Blob(MAX_RECORD)]


# --- keying devices ---


class Unshared(IntEnum):
    """Why a keying device gives no envelope; other numbers may follow and mean no more than that."""

    NOT_KEYING = 0
    """As far as it knows, it makes none for others."""
    CHANNEL = 1
    """It does not know that channel."""
    LABEL = 2
    """No envelope is shared at that label, or one of the two devices may not say anything there."""
    UNABLE = 3
    """It can seal nothing there now: a nation has no key, or its own time is over or in doubt."""
    BUSY = 4
    """It has made as many for that device as it may."""


@record(Tag.ENVELOPE_REQUEST, max_size=256)
class EnvelopeRequest:
    """Asks a keying device of the own nation for an envelope of the segment of now.

    Attributes:
        number: names the question on this link; each is higher than the one before.
    """

    number: Annotated[int, Uint(2**32 - 1, 1)]
    channel: Annotated[bytes, Bin(16)]
    release: Annotated[ReleaseKey, Part(ReleaseKey)]


@record(Tag.ENVELOPE_GRANT, max_size=MAX_FRAME)
class EnvelopeGrant:
    """Answers a request with an envelope that the sender of the grant made."""

    number: Annotated[int, Uint(2**32 - 1, 1)]
    data: Annotated[bytes, Blob(MAX_RECORD, 1)]


@record(Tag.ENVELOPE_DENIAL, max_size=16)
class EnvelopeDenial:
    """Answers a request with nothing; `code` is an `Unshared`."""

    number: Annotated[int, Uint(2**32 - 1, 1)]
    code: Annotated[int, Uint(255)]
