"""Vectors of SPEC 11.3: a device's backup, a custodian's, and a root's, each sealed under a key-encryption key."""

from __future__ import annotations

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.ids import Person
from protocol.base.limits import ARGON2_MEMORY_MIN, ARGON2_TIME_MIN, MAX_BACKUP
from protocol.base.records import encode, evolve
from protocol.keys.backup import Backup, back_up, back_up_root
from protocol.keys.keyring import CustodianKeys, KeyRing, SigningSeeds, held, new_key_ring
from protocol.vectors.notation import Case, File
from protocol.vectors.world import ENTROPY, LINK_SECRET, NOW, World

MAGIC = b"coalback\x01"


def build(world: World) -> File:
    """The file's content."""
    return {
        "chapter": "11.3 Backup, restore, passphrase, zeroize",
        "format": {
            "backups": "what the backup of a device, of a custodian and of a root seal, and the file; `kek` is what Argon2id gives",
        },
        "verification": [
            "header = pack([passes, memory in KiB, salt, nonce]), without a tag",
            'commitment = H("backup commit", key = kek, magic || header)',
            'sealed = XChaCha20-Poly1305(H("backup", key = kek, magic || header), nonce, aad = magic || header, backup)',
            "file = magic || pack([header, commitment, sealed])",
            "a device's backup holds no seed; a custodian's holds them at the segment of `made`; a root's holds the root alone",
        ],
        "backups": [_case(name, backup) for name, backup in _backups(world).items()],
    }


def _backups(world: World) -> dict[str, Backup]:
    return {
        "device": _backup(world, _ring(world)),
        "custodian": _backup(world, _custodian(world)),
        "root": back_up_root(_custodian(world), NOW),
    }


def _ring(world: World) -> KeyRing:
    xaa = world.xaa
    return evolve(
        new_key_ring(ENTROPY.fork("backup ring")),
        founded=True,
        coalition=world.coalition.id,
        device=SigningSeeds(xaa.device.ed25519, xaa.device.mldsa),
        bundle=xaa.bundle,
        seeds=tuple(held(chain) for chain in xaa.chains),
        link_secrets=(LINK_SECRET,),
        mark=world.segment,
    )


def _custodian(world: World) -> KeyRing:
    ring, root = _ring(world), world.roots[0]
    seat = SigningSeeds(world.xaa.custodian.ed25519, world.xaa.custodian.mldsa)
    keys = CustodianKeys(world.xaa.seat.index, seat, (SigningSeeds(root.ed25519, root.mldsa),), ring.seeds)
    return evolve(ring, custodian=(keys,))


def _backup(world: World, ring: KeyRing) -> Backup:
    # The charter stands for the documents: the others are in trust.json, and long. One segment on, seeds have walked.
    return back_up(
        ring,
        made=NOW,
        segment=world.segment + 1,
        counters=(4, 1),
        documents=(world.charter_data,),
        addresses=("xbb.example:7447",),
    )


def _case(name: str, backup: Backup) -> Case:
    entropy = ENTROPY.fork(f"backup {name}")
    kek, salt, nonce = entropy(32), entropy(16), entropy(24)
    content = encode(backup)
    header = (ARGON2_TIME_MIN, ARGON2_MEMORY_MIN, salt, nonce)
    bound = MAGIC + pack(header)
    commitment = crypto.digest(Person.BACKUP_COMMIT, bound, key=kek)
    sealed = crypto.aead_seal(crypto.digest(Person.BACKUP, bound, key=kek), nonce, bound, content)
    return {
        "name": name,
        "kek": kek.hex(),
        "backup": content.hex(),
        "passes": ARGON2_TIME_MIN,
        "memory_kib": ARGON2_MEMORY_MIN,
        "salt": salt.hex(),
        "nonce": nonce.hex(),
        "file": (MAGIC + pack((header, commitment, sealed), max_size=MAX_BACKUP)).hex(),
    }
