"""Revocation as an act (SPEC 6.5): a custodian disowns a device, at once, and says up to where its feeds were good.

Rule 1: it is Ed25519-signed and counts when it is verified; the seat's next publication lists it, hybrid-signed.
Rule 2: a custodian revokes devices of his own nation, and no others.
Rule 3: of several revocations of one device the one that ranks highest counts, in whatever order they come.
Rule 4: what it says of feeds is forward-only: it marks what comes after, and unmakes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from protocol.base.errors import AuthenticationError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_FEEDS_PER_DEVICE, MAX_SEQ
from protocol.base.records import Bin, Part, Seq, Uint, decode, encode, record
from protocol.base.signed import Signed, SigningKey, read_signed, sign
from protocol.trust.charter import TIME
from protocol.trust.credential import CUSTODIAN, CustodianCertificate, custodian_id
from protocol.trust.label import NATION


@record()
class LastGood:
    """The last entry of a feed that the nation still owns."""

    feed: Annotated[bytes, Bin(16)]
    seq: Annotated[int, Uint(MAX_SEQ, 1)]
    entry: Annotated[bytes, Bin(32)]


@record(Tag.REVOCATION)
class DeviceRevocation:
    """A custodian's word that a device is its nation's no more.

    Attributes:
        device: device id.
        at: Unix time since when. reason: a `RevocationReason`; other numbers mean no more than that it is revoked.
        good: the last good entry of each feed of the device; nothing of a feed that is not named is good.
    """

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    custodian: Annotated[int, CUSTODIAN]
    device: Annotated[bytes, Bin(16)]
    at: Annotated[int, TIME]
    reason: Annotated[int, Uint(255)]
    good: Annotated[tuple[LastGood, ...], Seq(Part(LastGood), MAX_FEEDS_PER_DEVICE, ascending=True)]

    @property
    def last_good(self) -> Mapping[bytes, tuple[int, bytes]]:
        """By feed id: number and id of the last good entry. Of a feed named twice, the lower number."""
        return {last.feed: (last.seq, last.entry) for last in reversed(self.good)}

    def rank(self, document: bytes) -> tuple[int, int, int]:
        """Of several revocations of one device the highest rank counts: the earliest, then the lowest seat, then any.

        Args:
            document: hash of its document. When it was made cannot be proved; that all choose the same one can be had.
        """
        return (-self.at, -self.custodian, int.from_bytes(document, "big"))


def sign_revocation(revocation: DeviceRevocation, custodian: SigningKey) -> Signed:
    """Sign a revocation as custodian."""
    signer = custodian_id(revocation.coalition, revocation.nation, revocation.custodian)
    return sign(Tag.REVOCATION, signer, encode(revocation), custodian)


def check_revocation(custodian: CustodianCertificate, data: bytes) -> DeviceRevocation:
    """Verify a revocation under the certificate of the custodian whom it names as signer.

    Raises:
        RemoteProtocolError: malformed, or not that custodian's. Whose the device is, is not known here.
    """
    signed = read_signed(data, Tag.REVOCATION)
    if signed.signer != custodian_id(custodian.coalition, custodian.nation, custodian.index):
        raise AuthenticationError
    signed.verify(custodian.verify_key)
    revocation = decode(DeviceRevocation, signed.body)
    expected = (custodian.coalition, custodian.nation, custodian.index)
    if (revocation.coalition, revocation.nation, revocation.custodian) != expected:
        raise AuthenticationError
    return revocation
