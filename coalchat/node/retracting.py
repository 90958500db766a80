"""What a retraction does where it comes (SPEC 8.10): inside the transaction that accepts it, on the writer.

Rule 1: only who said it recalls it, in the same channel under the same release key.
Rule 2: what is recalled stays recalled: it is kept without its body whenever it comes.
"""

from __future__ import annotations

from coalchat.api.events import MessageMarked, MessagePurged
from coalchat.node.audit import AuditEvent
from coalchat.node.feeds import KnownFeed
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.versioning import author_of, author_of_feed, same_author
from coalchat.store.faces import Transaction
from coalchat.store.rows import Confirmation, Message
from coalchat.store.rows import Recall as RecallRow
from protocol.base.errors import Denied
from protocol.messages.payload import Payload
from protocol.messages.roe import RoeEndorsementPayload, RoeNoticePayload
from protocol.messages.versions import RECALLABLE, PurgedPayload, Recall, RetractionPayload


def denied_recall(tx: Transaction, feed: KnownFeed, payload: Payload) -> Denied | None:
    """Whether an entry recalls what its author may not recall, as far as that is here; None: it does not."""
    if not isinstance(payload, RetractionPayload):
        return None
    author = author_of_feed(feed)
    for name in payload.entries:
        known = tx.message(name)
        if known is not None and author_of(known) != author:
            return Denied("recall", "only who said it recalls it, in the same channel and under the same label")
        if known is not None and known.kind and known.kind not in RECALLABLE:
            return Denied("recall", "an entry of this kind is not recalled")
    return None


def is_recalled(tx: Transaction, feed: KnownFeed, entry_id: bytes, payload: Payload) -> bool:
    """Whether what an entry says was recalled before it came; of what is not recalled, nothing was."""
    if isinstance(payload, RetractionPayload | PurgedPayload | RoeNoticePayload | RoeEndorsementPayload):
        return False
    return bool(tx.recalls_of(entry_id, *author_of_feed(feed)))


def keep_recall(tx: Transaction, nation: str, retraction: Message, payload: RetractionPayload, now: int) -> None:
    """Forget what was recalled, and tell clients."""
    gone = 0
    for name in payload.entries:
        tx.put_recall(RecallRow(name, retraction.entry_id, payload.reason))
        known = tx.message(name)
        if known is None or not same_author(known, retraction) or not tx.purge_message(name):
            continue
        gone += 1
        if known.listed:
            write_event(tx, now, MessagePurged(channel_id=known.channel.hex(), entry_id=name.hex()))
    if retraction.listed:
        detail = f"{gone} of {len(payload.entries)}, {Recall(payload.reason).name.lower()}"
        write_finding(tx, now, Finding(AuditEvent.MESSAGE_RECALLED, retraction.entry_id.hex(), nation, detail=detail))


def keep_confirmation(tx: Transaction, feed: KnownFeed, payload: PurgedPayload, now: int) -> None:
    """Keep that a device has purged what a retraction recalls, and tell clients of the recalled lines."""
    certificate, record = feed.author.certificate, feed.record
    if not tx.put_confirmation(
        Confirmation(payload.of.entry, record.device, certificate.nation, record.person, payload.time)
    ):
        return
    retraction = tx.message(payload.of.entry)
    if retraction is None or not retraction.mine:
        return
    for row in tx.recalls(retraction.entry_id):
        known = tx.message(row.entry_id)
        if known is not None and known.listed and same_author(known, retraction):
            write_event(tx, now, MessageMarked(channel_id=known.channel.hex(), entry_id=known.entry_id.hex()))
