"""Channel notices (SPEC 8.13): what an admin of a channel orders about traffic in it: MINIMIZE, put on and lifted.

Rule 1: a notice counts while its author is an admin of the channel; of those that count, the one with the highest number is
in force. Times and the order of arrival decide nothing.
Rule 2: what is sent in spite of it names the notice that its author considered.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from enum import IntEnum
from typing import Annotated, Final

import attrs

from protocol.base.errors import DecodeError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_PURPOSE, MAX_REFS
from protocol.base.records import Flag, Part, Seq, Text, Uint, record
from protocol.messages.refs import Ref, Relation
from protocol.trust.charter import TIME
from protocol.trust.credential import Precedence

MAX_NOTICE: Final = 2**32 - 1


class Notice(IntEnum):
    """What is ordered."""

    MINIMIZE = 1
    """ROUTINE and PRIORITY only after consideration."""


@record(Tag.NOTICE)
class NoticePayload:
    """An admin of the channel puts an order on, or lifts it.

    Attributes:
        notice: a `Notice`. number: one above the highest that its author's device knew of this order.
        on: it begins; otherwise it ends. reason: for people; never empty where it begins.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    notice: Annotated[int, Uint(int(Notice.MINIMIZE), 1)]
    number: Annotated[int, Uint(MAX_NOTICE, 1)]
    on: Annotated[bool, Flag()]
    reason: Annotated[str, Text(MAX_PURPOSE)]


def check_notice(payload: NoticePayload) -> None:
    """Check what the fields alone do not say.

    Raises:
        DecodeError: an order begins without a reason.
    """
    if payload.on and not payload.reason:
        raise DecodeError("says why", field="reason")


@attrs.frozen(order=True)
class Given:
    """A notice that is here, as far as it decides: the greatest that counts is in force."""

    number: int
    entry: bytes
    device: bytes
    on: bool


def in_force(given: Iterable[Given], admins: AbstractSet[bytes]) -> Given | None:
    """The notice of one order that counts, among those of a channel: what begins or what ends it.

    Args:
        admins: devices that may sign the channel's next revision.
    """
    return max((one for one in given if one.device in admins), default=None)


def wants_consideration(precedence: Precedence) -> bool:
    """Whether MINIMIZE asks what is sent at a precedence to be considered."""
    return precedence < Precedence.IMMEDIATE


def considered(refs: Iterable[Ref]) -> bytes:
    """Id of the notice that an author says to have considered; empty if none."""
    return next((ref.entry for ref in refs if ref.relation == Relation.CONSIDERED), b"")
