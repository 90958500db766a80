"""Publications (SPEC 6.3): what a custodian says of his nation, and the parts of its directory.

A custodian publishes, hybrid-signed and hash-linked: the Merkle root of the nation's certificates (sorted by device
id), its keying devices, every unexpired revocation, and the editions of its compartments' keys.
These are the records; `directory` holds the trusted set that they enter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Annotated

from protocol.base import merkle
from protocol.base.crypto import digest
from protocol.base.errors import DecodeError
from protocol.base.ids import Person, Tag
from protocol.base.limits import (
    MAX_ARRAY,
    MAX_DIRECTORY,
    MAX_EDITIONS,
    MAX_KEY_LISTS,
    MAX_KEYING_DEVICES,
    MAX_REVOCATIONS,
)
from protocol.base.records import Bin, OptBin, Part, Seq, Uint, encode, record
from protocol.base.signed import Signed, SigningKey, sign
from protocol.trust.charter import TIME
from protocol.trust.credential import CUSTODIAN, custodian_id
from protocol.trust.label import CATEGORY, LEVEL, NATION

COUNTER = Uint(2**32 - 1, 1)
SEGMENT = Uint(2**40)


class RevocationReason(IntEnum):
    """Why a device is revoked; other numbers may follow and mean no more than that it is."""

    UNSPECIFIED = 0
    LOST = 1
    COMPROMISED = 2
    LEFT = 3
    REPLACED = 4


@record()
class Revocation:
    """A device that its nation disowns; `reason` is a `RevocationReason`."""

    device: Annotated[bytes, Bin(16)]
    at: Annotated[int, TIME]
    reason: Annotated[int, Uint(255)]


@record()
class Edition:
    """One edition of a nation's keys.

    Attributes:
        counter: rises strictly per (nation, custodian).
        first, last: the segment numbers it spans.
        supersedes: the counter it replaces from its first segment on, or 0.
    """

    counter: Annotated[int, COUNTER]
    first: Annotated[int, SEGMENT]
    last: Annotated[int, SEGMENT]
    supersedes: Annotated[int, Uint(2**32 - 1)]


@record()
class KeyList:
    """Hash of one compartment's list of segment public keys in one edition."""

    counter: Annotated[int, COUNTER]
    level: Annotated[int, LEVEL]
    category: Annotated[int, CATEGORY]
    hash: Annotated[bytes, Bin(32)]


@record(Tag.PUBLICATION)
class Publication:
    """What a custodian says of his nation.

    Attributes:
        number: rises by one; `previous` is the hash of the one before, or none.
        not_after: it, and its directory, count until then.
        directory: Merkle root over the certificates, sorted by device id; `devices` of them.
        keying: device ids whose envelopes other devices of the nation may seal under.
    """

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    custodian: Annotated[int, CUSTODIAN]
    number: Annotated[int, COUNTER]
    previous: Annotated[bytes, OptBin(32)]
    issued: Annotated[int, TIME]
    not_after: Annotated[int, TIME]
    directory: Annotated[bytes, Bin(32)]
    devices: Annotated[int, Uint(MAX_DIRECTORY)]
    keying: Annotated[tuple[bytes, ...], Seq(Bin(16), MAX_KEYING_DEVICES, ascending=True)]
    revocations: Annotated[tuple[Revocation, ...], Seq(Part(Revocation), MAX_REVOCATIONS, ascending=True)]
    editions: Annotated[tuple[Edition, ...], Seq(Part(Edition), MAX_EDITIONS, ascending=True)]
    lists: Annotated[tuple[KeyList, ...], Seq(Part(KeyList), MAX_KEY_LISTS, ascending=True)]

    def list_hash(self, counter: int, level: int, category: int) -> bytes | None:
        """Hash of a compartment's key list in one edition, if it is published."""
        for entry in self.lists:
            if (entry.counter, entry.level, entry.category) == (counter, level, category):
                return entry.hash
        return None

    def current_editions(self, segment: int) -> tuple[Edition, ...]:
        """Editions that span a segment and are not superseded by another one that does."""
        spanning = [edition for edition in self.editions if edition.first <= segment <= edition.last]
        superseded = {edition.supersedes for edition in spanning}
        return tuple(edition for edition in spanning if edition.counter not in superseded)

    def superseded_at(self, counter: int, segment: int) -> bool:
        """Whether an edition was replaced by another one that had begun by then."""
        return any(edition.supersedes == counter and edition.first <= segment for edition in self.editions)


@record(Tag.DIRECTORY)
class DirectoryPart:
    """Certificate hashes of one publication's directory, in order of device id, 1,024 a part.

    Not signed: the parts together must give the publication's root.
    """

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    custodian: Annotated[int, CUSTODIAN]
    number: Annotated[int, COUNTER]
    part: Annotated[int, Uint(MAX_DIRECTORY // MAX_ARRAY - 1)]
    hashes: Annotated[tuple[bytes, ...], Seq(Bin(32), MAX_ARRAY)]


def directory_root(hashes: Sequence[bytes]) -> bytes:
    """Merkle root of a directory: one leaf for each certificate hash, sorted by device id."""
    return merkle.root([merkle.leaf_hash(leaf) for leaf in hashes])


def publication_hash(data: bytes) -> bytes:
    """32 bytes that name a publication document."""
    return digest(Person.PUBLICATION, data)


def publish(publication: Publication, custodian: SigningKey) -> Signed:
    """Sign a publication as custodian, hybrid."""
    signer = custodian_id(publication.coalition, publication.nation, publication.custodian)
    return sign(Tag.PUBLICATION, signer, encode(publication), custodian)


def unsuperseded(editions: Iterable[Edition]) -> tuple[Edition, ...]:
    """Those of some editions that no other one of them replaces."""
    every = tuple(editions)
    replaced = {edition.supersedes for edition in every}
    return tuple(edition for edition in every if edition.counter not in replaced)


def check_editions(publication: Publication) -> None:
    """Refuse editions that contradict each other.

    Raises:
        DecodeError: they do.
    """
    counters = [edition.counter for edition in publication.editions]
    if len(set(counters)) != len(counters):
        raise DecodeError("two editions with one counter", field="editions")
    if any(edition.first > edition.last for edition in publication.editions):
        raise DecodeError("an edition ends before it begins", field="editions")
    if any(edition.supersedes >= edition.counter for edition in publication.editions):
        raise DecodeError("an edition supersedes itself or a later one", field="editions")
