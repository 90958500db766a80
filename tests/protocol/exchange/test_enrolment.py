"""Enrolment: a device joins by an invite; what each side believes, and what a man in the middle cannot have."""

from __future__ import annotations

import attrs
import pytest

from protocol.base import crypto
from protocol.base.errors import (
    AuthenticationError,
    ExpiredError,
    LimitError,
    LocalProtocolError,
    RemoteProtocolError,
    StateError,
)
from protocol.base.limits import MAX_GRANT_BYTES
from protocol.base.records import decode, encode, evolve
from protocol.exchange import enrolment, joining
from protocol.exchange.enrolment import Enroller, JoinerLeft, JoinerReady, JoinRequested, Welcoming
from protocol.exchange.joining import Declined, Granted, Joiner, Welcomed
from protocol.exchange.link import State as LinkState
from protocol.exchange.messages import (
    Document,
    Farewell,
    Goodbye,
    Grant,
    Join,
    Offer,
    Ping,
    Proof,
    Welcome,
    document_hash,
    read_message,
)
from protocol.exchange.offer import check_join, seal_offer
from protocol.exchange.proof import End
from protocol.keys.otar import PrekeyStatement, sign_prekey
from protocol.trust.credential import Certificate, issue_certificate
from tests.fakes.coalition import FakeCoalition, make_coalition
from tests.fakes.nation import DAY
from tests.protocol.exchange.joiners import (
    NONCE,
    an_invite,
    certified,
    deliver,
    enrolment_of,
    newcomer,
    proof_frame,
    welcoming,
)
from tests.protocol.exchange.links import EXPORTER, OTHER_EXPORTER, invited, link

# ------------------------------------------------------------------------------------------------ the way through


@pytest.mark.parametrize("code", ["XAA", "XCC"])
def test_a_device_joins_by_an_invite(code: str) -> None:
    world = make_coalition()
    invite = an_invite(world, code)
    joiner = Joiner(invite, EXPORTER, newcomer().offer(invite))
    responder = link(world, code, End.RESPONDER, invites={invite.key: b"first"})

    (hello,) = joiner.start().send
    proven = responder.receive(hello, world.now)
    found = invited(list(proven.events))
    assert responder.state is LinkState.INVITED
    enroller = Enroller(welcoming(world, code), found.key, EXPORTER, NONCE)

    (join,) = joiner.receive(proven.send[0], world.now).send
    assert len(join) <= enroller.frame_cap
    step = enroller.receive(join)
    (requested,) = step.events
    assert isinstance(requested, JoinRequested)
    assert requested.name == "Lt New Comer"
    assert requested.checked.prekey.key == crypto.xwing_public(newcomer().prekey)
    assert len(step.send) == 1 + 3 + len(world.nations)

    (welcomed,) = deliver(joiner, step.send, world.now)
    assert isinstance(welcomed, Welcomed)
    assert welcomed.words == requested.words
    assert welcomed.coalition.id == world.id
    assert welcomed.policy == world.policy
    assert welcomed.custodian == world.nation(code).custodian_certificate

    certificate = certified(world, requested, code)
    chain = world.full_directory().chain(world.device(code).id)
    granted = enroller.grant(certificate.data, chain, ("north.example:7400", "[2001:db8::1]:7400"))
    assert len(granted.send) == 2 + len(chain)
    for frame in granted.send[:-1]:
        assert joiner.receive(frame, world.now).events == ()
    last = joiner.receive(granted.send[-1], world.now)
    (result,) = last.events
    assert isinstance(result, Granted)
    assert result.certified.certificate.key == newcomer().key.public().ed25519
    assert result.documents == chain
    assert result.addresses == ("north.example:7400", "[2001:db8::1]:7400")
    assert joiner.state is joining.State.ENROLLED

    (ready,) = last.send
    assert enroller.receive(ready).events == (JoinerReady(),)
    assert enroller.state is enrolment.State.ENROLLED


def test_a_join_fits_six_kilobytes() -> None:
    world = make_coalition()
    invite = an_invite(world)
    join = encode(seal_offer(newcomer().offer(invite), invite.key, EXPORTER))
    assert len(join) < 6_000


def test_a_refused_joiner_hears_so() -> None:
    both = enrolment_of(make_coalition())
    both.welcome()
    (goodbye,) = both.enroller.decline().send
    assert both.enroller.state is enrolment.State.DECLINED
    assert both.joiner.receive(goodbye, both.world.now).events == (Declined(int(Farewell.DECLINED)),)
    assert both.joiner.state is joining.State.DECLINED
    assert both.joiner.leave().send == ()


def test_a_joiner_whose_words_differ_leaves() -> None:
    both = enrolment_of(make_coalition())
    both.welcome()
    (goodbye,) = both.joiner.leave().send
    assert both.joiner.state is joining.State.LEFT
    assert both.enroller.receive(goodbye).events == (JoinerLeft(int(Farewell.WORDS)),)
    assert both.enroller.state is enrolment.State.LEFT


# ------------------------------------------------------------------------------------------------ the words


def test_words_differ_for_a_man_in_the_middle_who_has_the_invite() -> None:
    world = make_coalition()
    invite = an_invite(world)
    joiner = Joiner(invite, EXPORTER, newcomer().offer(invite))
    # He ends the joiner's TLS himself, and opens one of his own to the custodian with a device of his.
    (join,) = joiner.receive(proof_frame(invite, End.RESPONDER), world.now).send
    assert isinstance(read_message(join), Join)
    enroller = Enroller(welcoming(world), invite.key, OTHER_EXPORTER, NONCE)
    his = newcomer("somebody else").offer(invite, "Lt New Comer")
    step = enroller.receive(encode(seal_offer(his, invite.key, OTHER_EXPORTER)))
    (requested,) = step.events
    assert isinstance(requested, JoinRequested)
    (welcomed,) = deliver(joiner, step.send, world.now)
    assert isinstance(welcomed, Welcomed)
    assert welcomed.words != requested.words


def test_words_differ_even_if_he_passes_the_joiners_own_request_on() -> None:
    world = make_coalition()
    invite = an_invite(world)
    offer = newcomer().offer(invite)
    joiner = Joiner(invite, EXPORTER, offer)
    joiner.receive(proof_frame(invite, End.RESPONDER), world.now)
    enroller = Enroller(welcoming(world), invite.key, OTHER_EXPORTER, NONCE)
    step = enroller.receive(encode(seal_offer(offer, invite.key, OTHER_EXPORTER)))
    (requested,) = step.events
    assert isinstance(requested, JoinRequested)
    (welcomed,) = deliver(joiner, step.send, world.now)
    assert isinstance(welcomed, Welcomed)
    assert welcomed.words != requested.words


def test_words_depend_on_a_nonce_that_the_joiner_cannot_know() -> None:
    world = make_coalition()
    shown = set()
    for nonce in (bytes(16), bytes(15) + b"\x01"):
        both = enrolment_of(world)
        both.enroller = Enroller(welcoming(world), both.joiner.invite.key, EXPORTER, nonce)
        welcomed, requested = both.welcome()
        assert welcomed.words == requested.words
        shown.add(welcomed.words)
    assert len(shown) == 2


# ------------------------------------------------------------------------------------------------ the custodian's side


def changed_offers(world: FakeCoalition) -> list[tuple[str, Offer]]:
    invite, other = an_invite(world), newcomer("other")
    good, theirs = newcomer().offer(invite), other.offer(invite)
    foreign = newcomer().offer(evolve(invite, nation=1))
    elsewhere = newcomer().offer(evolve(invite, coalition=bytes(16)))
    statement = PrekeyStatement(world.id, 0, world.device("XAA").id, 1, 0, b"", crypto.xwing_public(other.prekey))
    borrowed = sign_prekey(statement, newcomer().key)
    return [
        ("another's ML-DSA key", evolve(good, mldsa=theirs.mldsa)),
        ("another's bundle key", evolve(good, bundle=theirs.bundle)),
        ("another's prekey", evolve(good, prekey=theirs.prekey)),
        ("a prekey in another's name", evolve(good, prekey=borrowed.data)),
        ("another's request", evolve(good, request=theirs.request)),
        ("a request for another nation", foreign),
        ("a request for another coalition", elsewhere),
        ("a bundle key of small order", evolve(good, bundle=good.bundle[:1184] + bytes(32))),
    ]


@pytest.mark.parametrize("place", range(8))
def test_an_offer_whose_parts_do_not_hold_together_reaches_no_person(place: int) -> None:
    world = make_coalition()
    invite = an_invite(world)
    what, offer = changed_offers(world)[place]
    enroller = Enroller(welcoming(world), invite.key, EXPORTER, NONCE)
    with pytest.raises(AuthenticationError):
        enroller.receive(encode(seal_offer(offer, invite.key, EXPORTER)))
    assert enroller.state is enrolment.State.REFUSED, what


def test_a_join_needs_the_invites_key_and_this_connection() -> None:
    world = make_coalition()
    invite = an_invite(world)
    offer = newcomer().offer(invite)
    for key, exporter in ((bytes(32), EXPORTER), (invite.key, OTHER_EXPORTER)):
        enroller = Enroller(welcoming(world), invite.key, EXPORTER, NONCE)
        with pytest.raises(AuthenticationError):
            enroller.receive(encode(seal_offer(offer, key, exporter)))
    renamed = evolve(seal_offer(offer, invite.key, EXPORTER), offer=evolve(offer, name="Gen Some Body"))
    with pytest.raises(AuthenticationError):
        check_join(renamed, invite.key, EXPORTER, world.id, 0)


def test_a_grant_is_for_the_request_that_was_made() -> None:
    both = enrolment_of(make_coalition())
    with pytest.raises(LocalProtocolError):
        both.enroller.grant(both.world.device("XAA").document.data, (), ())
    with pytest.raises(LocalProtocolError):
        both.enroller.decline()
    both.welcome()
    with pytest.raises(LocalProtocolError):
        both.enroller.grant(both.world.device("XAA").document.data, (), ())
    assert both.enroller.state is enrolment.State.REQUESTED


def test_a_joiner_says_nothing_else() -> None:
    world = make_coalition()
    for frame in (encode(Ping(1)), b"\x91\xcc\xc8", encode(Goodbye(0))[:-1]):
        both = enrolment_of(world)
        with pytest.raises(RemoteProtocolError):
            both.enroller.receive(frame)
        with pytest.raises(RemoteProtocolError):
            both.enroller.receive(encode(Goodbye(0)))
    both = enrolment_of(world)
    both.welcome()
    join = encode(seal_offer(both.joiner.offer, both.joiner.invite.key, EXPORTER))
    with pytest.raises(LimitError):
        both.enroller.receive(join)


# ------------------------------------------------------------------------------------------------ the joiner's side


def false_welcomes(world: FakeCoalition) -> list[tuple[str, Welcoming]]:
    other = make_coalition(seed="another")
    right = welcoming(world)
    seat = world.nation("XAA")
    return [
        ("another charter", attrs.evolve(right, charter=other.charter_data)),
        ("another coalition", welcoming(other)),
        ("another policy", attrs.evolve(right, policy=encode(evolve(world.policy, version=9)))),
        ("another coalition's signatures", attrs.evolve(right, signatures=other.signatures)),
        ("a signature twice", attrs.evolve(right, signatures=(*world.signatures[:2], world.signatures[0]))),
        ("another nation's custodian", attrs.evolve(right, custodian=world.nation("XBB").custodian_document.data)),
        ("no custodian", attrs.evolve(right, custodian=seat.devices[0].document.data)),
    ]


def served(right: Welcoming, joiner: Joiner, world: FakeCoalition) -> list[object]:
    """A welcome of the given documents, whoever they come from."""
    joiner.receive(proof_frame(joiner.invite, End.RESPONDER), world.now)
    frames = [encode(Welcome(len(right.documents), NONCE))]
    frames += [encode(Document(document_hash(data), data)) for data in right.documents]
    return deliver(joiner, tuple(frames), world.now)


@pytest.mark.parametrize("place", range(7))
def test_a_joiner_refuses_a_false_welcome(place: int) -> None:
    world = make_coalition()
    what, false = false_welcomes(world)[place]
    invite = an_invite(world)
    joiner = Joiner(invite, EXPORTER, newcomer().offer(invite))
    with pytest.raises(RemoteProtocolError):
        served(false, joiner, world)
    assert joiner.state is joining.State.REFUSED, what
    assert served(welcoming(world), Joiner(invite, EXPORTER, newcomer().offer(invite)), world)


def test_a_joiner_refuses_a_custodian_who_is_not_the_invites() -> None:
    world = make_coalition()
    invite = evolve(an_invite(world), custodian=bytes(32))
    with pytest.raises(AuthenticationError):
        served(welcoming(world), Joiner(invite, EXPORTER, newcomer().offer(invite)), world)


def test_a_joiner_refuses_a_custodian_whose_time_has_passed() -> None:
    world = make_coalition()
    both = enrolment_of(world)
    world.now += 400 * DAY
    with pytest.raises(ExpiredError):
        both.welcome()


def test_a_welcome_has_as_many_documents_as_its_charter_needs() -> None:
    world = make_coalition()
    for invite, count in ((an_invite(world), 5), (evolve(an_invite(world), nation=9), 6)):
        joiner = Joiner(invite, EXPORTER, newcomer().offer(invite))
        joiner.receive(proof_frame(invite, End.RESPONDER), world.now)
        joiner.receive(encode(Welcome(count, NONCE)), world.now)
        with pytest.raises(StateError):
            joiner.receive(encode(Document(document_hash(world.charter_data), world.charter_data)), world.now)


def test_a_joiner_refuses_a_proof_that_is_its_own_or_anothers() -> None:
    world = make_coalition()
    invite = an_invite(world)
    for frame in (
        proof_frame(invite, End.DIALLER),
        proof_frame(invite, End.RESPONDER, OTHER_EXPORTER),
        encode(Proof(bytes(32))),
    ):
        joiner = Joiner(invite, EXPORTER, newcomer().offer(invite))
        with pytest.raises(AuthenticationError):
            joiner.receive(frame, world.now)


def test_a_joiner_refuses_what_comes_out_of_turn() -> None:
    world = make_coalition()
    welcome = encode(Welcome(6, NONCE))
    for frames in ([welcome], [encode(Ping(1))], [encode(Document(bytes(32), b"x"))], [encode(Goodbye(1))]):
        both = enrolment_of(world)
        with pytest.raises(RemoteProtocolError):
            deliver(both.joiner, tuple(frames), world.now)
    both = enrolment_of(world)
    both.joiner.receive(proof_frame(both.joiner.invite, End.RESPONDER), world.now)
    with pytest.raises(RemoteProtocolError):
        both.joiner.receive(encode(Grant(1, ())), world.now)


@pytest.mark.parametrize("whose", ["another device's", "another custodian's", "none"])
def test_a_joiner_refuses_a_certificate_that_is_not_for_its_request(whose: str) -> None:
    world = make_coalition()
    both = enrolment_of(world)
    _, requested = both.welcome()
    right = certified(world, requested)
    data = {
        "another device's": world.device("XAA").document.data,
        "another custodian's": issue_certificate(decode(Certificate, right.body), world.nation("XBB").custodian).data,
        "none": world.charter_data,
    }[whose]
    both.joiner.receive(encode(Grant(2, ())), world.now)
    with pytest.raises(RemoteProtocolError):
        both.joiner.receive(encode(Document(document_hash(data), data)), world.now)


def test_a_grant_is_bounded() -> None:
    both = enrolment_of(make_coalition())
    _, requested = both.welcome()
    data = bytes(65_536)
    many = (data,) * (MAX_GRANT_BYTES // len(data))
    with pytest.raises(LocalProtocolError):
        both.enroller.grant(certified(both.world, requested).data, many, ())
    assert both.enroller.state is enrolment.State.REQUESTED


def test_no_key_shows_in_a_repr() -> None:
    both = enrolment_of(make_coalition())
    shown = repr(both.joiner) + repr(both.enroller)
    for secret in (both.joiner.invite.key, both.joiner.invite.secret, EXPORTER, NONCE):
        assert repr(secret)[2:-1] not in shown
