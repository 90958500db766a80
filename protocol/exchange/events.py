"""What happens on a synchronised link (SPEC 9.5): the events of `sync.Sync`, and what each asks of the node.

Ids and hashes are those of the wire: feeds 16 bytes, documents and envelopes 32.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

import attrs

from protocol.exchange.messages import Head
from protocol.keys.direct import AnyEnvelope
from protocol.keys.envelope import Envelope
from protocol.messages.entry import Entry
from protocol.trust.label import ReleaseKey


class Kind(Enum):
    """What is asked for by id."""

    DOCUMENT = "document"
    FEED = "feed"
    ENVELOPE = "envelope"


@attrs.frozen
class PeerHello:
    """The peer speaks our version, in our coalition. Answer with `offer_inventory`."""

    version: int
    suite: int
    carry: bool


@attrs.frozen
class DocumentsComplete:
    """Every control document that the peer listed is here, or not to be had. Answer with `offer_heads`."""


@attrs.frozen
class PeerHeads:
    """The peer durably holds these feeds so far. Another id at a seq that is here too is another branch."""

    heads: tuple[Head, ...]


@attrs.frozen
class InSync:
    """Nothing is outstanding in either direction, as far as both sides have said. Comes again after each change."""


@attrs.frozen
class Wanted:
    """The peer asks for these. Answer each id, with `documents`, `feeds` or `envelopes`, in one call or several.

    Of documents and feeds the peer can ask only for what was offered to it; which envelopes it may have is to be
    decided before answering.
    """

    kind: Kind
    ids: tuple[bytes, ...]


@attrs.frozen
class NeedEntries:
    """The peer lacks these. Answer with `entries`: up to `count`, from `start` on, without gaps; none: not here."""

    feed: bytes
    start: int
    count: int


@attrs.frozen
class DocumentReceived:
    """A document that was asked for; its hash is right, nothing else is verified."""

    hash: bytes
    data: bytes = attrs.field(repr=False)


@attrs.frozen
class FeedReceived:
    """A feed record document that was asked for; its id is right, nothing else is verified."""

    feed: bytes
    data: bytes = attrs.field(repr=False)


@attrs.frozen
class EnvelopeReceived:
    """An envelope that was asked for; its id is right, nothing else is verified."""

    envelope: AnyEnvelope


@attrs.frozen
class EntryReceived:
    """The peer's next entry of a feed, perhaps one that is here already. Answer with `stored` when it is durable.

    Where it is `bare`, the peer has only its header: whether its retention is over is the node's to judge.
    """

    entry: Entry


@attrs.frozen
class NotHere:
    """The peer does not have what was asked for: ask another."""

    kind: Kind
    id: bytes


@attrs.frozen
class PeerAcked:
    """The peer durably holds the feed up to here."""

    feed: bytes
    up_to: int


@attrs.frozen
class PeerDeclined:
    """The peer takes no more of this feed on this link."""

    feed: bytes


@attrs.frozen
class HistoryRequested:
    """The peer asks for entries that it cannot read. Answer, if at all, with `history`, when a person has decided."""

    id: bytes
    entries: tuple[bytes, ...]


@attrs.frozen
class HistoryGiven:
    """The peer gives evidence of an entry, or says, with nothing, that no more comes. Whether it was asked is the node's
    to know: a request outlives its link.
    """

    id: bytes
    evidence: bytes = attrs.field(repr=False)


@attrs.frozen
class EnvelopeRequested:
    """The peer asks for an envelope of ours to seal under. Answer with `share_envelope` or `withhold_envelope`."""

    number: int
    channel: bytes
    release: ReleaseKey


@attrs.frozen
class EnvelopeGranted:
    """The peer answers our request with an envelope for that channel and release key; nothing else of it is verified."""

    number: int
    envelope: Envelope


@attrs.frozen
class EnvelopeDenied:
    """The peer gives no envelope; `code` may be an `Unshared`."""

    number: int
    code: int


@attrs.frozen
class PongReceived:
    """The peer answered our PING."""

    value: int


@attrs.frozen
class PeerLeft:
    """The peer said goodbye; `code` may be a `Farewell`. Close the stream."""

    code: int


SyncEvent: TypeAlias = (
    PeerHello
    | DocumentsComplete
    | PeerHeads
    | InSync
    | Wanted
    | NeedEntries
    | DocumentReceived
    | FeedReceived
    | EnvelopeReceived
    | EntryReceived
    | NotHere
    | PeerAcked
    | PeerDeclined
    | HistoryRequested
    | HistoryGiven
    | EnvelopeRequested
    | EnvelopeGranted
    | EnvelopeDenied
    | PongReceived
    | PeerLeft
)
