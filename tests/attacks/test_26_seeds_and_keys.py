"""Attack 26 (Session): seeds that are none, keys taken from the message they verify, and impersonation by a stolen key.

A seed of low entropy is not handed out. A public key inside an object never verifies that object, save where it claims
nothing but possession of that key. And whoever holds all of Bo's keys speaks as Bo, but to Bo he speaks as nobody else.
"""

from __future__ import annotations

from copy import deepcopy

import attrs
import pytest

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.errors import AuthenticationError, LocalProtocolError, RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import DOMAINS, SigningKey, read_signed, sign
from protocol.exchange.link import Link, LinkCredentials, State
from protocol.exchange.proof import End
from protocol.keys.envelope import read_envelope, seal_envelope
from protocol.keys.otar import Delivery, Otar, check_prekey, open_otar, seal_otar
from protocol.messages.feed import check_feed, sign_feed
from protocol.trust.channel import check_revision
from protocol.trust.charter import CharterSignature, check_signature, root_id
from protocol.trust.credential import (
    CertificateRequest,
    check_certificate,
    check_custodian,
    check_request,
    issue_certificate,
    issue_custodian,
    make_request,
)
from protocol.trust.founding import NationOffer, make_offer, read_offer
from protocol.vectors.drbg import Drbg
from tests.attacks.objects import ANN, BO, EXPORTER, FEED, OPS, SEALED, WORLD, XAA, link
from tests.fakes.nation import signing_key

XBB = WORLD.nation("XBB")
EVE = signing_key(Drbg("eve"))
EVE_PUBLIC = EVE.public()

# --- seeds ---

GOOD = bytes(range(32))
WEAK = {
    "empty": b"",
    "31 bytes": GOOD[:31],
    "33 bytes": GOOD + b"\0",
    "16 bytes, as Session had": GOOD[:16],
    "zeros": bytes(32),
    "16 bytes and zeros": GOOD[:16] + bytes(16),
    "zeros and 16 bytes": bytes(16) + GOOD[16:],
    "a constant half": GOOD[:16] + b"\x55" * 16,
}


@pytest.mark.parametrize("seed", WEAK.values(), ids=WEAK.keys())
def test_a_seed_that_is_none_is_not_handed_out(seed: bytes) -> None:
    header = decode(Otar, ANN.otar.body).header
    seeds = tuple(bytes(chain.seed) for chain in ANN.delivery.chains)
    prekey = crypto.xwing_public(ANN.prekey)
    seal_otar(custodian=XAA.custodian, header=header, prekey=prekey, seeds=seeds)
    for place in range(len(seeds)):
        changed = (*seeds[:place], seed, *seeds[place + 1 :])
        with pytest.raises(LocalProtocolError):
            seal_otar(custodian=XAA.custodian, header=header, prekey=prekey, seeds=changed)


# --- keys inside what they would verify ---


def test_a_custodian_does_not_certify_himself() -> None:
    certificate = evolve(XAA.custodian_certificate, key=EVE_PUBLIC.ed25519, mldsa=EVE_PUBLIC.mldsa)
    forged = issue_custodian(certificate, EVE, root_id(WORLD.coalition.charter_hash, 0))
    with pytest.raises(AuthenticationError):
        check_custodian(WORLD.coalition, forged.data)
    with pytest.raises(AuthenticationError):
        deepcopy(WORLD.directory).apply_custodian(forged.data)
    check_custodian(
        WORLD.coalition, issue_custodian(certificate, XAA.root, root_id(WORLD.coalition.charter_hash, 0)).data
    )


def test_a_device_does_not_certify_itself() -> None:
    request = CertificateRequest(
        WORLD.id, 0, EVE_PUBLIC.ed25519, ANN.certificate.mldsa_hash, ANN.certificate.bundle_hash
    )
    own = evolve(ANN.certificate, key=EVE_PUBLIC.ed25519, request=make_request(request, EVE).signature)
    with pytest.raises(AuthenticationError):
        check_certificate(XAA.custodian_certificate, issue_certificate(own, EVE).data)
    check_certificate(XAA.custodian_certificate, issue_certificate(own, XAA.custodian).data)


def test_a_nation_does_not_sign_a_charter_by_a_key_that_it_brings_along() -> None:
    """The ML-DSA-65 half of a root travels in the signature; the text names it by hash, and the other half by value."""
    charter_hash = WORLD.coalition.charter_hash
    for mldsa in (EVE_PUBLIC.mldsa, XAA.root.public().mldsa):
        body = encode(CharterSignature(charter_hash, 0, mldsa))
        for key in (EVE, SigningKey(XAA.root.ed25519, EVE.mldsa), SigningKey(EVE.ed25519, XAA.root.mldsa)):
            forged = sign(Tag.CHARTER_SIGNATURE, root_id(charter_hash, 0), body, key)
            with pytest.raises(RemoteProtocolError):
                check_signature(WORLD.charter, forged.data)


def test_what_claims_a_key_only_says_no_more_than_that() -> None:
    """Requests and offers name the key that signs them: whoever holds another key has no request of ours, nor an offer."""
    request = CertificateRequest(
        WORLD.id, 0, ANN.certificate.key, ANN.certificate.mldsa_hash, ANN.certificate.bundle_hash
    )
    with pytest.raises(AuthenticationError):
        check_request(WORLD.id, 0, make_request(request, EVE).data)
    root = XAA.root.public()
    offer = NationOffer("XAA", "Nation XAA", root.ed25519, root.mldsa, crypto.xwing_public(ANN.bundle))
    with pytest.raises(AuthenticationError):
        read_offer(make_offer(offer, EVE).data)
    check_request(WORLD.id, 0, make_request(request, ANN.key).data)
    read_offer(make_offer(offer, XAA.root).data)


def test_a_link_is_not_authenticated_by_the_certificate_that_it_brings_along() -> None:
    """The dialler sends a certificate of its own making, for its own key, and signs with that."""
    request = CertificateRequest(
        WORLD.id, 0, EVE_PUBLIC.ed25519, ANN.certificate.mldsa_hash, ANN.certificate.bundle_hash
    )
    own = evolve(ANN.certificate, key=EVE_PUBLIC.ed25519, request=make_request(request, EVE).signature)
    certificate = issue_certificate(own, EVE).data
    chain = (XAA.custodian_document.data, XAA.publication_document.data, XAA.directory_part, certificate)
    responder = link(End.RESPONDER, BO)
    dialler = as_whom(End.DIALLER, certificate, EVE.ed25519, chain)
    with pytest.raises(RemoteProtocolError):
        talk(dialler, responder)
    assert responder.state is State.REFUSED


# --- key-compromise impersonation ---


def as_whom(end: End, certificate: bytes, seed: bytes, chain: tuple[bytes, ...] = ()) -> Link:
    """One end of a link that names itself by a certificate and signs with a key, whatever belongs together."""
    credentials = LinkCredentials(
        coalition=WORLD.id, seed=seed, certificate=certificate, chain=lambda: chain, secrets=(WORLD.link_secret,)
    )
    return Link(end, EXPORTER, credentials, deepcopy(WORLD.directory))


def talk(dialler: Link, responder: Link) -> None:
    """Carry their frames to and fro until neither says anything."""
    frames = list(dialler.start().send)
    to, other = responder, dialler
    while frames:
        answers: list[bytes] = []
        for frame in frames:
            answers += to.receive(frame, WORLD.now).send
        frames, to, other = answers, other, to


def test_with_bos_keys_nobody_links_to_bo_as_ann() -> None:
    talk(link(End.DIALLER, ANN), responder := link(End.RESPONDER, BO))
    assert responder.state is State.AUTHENTICATED, "control"
    for seed in (BO.key.ed25519, BO.key.mldsa, XBB.custodian.ed25519):
        responder = link(End.RESPONDER, BO)
        with pytest.raises(AuthenticationError):
            talk(as_whom(End.DIALLER, ANN.document.data, seed), responder)
        assert responder.state is State.REFUSED
        dialler = link(End.DIALLER, BO)
        with pytest.raises(AuthenticationError):
            talk(dialler, as_whom(End.RESPONDER, ANN.document.data, seed))
        assert dialler.state is State.REFUSED


def bos_keys() -> list[SigningKey]:
    """All that signs among what Bo, and his nation's custodian, hold."""
    return [BO.key, XBB.custodian, XBB.root]


@pytest.mark.parametrize("key", bos_keys(), ids=["device", "custodian", "root"])
def test_with_bos_keys_nobody_writes_to_bo_as_ann(key: SigningKey) -> None:
    """He knows the TEK, every segment key of XBB and Bo's prekey, and signs with what Bo and his nation have."""
    forged_feed = sign_feed(FEED.record, key)
    with pytest.raises(AuthenticationError):
        check_feed(ANN.certificate, forged_feed.data)
    context = SEALED.envelope.context
    publics = [
        public
        for slot in context.slots
        for _, public in WORLD.keys.slots(slot.nation, *context.release.compartment, context.segment)
    ]
    forged_envelope = seal_envelope(context, SEALED.tek, publics, key.ed25519)
    assert WORLD.open_envelope(BO, forged_envelope) == SEALED.tek, "it opens: all that is wrong is the signature"
    with pytest.raises(AuthenticationError):
        read_envelope(forged_envelope.data).verify(ANN.certificate.key)
    forged = WORLD.entry(attrs.evolve(ANN, key=key), FEED, SEALED, "turn back")
    assert WORLD.read(BO, forged, SEALED.envelope), "it opens too"
    with pytest.raises(AuthenticationError):
        forged.verify(ANN.certificate.key)
    statement = read_signed(ANN.statement_document.data).body
    with pytest.raises(AuthenticationError):
        check_prekey(ANN.certificate, sign(Tag.PREKEY_STATEMENT, ANN.id, statement, key).data)
    revision = sign(Tag.CHANNEL_REVISION, ANN.id, read_signed(OPS.document.data).body, key)
    certified = WORLD.directory.require_valid(ANN.id, WORLD.now)
    with pytest.raises(AuthenticationError):
        check_revision(WORLD.id, revision.data, certified, None)
    check_revision(WORLD.id, OPS.document.data, certified, None)


def open_bos(data: bytes) -> Delivery:
    """An OTAR, as Bo takes it."""
    return open_otar(
        data,
        certificate=BO.certificate,
        certificate_hash=BO.hash,
        custodian=XBB.custodian_certificate,
        prekey_seed=BO.prekey,
        prekey_counter=1,
        edition=XBB.edition,
        keys=WORLD.keys,
    )


def test_with_bos_prekey_nobody_keys_bo() -> None:
    """A thief of Bo's device knows his prekey and seeds: he can seal the right seeds to him, but not as his custodian."""
    signed = BO.otar
    assert open_bos(signed.data).chains
    for key in (BO.key, XAA.custodian, EVE):
        forged = pack(
            (
                int(Tag.OTAR),
                signed.signer,
                signed.body,
                crypto.ed25519_sign(key.ed25519, DOMAINS[Tag.OTAR], signed.body),
            )
        )
        with pytest.raises(AuthenticationError):
            open_bos(forged)


def test_with_bos_keys_nobody_is_certified_as_ann() -> None:
    """Bo's own custodian, stolen with Bo, certifies Ann's name and key for XBB: her request is for XAA."""
    claimed = evolve(ANN.certificate, nation=1, custodian=0)
    with pytest.raises(AuthenticationError):
        check_certificate(XBB.custodian_certificate, issue_certificate(claimed, XBB.custodian).data)
