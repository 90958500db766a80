"""Feeds (SPEC 8.1) and chain authentication (SPEC 8.3).

A feed is append-only: one per (device, channel, release key), from seq 1 without gaps, linked by entry ids.

An entry is *authentic* when its own signature verifies, or that of a later entry of the same feed which is linked to
it seq by seq. A bad signature alone is "not yet authentic": never a reason to refuse the chain, so that live and
backfill order give the same view. Until authentic, an entry takes no (feed, seq) place and waits under a cap.

`Chain` is the pure machine: it holds the head and what waits; `offer` says what became authentic, in order. At one
(feed, seq) several candidates may wait, for anyone can invent one; the first that a signature reaches takes the place,
and a second authentic one is a fork proof. Of a forked feed a node may hold either branch, by order of arrival; what
lies before the fork, and that there is one, is the same in any order.
A chain may have a bound (SPEC 8.6): then nothing is accepted beyond it, and up to it only what it is linked to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import attrs

from protocol.base import crypto
from protocol.base.errors import AuthenticationError, LimitError, ReplayError, StateError
from protocol.base.ids import Person, Tag
from protocol.base.limits import MAX_CREDIT, MAX_PARKED_ENTRIES, MAX_WAITING_BYTES
from protocol.base.records import Bin, OptBin, Part, decode, encode, record
from protocol.base.signed import Signed, SigningKey, VerifyKey, read_signed, sign
from protocol.messages.entry import Entry
from protocol.messages.verdict import Bound
from protocol.trust.credential import Certificate
from protocol.trust.label import ReleaseKey


@record(Tag.FEED)
class FeedRecord:
    """The first thing known of a feed, signed by its device.

    Attributes:
        person: equal to the certificate's; checked on first sight.
        predecessor: the feed that this one continues after a restored backup, or none.
        nonce: makes feeds of the same device, channel and release key differ.
    """

    coalition: Annotated[bytes, Bin(16)]
    device: Annotated[bytes, Bin(16)]
    person: Annotated[bytes, Bin(16)]
    channel: Annotated[bytes, Bin(16)]
    release: Annotated[ReleaseKey, Part(ReleaseKey)]
    predecessor: Annotated[bytes, OptBin(16)]
    nonce: Annotated[bytes, Bin(16)]

    @property
    def id(self) -> bytes:
        """16 bytes: BLAKE2b-128 of the record."""
        return crypto.digest(Person.FEED_ID, encode(self), size=16)


def sign_feed(feed: FeedRecord, key: SigningKey) -> Signed:
    """Sign a feed record as its device."""
    return sign(Tag.FEED, feed.device, encode(feed), key)


def check_feed(certificate: Certificate, data: bytes) -> FeedRecord:
    """Verify a feed record against its device's certificate.

    Raises:
        RemoteProtocolError: malformed, another device's or person's, or of another coalition.
    """
    signed = read_signed(data, Tag.FEED)
    if signed.signer != certificate.device:
        raise AuthenticationError
    signed.verify(VerifyKey(certificate.key))
    feed = decode(FeedRecord, signed.body)
    if (feed.coalition, feed.device, feed.person) != (certificate.coalition, certificate.device, certificate.person):
        raise AuthenticationError
    return feed


@attrs.frozen
class Accepted:
    """Entries that became authentic, in order of seq; the last one's id is the new head.

    Attributes:
        forks: entries signed by the author that waited for the same places, or after another entry: fork proofs.
    """

    entries: tuple[Entry, ...]
    forks: tuple[Entry, ...] = ()


@attrs.frozen
class Known:
    """The same entry again: idempotent."""


@attrs.frozen
class Waiting:
    """The entry waits.

    Attributes:
        missing: the first seq that must come before it, or 0 if it only lacks a signature that holds; below a bound, the
            seq of the bound.
    """

    missing: int


Outcome = Accepted | Known | Waiting


@attrs.define
class Chain:
    """What one node knows of one feed.

    Attributes:
        author_key: Ed25519 key of the feed's device.
        head_seq, head_id: newest authentic entry; 0 and none before the first.
        bound: up to where it is taken, if not without end.
    """

    author_key: bytes = attrs.field(repr=False)
    head_seq: int = 0
    head_id: bytes = b""
    bound: Bound | None = None
    _waiting: dict[int, dict[bytes, tuple[Entry, bool]]] = attrs.field(factory=dict, repr=False)
    _weight: int = attrs.field(default=0, init=False)
    """Bytes of the entries that wait."""

    @property
    def waiting(self) -> int:
        """Number of entries that wait."""
        return sum(len(candidates) for candidates in self._waiting.values())

    def offer(self, entry: Entry, accepted_id: bytes | None = None) -> Outcome:
        """Take an entry of this feed.

        Args:
            accepted_id: id of the entry already accepted at this seq, if there is one (the store knows).

        Raises:
            ReplayError: a second authentic entry at one (feed, seq), or one that follows it: a fork.
            AuthenticationError: another entry stands at its place, or at the one before, and its signature fails.
            StateError: it is beyond the bound.
            LimitError: too far ahead, or too many wait.
        """
        seq = entry.base.seq
        if seq <= self.head_seq and accepted_id == entry.id:
            return Known()
        if seq <= self.head_seq or self.astray(entry):
            entry.verify(self.author_key)
            raise ReplayError("two entries at one place of a feed", field="seq")
        if self.bound is not None and seq > self.bound.seq:
            raise StateError("beyond what is still taken of this feed", field="seq")
        if seq > self.head_seq + MAX_CREDIT and not self._bound_waits:
            raise LimitError("too far ahead of what is known", field="seq")
        signed = self._holds(entry)
        candidates = self._waiting.setdefault(seq, {})
        known = candidates.get(entry.id)
        if known is not None and (known[1] or not signed):
            return Waiting(self._missing(entry))
        # Counted apart: what others invent leaves room for what the author signed, and an author's forks are bounded.
        if known is None and self._is_full(entry, signed):
            raise LimitError("too many entries wait", field="feed")
        self._weight += len(entry.data) - (len(known[0].data) if known else 0)
        candidates[entry.id] = (entry, signed)
        return self._advance() or Waiting(self._missing(entry))

    def astray(self, entry: Entry) -> bool:
        """Whether it would stand next to the head, and follows another entry."""
        return entry.base.seq == self.head_seq + 1 and entry.base.prev != self.head_id

    @property
    def _bound_waits(self) -> bool:
        """Whether nothing is accepted until the entry that the bound names is here."""
        return self.bound is not None and bool(self.bound.id) and self.head_seq < self.bound.seq

    def _is_full(self, entry: Entry, signed: bool) -> bool:
        if signed and self._bound_waits:
            # Up to a bound there may be any number: they are bounded by what they weigh.
            return self._weight + len(entry.data) > MAX_WAITING_BYTES
        return self._count(signed) >= (MAX_CREDIT if signed else MAX_PARKED_ENTRIES)

    def _count(self, signed: bool) -> int:
        return sum(held is signed for candidates in self._waiting.values() for _, held in candidates.values())

    def _holds(self, entry: Entry) -> bool:
        try:
            entry.verify(self.author_key)
        except AuthenticationError:
            return False
        return True

    def _missing(self, entry: Entry) -> int:
        if self.bound is not None and self._bound_waits:
            return self.bound.seq
        for earlier in range(self.head_seq + 1, entry.base.seq):
            if not self._waiting.get(earlier):
                return earlier
        # Every place is taken, perhaps by an invented entry: the links tell.
        before = self._linked(entry)[0].base.seq - 1
        return before if before > self.head_seq else 0

    def _advance(self) -> Accepted | None:
        """Accept the longest run from the head that ends in a signature that holds."""
        accepted: list[Entry] = []
        forks: list[Entry] = []
        while run := self._next_run():
            accepted.extend(run)
            self.head_seq, self.head_id = run[-1].base.seq, run[-1].id
            forks.extend(self._clear({entry.id for entry in run}))
        return Accepted(tuple(accepted), tuple(forks)) if accepted else None

    def _next_run(self) -> list[Entry]:
        """The shortest run after the head, linked by prev, whose last signature holds; empty if there is none."""
        if not self._waiting.get(self.head_seq + 1):
            return []
        for entry, signed in self._ends():
            if signed and (run := self._linked(entry))[0].base.seq == self.head_seq + 1:
                return run
        return []

    def _ends(self) -> Iterator[tuple[Entry, bool]]:
        """Entries in which a run may end, the nearest first."""
        if self.bound is not None and self._bound_waits:
            last = self._waiting.get(self.bound.seq, {}).get(self.bound.id)
            yield from () if last is None else (last,)
            return
        for seq in sorted(self._waiting):
            yield from self._waiting[seq].values()

    def _linked(self, last: Entry) -> list[Entry]:
        """What is here of the run that ends in an entry, back to the head at most."""
        run = [last]
        while before := self._waiting.get(run[-1].base.seq - 1, {}).get(run[-1].base.prev):
            run.append(before[0])
        return run[::-1]

    def _clear(self, accepted: set[bytes]) -> list[Entry]:
        """Drop what waited for places that are taken, or would follow another entry than the head; the signed of it."""
        forks = []
        for seq in [s for s in self._waiting if s <= self.head_seq + 1]:
            for eid, (entry, signed) in list(self._waiting[seq].items()):
                if seq <= self.head_seq or self.astray(entry):
                    del self._waiting[seq][eid]
                    self._weight -= len(entry.data)
                    if signed and eid not in accepted:
                        forks.append(entry)
            if seq <= self.head_seq:
                del self._waiting[seq]
        return forks
