"""Nodes over bad connections: whatever is cut, delayed, repeated or spoilt, everything arrives once and in order."""

from __future__ import annotations

import random

import pytest

from protocol.exchange.events import InSync
from protocol.exchange.phases import State
from tests.protocol.exchange.nodes import Cable, FakeNode, Traffic, in_order_once, same, traffic


def halves(made: Traffic, count: int) -> tuple[FakeNode, FakeNode]:
    """Two nodes: one has the first feeds, the other the rest."""
    left, right = FakeNode(made.world), FakeNode(made.world)
    for place, feed in enumerate(made.entries):
        (left if place * 2 < len(made.entries) else right).own(feed, made, count)
    for number in range(40):
        (left if number % 3 else right).add_document(4, b"document %d" % number)
    return left, right


@pytest.mark.parametrize("comparing", [True, False])
def test_a_thousand_entries_over_five_feeds_with_cuts(comparing: bool) -> None:
    made = traffic(5, 200)
    left, right = halves(made, 200)
    rng = random.Random(1)
    for _ in range(12):
        cable = Cable(left, right, comparing)
        for _ in range(rng.randrange(20, 300)):
            if cable.quiet:
                break
            cable.step(rng)
        cable.sever()
    Cable(left, right).run()
    assert same(left, right)
    assert len(left.delivered) + len(right.delivered) == 1_000
    assert in_order_once(left)
    assert in_order_once(right)
    assert isinstance(left.log[-1], InSync)
    assert isinstance(right.log[-1], InSync)


@pytest.mark.parametrize("seed", range(12))
def test_connections_that_overlap_break_and_spoil(seed: int) -> None:
    made = traffic(5, 60)
    rng = random.Random(seed)
    left, right = halves(made, 30)
    cables: list[Cable] = []
    for _ in range(2_000):
        cables = [cable for cable in cables if not cable.cut]
        if len(cables) < 3 and rng.random() < 0.02:
            cables.append(Cable(left, right, comparing=rng.random() < 0.8))
        if rng.random() < 0.05:
            feed = rng.choice(list(made.entries))
            # Only its author writes a feed: the side that began with it.
            author = left if list(made.entries).index(feed) * 2 < len(made.entries) else right
            if len(author.feeds[feed]) < 60:
                author.append(made, feed)
        busy = [cable for cable in cables if not cable.quiet]
        if busy:
            rng.choice(busy).step(rng, spoil=0.003)
        if cables and rng.random() < 0.004:
            rng.choice(cables).sever()
    for cable in cables:
        cable.sever()
    Cable(left, right).run()
    assert same(left, right)
    assert in_order_once(left)
    assert in_order_once(right)


@pytest.mark.parametrize("seed", range(4))
def test_three_nodes_in_a_ring(seed: int) -> None:
    made = traffic(5, 60)
    rng = random.Random(seed)
    nodes = [FakeNode(made.world) for _ in range(3)]
    for place, feed in enumerate(made.entries):
        nodes[place % 3].own(feed, made, 60 if place < 3 else 20)
    cables = [Cable(nodes[place], nodes[(place + 1) % 3]) for place in range(3)]
    late = [(nodes[place % 3], feed) for place, feed in enumerate(made.entries) if place >= 3]
    while any(not cable.quiet for cable in cables) or late:
        if late and rng.random() < 0.3:
            node, feed = rng.choice(late)
            node.append(made, feed)
            if len(node.feeds[feed]) == 60:
                late.remove((node, feed))
        for cable in cables:
            cable.collect()
        busy = [cable for cable in cables if not cable.quiet]
        if busy:
            rng.choice(busy).step(rng)
    assert same(nodes[0], nodes[1])
    assert same(nodes[1], nodes[2])
    assert all(in_order_once(node) for node in nodes)
    assert sum(len(node.delivered) for node in nodes) == 5 * 60 * 2


@pytest.mark.parametrize("feeds", [1, 5, 60])
def test_a_second_link_with_nothing_new_has_one_length(feeds: int) -> None:
    made = traffic(feeds, 3)
    left, right = halves(made, 2)
    Cable(left, right).run()
    delivered = len(left.delivered), len(right.delivered)
    again = Cable(left, right).run()
    assert (len(left.delivered), len(right.delivered)) == delivered
    assert again.frames == 6
    assert again.carried < 300  # a greeting, and two fingerprints, each way
    assert all(end.peer_state is end.own_state is State.LIVE for end in again.ends)
    # Both go on from there: an entry and its acknowledgement, and no name of the feed before it.
    feed = next(iter(made.entries))
    left.append(made, feed)
    again.run()
    assert right.feeds[feed][-1].id == made.entries[feed][2].id
    assert again.frames == 8


def test_a_link_with_a_peer_of_the_version_before_lists_everything() -> None:
    made = traffic(5, 60)
    left, right = halves(made, 60)
    Cable(left, right).run()
    again = Cable(left, right, comparing=False).run()
    assert again.frames == 6
    assert 2 * (40 * 37 + 5 * 50) < again.carried < 2 * (40 * 37 + 5 * 64 + 100)
