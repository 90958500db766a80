"""Receipts that this device owes (SPEC 8.5, 10.5).

DELIVERED is owed for each message of another device that became durable and readable here; it is batched over a short
window, by channel and label. READ is owed when a person moves the read mark, and goes at once.
What is owed is derived from the store at the start, so a crash between a message and its receipt loses nothing.

Rule 1: a receipt is sealed under the envelope of the newest entry that it covers, while that is not retired and no
complaint about it is known; otherwise under one of our own.
Rule 2: receipts, complaints and what cannot be read are not receipted.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import trio

from coalchat.errors import CoalchatError
from coalchat.node.context import Context
from coalchat.node.envelopes import Envelopes, NoKey, Sealing
from coalchat.node.feeds import Feeds
from coalchat.node.sending import Sending
from coalchat.store.faces import Transaction
from coalchat.store.rows import Message, ReceiptMark
from protocol.base.errors import AuthenticationError
from protocol.base.limits import MAX_RANGES
from protocol.keys.envelope import read_envelope
from protocol.messages.entry import Entry
from protocol.messages.payload import FORMAT
from protocol.messages.receipts import Range, ReceiptPayload, ReceiptState, Response, may_issue
from protocol.trust.credential import Precedence, Role
from protocol.trust.label import ReleaseKey

WINDOW = 0.4
"""Seconds over which DELIVERED receipts gather: a hundred readers must not cost a hundred entries a message."""

Audience = tuple[bytes, bytes]
"""(channel, packed release key): what one receipt entry can cover."""


@attrs.define(eq=False)
class Receipting:
    """The node's part for receipts."""

    context: Context = attrs.field(repr=False)
    feeds: Feeds = attrs.field(repr=False)
    envelopes: Envelopes = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    _due: dict[tuple[ReceiptState, Audience], dict[bytes, tuple[int, bytes]]] = attrs.field(
        factory=dict, init=False, repr=False
    )
    _wake: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)

    def owe_delivered(self, messages: Iterable[Message]) -> None:
        """Note that these messages are durable here."""
        self._owe(ReceiptState.DELIVERED, messages)

    def owe_read(self, messages: Iterable[Message]) -> None:
        """Note that a person has read these messages."""
        self._owe(ReceiptState.READ, messages)

    def _owe(self, state: ReceiptState, messages: Iterable[Message]) -> None:
        if not may_issue(Role(self.context.member.certificate.role), state):
            return
        for message in messages:
            if message.mine or not message.listed or message.kind == 0:
                continue
            due = self._due.setdefault((state, (message.channel, message.release)), {})
            if message.seq > due.get(message.feed_id, (0, b""))[0]:
                due[message.feed_id] = (message.seq, message.entry_id)
        self._wake.set()

    def derive(self) -> None:
        """Owe what the store says is owed: what came before a crash and was not receipted."""
        read = self.context.store.read
        own = self.context.member.device
        for feed in read.feeds():
            if feed.device == own or not feed.released >> self.context.member.nation & 1:
                continue
            mark = read.receipt_mark(feed.feed_id, own, int(ReceiptState.DELIVERED))
            after = 0 if mark is None else mark.up_to
            self.owe_delivered(read.messages_of_feed(feed.feed_id, feed.head_seq, after=after))

    async def run(self) -> None:
        """Seal what is owed, until cancelled."""
        while True:
            await self._wake.wait()
            await trio.sleep(WINDOW)
            await self.settle()

    async def settle(self) -> None:
        """Seal what is owed now."""
        self._wake = trio.Event()
        due, self._due = self._due, {}
        for (state, audience), feeds in sorted(due.items(), reverse=True):
            covered = sorted(feeds.items())
            for at in range(0, len(covered), MAX_RANGES):
                await self._seal(state, audience, covered[at : at + MAX_RANGES])

    async def _seal(
        self, state: ReceiptState, audience: Audience, covered: list[tuple[bytes, tuple[int, bytes]]]
    ) -> None:
        revision = self.context.member.channels.get(audience[0])
        feed = self.feeds.get(covered[0][0])
        if revision is None or feed is None:
            return
        release = feed.record.release
        now = self.context.now()
        ranges = tuple(Range(feed_id, seq, entry_id) for feed_id, (seq, entry_id) in covered)
        payload = ReceiptPayload(
            FORMAT, now, noplay=False, refs=(), state=int(state), ranges=ranges, response=int(Response.NONE), text=""
        )

        def note(tx: Transaction, entry: Entry) -> None:
            for item in ranges:
                tx.advance_receipt(self._mark(state, item, entry.id, now))

        try:
            await self.sending.post(
                revision, release, payload, Precedence.ROUTINE, under=self._under(ranges, release), also=note
            )
        except CoalchatError:
            # Nothing to seal to just now: the store still says what is owed, and the next start derives it again.
            for feed_id, place in covered:
                self._due.setdefault((state, audience), {}).setdefault(feed_id, place)

    def _mark(self, state: ReceiptState, item: Range, receipt: bytes, now: int) -> ReceiptMark:
        member = self.context.member
        return ReceiptMark(
            item.feed, member.device, member.nation, member.certificate.person, int(state), item.up_to, item.entry,
            receipt, now,
        )  # fmt: skip

    def _under(self, ranges: tuple[Range, ...], release: ReleaseKey) -> Sealing | None:
        """The envelope of the newest covered entry, if a receipt may stand under it."""
        read = self.context.store.read
        segment = self.context.member.segment(self.context.now())
        for item in reversed(ranges):
            entry = read.entry(item.entry)
            row = None if entry is None else read.envelope(entry.envelope_id)
            if row is None or row.retired or row.complained or row.n != segment or row.release != release.packed:
                continue
            envelope = read_envelope(row.data)
            try:
                return Sealing(envelope, self.envelopes.open(envelope))
            except (NoKey, AuthenticationError):
                continue
        return None
