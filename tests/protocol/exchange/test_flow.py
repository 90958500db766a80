"""The flow of entries: who pushes what, in which order, within which credit."""

from __future__ import annotations

import random

import pytest

from protocol.base.errors import LimitError, LocalProtocolError, StateError
from protocol.base.limits import MAX_CREDIT, MAX_FEEDS, MAX_HEADS, MAX_WANTS, MAX_WANTS_WAITING
from protocol.exchange import events as ev
from protocol.exchange.flow import BATCH, RESERVE
from protocol.exchange.messages import Ack, Head, Heads, Push, WantEnvelopes
from protocol.exchange.session import LocalHead
from protocol.exchange.states import Step
from protocol.exchange.sync import Sync
from protocol.exchange.wants import Wants
from protocol.messages.entry import Entry
from protocol.trust.credential import Precedence
from tests.protocol.exchange.nodes import Cable, FakeNode, traffic
from tests.protocol.exchange.test_sync import FEED, HASH, live, receive, refused, sent

FLASH, ROUTINE = int(Precedence.FLASH), int(Precedence.ROUTINE)


def one_feed(length: int) -> tuple[bytes, tuple[Entry, ...]]:
    ((feed, entries),) = traffic(1, length).entries.items()
    return feed, entries


def needs(step: Step[ev.SyncEvent]) -> list[ev.NeedEntries]:
    return [event for event in step.events if isinstance(event, ev.NeedEntries)]


def give(sync: Sync, need: ev.NeedEntries, entries: tuple[Entry, ...]) -> Step[ev.SyncEvent]:
    wanted = entries[need.start - 1 : need.start - 1 + need.count]
    return sync.entries(need.feed, [entry.data for entry in wanted])


def head(feed: bytes, entries: tuple[Entry, ...], count: int) -> Head:
    return Head(feed, count, entries[count - 1].id)


# ------------------------------------------------------------------------------------------------ sending


def test_what_the_peer_lacks_is_needed_from_its_head_on() -> None:
    feed, entries = one_feed(10)
    sync = live(LocalHead(feed, 10, entries[9].id), theirs=(head(feed, entries, 4),))
    step = sync.entries(feed, [entry.data for entry in entries[4:10]])
    assert sent(step) == [Push(entry.data) for entry in entries[4:10]]
    assert receive(sync, Ack(feed, 10, False)).events == (ev.PeerAcked(feed, 10), ev.InSync())


def test_another_id_at_one_number_is_shown_once() -> None:
    """Both hold three entries, and the third is not the same: neither lacks anything, and both must see it."""
    feed, entries = one_feed(4)
    sync = live(LocalHead(feed, 3, entries[2].id), theirs=(Head(feed, 3, HASH),))
    step = give(sync, ev.NeedEntries(feed, 3, 1), entries)
    assert sent(step) == [Push(entries[2].data)]
    assert ev.InSync() in step.events
    # It takes no credit, and what follows goes its way.
    assert needs(sync.local_head(feed, 4, entries[3].id)) == [ev.NeedEntries(feed, 4, 1)]
    same = live(LocalHead(feed, 3, entries[2].id), theirs=(head(feed, entries, 3),))
    with pytest.raises(LocalProtocolError):
        give(same, ev.NeedEntries(feed, 3, 1), entries)


def test_credit_bounds_what_is_not_acknowledged() -> None:
    feed, entries = one_feed(400)
    sync = live(LocalHead(feed, 400, entries[399].id))
    pushed: list[bytes] = []
    (need,) = needs(sync.local_head(FEED, 1, HASH, FLASH))  # the first need of `feed` was in the step before
    assert need == ev.NeedEntries(FEED, 1, 1)
    step = give(sync, ev.NeedEntries(feed, 1, BATCH), entries)
    while needs(step):
        pushed.extend(step.send)
        (need,) = needs(step)
        step = give(sync, need, entries)
    pushed.extend(step.send)
    # One entry of FLASH is asked for, and each precedence leaves its share to those above.
    assert len(pushed) == MAX_CREDIT - 3 * RESERVE - 1
    assert needs(receive(sync, Ack(feed, 10, False))) == [ev.NeedEntries(feed, len(pushed) + 1, 10)]


def test_higher_precedence_overtakes_at_the_next_batch() -> None:
    made = traffic(2, 300)
    (slow, slow_entries), (fast, fast_entries) = made.entries.items()
    sync = live(LocalHead(slow, 300, slow_entries[299].id))
    step = give(sync, ev.NeedEntries(slow, 1, BATCH), slow_entries)
    while needs(step):
        step = give(sync, needs(step)[0], slow_entries)
    # The credit of ROUTINE is used up; FLASH has some left.
    assert needs(sync.local_head(fast, 2, fast_entries[1].id, FLASH)) == [ev.NeedEntries(fast, 1, 2)]
    assert [type(message) for message in sent(sync.local_head(FEED, 1, HASH, ROUTINE))] == [Heads]


def test_feeds_of_one_precedence_take_turns() -> None:
    made = traffic(2, 300)
    left, right = FakeNode(made.world), FakeNode(made.world)
    for feed in made.entries:
        left.own(feed, made, 300)
        right.own(feed, made, 1)
    Cable(left, right).run(until=lambda: len(right.delivered) >= 4 * BATCH)
    shares = [sum(feed == one for feed, _ in right.delivered) for one in made.entries]
    assert abs(shares[0] - shares[1]) <= BATCH


def test_a_feed_has_the_precedence_of_the_highest_that_waits_in_it() -> None:
    made = traffic(3, 40, (0,))
    feeds = list(made.entries)
    sync = live(*(LocalHead(feed, 30, made.entries[feed][29].id, n) for n, feed in enumerate(feeds)))
    raised = sync.local_head(feeds[0], 31, made.entries[feeds[0]][30].id, FLASH)
    assert needs(raised) == []  # it is asked for already, at 30
    step = give(sync, ev.NeedEntries(feeds[0], 1, 30), made.entries[feeds[0]])
    assert needs(step) == [ev.NeedEntries(feeds[0], 31, 1)]


def test_an_acknowledgement_from_elsewhere_is_skipped_to() -> None:
    feed, entries = one_feed(10)
    sync = live(LocalHead(feed, 10, entries[9].id))
    receive(sync, Ack(feed, 6, False))
    step = give(sync, ev.NeedEntries(feed, 1, 10), entries)
    assert sent(step) == [Push(entry.data) for entry in entries[6:]]


def test_a_store_that_has_nothing_is_not_asked_again_until_there_is_more() -> None:
    feed, entries = one_feed(10)
    sync = live(LocalHead(feed, 9, entries[8].id))
    dry = sync.entries(feed, [])
    assert dry.send == ()
    assert [type(event) for event in dry.events] == [ev.InSync]
    assert sync.local_head(feed, 9, entries[8].id) == Step()
    assert needs(sync.local_head(feed, 10, entries[9].id)) == [ev.NeedEntries(feed, 1, 10)]


def test_a_store_may_give_less_than_is_needed() -> None:
    made = traffic(2, 100)
    left, right = FakeNode(made.world, batch=3), FakeNode(made.world)
    for feed in made.entries:
        left.own(feed, made, 100)
    Cable(left, right).run()
    assert len(right.delivered) == 200


def test_our_store_gives_what_was_asked_for() -> None:
    feed, entries = one_feed(10)
    for wrong in (
        [entries[1].data],
        [b"no entry"],
        [entry.data for entry in entries] + [entries[9].data],
        [traffic(2, 10).entries[list(traffic(2, 10).entries)[1]][0].data],
    ):
        sync = live(LocalHead(feed, 10, entries[9].id))
        with pytest.raises(LocalProtocolError):
            sync.entries(feed, wrong)
    for machine in (live(), live(LocalHead(feed, 10, entries[9].id), theirs=(head(feed, entries, 10),))):
        with pytest.raises(LocalProtocolError):
            machine.entries(feed, [])


def test_heads_of_ours_are_checked() -> None:
    for seq, precedence in ((0, 0), (1, 4), (1, -1)):
        with pytest.raises(LocalProtocolError):
            live().local_head(FEED, seq, HASH, precedence)
    sync = live()
    for number in range(MAX_FEEDS):
        sync.local_head(number.to_bytes(16, "big"), 1, HASH)
    with pytest.raises(LocalProtocolError):
        sync.local_head(bytes([255]) * 16, 1, HASH)


def test_a_new_feed_is_named_before_it_is_pushed_and_once() -> None:
    feed, entries = one_feed(3)
    sync = live()
    step = sync.local_head(feed, 1, entries[0].id)
    assert sent(step) == [Heads((head(feed, entries, 1),), True)]
    assert needs(step) == [ev.NeedEntries(feed, 1, 1)]
    assert sync.local_head(feed, 2, entries[1].id).send == ()


def test_a_feed_that_the_peer_has_is_acknowledged_not_named() -> None:
    feed, entries = one_feed(3)
    sync = live(theirs=(head(feed, entries, 3),))
    assert sent(sync.local_head(feed, 2, entries[1].id)) == [Ack(feed, 2, False)]
    step = sync.stored(feed, 3)
    assert sent(step) == [Ack(feed, 3, False)]
    assert step.events == (ev.InSync(),)
    assert sync.stored(feed, 3) == Step()
    assert sync.stored(FEED, 1) == Step()


def test_heads_told_before_they_are_offered_are_in_the_offer() -> None:
    feed, entries = one_feed(3)
    made = traffic(1, 3)
    left, right = FakeNode(made.world), FakeNode(made.world)
    link = left.open()
    assert link.local_head(feed, 2, entries[1].id) == Step()
    assert link.stored(feed, 2) == Step()
    assert link.decline(feed) == Step()
    left.drop(link)
    left.own(feed, made, 2)
    Cable(left, right).run()
    assert right.delivered == [(feed, 1), (feed, 2)]


# ------------------------------------------------------------------------------------------------ receiving


def test_entries_come_in_order_of_a_named_feed() -> None:
    feed, entries = one_feed(5)
    for wrong in ((entries[1],), (entries[0], entries[0]), (entries[0], entries[2])):
        sync = live(theirs=(head(feed, entries, 5),))
        refused(sync, StateError, *(Push(entry.data) for entry in wrong))
    refused(live(), StateError, Push(entries[0].data))


def test_a_push_may_start_at_or_below_what_we_told() -> None:
    feed, entries = one_feed(5)
    for start in range(4):
        sync = live(LocalHead(feed, 3, entries[2].id), theirs=(head(feed, entries, 5),))
        (event, *_) = receive(sync, Push(entries[start].data)).events
        assert isinstance(event, ev.EntryReceived)
        assert event.entry == entries[start]
    sync = live(LocalHead(feed, 3, entries[2].id), theirs=(head(feed, entries, 5),))
    refused(sync, StateError, Push(entries[4].data))


def test_an_entry_that_is_here_already_is_acknowledged_at_once() -> None:
    feed, entries = one_feed(5)
    sync = live(LocalHead(feed, 3, entries[2].id), theirs=(head(feed, entries, 3),))
    sync.local_head(feed, 5, entries[4].id)
    step = receive(sync, Push(entries[3].data))
    assert sent(step) == [Ack(feed, 4, False)]


def test_a_peer_beyond_its_credit_is_refused() -> None:
    feed, entries = one_feed(400)
    sync = live(theirs=(head(feed, entries, 400),))
    for entry in entries[:MAX_CREDIT]:
        receive(sync, Push(entry.data))
    refused(sync, LimitError, Push(entries[MAX_CREDIT].data))


def test_a_declined_feed_comes_no_more_and_takes_no_credit() -> None:
    feed, entries = one_feed(400)
    sync = live(theirs=(head(feed, entries, 400),))
    receive(sync, Push(entries[0].data))
    step = sync.decline(feed)
    assert sent(step) == [Ack(feed, 0, True)]
    assert step.events == (ev.InSync(),)
    assert sync.decline(feed) == Step()
    assert sync.stored(feed, 1) == Step()
    for entry in entries[1:]:
        assert receive(sync, Push(entry.data)) == Step()


def test_a_feed_that_the_peer_declined_is_pushed_no_more() -> None:
    feed, entries = one_feed(10)
    sync = live(LocalHead(feed, 9, entries[8].id))
    step = receive(sync, Ack(feed, 2, True))
    assert step.events == (ev.PeerAcked(feed, 2), ev.PeerDeclined(feed), ev.InSync())
    assert receive(live(LocalHead(feed, 9, entries[8].id)), Ack(feed, 0, True)).events[0] == ev.PeerDeclined(feed)
    assert give(sync, ev.NeedEntries(feed, 1, 9), entries).send == ()
    assert sync.local_head(feed, 10, entries[9].id) == Step()


@pytest.mark.parametrize("ack", [Ack(FEED, 1, False), Ack(bytes(16), 3, False)])
def test_only_what_was_offered_can_be_acknowledged(ack: Ack) -> None:
    refused(live(LocalHead(bytes(16), 2, HASH)), StateError, ack)


def test_heads_are_bounded_and_named_once() -> None:
    twice = Head(FEED, 1, HASH)
    refused(live(theirs=(twice,)), StateError, Heads((Head(FEED, 2, HASH),), True))
    sync = live()
    heads = [Head(number.to_bytes(16, "big"), 1, HASH) for number in range(MAX_FEEDS + 1)]
    parts = [Heads(tuple(heads[start : start + MAX_HEADS]), True) for start in range(0, len(heads), MAX_HEADS)]
    refused(sync, LimitError, *parts)


# ------------------------------------------------------------------------------------------------ wants


def test_questions_are_asked_in_windows() -> None:
    names = [number.to_bytes(32, "big") for number in range(600)]
    wants = Wants("envelope", 1_000)
    for name in (*names, *names):
        wants.want(name)
    assert wants.ask() == tuple(names[:MAX_WANTS])
    for name in names[: MAX_WANTS // 2 - 1]:
        wants.answered(name)
        assert wants.ask() == ()
    wants.answered(names[MAX_WANTS // 2 - 1])
    assert len(wants.ask()) == MAX_WANTS // 2
    assert wants.lacking


def test_questions_that_wait_are_bounded() -> None:
    sync = live()
    steps = [sync.want_envelope(number.to_bytes(32, "big")) for number in range(MAX_WANTS + MAX_WANTS_WAITING)]
    assert sum(len(step.send) for step in steps) == MAX_WANTS
    with pytest.raises(LimitError):
        sync.want_envelope(bytes([255]) * 32)
    assert sync.over


def test_the_peers_questions_are_bounded() -> None:
    sync = live()
    names = [number.to_bytes(32, "big") for number in range(MAX_WANTS + 1)]
    refused(sync, LimitError, WantEnvelopes(tuple(names[:MAX_WANTS])), WantEnvelopes((names[MAX_WANTS],)))


# ------------------------------------------------------------------------------------------------ order on the wire


def test_flash_arrives_before_the_routine_backlog() -> None:
    made = traffic(3, 200)
    left, right = FakeNode(made.world), FakeNode(made.world)
    slow, other, urgent = made.entries
    left.own(slow, made, 200)
    left.own(other, made, 200)
    left.own(urgent, made, 1)
    cable = Cable(left, right)
    cable.run(random.Random(3), until=lambda: len(right.delivered) >= 20)
    left.chains[urgent].head_seq = 1
    left.feeds[urgent] = list(made.entries[urgent][:3])
    left.tell(urgent, FLASH)
    seen = len(right.delivered)
    cable.run(random.Random(3), until=lambda: (urgent, 3) in right.delivered)
    # What had left before it is at most one window of credit.
    assert len(right.delivered) - seen <= MAX_CREDIT
    cable.run()
    assert len(right.delivered) == 403
