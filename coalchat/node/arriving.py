"""An entry on its way in (SPEC 10.3): what was judged and is to be stored, or what is missing to judge it."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from coalchat.node.feeds import KnownFeed
from coalchat.node.opening import Outcome
from protocol.messages.entry import Entry
from protocol.trust.credential import Precedence


@attrs.frozen
class Arrival:
    """One entry that was judged and is to be stored.

    Attributes:
        over: its retention is over: no more than its header is kept.
        slots: the nations' editions that its envelope is wrapped to, as they are kept with a message.
        peer: charter index of who brought it.
        stored: called after the commit, with the feed and its new head.
    """

    feed: KnownFeed
    entry: Entry
    outcome: Outcome
    precedence: Precedence
    segment: int
    over: bool
    slots: bytes = attrs.field(repr=False)
    peer: int
    stored: Callable[[bytes, int], None] = attrs.field(repr=False)


@attrs.frozen
class NeedFeed:
    """The entry's feed record is not here."""

    feed: bytes


@attrs.frozen
class NeedEnvelope:
    """The entry's envelope is not here."""

    envelope: bytes


@attrs.frozen
class Taken:
    """The entry was taken: it is queued to be stored, was known, or waits for a signature or an earlier entry."""

    known_up_to: int = 0


@attrs.frozen
class Ended:
    """Nothing more is taken of the entry's feed, from this peer or from any."""
