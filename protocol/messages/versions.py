"""Quotes, corrections, retractions (SPEC 8.10): what is said about words that were said before.

Rule 1: a quote carries the label of what it repeats; the entry that quotes is of no lower one.
Rule 2: what was sealed is never changed: a correction is a further entry, a retraction takes bodies away and no entry.
Rule 3: only the person who said it corrects or recalls it, in the same channel under the same release key.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

from protocol.base.errors import DecodeError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_DISPLAY_NAME, MAX_NATIONS, MAX_RANGES, MAX_REFS, MAX_TEXT
from protocol.base.records import Bin, Flag, Name, Part, Seq, Text, Uint, record
from protocol.messages.receipts import Range
from protocol.messages.refs import Ref, Relation
from protocol.trust.charter import TIME
from protocol.trust.label import CATEGORY, LEVEL, NATION, Label, ReleaseKey, label_of

MAX_VERSION: Final = 255
MAX_QUOTES: Final = MAX_REFS - 2
"""Beside as many references there is room for what a message answers, and for what it is a reissue of."""


@record()
class Quote:
    """What another entry says, as the author of this one repeats it.

    Attributes:
        nation, person: its author, as certified; the name is empty where it was not known.
        time: its author's clock.
        level, category, releasable: of its release key.
        text: the whole of it.
    """

    nation: Annotated[int, NATION]
    person: Annotated[str, Name(MAX_DISPLAY_NAME, 0)]
    time: Annotated[int, TIME]
    level: Annotated[int, LEVEL]
    category: Annotated[int, CATEGORY]
    releasable: Annotated[tuple[int, ...], Seq(NATION, MAX_NATIONS, 1, ascending=True)]
    text: Annotated[str, Text(MAX_TEXT, 1)]

    def release(self, policy: bytes) -> ReleaseKey:
        """The release key that it claims, under the coalition's policy."""
        return ReleaseKey(policy, self.level, self.category, self.releasable)

    def label(self, policy: bytes) -> Label:
        """The label that it claims."""
        return label_of(self.release(policy))


@record(Tag.QUOTING)
class QuotingPayload:
    """A message that repeats others: the n-th quote is of the n-th reference with the relation QUOTE.

    Attributes:
        text: the author's own; empty in what is only forwarded. ack_by: as in TEXT.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    text: Annotated[str, Text(MAX_TEXT)]
    ack_by: Annotated[int, TIME]
    quotes: Annotated[tuple[Quote, ...], Seq(Part(Quote), MAX_QUOTES, 1)]

    @property
    def quoted(self) -> tuple[tuple[bytes, Quote], ...]:
        """Each quote with the id of the entry that it repeats."""
        return tuple(zip(quoted_ids(self.refs), self.quotes, strict=True))


def quoted_ids(refs: tuple[Ref, ...]) -> tuple[bytes, ...]:
    """Ids of what is quoted, in order."""
    return tuple(ref.entry for ref in refs if ref.relation == Relation.QUOTE)


def check_quoting(payload: QuotingPayload) -> None:
    """Check what the fields alone do not say.

    Raises:
        DecodeError: quotes and references do not go together, or there is more text than a message holds.
    """
    if len(quoted_ids(payload.refs)) != len(payload.quotes):
        raise DecodeError("must be one for each reference that quotes", field="quotes")
    texts = (payload.text, *(quote.text for quote in payload.quotes))
    if sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) > MAX_TEXT:
        raise DecodeError("longer than a message may be, with what it quotes", field="quotes")


CORRECTABLE: Final = frozenset({Tag.TEXT, Tag.QUOTING})
"""Kinds of which a person may sign another version. What binds others as it was first given will not be among them."""


@record(Tag.CORRECTION)
class CorrectionPayload:
    """A new version of what the author said before: in the same channel, under the same release key.

    Attributes:
        text, ack_by: in the place of what was there.
        first: id of the entry that is corrected, always the first one.
        version: of the first entry it is 1; each correction is one above the newest that its author's device knew.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    text: Annotated[str, Text(MAX_TEXT, 1)]
    ack_by: Annotated[int, TIME]
    first: Annotated[bytes, Bin(32)]
    version: Annotated[int, Uint(MAX_VERSION, 2)]


class Recall(IntEnum):
    """Why an author recalls what he said."""

    AUTHOR = 1
    SPILL = 2
    """It was sent under too low a label."""


RECALLABLE: Final = frozenset({Tag.TEXT, Tag.QUOTING, Tag.CORRECTION, Tag.REPORT})
"""Kinds that a person may recall."""


@record(Tag.RETRACTION)
class RetractionPayload:
    """The author recalls entries of his: readers forget what they say.

    Attributes:
        entries: ids of all that he recalls, versions and all, ascending.
        reason: a `Recall`.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    entries: Annotated[tuple[bytes, ...], Seq(Bin(32), MAX_RANGES, 1, ascending=True)]
    reason: Annotated[int, Uint(int(Recall.SPILL), 1)]


@record(Tag.PURGED)
class PurgedPayload:
    """A device says that it keeps no body of what a retraction recalls: its word, and no proof.

    Attributes:
        of: the place of the retraction.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    of: Annotated[Range, Part(Range)]
