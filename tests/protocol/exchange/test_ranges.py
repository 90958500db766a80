"""Comparing by fingerprints: what is the same is found without a list, what differs is never missed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.errors import LocalProtocolError, StateError
from protocol.base.limits import COMPARE_LISTED, COMPARE_ROUNDS
from protocol.base.records import encode
from protocol.exchange import events as ev
from protocol.exchange.messages import (
    Compare,
    Document,
    Head,
    Heads,
    Hello,
    Holding,
    Inventory,
    Item,
    Push,
    WantDocuments,
    document_hash,
)
from protocol.exchange.phases import State
from protocol.exchange.proof import End
from protocol.exchange.ranges import DOCUMENTS, FEEDS, Binding, Comparison, feed_head, feed_item, fingerprint
from protocol.exchange.session import LocalHead, SyncSettings
from protocol.exchange.states import Step
from protocol.exchange.sync import Sync
from tests.protocol.exchange.nodes import CHARTER, Cable, FakeNode, traffic
from tests.protocol.exchange.test_sync import FEED, HASH, receive, refused, sent

SESSION = bytes(range(32))
HELLO = Hello((1, 2), (1,), CHARTER, False)


def compared(ours: set[bytes], theirs: set[bytes]) -> tuple[Comparison, Comparison, int, int]:
    """Both sides once they are done, the rounds that it took, and the bytes that one of them said."""
    left, right = (Comparison(Binding(SESSION, end), DOCUMENTS) for end in End)
    said: tuple[Compare | None, Compare | None] = (left.begin(ours), right.begin(theirs))
    rounds = size = 0
    while said[0] is not None and said[1] is not None:
        rounds, size = rounds + 1, size + len(encode(said[0]))
        left.hear(said[1].ranges)
        right.hear(said[0].ranges)
        said = left.go_on(), right.go_on()
    assert said == (None, None)
    assert left.done
    assert right.done
    return left, right, rounds, size


def some(draw: random.Random, count: int) -> set[bytes]:
    return {draw.randbytes(32) for _ in range(count)}


few = st.sets(st.binary(min_size=32, max_size=32), max_size=40)
near = st.sets(st.binary(min_size=1, max_size=1).map(lambda end: bytes(31) + end), max_size=60)
"""Whose first 31 bytes are the same: somebody searched for such."""


@given(both=few | near, left=few | near, right=few | near)
def test_what_is_agreed_is_on_both_sides_and_what_differs_is_listed(
    both: set[bytes], left: set[bytes], right: set[bytes]
) -> None:
    ours, theirs = both | left, both | right
    one, other, rounds, _ = compared(ours, theirs)
    assert one.agreed == other.agreed <= ours & theirs
    assert one.same is other.same is (ours == theirs)
    assert rounds <= COMPARE_ROUNDS


@pytest.mark.parametrize("count", [0, 1, 10, 10_000])
def test_what_is_the_same_takes_one_round_of_one_length(count: int) -> None:
    held = some(random.Random(1), count)
    one, _, rounds, size = compared(held, held)
    assert one.same
    assert one.agreed == held
    assert rounds == 1
    assert size <= 26


def test_one_thing_among_ten_thousand_is_found_in_four_rounds() -> None:
    draw = random.Random(2)
    held = some(draw, 10_000)
    new = draw.randbytes(32)
    one, other, rounds, size = compared(held, held | {new})
    assert (held | {new}) - other.agreed >= {new}
    assert len(held - one.agreed) <= COMPARE_LISTED
    assert rounds == 4
    assert size < 1_100


@pytest.mark.parametrize("other", [0, 300])
def test_where_nearly_everything_differs_it_is_listed_soon(other: int) -> None:
    draw = random.Random(3)
    one, _, rounds, _ = compared(some(draw, 300), some(draw, other))
    assert one.agreed == set()
    assert rounds == (2 if other else 1)


def test_things_that_somebody_made_to_lie_side_by_side_end_after_the_last_round() -> None:
    near = {bytes(31) + bytes([end]) for end in range(200)}
    one, _, rounds, _ = compared(near, near | {bytes(31) + b"\xff"})
    assert rounds == COMPARE_ROUNDS
    assert one.agreed == set()


def test_a_fingerprint_is_of_one_session_one_end_and_one_subject() -> None:
    said = {
        fingerprint(session, end, subject, [HASH])
        for session in (SESSION, bytes(32))
        for end in End
        for subject in (DOCUMENTS, FEEDS)
    }
    assert len(said) == 8


def test_our_own_fingerprint_sent_back_agrees_with_nothing() -> None:
    """Nobody passes for a holder of what he never saw."""
    comparison = Comparison(Binding(SESSION, End.DIALLER), DOCUMENTS)
    comparison.hear(comparison.begin({HASH}).ranges)
    assert comparison.go_on() is None
    assert not comparison.same
    assert comparison.agreed == set()


def test_a_feed_is_compared_with_its_head() -> None:
    head = Head(FEED, 2**40, HASH)
    assert feed_head(feed_item(head)) == head
    assert len(feed_item(head)) == 56


# ------------------------------------------------------------------------------------------------ over a link


def side(end: End = End.DIALLER, have: frozenset[bytes] = frozenset()) -> Sync:
    sync = Sync(SyncSettings(CHARTER, (1,), (1,), False, have.__contains__, binding=Binding(SESSION, end)))
    sync.start()
    return sync


def peer(subject: int, *items: bytes) -> Compare:
    """What a responder says first, who holds these."""
    return Comparison(Binding(SESSION, End.RESPONDER), subject).begin(items)


def greeted() -> Sync:
    sync = side()
    receive(sync, HELLO)
    return sync


def listed(*heads: LocalHead) -> Sync:
    """Documents are settled, and our heads are told."""
    sync = greeted()
    sync.offer_inventory([])
    receive(sync, peer(DOCUMENTS))
    sync.offer_heads(heads)
    return sync


def test_where_all_is_the_same_nothing_is_listed() -> None:
    sync = greeted()
    assert sent(sync.offer_inventory([(4, HASH)])) == [
        Comparison(Binding(SESSION, End.DIALLER), DOCUMENTS).begin([HASH])
    ]
    step = receive(sync, peer(DOCUMENTS, HASH))
    assert step == Step((), (ev.DocumentsComplete(),))
    assert (sync.own_state, sync.peer_state) == (State.LISTED, State.LISTED)
    head = Head(FEED, 3, HASH)
    assert [type(message) for message in sent(sync.offer_heads([LocalHead(FEED, 3, HASH)]))] == [Compare]
    step = receive(sync, peer(FEEDS, feed_item(head)))
    assert step == Step((), (ev.PeerHeads((head,)), ev.InSync()))
    assert (sync.own_state, sync.peer_state) == (State.LIVE, State.LIVE)


def test_the_peer_may_be_first() -> None:
    sync = side()
    assert receive(sync, HELLO, peer(DOCUMENTS)).events == ()
    step = sync.offer_inventory([])
    assert step.events == (ev.DocumentsComplete(),)
    assert receive(sync, peer(FEEDS)) == Step()
    assert sync.offer_heads([]).events == (ev.InSync(),)


def test_what_may_differ_is_listed_and_asked_for() -> None:
    name = document_hash(b"new")
    sync = greeted()
    sync.offer_inventory([(4, HASH)])
    assert sent(receive(sync, peer(DOCUMENTS, name))) == [Inventory((Item(4, HASH),), True)]
    assert sent(receive(sync, Inventory((Item(4, name),), True))) == [WantDocuments((name,))]
    assert receive(sync, Document(name, b"new")).events[-1] == ev.DocumentsComplete()
    sync.offer_heads([LocalHead(FEED, 3, HASH)])
    assert sent(receive(sync, peer(FEEDS, feed_item(Head(FEED, 4, HASH))))) == [Heads((Head(FEED, 3, HASH),), True)]
    assert receive(sync, Heads((Head(FEED, 4, HASH),), True)).events == (ev.PeerHeads((Head(FEED, 4, HASH),)),)


def test_what_comes_up_meanwhile_is_told_after_it() -> None:
    later = bytes(32)
    sync = greeted()
    sync.offer_inventory([(4, HASH)])
    assert sync.offering
    assert sync.offer_inventory([(4, later)]) == Step()
    assert sent(receive(sync, peer(DOCUMENTS, HASH))) == [Inventory((Item(4, later),), True)]
    other = bytes(16)
    sync.offer_heads([LocalHead(FEED, 3, HASH)])
    assert sync.local_head(other, 1, HASH) == Step()
    assert sync.local_head(FEED, 4, bytes(32)) == Step()
    step = receive(sync, peer(FEEDS, feed_item(Head(FEED, 3, HASH))))
    assert sent(step) == [Heads((Head(other, 1, HASH),), True)]
    # Both begin where both stand: the entry that is new since is pushed, and no name of the feed goes before it.
    assert ev.NeedEntries(FEED, 4, 1) in step.events


def test_after_an_agreement_a_feed_goes_on_in_both_directions() -> None:
    ((feed, entries),) = traffic(1, 4).entries.items()
    sync = listed(LocalHead(feed, 2, entries[1].id))
    receive(sync, peer(FEEDS, feed_item(Head(feed, 2, entries[1].id))))
    assert receive(sync, Push(entries[2].data)).events == (ev.EntryReceived(entries[2]),)
    refused(sync, StateError, Heads((Head(feed, 3, entries[2].id),), True))  # it is named already


@pytest.mark.parametrize(
    "messages",
    [
        (peer(DOCUMENTS), peer(DOCUMENTS)),
        (Compare((Holding(0, bytes(16)),) * 2),),
        (Inventory((), True),),
        (Inventory((), False),),
    ],
)
def test_what_is_out_of_turn_is_refused(messages: tuple[object, ...]) -> None:
    refused(greeted(), StateError, *messages)


def test_heads_do_not_come_before_their_comparison_and_none_comes_after() -> None:
    refused(listed(), StateError, Heads((), True))
    sync = listed()
    receive(sync, peer(FEEDS))
    refused(sync, StateError, peer(FEEDS))


def test_a_round_has_as_many_ranges_as_both_know() -> None:
    sync = greeted()
    held = sorted(some(random.Random(4), 100))
    sync.offer_inventory((4, name) for name in held)
    (round_two,) = sent(receive(sync, peer(DOCUMENTS, *held[1:])))
    assert isinstance(round_two, Compare)
    assert len(round_two.ranges) == 16
    refused(sync, StateError, Compare(round_two.ranges[:15]))


def test_a_peer_of_version_one_says_no_comparison() -> None:
    sync = side()
    receive(sync, Hello((1,), (1,), CHARTER, False))
    assert sent(sync.offer_inventory([(4, HASH)])) == [Inventory((Item(4, HASH),), True)]
    refused(sync, StateError, peer(DOCUMENTS))


def test_heads_are_offered_once() -> None:
    sync = listed()
    with pytest.raises(LocalProtocolError):
        sync.offer_heads([])


@pytest.mark.parametrize("seed", range(6))
def test_nodes_that_share_most_come_to_the_same(seed: int) -> None:
    draw = random.Random(seed)
    made = traffic(60, 3)
    left, right = FakeNode(made.world), FakeNode(made.world)
    for feed in made.entries:
        for node in (left, right):
            if draw.random() < 0.97:
                node.own(feed, made, draw.choice([3, 3, 3, 3, 3, 2]))
    for number in range(300):
        for node in (left, right):
            if draw.random() < 0.995:
                node.add_document(4, b"document %d" % number)
    cable = Cable(left, right).run(draw)
    assert left.feeds.keys() == right.feeds.keys()
    assert left.documents.keys() == right.documents.keys()
    assert all(left.feeds[feed][-1].id == right.feeds[feed][-1].id for feed in left.feeds)
    assert isinstance(left.log[-1], ev.InSync)
    assert isinstance(right.log[-1], ev.InSync)
    listing = Cable(left, right, comparing=False).run(draw)
    assert listing.carried > 24_000
    assert Cable(left, right).run(draw).carried < 300 < cable.carried
