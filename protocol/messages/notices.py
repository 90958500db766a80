"""Channel notices (SPEC 8.13): MINIMIZE, as an admin of a channel orders it; and who stands in for a nation there, its deputy.

Rule 1: an order counts while its author is an admin of the channel; of those that count, the one with the highest number is
in force. Times and the order of arrival decide nothing.
Rule 2: what is sent in spite of it names the notice that its author considered.
Rule 3: a nation names nobody's deputy but its own: a notice of one is about its author's nation.
Rule 4: what is stated anew for who came later is the notice that it names: it begins nothing, and ends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import IntEnum
from typing import Annotated, Final

import attrs

from protocol.base.errors import DecodeError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_PURPOSE, MAX_REFS
from protocol.base.records import Flag, OptBin, Part, Seq, Text, Uint, record
from protocol.messages.refs import Ref, Relation
from protocol.trust.charter import TIME
from protocol.trust.credential import Precedence

MAX_NOTICE: Final = 2**32 - 1


class Notice(IntEnum):
    """What is ordered, or said."""

    MINIMIZE = 1
    """ROUTINE and PRIORITY only after consideration."""
    DEPUTY = 2
    """Somebody stands in for the author's nation, in this channel."""


@record(Tag.NOTICE)
class NoticePayload:
    """An order about a channel, or who stands in for the author's nation there: it begins, or it ends.

    Attributes:
        notice: a `Notice`. number: one above the highest that its author's device knew of this order; of deputies, of its nation.
        on: it begins; otherwise it ends. reason: for people; never empty where MINIMIZE begins.
        person: who stands in, by person id; of nothing else.
        until: when that ends by itself; 0: when another word comes.
        since: when it began: `time`, or in what is stated anew that of the first.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    notice: Annotated[int, Uint(int(Notice.DEPUTY), 1)]
    number: Annotated[int, Uint(MAX_NOTICE, 1)]
    on: Annotated[bool, Flag()]
    reason: Annotated[str, Text(MAX_PURPOSE)]
    person: Annotated[bytes, OptBin(16)]
    until: Annotated[int, TIME]
    since: Annotated[int, TIME]


def check_notice(payload: NoticePayload) -> None:
    """Check what the fields alone do not say.

    Raises:
        DecodeError: MINIMIZE begins without a reason; somebody stands in and is not named, or the other way round; it ends
            before it begins.
    """
    names = payload.notice == Notice.DEPUTY and payload.on
    if payload.notice == Notice.MINIMIZE and payload.on and not payload.reason:
        raise DecodeError("says why", field="reason")
    if bool(payload.person) != names:
        raise DecodeError("names who stands in, and nobody else", field="person")
    if payload.until and (not names or payload.until <= payload.since):
        raise DecodeError("is of who stands in, and after it began", field="until")


def first_of(refs: Iterable[Ref], entry: bytes) -> bytes:
    """Id of the notice that is meant: of the first that said it, or of the entry itself.

    What is said again after a complaint names the one before, and then what that one named.
    """
    again = [ref.entry for ref in refs if ref.relation == Relation.REISSUE]
    return again[-1] if again else entry


@attrs.frozen(order=True)
class Given:
    """A notice that is here, as far as it decides: the greatest that counts is in force.

    Attributes:
        entry: of `first_of`. device: who says so. person, until, since: as in `NoticePayload`.
    """

    number: int
    entry: bytes
    device: bytes
    on: bool
    person: bytes = b""
    until: int = 0
    since: int = 0


def in_force(given: Iterable[Given], admins: AbstractSet[bytes]) -> Given | None:
    """The notice of one order that counts, among those of a channel: what begins or what ends it.

    Args:
        admins: devices that may sign the channel's next revision.
    """
    return max((one for one in given if one.device in admins), default=None)


def deputies_said(
    given: Iterable[Given], persons: Mapping[bytes, bytes], naming: AbstractSet[bytes]
) -> tuple[Given, ...]:
    """The notices that count of who stands in for a nation, in their order: the last one says how it is.

    Args:
        given: of one channel, by whomever. persons: whose each device of that nation is, of those that count.
        naming: those of them that name anybody; the others say only of their own person that he stands in where nobody does,
            or stands down.
    """
    said: list[Given] = []
    for one in sorted(given):
        if counts(one, said[-1] if said else None, persons, naming):
            said.append(one)
    return tuple(said)


def counts(one: Given, last: Given | None, persons: Mapping[bytes, bytes], naming: AbstractSet[bytes]) -> bool:
    """Whether a notice of who stands in counts after the last one that does; else as `deputies_said`."""
    person = persons.get(one.device)
    return person is not None and (one.device in naming or _of_himself(one, person, last))


def _of_himself(one: Given, person: bytes, last: Given | None) -> bool:
    """Whether a person says so of nobody but himself, next in number: who names others always finds a number above."""
    if last is not None and (one.number, one.entry) == (last.number, last.entry):
        return one.person == last.person == person and one.on == last.on  # stated anew
    if one.number != (1 if last is None else last.number + 1):
        return False
    stands = last is not None and last.on
    if not one.on:
        return last is not None and stands and last.person == person
    free = last is None or not stands or last.person == person or 0 < last.until <= one.since
    return one.person == person and free


def wants_consideration(precedence: Precedence) -> bool:
    """Whether MINIMIZE asks what is sent at a precedence to be considered."""
    return precedence < Precedence.IMMEDIATE


def considered(refs: Iterable[Ref]) -> bytes:
    """Id of the notice that an author says to have considered; empty if none."""
    return next((ref.entry for ref in refs if ref.relation == Relation.CONSIDERED), b"")
