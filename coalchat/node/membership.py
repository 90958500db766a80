"""What a node knows of its coalition (SPEC 10.2): the trusted sets, the channels, and this device's own keys.

Everything here is rebuilt from verified documents and the key ring at each start; the store keeps their bytes.
Rule 1: a document enters by `apply`, which verifies it; what cannot be judged yet is a `StateError` and may come again.
Rule 2: each control document has an audience, the nations whose nodes may be given it.
Rule 3: the local clock is believed to the end of the newest publication of the own nation, no further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

import attrs

from coalchat.node.addressing import Addressing, Conversation, conversation
from coalchat.node.channels import judge_revision
from coalchat.node.checkpoints import Judging
from coalchat.node.controls import PASSING, SYNCED, Control, Controls, in_any_order
from coalchat.node.orders import judge_demand, judge_revocation
from coalchat.node.passing import (
    check_otar,
    inventory,
    judge_directory,
    judge_list,
    otar_header,
    otar_over,
    otar_place,
    seat_name,
    seat_renewed,
)
from coalchat.node.verdicts import Verdicts
from coalchat.store.rows import EVERYONE
from protocol.base import crypto
from protocol.base.codec import unpack_loose
from protocol.base.errors import AuthenticationError, DecodeError, RemoteProtocolError, ReplayError, StateError
from protocol.base.ids import Tag
from protocol.base.records import peek
from protocol.base.signed import read_signed
from protocol.exchange.messages import document_hash
from protocol.keys.direct import DirectContext
from protocol.keys.edition import SeedChain, SegmentKeys
from protocol.keys.keyring import CustodianKeys, KeyRing
from protocol.keys.otar import OtarHeader
from protocol.keys.runon import key_segment
from protocol.keys.statements import Statements, Verdict
from protocol.trust.access import Clearance, dominates
from protocol.trust.channel import ChannelRevision
from protocol.trust.charter import Coalition
from protocol.trust.credential import Certificate, Certified, device_id
from protocol.trust.directory import Directory
from protocol.trust.label import Label, marking, portion_mark
from protocol.trust.policy import Policy

_CUSTODIANS = frozenset({Tag.CERTIFICATE, Tag.REVOCATION, Tag.PUBLICATION, Tag.OTAR, Tag.REKEY_DEMAND})
"""Documents that a custodian signs."""


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
    """Channels of which this nation is a member."""
    revisions: dict[bytes, ChannelRevision] = attrs.field(factory=dict, init=False, repr=False)
    """The newest revision of each, also of those before this nation became one."""
    controls: Controls = attrs.field(factory=Controls, init=False, repr=False)
    prekeys: Statements = attrs.field(factory=Statements, init=False, repr=False)
    verdicts: Verdicts = attrs.field(init=False, repr=False)
    checkpoints: Judging = attrs.field(init=False, repr=False)
    chains: tuple[SeedChain, ...] = attrs.field(default=(), init=False, repr=False)
    device: bytes = attrs.field(init=False)
    direct: Addressing = attrs.field(init=False, repr=False)
    made: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    """Names of the prekey statements that this device made since its start."""
    strangers: list[int] = attrs.field(factory=list, init=False)
    """Counters of prekey statements in this device's name that it did not make."""
    renewed: int = attrs.field(default=0, init=False)
    """When an amendment came here that changed the link secret; 0 if none did."""
    admitted: dict[int, int] = attrs.field(factory=dict, init=False)
    """When nations were admitted, as far as that was by an amendment."""
    confirmed: int = attrs.field(default=0, init=False)
    """The segment up to which a person has confirmed the clock."""
    _loading: bool = attrs.field(default=False, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.directory = Directory(self.coalition)
        self.keys = SegmentKeys(self.directory)
        self.verdicts = Verdicts(self.directory)
        self.checkpoints = Judging(self.directory)
        self.device = device_id(self.coalition.id, self.nation, self.ring.device.key.public().ed25519)
        self.direct = Addressing(self.device)
        self.use_ring(self.ring)

    def use_ring(self, ring: KeyRing) -> None:
        """Take a new state of the key ring, and forget the old one as far as Python can."""
        before, self.ring = self.chains, ring
        self.chains = tuple(seed.chain(ring.nation) for seed in ring.seeds)
        for chain in before:
            chain.seed[:] = bytes(len(chain.seed))
        self.direct.use(ring.own)

    # --- who we are ---

    @property
    def nation(self) -> int:
        """Our charter index."""
        return self.ring.nation

    @property
    def everyone(self) -> int:
        """Audience of what all nations may have, also those that come later."""
        return EVERYONE

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

    @property
    def seat(self) -> CustodianKeys | None:
        """The custodian's keys of this home, once the nation's root has certified them."""
        for keys in self.ring.custodian:
            certificate = self.directory.custodian(self.nation, keys.index)
            if certificate is not None and certificate.key == crypto.ed25519_public(keys.seat.ed25519):
                return keys
        return None

    def segment(self, now: int) -> int:
        """The segment number that counts now: never below the highest one seen."""
        return max(self.coalition.segment_at(now), self.ring.mark)

    # --- time ---

    def horizon(self) -> int:
        """The last segment that the local clock alone may reach."""
        own = (
            edition.last for publication in self.directory.publications(self.nation) for edition in publication.editions
        )
        return max(*own, self.confirmed, self.ring.mark, 0)

    def doubtful(self, now: int) -> bool:
        """Whether the clock lies where no word of our custodian, nor a person's, says that it should be."""
        return self.coalition.segment_at(now) > self.horizon()

    def believed(self, now: int) -> int:
        """The time that erasure goes by: a clock that was set back keeps nothing longer."""
        return max(now, self.ring.mark * self.coalition.charter.segment)

    # --- keys ---

    def private_key(self, custodian: int, counter: int, compartment: tuple[int, int], segment: int) -> bytes | None:
        """X-Wing seed of one of our nation's segment keys, if this device holds it."""
        for chain in self.chains:
            at = chain.at
            here = (at.custodian, at.counter, at.level, at.category) == (custodian, counter, *compartment)
            used = key_segment(self.coalition.charter, at.level, chain.last, segment)
            if here and used is not None and at.segment <= used:
                return chain.private(used)
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

    def place(self, channel: bytes) -> ChannelRevision | Conversation | None:
        """Where messages stand: a channel or a conversation, if it is known here."""
        return self.channels.get(channel) or self.direct.conversations.get(channel)

    def met(self, ctx: DirectContext) -> None:
        """A conversation that somebody began with this device is known from now on."""
        nations = {c.device: c.certificate.nation for n in ctx.release.releasable for c in self.directory.devices(n)}
        pairs = [(device, nations[device]) for device in ctx.devices]
        self.direct.conversations.setdefault(ctx.channel, conversation(self.coalition.id, pairs))

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

    def own_statement(self, data: bytes) -> None:
        """Say that a prekey statement in this device's name is its own, before it is taken."""
        self.made.add(document_hash(data))

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
        try:
            control, counts = self._judge(data)
        except ReplayError:
            split = self.verdicts.judge_split(data, self.controls, self.everyone)
            if split is None:
                raise
            control, counts = split, True
        return control, counts and self.controls.put(control)

    def load(self, documents: Iterable[bytes]) -> None:
        """Take documents of our own store, which were judged when they came: what was accepted then stays.

        Of those that pass with time, what no longer fits is left out: a crash came before it was dropped.

        Raises:
            RemoteProtocolError: as `apply_all`.
        """
        self._loading = True
        lasting: list[bytes] = []
        passing: list[bytes] = []
        for data in documents:
            (passing if peek(unpack_loose(data)) in PASSING else lasting).append(data)
        try:
            self.apply_all(lasting)
            for data in sorted(passing, key=lambda data: SYNCED.index(peek(unpack_loose(data)))):
                with suppress(RemoteProtocolError):
                    self.apply(data)
        finally:
            self._loading = False

    def apply_all(self, documents: Iterable[bytes]) -> tuple[Control, ...]:
        """Take documents in any order: those that cannot be judged yet are tried again after the others.

        Raises:
            RemoteProtocolError: the first that is refused, or that still cannot be judged at the end.
        """
        return in_any_order(self.apply, documents)

    def _judge(self, data: bytes) -> tuple[Control, bool]:  # noqa: C901 - one branch a kind
        """Verify a document; it, and whether it still has a place."""
        tag = peek(unpack_loose(data))
        name = document_hash(data)
        if tag in {Tag.SEGMENT_LIST, Tag.DIRECTORY, Tag.FORK_PROOF, Tag.CHECKPOINT_PROOF}:
            return self._judge_unsigned(tag, data, name)
        signed = read_signed(data)
        if tag is Tag.CUSTODIAN_CERTIFICATE:
            seat = self.directory.apply_custodian(data)
            issuer = seat_name(seat.nation, seat.index)
            control = Control(name, tag, issuer, seat.not_before, self.everyone, data)
            return control, not seat_renewed(control, self.directory)
        if tag in _CUSTODIANS and self.directory.custodian_by_id(signed.signer) is None:
            raise StateError("its custodian is not known yet", field="signer")
        if tag is Tag.CERTIFICATE:
            certified = self.directory.apply_certificate(data)
            control = Control(name, tag, certified.device, certified.certificate.not_before, self.everyone, data)
            self.directory.forget_renewed(certified.device, self.now())
            return control, self.directory.certificate(certified.device, certified.hash) is not None
        if tag is Tag.PUBLICATION:
            publication = self.directory.apply_publication(data)
            rank = (publication.number,)
            return Control(name, tag, signed.signer, publication.number, self.everyone, data, signed.signer, rank), True
        if tag is Tag.REVOCATION:
            control = judge_revocation(self.directory, data, name, self.everyone)
            self.verdicts.disown(control.issuer)
            return control, True
        if tag is Tag.REKEY_DEMAND:
            return judge_demand(self.directory, self.nation, data, name), True
        if tag is Tag.CHANNEL_REVISION:
            return judge_revision(self, data, self._signer(signed.signer)), True
        if tag in {Tag.PREKEY_STATEMENT, Tag.DEVICE_EDITION}:
            judge = self._judge_prekey if tag is Tag.PREKEY_STATEMENT else self._judge_edition
            return judge(data, self._signer(signed.signer), name)
        if tag is Tag.OTAR:
            return self._judge_otar(data, name)
        if tag is Tag.CHECKPOINT:
            return self.checkpoints.checkpoint(
                data, name, self.controls, self.now(), everyone=self.everyone, known=self._loading
            )
        raise DecodeError("is not a control document", field="tag")

    def _judge_unsigned(self, tag: Tag, data: bytes, name: bytes) -> tuple[Control, bool]:
        if tag is Tag.SEGMENT_LIST:
            return judge_list(data, name, self.directory, self.keys, self.everyone)
        if tag is Tag.DIRECTORY:
            return judge_directory(data, name, self.directory, self.everyone), True
        if tag is Tag.CHECKPOINT_PROOF:
            return self.checkpoints.proof(data, name, self.now(), known=self._loading)
        return self.verdicts.judge_fork(data, self.controls, self.now())

    def _signer(self, signer: bytes) -> Certified:
        """The device that signed a document. What comes from our own store was judged when it came."""
        standing = self.directory.standing(signer, self.now())
        if standing is None or not (standing.listed or self._loading):
            raise StateError("its signer is not known yet", field="signer")
        if standing.revoked is not None and not self._loading:
            raise AuthenticationError
        return standing.certified

    def _judge_prekey(self, data: bytes, signer: Certified, name: bytes) -> tuple[Control, bool]:
        if signer.certificate.nation != self.nation:
            raise AuthenticationError
        statement, verdict = self.prekeys.apply(signer.certificate, data)
        stranger = statement.device == self.device and not self._loading and name not in self.made
        if stranger and verdict is not Verdict.KNOWN:
            self.strangers.append(statement.counter)
        if verdict is Verdict.NEWER:
            self._drop_otars(statement.device)
        # Both statements of a clash are kept: they are the proof.
        place = statement.device + (b"/clash" if verdict is Verdict.CLASH else b"")
        rank = (statement.counter,)
        control = Control(
            name, Tag.PREKEY_STATEMENT, statement.device, statement.counter, 1 << self.nation, data, place, rank
        )
        return control, verdict is not Verdict.KNOWN

    def _judge_edition(self, data: bytes, signer: Certified, name: bytes) -> tuple[Control, bool]:
        control, counts = self.direct.judge(
            signer.certificate, self.coalition.charter, data, name,
            now=self.believed(self.now()), everyone=self.everyone, known=self._loading,
        )  # fmt: skip
        for other in self.controls.by(Tag.DEVICE_EDITION, control.issuer):
            if self.direct.superseded(other):
                self.controls.drop(other.hash)
        return control, counts

    def _judge_otar(self, data: bytes, name: bytes) -> tuple[Control, bool]:
        header = check_otar(data, self.directory, self.nation)
        if self.directory.standing(header.device, self.now()) is None:
            raise StateError("its device is not known yet", field="device")
        control = Control(
            name, Tag.OTAR, header.device, header.edition, 1 << self.nation, data,
            otar_place(header), (header.prekey, header.segment),
        )  # fmt: skip
        return control, not self.otar_over(header, self.believed(self.now()))

    def members(self, place: ChannelRevision | Conversation) -> frozenset[int]:
        """Nations of a channel or conversation, but for those that the charter suspends."""
        return frozenset(place.members) - self.coalition.suspended

    # --- documents out ---

    def otar_over(self, header: OtarHeader, now: int) -> bool:
        """Whether an OTAR serves nobody any more."""
        standing = self.directory.standing(header.device, now)
        if standing is not None and standing.revoked is not None:
            return True
        publication = self.directory.publication(header.nation, header.custodian)
        editions = () if publication is None else publication.editions
        return otar_over(header, self.prekeys.newest(header.device), editions, self.coalition.charter, now)

    def _drop_otars(self, device: bytes) -> None:
        """Forget the OTARs that a device says it has taken."""
        for control in self.controls.by(Tag.OTAR, device):
            if self.otar_over(otar_header(control.data), self.now()):
                self.controls.drop(control.hash)

    def inventory(self, nation: int, now: int, *, carries: bool = False) -> tuple[tuple[int, bytes], ...]:
        """(tag, hash) of every control document that nodes of a nation may be given, in the order of `SYNCED`."""
        return inventory(self.controls, nation, self.directory, self.coalition.charter, now, carries=carries)
