"""History on a synchronised link: when it may be spoken of, and what reaches the node."""

from __future__ import annotations

import pytest

from protocol.base.errors import LocalProtocolError, RemoteProtocolError
from protocol.base.limits import MAX_HISTORY
from protocol.base.records import encode
from protocol.exchange.asking import HistoryGrant, HistoryRequest
from protocol.exchange.events import HistoryGiven, HistoryRequested, SyncEvent
from protocol.exchange.phases import State
from protocol.exchange.session import SyncSettings
from protocol.exchange.states import Step
from protocol.exchange.sync import Sync

NAME = bytes(range(16))
ENTRIES = (bytes(32), b"\x01" * 32)


def side() -> Sync:
    return Sync(SyncSettings(charter=bytes(32), floor=(1,), suites=(1,), carry=True, have=lambda name: True))


def _tell(one: Sync, told: str) -> Step[SyncEvent]:
    if told == "hello":
        return one.start()
    return one.offer_inventory([]) if told == "inventory" else one.offer_heads([])


def live() -> tuple[Sync, Sync]:
    """Two sides that hold nothing."""
    a, b = side(), side()
    for told in ("hello", "inventory", "heads"):
        frames = [(other, _tell(one, told).send) for one, other in ((a, b), (b, a))]
        for other, sent in frames:
            for frame in sent:
                other.receive(frame)
    assert a.own_state is b.own_state is State.LIVE
    return a, b


def test_what_is_asked_and_given_reaches_the_node() -> None:
    a, b = live()
    (frame,) = a.ask_history(NAME, ENTRIES).send
    assert b.receive(frame).events == (HistoryRequested(NAME, ENTRIES),)
    for evidence in (b"evidence", b""):
        (frame,) = b.give_history(NAME, evidence).send
        assert a.receive(frame).events == (HistoryGiven(NAME, evidence),)


def test_history_is_spoken_of_between_live_sides_only() -> None:
    early = side()
    early.start()
    with pytest.raises(LocalProtocolError):
        early.ask_history(NAME, ENTRIES)
    for message in (HistoryRequest(NAME, ENTRIES), HistoryGrant(NAME, b"")):
        waiting, greeter = side(), side()
        waiting.receive(greeter.start().send[0])
        with pytest.raises(RemoteProtocolError):
            waiting.receive(encode(message))
        assert waiting.peer_state is State.REFUSED
    a, b = live()
    b.receive(a.close().send[0])
    assert b.give_history(NAME, b"").send == ()


def test_a_request_is_bounded_and_names_each_once() -> None:
    a, _ = live()
    many = tuple(number.to_bytes(32, "big") for number in range(MAX_HISTORY + 1))
    assert len(a.ask_history(NAME, many[:-1]).send[0]) < 66_560
    for wrong in (many, (), ENTRIES[::-1], ENTRIES[:1] * 2):
        with pytest.raises(LocalProtocolError):
            a.ask_history(NAME, wrong)
