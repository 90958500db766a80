"""What one side of a synchronised link has told the other, and what it may say next (SPEC 9.5): one table for both.

What a side says moves that side only: a peer that is still fetching documents may be told heads, and asked for more.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final


class State(Enum):
    """What one side has told the other."""

    SILENT = "nothing yet"
    GREETED = "its versions, suites and charter"
    LISTED = "its control documents"
    LIVE = "its heads: it takes entries"
    GONE = "goodbye"
    REFUSED = "something against the rules"


class On(Enum):
    """What a side tells the other."""

    HELLO = "HELLO"
    COMPARE = "COMPARE"
    AGREED = "COMPARE by both sides that says the same of everything"
    INVENTORY = "INVENTORY, more to come"
    INVENTORY_END = "INVENTORY, end"
    DOCUMENT = "WANT_DOCUMENTS or DOCUMENT"
    HEADS = "HEADS, more to come"
    HEADS_END = "HEADS, end"
    ENTRY = "PUSH or ACK"
    OBJECT = "WANT_FEEDS, PUSH_FEED, WANT_ENVELOPES or PUSH_ENVELOPE"
    HISTORY = "HISTORY_REQUEST or HISTORY_GRANT"
    KEYING = "ENVELOPE_REQUEST, ENVELOPE_GRANT or ENVELOPE_DENIAL"
    PING = "PING or PONG"
    UNKNOWN = "a message with an unknown optional tag"
    GOODBYE = "GOODBYE"
    FAULT = "any fault"


_TALKING: Final = (State.GREETED, State.LISTED, State.LIVE)

TRANSITIONS: Final[Mapping[tuple[State, On], State]] = {
    (State.SILENT, On.HELLO): State.GREETED,
    (State.GREETED, On.COMPARE): State.GREETED,
    (State.GREETED, On.AGREED): State.LISTED,
    (State.GREETED, On.INVENTORY): State.GREETED,
    (State.GREETED, On.INVENTORY_END): State.LISTED,
    (State.LISTED, On.INVENTORY_END): State.LISTED,
    (State.LISTED, On.COMPARE): State.LISTED,
    (State.LISTED, On.AGREED): State.LIVE,
    (State.LISTED, On.HEADS): State.LISTED,
    (State.LISTED, On.HEADS_END): State.LIVE,
    (State.LIVE, On.INVENTORY_END): State.LIVE,
    (State.LIVE, On.HEADS_END): State.LIVE,
    (State.LIVE, On.ENTRY): State.LIVE,
    (State.LIVE, On.OBJECT): State.LIVE,
    (State.LIVE, On.HISTORY): State.LIVE,
    (State.LIVE, On.KEYING): State.LIVE,
    **{(state, on): state for state in _TALKING for on in (On.DOCUMENT, On.PING, On.UNKNOWN)},
    **{(state, On.GOODBYE): State.GONE for state in (State.SILENT, *_TALKING)},
    **{(state, On.FAULT): State.REFUSED for state in State},
}
