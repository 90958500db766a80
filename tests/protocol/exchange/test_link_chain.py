"""A certificate that is unknown here is asked for with its chain: once, bounded, and verified like anything else."""

from __future__ import annotations

import pytest

from protocol.base.errors import AuthenticationError, DecodeError, LimitError, LocalProtocolError, StateError
from protocol.base.limits import MAX_CHAIN_BYTES
from protocol.base.records import encode
from protocol.exchange.link import Link, State
from protocol.exchange.messages import Chain, Document, Ping, Proof, WantChain, document_hash
from protocol.exchange.proof import End, proof
from tests.fakes.coalition import FakeCoalition, make_coalition
from tests.protocol.exchange.links import EXPORTER, dialler_auth, link, pair, to_auth


def awaiting_chain(world: FakeCoalition) -> Link:
    responder = link(world, "XBB", End.RESPONDER, directory=world.new_directory())
    to_auth(world, responder)
    responder.receive(dialler_auth(world, "XAA"), world.now)
    assert responder.state is State.CHAIN_AWAITED
    return responder


def test_a_chain_that_does_not_help_is_refused_and_none_is_asked_again() -> None:
    world = make_coalition()
    responder = awaiting_chain(world)
    chain = world.full_directory().chain(world.device("XCC").id)
    responder.receive(encode(Chain(len(chain))), world.now)
    for data in chain[:-1]:
        assert responder.receive(encode(Document(document_hash(data), data)), world.now).send == ()
    with pytest.raises(AuthenticationError):
        responder.receive(encode(Document(document_hash(chain[-1]), chain[-1])), world.now)
    assert responder.state is State.REFUSED


def test_a_chain_document_must_be_the_one_named() -> None:
    world = make_coalition()
    for name, data in ((bytes(32), b"\x01"), (document_hash(b""), b"")):
        responder = awaiting_chain(world)
        responder.receive(encode(Chain(2)), world.now)
        with pytest.raises(AuthenticationError):
            responder.receive(encode(Document(name, data)), world.now)


def test_a_chain_holds_only_what_belongs_in_one() -> None:
    world = make_coalition()
    responder = awaiting_chain(world)
    responder.receive(encode(Chain(1)), world.now)
    with pytest.raises(DecodeError):
        responder.receive(encode(Document(document_hash(world.charter_data), world.charter_data)), world.now)


def test_a_chain_is_bounded_in_bytes() -> None:
    world = make_coalition()
    responder = awaiting_chain(world)
    responder.receive(encode(Chain(3)), world.now)
    data = bytes(MAX_CHAIN_BYTES // 2)
    document = encode(Document(document_hash(data), data))
    responder.receive(document, world.now)
    responder.receive(document, world.now)
    with pytest.raises(LimitError):
        responder.receive(document, world.now)


def test_our_own_chain_is_bounded_too() -> None:
    world = make_coalition()
    joined = pair(world, responder=world.new_directory())
    own = joined.dialler.credentials
    too_long = (bytes(MAX_CHAIN_BYTES + 1),)
    joined.dialler.credentials = type(own)(own.coalition, own.seed, own.certificate, lambda: too_long, own.secrets)
    with pytest.raises(LocalProtocolError):
        joined.run()


def test_a_chain_is_answered_once() -> None:
    world = make_coalition()
    dialler = link(world, "XAA", End.DIALLER)
    dialler.receive(encode(Proof(proof(world.link_secret, EXPORTER, End.RESPONDER))), world.now)
    assert len(dialler.receive(encode(WantChain()), world.now).send) == 5
    with pytest.raises(StateError):
        dialler.receive(encode(WantChain()), world.now)


@pytest.mark.parametrize("message", [Ping(1), None])
def test_other_messages_do_not_belong_to_set_up(message: Ping | None) -> None:
    world = make_coalition()
    responder = link(world, "XBB", End.RESPONDER)
    frame = b"\x91\xcc\xc8" if message is None else encode(message)
    with pytest.raises(StateError):
        responder.receive(frame, world.now)
