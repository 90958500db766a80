"""Segments and editions (SPEC 7.1).

Each compartment of a nation has, per edition, a chain of seeds, one a segment, independent of every other
compartment's. A seed gives the next one and the segment's X-Wing pair; going back is what BLAKE2b forbids.

Rule 1: public keys come from a list whose hash the nation's custodian published; a list is fetched from anyone.
Rule 2: a small-order X25519 half in a list refuses the whole list.
Rule 3: seeds are held in a `SeedChain`, which walks forward only and shows nothing in its repr.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Generic, TypeVar

import attrs

from protocol.base import crypto
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, ExpiredError, LocalProtocolError, StateError
from protocol.base.ids import Person, Tag
from protocol.base.limits import MAX_SEGMENTS
from protocol.base.records import Bin, Seq, decode, encode_part, evolve, record
from protocol.keys.runon import key_segment
from protocol.trust.credential import CUSTODIAN
from protocol.trust.directory import Directory
from protocol.trust.label import CATEGORY, LEVEL, NATION
from protocol.trust.publication import COUNTER, SEGMENT, Edition, unsuperseded

SEED = 32


@record()
class SegmentId:
    """Names one segment key of the coalition."""

    nation: Annotated[int, NATION]
    custodian: Annotated[int, CUSTODIAN]
    counter: Annotated[int, COUNTER]
    level: Annotated[int, LEVEL]
    category: Annotated[int, CATEGORY]
    segment: Annotated[int, SEGMENT]


@record()
class DeviceSegment:
    """Names one segment key of a device compartment. Packed, it has another arity than a `SegmentId`: none is both."""

    device: Annotated[bytes, Bin(16)]
    counter: Annotated[int, COUNTER]
    segment: Annotated[int, SEGMENT]


@record(Tag.SEGMENT_LIST)
class SegmentList:
    """Public keys of one compartment for every segment of one edition."""

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    custodian: Annotated[int, CUSTODIAN]
    counter: Annotated[int, COUNTER]
    level: Annotated[int, LEVEL]
    category: Annotated[int, CATEGORY]
    first: Annotated[int, SEGMENT]
    keys: Annotated[tuple[bytes, ...], Seq(Bin(crypto.XWING_PUBLIC), MAX_SEGMENTS, 1)]

    @property
    def place(self) -> tuple[int, int, int, int, int]:
        """(nation, custodian, counter, level, category)."""
        return (self.nation, self.custodian, self.counter, self.level, self.category)


def list_hash(data: bytes) -> bytes:
    """32 bytes that a publication names a list by."""
    return digest(Person.SEGMENT_LIST, data)


def next_seed(segment_id: SegmentId | DeviceSegment, seed: bytes) -> bytes:
    """Seed of the segment after `segment_id`: BLAKE2b-256(key = seed, person "next segment", id)."""
    return digest(Person.NEXT_SEGMENT, encode_part(segment_id), key=seed)


def kem_seed(segment_id: SegmentId | DeviceSegment, seed: bytes) -> bytes:
    """96 bytes that determine the segment's X-Wing pair: ML-KEM seed 64, X25519 private key 32."""
    packed = encode_part(segment_id)
    return digest(Person.SEGMENT_KEM, packed, b"\x00", key=seed, size=64) + digest(
        Person.SEGMENT_KEM, packed, b"\x01", key=seed, size=32
    )


S = TypeVar("S", SegmentId, DeviceSegment)


@attrs.define
class Chain(Generic[S]):
    """One compartment's seed, at some segment of an edition, as held by who may open what is sealed to it.

    Attributes:
        at: the segment that `seed` belongs to.
        last: the last segment of the edition.
        seed: 32 bytes.
    """

    at: S
    last: int
    seed: bytearray = attrs.field(repr=False, converter=bytearray)

    def private(self, segment: int) -> bytes:
        """X-Wing seed (96 bytes) of a segment from here to the end of the edition.

        Raises:
            ExpiredError: the segment lies before the seed, or after the edition.
        """
        return kem_seed(evolve(self.at, segment=segment), self.seed_at(segment))

    def seed_at(self, segment: int) -> bytes:
        """The 32-byte seed of a later segment, for OTAR to a device that joins then.

        Raises:
            ExpiredError: as `private`.
        """
        if not self.at.segment <= segment <= self.last:
            raise ExpiredError("no seed of this segment is held", field="segment")
        here, seed = self.at, bytes(self.seed)
        while here.segment < segment:
            seed = next_seed(here, seed)
            here = evolve(here, segment=here.segment + 1)
        return seed

    def public_keys(self) -> tuple[bytes, ...]:
        """Public keys from the seed's segment to the end of the edition."""
        keys, here, seed = [], self.at, bytes(self.seed)
        while True:
            keys.append(crypto.xwing_public(kem_seed(here, seed)))
            if here.segment >= self.last:
                return tuple(keys)
            seed = next_seed(here, seed)
            here = evolve(here, segment=here.segment + 1)


SeedChain = Chain[SegmentId]
"""A chain of a nation's compartment, as held by a device or its custodian."""
DeviceChain = Chain[DeviceSegment]
"""A chain of a device's own compartment, as held by that device alone."""


def check_seed(seed: bytes) -> None:
    """Refuse a seed that no random source gives: not 32 bytes, or a half made of one byte.

    Raises:
        LocalProtocolError: it is one of these.
    """
    if len(seed) != SEED or len(set(seed[:16])) == 1 or len(set(seed[16:])) == 1:
        raise LocalProtocolError("must be 32 random bytes", field="seed")


def make_list(coalition: bytes, chain: SeedChain) -> SegmentList:
    """The list of public keys of a chain that stands at the first segment of its edition."""
    at = chain.at
    return SegmentList(
        coalition, at.nation, at.custodian, at.counter, at.level, at.category, at.segment, chain.public_keys()
    )


@attrs.define
class SegmentKeys:
    """Trusted set of segment public keys: lists in, checked against publications; keys out."""

    directory: Directory
    _lists: dict[tuple[int, int, int, int, int], SegmentList] = attrs.field(factory=dict, init=False, repr=False)

    def apply(self, data: bytes) -> SegmentList:
        """Take a list.

        Raises:
            RemoteProtocolError: malformed, of another coalition, in no publication, or with an unusable key.
        """
        listed = decode(SegmentList, data)
        if self._lists.get(listed.place) == listed:
            return listed
        if listed.coalition != self.directory.coalition.id:
            raise AuthenticationError
        publication = self.directory.publication(listed.nation, listed.custodian)
        if publication is None:
            raise StateError("no publication names it yet", field="segment list")
        if publication.list_hash(listed.counter, listed.level, listed.category) != list_hash(data):
            raise AuthenticationError
        edition = next((e for e in publication.editions if e.counter == listed.counter), None)
        if edition is None or (edition.first, edition.last - edition.first + 1) != (listed.first, len(listed.keys)):
            raise AuthenticationError
        for key in listed.keys:
            crypto.xwing_check(key)
        self._lists[listed.place] = listed
        return listed

    def drop_unnamed(self) -> None:
        """Forget lists that no publication names any more: their editions are past their hold."""
        for place, listed in tuple(self._lists.items()):
            publication = self.directory.publication(listed.nation, listed.custodian)
            if publication is None or publication.list_hash(listed.counter, listed.level, listed.category) is None:
                del self._lists[place]

    def public_key(self, segment_id: SegmentId) -> bytes | None:
        """The published key of a segment, if its list is here."""
        s = segment_id
        listed = self._lists.get((s.nation, s.custodian, s.counter, s.level, s.category))
        if listed is None or not listed.first <= s.segment < listed.first + len(listed.keys):
            return None
        return listed.keys[s.segment - listed.first]

    def missing(self, nation: int, compartments: Iterable[tuple[int, int]]) -> tuple[bytes, ...]:
        """Hashes of published lists that are not here yet."""
        wanted = set(compartments)
        return tuple(
            entry.hash
            for publication in self.directory.publications(nation)
            for entry in publication.lists
            if (entry.level, entry.category) in wanted
            and (nation, publication.custodian, entry.counter, entry.level, entry.category) not in self._lists
        )

    def slots(self, nation: int, level: int, category: int, segment: int) -> tuple[tuple[SegmentId, bytes], ...]:
        """Slots to wrap to for one nation: every unsuperseded current edition whose key is here."""
        found = []
        for publication in self.directory.publications(nation):
            for edition in publication.current_editions(segment):
                sid = SegmentId(nation, publication.custodian, edition.counter, level, category, segment)
                key = self.public_key(sid)
                if key is not None:
                    found.append((sid, key))
        return tuple(found)

    def last_slots(self, nation: int, level: int, category: int, segment: int) -> tuple[tuple[SegmentId, bytes], ...]:
        """Slots to wrap to where a nation's editions have ended, if the level runs on: its last keys, of their segment.

        Returns:
            Nothing while one that it published, superseded or not, reaches the segment or lies ahead.
        """
        publications = self.directory.publications(nation)
        end = max((edition.last for publication in publications for edition in publication.editions), default=segment)
        if end >= segment or key_segment(self.directory.coalition.charter, level, end, segment) is None:
            return ()
        found = []
        for publication in publications:
            for edition in unsuperseded(publication.editions):
                sid = SegmentId(nation, publication.custodian, edition.counter, level, category, end)
                key = self.public_key(sid) if edition.last == end else None
                if key is not None:
                    found.append((sid, key))
        return tuple(found)


def edition_of(publication_editions: Iterable[Edition], counter: int) -> Edition | None:
    """The edition with a counter."""
    return next((edition for edition in publication_editions if edition.counter == counter), None)
