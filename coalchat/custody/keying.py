"""The custodian's acts (SPEC 6.2, 6.3, 7.1, 7.2) as functions: key ring in, documents out; no I/O, no clock.

Rule 1: a seed is drawn when its edition is published, two editions ahead at most.
Rule 2: every certificate and revocation is followed by a publication.
Rule 3: what a device is given of the seeds stands in `rekeying`.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from protocol.base.crypto import Entropy, xwing_public
from protocol.base.errors import LocalProtocolError
from protocol.base.limits import MAX_ARRAY
from protocol.base.records import encode, evolve
from protocol.base.signed import Signed
from protocol.keys.edition import SeedChain, SegmentId, list_hash, make_list
from protocol.keys.keyring import CustodianKeys, HeldSeed, KeyRing, held
from protocol.trust.access import Clearance
from protocol.trust.charter import Coalition, key_hash
from protocol.trust.credential import (
    FULL_SCOPE,
    Certificate,
    CertificateRequest,
    Certified,
    CustodianCertificate,
    Role,
    certificate_hash,
    issue_certificate,
    issue_custodian,
    make_request,
    person_id,
)
from protocol.trust.policy import Policy
from protocol.trust.publication import (
    DirectoryPart,
    Edition,
    KeyList,
    Publication,
    Revocation,
    directory_root,
    publication_hash,
    publish,
)

CUSTODIAN_LIFETIME = 90 * 86_400
DEVICE_LIFETIME = 90 * 86_400
EDITIONS_AHEAD = 2


@attrs.frozen
class DrawnEdition:
    """An edition whose seeds were drawn.

    Attributes:
        edition: as published.
        seeds: one chain a compartment, at its first segment.
        lists: the documents of public keys, and how the publication names them.
    """

    edition: Edition
    seeds: tuple[HeldSeed, ...] = attrs.field(repr=False)
    lists: tuple[bytes, ...] = attrs.field(repr=False)
    named: tuple[KeyList, ...] = attrs.field(repr=False)


def certify_custodian(coalition: Coalition, nation: int, keys: CustodianKeys, now: int) -> Signed:
    """The root's certificate of this custodian.

    Raises:
        LocalProtocolError: the root keys do not rest in this home.
    """
    if not keys.root:
        raise LocalProtocolError("does not rest in this home", field="root")
    public = keys.seat.key.public()
    certificate = CustodianCertificate(
        coalition.id, nation, keys.index, public.ed25519, public.mldsa, now, now + CUSTODIAN_LIFETIME
    )
    return issue_custodian(certificate, keys.root[0].key, coalition.root_id(nation))


def certify_own_device(
    coalition: Coalition,
    nation: int,
    ring: KeyRing,
    keys: CustodianKeys,
    person: str,
    clearance: Clearance,
    now: int,
    entropy: Entropy,
) -> Certified:
    """The certificate of the custodian's own device."""
    public = ring.device.key.public()
    request = CertificateRequest(
        coalition.id, nation, public.ed25519, key_hash(public.mldsa), key_hash(xwing_public(ring.bundle))
    )
    certificate = Certificate(
        coalition=coalition.id,
        nation=nation,
        custodian=keys.index,
        key=request.key,
        mldsa_hash=request.mldsa_hash,
        bundle_hash=request.bundle_hash,
        request=make_request(request, ring.device.key).signature,
        person=person_id(coalition.id, nation, person, entropy(16)),
        name=person,
        number=1,
        role=int(Role.CUSTODIAN),
        clearance=clearance,
        scope=FULL_SCOPE,
        not_before=now,
        not_after=now + DEVICE_LIFETIME,
    )
    signed = issue_certificate(certificate, keys.seat.key)
    return Certified(certificate, signed, certificate_hash(signed.data))


def draw_seeds(
    coalition: Coalition,
    policy: Policy,
    nation: int,
    index: int,
    counter: int,
    first: int,
    entropy: Entropy,
    last: int | None = None,
) -> tuple[HeldSeed, ...]:
    """Draw the seeds of one edition: independent random bytes a compartment.

    Args:
        last: its last segment; None: it has the charter's length.
    """
    last = first + coalition.charter.edition - 1 if last is None else last
    return tuple(
        held(SeedChain(SegmentId(nation, index, counter, level, category, first), last, bytearray(entropy(32))))
        for level, category in policy.compartments()
    )


def list_of(coalition: Coalition, nation: int, seed: HeldSeed) -> tuple[bytes, KeyList]:
    """The public keys of a chain that stands at its first segment: the document, and how a publication names it."""
    document = encode(make_list(coalition.id, seed.chain(nation)))
    return document, KeyList(seed.counter, seed.level, seed.category, list_hash(document))


def draw_edition(
    coalition: Coalition, policy: Policy, nation: int, index: int, counter: int, first: int, entropy: Entropy
) -> DrawnEdition:
    """One edition: its seeds, and the lists of its public keys."""
    seeds = draw_seeds(coalition, policy, nation, index, counter, first, entropy)
    listed = [list_of(coalition, nation, seed) for seed in seeds]
    edition = Edition(counter, first, seeds[0].last, 0)
    return DrawnEdition(edition, seeds, tuple(data for data, _ in listed), tuple(named for _, named in listed))


def draw_first_editions(
    coalition: Coalition, policy: Policy, nation: int, index: int, now: int, entropy: Entropy
) -> tuple[DrawnEdition, ...]:
    """The editions that a founding custodian publishes: the current one and two ahead."""
    first, length = coalition.segment_at(now), coalition.charter.edition
    return tuple(
        draw_edition(coalition, policy, nation, index, 1 + ahead, first + ahead * length, entropy)
        for ahead in range(EDITIONS_AHEAD + 1)
    )


def make_publication(  # noqa: PLR0913 - everything that a publication says
    *,
    coalition: Coalition,
    nation: int,
    keys: CustodianKeys,
    previous: Publication | None,
    previous_document: bytes,
    devices: Sequence[Certified],
    editions: Sequence[Edition],
    lists: Sequence[KeyList],
    revocations: Sequence[Revocation] = (),
    keying: Sequence[bytes] = (),
    now: int,
    until: int,
) -> tuple[Signed, tuple[bytes, ...]]:
    """The next publication of this custodian, and the parts of its directory.

    Args:
        previous, previous_document: the newest one of this seat, or None and b"".
        devices: every device that he certifies, in any order.
        revocations: all that are unexpired. keying: ids of keying devices, in any order.
        until: when it and its directory end.
    """
    hashes = [certified.hash for certified in sorted(devices, key=lambda certified: certified.device)]
    number = 1 if previous is None else previous.number + 1
    publication = Publication(
        coalition=coalition.id,
        nation=nation,
        custodian=keys.index,
        number=number,
        previous=publication_hash(previous_document) if previous is not None else b"",
        issued=now,
        not_after=until,
        directory=directory_root(hashes),
        devices=len(hashes),
        keying=tuple(sorted(keying)),
        revocations=tuple(sorted(revocations, key=lambda revocation: revocation.device)),
        editions=tuple(editions),
        lists=tuple(lists),
    )
    parts = tuple(
        encode(
            DirectoryPart(coalition.id, nation, keys.index, number, at // MAX_ARRAY, tuple(hashes[at : at + MAX_ARRAY]))
        )
        for at in range(0, len(hashes), MAX_ARRAY)
    )
    return publish(publication, keys.seat.key), parts


def own_seeds(keys: CustodianKeys, compartments: Sequence[tuple[int, int]]) -> tuple[HeldSeed, ...]:
    """The seeds that the custodian's own device holds: those of his own drawing, as far as he is cleared."""
    wanted = set(compartments)
    return tuple(seed for seed in keys.seeds if (seed.level, seed.category) in wanted)


def with_seeds(keys: CustodianKeys, drawn: Sequence[DrawnEdition]) -> CustodianKeys:
    """The custodian's keys with newly drawn editions."""
    return evolve(keys, seeds=(*keys.seeds, *(seed for edition in drawn for seed in edition.seeds)))
