"""Requests for a custodian's seat (SPEC 7.6): a device of the nation asks its root to certify a seat's keys.

Rule 1: the device signs, so that the root knows who of its people asks; the seat's own keys sign the claim, both halves, so
that nobody asks for a seat with another's keys.
Rule 2: a request gives nothing: the root's certificate does, and only to the keys that it names.
"""

from __future__ import annotations

from typing import Annotated

from protocol.base import crypto
from protocol.base.errors import AuthenticationError
from protocol.base.ids import Domain, Tag
from protocol.base.records import Bin, Blob, Part, decode, encode, encode_part, record
from protocol.base.signed import Signed, SigningKey, VerifyKey, read_signed, sign
from protocol.trust.credential import CUSTODIAN, Certificate
from protocol.trust.label import NATION

PROOF = crypto.HYBRID_SIGNATURE


@record()
class SeatClaim:
    """These keys are to be those of a seat, held by a device of its nation.

    Attributes:
        index: the seat that is asked for.
        key, mldsa: the seat's public keys.
    """

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    index: Annotated[int, CUSTODIAN]
    device: Annotated[bytes, Bin(16)]
    key: Annotated[bytes, Bin(32)]
    mldsa: Annotated[bytes, Bin(crypto.MLDSA_PUBLIC)]


@record(Tag.SEAT_REQUEST)
class SeatRequest:
    """Body of a request, signed by the device.

    Attributes:
        proof: hybrid signature of the packed claim by the keys that it names.
    """

    claim: Annotated[SeatClaim, Part(SeatClaim)]
    proof: Annotated[bytes, Blob(PROOF, PROOF)]


def make_seat_request(claim: SeatClaim, seat: SigningKey, device: SigningKey) -> Signed:
    """Ask for a seat, as the device that holds its keys."""
    proof = crypto.hybrid_sign(seat.ed25519, seat.mldsa, Domain.SEAT_PROOF, encode_part(claim))
    return sign(Tag.SEAT_REQUEST, claim.device, encode(SeatRequest(claim, proof)), device)


def check_seat_request(certificate: Certificate, data: bytes) -> SeatClaim:
    """Verify a request of a certified device.

    Raises:
        RemoteProtocolError: malformed, not that device's, for another coalition or nation, or without proof of the keys.
    """
    signed = read_signed(data, Tag.SEAT_REQUEST)
    if signed.signer != certificate.device:
        raise AuthenticationError
    signed.verify(VerifyKey(certificate.key))
    request = decode(SeatRequest, signed.body)
    claim = request.claim
    if (claim.coalition, claim.nation, claim.device) != (
        certificate.coalition,
        certificate.nation,
        certificate.device,
    ):
        raise AuthenticationError
    crypto.hybrid_verify(claim.key, claim.mldsa, Domain.SEAT_PROOF, encode_part(claim), request.proof)
    return claim
