"""What was sent before under the same name (SPEC 10.4): a retry finds it, and other words are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalchat.errors import AlreadyExists
from coalchat.store.faces import Transaction
from coalchat.store.rows import Message
from protocol.base.records import evolve
from protocol.messages.payload import Spoken, decode_payload
from protocol.messages.refs import Relation
from protocol.messages.reports import ReportPayload
from protocol.messages.roe import RoeNoticePayload
from protocol.messages.versions import CorrectionPayload

if TYPE_CHECKING:
    from coalchat.node.feeds import KnownFeed
    from coalchat.node.sending import Key

_Said = Spoken | RoeNoticePayload


def repeated(tx: Transaction, key: Key | None, feed: KnownFeed, data: bytes) -> Message | None:
    """What was posted under a key; none if nothing was.

    Raises:
        AlreadyExists: it was another message.
    """
    if key is None:
        return None
    known = tx.posted(key.client, key.id)
    message = None if known is None else tx.message(known)
    if message is not None:
        audience = (message.channel, message.release) == (feed.record.channel, feed.record.release.packed)
        # Of what was purged nobody knows any more whether it said the same: nothing is sent twice.
        if not audience or not (message.purged or _same_text(message.payload, data)):
            raise AlreadyExists("this id was used for another message")
    return message


def _same_text(a: bytes, b: bytes) -> bool:
    """Whether two payloads say the same, whenever they were sealed."""
    one, other = decode_payload(a), decode_payload(b)
    if isinstance(one, CorrectionPayload) and isinstance(other, CorrectionPayload):
        one = evolve(one, version=other.version)  # what was sent is the newest version by now
    if isinstance(one, ReportPayload) and isinstance(other, ReportPayload):
        one = evolve(one, version=other.version, serial=other.serial)  # likewise
    if isinstance(one, RoeNoticePayload) and isinstance(other, RoeNoticePayload):
        one = evolve(one, serial=other.serial)  # what was issued takes the one that is next by now
    if not isinstance(one, _Said) or type(one) is not type(other):
        return False
    return _unstamped(one) == _unstamped(other)


def _unstamped(payload: _Said) -> object:
    """A payload without when it was made, and which order about traffic was considered then."""
    refs = tuple(ref for ref in payload.refs if ref.relation != Relation.CONSIDERED)
    return evolve(payload, time=0, refs=refs)
