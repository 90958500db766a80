"""Sealing what this device says (SPEC 10.4).

Rule 1: the access decision comes first; a refused send touches no peer, no feed and no key, only the audit record.
Rule 2: entry, sequence and outbox are one transaction, before anything leaves; the sealed bytes are what is kept and
sent, and are never sealed again.
Rule 3: a client's own id makes a retry harmless: the same id gives the same entry.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs
import trio

from coalchat.errors import Refused, UnknownChannel, UnknownLabel, UnknownNation, UsageError
from coalchat.node.addressing import Conversation
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.directing import decide_direct
from coalchat.node.envelopes import Envelopes, Sealing, nation_slots
from coalchat.node.feeds import Feeds, KnownFeed, release_bits
from coalchat.node.folding import Folding
from coalchat.node.journal import Finding, write_finding
from coalchat.node.keeping import keep_conversation
from coalchat.node.noticing import denied_minimize
from coalchat.node.ownfeeds import OwnFeeds
from coalchat.node.quoting import denied_quotes
from coalchat.node.repeated import repeated
from coalchat.node.runout import last_key_words, run_out
from coalchat.store.faces import Transaction
from coalchat.store.rows import Delivery, Message, Outgoing
from coalchat.store.rows import Entry as EntryRow
from coalchat.store.rows import Feed as FeedRow
from protocol.base.errors import DecodeError, Denied
from protocol.base.ids import VERSION
from protocol.base.limits import MAX_FEEDS_PER_DEVICE
from protocol.keys.direct import AnyEnvelope, DirectEnvelope
from protocol.messages.entry import Entry, EntryBase, content_key, seal_entry
from protocol.messages.feed import Chain, FeedRecord, sign_feed
from protocol.messages.notices import NoticePayload
from protocol.messages.payload import Payload, Spoken, encode_payload, kind_of
from protocol.messages.roe import RoeEndorsementPayload, RoeNoticePayload
from protocol.messages.versions import QuotingPayload, RetractionPayload
from protocol.trust.access import Clause, may_seal
from protocol.trust.channel import ChannelRevision
from protocol.trust.credential import Precedence
from protocol.trust.label import Label, ReleaseKey, parse_label

Place = ChannelRevision | Conversation
"""Where a message is said: a channel, or a conversation of devices."""

Said = Spoken | RetractionPayload | RoeNoticePayload | RoeEndorsementPayload | NoticePayload
"""What a person says, or signs: it needs the whole access decision."""

DOUBTFUL = "this node's clock lies beyond what its nation has published: set it right, or confirm it"


async def _unprepared(_place: Place, _release: ReleaseKey) -> None:
    """Nobody is asked."""


@attrs.frozen
class Posted:
    """What became of a post.

    Attributes:
        repeated: the client's id was used before; nothing was sealed now.
    """

    message: Message
    repeated: bool


@attrs.frozen
class Key:
    """A client's own id for what it posts."""

    client: str
    id: str


@attrs.define(eq=False)
class Sending:
    """The node's part for sealing."""

    context: Context = attrs.field(repr=False)
    feeds: Feeds = attrs.field(repr=False)
    envelopes: Envelopes = attrs.field(repr=False)
    folding: Folding = attrs.field(repr=False)
    own: OwnFeeds = attrs.field(repr=False)
    prepare: Callable[[Place, ReleaseKey], Awaitable[None]] = attrs.field(default=_unprepared, repr=False)
    """Called before an envelope is chosen: a keying device may give one."""
    _lock: trio.Lock = attrs.field(factory=trio.Lock, init=False, repr=False)

    # --- deciding ---

    def place(self, channel: bytes) -> Place:
        """The newest revision of a channel, or a conversation.

        Raises:
            UnknownChannel: it is not known here.
        """
        found = self.context.member.place(channel)
        if found is None:
            raise UnknownChannel(channel.hex())
        return found

    def label(self, text: str, place: Place) -> Label:
        """A label's text, completed with the channel's members, as far as present, where it names no nation.

        Raises:
            UnknownLabel, UnknownNation: what is unknown is named.
        """
        member = self.context.member
        try:
            label = parse_label(text, member.policy, member.coalition.codes)
        except DecodeError as error:
            if error.detail.startswith("unknown nation"):
                raise UnknownNation(error.detail.removeprefix("unknown nation ")) from None
            raise UnknownLabel(error.detail) from None
        return label if label.releasable else attrs.evolve(label, releasable=member.members(place))

    def standing_denied(self) -> Denied | None:
        """Whether this device may sign anything new now; None grants."""
        member, now = self.context.member, self.context.now()
        if member.doubtful(now):
            return Denied(Clause.CLOCK_DOUBTFUL, DOUBTFUL)
        standing = member.directory.standing(member.device, now)
        if standing is None or not standing.valid:
            return Denied(Clause.CERTIFICATE, "this device's certificate is not valid now")
        return None

    def decide(self, label: Label, place: Place) -> Denied | None:
        """Whether this device may seal under a label in a channel now; None grants."""
        denial = self.standing_denied()
        if denial is not None:
            return denial
        member = self.context.member
        certificate = member.certificate
        if certificate.scope.channels and place.channel not in certificate.scope.channels:
            return Denied(Clause.SCOPE, "this device's certificate does not name the channel")
        if isinstance(place, Conversation):
            denial = decide_direct(member, label, place)
        else:
            denial = may_seal(
                label,
                policy=member.policy.hash,
                clearance=certificate.clearance,
                nation=certificate.nation,
                members=member.members(place),
                ceiling=place.ceiling,
            )
        return self.own.denial(place.channel, label.release_key().packed) if denial is None else denial

    def beyond_scope(self, text: Said, precedence: Precedence) -> Denied | None:
        """Whether this device's certificate leaves out what it would say; None: it does not."""
        scope = self.context.member.certificate.scope
        if scope.kinds and int(kind_of(text)) not in scope.kinds:
            return Denied(Clause.SCOPE, "this device's certificate does not name this kind of message")
        if int(precedence) > scope.precedence:
            ceiling = Precedence(scope.precedence).name
            return Denied(Clause.SCOPE, f"this device may use precedence up to {ceiling}")
        return None

    # --- sealing ---

    async def send_text(
        self,
        place: Place,
        label: Label,
        text: Said,
        precedence: Precedence,
        key: Key | None,
    ) -> Posted:
        """Seal a message.

        Raises:
            Refused: the clause says why; nothing left, and the audit record has it.
            AlreadyExists: the client's id was used for something else.
        """
        denial = self.decide(label, place)
        denial = self.beyond_scope(text, precedence) if denial is None else denial
        if denial is None and isinstance(text, QuotingPayload):
            denial = denied_quotes(self.context, label, text.quotes)
        if denial is None and not self.is_posted(key):
            denial = denied_minimize(self.context, place, text, precedence)
        try:
            if denial is not None:
                raise Refused(denial.clause, denial.reason)
            return await self.post(place, label.release_key(), text, precedence, key=key)
        except Refused as refused:
            await self.account(place, label, refused)
            raise

    def is_posted(self, key: Key | None) -> bool:
        """Whether a client asks again for what has been sent: what is ordered since does not concern it."""
        return key is not None and self.context.store.read.posted(key.client, key.id) is not None

    async def account(self, place: Place, label: Label, refused: Refused) -> None:
        """Write down that something was not sent."""
        member = self.context.member
        await self.context.record(
            Finding(
                AuditEvent.SEND_REFUSED,
                place.channel.hex(),
                self.context.code(member.nation),
                refused.clause,
                f"{member.marking(label)}: {refused.detail}",
            )
        )

    async def post(
        self,
        place: Place,
        release: ReleaseKey,
        payload: Payload,
        precedence: Precedence,
        *,
        key: Key | None = None,
        under: Sealing | None = None,
        also: Callable[[Transaction, Entry], None] | None = None,
    ) -> Posted:
        """Seal a payload that the access decision has granted.

        Args:
            under: seal under this envelope; none: under one of this device.
            also: written in the same transaction.

        Raises:
            Refused: a nation has no key, a bound of this device is reached, or it is not known how far its feed goes.
            AlreadyExists: the client's id was used for something else.
        """
        now = self.context.now()
        if self.context.member.doubtful(now):
            raise Refused(Clause.CLOCK_DOUBTFUL, DOUBTFUL)
        await self.own.ready(place.channel, release.packed)
        if under is None:
            await self.prepare(place, release)
            now = self.context.now()
        async with self._lock:
            sealing = under or self.envelopes.for_sealing(place, release, now)
            feed, new_feed = self._own_feed(place.channel, release)
            data = encode_payload(payload)
            last = [] if sealing.row is None else self._to_last_keys(sealing, release)

            def write(tx: Transaction) -> Posted:
                known = repeated(tx, key, feed, data)
                if known is not None:
                    return Posted(known, repeated=True)
                _prepare(tx, place, new_feed, sealing, last, now)
                message, entry = self._seal(tx, feed, sealing, payload, data, precedence, now)
                if key is not None:
                    tx.put_posted(key.client, key.id, message.entry_id)
                if also is not None:
                    also(tx, entry)
                return Posted(message, repeated=False)

            posted = await self.context.store.write(write)
            if isinstance(place, Conversation):
                self.context.member.direct.conversations.setdefault(place.channel, place)
        if new_feed is not None and not posted.repeated:
            self.own.opened(feed.id)
        if not posted.repeated:
            self.context.feed_moved(feed.id, precedence)
        return posted

    async def keep_envelope(self, place: ChannelRevision, release: ReleaseKey) -> AnyEnvelope:
        """This device's own live envelope, made and kept if there is none: another device of the nation seals under it.

        Raises:
            Refused: as `Envelopes.for_sealing`.
        """
        async with self._lock:
            sealing = self.envelopes.for_sealing(place, release, self.context.now(), own=True)
            row = sealing.row
            if row is not None:
                await self.context.store.write(lambda tx: tx.put_envelope(row))
        return sealing.envelope

    def _to_last_keys(self, sealing: Sealing, release: ReleaseKey) -> list[Finding]:
        """That a new envelope is wrapped to last keys of nations whose keys have run out."""
        member, envelope = self.context.member, sealing.envelope
        if isinstance(envelope, DirectEnvelope):
            return []
        return [
            Finding(
                AuditEvent.LAST_KEY_USED,
                envelope.id.hex(),
                self.context.code(nation),
                detail=last_key_words(member, release.level, nation, key),
            )
            for nation, key in run_out(member, release, envelope.context.segment).items()
        ]

    def _own_feed(self, channel: bytes, release: ReleaseKey) -> tuple[KnownFeed, FeedRow | None]:
        member = self.context.member
        denial = self.own.denial(channel, release.packed)
        if denial is not None:
            raise Refused(denial.clause, denial.reason)
        row, before = self.own.current(channel, release.packed)
        known = None if row is None else self.feeds.get(row.feed_id)
        if known is not None:
            return known, None
        if self.context.store.read.count_feeds(member.device) >= MAX_FEEDS_PER_DEVICE:
            raise Refused(Clause.OWN_BOUND, "this device has as many feeds, one for each channel and label, as it may")
        certificate = member.certificate
        record = FeedRecord(
            member.coalition.id, member.device, certificate.person, channel, release, before, self.context.entropy(16)
        )
        document = sign_feed(record, member.ring.device.key)
        row = FeedRow(
            record.id, member.device, member.nation, channel, release.packed, document.data, release_bits(release)
        )
        return KnownFeed(record.id, record, member.certified, Chain(certificate.key)), row

    def _seal(
        self,
        tx: Transaction,
        feed: KnownFeed,
        sealing: Sealing,
        payload: Payload,
        data: bytes,
        precedence: Precedence,
        now: int,
    ) -> tuple[Message, Entry]:
        row = tx.feed(feed.id)
        if row is None:
            raise UsageError("the feed is not here")
        base = EntryBase(VERSION, int(precedence), feed.id, row.head_seq + 1, row.head_id, sealing.envelope.id)
        member = self.context.member
        entry = seal_entry(base, data, sealing.tek, member.ring.device.ed25519)
        tx.put_entry(
            EntryRow(entry.id, feed.id, base.seq, base.envelope, int(precedence), entry.data, now),
        )
        tx.advance_feed(feed.id, base.seq, entry.id)
        message = Message(
            entry_id=entry.id,
            channel=feed.record.channel,
            feed_id=feed.id,
            seq=base.seq,
            n=sealing.envelope.context.segment,
            device=member.device,
            nation=member.nation,
            person=feed.record.person,
            kind=int(kind_of(payload)),
            author_time=payload.time,
            precedence=int(precedence),
            release=feed.record.release.packed,
            payload=data,
            ck=content_key(sealing.tek, entry.base_data),
            received=now,
            mine=True,
            listed=self.folding.takes_a_line(tx, feed.record, entry.id, payload),
            slots=nation_slots(sealing.envelope),
        )
        self.folding.fold(tx, feed, entry, message, payload, now)
        if message.listed:
            for nation in feed.record.release.releasable:
                if nation != member.nation:
                    tx.set_outgoing(Outgoing(entry.id, nation, Delivery.QUEUED, "", now))
        kept = tx.message(entry.id)
        if kept is None:
            raise UsageError("the message was not kept")
        return kept, entry


def _prepare(
    tx: Transaction, place: Place, feed: FeedRow | None, sealing: Sealing, last: list[Finding], now: int
) -> None:
    """Keep what an entry stands on, where it is new, and that it goes to last keys."""
    for finding in last:
        write_finding(tx, now, finding)
    if isinstance(place, Conversation):
        keep_conversation(tx, place, now)
    if feed is not None:
        tx.put_feed(feed)
    if sealing.row is not None:
        tx.put_envelope(sealing.row)
