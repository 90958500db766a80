"""Device compartments (SPEC 7.7): a device is a compartment of one, for direct messages.

It draws its seeds itself, signs the list of their public keys with its own key, and gives the seeds to nobody: no
custodian made them, so none can open what is sealed to them.

Rule 1: an edition is signed by the device, never for it; the next one is stated `preload` before it begins, no earlier.
Rule 2: of a device's editions the highest counter that covers a segment counts; two at most are kept.
Rule 3: two different editions at one counter prove that two hold the device's key: nothing is sealed to it any more.
Rule 4: the chain has one hold, the shortest of all levels that its device is cleared for: no label's promise is broken.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import attrs

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, DecodeError
from protocol.base.ids import Person, Tag
from protocol.base.limits import CLOCK_SKEW, MAX_DEVICE_EDITIONS, MAX_SEGMENTS
from protocol.base.records import Bin, Seq, decode, encode, record
from protocol.base.signed import Signed, SigningKey, VerifyKey, read_signed, sign
from protocol.keys.edition import DeviceChain
from protocol.keys.statements import Verdict
from protocol.trust.access import Clearance
from protocol.trust.charter import Charter
from protocol.trust.credential import Certificate, Role
from protocol.trust.label import NATION
from protocol.trust.publication import COUNTER, SEGMENT

WORDS = 6


@record(Tag.DEVICE_EDITION)
class DeviceEdition:
    """Public keys of a device's own compartment for every segment of one edition.

    Attributes:
        counter: rises strictly for each device.
        first: the first segment; the keys are of this one and those after it.
    """

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    device: Annotated[bytes, Bin(16)]
    counter: Annotated[int, COUNTER]
    first: Annotated[int, SEGMENT]
    keys: Annotated[tuple[bytes, ...], Seq(Bin(crypto.XWING_PUBLIC), MAX_SEGMENTS, 1)]

    @property
    def last(self) -> int:
        """The last segment."""
        return self.first + len(self.keys) - 1

    def key(self, segment: int) -> bytes | None:
        """The public key of a segment, if this edition covers it."""
        return self.keys[segment - self.first] if self.first <= segment <= self.last else None


def may_be_addressed(certificate: Certificate) -> bool:
    """Whether a device has a compartment of its own: it reads, and for a person or a bot."""
    return certificate.scope.read and certificate.role != int(Role.RELAY)


def device_hold(charter: Charter, clearance: Clearance) -> int:
    """Seconds that a device keeps a segment's private key after the segment's end: its shortest hold."""
    return min(charter.holds[: clearance.level + 1])


def make_edition(coalition: bytes, nation: int, chain: DeviceChain, key: SigningKey) -> Signed:
    """State the edition of a chain that stands at its first segment, as the device that drew it."""
    at = chain.at
    edition = DeviceEdition(coalition, nation, at.device, at.counter, at.segment, chain.public_keys())
    return sign(Tag.DEVICE_EDITION, at.device, encode(edition), key)


def check_edition(certificate: Certificate, charter: Charter, data: bytes, now: int) -> DeviceEdition:
    """Verify an edition of a certified device.

    Args:
        now: Unix time; an edition that begins later than `preload` from then is refused.

    Raises:
        RemoteProtocolError: malformed, not that device's, of a device that is not addressed, too long, too far ahead,
            or with an unusable key.
    """
    signed = read_signed(data, Tag.DEVICE_EDITION)
    if signed.signer != certificate.device:
        raise AuthenticationError
    signed.verify(VerifyKey(certificate.key))
    edition = decode(DeviceEdition, signed.body)
    expected = (certificate.coalition, certificate.nation, certificate.device)
    if (edition.coalition, edition.nation, edition.device) != expected or not may_be_addressed(certificate):
        raise AuthenticationError
    if len(edition.keys) > charter.edition:
        raise DecodeError("is longer than an edition", field="keys")
    if edition.first * charter.segment > now + charter.preload + CLOCK_SKEW:
        raise DecodeError("begins too far ahead", field="first")
    for key in edition.keys:
        crypto.xwing_check(key)
    return edition


@attrs.define
class DeviceEditions:
    """Editions in, verified by `check_edition`; the keys to seal to out."""

    _known: dict[bytes, dict[int, DeviceEdition]] = attrs.field(factory=dict, init=False, repr=False)
    _clashed: set[bytes] = attrs.field(factory=set, init=False, repr=False)

    def apply(self, edition: DeviceEdition) -> Verdict:
        """Take an edition."""
        if edition.device in self._clashed:
            return Verdict.KNOWN
        known = self._known.setdefault(edition.device, {})
        here = known.get(edition.counter)
        if here is not None:
            if here == edition:
                return Verdict.KNOWN
            self._clashed.add(edition.device)
            return Verdict.CLASH
        if len(known) >= MAX_DEVICE_EDITIONS and edition.counter < min(known):
            return Verdict.KNOWN
        known[edition.counter] = edition
        if len(known) > MAX_DEVICE_EDITIONS:
            del known[min(known)]
        return Verdict.NEWER

    def key(self, device: bytes, segment: int) -> tuple[int, bytes] | None:
        """Counter and public key to seal to at a segment; none of a device of which two editions clash."""
        if device in self._clashed:
            return None
        for counter, edition in sorted(self._known.get(device, {}).items(), reverse=True):
            key = edition.key(segment)
            if key is not None:
                return counter, key
        return None

    def counters(self, device: bytes) -> frozenset[int]:
        """Counters of the editions of a device that are known."""
        return frozenset(self._known.get(device, {}))

    def clashed(self, device: bytes) -> bool:
        """Whether two editions of a device stand at one counter."""
        return device in self._clashed

    def drop_over(self, segment: int) -> None:
        """Forget the editions that ended before a segment. That two clashed is not forgotten."""
        for device, known in tuple(self._known.items()):
            self._known[device] = {counter: e for counter, e in known.items() if e.last >= segment}


def direct_channel(coalition: bytes, devices: Iterable[bytes]) -> bytes:
    """16 bytes that name the conversation of some devices: the same for whoever of them begins it."""
    return digest(Person.DIRECT, coalition, *sorted(devices), size=16)


def device_words(coalition: bytes, device: bytes, key: bytes) -> tuple[int, ...]:
    """Six indices below 2,048 that stand for a device's signing key, for a person to read to another.

    They are of one device, not of a pair: who certifies false devices to both ends could search for two of them that
    make one pair of words, which costs the square root of searching for another device's words.
    """
    hashed = digest(Person.DEVICE_WORDS, pack((coalition, device, key)))
    bits = int.from_bytes(hashed[:9], "big") >> (72 - 11 * WORDS)
    return tuple(bits >> 11 * place & 2_047 for place in reversed(range(WORDS)))
