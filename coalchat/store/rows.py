"""What the verbs take and return (SPEC, "At rest"): one frozen class per table, its fields named as its columns.

Rule 1: ids and hashes are bytes, `received` and `at` Unix seconds, an absent value the empty bytes or text.
Rule 2: bodies, keys and wire bytes stay out of repr, so that they stay out of logs.
Rule 3: a field that the table numbers by itself stands last and is 0 in a row that is not stored yet.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Final

import attrs

EVERYONE: Final = 2**32 - 1
"""The bit set of all nations: bit i is the nation with charter index i, and there are at most 32."""


class Waiting(StrEnum):
    """Why an entry is parked."""

    SIGNATURE = "signature"
    """Not yet authentic: neither its own signature nor a later entry's proves it."""
    FEED = "feed"
    """Its feed record is not here."""
    ENVELOPE = "envelope"
    """Its envelope is not here."""


class Delivery(StrEnum):
    """How far an entry of ours is on its way to one nation. Read and acknowledged are receipts."""

    QUEUED = "queued"
    SENT = "sent"
    HELD = "held"
    """A relay keeps it."""
    DELIVERED = "delivered"
    """Durable on a device of that nation: final."""
    REFUSED = "refused"
    EXPIRED = "expired"


PENDING: Final = (Delivery.QUEUED, Delivery.SENT, Delivery.HELD)
"""The states that something more may be done about."""


@attrs.frozen
class Row:
    """A row of a table."""

    TABLE: ClassVar[str]
    NUMBERED: ClassVar[str] = ""
    """The column that the table numbers by itself, if any."""


# --- replication: what is carried for others lies in these tables only ---


@attrs.frozen
class Document(Row):
    """A control document: certificate, publication, channel revision and so on, as it was signed.

    `audience` is the bit set of the nations that may hold it, `EVERYONE` for most.
    """

    TABLE = "document"

    hash: bytes
    tag: int
    issuer: bytes
    number: int
    audience: int
    data: bytes = attrs.field(repr=False)
    received: int


@attrs.frozen
class DocumentKey(Row):
    """What two nodes compare of a document; in this order it sorts."""

    TABLE = "document"

    tag: int
    issuer: bytes
    number: int
    hash: bytes


@attrs.frozen
class Feed(Row):
    """A feed and how far it reaches here; `release` is its encoded release key, `released` the bit set of its nations."""

    TABLE = "feed"

    feed_id: bytes
    device: bytes
    nation: int
    channel: bytes
    release: bytes = attrs.field(repr=False)
    record: bytes = attrs.field(repr=False)
    released: int
    head_seq: int = 0
    head_id: bytes = b""


@attrs.frozen
class FeedHead(Row):
    """How far one feed reaches here."""

    TABLE = "feed"

    feed_id: bytes
    head_seq: int
    head_id: bytes


@attrs.frozen
class Entry(Row):
    """An authentic entry as it came over the wire, whether readable here or only carried. `bare`: its header only."""

    TABLE = "entry"

    entry_id: bytes
    feed_id: bytes
    seq: int
    envelope_id: bytes
    precedence: int
    data: bytes = attrs.field(repr=False)
    received: int
    bare: bool = attrs.field(converter=bool, default=False)


@attrs.frozen
class Parked(Row):
    """An entry that waits. One id may wait with several signatures; they differ in `data`."""

    TABLE = "parked"
    NUMBERED = "number"

    feed_id: bytes
    seq: int
    entry_id: bytes
    envelope_id: bytes
    reason: Waiting = attrs.field(converter=Waiting)
    peer: bytes
    data: bytes = attrs.field(repr=False)
    received: int
    number: int = 0


@attrs.frozen
class KeptEnvelope(Row):
    """An envelope under which whole entries may stand."""

    TABLE = "envelope"

    envelope_id: bytes
    n: int
    release: bytes = attrs.field(repr=False)


@attrs.frozen
class Envelope(Row):
    """A TEK envelope. `mine`: this device made it."""

    TABLE = "envelope"

    envelope_id: bytes
    device: bytes
    channel: bytes
    release: bytes = attrs.field(repr=False)
    n: int
    data: bytes = attrs.field(repr=False)
    received: int
    mine: bool = attrs.field(converter=bool, default=False)
    retired: bool = attrs.field(converter=bool, default=False)
    complained: bool = attrs.field(converter=bool, default=False)


# --- what this device opened, and its own affairs ---


@attrs.frozen
class Channel(Row):
    """A channel as this device sees it: `head_hash` is its newest revision's, empty for direct messages."""

    TABLE = "channel"

    channel: bytes
    head_hash: bytes
    title: str
    data: bytes = attrs.field(repr=False)
    received: int


@attrs.frozen
class Message(Row):
    """An entry that this device opened, with the key that proves it.

    `listed`: it takes a line in its channel. `slots`: the editions that its envelope is wrapped to (`keys.envelope`).
    `payload` and `ck` are empty where retention is over.
    """

    TABLE = "message"
    NUMBERED = "position"

    entry_id: bytes
    channel: bytes
    feed_id: bytes
    seq: int
    n: int
    device: bytes
    nation: int
    person: bytes
    kind: int
    author_time: int
    precedence: int
    release: bytes = attrs.field(repr=False)
    payload: bytes = attrs.field(repr=False)
    ck: bytes = attrs.field(repr=False)
    received: int
    mine: bool = attrs.field(converter=bool, default=False)
    listed: bool = attrs.field(converter=bool, default=True)
    slots: bytes = attrs.field(default=b"", repr=False)
    position: int = 0

    @property
    def purged(self) -> bool:
        """Whether its body is gone; of what could not be read `payload` says why, and stays."""
        return not self.payload


@attrs.frozen
class Version(Row):
    """An entry says that it goes back to a first one: as its correction, or said again after a complaint."""

    TABLE = "version"

    entry_id: bytes
    first: bytes
    number: int


@attrs.frozen
class Recall(Row):
    """A retraction says that an entry is recalled, and why."""

    TABLE = "recall"

    entry_id: bytes
    retraction_id: bytes
    reason: int


@attrs.frozen
class Confirmation(Row):
    """One device has said that it keeps no body of what a retraction recalls."""

    TABLE = "confirmation"

    retraction_id: bytes
    device: bytes
    nation: int
    person: bytes
    at: int


@attrs.frozen
class Found:
    """A message that was searched for, and what of it matched: some words, marked as `searching.HIT` says."""

    message: Message
    snippet: str = attrs.field(repr=False)


@attrs.frozen
class Unread:
    """Messages of others in a channel beyond its read mark, and the highest precedence among them."""

    channel: bytes
    count: int
    precedence: int


@attrs.frozen
class ReceiptMark(Row):
    """One device has said `state` of a feed up to `up_to`.

    `entry_id` is the entry it names there (which shows the branch it saw), `receipt_id` the receipt that says so.
    """

    TABLE = "receipt_mark"

    feed_id: bytes
    device: bytes
    nation: int
    person: bytes
    state: int
    up_to: int
    entry_id: bytes
    receipt_id: bytes
    at: int


@attrs.frozen
class Acknowledgement(Row):
    """How one device acknowledged one entry: what its newest receipt about it says.

    `entry_id` is the entry that the receipt names at this place, `receipt_id` the receipt and `receipt_seq` its number
    in its own feed.
    """

    TABLE = "acknowledgement"

    feed_id: bytes
    seq: int
    device: bytes
    nation: int
    person: bytes
    entry_id: bytes
    receipt_id: bytes
    receipt_seq: int
    answer: int
    text: str = attrs.field(repr=False)
    at: int


@attrs.frozen
class Outgoing(Row):
    """How far one of our entries is on its way to one nation, and why."""

    TABLE = "outbox"

    entry_id: bytes
    nation: int
    state: Delivery = attrs.field(converter=Delivery)
    detail: str
    at: int


@attrs.frozen
class Event(Row):
    """Something clients are told, in the order it became so."""

    TABLE = "event"
    NUMBERED = "cursor"

    at: int
    kind: str
    data: bytes = attrs.field(repr=False)
    cursor: int = 0


@attrs.frozen
class Audit(Row):
    """Something that must be accounted for. Never message text or a secret."""

    TABLE = "audit"
    NUMBERED = "number"

    at: int
    event: str
    subject: str
    detail: str
    number: int = 0


@attrs.frozen
class Peer(Row):
    """An address to dial."""

    TABLE = "peer"

    address: str
    added: int
    note: str = ""


@attrs.frozen
class Confirmed(Row):
    """A device that a person confirmed by its words."""

    TABLE = "confirmed"

    device: bytes
    at: int


@attrs.frozen
class Invite(Row):
    """An invite of this custodian. `key` is what it keeps of the secret; a closed invite has none."""

    TABLE = "invite"

    invite_id: bytes
    state: str
    key: bytes = attrs.field(repr=False)
    data: bytes = attrs.field(repr=False)
    expires: int
