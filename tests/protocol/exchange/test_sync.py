"""Synchronisation, message by message: what is told in which order, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from protocol.base.errors import (
    AuthenticationError,
    DecodeError,
    LimitError,
    LocalProtocolError,
    RemoteProtocolError,
    StateError,
    VersionError,
)
from protocol.base.limits import MAX_HEADS, MAX_INVENTORY
from protocol.base.records import encode, evolve
from protocol.exchange import events as ev
from protocol.exchange.messages import (
    Ack,
    Document,
    Farewell,
    Goodbye,
    Head,
    Heads,
    Hello,
    Inventory,
    Item,
    Message,
    Ping,
    Pong,
    Proof,
    Push,
    PushEnvelope,
    PushFeed,
    WantDocuments,
    WantEnvelopes,
    WantFeeds,
    document_hash,
    read_message,
)
from protocol.exchange.phases import State
from protocol.exchange.session import LocalHead, SyncSettings
from protocol.exchange.states import Step
from protocol.exchange.sync import Sync
from tests.protocol.exchange.nodes import CHARTER, Cable, FakeNode, traffic

HELLO = Hello((1,), (1,), CHARTER, False)
END = Inventory((), True)
READY = Heads((), True)
FEED = bytes(range(16))
HASH = bytes(range(32))


def settings(have: Iterable[bytes] = (), carry: bool = False) -> SyncSettings:
    known = frozenset(have)
    return SyncSettings(CHARTER, (1,), (1,), carry, known.__contains__)


def receive(sync: Sync, *messages: Message) -> Step[ev.SyncEvent]:
    """The last message's step."""
    step: Step[ev.SyncEvent] = Step()
    for message in messages:
        step = sync.receive(encode(message))
    return step


def sent(step: Step[ev.SyncEvent]) -> list[Message]:
    return [read_message(frame) for frame in step.send]


def greeted() -> Sync:
    sync = Sync(settings())
    sync.start()
    receive(sync, HELLO)
    return sync


def live(*heads: LocalHead, theirs: tuple[Head, ...] = ()) -> Sync:
    """A machine whose two sides have told everything."""
    sync = greeted()
    sync.offer_inventory([])
    receive(sync, END)
    sync.offer_heads(heads)
    receive(sync, Heads(theirs, True))
    assert sync.peer_state is sync.own_state is State.LIVE
    return sync


def refused(sync: Sync, error: type[RemoteProtocolError], *messages: Message) -> None:
    *before, last = messages
    receive(sync, *before)
    with pytest.raises(error):
        receive(sync, last)
    assert sync.over
    assert sync.peer_state is State.REFUSED


# ------------------------------------------------------------------------------------------------ greeting


def test_both_sides_greet_and_agree() -> None:
    sync = Sync(SyncSettings(CHARTER, (1, 2), (1, 3), True, lambda _: False))
    assert sent(sync.start()) == [Hello((1,), (1,), CHARTER, True)]
    assert receive(sync, Hello((1, 9), (1, 2), CHARTER, True)).events == (ev.PeerHello(1, 1, True),)


@pytest.mark.parametrize(
    ("hello", "error"),
    [
        (evolve(HELLO, versions=(2, 3)), VersionError),
        (evolve(HELLO, suites=(2,)), VersionError),
    ],
)
def test_below_the_charters_floor_is_refused(hello: Hello, error: type[RemoteProtocolError]) -> None:
    sync = Sync(settings())
    sync.start()
    refused(sync, error, hello)
    # The peer may still be told why.
    assert sent(sync.close(Farewell.CHARTER)) == [Goodbye(int(Farewell.CHARTER))]


def test_a_suite_that_the_charter_does_not_allow_is_not_used() -> None:
    sync = Sync(SyncSettings(CHARTER, (1,), (1, 2), False, lambda _: False))
    sync.start()
    refused(sync, VersionError, Hello((1,), (2,), CHARTER, False))


@pytest.mark.parametrize("message", [END, READY, Ping(1), Push(b"x"), WantDocuments((HASH,)), Ack(FEED, 1, False)])
def test_nothing_comes_before_hello(message: Message) -> None:
    sync = Sync(settings())
    sync.start()
    refused(sync, StateError, message)


@pytest.mark.parametrize(
    "messages",
    [
        (HELLO,),
        (READY,),
        (END, Inventory((), False)),
        (END, READY, Heads((), False)),
        (END, Push(b"x")),
        (END, Ack(FEED, 1, False)),
        (END, WantFeeds((FEED,))),
        (END, WantEnvelopes((HASH,))),
        (END, PushFeed(FEED, b"x")),
        (END, READY, WantEnvelopes((HASH,))),
        (Proof(bytes(32)),),
        (Pong(1),),
        (Goodbye(0), Ping(1)),
    ],
)
def test_what_is_out_of_turn_is_refused(messages: tuple[Message, ...]) -> None:
    refused(greeted(), StateError, *messages)


def test_entries_do_not_come_before_our_own_heads() -> None:
    ((feed, entries),) = traffic(1, 2).entries.items()
    refused(greeted(), StateError, END, Heads((Head(feed, 2, entries[1].id),), True), Push(entries[0].data))


def test_an_unknown_critical_tag_is_newer_and_an_optional_one_is_passed_over() -> None:
    sync = greeted()
    assert sync.receive(b"\x92\xcc\xc8\x01") == Step()
    with pytest.raises(VersionError):
        sync.receive(b"\x92\x7f\x01")
    silent = Sync(settings())
    with pytest.raises(StateError):
        silent.receive(b"\x92\xcc\xc8\x01")
    for frame in (b"", b"\x90", b"\xc0", b"\x91\xa1x", encode(traffic(1, 2).world.policy)):
        with pytest.raises(DecodeError):
            greeted().receive(frame)


# ------------------------------------------------------------------------------------------------ documents


def test_lacking_documents_are_asked_for_in_the_order_of_the_inventory() -> None:
    names = [bytes([n]) * 32 for n in (7, 3, 9, 5)]
    sync = Sync(settings(have=[names[2]]))
    sync.start()
    step = receive(sync, HELLO, Inventory(tuple(Item(4, name) for name in names), True))
    assert sent(step) == [WantDocuments((names[0], names[1], names[3]))]
    assert step.events == ()


def test_heads_are_asked_for_when_the_documents_are_here() -> None:
    data = [b"one", b"two"]
    names = [document_hash(one) for one in data]
    sync = greeted()
    receive(sync, Inventory(tuple(Item(4, name) for name in names), True))
    with pytest.raises(LocalProtocolError):
        sync.offer_heads(())
    assert receive(sync, Document(names[1], data[1])).events == (ev.DocumentReceived(names[1], data[1]),)
    last = receive(sync, Document(names[0], b""))
    assert last.events == (ev.NotHere(ev.Kind.DOCUMENT, names[0]), ev.DocumentsComplete())
    with pytest.raises(LocalProtocolError):
        sync.offer_heads(())  # our own documents were not offered yet
    sync.offer_inventory([])
    assert sent(sync.offer_heads(())) == [READY]
    with pytest.raises(LocalProtocolError):
        sync.offer_heads(())


def test_a_document_of_a_newer_kind_is_left_alone() -> None:
    step = receive(greeted(), Inventory((Item(120, HASH), Item(4, bytes(32))), True))
    assert sent(step) == [WantDocuments((bytes(32),))]


def test_only_what_was_offered_can_be_asked_for() -> None:
    sync = greeted()
    (inventory,) = sent(sync.offer_inventory([(4, HASH)]))
    assert inventory == Inventory((Item(4, HASH),), True)
    assert receive(sync, WantDocuments((HASH,))).events == (ev.Wanted(ev.Kind.DOCUMENT, (HASH,)),)
    assert sent(sync.documents([(HASH, b"data")])) == [Document(HASH, b"data")]
    with pytest.raises(LocalProtocolError):
        sync.documents([(HASH, b"data")])
    refused(sync, StateError, WantDocuments((bytes(32),)))


@pytest.mark.parametrize("names", [((HASH, HASH),), ((HASH,), (HASH,))])
def test_nothing_is_asked_for_twice(names: tuple[tuple[bytes, ...], ...]) -> None:
    sync = greeted()
    sync.offer_inventory([(4, HASH)])
    refused(sync, StateError, *(WantDocuments(some) for some in names))


def test_what_was_not_asked_for_is_refused() -> None:
    refused(greeted(), StateError, Document(HASH, b"x"))
    refused(live(), StateError, PushFeed(FEED, b"x"))
    refused(live(), StateError, PushEnvelope(HASH, b"x"))


def test_an_answer_must_be_what_its_name_says() -> None:
    refused(greeted(), AuthenticationError, Inventory((Item(4, HASH),), True), Document(HASH, b"x"))
    made = traffic(2, 2)
    (feed, record), (_, other) = made.records.items()
    name, envelope = next(iter(made.envelopes.items()))
    sync = live(theirs=(Head(feed, 2, HASH),))
    assert sent(sync.want_feed(feed)) == [WantFeeds((feed,))]
    refused(sync, AuthenticationError, PushFeed(feed, other))
    sync = live()
    assert sent(sync.want_envelope(HASH)) == [WantEnvelopes((HASH,))]
    refused(sync, AuthenticationError, PushEnvelope(HASH, envelope))
    sync = live(theirs=(Head(feed, 2, HASH),))
    sync.want_feed(feed)
    sync.want_envelope(name)
    assert receive(sync, PushFeed(feed, record)).events == (ev.FeedReceived(feed, record),)
    (arrived,) = receive(sync, PushEnvelope(name, envelope)).events
    assert isinstance(arrived, ev.EnvelopeReceived)
    assert arrived.envelope.id == name


def test_long_inventories_and_heads_come_in_parts() -> None:
    names = [number.to_bytes(32, "big") for number in range(MAX_HEADS + 1)]
    sync = greeted()
    parts = sent(sync.offer_inventory([(4, name) for name in names]))
    assert [(len(part.items), part.end) for part in parts] == [(MAX_HEADS, False), (1, True)]
    assert sync.offer_inventory([(4, name) for name in names]) == Step()
    later = sent(sync.offer_inventory((4, bytes([255]) + name[1:]) for name in names))
    assert [(len(part.items), part.end) for part in later] == [(MAX_HEADS, True), (1, True)]
    receive(sync, END)
    heads = sent(sync.offer_heads(LocalHead(name[16:], 1, name) for name in names))
    assert [(len(part.heads), part.end) for part in heads] == [(MAX_HEADS, False), (1, True)]


def test_an_inventory_is_bounded() -> None:
    full = Inventory(tuple(Item(120, bytes(32)) for _ in range(MAX_HEADS)), False)
    sync = greeted()
    refused(sync, LimitError, *([full] * (MAX_INVENTORY // MAX_HEADS + 1)))
    with pytest.raises(LocalProtocolError):
        greeted().offer_inventory((4, number.to_bytes(32, "big")) for number in range(MAX_INVENTORY + 1))


def test_news_is_announced_and_asked_for_at_once() -> None:
    sync = live()
    assert sent(sync.offer_inventory([(4, HASH)])) == [Inventory((Item(4, HASH),), True)]
    name = document_hash(b"news")
    assert sent(receive(sync, Inventory((Item(4, name),), True))) == [WantDocuments((name,))]
    assert receive(sync, Document(name, b"news")).events == (ev.DocumentReceived(name, b"news"), ev.InSync())


# ------------------------------------------------------------------------------------------------ wants


def test_feeds_are_asked_for_only_if_the_peer_named_them() -> None:
    sync = live(theirs=(Head(FEED, 1, HASH),))
    assert sync.want_feed(bytes(16)) == Step()
    assert sent(sync.want_feed(FEED)) == [WantFeeds((FEED,))]
    assert sync.want_feed(FEED) == Step()
    assert receive(sync, PushFeed(FEED, b"")).events == (ev.NotHere(ev.Kind.FEED, FEED),)


def test_questions_wait_until_both_sides_told_their_heads() -> None:
    sync = greeted()
    sync.offer_inventory([])
    receive(sync, END)
    assert sync.want_envelope(HASH) == Step()
    assert sent(sync.offer_heads(())) == [READY]
    assert sent(receive(sync, READY)) == [WantEnvelopes((HASH,))]


def test_the_peer_asks_for_feeds_that_we_named_and_for_envelopes() -> None:
    sync = live(LocalHead(FEED, 1, HASH))
    assert receive(sync, WantFeeds((FEED,))).events == (ev.Wanted(ev.Kind.FEED, (FEED,)),)
    assert receive(sync, WantEnvelopes((HASH,))).events == (ev.Wanted(ev.Kind.ENVELOPE, (HASH,)),)
    assert sent(sync.feeds([(FEED, b"")])) == [PushFeed(FEED, b"")]
    assert sent(sync.envelopes([(HASH, b"e")])) == [PushEnvelope(HASH, b"e")]
    refused(sync, StateError, WantFeeds((bytes(16),)))


# ------------------------------------------------------------------------------------------------ in sync, idle, over


def test_two_empty_nodes_are_in_sync_at_once() -> None:
    made = traffic(1, 2)
    left, right = FakeNode(made.world), FakeNode(made.world)
    cable = Cable(left, right).run()
    assert left.log == [ev.PeerHello(2, 1, False), ev.DocumentsComplete(), ev.InSync()]
    assert left.log == right.log
    assert cable.frames == 6
    assert cable.carried < 256


def test_in_sync_comes_again_after_each_change() -> None:
    made = traffic(1, 4)
    left, right = FakeNode(made.world), FakeNode(made.world)
    (feed,) = made.entries
    left.own(feed, made, 1)
    cable = Cable(left, right).run()
    for count in (2, 3, 4):
        left.append(made, feed)
        assert not isinstance(left.log[-1], ev.InSync)
        cable.run()
        assert isinstance(left.log[-1], ev.InSync)
        assert isinstance(right.log[-1], ev.InSync)
        assert ev.PeerAcked(feed, count) in left.log
    left.add_document(4, b"new")
    cable.run()
    assert document_hash(b"new") in right.documents


def test_an_idle_link_sends_nothing_and_answers_a_ping() -> None:
    sync = live()
    assert receive(sync, Ping(7)).send == (encode(Pong(7)),)
    assert sent(sync.ping(3)) == [Ping(3)]
    assert receive(sync, Pong(3)).events == (ev.PongReceived(3),)
    refused(sync, StateError, Pong(3))


def test_goodbye_ends_both_sides() -> None:
    sync = live(LocalHead(FEED, 1, HASH))
    assert receive(sync, Goodbye(int(Farewell.SHUTDOWN))).events == (ev.PeerLeft(1),)
    assert sync.over
    assert nothing_is_said(sync)
    refused(sync, StateError, Ping(1))


def test_what_comes_after_our_goodbye_is_passed_over() -> None:
    sync = live(LocalHead(FEED, 1, HASH))
    assert sent(sync.close()) == [Goodbye(0)]
    assert sync.over
    assert sync.receive(b"anything") == Step()
    assert nothing_is_said(sync)


def nothing_is_said(sync: Sync) -> bool:
    steps = [
        sync.ping(1),
        sync.close(),
        sync.offer_inventory([(4, HASH)]),
        sync.offer_heads([]),
        sync.local_head(FEED, 9, HASH),
        sync.stored(FEED, 9),
        sync.decline(FEED),
        sync.entries(FEED, []),
        sync.documents([]),
        sync.want_feed(FEED),
        sync.want_envelope(HASH),
    ]
    return steps == [Step()] * len(steps)


def test_the_machine_says_hello_once() -> None:
    sync = greeted()
    with pytest.raises(LocalProtocolError):
        sync.start()
    with pytest.raises(LocalProtocolError):
        Sync(settings()).ping(1)
    assert sync.frame_cap == 66_560
