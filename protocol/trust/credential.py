"""Certificates of custodians and devices (SPEC 6.2).

A nation's root certifies its custodians (hybrid); a custodian certifies devices (Ed25519 at once, hybrid through the
directory root in his next publication).
Rule 1: a device certificate carries the device's own signature of the request for that very nation: nobody can certify
another nation's device key as his own (unknown key share).
Rule 2: one device key, one nation, one person, for ever; `directory` keeps that.
Rule 3: a certificate is at most 400 bytes: long keys stand in it by hash.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import attrs

from protocol.base import crypto
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, ExpiredError, LocalProtocolError
from protocol.base.ids import Domain, Person, Tag
from protocol.base.limits import CLOCK_SKEW, MAX_CERTIFICATE, MAX_CUSTODIANS, MAX_DISPLAY_NAME, MAX_SCOPE
from protocol.base.records import Bin, Flag, Name, Part, Seq, Uint, decode, encode, record
from protocol.base.signed import Signed, SigningKey, VerifyKey, read_signed, sign
from protocol.trust.access import Clearance
from protocol.trust.charter import TIME, Coalition
from protocol.trust.label import NATION

CUSTODIAN = Uint(MAX_CUSTODIANS - 1)
DISPLAY_NAME = Name(MAX_DISPLAY_NAME)


class Role(IntEnum):
    """What a device is used for; a bot makes neither READ nor ACKNOWLEDGED."""

    OFFICER = 1
    CONTROLLER = 2
    CUSTODIAN = 3
    BOT = 4
    RELAY = 5
    AUDITOR = 6


class Precedence(IntEnum):
    """Message precedence (ACP 121), signed by the author, clamped to the certified ceiling."""

    ROUTINE = 0
    PRIORITY = 1
    IMMEDIATE = 2
    FLASH = 3


PRECEDENCE = Uint(int(Precedence.FLASH))


@record()
class Scope:
    """Narrower than the clearance: what a device may do.

    Attributes:
        channels: the only channels it may use; none named: all.
        kinds: the only payload kinds it may send, by tag; none named: all.
        rate: entries an hour that receivers accept; 0: no bound of its own.
        precedence: the highest it may claim; receivers and relays clamp to it.
        read: it receives seeds; without it, it can only send.
    """

    channels: Annotated[tuple[bytes, ...], Seq(Bin(16), MAX_SCOPE, ascending=True)]
    kinds: Annotated[tuple[int, ...], Seq(Uint(2**16 - 1), MAX_SCOPE, ascending=True)]
    rate: Annotated[int, Uint(2**32 - 1)]
    precedence: Annotated[int, PRECEDENCE]
    read: Annotated[bool, Flag()]


FULL_SCOPE = Scope((), (), 0, int(Precedence.FLASH), read=True)


@record(Tag.CUSTODIAN_CERTIFICATE)
class CustodianCertificate:
    """A nation's root says: this key is our custodian number `index`."""

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    index: Annotated[int, CUSTODIAN]
    key: Annotated[bytes, Bin(32)]
    mldsa: Annotated[bytes, Bin(crypto.MLDSA_PUBLIC)]
    not_before: Annotated[int, TIME]
    not_after: Annotated[int, TIME]

    @property
    def verify_key(self) -> VerifyKey:
        """Both public keys."""
        return VerifyKey(self.key, self.mldsa)


@record(Tag.CERTIFICATE_REQUEST)
class CertificateRequest:
    """A device asks a nation for a certificate, and proves that it holds the signing key."""

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    key: Annotated[bytes, Bin(32)]
    mldsa_hash: Annotated[bytes, Bin(32)]
    bundle_hash: Annotated[bytes, Bin(32)]


@record(Tag.CERTIFICATE)
class Certificate:
    """A custodian says: this device belongs to this person of our nation, cleared so far.

    Attributes:
        custodian: index of the custodian who issued it.
        key: Ed25519 device signing key.
        mldsa_hash, bundle_hash: hashes of the device's ML-DSA-65 and X-Wing bundle keys.
        request: the device's signature of the `CertificateRequest` that these fields make up.
        person: 16 bytes; one person may have several devices.
        number: of the device, within the person's.
    """

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    custodian: Annotated[int, CUSTODIAN]
    key: Annotated[bytes, Bin(32)]
    mldsa_hash: Annotated[bytes, Bin(32)]
    bundle_hash: Annotated[bytes, Bin(32)]
    request: Annotated[bytes, Bin(crypto.SIGNATURE)]
    person: Annotated[bytes, Bin(16)]
    name: Annotated[str, DISPLAY_NAME]
    number: Annotated[int, Uint(255, 1)]
    role: Annotated[int, Uint(int(Role.AUDITOR), 1)]
    clearance: Annotated[Clearance, Part(Clearance)]
    scope: Annotated[Scope, Part(Scope)]
    not_before: Annotated[int, TIME]
    not_after: Annotated[int, TIME]

    @property
    def device(self) -> bytes:
        """The device's id."""
        return device_id(self.coalition, self.nation, self.key)

    def current(self, now: int) -> bool:
        """Whether `now` lies in its validity, give or take the tolerated clock skew."""
        return self.not_before - CLOCK_SKEW <= now <= self.not_after + CLOCK_SKEW


@attrs.frozen
class Certified:
    """A verified certificate with the document it stood in."""

    certificate: Certificate
    document: Signed = attrs.field(repr=False)
    hash: bytes = attrs.field(repr=False)

    @property
    def device(self) -> bytes:
        """The device's id."""
        return self.certificate.device


def custodian_id(coalition: bytes, nation: int, index: int) -> bytes:
    """16 bytes that name a custodian's seat."""
    return digest(Person.CUSTODIAN_ID, coalition, bytes([nation, index]), size=16)


def device_id(coalition: bytes, nation: int, key: bytes) -> bytes:
    """16 bytes: BLAKE2b-128(coalition, nation, signing key)."""
    return digest(Person.DEVICE_ID, coalition, bytes([nation]), key, size=16)


def person_id(coalition: bytes, nation: int, name: str, nonce: bytes) -> bytes:
    """16 bytes that name a person, whatever his display name later is."""
    return digest(Person.PERSON_ID, coalition, bytes([nation]), nonce, name.encode("utf-8"), size=16)


def check_display_name(name: str) -> str:
    """A display name that a certificate can carry.

    Raises:
        DecodeError: it cannot; says which rule it breaks.
    """
    return DISPLAY_NAME.raise_(name, "name")


def certificate_hash(data: bytes) -> bytes:
    """32 bytes that name a certificate document."""
    return digest(Person.CERTIFICATE, data)


def issue_custodian(certificate: CustodianCertificate, root: SigningKey, charter_root_id: bytes) -> Signed:
    """Sign a custodian's certificate with the nation's root."""
    return sign(Tag.CUSTODIAN_CERTIFICATE, charter_root_id, encode(certificate), root)


def check_custodian(coalition: Coalition, data: bytes) -> tuple[CustodianCertificate, Signed]:
    """Verify a custodian's certificate against the charter's roots.

    Raises:
        RemoteProtocolError: malformed, of another coalition, or not signed by the root of the nation it names.
    """
    signed = read_signed(data, Tag.CUSTODIAN_CERTIFICATE)
    nation = signed.signer[15]
    # The signer's name is not signed: unless it is compared in full, other bytes would pass for the same document.
    if nation >= len(coalition.roots) or signed.signer != coalition.root_id(nation):
        raise AuthenticationError
    signed.verify(coalition.roots[nation])
    certificate = decode(CustodianCertificate, signed.body)
    if certificate.coalition != coalition.id or certificate.nation != nation:
        raise AuthenticationError
    return certificate, signed


def make_request(request: CertificateRequest, key: SigningKey) -> Signed:
    """A device's signed request."""
    return sign(
        Tag.CERTIFICATE_REQUEST, device_id(request.coalition, request.nation, request.key), encode(request), key
    )


def check_request(coalition: bytes, nation: int, data: bytes) -> tuple[CertificateRequest, Signed]:
    """Verify a request: proof of possession of the key that it names.

    Raises:
        RemoteProtocolError: malformed, for another coalition or nation, or not signed by its own key.
    """
    signed = read_signed(data, Tag.CERTIFICATE_REQUEST)
    request = decode(CertificateRequest, signed.body)  # names the key that signs: nothing of it is used before
    signed.verify(VerifyKey(request.key))
    if request.coalition != coalition or request.nation != nation:
        raise AuthenticationError
    if signed.signer != device_id(coalition, nation, request.key):
        raise AuthenticationError
    return request, signed


def issue_certificate(certificate: Certificate, custodian: SigningKey) -> Signed:
    """Sign a device certificate as custodian.

    Raises:
        LocalProtocolError: it would be longer than `MAX_CERTIFICATE`: shorten its name or its scope.
    """
    signer = custodian_id(certificate.coalition, certificate.nation, certificate.custodian)
    signed = sign(Tag.CERTIFICATE, signer, encode(certificate), custodian)
    if len(signed.data) > MAX_CERTIFICATE:
        raise LocalProtocolError(f"more than {MAX_CERTIFICATE} bytes", field="certificate")
    return signed


def check_certificate(custodian: CustodianCertificate, data: bytes) -> Certified:
    """Verify a device certificate against a custodian's certificate: signature, names, proof of possession.

    Validity in time and the directory are not looked at here.

    Raises:
        RemoteProtocolError: malformed, or any of these does not hold.
    """
    signed = read_signed(data, Tag.CERTIFICATE)
    if signed.signer != custodian_id(custodian.coalition, custodian.nation, custodian.index):
        raise AuthenticationError
    signed.verify(custodian.verify_key)
    certificate = decode(Certificate, signed.body)
    if (certificate.coalition, certificate.nation, certificate.custodian) != (
        custodian.coalition,
        custodian.nation,
        custodian.index,
    ):
        raise AuthenticationError
    request = CertificateRequest(
        certificate.coalition,
        certificate.nation,
        certificate.key,
        certificate.mldsa_hash,
        certificate.bundle_hash,
    )
    crypto.ed25519_verify(certificate.key, Domain.CERTIFICATE_REQUEST, encode(request), certificate.request)
    return Certified(certificate, signed, certificate_hash(data))


def require_current(certificate: Certificate | CustodianCertificate, now: int) -> None:
    """Refuse a certificate outside its validity.

    Raises:
        ExpiredError: not yet or no longer valid.
    """
    if not certificate.not_before - CLOCK_SKEW <= now <= certificate.not_after + CLOCK_SKEW:
        raise ExpiredError("outside its validity", field="certificate")
