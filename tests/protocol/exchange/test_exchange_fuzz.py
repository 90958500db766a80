"""Every machine, fed with anything: a RemoteProtocolError or an answer, never another exception."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol.base.errors import RemoteProtocolError
from protocol.base.records import encode
from protocol.exchange import enrolment, joining, link
from protocol.exchange.enrolment import Enroller
from protocol.exchange.joining import Joiner
from protocol.exchange.link import Link
from protocol.exchange.messages import MESSAGES, Proof, read_message
from protocol.exchange.proof import End, proof
from protocol.exchange.ranges import Binding
from protocol.exchange.states import Step
from tests.fakes.coalition import FakeCoalition, make_coalition
from tests.fakes.records import mutated, record_of
from tests.protocol.exchange.joiners import NONCE, an_invite, certified, enrolment_of, newcomer, proof_frame, welcoming
from tests.protocol.exchange.links import EXPORTER, LinkPair, pair
from tests.protocol.exchange.links import link as a_link
from tests.protocol.exchange.nodes import Cable, FakeNode, traffic

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

messages = st.sampled_from(list(MESSAGES.values())).flatmap(record_of).map(encode)
anything = messages | messages.flatmap(mutated) | st.binary(max_size=80)


@pytest.mark.proof
@SLOW
@given(anything)
def test_any_frame_is_a_message_or_a_remote_error(frame: bytes) -> None:
    try:
        message = read_message(frame)
    except RemoteProtocolError:
        return
    assert message is None or encode(message) == frame


def fed(receive: Callable[[bytes], object], frames: list[bytes]) -> list[object]:
    """What a machine answers until it refuses."""
    steps = []
    for frame in frames:
        try:
            steps.append(receive(frame))
        except RemoteProtocolError:
            break
    return steps


# ------------------------------------------------------------------------------------------------ link


@cache
def coalition() -> FakeCoalition:
    """One for all examples: what they apply to its directories is genuine, or refused."""
    return make_coalition()


@cache
def transcript() -> dict[End, tuple[bytes, ...]]:
    """Frames of an honest set-up with a chain each way, by sender."""
    world = coalition()
    joined: LinkPair = pair(world, world.new_directory(), world.new_directory()).run()
    return {end: tuple(frame for sender, frame in joined.frames if sender is end) for end in End}


def spoilt(frames: tuple[bytes, ...]) -> st.SearchStrategy[list[bytes]]:
    """An honest side's frames with some of them changed, lost, repeated, exchanged, or others put between."""

    @st.composite
    def change(draw: st.DrawFn) -> list[bytes]:
        made = list(frames)
        for _ in range(draw(st.integers(1, 3))):
            place = draw(st.integers(0, len(made) - 1)) if made else 0
            match draw(st.sampled_from(["mutate", "lose", "repeat", "exchange", "insert"])):
                case "mutate" if made:
                    made[place] = draw(mutated(made[place]))
                case "lose":
                    del made[place : place + 1]
                case "repeat":
                    made[place:place] = made[place : place + 1]
                case "exchange" if len(made) > 1:
                    made[place - 1], made[place] = made[place], made[place - 1]
                case _:
                    made.insert(place, draw(anything))
        return made

    return change()


@pytest.mark.proof
@SLOW
@given(data=st.data(), end=st.sampled_from(list(End)))
def test_a_link_takes_a_spoilt_set_up_or_refuses_it(data: st.DataObject, end: End) -> None:
    world = coalition()
    machine: Link = a_link(world, "XAA" if end is End.DIALLER else "XBB", end, directory=world.new_directory())
    machine.start()
    fed(lambda frame: machine.receive(frame, world.now), data.draw(spoilt(transcript()[end.other])))
    if machine.state is link.State.AUTHENTICATED:
        other = world.device("XBB" if end is End.DIALLER else "XAA")
        assert machine.directory.require_valid(other.id, world.now).device == other.id


@pytest.mark.proof
@SLOW
@given(frame=anything)
def test_a_stranger_gets_no_byte_whatever_it_sends(frame: bytes) -> None:
    world = coalition()
    responder = a_link(world, "XBB", End.RESPONDER, directory=world.directory, invites={bytes(32): b"invite"})
    known = [encode(Proof(proof(secret, EXPORTER, End.DIALLER))) for secret in (world.link_secret, bytes(32))]
    if frame not in known:
        assert fed(lambda one: responder.receive(one, world.now), [frame]) == []
        assert responder.state is link.State.REFUSED


# ------------------------------------------------------------------------------------------------ enrolment


@cache
def enrolment_frames() -> dict[End, tuple[bytes, ...]]:
    world = coalition()
    both = enrolment_of(world)
    invite = both.joiner.invite
    (join,) = both.joiner.receive(proof_frame(invite, End.RESPONDER), world.now).send
    step = both.enroller.receive(join)
    (requested,) = step.events
    assert isinstance(requested, enrolment.JoinRequested)
    chain = world.full_directory().chain(world.device("XAA").id)
    granted = both.enroller.grant(certified(world, requested).data, chain, ("a:1",))
    ready = b""
    for frame in (*step.send, *granted.send):
        ready = b"".join(both.joiner.receive(frame, world.now).send)
    return {
        End.DIALLER: (join, ready),
        End.RESPONDER: (proof_frame(invite, End.RESPONDER), *step.send, *granted.send),
    }


@pytest.mark.proof
@SLOW
@given(data=st.data())
def test_a_joiner_takes_a_spoilt_enrolment_or_refuses_it(data: st.DataObject) -> None:
    world = coalition()
    invite = an_invite(world)
    joiner = Joiner(invite, EXPORTER, newcomer().offer(invite))
    joiner.start()
    steps = fed(lambda frame: joiner.receive(frame, world.now), data.draw(spoilt(enrolment_frames()[End.RESPONDER])))
    for step in steps:
        assert isinstance(step, Step)
        for event in step.events:
            if isinstance(event, joining.Welcomed):
                assert event.coalition.id == world.id
            if isinstance(event, joining.Granted):
                assert event.certified.certificate.key == newcomer().key.public().ed25519


@pytest.mark.proof
@SLOW
@given(data=st.data())
def test_a_custodian_takes_a_spoilt_join_or_refuses_it(data: st.DataObject) -> None:
    world = coalition()
    enroller = Enroller(welcoming(world), an_invite(world).key, EXPORTER, NONCE)
    fed(enroller.receive, data.draw(spoilt(enrolment_frames()[End.DIALLER])))
    assert enroller.state is not enrolment.State.ENROLLED  # nobody granted


# ------------------------------------------------------------------------------------------------ sync


@cache
def talk() -> tuple[bytes, ...]:
    """What one node says to another in an honest exchange."""
    made = traffic(3, 6)
    left, right = FakeNode(made.world), FakeNode(made.world)
    for place, feed in enumerate(made.entries):
        (left if place else right).own(feed, made, 6)
    left.add_document(4, b"one")
    right.add_document(4, b"two")
    cable = Cable(left, right)
    said: list[bytes] = []
    while not cable.quiet:
        side = 0 if cable.wires[0] else 1
        frame = cable.wires[side].popleft()
        if side == 0:
            said.append(frame)
        node, machine = ((right, cable.ends[1]), (left, cable.ends[0]))[side]
        node.take(machine, machine.receive(frame))
        cable.collect()
    return tuple(said)


@pytest.mark.proof
@SLOW
@given(data=st.data())
def test_a_synchronised_link_takes_anything_or_refuses_it(data: st.DataObject) -> None:
    made = traffic(3, 6)
    node = FakeNode(made.world)
    node.own(next(iter(made.entries)), made, 6)
    node.add_document(4, b"two")
    machine = node.open(Binding(bytes(range(32)), End.RESPONDER))
    frames = data.draw(spoilt(talk()) | st.lists(anything, max_size=8).map(lambda more: [*talk()[:4], *more]))
    for frame in frames:
        try:
            node.take(machine, machine.receive(frame))
        except RemoteProtocolError:
            assert machine.over
            break
