"""Envelopes of keying devices on a synchronised link: what is asked and answered, its bounds, and when it may be said."""

from __future__ import annotations

import pytest

from protocol.base.errors import LimitError, LocalProtocolError, RemoteProtocolError, StateError
from protocol.base.limits import MAX_ENVELOPE_REQUESTS
from protocol.base.records import encode, evolve
from protocol.exchange.asking import EnvelopeDenial, EnvelopeGrant, EnvelopeRequest, Unshared
from protocol.exchange.events import EnvelopeDenied, EnvelopeGranted, EnvelopeRequested
from protocol.exchange.keying import Questions
from protocol.exchange.phases import State
from protocol.keys.envelope import read_envelope
from tests.protocol.exchange.test_history import live, side
from tests.protocol.vector_files import only, raw

ENVELOPE = read_envelope(raw(only("keys", "envelope")["document"]))
CHANNEL, RELEASE = ENVELOPE.context.channel, ENVELOPE.context.release


def test_what_is_asked_and_answered_reaches_the_node() -> None:
    a, b = live()
    for number in (1, 5, 6):
        (frame,) = a.ask_envelope(number, CHANNEL, RELEASE).send
        assert b.receive(frame).events == (EnvelopeRequested(number, CHANNEL, RELEASE),)
    # In any order, and once.
    (frame,) = b.withhold_envelope(5, Unshared.BUSY).send
    assert a.receive(frame).events == (EnvelopeDenied(5, 4),)
    (frame,) = b.share_envelope(1, ENVELOPE.data).send
    (event,) = a.receive(frame).events
    assert event == EnvelopeGranted(1, ENVELOPE)
    with pytest.raises(LocalProtocolError):
        b.share_envelope(1, ENVELOPE.data)
    with pytest.raises(LocalProtocolError):
        b.withhold_envelope(7, Unshared.BUSY)


def test_questions_rise_and_are_bounded() -> None:
    a, b = live()
    for number in range(1, MAX_ENVELOPE_REQUESTS + 1):
        (frame,) = a.ask_envelope(number, CHANNEL, RELEASE).send
        b.receive(frame)
    # The next one goes to nobody until one is answered.
    assert a.ask_envelope(100, CHANNEL, RELEASE).send == ()
    a.receive(b.withhold_envelope(3, Unshared.UNABLE).send[0])
    assert a.ask_envelope(100, CHANNEL, RELEASE).send
    b.withhold_envelope(1, Unshared.UNABLE)
    with pytest.raises(StateError):
        b.receive(encode(EnvelopeRequest(8, CHANNEL, RELEASE)))
    assert b.peer_state is State.REFUSED

    books = Questions()
    books.ask(2, CHANNEL, RELEASE)
    with pytest.raises(LocalProtocolError):
        books.ask(2, CHANNEL, RELEASE)
    for number in range(1, MAX_ENVELOPE_REQUESTS + 1):
        books.asked(EnvelopeRequest(number, CHANNEL, RELEASE))
    with pytest.raises(LimitError):
        books.asked(EnvelopeRequest(100, CHANNEL, RELEASE))


@pytest.mark.parametrize(
    "answer",
    [
        EnvelopeGrant(2, ENVELOPE.data),
        EnvelopeDenial(2, 0),
        EnvelopeGrant(1, raw(only("direct", "envelope")["document"])),
        EnvelopeGrant(1, b"none"),
    ],
    ids=["not asked for", "not asked for either", "direct", "none"],
)
def test_what_answers_nothing_that_was_asked_ends_the_link(answer: EnvelopeGrant | EnvelopeDenial) -> None:
    a, _ = live()
    a.ask_envelope(1, CHANNEL, RELEASE)
    with pytest.raises(RemoteProtocolError):
        a.receive(encode(answer))
    assert a.peer_state is State.REFUSED


def test_an_envelope_for_another_channel_or_label_answers_nothing() -> None:
    for channel, release in ((bytes(16), RELEASE), (CHANNEL, evolve(RELEASE, level=0))):
        a, _ = live()
        a.ask_envelope(1, channel, release)
        with pytest.raises(StateError):
            a.receive(encode(EnvelopeGrant(1, ENVELOPE.data)))


def test_keying_devices_are_spoken_to_between_live_sides_only() -> None:
    early = side()
    early.start()
    with pytest.raises(LocalProtocolError):
        early.ask_envelope(1, CHANNEL, RELEASE)
    for message in (EnvelopeRequest(1, CHANNEL, RELEASE), EnvelopeGrant(1, ENVELOPE.data), EnvelopeDenial(1, 0)):
        waiting, greeter = side(), side()
        waiting.receive(greeter.start().send[0])
        with pytest.raises(RemoteProtocolError):
            waiting.receive(encode(message))
        assert waiting.peer_state is State.REFUSED
    a, b = live()
    b.receive(a.ask_envelope(1, CHANNEL, RELEASE).send[0])
    a.close()
    assert a.ask_envelope(2, CHANNEL, RELEASE).send == ()
    b.receive(encode(EnvelopeRequest(2, CHANNEL, RELEASE)))
    b.close()
    assert b.share_envelope(1, ENVELOPE.data).send == b.withhold_envelope(2, Unshared.BUSY).send == ()
