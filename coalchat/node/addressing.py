"""Who can be addressed directly (SPEC 7.7, 8.8): devices' own compartments, conversations, and whom a person confirmed.

Rule 1: an edition counts once it verifies under its device's certificate, whatever nation the device is of.
Rule 2: a conversation is its set of devices; its nations follow from them, and it has no revision.
Rule 3: that a device was confirmed by words is this device's own knowledge: no document says so, and nobody else can.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from coalchat.node.controls import Control
from protocol.base.ids import Tag
from protocol.keys.device import DeviceEditions, check_edition, direct_channel
from protocol.keys.edition import DeviceChain
from protocol.keys.keyring import OwnSeed
from protocol.keys.statements import Verdict
from protocol.trust.charter import Charter
from protocol.trust.credential import Certificate

ID = 16


@attrs.frozen
class Conversation:
    """Where direct messages of some devices stand.

    Attributes:
        channel: made of the devices.
        devices: ids, ascending; this device's among them. nations: of each, in their order.
    """

    channel: bytes
    devices: tuple[bytes, ...]
    nations: tuple[int, ...]

    @property
    def members(self) -> tuple[int, ...]:
        """Nations of its devices, ascending."""
        return tuple(sorted(set(self.nations)))

    @property
    def data(self) -> bytes:
        """As the store keeps it."""
        pairs = zip(self.devices, self.nations, strict=True)
        return b"".join(device + bytes((nation,)) for device, nation in pairs)


def conversation(coalition: bytes, devices: Iterable[tuple[bytes, int]]) -> Conversation:
    """The conversation of some devices, each with its nation."""
    ordered = sorted(set(devices))
    ids = tuple(device for device, _ in ordered)
    return Conversation(direct_channel(coalition, ids), ids, tuple(nation for _, nation in ordered))


def read_conversation(channel: bytes, data: bytes) -> Conversation:
    """A conversation from what the store keeps of it."""
    parts = [data[at : at + ID + 1] for at in range(0, len(data), ID + 1)]
    return Conversation(channel, tuple(part[:ID] for part in parts), tuple(part[ID] for part in parts))


@attrs.define(eq=False)
class Addressing:
    """What one device knows of it.

    Attributes:
        device: its own id.
        editions: of devices' own compartments.
        conversations: by channel.
        confirmed: devices that a person confirmed by words, with the time of it.
        own: chains of this device's own compartment.
        made: names of the editions that this device stated since its start.
        strangers: counters of editions in its name that it did not state.
    """

    device: bytes
    editions: DeviceEditions = attrs.field(factory=DeviceEditions, repr=False)
    conversations: dict[bytes, Conversation] = attrs.field(factory=dict, repr=False)
    confirmed: dict[bytes, int] = attrs.field(factory=dict, repr=False)
    own: tuple[DeviceChain, ...] = attrs.field(default=(), repr=False)
    made: set[bytes] = attrs.field(factory=set, repr=False)
    strangers: list[int] = attrs.field(factory=list)

    def use(self, seeds: Iterable[OwnSeed]) -> None:
        """Take a new state of the own chains, and forget the old one as far as Python can."""
        before, self.own = self.own, tuple(seed.chain(self.device) for seed in seeds)
        for chain in before:
            chain.seed[:] = bytes(len(chain.seed))

    def private(self, counter: int, segment: int) -> bytes | None:
        """X-Wing seed of one of this device's own segment keys, if it is held."""
        for chain in self.own:
            if chain.at.counter == counter and chain.at.segment <= segment <= chain.last:
                return chain.private(segment)
        return None

    def judge(
        self,
        certificate: Certificate,
        charter: Charter,
        data: bytes,
        name: bytes,
        *,
        now: int,
        everyone: int,
        known: bool,
    ) -> tuple[Control, bool]:
        """Verify an edition; it, and whether it still has a place.

        Args:
            everyone: its audience: whoever may write to the device. known: it comes from our own store.

        Raises:
            RemoteProtocolError: it is refused.
        """
        edition = check_edition(certificate, charter, data, now)
        # Of our own store also what has ended is taken: it may be the proof of a clash.
        over = not known and edition.last < now // charter.segment
        highest = max(self.editions.counters(edition.device), default=0)
        verdict = Verdict.KNOWN if over else self.editions.apply(edition)
        # One below our own newest changes nothing: a home that was restored meets what it stated before.
        own = edition.device == self.device and edition.counter >= highest
        if own and not known and name not in self.made and verdict is not Verdict.KNOWN:
            self.strangers.append(edition.counter)
        # Both editions of a clash are kept: they are the proof. Otherwise the counter has the place.
        place = edition.device + edition.counter.to_bytes(4, "big") + (b"/clash" if verdict is Verdict.CLASH else b"")
        control = Control(
            name, Tag.DEVICE_EDITION, edition.device, edition.counter, everyone, data, place,
            (edition.counter, edition.first, edition.last),
        )  # fmt: skip
        return control, verdict is not Verdict.KNOWN

    def superseded(self, control: Control) -> bool:
        """Whether an edition is kept no more: two newer ones of its device are known. A proof is always kept."""
        clashed = self.editions.clashed(control.issuer)
        return not clashed and control.number not in self.editions.counters(control.issuer)

    def over(self, control: Control, segment: int) -> bool:
        """Whether the last segment of an edition has ended. A proof is always kept."""
        return control.rank[-1] < segment and not self.editions.clashed(control.issuer)
