"""What a node knows of its coalition (SPEC 10.2): the trusted sets, the channels, and this device's own keys.

Everything here is rebuilt from verified documents and the key ring at each start; the store keeps their bytes.
Rule 1: a document enters by `apply`, which verifies it; what cannot be judged yet is a `StateError` and may come again.
Rule 2: each control document has an audience, the nations whose nodes may be given it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from protocol.base.codec import unpack_loose
from protocol.base.errors import AuthenticationError, DecodeError, StateError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_ARRAY
from protocol.base.records import decode, peek
from protocol.base.signed import VerifyKey, read_signed
from protocol.exchange.messages import document_hash
from protocol.keys.edition import SeedChain, SegmentKeys
from protocol.keys.keyring import KeyRing
from protocol.trust.access import Clearance, dominates
from protocol.trust.channel import ChannelRevision, check_fits, check_revision
from protocol.trust.charter import Coalition
from protocol.trust.credential import Certificate, Certified, device_id
from protocol.trust.directory import Directory
from protocol.trust.label import Label, marking, portion_mark
from protocol.trust.policy import Policy
from protocol.trust.publication import DirectoryPart


@attrs.frozen
class Control:
    """One control document in force.

    Attributes:
        hash: names it in inventories.
        tag: its kind.
        issuer: 16 bytes: custodian's seat, device or channel.
        number: rises within (tag, issuer).
        audience: bit i is set when nation i may be given it.
        data: the exact bytes.
    """

    hash: bytes
    tag: Tag
    issuer: bytes
    number: int
    audience: int
    data: bytes = attrs.field(repr=False)


SYNCED = (
    Tag.CUSTODIAN_CERTIFICATE,
    Tag.CERTIFICATE,
    Tag.PUBLICATION,
    Tag.SEGMENT_LIST,
    Tag.DIRECTORY,
    Tag.CHANNEL_REVISION,
)
"""Kinds that nodes exchange, in the order in which they can be judged, but for the directory (see `apply`)."""


@attrs.define
class Membership:
    """One device's view of its coalition."""

    coalition: Coalition
    policy: Policy
    ring: KeyRing = attrs.field(repr=False)
    now: Callable[[], int] = attrs.field(repr=False)
    directory: Directory = attrs.field(init=False, repr=False)
    keys: SegmentKeys = attrs.field(init=False, repr=False)
    channels: dict[bytes, ChannelRevision] = attrs.field(factory=dict, init=False, repr=False)
    controls: dict[bytes, Control] = attrs.field(factory=dict, init=False, repr=False)
    chains: tuple[SeedChain, ...] = attrs.field(init=False, repr=False)
    device: bytes = attrs.field(init=False)
    _loading: bool = attrs.field(default=False, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.directory = Directory(self.coalition)
        self.keys = SegmentKeys(self.directory)
        self.use_ring(self.ring)
        self.device = device_id(self.coalition.id, self.nation, self.ring.device.key.public().ed25519)

    def use_ring(self, ring: KeyRing) -> None:
        """Take a new state of the key ring."""
        self.ring = ring
        self.chains = tuple(seed.chain(ring.nation) for seed in ring.seeds)

    # --- who we are ---

    @property
    def nation(self) -> int:
        """Our charter index."""
        return self.ring.nation

    @property
    def everyone(self) -> int:
        """Audience of what all nations may have."""
        return (1 << len(self.coalition.codes)) - 1

    @property
    def certified(self) -> Certified:
        """Our own certificate.

        Raises:
            StateError: it is not here: a home without one founded nothing and joined nothing.
        """
        for certified in self.directory.devices(self.nation):
            if certified.device == self.device:
                return certified
        raise StateError("this device has no certificate", field="certificate")

    @property
    def certificate(self) -> Certificate:
        """Our own certificate's record."""
        return self.certified.certificate

    def segment(self, now: int) -> int:
        """The segment number that counts now: never below the highest one seen."""
        return max(self.coalition.segment_at(now), self.ring.mark)

    # --- keys ---

    def private_key(self, custodian: int, counter: int, compartment: tuple[int, int], segment: int) -> bytes | None:
        """X-Wing seed of one of our nation's segment keys, if this device holds it."""
        for chain in self.chains:
            at = chain.at
            here = (at.custodian, at.counter, at.level, at.category) == (custodian, counter, *compartment)
            if here and at.segment <= segment <= chain.last:
                return chain.private(segment)
        return None

    # --- devices ---

    def valid(self, nation: int) -> tuple[Certified, ...]:
        """A nation's devices that may act now, by device id."""
        now = self.now()
        standings = (self.directory.standing(known.device, now) for known in self.directory.devices(nation))
        return tuple(found.certified for found in standings if found is not None and found.valid)

    def cleared(self, nation: int, label: Label) -> tuple[Certified, ...]:
        """Those of them that a label lets read."""
        return tuple(c for c in self.valid(nation) if dominates(c.certificate.clearance, label))

    # --- names ---

    def marking(self, label: Label) -> str:
        """Full marking of a label."""
        return marking(label, self.policy, self.coalition.codes)

    def portion(self, label: Label) -> str:
        """Portion mark of a label without its release set: "S CONVOY"."""
        bare = attrs.evolve(label, releasable=frozenset())
        return portion_mark(bare, self.policy, self.coalition.codes)[1:-1]

    def clearance_marking(self, clearance: Clearance) -> str:
        """Marking of the highest that a clearance allows, without a release set."""
        return self.marking(Label(self.policy.hash, clearance.level, frozenset(clearance.categories)))

    # --- documents in ---

    def apply(self, data: bytes) -> tuple[Control, bool]:
        """Verify a control document and take it.

        Returns:
            The document, and whether it is news.

        Raises:
            StateError: it cannot be judged yet: something that it stands on is not here.
            RemoteProtocolError: it is refused.
        """
        known = self.controls.get(document_hash(data))
        if known is not None:
            return known, False
        control = self._judge(data)
        superseded = [other.hash for other in self.controls.values() if _supersedes(control, other)]
        if any(_supersedes(other, control) for other in self.controls.values()):
            return control, False
        for old in superseded:
            del self.controls[old]
        self.controls[control.hash] = control
        return control, True

    def load(self, documents: Iterable[bytes]) -> None:
        """Take documents of our own store, which were judged when they came: what was accepted then stays.

        Raises:
            RemoteProtocolError: as `apply_all`.
        """
        self._loading = True
        try:
            self.apply_all(documents)
        finally:
            self._loading = False

    def apply_all(self, documents: Iterable[bytes]) -> tuple[Control, ...]:
        """Take documents in any order: those that cannot be judged yet are tried again after the others.

        Raises:
            RemoteProtocolError: the first that is refused, or that still cannot be judged at the end.
        """
        news: list[Control] = []
        left = list(documents)
        while left:
            waiting: list[bytes] = []
            last: StateError | None = None
            for data in left:
                try:
                    control, fresh = self.apply(data)
                except StateError as error:
                    waiting.append(data)
                    last = error
                else:
                    if fresh:
                        news.append(control)
            if len(waiting) == len(left) and last is not None:
                raise last
            left = waiting
        return tuple(news)

    def _judge(self, data: bytes) -> Control:
        tag = peek(unpack_loose(data))
        name = document_hash(data)
        if tag is Tag.SEGMENT_LIST:
            listed = self.keys.apply(data)
            return Control(name, tag, _seat(*listed.place), listed.counter, self.everyone, data)
        if tag is Tag.DIRECTORY:
            return self._judge_directory(data, name)
        signed = read_signed(data)
        if tag is Tag.CUSTODIAN_CERTIFICATE:
            certificate = self.directory.apply_custodian(data)
            issuer = _seat(certificate.nation, certificate.index)
            return Control(name, tag, issuer, certificate.not_before, self.everyone, data)
        if tag in {Tag.CERTIFICATE, Tag.PUBLICATION} and self.directory.custodian_by_id(signed.signer) is None:
            raise StateError("its custodian is not known yet", field="signer")
        if tag is Tag.CERTIFICATE:
            certified = self.directory.apply_certificate(data)
            return Control(name, tag, certified.device, certified.certificate.not_before, self.everyone, data)
        if tag is Tag.PUBLICATION:
            publication = self.directory.apply_publication(data)
            return Control(name, tag, signed.signer, publication.number, self.everyone, data)
        if tag is Tag.CHANNEL_REVISION:
            return self._judge_channel(data, signed.signer, name)
        raise DecodeError("is not a control document", field="tag")

    def _judge_directory(self, data: bytes, name: bytes) -> Control:
        part = decode(DirectoryPart, data)
        publication = self.directory.publication(part.nation, part.custodian)
        if publication is None or publication.number < part.number:
            raise StateError("its publication is not here yet", field="directory")
        control = Control(
            name, Tag.DIRECTORY, _seat(part.nation, part.custodian, part.part), part.number, self.everyone, data
        )
        if publication.number > part.number:
            return control
        self.directory.apply_directory_part(data)
        last = (part.part + 1) * MAX_ARRAY >= publication.devices
        if last and not self.directory.listing_complete(part.nation, part.custodian) and part.part == 0:
            raise AuthenticationError
        return control

    def _judge_channel(self, data: bytes, signer: bytes, name: bytes) -> Control:
        # Validity in time is not asked: a channel outlives the certificate it was founded under.
        standing = self.directory.standing(signer, self.now())
        if standing is None or not (standing.listed or self._loading):
            raise StateError("its signer is not known yet", field="signer")
        if standing.revoked is not None and not self._loading:
            raise AuthenticationError
        certified = standing.certified
        # Only after the signature holds is the body looked at, to find which channel it is of.
        signed = read_signed(data, Tag.CHANNEL_REVISION)
        signed.verify(VerifyKey(certified.certificate.key))
        channel = decode(ChannelRevision, signed.body).channel
        revision = check_revision(self.coalition.id, data, certified, self.channels.get(channel))
        if self.nation not in revision.members:
            raise AuthenticationError
        check_fits(revision, self.coalition.charter, self.policy)
        self.channels[channel] = revision
        audience = sum(1 << nation for nation in revision.members)
        return Control(name, Tag.CHANNEL_REVISION, channel, revision.number, audience, data)

    # --- documents out ---

    def inventory(self, nation: int, now: int) -> tuple[tuple[int, bytes], ...]:
        """(tag, hash) of every control document that nodes of a nation may be given, in the order of `SYNCED`.

        Key lists are offered for editions that span now or begin within `preload`: they are long.
        """
        order = {tag: place for place, tag in enumerate(SYNCED)}
        allowed = [c for c in self.controls.values() if c.audience >> nation & 1 and self._timely(c, now)]
        allowed.sort(key=lambda c: (order[c.tag], c.number, c.hash))
        return tuple((int(c.tag), c.hash) for c in allowed)

    def _timely(self, control: Control, now: int) -> bool:
        if control.tag is not Tag.SEGMENT_LIST:
            return True
        listed = self.keys.apply(control.data)
        charter = self.coalition.charter
        starts, ends = listed.first * charter.segment, (listed.first + len(listed.keys)) * charter.segment
        return starts - charter.preload <= now < ends


def _seat(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in numbers)


def _supersedes(newer: Control, older: Control) -> bool:
    """Publications and directories: the newest of an issuer is enough; of the rest, all are kept."""
    return (
        newer.tag in {Tag.PUBLICATION, Tag.DIRECTORY}
        and (newer.tag, newer.issuer) == (older.tag, older.issuer)
        and newer.number > older.number
    )
