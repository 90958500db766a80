"""Comparing what two sides hold, by fingerprints of ranges (SPEC 9.7): what is the same on both is never listed.

    each side says how many items it has, and their fingerprint; where both say the same, it is the same
    a range that differs is parted in sixteen, by the next four bits of its items, and compared again
    a small one, and one that is empty on one side, is listed by both

Items are control documents by their hash, and feeds with number and id of their head: all begin with bits that a hash drew,
so that the parts are of about one size. Both sides come to the same parts by the same rules, round by round: no side leads.

Rule 1: a fingerprint is keyed by the session and tells its sender's end, so that none can be prepared, and none sent back.
Rule 2: a round that would part too much, and the last, lists what differs instead: listing is always right, and only longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from protocol.base.crypto import digest
from protocol.base.errors import StateError
from protocol.base.ids import Person
from protocol.base.limits import COMPARE_LISTED, COMPARE_ROUNDS, MAX_COMPARED
from protocol.exchange.messages import Compare, Head, Holding
from protocol.exchange.proof import End

PARTS: Final = 16
DOCUMENTS: Final = 0
FEEDS: Final = 1


@attrs.frozen
class Binding:
    """Which session this is: what makes its fingerprints its own.

    Attributes:
        exporter: 32 bytes of the TLS exporter.
        end: ours.
    """

    exporter: bytes = attrs.field(repr=False)
    end: End


def fingerprint(exporter: bytes, end: End, subject: int, items: Iterable[bytes]) -> bytes:
    """What the `end` says of the items of a range; 16 bytes.

    Args:
        subject: `DOCUMENTS`, items of 32 bytes, or `FEEDS`, of 56.
        items: in ascending order.
    """
    return digest(Person.RANGE, bytes([end, subject]), *items, key=exporter, size=16)


def feed_item(head: Head) -> bytes:
    """A feed as it is compared: id, number in 8 bytes, id of the entry there; 56 bytes."""
    return head.feed + head.seq.to_bytes(8, "big") + head.id


def feed_head(item: bytes) -> Head:
    """The feed of such an item."""
    return Head(item[:16], int.from_bytes(item[16:24], "big"), item[24:])


@attrs.define
class Comparison:
    """Documents, or feeds, of two sides.

    Attributes:
        agreed: items of ours that the peer has too, as far as is known.
        same: nothing differed, once it is done.
        begun: we have said what we hold. done: what is not agreed is to be listed.
    """

    binding: Binding = attrs.field(repr=False)
    subject: int
    agreed: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    same: bool = attrs.field(default=True, init=False)
    begun: bool = attrs.field(default=False, init=False)
    done: bool = attrs.field(default=False, init=False)
    _rounds: int = attrs.field(default=0, init=False)
    _open: list[list[bytes]] = attrs.field(factory=list, init=False, repr=False)
    """Our items in each range of this round."""
    _expected: int = attrs.field(default=1, init=False)
    _said: tuple[Holding, ...] = attrs.field(default=(), init=False)
    _heard: tuple[Holding, ...] = attrs.field(default=(), init=False)

    def begin(self, items: Iterable[bytes]) -> Compare:
        """What we say first: of all that we hold."""
        self.begun = True
        return self._say([sorted(items)])

    def hear(self, ranges: tuple[Holding, ...]) -> None:
        """The peer says its part of a round.

        Raises:
            StateError: it is not its turn, or it speaks of other ranges.
        """
        if self.done or self._heard or len(ranges) != self._expected:
            raise StateError("does not belong to this round", field="ranges")
        self._heard = ranges

    def go_on(self) -> Compare | None:
        """What we say next, once both have said their part of a round; None: it is not our turn, or it is done."""
        if self.done or not self._said or not self._heard:
            return None
        differing = []
        for items, ours, theirs in zip(self._open, self._said, self._heard, strict=True):
            if theirs == Holding(ours.count, self._fingerprint(self.binding.end.other, items)):
                self.agreed.update(items)
            else:
                self.same = False
                few = not ours.count or not theirs.count or max(ours.count, theirs.count) <= COMPARE_LISTED
                if not few:
                    differing.append(items)
        self._said = self._heard = ()
        if not differing or len(differing) * PARTS > MAX_COMPARED or self._rounds == COMPARE_ROUNDS:
            self.done, self._open = True, []
            return None
        return self._say([part for items in differing for part in _parts(items, self._rounds - 1)])

    def _say(self, ranges: Sequence[list[bytes]]) -> Compare:
        self._rounds += 1
        self._open, self._expected = list(ranges), len(ranges)
        self._said = tuple(Holding(len(items), self._fingerprint(self.binding.end, items)) for items in ranges)
        return Compare(self._said)

    def _fingerprint(self, end: End, items: Iterable[bytes]) -> bytes:
        return fingerprint(self.binding.exporter, end, self.subject, items)


def _parts(items: Iterable[bytes], depth: int) -> list[list[bytes]]:
    """A range in sixteen, by the four bits at this depth."""
    parts: list[list[bytes]] = [[] for _ in range(PARTS)]
    for item in items:
        parts[item[depth // 2] >> (0 if depth % 2 else 4) & 15].append(item)
    return parts
