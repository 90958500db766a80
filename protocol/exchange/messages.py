"""Link messages (SPEC 9.2): what travels in the frames of a link. Those between devices of one nation stand in `asking`.

Rule 1: one frame is one message, one record; its tag says which.
Rule 2: what a stranger may send is capped in tens of bytes; only chain, enrolment and what follows authentication may
fill a frame.
Rule 3: an unknown critical tag is "newer" and ends the link; an unknown optional one (128 and up) may be passed over
after authentication.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final, TypeAlias

from protocol.base import crypto
from protocol.base.codec import unpack_loose
from protocol.base.crypto import digest
from protocol.base.errors import DecodeError
from protocol.base.ids import CRITICAL_TAG_MAX, Person, Tag
from protocol.base.limits import (
    MAX_ADDRESS,
    MAX_ADDRESSES,
    MAX_ARRAY,
    MAX_CHAIN_DOCUMENTS,
    MAX_COMPARED,
    MAX_DISPLAY_NAME,
    MAX_FRAME,
    MAX_GRANT_DOCUMENTS,
    MAX_HEADS,
    MAX_INVENTORY,
    MAX_RECORD,
    MAX_SEQ,
    MAX_WANTS,
)
from protocol.base.records import BY_TAG, Bin, Blob, Flag, Name, Part, Seq, Uint, decode, peek, record
from protocol.exchange import asking  # noqa: F401  # its records are link messages too

Message: TypeAlias = Any
"""A record of one of the classes below."""

TINY: Final = 16
"""Bytes: a message of a tag and a few small integers."""
HASH: Final = Bin(32)
ID: Final = Bin(16)

WELCOME_FIXED: Final = 3
"""Documents of a welcome beside the nations' signatures: charter, policy, custodian's certificate."""


class Farewell(IntEnum):
    """Why a peer leaves; other numbers may follow and mean no more than "it left"."""

    DONE = 0
    SHUTDOWN = 1
    DUPLICATE = 2
    """Another link with the same peer stays."""
    VERSION = 3
    CHARTER = 4
    DECLINED = 5
    """The custodian did not approve."""
    WORDS = 6
    """The words differ, says the person at the joining device."""
    LIMIT = 7


# --- authentication ---


@record(Tag.PROOF, max_size=64)
class Proof:
    """BLAKE2b(key = link secret or invite key, person "link proof", exporter || end)."""

    mac: Annotated[bytes, HASH]


@record(Tag.AUTH, max_size=1_024)
class Auth:
    """A certificate document, and the device's signature over this link."""

    certificate: Annotated[bytes, Blob(768, 1)]
    signature: Annotated[bytes, Bin(crypto.SIGNATURE)]


@record(Tag.WANT_CHAIN, max_size=TINY)
class WantChain:
    """The certificate cannot be verified here yet."""


@record(Tag.CHAIN, max_size=TINY)
class Chain:
    """So many DOCUMENTs follow, in order of application; the last one is the certificate."""

    count: Annotated[int, Uint(MAX_CHAIN_DOCUMENTS, 1)]


@record(Tag.READY, max_size=TINY)
class Ready:
    """What was sent is verified here: the link, or the enrolment, is complete."""


@record(Tag.GOODBYE, max_size=TINY)
class Goodbye:
    """The sender leaves; `code` is a `Farewell`."""

    code: Annotated[int, Uint(255)]


# --- enrolment ---


@record()
class Offer:
    """What a joining device shows its custodian.

    Attributes:
        request: signed `CertificateRequest` document.
        mldsa, bundle: the long keys that the request names by hash.
        prekey: signed `PrekeyStatement` document: what its first OTAR is sealed to.
        name: wished display name.
    """

    request: Annotated[bytes, Blob(512, 1)]
    mldsa: Annotated[bytes, Bin(crypto.MLDSA_PUBLIC)]
    bundle: Annotated[bytes, Bin(crypto.XWING_PUBLIC)]
    prekey: Annotated[bytes, Blob(2_048, 1)]
    name: Annotated[str, Name(MAX_DISPLAY_NAME)]


@record(Tag.JOIN, max_size=8_192)
class Join:
    """An offer, and BLAKE2b(key = invite key, person "invite mac", exporter || offer)."""

    offer: Annotated[Offer, Part(Offer)]
    mac: Annotated[bytes, HASH]


@record(Tag.WELCOME, max_size=64)
class Welcome:
    """So many DOCUMENTs follow: charter, policy, signatures, amendments with theirs, custodian's certificate.

    Attributes:
        nonce: drawn before the JOIN was seen, shown after it: whoever stands between cannot search for keys that give
            both sides the same words.
    """

    count: Annotated[int, Uint(MAX_ARRAY, WELCOME_FIXED + 1)]
    nonce: Annotated[bytes, ID]


@record(Tag.GRANT, max_size=4_096)
class Grant:
    """So many DOCUMENTs follow, the certificate first; `addresses` are peers to dial, "host:port"."""

    count: Annotated[int, Uint(MAX_GRANT_DOCUMENTS, 1)]
    addresses: Annotated[tuple[str, ...], Seq(Name(MAX_ADDRESS), MAX_ADDRESSES)]


# --- documents ---


@record(Tag.HELLO, max_size=256)
class Hello:
    """First message of each side of an authenticated link.

    Attributes:
        versions: of these messages.
        suites: of the charter's, those that this program has.
        carry: it takes and passes on ciphertext that is not released to its nation.
    """

    versions: Annotated[tuple[int, ...], Seq(Uint(255), 8, 1, ascending=True)]
    suites: Annotated[tuple[int, ...], Seq(Uint(2**16 - 1), 8, 1, ascending=True)]
    charter: Annotated[bytes, HASH]
    carry: Annotated[bool, Flag()]


@record()
class Item:
    """One control document: its tag, and `document_hash` of its bytes."""

    tag: Annotated[int, Uint(255)]
    hash: Annotated[bytes, HASH]


@record(Tag.INVENTORY, max_size=32_768)
class Inventory:
    """Control documents that the peer may have, those first that others stand on; `end`: no more for now."""

    items: Annotated[tuple[Item, ...], Seq(Part(Item), MAX_HEADS)]
    end: Annotated[bool, Flag()]


@record(Tag.WANT_DOCUMENTS, max_size=16_384)
class WantDocuments:
    """Asks for documents of an inventory."""

    ids: Annotated[tuple[bytes, ...], Seq(HASH, MAX_WANTS, 1)]


@record(Tag.DOCUMENT, max_size=MAX_FRAME)
class Document:
    """A document that was asked for or announced; empty: it is not here any more."""

    id: Annotated[bytes, HASH]
    data: Annotated[bytes, Blob(MAX_RECORD)]


# --- comparing ---


@record()
class Holding:
    """How many items the sender holds in a range, and `ranges.fingerprint` of them."""

    count: Annotated[int, Uint(MAX_INVENTORY)]
    fingerprint: Annotated[bytes, Bin(16)]


@record(Tag.COMPARE, max_size=2_048)
class Compare:
    """One round of a comparison: documents before the sender's inventory, feeds before its heads. Version 2."""

    ranges: Annotated[tuple[Holding, ...], Seq(Part(Holding), MAX_COMPARED, 1)]


# --- feeds and entries ---


@record()
class Head:
    """The sender durably holds this feed up to `seq`, whose entry is `id`."""

    feed: Annotated[bytes, ID]
    seq: Annotated[int, Uint(MAX_SEQ, 1)]
    id: Annotated[bytes, HASH]


@record(Tag.HEADS, max_size=MAX_RECORD)
class Heads:
    """Feeds that the peer may get, and that the sender is ready to receive; `end`: no more for now."""

    heads: Annotated[tuple[Head, ...], Seq(Part(Head), MAX_HEADS)]
    end: Annotated[bool, Flag()]


@record(Tag.PUSH, max_size=MAX_FRAME)
class Push:
    """The next entry of a feed, or its header where its retention is over."""

    entry: Annotated[bytes, Blob(MAX_RECORD, 1)]


@record(Tag.ACK, max_size=64)
class Ack:
    """The feed is durably stored up to `up_to`; `declined`: send no more of it on this link."""

    feed: Annotated[bytes, ID]
    up_to: Annotated[int, Uint(MAX_SEQ)]
    declined: Annotated[bool, Flag()]


@record(Tag.WANT_FEEDS, max_size=8_192)
class WantFeeds:
    """Asks for records of feeds that the peer named."""

    ids: Annotated[tuple[bytes, ...], Seq(ID, MAX_WANTS, 1)]


@record(Tag.PUSH_FEED, max_size=MAX_FRAME)
class PushFeed:
    """A feed record document that was asked for; empty: it is not here."""

    id: Annotated[bytes, ID]
    data: Annotated[bytes, Blob(MAX_RECORD)]


@record(Tag.WANT_ENVELOPES, max_size=16_384)
class WantEnvelopes:
    """Asks for envelopes that entries name."""

    ids: Annotated[tuple[bytes, ...], Seq(HASH, MAX_WANTS, 1)]


@record(Tag.PUSH_ENVELOPE, max_size=MAX_FRAME)
class PushEnvelope:
    """An envelope that was asked for; empty: it is not here."""

    id: Annotated[bytes, HASH]
    data: Annotated[bytes, Blob(MAX_RECORD)]


@record(Tag.PING, max_size=TINY)
class Ping:
    """Asks for a PONG with the same value."""

    value: Annotated[int, Uint()]


@record(Tag.PONG, max_size=TINY)
class Pong:
    """Answers a PING."""

    value: Annotated[int, Uint()]


MESSAGES: Final = {tag: cls for tag, cls in BY_TAG.items() if Tag.PROOF <= tag <= Tag.COMPARE}
"""Classes of link messages by tag."""


def read_message(frame: bytes, cap: int = MAX_FRAME) -> Message | None:
    """Decode one frame.

    Returns:
        A link message, or None for one with an unknown optional tag.

    Raises:
        LimitError: longer than `cap`, or than such a message may be.
        VersionError: an unknown critical tag.
        DecodeError: not the canonical encoding of a link message.
    """
    value = unpack_loose(frame, max_size=cap)
    if type(value) is tuple and value and type(value[0]) is int and value[0] > CRITICAL_TAG_MAX:
        return None
    tag = peek(value)
    if tag not in MESSAGES:
        raise DecodeError("is not a link message", field="tag")
    return decode(MESSAGES[tag], frame)


def document_hash(data: bytes) -> bytes:
    """32 bytes that name a document in inventories."""
    return digest(Person.DOCUMENT, data)
