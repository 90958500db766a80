"""Opening an authentic entry (SPEC 10.3): everything that must hold before its text is believed.

    feed permitted in its channel -> envelope's channel and release key equal the feed's -> own-nation rule ->
    own slot -> unwrap -> commitment -> AEAD, salt, padding -> payload -> scope

The outcome is one of: `Opened`; `Closed`, it is not for this device, and nothing is said of it; `Unreadable`, it is,
and cannot be read, and the reason is shown; `Refused`, its author broke a rule, and that is accounted for.
"""

from __future__ import annotations

import attrs

from coalchat.node.context import Context
from coalchat.node.envelopes import Envelopes, NoKey
from coalchat.node.feeds import Feeds, KnownFeed
from coalchat.node.quoting import denied_quotes
from coalchat.node.times import dtg
from protocol.base.errors import AuthenticationError, DecodeError, Denied, LimitError, VersionError
from protocol.base.ids import Tag
from protocol.keys.direct import AnyEnvelope, DirectContext, DirectEnvelope
from protocol.keys.envelope import Envelope, own_slots
from protocol.messages.entry import Entry, open_entry
from protocol.messages.payload import ComplaintReason, Payload, decode_payload, kind_of
from protocol.messages.receipts import Range, ReceiptPayload, ReceiptState, may_issue
from protocol.messages.versions import PurgedPayload, QuotingPayload
from protocol.trust.access import Clause
from protocol.trust.credential import Role

ANSWERS = frozenset({Tag.RECEIPT, Tag.PURGED})
"""Kinds that no scope takes away: a reader's device answers what it reads."""


@attrs.frozen
class Opened:
    """The payload, its bytes, and the key that proves this one entry."""

    payload: Payload = attrs.field(repr=False)
    data: bytes = attrs.field(repr=False)
    ck: bytes = attrs.field(repr=False)


@attrs.frozen
class Closed:
    """Not for this device, or not yet."""


@attrs.frozen
class Unreadable:
    """For this device, and it cannot be read.

    Attributes:
        reason: one sentence for the person. complaint: what is to be told to the author's nation, if his is the fault.
        listed: it takes a line; what can only be a receipt takes none.
        awaits: feeds of which an entry must come before it can be judged.
    """

    reason: str
    complaint: ComplaintReason | None = None
    listed: bool = True
    awaits: frozenset[bytes] = frozenset()


@attrs.frozen
class Rejected:
    """Its author broke a rule."""

    denial: Denied


Outcome = Opened | Closed | Unreadable | Rejected


@attrs.define(eq=False)
class Opening:
    """The node's part for opening entries."""

    context: Context = attrs.field(repr=False)
    feeds: Feeds = attrs.field(repr=False)
    envelopes: Envelopes = attrs.field(repr=False)

    def open(self, feed: KnownFeed, entry: Entry, envelope: AnyEnvelope) -> Outcome:
        """Judge one authentic entry of a feed that is not ours, or ours."""
        stopped = self._gate(feed, envelope)
        return self._open(feed, entry, envelope) if stopped is None else stopped

    def _gate(self, feed: KnownFeed, envelope: AnyEnvelope) -> Outcome | None:
        """Whether it is for this device, and its author may say it here; none: go on."""
        member, channel, ctx = self.context.member, feed.record.channel, envelope.context
        direct = isinstance(ctx, DirectContext)
        if isinstance(ctx, DirectContext):
            here = member.device in ctx.devices  # who addresses a device above its clearance broke a rule
        else:
            here = member.place(channel) is not None and self.feeds.readable(feed) is None
        if not here:
            return Closed()
        fits = (ctx.channel, ctx.release) == (channel, feed.record.release)
        if not fits or direct == (channel in member.channels):
            return Rejected(Denied("envelope-mismatch", "sealed under an envelope of another channel or label"))
        if isinstance(ctx, DirectContext):
            denial = self.feeds.permitted_direct(feed, ctx)
        else:
            denial = self.feeds.permitted(feed)
        if denial is not None:
            return Rejected(denial)
        if isinstance(envelope, Envelope) and not own_slots(envelope, member.nation):
            text = member.coalition.text(ctx.charter)
            if text is not None and member.nation in text.suspended:
                return Closed()  # that is why there is none
            return Unreadable("its envelope has no slot for this nation; its author was told", ComplaintReason.NO_SLOT)
        return None

    def _open(self, feed: KnownFeed, entry: Entry, envelope: AnyEnvelope) -> Outcome:
        ctx = envelope.context
        try:
            tek = self.envelopes.open(envelope)
        except NoKey:
            # Under another nation's envelope nothing but a receipt may stand.
            own = ctx.nation == feed.author.certificate.nation
            return Unreadable(self._keyless(envelope), listed=own)
        except AuthenticationError:
            return Unreadable("its envelope does not open here; its author was told", ComplaintReason.UNWRAP)
        try:
            data, ck = open_entry(entry, tek)
        except AuthenticationError:
            return Unreadable("it does not open under its envelope; its author was told", ComplaintReason.ENTRY)
        try:
            payload = decode_payload(data)
        except VersionError:
            return Unreadable("it is of a kind that this version does not know")
        except (DecodeError, LimitError):
            return Rejected(Denied("payload", "what it says is malformed"))
        return self._judged(feed, envelope, Opened(payload, data, ck))

    def proved(self, feed: KnownFeed, envelope: AnyEnvelope, opened: Opened) -> Outcome:
        """Judge what another device has proved: as if it had been opened here."""
        if self.feeds.readable(feed) is not None:
            return Closed()
        denial = self.feeds.permitted(feed)
        ctx = envelope.context
        if denial is None and (ctx.channel, ctx.release) != (feed.record.channel, feed.record.release):
            denial = Denied("envelope-mismatch", "sealed under an envelope of another channel or label")
        return Rejected(denial) if denial is not None else self._judged(feed, envelope, opened)

    def _judged(self, feed: KnownFeed, envelope: AnyEnvelope, opened: Opened) -> Outcome:
        """Whether its author may say that, under that envelope."""
        awaits = self._awaits(feed, envelope, opened.payload)
        if awaits:
            return Unreadable("a receipt; what it confirms has not come yet", listed=False, awaits=awaits)
        denial = self._allowed(feed, envelope, opened.payload)
        return opened if denial is None else Rejected(denial)

    def gone(self, feed: KnownFeed, segment: int, reason: str) -> Outcome:
        """Judge an entry of which only the header came: it is named, if this device could have read it in its time."""
        member = self.context.member
        if self.feeds.readable(feed) is not None or member.place(feed.record.channel) is None:
            return Closed()
        if (segment + 1) * member.coalition.charter.segment <= member.certificate.not_before:
            return Closed()
        return Unreadable(reason)

    def _keyless(self, envelope: AnyEnvelope) -> str:
        """Why this device holds no key for an envelope of its own clearance."""
        member = self.context.member
        erased = self.envelopes.erased(envelope)
        if erased <= member.believed(self.context.now()):
            return f"key erased {dtg(erased)}"
        if isinstance(envelope, DirectEnvelope):
            return "this device holds no key of its own of the segment in which it was sealed"
        if envelope.context.segment > max((chain.last for chain in member.chains), default=0):
            return "its key has not come yet: this nation's custodian sends it"
        return "this device holds no key of the segment in which it was sealed"

    def _allowed(self, feed: KnownFeed, envelope: AnyEnvelope, payload: Payload) -> Denied | None:
        certificate = feed.author.certificate
        kind = kind_of(payload)
        if certificate.scope.kinds and int(kind) not in certificate.scope.kinds and kind not in ANSWERS:
            return Denied(Clause.SCOPE, "the author's certificate does not name this kind of message")
        if isinstance(payload, QuotingPayload):
            denial = denied_quotes(self.context, feed.label, payload.quotes)
            if denial is not None:
                return denial
        if isinstance(payload, ReceiptPayload) and not may_issue(Role(certificate.role), ReceiptState(payload.state)):
            return Denied("receipt-role", "a device of this role makes no such receipt")
        if not isinstance(envelope, DirectEnvelope) and self._covers(envelope, payload):
            return None
        return self.envelopes.authorised(envelope, feed.record.device, certificate.nation)

    def _covers(self, envelope: AnyEnvelope, payload: Payload) -> bool:
        """The one exception of the own-nation rule: a receipt without text, under the envelope of what it covers."""
        ranges = _wordless(payload)
        entries = (self.context.store.read.entry(covered.entry) for covered in ranges)
        if any(entry is not None and entry.envelope_id == envelope.id for entry in entries):
            return True
        return any(self._on_another_branch(envelope, covered) for covered in ranges)

    def _on_another_branch(self, envelope: AnyEnvelope, covered: Range) -> bool:
        """Whether what a receipt covers is the other side of a fork: it does not count, and says what its author saw."""
        read, device = self.context.store.read, envelope.context.device
        here = read.entry_at(covered.feed, covered.up_to)
        feed = read.feed(covered.feed)
        if here is None or feed is None or feed.device != device or here.entry_id == covered.entry:
            return False
        verdict = self.context.member.verdicts.of(covered.feed, device, self.context.now())
        return verdict.mark(covered.up_to, here.entry_id).disputed

    def _awaits(self, feed: KnownFeed, envelope: AnyEnvelope, payload: Payload) -> frozenset[bytes]:
        """The feeds of what a receipt covers and is not here, where only that can say whether its envelope is right."""
        ranges = _wordless(payload)
        if not ranges or self._covers(envelope, payload):
            return frozenset()
        if self.envelopes.authorised(envelope, feed.record.device, feed.author.certificate.nation) is None:
            return frozenset()
        read = self.context.store.read
        return frozenset(covered.feed for covered in ranges if read.entry(covered.entry) is None)


def _wordless(payload: Payload) -> tuple[Range, ...]:
    """What an answer without a word of its author's covers; nothing, where it is none."""
    if isinstance(payload, PurgedPayload):
        return (payload.of,)
    return payload.ranges if isinstance(payload, ReceiptPayload) and not payload.text else ()
