"""Attack 16 (Threema's vouch box): a signature got from one protocol is used in another.

Whoever is at the other end of a link chooses, as far as TLS lets him, what the victim signs there. So the victim's AUTH
is made here over exporters that are the very ids and hashes an attacker would like signed, by the real link machine.
That the TLS certificate's key authenticates nothing is tested with the transport.
"""

from __future__ import annotations

from itertools import permutations

import pytest

from protocol.base import crypto
from protocol.base.errors import AuthenticationError, RemoteProtocolError
from protocol.base.ids import Domain
from protocol.base.records import decode, encode, evolve
from protocol.exchange.link import State
from protocol.exchange.messages import Auth
from protocol.exchange.proof import End
from tests.attacks.objects import (
    ANN,
    BO,
    BY_DOMAIN,
    ENTRY,
    EXPORTER,
    FEED,
    OBJECTS,
    OPS,
    SEALED,
    SignedObject,
    link,
    link_door,
    named,
)

ANNS = [one for one in OBJECTS if one.key == ANN.key and one.domain is not Domain.LINK_AUTH]
WANTED = {
    "entry id": ENTRY.id,
    "envelope id": SEALED.envelope.id,
    "revision hash": OPS.revision.hash,
    "feed id": FEED.id * 2,
    "device key": ANN.certificate.key,
    "zeros": bytes(32),
    "a domain": Domain.ENTRY.prefix.ljust(32, b"\0"),
}


@pytest.mark.parametrize("one", ANNS, ids=lambda one: one.name)
@pytest.mark.parametrize("exporter", WANTED.values(), ids=WANTED.keys())
def test_a_link_signature_over_a_chosen_exporter_signs_nothing_else(one: SignedObject, exporter: bytes) -> None:
    auth = named(exporter)
    link_door(auth, exporter)
    with pytest.raises(AuthenticationError):
        one.door(one.bearing(decode(Auth, auth).signature))
    one.door(one.data)


@pytest.mark.parametrize("one", ANNS, ids=lambda one: one.name)
def test_a_signature_of_anything_else_opens_no_link(one: SignedObject) -> None:
    auth = decode(Auth, named())
    other = crypto.ed25519_sign(ANN.key.ed25519, one.domain, one.message)
    assert one.bearing(other) == one.data
    with pytest.raises(AuthenticationError):
        link_door(encode(evolve(auth, signature=other)))
    link_door(encode(auth))


def test_a_link_signature_over_another_domains_bytes_is_of_no_use() -> None:
    """Even if the signer could be brought to sign any message at all for the link."""
    link_auth = BY_DOMAIN[Domain.LINK_AUTH]
    for one in ANNS:
        for message in (one.message, one.domain.prefix + one.message):
            signature = crypto.ed25519_sign(ANN.key.ed25519, Domain.LINK_AUTH, message)
            with pytest.raises(AuthenticationError):
                one.door(one.bearing(signature))
    link_auth.door(link_auth.signed(Domain.LINK_AUTH))


def test_no_domain_is_the_beginning_of_another() -> None:
    for one, other in permutations(Domain, 2):
        assert not one.prefix.startswith(other.prefix)


# ------------------------------------------------------------------------------------------------ other connections


def test_a_link_signature_holds_on_its_own_connection_only() -> None:
    other = bytes(32)
    link_door(named(other), other)
    for auth, exporter in ((named(other), EXPORTER), (named(), other)):
        with pytest.raises(AuthenticationError):
            link_door(auth, exporter)


def test_a_link_signature_holds_in_its_own_direction_only() -> None:
    """Bo, as responder, names himself; those bytes, sent to a responder, are no dialler's."""
    dialler, responder = link(End.DIALLER, ANN), link(End.RESPONDER, BO)
    (proof,) = responder.receive(dialler.start().send[0], 0).send
    now = ANN.certificate.not_before
    (auth,) = dialler.receive(proof, now).send
    (answer,) = responder.receive(auth, now).send
    dialler.receive(answer, now)
    assert dialler.state is State.AUTHENTICATED

    again = link(End.RESPONDER, ANN)
    again.receive(link(End.DIALLER, BO).start().send[0], now)
    with pytest.raises(AuthenticationError):
        again.receive(answer, now)


def test_a_link_signature_reflected_to_its_maker_is_refused() -> None:
    responder = link(End.RESPONDER, ANN)
    responder.receive(link(End.DIALLER, ANN).start().send[0], 0)
    with pytest.raises(RemoteProtocolError):
        responder.receive(named(), ANN.certificate.not_before)
