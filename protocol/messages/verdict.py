"""What is held against a feed (SPEC 8.6): forks and revocations mark entries, they do not unmake them.

A fork is two entries of one author at one (feed, number): what stands there and behind it is DISPUTED. A revocation
names the last good entry of each feed of a device: what is beyond it is DISOWNED.

`judge` is a pure fold over what is known, in any order: what is marked follows from the proofs, never from which entry
came first. Below a fork all branches are one, so every node that knows the same proofs has the same unmarked entries.

Rule 1: a revocation lifts no dispute: a nation must not choose afterwards which of two signed orders it gave.
Rule 2: a fork ends its feed, not its device: only what a proof names can be marked everywhere alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

Held = Callable[[int], bytes | None]
"""The id of the entry that a node holds at a number of the feed, if it holds one."""


@attrs.frozen
class Branch:
    """Entries of a feed that are linked, and of which the last is signed: its author's own word about his feed.

    Attributes:
        first: number of the first of them. ids: 32 bytes each, in order. before: id of the entry before, or none.
    """

    first: int
    ids: tuple[bytes, ...]
    before: bytes

    def facts(self) -> Iterator[tuple[int, bytes]]:
        """(number, id) of every place that it speaks of."""
        if self.first > 1:
            yield self.first - 1, self.before
        yield from enumerate(self.ids, self.first)


@attrs.frozen
class Disowning:
    """What a nation says when it revokes a device.

    Attributes:
        nation: charter index. at: since when.
        heads: the last good entry of each feed that has one: its number and id. Of other feeds there is none.
    """

    nation: int
    at: int
    heads: Mapping[bytes, tuple[int, bytes]]


@attrs.frozen
class Bound:
    """Up to where a feed is still taken: what the entry of that number and id is linked to; without id, by number."""

    seq: int
    id: bytes


@attrs.frozen
class Mark:
    """What is held against one entry.

    Attributes:
        disputed: another entry of its author stands at its number, or at an earlier one.
        disowned: its nation disowns it; of several such revocations the earliest.
    """

    disputed: bool = False
    disowned: Disowning | None = None

    def __bool__(self) -> bool:
        return self.disputed or self.disowned is not None


@attrs.frozen
class Verdict:
    """What is held against one feed.

    Attributes:
        feed: 16 bytes.
        fork: the lowest number at which two entries are known; 0: none is.
        before: id of the entry before those, where it is known.
        disownings: revocations of its device that concern it, the earliest first.
    """

    feed: bytes
    fork: int = 0
    before: bytes = b""
    disownings: tuple[Disowning, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fork or self.disownings)

    def mark(self, seq: int, entry: bytes) -> Mark:
        """What is held against one entry that is here."""
        beyond = (d for d in self.disownings if _beyond(d.heads.get(self.feed), seq, entry))
        return Mark(bool(self.fork) and seq >= self.fork, next(beyond, None))

    def bound(self) -> Bound | None:
        """Up to where entries that are not here yet are still taken; None: without end."""
        if self.disownings:
            return min((Bound(*d.heads.get(self.feed, (0, b""))) for d in self.disownings), key=lambda b: (b.seq, b.id))
        return Bound(self.fork - 1, self.before) if self.fork else None


def judge(
    feed: bytes, held: Held, branches: Iterable[Branch], disownings: Iterable[Disowning] = (), certified: int = 0
) -> Verdict:
    """Fold what is known of a feed.

    Args:
        held: the chain that is here.
        branches: those of the fork proofs of this feed.
        disownings: revocations of its device.
        certified: since when the device's certificate counts: a device that was certified anew goes on in new feeds.
    """
    said: dict[int, set[bytes]] = {}
    for branch in branches:
        for seq, entry in branch.facts():
            said.setdefault(seq, set()).add(entry)
    for seq, ids in said.items():
        here = held(seq)
        if here is not None:
            ids.add(here)
    fork = min((seq for seq, ids in said.items() if len(ids) > 1), default=0)
    before = held(fork - 1) or next(iter(said.get(fork - 1, ())), b"") if fork > 1 else b""
    counted = (d for d in disownings if feed in d.heads or d.at >= certified)
    return Verdict(feed, fork, before, tuple(sorted(counted, key=lambda d: (d.at, d.nation))))


def _beyond(last: tuple[int, bytes] | None, seq: int, entry: bytes) -> bool:
    return last is None or seq > last[0] or (seq == last[0] and entry != last[1])
