"""Backups (SPEC 11.3): what of a home may outlive it, as one record inside a sealed file.

Rule 1: a backup prolongs no key: it holds no prekey, no key of the store, and no seed that reaches back before it was
made. A device's holds no seed at all: it is keyed over the air again.
Rule 2: a custodian's holds the seeds of the editions that he has drawn, from the segment of the backup on: what he has
published and not yet handed out nobody else could open.
Rule 3: a root's holds a nation's root and nothing else.
Rule 4: a restored home counts on far beyond what the backup knows: what was counted since is known to others only.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from protocol.base import crypto
from protocol.base.errors import DecodeError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_ADDRESS, MAX_ARRAY, MAX_BACKUP, MAX_RECORD, RESTORE_LEAP
from protocol.base.records import Bin, Blob, Name, Part, Seq, Uint, decode, evolve, record
from protocol.keys.keyring import (
    MAX_CHAINS,
    CustodianKeys,
    HeldSeed,
    KeyRing,
    Prekey,
    SigningSeeds,
    new_key_ring,
)
from protocol.keys.walking import walk_seed
from protocol.trust.charter import TIME
from protocol.trust.credential import CUSTODIAN
from protocol.trust.label import NATION
from protocol.trust.publication import SEGMENT

COUNTED = Uint(2**32 - 1)


@record()
class BackedDevice:
    """A device's keys.

    Attributes:
        signing, bundle: its signing seeds and bundle key pair.
        prekey: the highest counter of a prekey statement that it knew.
        mark: the highest segment number seen.
        link_secrets: newest first.
    """

    signing: Annotated[SigningSeeds, Part(SigningSeeds)]
    bundle: Annotated[bytes, Blob(crypto.XWING_SEED, crypto.XWING_SEED)]
    prekey: Annotated[int, COUNTED]
    mark: Annotated[int, SEGMENT]
    link_secrets: Annotated[tuple[bytes, ...], Seq(Bin(32), 4)]

    def __repr__(self) -> str:
        return f"BackedDevice(mark={self.mark}, …)"


@record()
class BackedSeat:
    """A custodian's keys.

    Attributes:
        index: his seat. signing: its signing seeds. edition: the highest counter of an edition that he knew.
    """

    index: Annotated[int, CUSTODIAN]
    signing: Annotated[SigningSeeds, Part(SigningSeeds)]
    edition: Annotated[int, COUNTED]


@record(Tag.BACKUP, max_size=MAX_BACKUP)
class Backup:
    """What a backup seals.

    Attributes:
        made: when. coalition, nation: whose it is.
        device: one, but for a root's backup. seat: one, in a custodian's.
        root: the nation's, where it rested in the home.
        seeds: those that the custodian drew, from the segment of `made` on.
        documents: charter, policy, charter signatures, and the device's chain (9.3).
        addresses: of peers to dial.
    """

    made: Annotated[int, TIME]
    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    device: Annotated[tuple[BackedDevice, ...], Seq(Part(BackedDevice), 1)]
    seat: Annotated[tuple[BackedSeat, ...], Seq(Part(BackedSeat), 1)]
    root: Annotated[tuple[SigningSeeds, ...], Seq(Part(SigningSeeds), 1)]
    seeds: Annotated[tuple[HeldSeed, ...], Seq(Part(HeldSeed), MAX_CHAINS)]
    documents: Annotated[tuple[bytes, ...], Seq(Blob(MAX_RECORD, 1), MAX_ARRAY)]
    addresses: Annotated[tuple[str, ...], Seq(Name(MAX_ADDRESS), MAX_ARRAY)]

    def __repr__(self) -> str:
        return f"Backup(made={self.made}, …)"


def read_backup(data: bytes) -> Backup:
    """The record of an opened backup.

    Raises:
        RemoteProtocolError: malformed, or its parts do not belong together.
    """
    backup = decode(Backup, data)
    if not backup.device and not backup.root:
        raise DecodeError("holds no key", field="device")
    if not backup.device and (backup.seat or backup.documents or backup.addresses):
        raise DecodeError("is a root's and holds more", field="device")
    if backup.seeds and not backup.seat:
        raise DecodeError("are of no seat", field="seeds")
    if backup.device and not backup.documents:
        raise DecodeError("lead into no coalition", field="documents")
    return backup


def back_up(
    ring: KeyRing,
    *,
    made: int,
    segment: int,
    counters: tuple[int, int],
    documents: tuple[bytes, ...],
    addresses: tuple[str, ...],
) -> Backup:
    """What of a key ring goes into the backup of its home.

    Args:
        made: now. segment: the one that counts now.
        counters: the highest of this device's prekeys and of its seat's editions that the home knows.
        documents, addresses: as they stand in the record.
    """
    prekey, edition = counters
    seeds = (seed for keys in ring.custodian for seed in keys.seeds)
    walked = (walk_seed(seed, ring.nation, segment) for seed in seeds)
    return Backup(
        made,
        ring.coalition,
        ring.nation,
        (BackedDevice(ring.device, ring.bundle, prekey, ring.mark, ring.link_secrets),),
        tuple(BackedSeat(keys.index, keys.seat, edition) for keys in ring.custodian),
        tuple(root for keys in ring.custodian for root in keys.root),
        tuple(seed for seed in walked if seed is not None),
        documents,
        addresses,
    )


def back_up_root(ring: KeyRing, made: int) -> Backup:
    """The backup of the root that rests in a home; it holds nothing else."""
    root = tuple(root for keys in ring.custodian for root in keys.root)
    return Backup(made, ring.coalition, ring.nation, (), (), root, (), (), ())


def restored_ring(backup: Backup, compartments: Collection[tuple[int, int]], entropy: crypto.Entropy) -> KeyRing:
    """The key ring of the home that a device's backup makes: with a store of its own, and nothing to open the past.

    Args:
        compartments: those that the device is cleared for.
    """
    (device,) = backup.device
    fresh = new_key_ring(entropy)
    cleared = set(compartments)
    return evolve(
        fresh,
        counter=2,
        founded=True,
        coalition=backup.coalition,
        nation=backup.nation,
        device=device.signing,
        bundle=device.bundle,
        # It is never stated: the first statement goes on above it.
        prekeys=(Prekey(min(COUNTED.max, device.prekey + RESTORE_LEAP), fresh.prekeys[0].seed),),
        seeds=tuple(seed for seed in backup.seeds if (seed.level, seed.category) in cleared),
        link_secrets=device.link_secrets,
        mark=device.mark,
        custodian=tuple(CustodianKeys(seat.index, seat.signing, backup.root, backup.seeds) for seat in backup.seat),
    )
