"""Receipts (SPEC 8.5): DELIVERED < READ < ACKNOWLEDGED, as cumulative ranges, folded into state per nation.

Rule 1: a receipt covers only feeds of its own channel and release key, and is signed by the reader as an entry of his
own feed. Replayed or reordered, it changes nothing: state only grows.
Rule 2: DELIVERED says "durable on that device"; READ that a human moved the read mark past it; ACKNOWLEDGED is a
separate act. A bot makes DELIVERED only.
Rule 3: a receipt without text may be sealed under the envelope of the newest entry it covers; one with text, never.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Annotated

import attrs

from protocol.base.errors import DecodeError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_PURPOSE, MAX_RANGES, MAX_REFS, MAX_SEQ
from protocol.base.records import Bin, Flag, Part, Seq, Text, Uint, record
from protocol.messages.refs import Ref
from protocol.trust.charter import TIME
from protocol.trust.credential import Role


class ReceiptState(IntEnum):
    """How far a message came at a reader."""

    DELIVERED = 1
    READ = 2
    ACKNOWLEDGED = 3


class Response(IntEnum):
    """What an acknowledgement says."""

    NONE = 0
    WILCO = 1
    UNABLE = 2
    CAVEAT = 3


@record()
class Range:
    """All entries of a feed up to `up_to`, whose id is `entry`: the branch that the reader saw."""

    feed: Annotated[bytes, Bin(16)]
    up_to: Annotated[int, Uint(MAX_SEQ, 1)]
    entry: Annotated[bytes, Bin(32)]


@record(Tag.RECEIPT)
class ReceiptPayload:
    """A reader's receipt.

    Attributes:
        state: a `ReceiptState`; ranges are sorted by feed.
        response, text: only with ACKNOWLEDGED; a caveat is its text.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    state: Annotated[int, Uint(int(ReceiptState.ACKNOWLEDGED), 1)]
    ranges: Annotated[tuple[Range, ...], Seq(Part(Range), MAX_RANGES, 1, ascending=True)]
    response: Annotated[int, Uint(int(Response.CAVEAT))]
    text: Annotated[str, Text(MAX_PURPOSE)]


def check_receipt(receipt: ReceiptPayload) -> None:
    """Check what a receipt's fields alone do not say.

    Raises:
        DecodeError: two ranges of one feed, an answer without an acknowledgement, or a caveat that says nothing.
    """
    if len({covered.feed for covered in receipt.ranges}) != len(receipt.ranges):
        raise DecodeError("must be one a feed", field="ranges")
    if receipt.state != ReceiptState.ACKNOWLEDGED and (receipt.response != Response.NONE or receipt.text):
        raise DecodeError("only an acknowledgement answers", field="response")
    if receipt.response == Response.CAVEAT and not receipt.text:
        raise DecodeError("a caveat is its text", field="text")


def may_issue(role: Role, state: ReceiptState) -> bool:
    """Whether a device of that role may issue a receipt of that state."""
    return state is ReceiptState.DELIVERED or role is not Role.BOT


@attrs.frozen
class Mark:
    """One device's watermark on one feed."""

    device: bytes
    nation: int
    person: bytes
    state: ReceiptState
    up_to: int
    at: int


@attrs.frozen
class NationState:
    """Roll-up of one nation for one message: the furthest state of any of its persons, and since when."""

    nation: int
    state: ReceiptState
    at: int
    persons: tuple[tuple[bytes, ReceiptState, int], ...]


def roll_up(marks: Iterable[Mark], seq: int) -> tuple[NationState, ...]:
    """Fold watermarks into the state of the message at `seq`, by person, then by nation.

    Order, repetition and the number of a person's devices do not matter.
    """
    persons: dict[tuple[int, bytes], tuple[ReceiptState, int]] = {}
    for mark in marks:
        if mark.up_to < seq:
            continue
        # Delivered and read are cumulative; an acknowledgement is of the named entry, and says that those before it
        # were read.
        exact = mark.state is not ReceiptState.ACKNOWLEDGED or mark.up_to == seq
        state = mark.state if exact else ReceiptState.READ
        key = (mark.nation, mark.person)
        known = persons.get(key)
        if known is None or state > known[0] or (state == known[0] and mark.at < known[1]):
            persons[key] = (state, mark.at)
    nations: dict[int, list[tuple[bytes, ReceiptState, int]]] = {}
    for (nation, person), (state, at) in sorted(persons.items()):
        nations.setdefault(nation, []).append((person, state, at))
    return tuple(_nation(nation, rows) for nation, rows in sorted(nations.items()))


def _nation(nation: int, rows: list[tuple[bytes, ReceiptState, int]]) -> NationState:
    furthest = max(state for _, state, _ in rows)
    since = min(at for _, state, at in rows if state == furthest)
    return NationState(nation, furthest, since, tuple(rows))
