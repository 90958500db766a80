"""A whole coalition with real keys, in memory: `make_coalition()` gives one, already founded, published and rekeyed.

    world = make_coalition()
    ann = world.device("XAA")
    ops = world.channel(ann)
    sealed = world.envelope(ann, "secret rel xaa, xbb", ops)
    feed = world.feed(ann, ops, sealed.release)
    first = world.entry(ann, feed, sealed, "radio check")
    world.read(world.device("XBB"), first, sealed.envelope)   # a TextPayload; for XCC, None

Keys come from fixed entropy, so ids are the same in each run; ML-DSA signatures and HPKE seals are drawn by the
library and are not. The first call with the same arguments builds (half a second), later ones copy: each caller may
change its own `directory` and `keys`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path

import attrs

from protocol.base.records import encode, evolve
from protocol.base.signed import Signed, VerifyKey
from protocol.keys.edition import SegmentKeys
from protocol.keys.envelope import Context, Envelope, Slot, open_slot, own_slots, seal_envelope
from protocol.messages.entry import Entry, EntryBase, open_entry, seal_entry
from protocol.messages.feed import FeedRecord, sign_feed
from protocol.messages.payload import FORMAT, Payload, TextPayload, decode_payload, encode_payload
from protocol.messages.refs import Ref
from protocol.trust.access import Clearance
from protocol.trust.channel import ChannelRevision, channel_id, sign_revision
from protocol.trust.charter import SUITE, Charter, Nation, found, key_hash, sign_charter
from protocol.trust.directory import Directory
from protocol.trust.founding import link_secret_setting
from protocol.trust.label import Label, ReleaseKey, parse_label
from protocol.trust.policy import Policy, policy_from_toml
from protocol.trust.publication import DirectoryPart, Edition, Revocation, directory_root, publication_hash, publish
from protocol.vectors.drbg import Drbg
from tests.fakes.nation import DAY, FULL, DeviceSpec, FakeDevice, FakeNation, Ground, found_nation, signing_key

NOW = 1_790_000_000
"""Unix time at which a fake coalition lives, unless its maker says otherwise."""
HOLD = 3 * DAY

EXAMPLE_POLICY = Path(__file__).parents[2] / "protocol" / "policies" / "example.toml"


@attrs.frozen
class FakeChannel:
    revision: ChannelRevision
    document: Signed = attrs.field(repr=False)

    @property
    def id(self) -> bytes:
        return self.revision.channel


@attrs.frozen
class FakeEnvelope:
    envelope: Envelope
    tek: bytes = attrs.field(repr=False)

    @property
    def release(self) -> ReleaseKey:
        return self.envelope.context.release


@attrs.frozen
class FakeFeed:
    record: FeedRecord
    document: Signed = attrs.field(repr=False)

    @property
    def id(self) -> bytes:
        return self.record.id


@attrs.define
class FakeCoalition(Ground):
    """A founded coalition with everything applied; `directory` and `keys` are this caller's own."""

    nations: tuple[FakeNation, ...] = attrs.field(repr=False)
    entropy: Drbg = attrs.field(repr=False)

    def nation(self, code: str) -> FakeNation:
        return self.nations[self.coalition.codes.index(code)]

    def device(self, code: str, number: int = 0) -> FakeDevice:
        return self.nation(code).devices[number]

    def documents(self) -> tuple[bytes, ...]:
        """Custodians' and devices' certificates, publications and directories, in an order that applies."""
        every: list[bytes] = []
        for nation in self.nations:
            every += [nation.custodian_document.data, nation.publication_document.data, nation.directory_part]
            every += [device.document.data for device in nation.devices]
        return tuple(every)

    def new_directory(self) -> Directory:
        """A trusted set that knows the charter only."""
        return Directory(self.coalition)

    def full_directory(self) -> Directory:
        """A trusted set with every nation's documents applied anew."""
        directory = self.new_directory()
        for nation in self.nations:
            directory.apply_custodian(nation.custodian_document.data)
            directory.apply_publication(nation.publication_document.data)
            directory.apply_directory_part(nation.directory_part)
            for device in nation.devices:
                directory.apply_certificate(device.document.data)
        return directory

    # --- conveniences: each makes the real thing with the real keys ---

    def label(self, text: str, members: Sequence[int] | None = None) -> Label:
        """A label from its text, completed with the members (default: all nations) if it has no REL."""
        label = parse_label(text, self.policy, self.coalition.codes)
        if label.releasable:
            return label
        return attrs.evolve(label, releasable=frozenset(members if members is not None else range(len(self.nations))))

    def channel(
        self,
        founder: FakeDevice,
        title: str = "ops",
        *,
        members: Sequence[int] | None = None,
        ceiling: Clearance | None = None,
    ) -> FakeChannel:
        """A channel founded by a device, with all nations and the full ceiling unless told."""
        nonce = self.entropy(16)
        revision = ChannelRevision(
            coalition=self.id,
            channel=channel_id(self.id, founder.id, nonce),
            number=0,
            previous=b"",
            nation=founder.nation,
            nonce=nonce,
            title=title,
            purpose="",
            members=tuple(members if members is not None else range(len(self.nations))),
            ceiling=ceiling or FULL.clearance,
            admins=(founder.id,),
            issued=self.now,
        )
        return FakeChannel(revision, sign_revision(revision, founder.id, founder.key))

    def envelope(
        self, author: FakeDevice, label: str | ReleaseKey, channel: FakeChannel, *, segment: int | None = None
    ) -> FakeEnvelope:
        """An envelope of an author's own for a label in a channel, wrapped to the current edition of each nation."""
        release = self.release(label, channel)
        n = self.segment if segment is None else segment
        found = [slot for nation in release.releasable for slot in self.keys.slots(nation, *release.compartment, n)]
        context = Context(
            version=1,
            coalition=self.id,
            charter=self.coalition.charter_hash,
            channel=channel.id,
            revision=channel.revision.hash,
            release=release,
            nation=author.nation,
            device=author.id,
            segment=n,
            slots=tuple(Slot(sid.nation, sid.custodian, sid.counter) for sid, _ in found),
            not_after=(n + 1) * self.charter.segment + self.charter.segment // 4,
        )
        tek = self.entropy(32)
        return FakeEnvelope(seal_envelope(context, tek, [key for _, key in found], author.key.ed25519), tek)

    def feed(self, author: FakeDevice, channel: FakeChannel, label: str | ReleaseKey) -> FakeFeed:
        """A new feed of a device."""
        record = FeedRecord(
            coalition=self.id,
            device=author.id,
            person=author.certificate.person,
            channel=channel.id,
            release=self.release(label, channel),
            predecessor=b"",
            nonce=self.entropy(16),
        )
        return FakeFeed(record, sign_feed(record, author.key))

    def entry(
        self,
        author: FakeDevice,
        feed: FakeFeed,
        envelope: FakeEnvelope,
        payload: str | Payload,
        *,
        prev: Entry | None = None,
        precedence: int = 0,
        refs: tuple[Ref, ...] = (),
    ) -> Entry:
        """The next entry of a feed: a text, or any payload."""
        if isinstance(payload, str):
            payload = TextPayload(FORMAT, self.now, False, refs, payload, 0)
        base = EntryBase(
            version=1,
            precedence=precedence,
            feed=feed.id,
            seq=1 if prev is None else prev.base.seq + 1,
            prev=b"" if prev is None else prev.id,
            envelope=envelope.envelope.id,
        )
        return seal_entry(base, encode_payload(payload), envelope.tek, author.key.ed25519)

    def open_envelope(self, reader: FakeDevice, envelope: Envelope) -> bytes | None:
        """The TEK, by the reader's own seeds; None if no slot is his, or he is not cleared."""
        chain = reader.chain(*envelope.context.release.compartment)
        for index, _ in own_slots(envelope, reader.nation) if chain is not None else ():
            assert chain is not None
            return open_slot(envelope, index, chain.private(envelope.context.segment))
        return None

    def read(self, reader: FakeDevice, entry: Entry, envelope: Envelope) -> Payload | None:
        """What a reader sees of an entry; None if the envelope does not open for him."""
        tek = self.open_envelope(reader, envelope)
        return None if tek is None else decode_payload(open_entry(entry, tek)[0])

    def release(self, label: str | ReleaseKey, channel: FakeChannel) -> ReleaseKey:
        if isinstance(label, ReleaseKey):
            return label
        return self.label(label, channel.revision.members).release_key()

    def newest_publication(self, nation: FakeNation) -> bytes:
        """Hash of the newest publication that `directory` holds of a nation."""
        chain = self.directory.chain(nation.devices[0].id) if nation.devices else ()
        return publication_hash(chain[1] if chain else nation.publication_document.data)

    def republish(
        self,
        code: str,
        *,
        revocations: tuple[Revocation, ...] = (),
        devices: Sequence[FakeDevice] | None = None,
        editions: tuple[Edition, ...] | None = None,
        issued: int | None = None,
        not_after: int | None = None,
    ) -> tuple[Signed, bytes]:
        """The nation's next publication and its directory part, signed; nothing is applied."""
        nation = self.nation(code)
        before = self.directory.publication(nation.index, 0) or nation.publication
        number = before.number + 1
        chosen = sorted(devices if devices is not None else nation.devices, key=lambda device: device.id)
        hashes = tuple(device.hash for device in chosen)
        publication = evolve(
            before,
            number=number,
            previous=self.newest_publication(nation),
            issued=self.now if issued is None else issued,
            not_after=before.not_after if not_after is None else not_after,
            directory=directory_root(hashes),
            devices=len(hashes),
            revocations=revocations,
            editions=before.editions if editions is None else editions,
        )
        part = DirectoryPart(self.id, nation.index, 0, number, 0, hashes)
        return publish(publication, nation.custodian), encode(part)


Devices = Mapping[str, Sequence[DeviceSpec | Clearance]]


def make_coalition(
    nations: Sequence[str] = ("XAA", "XBB", "XCC"),
    *,
    now: int = NOW,
    clearances: Devices | None = None,
    seed: str = "coalition",
    segment: int = 21_600,
    edition: int = 12,
) -> FakeCoalition:
    """A founded coalition of one custodian a nation, with one edition that starts at `now`'s segment.

    Args:
        nations: their codes, by charter index.
        now: Unix time of all that is issued.
        clearances: per nation code the devices it has; a nation not named has one, of full clearance.
        seed: of the fixed entropy: two coalitions with other seeds share no key.
        segment, edition: seconds, and segments.
    """
    given = clearances or {}
    specs = tuple(tuple(_spec(one) for one in given.get(code, (FULL,))) for code in nations)
    return deepcopy(_build(tuple(nations), now, specs, seed, segment, edition))


def _spec(given: DeviceSpec | Clearance) -> DeviceSpec:
    return DeviceSpec(given) if isinstance(given, Clearance) else given


@cache
def _build(
    codes: tuple[str, ...],
    now: int,
    specs: tuple[tuple[DeviceSpec, ...], ...],
    seed: str,
    segment: int,
    edition: int,
) -> FakeCoalition:
    entropy = Drbg(seed)
    policy = policy_from_toml(EXAMPLE_POLICY.read_text(encoding="utf-8"))
    roots = [signing_key(entropy.fork(f"{code}/root")) for code in codes]
    link_secret = entropy.fork("link secret")(32)
    charter = _charter(codes, [root.public() for root in roots], policy, entropy, (segment, edition))
    charter = evolve(charter, settings=(link_secret_setting(link_secret, charter.nonce),))
    data = encode(charter)
    signatures = tuple(sign_charter(charter, index, root).data for index, root in enumerate(roots))
    coalition = found(data, signatures, policy.hash)
    directory = Directory(coalition)
    world = FakeCoalition(
        now=now,
        policy=policy,
        charter=charter,
        charter_data=data,
        signatures=signatures,
        coalition=coalition,
        link_secret=link_secret,
        nations=(),
        directory=directory,
        keys=SegmentKeys(directory),
        entropy=entropy.fork("later"),
    )
    world.nations = tuple(
        found_nation(world, index, root, specs[index], entropy.fork(codes[index])) for index, root in enumerate(roots)
    )
    return world


def _charter(
    codes: tuple[str, ...], roots: Sequence[VerifyKey], policy: Policy, entropy: Drbg, times: tuple[int, int]
) -> Charter:
    return Charter(
        number=0,
        previous=b"",
        name="Exercise Fake",
        nonce=entropy.fork("charter")(16),
        policy=policy.hash,
        nations=tuple(
            Nation(code, f"Nation {code}", root.ed25519, key_hash(root.mldsa))
            for code, root in zip(codes, roots, strict=True)
        ),
        quorum=len(codes) // 2 + 1,
        segment=times[0],
        edition=times[1],
        holds=(HOLD,) * len(policy.levels),
        preload=DAY,
        otar_grace=7 * DAY,
        retention=(30 * DAY,) * len(policy.levels),
        suites=(SUITE,),
        exercise=True,
        settings=(),
    )
