"""Every kind of signed object there is, with its signer's key and the door through which a reader takes it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import attrs

from protocol.base import crypto
from protocol.base.codec import pack, unpack
from protocol.base.errors import AuthenticationError
from protocol.base.ids import HYBRID_TAGS, Domain, Tag
from protocol.base.records import decode, encode, encode_part
from protocol.base.signed import DOMAINS, Signed, SigningKey, read_signed, sign
from protocol.exchange.link import Link, LinkContext, LinkCredentials, State
from protocol.exchange.messages import Auth
from protocol.exchange.proof import End
from protocol.keys.demand import RekeyDemand, check_demand, sign_demand
from protocol.keys.device import check_edition, direct_channel, make_edition
from protocol.keys.direct import DirectContext, DirectSlot, read_direct, seal_direct
from protocol.keys.edition import DeviceChain, DeviceSegment
from protocol.keys.envelope import read_envelope
from protocol.keys.otar import check_prekey, open_otar
from protocol.messages.checkpoint import Head, check_checkpoint, make_checkpoint
from protocol.messages.entry import EntryHeader, read_entry, read_header
from protocol.messages.feed import check_feed
from protocol.trust.channel import check_revision
from protocol.trust.charter import check_signature, key_hash
from protocol.trust.credential import (
    CertificateRequest,
    certificate_hash,
    check_certificate,
    check_custodian,
    check_request,
    make_request,
)
from protocol.trust.founding import NationOffer, make_offer, read_offer
from protocol.trust.revocation import DeviceRevocation, LastGood, sign_revocation
from protocol.trust.seat import SeatClaim, check_seat_request, make_seat_request
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition
from tests.fakes.nation import FakeDevice

WORLD = make_coalition()
XAA = WORLD.nation("XAA")
ANN, BO = WORLD.device("XAA"), WORLD.device("XBB")
OPS = WORLD.channel(ANN)
SEALED = WORLD.envelope(ANN, "secret convoy rel xaa, xbb", OPS)
FEED = WORLD.feed(ANN, OPS, SEALED.release)
OWN = DeviceChain(DeviceSegment(ANN.id, 1, WORLD.segment), WORLD.segment + 1, bytearray(range(32)))
EDITION = make_edition(WORLD.id, ANN.nation, OWN, ANN.key)
BOTH = tuple(sorted((ANN.id, BO.id)))
DIRECT = seal_direct(
    DirectContext(
        SEALED.envelope.context.version,
        WORLD.id,
        WORLD.coalition.charter_hash,
        direct_channel(WORLD.id, BOTH),
        SEALED.release,
        ANN.nation,
        ANN.id,
        WORLD.segment,
        tuple(DirectSlot(device, 1) for device in BOTH),
        SEALED.envelope.context.not_after,
    ),
    bytes(range(32)),
    [OWN.public_keys()[0]] * 2,
    ANN.key.ed25519,
)
ENTRY = WORLD.entry(ANN, FEED, SEALED, "convoy leaves at dawn")
EXPORTER = bytes(range(32))


@attrs.frozen
class SignedObject:
    """One signed object.

    Attributes:
        door: takes the bytes as a reader does; raises if it refuses.
        message: what the signature covers, after its domain.
        under: the same object under another signature.
    """

    name: str
    data: bytes = attrs.field(repr=False)
    door: Callable[[bytes], object] = attrs.field(repr=False)
    domain: Domain
    key: SigningKey
    message: bytes = attrs.field(repr=False)
    under: Callable[[bytes], bytes] = attrs.field(repr=False)

    def signed(self, domain: Domain) -> bytes:
        """The object, signed by its own signer, with a signature made for a domain."""
        if self.hybrid:
            return self.under(crypto.hybrid_sign(self.key.ed25519, self.key.mldsa, domain, self.message))
        return self.under(crypto.ed25519_sign(self.key.ed25519, domain, self.message))

    def bearing(self, ed25519: bytes) -> bytes:
        """The document with another Ed25519 signature; a hybrid one keeps its own other half, which no link can be brought to make."""
        return self.under(ed25519 + (self.data[-crypto.MLDSA_SIGNATURE :] if self.hybrid else b""))

    @property
    def hybrid(self) -> bool:
        return self.domain in {Domain.SEAT_PROOF, *(DOMAINS[tag] for tag in HYBRID_TAGS)}


def document(signed: Signed, key: SigningKey, door: Callable[[bytes], object]) -> SignedObject:
    def under(signature: bytes) -> bytes:
        return pack((int(signed.tag), signed.signer, signed.body, signature))

    name = signed.tag.name.lower()
    return SignedObject(name, signed.data, door, DOMAINS[signed.tag], key, signed.body, under)


# --- the doors that need more than one call ---


def _publication(data: bytes) -> object:
    directory = WORLD.new_directory()
    directory.apply_custodian(XAA.custodian_document.data)
    return directory.apply_publication(data)


def _otar(data: bytes) -> object:
    return open_otar(
        data,
        certificate=ANN.certificate,
        certificate_hash=ANN.hash,
        custodian=XAA.custodian_certificate,
        prekey_seed=ANN.prekey,
        prekey_counter=1,
        edition=XAA.edition,
        keys=WORLD.keys,
    )


def _revision(data: bytes) -> object:
    return check_revision(WORLD.id, data, WORLD.directory.require_valid(ANN.id, WORLD.now), None)


def link(end: End, device: FakeDevice, exporter: bytes = EXPORTER) -> Link:
    """One end of a link by a device, which knows all there is."""
    directory = deepcopy(WORLD.directory)
    credentials = LinkCredentials(
        coalition=WORLD.id,
        seed=device.key.ed25519,
        certificate=device.document.data,
        chain=lambda: directory.chain(device.id),
        secrets=(WORLD.link_secret,),
    )
    return Link(end, exporter, credentials, directory)


def named(exporter: bytes = EXPORTER) -> bytes:
    """The AUTH that Ann sends as dialler on a connection with that exporter."""
    dialler, responder = link(End.DIALLER, ANN, exporter), link(End.RESPONDER, BO, exporter)
    (proof,) = responder.receive(dialler.start().send[0], WORLD.now).send
    (auth,) = dialler.receive(proof, WORLD.now).send
    return auth


def link_door(data: bytes, exporter: bytes = EXPORTER) -> Link:
    """Bo's end, to which a dialler who knows the link secret sends this as AUTH."""
    responder = link(End.RESPONDER, BO, exporter)
    responder.receive(link(End.DIALLER, ANN, exporter).start().send[0], WORLD.now)
    responder.receive(data, WORLD.now)
    if responder.state is not State.VERIFIED:
        raise AuthenticationError
    return responder


# --- the objects ---

_PUBLIC = ANN.key.public()
_REQUEST = CertificateRequest(
    WORLD.id, 0, _PUBLIC.ed25519, key_hash(_PUBLIC.mldsa), key_hash(crypto.xwing_public(ANN.bundle))
)
_ROOT = XAA.root.public()
_OFFER = NationOffer("XAA", "Nation XAA", _ROOT.ed25519, _ROOT.mldsa, crypto.xwing_public(ANN.bundle))
_SEAT_KEY = SigningKey(bytes(range(32)), bytes(range(32, 64)))
_CLAIM = SeatClaim(WORLD.id, 0, 1, ANN.id, _SEAT_KEY.public().ed25519, _SEAT_KEY.public().mldsa)
_SEAT = make_seat_request(_CLAIM, _SEAT_KEY, ANN.key)
_AUTH = decode(Auth, named())
_HASH = decode(EntryHeader, ENTRY.header).hash
_REVOCATION = sign_revocation(
    DeviceRevocation(WORLD.id, 0, 0, ANN.id, WORLD.now, 1, (LastGood(FEED.record.id, 1, ENTRY.id),)), XAA.custodian
)
_CHECKPOINT, _ = make_checkpoint(
    ANN.certificate, ANN.key, 1, WORLD.now, [Head(FEED.record.id, FEED.document.data, 1, ENTRY.id)], Drbg("checkpoint")
)
_DEMAND = sign_demand(RekeyDemand(WORLD.id, 0, 0, 2, bytes(range(16)), WORLD.now), XAA.custodian)

OBJECTS = (
    document(read_signed(WORLD.signatures[0]), XAA.root, lambda data: check_signature(WORLD.charter, data)),
    document(make_offer(_OFFER, XAA.root), XAA.root, read_offer),
    document(XAA.custodian_document, XAA.root, lambda data: check_custodian(WORLD.coalition, data)),
    document(make_request(_REQUEST, ANN.key), ANN.key, lambda data: check_request(WORLD.id, 0, data)),
    document(ANN.document, XAA.custodian, lambda data: check_certificate(XAA.custodian_certificate, data)),
    document(XAA.publication_document, XAA.custodian, _publication),
    document(_REVOCATION, XAA.custodian, lambda data: deepcopy(WORLD.directory).apply_revocation(data)),
    document(_DEMAND, XAA.custodian, lambda data: check_demand(XAA.custodian_certificate, data)),
    document(_SEAT, ANN.key, lambda data: check_seat_request(ANN.certificate, data)),
    SignedObject(
        "seat proof",
        _SEAT.data,
        lambda data: check_seat_request(ANN.certificate, data),
        Domain.SEAT_PROOF,
        _SEAT_KEY,
        encode_part(_CLAIM),
        lambda proof: (
            sign(
                Tag.SEAT_REQUEST,
                ANN.id,
                pack((int(Tag.SEAT_REQUEST), unpack(encode_part(_CLAIM)), proof)),
                ANN.key,
            ).data
        ),
    ),
    document(ANN.statement_document, ANN.key, lambda data: check_prekey(ANN.certificate, data)),
    document(ANN.otar, XAA.custodian, _otar),
    document(OPS.document, ANN.key, _revision),
    document(FEED.document, ANN.key, lambda data: check_feed(ANN.certificate, data)),
    SignedObject(
        "envelope",
        SEALED.envelope.data,
        lambda data: read_envelope(data).verify(ANN.certificate.key),
        Domain.ENVELOPE,
        ANN.key,
        SEALED.envelope.id,
        lambda signature: pack(
            (int(Tag.ENVELOPE), SEALED.envelope.ctx, SEALED.envelope.commitment, SEALED.envelope.wraps, signature)
        ),
    ),
    document(_CHECKPOINT, ANN.key, lambda data: check_checkpoint(ANN.certificate, data)),
    document(EDITION, ANN.key, lambda data: check_edition(ANN.certificate, WORLD.charter, data, WORLD.now)),
    SignedObject(
        "direct envelope",
        DIRECT.data,
        lambda data: read_direct(data).verify(ANN.certificate.key),
        Domain.DIRECT_ENVELOPE,
        ANN.key,
        DIRECT.id,
        lambda signature: pack((int(Tag.DIRECT_ENVELOPE), DIRECT.ctx, DIRECT.commitment, DIRECT.wraps, signature)),
    ),
    SignedObject(
        "entry header",
        ENTRY.header,
        lambda data: read_header(data).verify(ANN.certificate.key),
        Domain.ENTRY,
        ANN.key,
        ENTRY.id,
        lambda signature: pack((int(Tag.ENTRY_HEADER), ENTRY.base_data, ENTRY.salt, _HASH, signature)),
    ),
    SignedObject(
        "entry",
        ENTRY.data,
        lambda data: read_entry(data).verify(ANN.certificate.key),
        Domain.ENTRY,
        ANN.key,
        ENTRY.id,
        lambda signature: pack((int(Tag.ENTRY), ENTRY.base_data, ENTRY.salt, ENTRY.ct, signature)),
    ),
    SignedObject(
        "link auth",
        encode(_AUTH),
        link_door,
        Domain.LINK_AUTH,
        ANN.key,
        encode_part(LinkContext(int(End.DIALLER), EXPORTER, WORLD.id, certificate_hash(_AUTH.certificate))),
        lambda signature: pack((int(Tag.AUTH), _AUTH.certificate, signature)),
    ),
)
BY_DOMAIN = {one.domain: one for one in OBJECTS}
