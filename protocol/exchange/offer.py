"""What a joining device offers its custodian (SPEC 9.4): how it is made, and how it is checked.

Rule 1: the MAC by the invite's key covers the exporter and every key: who has not the invite can add or change nothing.
Rule 2: the device proves that it holds its signing key (the request) and, by it, whose prekey the first OTAR is sealed to.
"""

from __future__ import annotations

import attrs

from protocol.base import crypto
from protocol.base.crypto import digest, same
from protocol.base.errors import AuthenticationError
from protocol.base.ids import Person, Tag
from protocol.base.records import decode, encode_part
from protocol.base.signed import SigningKey, VerifyKey, read_signed
from protocol.exchange.invite import Invite
from protocol.exchange.messages import Join, Offer
from protocol.keys.otar import PrekeyStatement, sign_prekey
from protocol.trust.charter import key_hash
from protocol.trust.credential import Certificate, CertificateRequest, check_request, device_id, make_request


@attrs.frozen
class CheckedOffer:
    """An offer whose parts hold together.

    Attributes:
        offer: as it came, with the documents' exact bytes.
        request, prekey: decoded.
    """

    offer: Offer
    request: CertificateRequest
    prekey: PrekeyStatement


def make_offer(invite: Invite, key: SigningKey, *, bundle: bytes, prekey: bytes, name: str) -> Offer:
    """The offer of a device that wants to join; it can be made before any link, and again for the next.

    Args:
        key: the device's signing key, Ed25519 and ML-DSA-65.
        bundle, prekey: X-Wing public keys.
        name: wished display name.
    """
    public = key.public()
    request = CertificateRequest(
        invite.coalition, invite.nation, public.ed25519, key_hash(public.mldsa), key_hash(bundle)
    )
    device = device_id(invite.coalition, invite.nation, public.ed25519)
    statement = PrekeyStatement(invite.coalition, invite.nation, device, 1, 0, b"", prekey)
    return Offer(make_request(request, key).data, public.mldsa, bundle, sign_prekey(statement, key).data, name)


def seal_offer(offer: Offer, invite_key: bytes, exporter: bytes) -> Join:
    """The JOIN that carries an offer over one link."""
    return Join(offer, _mac(offer, invite_key, exporter))


def check_join(join: Join, invite_key: bytes, exporter: bytes, coalition: bytes, nation: int) -> CheckedOffer:
    """Check a JOIN as custodian.

    Raises:
        RemoteProtocolError: its MAC, request or keys do not hold, or are for another coalition or nation.
    """
    offer = join.offer
    if not same(_mac(offer, invite_key, exporter), join.mac):
        raise AuthenticationError
    request, _ = check_request(coalition, nation, offer.request)
    if (key_hash(offer.mldsa), key_hash(offer.bundle)) != (request.mldsa_hash, request.bundle_hash):
        raise AuthenticationError
    crypto.xwing_check(offer.bundle)
    signed = read_signed(offer.prekey, Tag.PREKEY_STATEMENT)
    signed.verify(VerifyKey(request.key))
    statement = decode(PrekeyStatement, signed.body)
    device = device_id(coalition, nation, request.key)
    if (signed.signer, statement.coalition, statement.nation, statement.device) != (device, coalition, nation, device):
        raise AuthenticationError
    crypto.xwing_check(statement.key)
    return CheckedOffer(offer, request, statement)


def is_for(certificate: Certificate, request: bytes) -> bool:
    """Whether a certificate certifies what a request document, already verified or one's own, asks for."""
    asked = decode(CertificateRequest, read_signed(request, Tag.CERTIFICATE_REQUEST).body)
    return asked == CertificateRequest(
        certificate.coalition, certificate.nation, certificate.key, certificate.mldsa_hash, certificate.bundle_hash
    )


def _mac(offer: Offer, invite_key: bytes, exporter: bytes) -> bytes:
    return digest(Person.INVITE_MAC, exporter, encode_part(offer), key=invite_key)
