"""Feeds for tests of chains: entries of one author, with signatures that hold or not, and what others invent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from protocol.base.codec import pack
from protocol.base.errors import ReplayError
from protocol.base.ids import Tag
from protocol.base.signed import SigningKey
from protocol.messages.entry import Entry, EntryBase, read_entry, seal_entry
from protocol.messages.feed import Accepted, Chain, Outcome

AUTHOR = SigningKey(b"author" + bytes(26))
RELAY = SigningKey(b"relay" + bytes(27))
FEED = b"f" * 16
TEK = b"t" * 32


def entry(seq: int, prev: bytes, text: str = "", *, key: SigningKey = AUTHOR) -> Entry:
    base = EntryBase(1, 0, FEED, seq, prev, b"e" * 32)
    return seal_entry(base, (text or f"entry {seq}").encode(), TEK, key.ed25519)


def garbled(good: Entry, signature: bytes = b"\x07" * 64) -> Entry:
    """The same entry, so with the same id, under another signature."""
    return read_entry(pack((int(Tag.ENTRY), good.base_data, good.salt, good.ct, signature)))


def feed(length: int, *, after: Sequence[Entry] = (), garbage: Iterable[int] = (), text: str = "") -> list[Entry]:
    """A feed up to `length`, which continues `after`; the author signs those at `garbage` with nonsense."""
    made = list(after)
    for seq in range(len(made) + 1, length + 1):
        one = entry(seq, made[-1].id if made else b"", text and f"{text} {seq}")
        made.append(garbled(one) if seq in set(garbage) else one)
    return made


@attrs.define
class Receiver:
    """A chain with its store: what was accepted by seq, and the forks that were seen."""

    chain: Chain = attrs.field(factory=lambda: Chain(AUTHOR.public().ed25519))
    accepted: list[Entry] = attrs.field(factory=list)
    forks: set[bytes] = attrs.field(factory=set)

    @property
    def ids(self) -> list[bytes]:
        return [one.id for one in self.accepted]

    def offer(self, one: Entry) -> Outcome:
        seq = one.base.seq
        known = self.accepted[seq - 1].id if seq <= len(self.accepted) else None
        try:
            outcome = self.chain.offer(one, known)
        except ReplayError:
            self.forks.add(one.id)
            raise
        if isinstance(outcome, Accepted):
            self.accepted.extend(outcome.entries)
            self.forks.update(fork.id for fork in outcome.forks)
        assert (self.chain.head_seq, self.chain.head_id) == (len(self.accepted), self.ids[-1] if self.ids else b"")
        return outcome
