"""A certificate that is unknown here is asked for with its chain: once, bounded, and verified like anything else."""

from __future__ import annotations

import pytest

from protocol.base import crypto
from protocol.base.errors import AuthenticationError, DecodeError, LimitError, LocalProtocolError, StateError
from protocol.base.ids import Domain
from protocol.base.limits import MAX_CHAIN_BYTES
from protocol.base.records import encode, encode_part
from protocol.exchange.link import Authenticated, Link, LinkContext, State
from protocol.exchange.messages import Auth, Chain, Document, Ping, Proof, Ready, WantChain, document_hash
from protocol.exchange.proof import End, proof
from protocol.trust.credential import certificate_hash
from tests.fakes.coalition import FakeCoalition, make_coalition
from tests.protocol.exchange.links import EXPORTER, dialler_auth, link, pair, to_auth
from tests.protocol.trust.documents import relist, renewed


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


def shown_and_listed(*, swapped: bool = False) -> tuple[Link, FakeCoalition, bytes]:
    """A responder that knows two certificates of a dialler, who shows one of them, and the hash of that which counts."""
    world = make_coalition()
    ann = world.device("XAA")
    shown, listed = ann.document.data, renewed(world, ann, not_before=world.now)
    if swapped:
        shown, listed = listed, shown
    for data in (shown, listed):
        world.directory.apply_certificate(data)
    relist(world, [listed])
    responder = link(world, "XBB", End.RESPONDER, directory=world.directory)
    to_auth(world, responder)
    context = encode_part(LinkContext(int(End.DIALLER), EXPORTER, world.id, certificate_hash(shown)))
    auth = Auth(shown, crypto.ed25519_sign(ann.key.ed25519, Domain.LINK_AUTH, context))
    responder.receive(encode(auth), world.now)
    return responder, world, certificate_hash(listed)


def test_who_shows_the_certificate_from_before_its_renewal_is_taken_for_what_the_renewed_one_says() -> None:
    responder, world, counts = shown_and_listed()
    assert responder.state is State.VERIFIED
    (event,) = responder.receive(encode(Ready()), world.now).events
    assert isinstance(event, Authenticated)
    assert event.certified.hash == counts


def test_who_shows_a_renewed_certificate_that_no_directory_lists_here_is_asked_for_its_chain() -> None:
    responder, _, _ = shown_and_listed(swapped=True)
    assert responder.state is State.CHAIN_AWAITED


@pytest.mark.parametrize("message", [Ping(1), None])
def test_other_messages_do_not_belong_to_set_up(message: Ping | None) -> None:
    world = make_coalition()
    responder = link(world, "XBB", End.RESPONDER)
    frame = b"\x91\xcc\xc8" if message is None else encode(message)
    with pytest.raises(StateError):
        responder.receive(frame, world.now)
