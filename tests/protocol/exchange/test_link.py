"""Authentication inside TLS: who learns what, in which order, and what is refused."""

from __future__ import annotations

import pytest

from protocol.base.errors import (
    AuthenticationError,
    LimitError,
    LocalProtocolError,
    RemoteProtocolError,
    ReplayError,
    StateError,
)
from protocol.base.limits import MAX_INVITES
from protocol.base.records import decode, encode, evolve
from protocol.exchange.link import Authenticated, ChainReceived, Link, State
from protocol.exchange.messages import Auth, Chain, Proof, Ready, WantChain, read_message
from protocol.exchange.proof import End, proof
from protocol.trust.credential import issue_certificate
from protocol.trust.publication import Revocation
from tests.fakes.coalition import make_coalition
from tests.fakes.nation import DAY
from tests.protocol.exchange.links import (
    EXPORTER,
    OTHER_EXPORTER,
    LinkPair,
    credentials,
    dialler_auth,
    invited,
    link,
    pair,
    peer_of,
    to_auth,
)

# ------------------------------------------------------------------------------------------------ who links


def test_two_members_authenticate_each_other() -> None:
    world = make_coalition()
    joined = pair(world).run()
    assert joined.authenticated()
    assert peer_of(joined.dialler_events).certified.device == world.device("XBB").id
    assert peer_of(joined.responder_events).certified.device == world.device("XAA").id
    kinds = [(end, type(read_message(frame))) for end, frame in joined.frames]
    assert kinds == [
        (End.DIALLER, Proof),
        (End.RESPONDER, Proof),
        (End.DIALLER, Auth),
        (End.RESPONDER, Auth),
        (End.DIALLER, Ready),
    ]


def test_set_up_stays_within_one_kilobyte_and_a_half() -> None:
    assert pair(make_coalition()).run().bytes_on_the_wire <= 1_536


@pytest.mark.parametrize("knows", ["neither", "dialler", "responder"])
def test_an_unknown_certificate_is_asked_for_with_its_chain(knows: str) -> None:
    world = make_coalition()
    new = {end: world.full_directory() if knows == end else world.new_directory() for end in ("dialler", "responder")}
    joined = pair(world, new["dialler"], new["responder"]).run()
    assert joined.authenticated()
    for end, events, other in (
        ("dialler", joined.dialler_events, "XBB"),
        ("responder", joined.responder_events, "XAA"),
    ):
        learned = [event for event in events if isinstance(event, ChainReceived)]
        assert len(learned) == (knows != end)
        assert all(event.documents == world.full_directory().chain(world.device(other).id) for event in learned)
        assert new[end].require_valid(world.device(other).id, world.now).device == world.device(other).id


def test_a_stale_directory_is_brought_up_to_date_by_the_chain() -> None:
    world = make_coalition()
    stale = world.new_directory()
    stale.apply_custodian(world.nation("XAA").custodian_document.data)
    stale.apply_certificate(world.device("XAA").document.data)
    joined = pair(world, responder=stale).run()
    assert joined.authenticated()
    assert [type(event) for event in joined.responder_events] == [ChainReceived, Authenticated]


def test_a_responder_takes_an_older_link_secret_and_says_so() -> None:
    world = make_coalition()
    newest = bytes(reversed(world.link_secret))
    dialler = link(world, "XAA", End.DIALLER)
    responder = link(world, "XBB", End.RESPONDER, secrets=(newest, world.link_secret))
    joined = LinkPair(dialler, responder, world.now).run()
    assert peer_of(joined.responder_events).secret == 1
    assert peer_of(joined.dialler_events).secret == 0


def test_a_dialler_never_uses_an_older_link_secret() -> None:
    world = make_coalition()
    newest = bytes(reversed(world.link_secret))
    dialler = link(world, "XAA", End.DIALLER, secrets=(newest, world.link_secret))
    assert dialler.start().send == (encode(Proof(proof(newest, EXPORTER, End.DIALLER))),)
    with pytest.raises(AuthenticationError):
        dialler.receive(encode(Proof(proof(world.link_secret, EXPORTER, End.RESPONDER))), world.now)


# ------------------------------------------------------------------------------------------------ strangers


def sent(machine: Link, frame: bytes, now: int) -> tuple[bytes, ...]:
    """What a machine sends before it refuses a frame: nothing, as it raises."""
    try:
        return machine.receive(frame, now).send
    except RemoteProtocolError:
        return ()


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xc1",
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(65),
        encode(Proof(bytes(32))),
        encode(Proof(proof(bytes(32), EXPORTER, End.DIALLER))),
        encode(WantChain()),
        encode(Ready()),
        encode(Auth(b"x", bytes(64))),
        encode(Chain(1)),
    ],
    ids=["empty", "no msgpack", "http", "long", "wrong", "guessed", "want chain", "ready", "auth", "chain"],
)
def test_a_stranger_gets_no_byte(frame: bytes) -> None:
    world = make_coalition()
    responder = link(world, "XBB", End.RESPONDER)
    assert sent(responder, frame, world.now) == ()
    assert responder.state is State.REFUSED
    assert sent(responder, encode(Proof(proof(world.link_secret, EXPORTER, End.DIALLER))), world.now) == ()


def test_a_wrong_proof_is_an_authentication_error_at_either_end() -> None:
    world = make_coalition()
    for end in End:
        machine = link(world, "XAA", end)
        with pytest.raises(AuthenticationError):
            machine.receive(encode(Proof(proof(bytes(32), EXPORTER, end.other))), world.now)
        assert machine.state is State.REFUSED


def test_the_responder_does_not_name_itself_before_the_dialler_is_certified() -> None:
    world = make_coalition()
    responder = link(world, "XBB", End.RESPONDER, directory=world.new_directory())
    to_auth(world, responder)
    step = responder.receive(dialler_auth(world, "XAA"), world.now)
    assert step.send == (encode(WantChain()),)
    assert step.events == ()


def test_a_frame_over_the_cap_of_its_state_is_not_decoded() -> None:
    world = make_coalition()
    responder = link(world, "XBB", End.RESPONDER)
    assert responder.frame_cap == 64
    with pytest.raises(LimitError):
        responder.receive(bytes(65), world.now)


# ------------------------------------------------------------------------------------------------ reflection, replay


def test_a_proof_sent_back_is_refused() -> None:
    world = make_coalition()
    dialler = link(world, "XAA", End.DIALLER)
    (own,) = dialler.start().send
    with pytest.raises(AuthenticationError):
        dialler.receive(own, world.now)


def test_an_auth_sent_back_is_refused() -> None:
    world = make_coalition()
    dialler = link(world, "XAA", End.DIALLER)
    (own,) = dialler.receive(encode(Proof(proof(world.link_secret, EXPORTER, End.RESPONDER))), world.now).send
    with pytest.raises(AuthenticationError):
        dialler.receive(own, world.now)


def test_a_node_that_reaches_itself_is_refused_at_both_ends() -> None:
    world = make_coalition()
    dialler, responder = link(world, "XAA", End.DIALLER), link(world, "XAA", End.RESPONDER)
    with pytest.raises(AuthenticationError):
        LinkPair(dialler, responder, world.now).run()
    assert responder.state is State.REFUSED
    # And a dialler whose own device answers, as if the responder had not looked.
    dialler = link(world, "XAA", End.DIALLER)
    dialler.receive(encode(Proof(proof(world.link_secret, EXPORTER, End.RESPONDER))), world.now)
    mirror = link(world, "XAA", End.RESPONDER)
    to_auth(world, mirror)
    (theirs,) = mirror.receive(dialler_auth(world, "XBB"), world.now).send
    with pytest.raises(AuthenticationError):
        dialler.receive(theirs, world.now)


def test_a_proof_of_another_connection_is_refused() -> None:
    world = make_coalition()
    responder = link(world, "XBB", End.RESPONDER)
    with pytest.raises(AuthenticationError):
        responder.receive(encode(Proof(proof(world.link_secret, OTHER_EXPORTER, End.DIALLER))), world.now)


def test_an_auth_of_another_connection_is_refused() -> None:
    world = make_coalition()
    responder = link(world, "XBB", End.RESPONDER)
    to_auth(world, responder)
    with pytest.raises(AuthenticationError):
        responder.receive(dialler_auth(world, "XAA", OTHER_EXPORTER), world.now)


def test_another_device_cannot_show_a_certificate_that_is_not_its_own() -> None:
    world = make_coalition()
    responder = link(world, "XBB", End.RESPONDER)
    to_auth(world, responder)
    stolen = evolve(decode(Auth, dialler_auth(world, "XCC")), certificate=world.device("XAA").document.data)
    with pytest.raises(AuthenticationError):
        responder.receive(encode(stolen), world.now)


# ------------------------------------------------------------------------------------------------ standing


def test_a_revoked_device_is_refused_without_asking_for_a_chain() -> None:
    world = make_coalition()
    lost = world.device("XAA")
    publication, _ = world.republish("XAA", revocations=(Revocation(lost.id, world.now, 1),))
    directory = world.full_directory()
    directory.apply_publication(publication.data)
    responder = link(world, "XBB", End.RESPONDER, directory=directory)
    to_auth(world, responder)
    with pytest.raises(AuthenticationError):
        responder.receive(dialler_auth(world, "XAA"), world.now)


def test_an_expired_certificate_is_refused() -> None:
    world = make_coalition()
    joined = pair(world)
    joined.now = world.now + 31 * DAY
    with pytest.raises(AuthenticationError):
        joined.run()


def test_a_device_that_no_directory_lists_is_refused_after_its_chain() -> None:
    world = make_coalition()
    publication, part = world.republish("XAA", devices=())
    ours = world.full_directory()
    ours.apply_publication(publication.data)
    ours.apply_directory_part(part)
    joined = pair(world, responder=ours)
    with pytest.raises(AuthenticationError):
        joined.run()
    assert [type(read_message(frame)) for end, frame in joined.frames if end is End.RESPONDER] == [Proof, WantChain]


def test_a_certificate_of_another_coalition_is_refused_after_its_chain() -> None:
    world, other = make_coalition(), make_coalition(seed="another")
    foreign = link(other, "XAA", End.DIALLER, secrets=(world.link_secret,))
    with pytest.raises(AuthenticationError):
        LinkPair(foreign, link(world, "XBB", End.RESPONDER), world.now).run()


def test_one_key_for_two_persons_is_reported_as_such() -> None:
    world = make_coalition()
    ann = world.device("XAA")
    second = evolve(ann.certificate, person=bytes(16), not_before=ann.certificate.not_before + 1)
    forged = issue_certificate(second, world.nation("XAA").custodian)
    responder = link(world, "XBB", End.RESPONDER)
    to_auth(world, responder)
    with pytest.raises(ReplayError):
        responder.receive(encode(Auth(forged.data, bytes(64))), world.now)


# ------------------------------------------------------------------------------------------------ invites


def test_an_invites_key_leads_to_enrolment_and_nowhere_else() -> None:
    world = make_coalition()
    key = bytes(range(64, 96))
    responder = link(world, "XBB", End.RESPONDER, invites={bytes(32): b"other", key: b"mine"})
    step = responder.receive(encode(Proof(proof(key, EXPORTER, End.DIALLER))), world.now)
    assert step.send == (encode(Proof(proof(key, EXPORTER, End.RESPONDER))),)
    proven = invited(list(step.events))
    assert (proven.invite, proven.key) == (b"mine", key)
    assert responder.state is State.INVITED
    with pytest.raises(StateError):
        responder.receive(encode(Ready()), world.now)


def test_a_dialler_does_not_take_an_invites_key() -> None:
    world = make_coalition()
    key = bytes(range(64, 96))
    dialler = link(world, "XAA", End.DIALLER, invites={key: b"mine"})
    with pytest.raises(AuthenticationError):
        dialler.receive(encode(Proof(proof(key, EXPORTER, End.RESPONDER))), world.now)


# ------------------------------------------------------------------------------------------------ our own bugs


def test_a_link_needs_an_exporter_a_secret_and_few_invites() -> None:
    world = make_coalition()
    with pytest.raises(LocalProtocolError):
        link(world, "XAA", End.DIALLER, exporter=b"short")
    with pytest.raises(LocalProtocolError):
        link(world, "XAA", End.DIALLER, invites={bytes([n]) * 32: b"" for n in range(MAX_INVITES + 1)})
    own = credentials(world, world.device("XAA"))
    with pytest.raises(LocalProtocolError):
        Link(End.DIALLER, EXPORTER, type(own)(own.coalition, own.seed, own.certificate, own.chain, ()), world.directory)


def test_no_secret_shows_in_a_repr() -> None:
    world = make_coalition()
    machine = link(world, "XAA", End.RESPONDER, invites={b"k" * 32: b"name"})
    shown = repr(machine)
    for secret in (world.link_secret, b"k" * 32, world.device("XAA").key.ed25519, EXPORTER):
        assert repr(secret)[2:-1] not in shown
