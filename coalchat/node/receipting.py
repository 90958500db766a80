"""Receipts that this device owes (SPEC 8.5, 10.5).

DELIVERED is owed for each message of another device that became durable and readable here; it is batched over a short
window, by channel and label. READ is owed when a person moves the read mark, and goes at once. ACKNOWLEDGED is a
person's own act about one message: it is never owed, and is sealed when he does it or not at all.
What is owed is derived from the store at the start, so a crash before a receipt loses nothing.

Rule 1: a receipt without text is sealed under the envelope of the newest entry that it covers, while that is not
retired and no complaint about it is known; otherwise, and with text, under one of our own.
Rule 2: receipts, complaints, and what cannot be read or was purged, are not receipted.
Rule 3: the same acknowledgement again is not sent again; another one takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import trio

from coalchat.errors import CoalchatError, InternalError, NotAuthorised, Refused, UsageError
from coalchat.node.context import Context
from coalchat.node.envelopes import Envelopes, NoKey, Sealing
from coalchat.node.feeds import Feeds
from coalchat.node.sending import Sending
from coalchat.store.faces import Transaction
from coalchat.store.rows import Acknowledgement, Message, ReceiptMark
from protocol.base.errors import AuthenticationError
from protocol.base.limits import MAX_PURPOSE, MAX_RANGES
from protocol.base.records import decode
from protocol.keys.direct import DirectEnvelope, read_any
from protocol.messages.entry import Entry
from protocol.messages.payload import FORMAT
from protocol.messages.receipts import Range, ReceiptPayload, ReceiptState, Response, may_issue
from protocol.trust.credential import Precedence, Role
from protocol.trust.label import ReleaseKey, label_of

WINDOW = 0.4
"""Seconds over which DELIVERED receipts gather: a hundred readers must not cost a hundred entries a message."""

Audience = tuple[bytes, bytes]
"""(channel, packed release key): what one receipt entry can cover."""


@attrs.frozen
class Given:
    """An acknowledgement of this device.

    Attributes:
        repeated: the very same was given before; nothing was sealed now.
    """

    row: Acknowledgement
    repeated: bool


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
    _acknowledging: trio.Lock = attrs.field(factory=trio.Lock, init=False, repr=False)

    # --- what is owed ---

    def owe_delivered(self, messages: Iterable[Message]) -> None:
        """Note that these messages are durable here."""
        self._owe(ReceiptState.DELIVERED, messages)

    def owe_read(self, messages: Iterable[Message]) -> None:
        """Note that a person has read these messages; an acknowledgement may have said so already.

        Where the charter wants no READ at a level, none is owed.
        """
        terms = self.context.member.coalition.charter.receipts
        self._owe(
            ReceiptState.READ,
            (
                message
                for message in messages
                if terms[decode(ReleaseKey, message.release).level].read and message.seq > self._said_read(message)
            ),
        )

    def _owe(self, state: ReceiptState, messages: Iterable[Message]) -> None:
        if not may_issue(Role(self.context.member.certificate.role), state):
            return
        for message in messages:
            if message.mine or not message.listed or message.kind == 0 or message.purged:
                continue
            due = self._due.setdefault((state, (message.channel, message.release)), {})
            if message.seq > due.get(message.feed_id, (0, b""))[0]:
                due[message.feed_id] = (message.seq, message.entry_id)
        self._wake.set()

    def _said_read(self, message: Message) -> int:
        """Up to where this device has said that a message's feed was read."""
        own = self.context.member.device
        mark = self.context.store.read.receipt_mark(message.feed_id, own, int(ReceiptState.READ))
        return 0 if mark is None else mark.up_to

    def derive(self) -> None:
        """Owe what the store says is owed: what came, or was read, before a crash and was not receipted."""
        read = self.context.store.read
        own = self.context.member.device
        for feed in read.feeds():
            if feed.device == own or not feed.released >> self.context.member.nation & 1:
                continue
            delivered = read.receipt_mark(feed.feed_id, own, int(ReceiptState.DELIVERED))
            after = 0 if delivered is None else delivered.up_to
            self.owe_delivered(read.messages_of_feed(feed.feed_id, feed.head_seq, after=after))
            seen = read.receipt_mark(feed.feed_id, own, int(ReceiptState.READ))
            after = 0 if seen is None else seen.up_to
            last = read.last_read_of_feed(feed.feed_id, after=after, position=read.read_mark(feed.channel))
            self.owe_read([] if last is None else [last])

    def again(self) -> None:
        """What could not be sealed may be sealed now."""
        self._wake.set()

    async def run(self) -> None:
        """Seal what is owed, until cancelled."""
        while True:
            await self._wake.wait()
            await trio.sleep(WINDOW)
            await self.settle()

    async def settle(self) -> None:
        """Seal what is owed now."""
        if self._wake.is_set():  # another one would leave `run` waiting for what nobody sets
            self._wake = trio.Event()
        due, self._due = self._due, {}
        for (state, audience), feeds in sorted(due.items(), reverse=True):
            covered = sorted(feeds.items())
            for at in range(0, len(covered), MAX_RANGES):
                await self._seal(state, audience, covered[at : at + MAX_RANGES])

    async def _seal(
        self, state: ReceiptState, audience: Audience, covered: list[tuple[bytes, tuple[int, bytes]]]
    ) -> None:
        place = self.context.member.place(audience[0])
        feed = self.feeds.get(covered[0][0])
        if place is None or feed is None:
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
                place, release, payload, Precedence.ROUTINE, under=self.under(ranges, release), also=note
            )
        except CoalchatError:
            # Nothing to seal to just now: the store still says what is owed, and the next start derives it again.
            for feed_id, reached in covered:
                self._due.setdefault((state, audience), {}).setdefault(feed_id, reached)

    # --- acknowledging ---

    async def acknowledge(self, message: Message, response: Response, text: str) -> Given:
        """Seal a person's acknowledgement of one message, in the person's name.

        Raises:
            NotAuthorised: a bot acknowledges nothing.
            Refused: the clause says why; nothing left, and the audit record has it.
            UsageError: the message cannot be acknowledged, or text and response do not fit.
        """
        if not may_issue(Role(self.context.member.certificate.role), ReceiptState.ACKNOWLEDGED):
            raise NotAuthorised("a person acknowledges, a bot does not")
        _check(message, response, text)
        async with self._acknowledging:
            read, device = self.context.store.read, self.context.member.device
            known = read.acknowledgement(message.feed_id, message.seq, device)
            if known is not None and _says(known) == (message.entry_id, int(response), text):
                return Given(known, repeated=True)
            await self._seal_acknowledgement(message, response, text)
            given = read.acknowledgement(message.feed_id, message.seq, device)
            if given is None:
                raise InternalError("the acknowledgement was not kept")
            return Given(given, repeated=False)

    async def _seal_acknowledgement(self, message: Message, response: Response, text: str) -> None:
        place = self.sending.place(message.channel)
        release = decode(ReleaseKey, message.release)
        ranges = (Range(message.feed_id, message.seq, message.entry_id),)
        payload = ReceiptPayload(
            FORMAT, self.context.now(), noplay=False, refs=(), state=int(ReceiptState.ACKNOWLEDGED), ranges=ranges,
            response=int(response), text=text,
        )  # fmt: skip
        # As urgent as what it answers, as far as this device may be.
        precedence = Precedence(min(message.precedence, self.context.member.certificate.scope.precedence))
        try:
            denial = self.sending.decide(label_of(release), place)
            if denial is not None:
                raise Refused(denial.clause, denial.reason)
            under = None if text else self.under(ranges, release)
            await self.sending.post(place, release, payload, precedence, under=under)
        except Refused as refused:
            await self.sending.account(place, label_of(release), refused)
            raise

    # --- sealing ---

    def _mark(self, state: ReceiptState, item: Range, receipt: bytes, now: int) -> ReceiptMark:
        member = self.context.member
        return ReceiptMark(
            item.feed, member.device, member.nation, member.certificate.person, int(state), item.up_to, item.entry,
            receipt, now,
        )  # fmt: skip

    def under(self, ranges: tuple[Range, ...], release: ReleaseKey) -> Sealing | None:
        """The envelope of the newest covered entry, if a receipt may stand under it."""
        read = self.context.store.read
        segment = self.context.member.segment(self.context.now())
        for item in reversed(ranges):
            entry = read.entry(item.entry)
            row = None if entry is None else read.envelope(entry.envelope_id)
            if row is None or row.retired or row.complained or row.n != segment or row.release != release.packed:
                continue
            envelope = read_any(row.data)
            # Of direct envelopes each author makes his own.
            if isinstance(envelope, DirectEnvelope) or self.envelopes.retired(envelope):
                continue
            try:
                return Sealing(envelope, self.envelopes.open(envelope))
            except (NoKey, AuthenticationError):
                continue
        return None


def _check(message: Message, response: Response, text: str) -> None:
    """Raises UsageError, which names the field."""
    if message.mine:
        raise UsageError("id: nobody acknowledges a message of his own")
    if message.kind == 0:
        raise UsageError("id: this message cannot be read here")
    if response is Response.CAVEAT and not text:
        raise UsageError("text: a caveat says what it is")
    if response is Response.NONE and text:
        raise UsageError("text: goes with an answer only")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_PURPOSE:
        raise UsageError(f"text: must have at most {MAX_PURPOSE} bytes")


def _says(row: Acknowledgement) -> tuple[bytes, int, str]:
    return (row.entry_id, row.answer, row.text)
