"""Prekey statements and OTAR, over-the-air rekeying (SPEC 7.2).

A device states a prekey under a strictly rising counter; its custodian seals seeds to the newest one.
Rule 1: an OTAR counts only if a custodian of the device's own nation signed it.
Rule 2: a seed is accepted only if every public key derived from it equals the published list.
Rule 3: whatever must be bound stands in HPKE's `info`: the header with coalition, nation, certificate, prekey counter,
edition and compartments, and the prekey itself.
"""

from __future__ import annotations

from typing import Annotated

import attrs

from protocol.base import crypto
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, LocalProtocolError, StateError
from protocol.base.ids import Domain, Person, Tag
from protocol.base.limits import MAX_COMPARTMENTS, MAX_CUSTODIANS
from protocol.base.records import Bin, Blob, OptBin, Part, Seq, Uint, decode, encode, encode_part, evolve, record
from protocol.base.signed import Signed, SigningKey, VerifyKey, read_signed, sign
from protocol.keys.edition import SeedChain, SegmentId, SegmentKeys, check_seed
from protocol.trust.charter import key_hash
from protocol.trust.credential import CUSTODIAN, Certificate, CustodianCertificate, custodian_id
from protocol.trust.label import CATEGORY, LEVEL, NATION
from protocol.trust.publication import COUNTER, SEGMENT, Edition


@record()
class HeldEdition:
    """The newest edition of an alternate custodian whose seeds a device holds."""

    custodian: Annotated[int, Uint(MAX_CUSTODIANS - 1, 1)]
    counter: Annotated[int, COUNTER]


@record(Tag.PREKEY_STATEMENT)
class PrekeyStatement:
    """A device says: seal the next OTAR to this key.

    Attributes:
        counter: rises strictly; two keys at one counter prove a fork.
        edition: of custodian 0, the newest edition counter whose seeds it holds, or 0.
        alternates: the same of the others, as far as there is one.
        request: the random request of a custodian's signed demand that this answers, or none.
        key: X-Wing public key, used for OTAR and nothing else.
    """

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    device: Annotated[bytes, Bin(16)]
    counter: Annotated[int, COUNTER]
    edition: Annotated[int, Uint(2**32 - 1)]
    request: Annotated[bytes, OptBin(16)]
    key: Annotated[bytes, Bin(crypto.XWING_PUBLIC)]
    alternates: Annotated[tuple[HeldEdition, ...], Seq(Part(HeldEdition), MAX_CUSTODIANS - 1, ascending=True)] = ()

    def edition_of(self, custodian: int) -> int:
        """The newest edition of a custodian whose seeds it holds, or 0."""
        if custodian == 0:
            return self.edition
        return max((held.counter for held in self.alternates if held.custodian == custodian), default=0)


@record()
class CompartmentId:
    """(level, category or none)."""

    level: Annotated[int, LEVEL]
    category: Annotated[int, CATEGORY]


@record()
class OtarHeader:
    """What an OTAR says in clear, and what its seal is bound to.

    Attributes:
        certificate: hash of the device's certificate document.
        prekey: counter of the statement it is sealed to.
        segment: the segment of the seeds inside; earlier ones of the edition stay closed to the device.
    """

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    custodian: Annotated[int, CUSTODIAN]
    device: Annotated[bytes, Bin(16)]
    certificate: Annotated[bytes, Bin(32)]
    prekey: Annotated[int, COUNTER]
    edition: Annotated[int, COUNTER]
    segment: Annotated[int, SEGMENT]
    last: Annotated[int, SEGMENT]
    compartments: Annotated[tuple[CompartmentId, ...], Seq(Part(CompartmentId), MAX_COMPARTMENTS, ascending=True)]


@record(Tag.OTAR)
class Otar:
    """Body of an OTAR document, signed by the custodian."""

    header: Annotated[OtarHeader, Part(OtarHeader)]
    sealed: Annotated[bytes, Blob(16_384, crypto.HPKE_OVERHEAD)]


@record(Tag.OTAR_SEEDS)
class OtarSeeds:
    """What is sealed: the coalition's link secret, or none, and one seed a compartment, in the header's order."""

    link_secret: Annotated[bytes, OptBin(32)]
    seeds: Annotated[tuple[bytes, ...], Seq(Bin(32), MAX_COMPARTMENTS)]


@attrs.frozen
class Delivery:
    """What a device takes from an OTAR.

    Attributes:
        header: which edition and compartments.
        link_secret: 32 bytes, or none.
        chains: one a compartment.
    """

    header: OtarHeader
    link_secret: bytes = attrs.field(repr=False)
    chains: tuple[SeedChain, ...] = attrs.field(repr=False)


def sign_prekey(statement: PrekeyStatement, key: SigningKey) -> Signed:
    """Sign a prekey statement as device."""
    return sign(Tag.PREKEY_STATEMENT, statement.device, encode(statement), key)


def check_prekey(certificate: Certificate, data: bytes) -> PrekeyStatement:
    """Verify a prekey statement of a certified device.

    Raises:
        RemoteProtocolError: malformed, not that device's, or with an unusable key.
    """
    signed = read_signed(data, Tag.PREKEY_STATEMENT)
    if signed.signer != certificate.device:
        raise AuthenticationError
    signed.verify(VerifyKey(certificate.key))
    statement = decode(PrekeyStatement, signed.body)
    expected = (certificate.coalition, certificate.nation, certificate.device)
    if (statement.coalition, statement.nation, statement.device) != expected:
        raise AuthenticationError
    crypto.xwing_check(statement.key)
    return statement


def _info(header: OtarHeader, prekey: bytes) -> bytes:
    return Domain.HPKE_OTAR.prefix + digest(Person.OTAR_HEADER, encode_part(header)) + key_hash(prekey)


def seal_otar(
    *,
    custodian: SigningKey,
    header: OtarHeader,
    prekey: bytes,
    seeds: tuple[bytes, ...],
    link_secret: bytes = b"",
) -> Signed:
    """Seal seeds to a device's prekey and sign the result as custodian.

    Args:
        seeds: one a compartment of the header, of the header's segment.

    Raises:
        LocalProtocolError: seeds and compartments do not match, or a seed is not random.
        AuthenticationError: the prekey is unusable.
    """
    if len(seeds) != len(header.compartments):
        raise LocalProtocolError("must match the compartments", field="seeds")
    for seed in seeds:
        check_seed(seed)
    sealed = crypto.hpke_seal(prekey, _info(header, prekey), encode(OtarSeeds(link_secret, seeds)))
    signer = custodian_id(header.coalition, header.nation, header.custodian)
    return sign(Tag.OTAR, signer, encode(Otar(header, sealed)), custodian)


def open_otar(
    data: bytes,
    *,
    certificate: Certificate,
    certificate_hash: bytes,
    custodian: CustodianCertificate,
    prekey_seed: bytes,
    prekey_counter: int,
    edition: Edition | None,
    keys: SegmentKeys,
) -> Delivery:
    """Verify, open and check an OTAR as the device it is for.

    Args:
        certificate, certificate_hash: the device's own.
        custodian: the certificate of the custodian whom the document names as signer.
        prekey_seed, prekey_counter: the pair it must be sealed to.
        edition: as published; the header must agree.
        keys: with the published lists of each compartment.

    Raises:
        RemoteProtocolError: not signed by a custodian of this nation, not for this device, or seeds that do not match
            the published keys.
        StateError: the edition or a list is not known yet: try again when it is.
    """
    signed = read_signed(data, Tag.OTAR)
    if signed.signer != custodian_id(custodian.coalition, custodian.nation, custodian.index):
        raise AuthenticationError
    signed.verify(custodian.verify_key)
    otar = decode(Otar, signed.body)
    header = otar.header
    expected = (
        certificate.coalition,
        certificate.nation,
        certificate.device,
        certificate_hash,
        custodian.nation,
        custodian.index,
        prekey_counter,
    )
    if expected != (
        header.coalition,
        header.nation,
        header.device,
        header.certificate,
        header.nation,
        header.custodian,
        header.prekey,
    ):
        raise AuthenticationError
    if edition is None:
        raise StateError("no publication names this edition yet", field="edition")
    if (edition.counter, edition.last) != (header.edition, header.last) or not (
        edition.first <= header.segment <= edition.last
    ):
        raise AuthenticationError
    dominated = set(certificate.clearance.compartments())
    if any((c.level, c.category) not in dominated for c in header.compartments):
        raise AuthenticationError
    public = crypto.xwing_public(prekey_seed)
    seeds = decode(OtarSeeds, crypto.hpke_open(prekey_seed, _info(header, public), otar.sealed))
    if len(seeds.seeds) != len(header.compartments):
        raise AuthenticationError
    chains = tuple(
        _checked_chain(header, compartment, seed, keys)
        for compartment, seed in zip(header.compartments, seeds.seeds, strict=True)
    )
    return Delivery(header, seeds.link_secret, chains)


def _checked_chain(header: OtarHeader, compartment: CompartmentId, seed: bytes, keys: SegmentKeys) -> SeedChain:
    first = SegmentId(
        header.nation, header.custodian, header.edition, compartment.level, compartment.category, header.segment
    )
    chain = SeedChain(first, header.last, bytearray(seed))
    # Only a list that is here bounds the edition: without one, nothing is derived.
    if keys.public_key(first) is None or keys.public_key(evolve(first, segment=header.last)) is None:
        raise StateError("the published key list is not here yet", field="edition")
    for offset, derived in enumerate(chain.public_keys()):
        if keys.public_key(evolve(first, segment=header.segment + offset)) != derived:
            raise AuthenticationError
    return chain
