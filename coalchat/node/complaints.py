"""Complaints and the one reissue (SPEC 7.3).

A reader for whom an envelope was meant and does not open says so, signed, at the same label: an assertion, never a key.
The author then makes a new envelope and says again, under it, what stood under the old one, with a reference; readers
who had read it see it once.

Rule 1: at most one reissue for a complaining nation, channel, release key and segment: a nation that complains without
cause gains nothing but one more envelope.
Rule 2: an envelope that was complained of is retired for this device, and no receipt stands under it any more.
"""

from __future__ import annotations

import attrs
import trio

from coalchat.errors import CoalchatError
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.feeds import Feeds, KnownFeed
from coalchat.node.folding import LINES
from coalchat.node.journal import Finding, write_finding
from coalchat.node.sending import Sending
from coalchat.store.faces import Transaction
from coalchat.store.rows import Message
from protocol.base.limits import MAX_REFS
from protocol.base.records import evolve
from protocol.messages.entry import Entry
from protocol.messages.payload import (
    FORMAT,
    ComplaintPayload,
    ComplaintReason,
    decode_payload,
)
from protocol.messages.refs import Ref, Relation
from protocol.trust.credential import Precedence

QUEUE = 64
"""Complaints to make or to answer; more come again with the next entry."""


@attrs.define(eq=False)
class Complaints:
    """The node's part for complaints."""

    context: Context = attrs.field(repr=False)
    feeds: Feeds = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    _send: trio.MemorySendChannel[tuple[KnownFeed, bytes, ComplaintReason | None]] = attrs.field(init=False, repr=False)
    _receive: trio.MemoryReceiveChannel[tuple[KnownFeed, bytes, ComplaintReason | None]] = attrs.field(
        init=False, repr=False
    )

    def __attrs_post_init__(self) -> None:
        self._send, self._receive = trio.open_memory_channel[tuple[KnownFeed, bytes, ComplaintReason | None]](QUEUE)

    def complain(self, feed: KnownFeed, envelope_id: bytes, reason: ComplaintReason) -> None:
        """Owe a complaint about an envelope of a feed's author."""
        self._queue(feed, envelope_id, reason)

    def answer(self, feed: KnownFeed, envelope_id: bytes) -> None:
        """Owe an answer to a complaint in a feed."""
        self._queue(feed, envelope_id, None)

    def _queue(self, feed: KnownFeed, envelope_id: bytes, reason: ComplaintReason | None) -> None:
        try:
            self._send.send_nowait((feed, envelope_id, reason))
        except trio.WouldBlock:
            return

    async def run(self) -> None:
        """Make and answer complaints, until cancelled."""
        async for feed, envelope_id, reason in self._receive:
            try:
                if reason is not None:
                    await self._complain(feed, envelope_id, reason)
                else:
                    await self._reissue(feed, envelope_id)
            except CoalchatError as error:
                finding = Finding(AuditEvent.SEND_REFUSED, envelope_id.hex(), detail=f"complaint: {error}")
                await self.context.record(finding)

    async def _complain(self, feed: KnownFeed, envelope_id: bytes, reason: ComplaintReason) -> None:
        row = self.context.store.read.envelope(envelope_id)
        place = self.context.member.place(feed.record.channel)
        if row is None or row.complained or place is None:
            return
        now = self.context.now()
        payload = ComplaintPayload(FORMAT, now, noplay=False, refs=(), envelope=envelope_id, reason=int(reason))
        nation = self.context.code(feed.author.certificate.nation)

        def note(tx: Transaction, entry: Entry) -> None:
            del entry
            tx.mark_complained(envelope_id)
            write_finding(
                tx, now, Finding(AuditEvent.COMPLAINT_RAISED, envelope_id.hex(), nation, detail=reason.name.lower())
            )

        await self.sending.post(place, feed.record.release, payload, Precedence.ROUTINE, also=note)

    async def _reissue(self, feed: KnownFeed, envelope_id: bytes) -> None:
        """Answer a complaint that stands in `feed`."""
        member = self.context.member
        row = self.context.store.read.envelope(envelope_id)
        place = member.place(feed.record.channel)
        if row is None or place is None:
            return
        if (row.channel, row.release) != (feed.record.channel, feed.record.release.packed):
            return
        now = self.context.now()
        nation = feed.author.certificate.nation
        finding = Finding(AuditEvent.COMPLAINT_RECEIVED, envelope_id.hex(), self.context.code(nation))
        once = f"reissue/{nation}/{feed.record.channel.hex()}/{feed.record.release.packed.hex()}/{row.n}"

        def claim(tx: Transaction) -> bool:
            write_finding(tx, now, finding)
            tx.mark_complained(envelope_id)
            # A keying device's: who sealed under it says again what he said himself.
            ours = row.device == member.device or any(
                (message := tx.message(entry.entry_id)) is not None and message.mine
                for entry in tx.entries_under(envelope_id)
            )
            if not ours or tx.meta(once) is not None:
                return False
            tx.set_meta(once, envelope_id)
            tx.retire_envelope(envelope_id)
            return True

        if not await self.context.store.write(claim):
            return
        said = [
            message
            for entry in self.context.store.read.entries_under(envelope_id)
            if (message := self.context.store.read.message(entry.entry_id)) is not None
            and message.mine
            and not message.purged
        ]
        for message in said:
            await self._say_again(message, feed, now)
        await self.context.record(
            Finding(AuditEvent.ENVELOPE_REISSUED, envelope_id.hex(), self.context.code(nation), detail=str(len(said)))
        )

    async def _say_again(self, message: Message, feed: KnownFeed, now: int) -> None:
        payload = decode_payload(message.payload)
        place = self.sending.place(feed.record.channel)
        if isinstance(payload, LINES):
            again = evolve(payload, refs=reissued(message.entry_id, payload.refs), time=now)
            await self.sending.post(place, feed.record.release, again, Precedence(message.precedence))


def reissued(entry_id: bytes, refs: tuple[Ref, ...]) -> tuple[Ref, ...]:
    """References of what is said again; where there is no room for all, quotes keep theirs, then earlier reissues."""
    order = {int(Relation.QUOTE): 0, int(Relation.REISSUE): 1, int(Relation.CONSIDERED): 2}
    kept = sorted(refs, key=lambda ref: order.get(ref.relation, len(order)))
    return (Ref(int(Relation.REISSUE), entry_id), *kept[: MAX_REFS - 1])
