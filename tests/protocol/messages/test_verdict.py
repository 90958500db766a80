"""Verdicts (SPEC 8.6): what is marked follows from the proofs, in any order of arrival."""

from __future__ import annotations

from contextlib import suppress

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.base.errors import RemoteProtocolError, ReplayError
from protocol.messages.entry import Entry
from protocol.messages.feed import Accepted, Chain
from protocol.messages.verdict import Bound, Branch, Disowning, Mark, Verdict, judge
from tests.protocol.messages.feeds import AUTHOR, FEED, feed

TRUNK = feed(3)
LEFT = feed(6, after=TRUNK, text="left")
RIGHT = feed(6, after=TRUNK, text="right")
LOW = feed(4, after=TRUNK[:1], text="low")


def nothing(_seq: int) -> None:
    return None


def held(chain: list[Entry]) -> object:
    return lambda seq: chain[seq - 1].id if 1 <= seq <= len(chain) else None


def branch(run: list[Entry]) -> Branch:
    return Branch(run[0].base.seq, tuple(entry.id for entry in run), run[0].base.prev)


def revoked(entry: Entry | None, at: int = 100, nation: int = 0) -> Disowning:
    return Disowning(nation, at, {} if entry is None else {FEED: (entry.base.seq, entry.id)})


def test_without_a_proof_nothing_is_marked_and_nothing_bounded() -> None:
    verdict = judge(FEED, nothing, ())
    assert verdict == Verdict(FEED)
    assert not verdict
    assert verdict.bound() is None
    assert not verdict.mark(1, LEFT[0].id)


def test_a_fork_disputes_what_stands_there_and_behind_it() -> None:
    verdict = judge(FEED, nothing, (branch(LEFT[4:]), branch(RIGHT[3:])))
    assert verdict.fork == 4
    marks = [verdict.mark(entry.base.seq, entry.id).disputed for entry in LEFT]
    assert marks == [False, False, False, True, True, True]
    assert verdict.bound() == Bound(3, TRUNK[2].id)


def test_what_is_here_may_show_a_lower_fork_than_the_proof() -> None:
    verdict = judge(FEED, held(LOW), (branch(LEFT[4:]), branch(RIGHT[2:])))  # type: ignore[arg-type]
    assert verdict.fork == 2


def test_a_revocation_disowns_what_is_beyond_its_last_good_entry() -> None:
    verdict = judge(FEED, nothing, (), (revoked(LEFT[3]),))
    assert [verdict.mark(e.base.seq, e.id).disowned is not None for e in LEFT] == [False] * 4 + [True] * 2
    assert verdict.bound() == Bound(4, LEFT[3].id)


def test_another_entry_at_the_last_good_number_is_disowned() -> None:
    verdict = judge(FEED, nothing, (), (revoked(LEFT[3]),))
    assert verdict.mark(4, RIGHT[3].id).disowned == revoked(LEFT[3])


def test_a_feed_that_a_revocation_does_not_name_is_disowned_whole_until_the_device_is_certified_anew() -> None:
    of_another = revoked(None, at=100)
    assert judge(FEED, nothing, (), (of_another,)).mark(1, LEFT[0].id).disowned == of_another
    assert judge(FEED, nothing, (), (of_another,)).bound() == Bound(0, b"")
    assert judge(FEED, nothing, (), (of_another,), certified=101) == Verdict(FEED)
    # What it names stays closed: a device that was certified anew goes on in new feeds.
    named = revoked(LEFT[3], at=100)
    assert judge(FEED, nothing, (), (named,), certified=101).mark(5, LEFT[4].id).disowned == named


def test_of_several_revocations_the_earliest_is_named_and_the_lowest_bounds() -> None:
    early, late = revoked(LEFT[4], at=10), revoked(LEFT[1], at=20, nation=1)
    for order in ((early, late), (late, early)):
        verdict = judge(FEED, nothing, (), order)
        assert verdict.mark(6, LEFT[5].id).disowned == early
        assert verdict.mark(4, LEFT[3].id).disowned == late
        assert verdict.bound() == Bound(2, LEFT[1].id)


def test_a_revocation_lifts_no_dispute() -> None:
    verdict = judge(FEED, nothing, (branch(LEFT[3:]), branch(RIGHT[3:])), (revoked(LEFT[4]),))
    assert [verdict.mark(e.base.seq, e.id) for e in LEFT[3:]] == [Mark(True), Mark(True), Mark(True, revoked(LEFT[4]))]


# ------------------------------------------------------------------------------------------------ in any order

ENTRIES = [*LEFT, *RIGHT[3:], *LOW[1:]]


@attrs.define
class Reader:
    """A node as far as verdicts go: it takes entries, proofs and revocations as they come, and tells what it saw."""

    chain: Chain = attrs.field(factory=lambda: Chain(AUTHOR.public().ed25519))
    accepted: list[Entry] = attrs.field(factory=list)
    branches: set[Branch] = attrs.field(factory=set)
    disownings: set[int] = attrs.field(factory=set)

    @property
    def verdict(self) -> Verdict:
        return judge(FEED, self.held, self.branches, [REVOCATIONS[index] for index in self.disownings])

    def held(self, seq: int) -> bytes | None:
        return self.accepted[seq - 1].id if 1 <= seq <= len(self.accepted) else None

    def take(self, news: Entry | Branch | int) -> None:
        if isinstance(news, Entry):
            self._entry(news)
        elif isinstance(news, Branch):
            self.branches.add(news)
        else:
            self.disownings.add(news)

    def _entry(self, entry: Entry) -> None:
        self.chain.bound = self.verdict.bound()
        try:
            outcome = self.chain.offer(entry, self.held(entry.base.seq))
        except ReplayError:
            self.tell(entry)
            return
        except RemoteProtocolError:
            return
        if isinstance(outcome, Accepted):
            self.accepted += outcome.entries
            for fork in outcome.forks:
                self.tell(fork)

    def tell(self, fork: Entry) -> None:
        self.branches |= {branch([fork]), branch(self.accepted)}

    @property
    def shown(self) -> list[str]:
        """Names of the unmarked entries."""
        verdict = self.verdict
        return [NAMES[e.id] for e in self.accepted if not verdict.mark(e.base.seq, e.id)]


NAMES = {
    entry.id: f"{name} {entry.base.seq}"
    for name, entries in (("right", RIGHT), ("low", LOW), ("left", LEFT))
    for entry in entries
}
REVOCATIONS = (revoked(LEFT[4]), revoked(LEFT[2], at=200), revoked(None, at=300))

NEWS: dict[str, Entry | int] = {NAMES[entry.id]: entry for entry in ENTRIES} | {
    f"revoked {index}": index for index in range(len(REVOCATIONS))
}


def meet(one: Reader, other: Reader) -> None:
    """A link between them: proofs and revocations first, then entries, until nothing is new."""
    before = None
    while before != (before := [(r.branches.copy(), r.shown, len(r.accepted)) for r in (one, other)]):
        if _parted(one, other):  # their heads show it
            one.branches |= {branch(one.accepted), branch(other.accepted)}
        one.branches |= other.branches
        one.disownings |= other.disownings
        other.branches, other.disownings = set(one.branches), set(one.disownings)
        for entry in (*one.accepted, *other.accepted):
            one.take(entry)
            other.take(entry)


def _parted(one: Reader, other: Reader) -> bool:
    return any(a.id != b.id for a, b in zip(one.accepted, other.accepted, strict=False))


@settings(max_examples=100)
@given(data=st.data())
def test_the_unmarked_entries_are_the_same_whatever_came_first(data: st.DataObject) -> None:
    """Two nodes are told the same in two orders, and meet on the way: in the end they show the same."""
    known = [name for name in NEWS if name.startswith("left")]
    for kind in data.draw(st.lists(st.sampled_from(["right", "low", "revoked"]), unique=True)):
        known += [name for name in NEWS if name.startswith(kind)]
    readers = (Reader(), Reader())
    orders = [data.draw(st.permutations(known)) for _ in readers]
    midway = data.draw(st.integers(0, len(known)))
    for part in (slice(0, midway), slice(midway, None)):
        seen = []
        for reader, order in zip(readers, orders, strict=True):
            for name in order[part]:
                reader.take(NEWS[name])
            seen.append([entry.id for entry in reader.accepted])
        meet(*readers)
        for reader, before in zip(readers, seen, strict=True):
            # Nothing that was accepted has gone.
            assert [entry.id for entry in reader.accepted][: len(before)] == before
    for reader, order in zip(readers, orders, strict=True):
        for name in order:  # peers answer what is asked for again
            reader.take(NEWS[name])
    meet(*readers)
    assert readers[0].shown == readers[1].shown
    assert readers[0].verdict.fork == readers[1].verdict.fork


@pytest.mark.parametrize("index", range(len(REVOCATIONS)))
def test_after_a_revocation_what_is_new_and_not_named_is_refused(index: int) -> None:
    reader = Reader()
    reader.take(index)
    last = REVOCATIONS[index].heads.get(FEED, (0, b""))[0]
    for entry in (*RIGHT, *LOW, *LEFT):
        with suppress(RemoteProtocolError):
            reader.take(entry)
    assert reader.accepted == LEFT[:last]
