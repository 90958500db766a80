"""A nation of a fake coalition: root, custodian, publication, devices, each with its real keys and documents."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from protocol.base import crypto
from protocol.base.records import encode
from protocol.base.signed import Signed, SigningKey
from protocol.keys.edition import SeedChain, SegmentId, SegmentKeys, list_hash, make_list
from protocol.keys.otar import (
    CompartmentId,
    Delivery,
    OtarHeader,
    PrekeyStatement,
    open_otar,
    seal_otar,
    sign_prekey,
)
from protocol.trust.access import Clearance
from protocol.trust.charter import Charter, Coalition, key_hash, root_id
from protocol.trust.credential import (
    FULL_SCOPE,
    Certificate,
    CertificateRequest,
    CustodianCertificate,
    Role,
    Scope,
    certificate_hash,
    issue_certificate,
    issue_custodian,
    make_request,
    person_id,
)
from protocol.trust.directory import Directory
from protocol.trust.policy import Policy
from protocol.trust.publication import DirectoryPart, Edition, KeyList, Publication, directory_root, publish
from protocol.vectors.drbg import Drbg

DAY = 86_400
NAMES = ("Maj Ann Alpha", "Capt Bo Bravo", "Lt Cy Charlie", "Sgt Di Delta", "Col Ed Echo", "WO Fay Foxtrot")


@attrs.define
class Ground:
    """What a coalition has before its nations key anybody."""

    now: int
    policy: Policy
    charter: Charter
    charter_data: bytes = attrs.field(repr=False)
    signatures: tuple[bytes, ...] = attrs.field(repr=False)
    coalition: Coalition
    link_secret: bytes = attrs.field(repr=False)
    directory: Directory = attrs.field(repr=False)
    keys: SegmentKeys = attrs.field(repr=False)

    @property
    def id(self) -> bytes:
        return self.coalition.id

    @property
    def segment(self) -> int:
        """Number of the segment at `now`."""
        return self.coalition.segment_at(self.now)


@attrs.frozen
class DeviceSpec:
    """What a device of a fake coalition is to be.

    Attributes:
        name: of its person; devices of one nation with one name are one person's.
    """

    clearance: Clearance
    name: str = ""
    role: Role = Role.OFFICER
    scope: Scope = FULL_SCOPE


FULL = DeviceSpec(Clearance(3, (1, 2)))
"""TOP SECRET, CONVOY and EXCON."""


@attrs.frozen
class FakeDevice:
    """A certified device and its secrets. `bundle` and `prekey` are X-Wing seeds (96 bytes)."""

    code: str
    certificate: Certificate
    document: Signed = attrs.field(repr=False)
    key: SigningKey = attrs.field(repr=False)
    bundle: bytes = attrs.field(repr=False)
    prekey: bytes = attrs.field(repr=False)
    statement: PrekeyStatement = attrs.field(repr=False)
    statement_document: Signed = attrs.field(repr=False)
    otar: Signed = attrs.field(repr=False)
    delivery: Delivery = attrs.field(repr=False)

    @property
    def id(self) -> bytes:
        return self.certificate.device

    @property
    def nation(self) -> int:
        return self.certificate.nation

    @property
    def hash(self) -> bytes:
        """Hash of its certificate document."""
        return certificate_hash(self.document.data)

    def chain(self, level: int, category: int = 0) -> SeedChain | None:
        """Its seeds of one compartment; None if it is not cleared."""
        return next((c for c in self.delivery.chains if (c.at.level, c.at.category) == (level, category)), None)


@attrs.frozen
class FakeNation:
    """A nation: its root, its custodian number 0, and what he published. `lists` are segment list documents."""

    index: int
    code: str
    root: SigningKey = attrs.field(repr=False)
    custodian: SigningKey = attrs.field(repr=False)
    custodian_certificate: CustodianCertificate = attrs.field(repr=False)
    custodian_document: Signed = attrs.field(repr=False)
    publication: Publication = attrs.field(repr=False)
    publication_document: Signed = attrs.field(repr=False)
    directory_part: bytes = attrs.field(repr=False)
    edition: Edition
    lists: tuple[bytes, ...] = attrs.field(repr=False)
    chains: Mapping[tuple[int, int], SeedChain] = attrs.field(repr=False)
    devices: tuple[FakeDevice, ...] = attrs.field(repr=False)


def signing_key(entropy: Drbg) -> SigningKey:
    """Ed25519 and ML-DSA-65 seeds."""
    return SigningKey(entropy(32), entropy(32))


def found_nation(
    ground: Ground, index: int, root: SigningKey, specs: tuple[DeviceSpec, ...], entropy: Drbg
) -> FakeNation:
    cid, n = ground.id, ground.segment
    custodian = signing_key(entropy.fork("custodian"))
    public = custodian.public()
    seat = CustodianCertificate(cid, index, 0, public.ed25519, public.mldsa, ground.now - DAY, ground.now + 90 * DAY)
    seat_document = issue_custodian(seat, root, root_id(ground.coalition.charter_hash, index))
    ground.directory.apply_custodian(seat_document.data)

    edition = Edition(1, n, n + ground.charter.edition - 1, 0)
    chains = {
        (level, category): SeedChain(
            SegmentId(index, 0, 1, level, category, n), edition.last, entropy.fork(f"seed {level}.{category}")(32)
        )
        for level, category in ground.policy.compartments()
    }
    lists = tuple(encode(make_list(cid, chain)) for chain in chains.values())
    drafts = [
        _certified(ground, index, custodian, spec, number, entropy.fork(f"device {number}"))
        for number, spec in enumerate(specs)
    ]
    hashes = tuple(
        certificate_hash(document.data)
        for certificate, document, _ in sorted(drafts, key=lambda draft: draft[0].device)
    )
    publication = Publication(
        coalition=cid,
        nation=index,
        custodian=0,
        number=1,
        previous=b"",
        issued=ground.now,
        not_after=ground.now + 10 * DAY,
        directory=directory_root(hashes),
        devices=len(hashes),
        keying=(),
        revocations=(),
        editions=(edition,),
        lists=tuple(KeyList(1, *place, list_hash(data)) for place, data in zip(chains, lists, strict=True)),
    )
    publication_document = publish(publication, custodian)
    ground.directory.apply_publication(publication_document.data)
    part = encode(DirectoryPart(cid, index, 0, 1, 0, hashes))
    ground.directory.apply_directory_part(part)
    for data in lists:
        ground.keys.apply(data)
    devices = []
    for number, (certificate, document, key) in enumerate(drafts):
        ground.directory.apply_certificate(document.data)
        source = entropy.fork(f"device {number}")
        devices.append(_rekeyed(ground, custodian, certificate, document, key, chains, source))
    return FakeNation(
        index=index,
        code=ground.coalition.codes[index],
        root=root,
        custodian=custodian,
        custodian_certificate=seat,
        custodian_document=seat_document,
        publication=publication,
        publication_document=publication_document,
        directory_part=part,
        edition=edition,
        lists=lists,
        chains=chains,
        devices=tuple(devices),
    )


def _certified(
    ground: Ground, nation: int, custodian: SigningKey, spec: DeviceSpec, number: int, entropy: Drbg
) -> tuple[Certificate, Signed, SigningKey]:
    key = signing_key(entropy.fork("signing"))
    public = key.public()
    bundle_hash = key_hash(crypto.xwing_public(entropy.fork("bundle")(96)))
    request = CertificateRequest(ground.id, nation, public.ed25519, key_hash(public.mldsa), bundle_hash)
    name = spec.name or NAMES[(nation + 3 * number) % len(NAMES)]
    person_nonce = Drbg(f"person/{nation}/{name}")(16)
    certificate = Certificate(
        coalition=ground.id,
        nation=nation,
        custodian=0,
        key=request.key,
        mldsa_hash=request.mldsa_hash,
        bundle_hash=request.bundle_hash,
        request=make_request(request, key).signature,
        person=person_id(ground.id, nation, name, person_nonce),
        name=name,
        number=number + 1,
        role=int(spec.role),
        clearance=spec.clearance,
        scope=spec.scope,
        not_before=ground.now - DAY,
        not_after=ground.now + 30 * DAY,
    )
    return certificate, issue_certificate(certificate, custodian), key


def _rekeyed(
    ground: Ground,
    custodian: SigningKey,
    certificate: Certificate,
    document: Signed,
    key: SigningKey,
    chains: Mapping[tuple[int, int], SeedChain],
    entropy: Drbg,
) -> FakeDevice:
    """A device that stated a prekey and opened the OTAR sealed to it."""
    prekey = entropy.fork("prekey")(96)
    statement = PrekeyStatement(
        ground.id, certificate.nation, certificate.device, 1, 0, b"", crypto.xwing_public(prekey)
    )
    compartments = tuple(
        CompartmentId(*place) for place in certificate.clearance.compartments() if certificate.scope.read
    )
    publication = ground.directory.publication(certificate.nation, 0)
    assert publication is not None
    (edition,) = publication.editions
    header = OtarHeader(
        coalition=ground.id,
        nation=certificate.nation,
        custodian=0,
        device=certificate.device,
        certificate=certificate_hash(document.data),
        prekey=1,
        edition=1,
        segment=edition.first,
        last=edition.last,
        compartments=compartments,
    )
    otar = seal_otar(
        custodian=custodian,
        header=header,
        prekey=statement.key,
        seeds=tuple(bytes(chains[c.level, c.category].seed) for c in compartments),
        link_secret=ground.link_secret,
    )
    seat = ground.directory.custodian(certificate.nation, 0)
    assert seat is not None
    delivery = open_otar(
        otar.data,
        certificate=certificate,
        certificate_hash=header.certificate,
        custodian=seat,
        prekey_seed=prekey,
        prekey_counter=1,
        edition=edition,
        keys=ground.keys,
    )
    return FakeDevice(
        code=ground.coalition.codes[certificate.nation],
        certificate=certificate,
        document=document,
        key=key,
        bundle=entropy.fork("bundle")(96),
        prekey=prekey,
        statement=statement,
        statement_document=sign_prekey(statement, key),
        otar=otar,
        delivery=delivery,
    )
