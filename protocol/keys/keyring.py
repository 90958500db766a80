"""The key ring (SPEC 11.1): every long-lived secret of one home, as one record inside the key file.

Rule 1: it is the only place where secrets rest; the database key is one of them.
Rule 2: the repr of a key ring, and of each part, shows no secret.
Rule 3: it is replaced whole; `counter` rises with each replacement and stands in the database too, so that a restored
home is found.
"""

from __future__ import annotations

from typing import Annotated

from protocol.base import crypto
from protocol.base.ids import Tag
from protocol.base.limits import MAX_KEY_RING
from protocol.base.records import Bin, Blob, Flag, OptBin, Part, Seq, Uint, record
from protocol.base.signed import SigningKey
from protocol.keys.edition import DeviceChain, DeviceSegment, SeedChain, SegmentId
from protocol.trust.credential import CUSTODIAN
from protocol.trust.label import CATEGORY, LEVEL, NATION
from protocol.trust.publication import COUNTER, SEGMENT

MAX_CHAINS = 1_024
MAX_OWN = 16
"""Chains of the device's own compartment: one that runs, one ahead, and those within hold."""
MAX_PREKEYS = 32
"""Prekeys kept until the OTAR sealed to them has come, or their grace is over."""


@record()
class SigningSeeds:
    """Seeds of an Ed25519 and an ML-DSA-65 key."""

    ed25519: Annotated[bytes, Bin(32)]
    mldsa: Annotated[bytes, Bin(32)]

    def __repr__(self) -> str:
        return "SigningSeeds(…)"

    @property
    def key(self) -> SigningKey:
        """The signing key."""
        return SigningKey(self.ed25519, self.mldsa)


@record()
class Prekey:
    """A device prekey pair under its statement's counter."""

    counter: Annotated[int, COUNTER]
    seed: Annotated[bytes, Bin(crypto.XWING_SEED)]

    def __repr__(self) -> str:
        return f"Prekey(counter={self.counter}, …)"


@record()
class HeldSeed:
    """A compartment seed, as far as its chain was walked."""

    custodian: Annotated[int, CUSTODIAN]
    counter: Annotated[int, COUNTER]
    level: Annotated[int, LEVEL]
    category: Annotated[int, CATEGORY]
    segment: Annotated[int, SEGMENT]
    last: Annotated[int, SEGMENT]
    seed: Annotated[bytes, Bin(32)]

    def __repr__(self) -> str:
        return f"HeldSeed(counter={self.counter}, level={self.level}, category={self.category}, …)"

    def chain(self, nation: int) -> SeedChain:
        """The chain that it continues."""
        at = SegmentId(nation, self.custodian, self.counter, self.level, self.category, self.segment)
        return SeedChain(at, self.last, bytearray(self.seed))


def held(chain: SeedChain) -> HeldSeed:
    """A chain as it is kept."""
    at = chain.at
    return HeldSeed(at.custodian, at.counter, at.level, at.category, at.segment, chain.last, bytes(chain.seed))


@record()
class OwnSeed:
    """A seed of the device's own compartment, as far as its chain was walked."""

    counter: Annotated[int, COUNTER]
    segment: Annotated[int, SEGMENT]
    last: Annotated[int, SEGMENT]
    seed: Annotated[bytes, Bin(32)]

    def __repr__(self) -> str:
        return f"OwnSeed(counter={self.counter}, …)"

    def chain(self, device: bytes) -> DeviceChain:
        """The chain that it continues."""
        return DeviceChain(DeviceSegment(device, self.counter, self.segment), self.last, bytearray(self.seed))


def own(chain: DeviceChain) -> OwnSeed:
    """A chain of the own compartment as it is kept."""
    return OwnSeed(chain.at.counter, chain.at.segment, chain.last, bytes(chain.seed))


@record()
class CustodianKeys:
    """What a custodian's home holds beyond a device's: the seat's keys and the seeds he drew.

    Attributes:
        index: his seat. root: the nation's root keys, where they rest in this home, or none. seeds: those he drew.
    """

    index: Annotated[int, CUSTODIAN]
    seat: Annotated[SigningSeeds, Part(SigningSeeds)]
    root: Annotated[tuple[SigningSeeds, ...], Seq(Part(SigningSeeds), 1)]
    seeds: Annotated[tuple[HeldSeed, ...], Seq(Part(HeldSeed), MAX_CHAINS)]

    def __repr__(self) -> str:
        return f"CustodianKeys(index={self.index}, …)"


@record(Tag.KEY_RING, max_size=MAX_KEY_RING)
class KeyRing:
    """All secrets of a home.

    Attributes:
        counter: rises with each replacement.
        database: raw key of the store.
        founded: the coalition and nation below are known.
        coalition, nation: whose device this is.
        device, bundle: the device's signing seeds and bundle key pair.
        prekeys: by counter, ascending. seeds: by edition and compartment.
        link_secrets: newest first.
        mark: the highest segment number seen: a clock set back revives nothing.
        custodian: one, in a custodian's home.
        own: seeds of this device's own compartment, by counter, ascending.
    """

    counter: Annotated[int, Uint()]
    database: Annotated[bytes, Bin(32)]
    founded: Annotated[bool, Flag()]
    coalition: Annotated[bytes, OptBin(16)]
    nation: Annotated[int, NATION]
    device: Annotated[SigningSeeds, Part(SigningSeeds)]
    bundle: Annotated[bytes, Blob(crypto.XWING_SEED, crypto.XWING_SEED)]
    prekeys: Annotated[tuple[Prekey, ...], Seq(Part(Prekey), MAX_PREKEYS)]
    seeds: Annotated[tuple[HeldSeed, ...], Seq(Part(HeldSeed), MAX_CHAINS)]
    link_secrets: Annotated[tuple[bytes, ...], Seq(Bin(32), 4)]
    mark: Annotated[int, SEGMENT]
    custodian: Annotated[tuple[CustodianKeys, ...], Seq(Part(CustodianKeys), 1)]
    own: Annotated[tuple[OwnSeed, ...], Seq(Part(OwnSeed), MAX_OWN)]

    def __repr__(self) -> str:
        return f"KeyRing(counter={self.counter}, …)"


def new_key_ring(entropy: crypto.Entropy) -> KeyRing:
    """Fresh secrets of a device that belongs to no coalition yet."""
    return KeyRing(
        counter=1,
        database=entropy(32),
        founded=False,
        coalition=b"",
        nation=0,
        device=SigningSeeds(entropy(32), entropy(32)),
        bundle=entropy(crypto.XWING_SEED),
        prekeys=(Prekey(1, entropy(crypto.XWING_SEED)),),
        seeds=(),
        link_secrets=(),
        mark=0,
        custodian=(),
        own=(),
    )
