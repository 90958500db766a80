"""The feeds that a node knows (SPEC 8.1, 10.3): their records, authors and chains, in memory beside the store.

A feed enters once its device is certified and its record verified. Whether this device may open it is asked anew at
each entry, for the channel may come to be known after the feed.
"""

from __future__ import annotations

from contextlib import suppress

import attrs

from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.journal import Finding
from coalchat.store.rows import Feed
from protocol.base.errors import AuthenticationError, DecodeError, Denied, LimitError, RemoteProtocolError, StateError
from protocol.base.limits import MAX_FEEDS_PER_DEVICE
from protocol.base.records import decode
from protocol.base.signed import read_signed
from protocol.keys.direct import DirectContext
from protocol.messages.entry import Entry, read_any_entry
from protocol.messages.feed import Chain, FeedRecord, check_feed
from protocol.trust.access import Clause, may_read, may_seal, may_seal_direct
from protocol.trust.credential import Certified
from protocol.trust.label import Label, ReleaseKey, label_of


@attrs.define(eq=False)
class KnownFeed:
    """A feed as this node knows it.

    Attributes:
        released: our nation is in its release set.
        chain: of a feed that is not ours; our own needs none.
    """

    id: bytes
    record: FeedRecord
    author: Certified
    chain: Chain = attrs.field(repr=False)

    @property
    def label(self) -> Label:
        """What its entries are labelled."""
        return label_of(self.record.release)

    @property
    def released(self) -> int:
        """Bit set of the nations it is released to."""
        return release_bits(self.record.release)


def release_bits(release: ReleaseKey) -> int:
    """Bit i is set when nation i is in the release set."""
    return sum(1 << nation for nation in release.releasable)


@attrs.define(eq=False)
class Feeds:
    """The node's part for feeds."""

    context: Context = attrs.field(repr=False)
    _known: dict[bytes, KnownFeed] = attrs.field(factory=dict, init=False, repr=False)

    def get(self, feed_id: bytes) -> KnownFeed | None:
        """A feed, if it is known; read from the store when it is first asked for."""
        known = self._known.get(feed_id)
        if known is None:
            row = self.context.store.read.feed(feed_id)
            if row is None:
                return None
            known = self._from_row(row)
            self._known[feed_id] = known
        return known

    def catch_up(self, feed: KnownFeed) -> None:
        """Bring the chain of a feed that this device writes itself to where the store is."""
        row = self.context.store.read.feed(feed.id)
        if row is not None and row.head_seq > feed.chain.head_seq:
            feed.chain.head_seq, feed.chain.head_id = row.head_seq, row.head_id

    def forget_chain(self, feed_id: bytes) -> None:
        """Read a feed's head from the store again: what was accepted in memory was not kept."""
        self._known.pop(feed_id, None)

    def _from_row(self, row: Feed) -> KnownFeed:
        record = decode(FeedRecord, read_signed(row.record).body)
        standing = self.context.member.directory.standing(row.device, self.context.now())
        if standing is None:
            raise StateError("its device is not known", field="feed")
        chain = Chain(standing.certified.certificate.key, row.head_seq, row.head_id)
        known = KnownFeed(row.feed_id, record, standing.certified, chain)
        self.bind(known)
        for parked in self.context.store.read.parked_of_feed(row.feed_id):
            with suppress(RemoteProtocolError):  # of a bound that has moved
                chain.offer(read_any_entry(parked.data))
        return known

    def bind(self, feed: KnownFeed) -> None:
        """Take no more of a feed than what is held against it allows (SPEC 8.6)."""
        verdict = self.context.member.verdicts.of(feed.id, feed.record.device, self.context.now())
        feed.chain.bound = verdict.bound()

    def judge(self, data: bytes, now: int) -> tuple[FeedRecord, Feed]:
        """Check a received feed record.

        Raises:
            StateError: its device is not known yet.
            RemoteProtocolError: it is refused.
        """
        member = self.context.member
        signed = read_signed(data)
        standing = member.directory.standing(signed.signer, now)
        if standing is None:
            raise StateError("its device is not known", field="device")
        record = check_feed(standing.certified.certificate, data)
        held = member.verdicts.of(record.id, record.device, now).disownings
        gone = standing.revoked is not None or not standing.listed or held
        if gone and not member.verdicts.names(record.id, record.device):
            raise AuthenticationError
        nation = standing.certified.certificate.nation
        if nation not in record.release.releasable or record.release.policy != member.policy.hash:
            raise AuthenticationError
        release = record.release
        if release.releasable[-1] >= len(member.coalition.codes):
            raise DecodeError("names a nation that the charter does not", field="releasable")
        if release.level >= len(member.policy.levels) or release.category > len(member.policy.categories):
            raise DecodeError("names what the policy does not", field="release")
        if self.context.store.read.count_feeds(record.device) >= MAX_FEEDS_PER_DEVICE:
            raise LimitError("too many feeds of one device", field="feed")
        row = Feed(
            record.id,
            record.device,
            nation,
            record.channel,
            record.release.packed,
            data,
            release_bits(record.release),
        )
        return record, row

    async def refuse_disowned(self, feed: KnownFeed, entry: Entry) -> bool:
        """Refuse, and account for, an entry that is nobody's word any more: its author is revoked, or his nation suspended.

        What is held already is not asked about; it stays (SPEC 6.5, 6.6).
        """
        nation = feed.author.certificate.nation
        if nation in self.context.member.coalition.suspended and entry.base.seq > feed.chain.head_seq:
            finding = Finding(AuditEvent.ENTRY_REFUSED, entry.id.hex(), self.context.code(nation), "suspended")
            await self.context.record(finding)
            return True
        directory, device = self.context.member.directory, feed.record.device
        standing = directory.standing(device, self.context.now())
        if standing is None or standing.revoked is None or entry.base.seq <= feed.chain.head_seq:
            return False
        good, _ = (directory.last_good(device) or {}).get(feed.id, (0, b""))
        if entry.base.seq <= good:
            return False
        code = self.context.code(feed.author.certificate.nation)
        await self.context.record(Finding(AuditEvent.ENTRY_REFUSED, entry.id.hex(), code, "revoked"))
        return True

    def permitted(self, feed: KnownFeed) -> Denied | None:
        """Whether its author may write what this feed says, in its channel as it is known here; None grants."""
        member = self.context.member
        revision = member.channels.get(feed.record.channel)
        if revision is None:
            return Denied("channel-unknown", "the channel is not known here")
        certificate = feed.author.certificate
        scope = certificate.scope.channels
        if scope and feed.record.channel not in scope:
            return Denied(Clause.SCOPE, "the author's certificate does not name this channel")
        return may_seal(
            feed.label,
            policy=member.policy.hash,
            clearance=certificate.clearance,
            nation=certificate.nation,
            members=frozenset(revision.members),
            ceiling=revision.ceiling,
        )

    def permitted_direct(self, feed: KnownFeed, ctx: DirectContext) -> Denied | None:
        """Whether its author made a direct envelope, and may write what this feed says to its devices; None grants."""
        member, certificate = self.context.member, feed.author.certificate
        if ctx.device != feed.record.device:
            return Denied("direct-author", "sealed under a direct envelope that another device made")
        if certificate.scope.channels:
            return Denied(Clause.SCOPE, "the author's certificate names channels, and no conversation is one")
        found = [member.directory.standing(device, self.context.now()) for device in ctx.devices]
        return may_seal_direct(
            feed.label,
            policy=member.policy.hash,
            clearance=certificate.clearance,
            nation=certificate.nation,
            addressed=[(s.certified.certificate.nation, s.certified.certificate.clearance) for s in found if s],
        )

    def readable(self, feed: KnownFeed) -> Denied | None:
        """Whether this device is cleared for what this feed says; None grants."""
        member = self.context.member
        certificate = member.certificate
        return may_read(certificate.clearance, certificate.nation, member.policy.hash, feed.label)
