"""The coalition that the vectors are about: three nations, of which two key their devices; all from fixed entropy."""

from __future__ import annotations

import attrs

from protocol.base import crypto
from protocol.base.ids import Tag
from protocol.base.records import encode
from protocol.base.signed import Signed, SigningKey, read_signed
from protocol.keys.edition import SeedChain, SegmentId, list_hash, make_list
from protocol.trust.access import Clearance
from protocol.trust.charter import (
    SUITE,
    Charter,
    Coalition,
    Nation,
    check_signature,
    found,
    key_hash,
    root_id,
    sign_charter,
)
from protocol.trust.credential import (
    FULL_SCOPE,
    Certificate,
    CertificateRequest,
    CustodianCertificate,
    Role,
    certificate_hash,
    check_custodian,
    issue_certificate,
    issue_custodian,
    make_request,
    person_id,
)
from protocol.trust.directory import Directory
from protocol.trust.founding import link_secret_setting
from protocol.trust.policy import Policy
from protocol.trust.publication import DirectoryPart, Edition, KeyList, Publication, directory_root, publish
from protocol.vectors.drbg import Drbg
from protocol.vectors.recorder import Recorder

NOW = 1_790_000_000
"""Unix time of everything in the vectors."""
DAY = 86_400
SEGMENT = 21_600
EDITION = 3
"""Segments of an edition: few, so that the lists of long public keys stay short."""
CODES = ("XAA", "XBB", "XCC")
COMPARTMENTS = ((0, 0), (2, 1))
"""UNCLASSIFIED, and SECRET with the first category."""
CLEARANCE = Clearance(2, (1,))
ENTROPY = Drbg("coalchat vectors 1")
LINK_SECRET = ENTROPY.fork("link secret")(32)


@attrs.frozen
class Keyed:
    """One nation that keys its device.

    Attributes:
        seat, seat_document: its custodian's certificate.
        chains: seed chains of `COMPARTMENTS`; `lists` are the list documents.
        prekey, bundle: X-Wing seeds of its device.
    """

    index: int
    custodian: SigningKey
    seat: CustodianCertificate
    seat_document: Signed
    device: SigningKey
    bundle: bytes
    prekey: bytes
    person_nonce: bytes
    request_document: Signed
    certificate: Certificate
    certificate_document: Signed
    edition: Edition
    chains: tuple[SeedChain, ...]
    lists: tuple[bytes, ...]
    publication: Publication
    publication_document: Signed
    part: bytes

    @property
    def certificate_hash(self) -> bytes:
        """Hash of its device's certificate document."""
        return certificate_hash(self.certificate_document.data)


@attrs.frozen
class World:
    """The coalition, and its two nations that key."""

    policy: Policy
    roots: tuple[SigningKey, ...]
    charter: Charter
    charter_data: bytes
    signatures: tuple[bytes, ...]
    coalition: Coalition
    xaa: Keyed
    xbb: Keyed

    @property
    def segment(self) -> int:
        """Number of the segment at `NOW`."""
        return NOW // SEGMENT

    def directory(self) -> Directory:
        """A trusted set with all documents applied."""
        directory = Directory(self.coalition)
        for nation in (self.xaa, self.xbb):
            directory.apply_custodian(nation.seat_document.data)
            directory.apply_publication(nation.publication_document.data)
            directory.apply_directory_part(nation.part)
            directory.apply_certificate(nation.certificate_document.data)
        return directory


def signing_key(name: str) -> SigningKey:
    """Ed25519 and ML-DSA-65 seeds."""
    source = ENTROPY.fork(name)
    return SigningKey(source(32), source(32))


def build(policy: Policy, recorder: Recorder) -> World:
    """The world, from fixed entropy and the recorded documents."""
    roots = tuple(signing_key(f"{code}/root") for code in CODES)
    charter = make_charter(policy, roots)
    data = encode(charter)
    signatures = tuple(
        recorder.keep(
            f"charter signature {CODES[index]}",
            lambda index=index, root=root: sign_charter(charter, index, root).data,  # type: ignore[misc]
            lambda recorded, index=index: check_signature(charter, recorded)[0] == index,  # type: ignore[misc]
        )
        for index, root in enumerate(roots)
    )
    coalition = found(data, signatures, policy.hash)
    xaa, xbb = (_keyed(coalition, index, roots[index], recorder) for index in (0, 1))
    return World(policy, roots, charter, data, signatures, coalition, xaa, xbb)


def make_charter(policy: Policy, roots: tuple[SigningKey, ...]) -> Charter:
    """The charter of the three nations."""
    publics = [root.public() for root in roots]
    nonce = ENTROPY.fork("charter")(16)
    return Charter(
        number=0,
        previous=b"",
        name="Exercise Vector",
        nonce=nonce,
        policy=policy.hash,
        nations=tuple(
            Nation(code, f"Nation {code}", public.ed25519, key_hash(public.mldsa))
            for code, public in zip(CODES, publics, strict=True)
        ),
        quorum=2,
        segment=SEGMENT,
        edition=EDITION,
        holds=(3 * DAY, 3 * DAY, 3 * DAY, DAY),
        preload=DAY,
        otar_grace=7 * DAY,
        retention=(30 * DAY,) * 4,
        suites=(SUITE,),
        exercise=True,
        settings=(link_secret_setting(LINK_SECRET, nonce),),
    )


def _keyed(coalition: Coalition, index: int, root: SigningKey, recorder: Recorder) -> Keyed:
    code = CODES[index]
    custodian, device = signing_key(f"{code}/custodian"), signing_key(f"{code}/device")
    bundle, prekey = ENTROPY.fork(f"{code}/bundle")(96), ENTROPY.fork(f"{code}/prekey")(96)
    public = custodian.public()
    seat = CustodianCertificate(coalition.id, index, 0, public.ed25519, public.mldsa, NOW - DAY, NOW + 90 * DAY)
    seat_data = recorder.keep(
        f"custodian {code}",
        lambda: issue_custodian(seat, root, root_id(coalition.charter_hash, index)).data,
        lambda recorded: check_custodian(coalition, recorded)[0] == seat,
    )
    request, nonce, certificate = _certificate(coalition, index, device, bundle)
    document = issue_certificate(certificate, custodian)
    n = NOW // SEGMENT
    edition = Edition(1, n, n + EDITION - 1, 0)
    chains = tuple(
        SeedChain(
            SegmentId(index, 0, 1, level, category, n),
            edition.last,
            bytearray(ENTROPY.fork(f"{code}/seed {level}.{category}")(32)),
        )
        for level, category in COMPARTMENTS
    )
    lists = tuple(encode(make_list(coalition.id, chain)) for chain in chains)
    hashes = (certificate_hash(document.data),)
    publication = Publication(
        coalition=coalition.id,
        nation=index,
        custodian=0,
        number=1,
        previous=b"",
        issued=NOW,
        not_after=NOW + 10 * DAY,
        directory=directory_root(hashes),
        devices=1,
        keying=(),
        revocations=(),
        editions=(edition,),
        lists=tuple(KeyList(1, *place, list_hash(data)) for place, data in zip(COMPARTMENTS, lists, strict=True)),
    )
    publication_data = recorder.keep(
        f"publication {code}",
        lambda: publish(publication, custodian).data,
        lambda recorded: holds_hybrid(recorded, Tag.PUBLICATION, custodian, encode(publication)),
    )
    return Keyed(
        index=index,
        custodian=custodian,
        seat=seat,
        seat_document=read_signed(seat_data),
        device=device,
        bundle=bundle,
        prekey=prekey,
        person_nonce=nonce,
        request_document=request,
        certificate=certificate,
        certificate_document=document,
        edition=edition,
        chains=chains,
        lists=lists,
        publication=publication,
        publication_document=read_signed(publication_data),
        part=encode(DirectoryPart(coalition.id, index, 0, 1, 0, hashes)),
    )


def holds_hybrid(data: bytes, tag: Tag, key: SigningKey, body: bytes) -> bool:
    """Whether recorded bytes are still the document that a key would sign over a body."""
    signed = read_signed(data, tag)
    signed.verify(key.public())
    return signed.body == body


def _certificate(
    coalition: Coalition, nation: int, key: SigningKey, bundle: bytes
) -> tuple[Signed, bytes, Certificate]:
    public = key.public()
    request = CertificateRequest(
        coalition.id, nation, public.ed25519, key_hash(public.mldsa), key_hash(crypto.xwing_public(bundle))
    )
    signed = make_request(request, key)
    name, nonce = ("Maj Ann Alpha", "Capt Bo Bravo")[nation], ENTROPY.fork(f"{CODES[nation]}/person")(16)
    certificate = Certificate(
        coalition=coalition.id,
        nation=nation,
        custodian=0,
        key=request.key,
        mldsa_hash=request.mldsa_hash,
        bundle_hash=request.bundle_hash,
        request=signed.signature,
        person=person_id(coalition.id, nation, name, nonce),
        name=name,
        number=1,
        role=int(Role.OFFICER),
        clearance=CLEARANCE,
        scope=FULL_SCOPE,
        not_before=NOW - DAY,
        not_after=NOW + 30 * DAY,
    )
    return signed, nonce, certificate
