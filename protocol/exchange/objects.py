"""Control documents, feed records and envelopes by id (SPEC 9.5): their messages, and the check that an answer is one.

An id is a hash of what it names, so an answer is checked without any trust in who sent it. Whether the thing is right
is for those who asked: here it has the right name, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError
from protocol.base.ids import Person, Tag
from protocol.base.signed import read_signed
from protocol.exchange.events import DocumentReceived, EnvelopeReceived, FeedReceived, Kind, NotHere
from protocol.exchange.messages import (
    Document,
    PushEnvelope,
    PushFeed,
    WantDocuments,
    WantEnvelopes,
    WantFeeds,
    document_hash,
)
from protocol.exchange.phases import On
from protocol.keys.direct import read_any


@attrs.frozen
class Wire:
    """Messages of one kind: the question, the answer, and where they stand in the table."""

    question: Any
    answer: Any
    on: On


WIRE: Final[Mapping[Kind, Wire]] = {
    Kind.DOCUMENT: Wire(WantDocuments, Document, On.DOCUMENT),
    Kind.FEED: Wire(WantFeeds, PushFeed, On.OBJECT),
    Kind.ENVELOPE: Wire(WantEnvelopes, PushEnvelope, On.OBJECT),
}


def answer_event(kind: Kind, name: bytes, data: bytes) -> DocumentReceived | FeedReceived | EnvelopeReceived | NotHere:
    """What an answer to a question for `name` came to.

    Raises:
        RemoteProtocolError: it is not what that name names.
    """
    if not data:
        return NotHere(kind, name)
    if kind is Kind.DOCUMENT:
        _same(document_hash(data), name)
        return DocumentReceived(name, data)
    if kind is Kind.FEED:
        _same(digest(Person.FEED_ID, read_signed(data, Tag.FEED).body, size=16), name)
        return FeedReceived(name, data)
    envelope = read_any(data)
    _same(envelope.id, name)
    return EnvelopeReceived(envelope)


def _same(found: bytes, name: bytes) -> None:
    if found != name:
        raise AuthenticationError
