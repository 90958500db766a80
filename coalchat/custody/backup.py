"""Backups of a home (SPEC 11.3): written and read; done on a home that no node runs on.

Rule 1: a backup is a new file, sealed under a passphrase of its own; it is synced, and opened again through the whole
door, before anything that it holds is removed from the home.
Rule 2: whoever makes one is told what it is worth.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from coalchat.custody.editions import MEANT
from coalchat.custody.files import read_sealed
from coalchat.custody.founding import ROOT_HINT
from coalchat.custody.home import StoppedHome, account, opened
from coalchat.custody.proving import Verified, coalition_of, verify
from coalchat.errors import BackupDamaged, NotAuthorised
from coalchat.paths import Home, write_new
from coalchat.store.keyfile import KdfCost, open_backup, seal_backup, wipe
from protocol.base.crypto import Entropy
from protocol.base.errors import RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_ARRAY
from protocol.base.records import encode, evolve
from protocol.keys.backup import Backup, back_up, back_up_root, read_backup
from protocol.keys.keyring import KeyRing, SigningSeeds


@attrs.frozen
class Contents:
    """What a backup holds, for people.

    Attributes:
        made: when it was made. nation, person: whose; no person in a root's.
        holds: "device", "custodian", "root".
        opens_from, opens_until: when what was sealed to the nation can be opened with it; 0: it opens nothing.
        certificate_until: when the device's certificate ends; 0 in a root's.
    """

    made: int
    nation: int
    code: str
    person: str
    holds: tuple[str, ...]
    opens_from: int
    opens_until: int
    certificate_until: int


# --- making ---


async def make_backup(
    home: Home, passphrase: bytes, path: Path, secret: bytes, *, now: int, cost: KdfCost, entropy: Entropy
) -> Contents:
    """Write the backup of a home to a new file.

    Args:
        secret: the backup's own passphrase.

    Raises:
        WrongPassphrase, NoCoalition: the home's. AlreadyExists, UsageError: the file cannot be made.
    """
    async with opened(home, passphrase) as held:
        held.require_coalition()
        backup, verified = _of(held, now)
        write_new(path, seal_backup(secret, encode(backup), entropy=entropy, cost=cost))
        await held.store.write(lambda tx: account(tx, now, "backup-made", ", ".join(_holds(backup))))
    return contents_of(backup, verified)


async def make_root_backup(
    home: Home, passphrase: bytes, path: Path, secret: bytes, *, remove: bool, now: int, cost: KdfCost, entropy: Entropy
) -> Contents:
    """Write the backup of the nation's root to a new file; with `remove`, the home forgets it then.

    Raises:
        NotAuthorised: no root rests in this home. Else as `make_backup`.
    """
    async with opened(home, passphrase) as held:
        held.require_coalition()
        backup = back_up_root(held.ring, now)
        if not backup.root:
            raise NotAuthorised("this home does not hold a nation's root", hint=ROOT_HINT)
        write_new(path, seal_backup(secret, encode(backup), entropy=entropy, cost=cost))
        if read_file(path, secret) != backup:
            raise BackupDamaged(f"{path} does not hold what was written to it")
        code = coalition_of(held).codes[held.ring.nation]
        await held.store.write(lambda tx: account(tx, now, "backup-made", "root"))
        if remove:
            await held.keep(with_root(held.ring, ()), now=now, event="root-removed", entropy=entropy)
    return Contents(now, backup.nation, code, "", ("root",), 0, 0, 0)


def _of(held: StoppedHome, now: int) -> tuple[Backup, Verified]:
    """The backup of a home in hand."""
    ring, rows = held.ring, held.store.read.all_documents()
    verified = verify([row.data for row in rows], ring.coalition, ring, strict=False)
    coalition, directory = verified.coalition, verified.directory
    device = verified.certified.device
    founding = [
        *(row.data for row in rows if row.tag == Tag.CHARTER),
        *(row.data for row in rows if row.tag == Tag.POLICY),
        *(row.data for row in rows if row.tag == Tag.CHARTER_SIGNATURE),
    ]
    stated = [row.number for row in rows if row.tag == Tag.PREKEY_STATEMENT and row.issuer == device]
    meant = held.store.read.meta(MEANT)
    editions = [
        0 if meant is None else int.from_bytes(meant, "big"),
        *(edition.counter for p in directory.publications(ring.nation) for edition in p.editions),
        *(seed.counter for keys in ring.custodian for seed in keys.seeds),
    ]
    backup = back_up(
        ring,
        made=now,
        segment=max(coalition.segment_at(now), ring.mark),
        counters=(max(*stated, *(prekey.counter for prekey in ring.prekeys), 0, 0), max(editions)),
        documents=(*founding, *directory.chain(device)),
        addresses=tuple(peer.address for peer in held.store.read.peers())[:MAX_ARRAY],
    )
    return backup, verified


# --- opening ---


def read_file(path: Path, secret: bytes) -> Backup:
    """Open a backup.

    Raises:
        WrongBackupPassphrase, BackupDamaged, KeyFileCost, StoreNewer: as they say; nothing of it was used.
        UsageError: the file cannot be read.
    """
    content = open_backup(secret, read_sealed(path))
    try:
        return read_backup(bytes(content))
    except RemoteProtocolError as error:
        raise BackupDamaged(f"it does not hold together ({error})") from None
    finally:
        wipe(content)


def with_root(ring: KeyRing, root: tuple[SigningSeeds, ...]) -> KeyRing:
    """A custodian's key ring with this root, or with none."""
    return evolve(ring, custodian=tuple(evolve(keys, root=root) for keys in ring.custodian))


def _holds(backup: Backup) -> tuple[str, ...]:
    parts = (("device", backup.device), ("custodian", backup.seat), ("root", backup.root))
    return tuple(name for name, there in parts if there)


def contents_of(backup: Backup, verified: Verified) -> Contents:
    """What a device's backup holds, for people."""
    length = verified.coalition.charter.segment
    certificate = verified.certified.certificate
    return Contents(
        made=backup.made,
        nation=backup.nation,
        code=verified.coalition.codes[backup.nation],
        person=certificate.name,
        holds=_holds(backup),
        opens_from=min((seed.segment for seed in backup.seeds), default=0) * length,
        opens_until=max((seed.last + 1 for seed in backup.seeds), default=0) * length,
        certificate_until=certificate.not_after,
    )
