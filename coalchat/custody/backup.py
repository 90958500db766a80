"""Backups of a home, and homes made of them (SPEC 11.3): done on a home that no node runs on.

Rule 1: a backup is a new file, sealed under a passphrase of its own; it is synced, and opened again through the whole
door, before anything that it holds is removed from the home.
Rule 2: a restored home is a new one: fresh store, fresh store key. All of the backup is verified before a byte is kept.
Rule 3: it bears the mark of M-11.6: its store counts nothing yet, its key ring does. A node that starts on it knows
that others may have seen more of this device than it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import attrs

from coalchat.custody.documents import document
from coalchat.custody.editions import MEANT
from coalchat.custody.files import read_sealed, write_new
from coalchat.custody.founding import ROOT_HINT, store_of
from coalchat.custody.home import COUNTER, StoppedHome, account, opened
from coalchat.errors import AlreadyExists, BackupDamaged, NotAuthorised, StoreCorrupt, UsageError
from coalchat.paths import Home
from coalchat.store.faces import Transaction
from coalchat.store.keyfile import KdfCost, KeyFile, open_backup, seal_backup, wipe
from coalchat.store.rows import Document, Peer
from protocol.base.codec import unpack_loose
from protocol.base.crypto import Entropy
from protocol.base.errors import ProtocolError, RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_ARRAY, RESTORE_LEAP
from protocol.base.records import encode, evolve, peek
from protocol.base.signed import VerifyKey, read_signed
from protocol.keys.backup import Backup, back_up, back_up_root, read_backup, restored_ring
from protocol.keys.keyring import KeyRing, SigningSeeds
from protocol.trust.charter import Coalition, found
from protocol.trust.credential import Certified, custodian_id, device_id
from protocol.trust.directory import Directory
from protocol.trust.policy import Policy, read_policy

RESTORED = "custody.restored"
"""Name under which the store of a restored home says so, until its seat has published again."""


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


@attrs.frozen
class _Verified:
    """The documents of a backup, verified."""

    coalition: Coalition
    policy: Policy
    directory: Directory
    certified: Certified


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
    return _contents(backup, verified)


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
        code = _coalition_of(held).codes[held.ring.nation]
        await held.store.write(lambda tx: account(tx, now, "backup-made", "root"))
        if remove:
            await held.keep(_with_root(held.ring, ()), now=now, event="root-removed", entropy=entropy)
    return Contents(now, backup.nation, code, "", ("root",), 0, 0, 0)


def _of(held: StoppedHome, now: int) -> tuple[Backup, _Verified]:
    """The backup of a home in hand."""
    ring, rows = held.ring, held.store.read.all_documents()
    verified = _verify([row.data for row in rows], ring.coalition, ring, strict=False)
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


def _coalition_of(held: StoppedHome) -> Coalition:
    rows = held.store.read.all_documents()
    return _verify([row.data for row in rows], held.ring.coalition, held.ring, strict=False).coalition


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


async def restore_home(
    home: Home, passphrase: bytes, backup: Backup, *, now: int, cost: KdfCost, entropy: Entropy
) -> Contents:
    """Make a home of a device's backup.

    Args:
        passphrase: that the new home shall have.

    Raises:
        AlreadyExists: there is a key file. BackupDamaged: its documents do not verify; nothing was made.
    """
    if home.keys.exists():
        raise AlreadyExists(str(home.keys))
    verified = _verify(backup.documents, backup.coalition, backup, strict=True)
    ring = restored_ring(backup, verified.certified.certificate.clearance.compartments(), entropy)
    rows = list(_rows(backup.documents, verified, now))
    meant = min(2**32 - 1, max((seat.edition for seat in backup.seat), default=0) + RESTORE_LEAP)
    # As when a nation is created: until the key file is there this is no home, and a store without a key is nothing.
    for part in home.store_files:
        part.unlink(missing_ok=True)
    async with store_of(home, ring) as store:

        def keep(tx: Transaction) -> None:
            for row in rows:
                tx.put_document(row)
            for address in backup.addresses:
                tx.put_peer(Peer(address, now))
            tx.set_meta(COUNTER, (0).to_bytes(8, "big"))
            tx.set_meta(RESTORED, now.to_bytes(8, "big"))
            tx.set_meta(MEANT, meant.to_bytes(8, "big"))
            account(tx, now, "backup-restored", f"{datetime.fromtimestamp(backup.made, UTC):%Y-%m-%d %H:%M} UTC")

        await store.write(keep)
    KeyFile.create(home.keys, passphrase, encode(ring), entropy=entropy, cost=cost)
    return _contents(backup, verified)


async def restore_root(home: Home, passphrase: bytes, backup: Backup, *, now: int, entropy: Entropy) -> Contents:
    """Bring a nation's root back into its custodian's home.

    Raises:
        AlreadyExists: it rests there. NotAuthorised: this home has no seat. UsageError: it is another nation's root.
    """
    async with opened(home, passphrase) as held:
        held.require_coalition()
        coalition, ring = _coalition_of(held), held.ring
        if not ring.custodian:
            raise NotAuthorised("only a custodian's home holds a nation's root")
        public = backup.root[0].key.public()
        root = coalition.roots[ring.nation]
        if (backup.coalition, backup.nation) != (ring.coalition, ring.nation) or root != VerifyKey(
            public.ed25519, public.mldsa
        ):
            raise UsageError("this backup holds the root of another nation, or of another coalition")
        if ring.custodian[0].root:
            raise AlreadyExists("the root in this home")
        await held.keep(_with_root(ring, backup.root), now=now, event="root-restored", entropy=entropy)
    return Contents(backup.made, backup.nation, coalition.codes[backup.nation], "", ("root",), 0, 0, 0)


async def change_passphrase(
    home: Home, passphrase: bytes, new: bytes, *, now: int, cost: KdfCost, entropy: Entropy
) -> None:
    """Seal a home's key ring under another passphrase.

    Raises:
        WrongPassphrase: the old one is not the home's. StoreError: it was not written; the old one opens.
    """
    async with opened(home, passphrase) as held:
        await held.seal_anew(new, cost=cost, now=now, entropy=entropy)


# --- inside ---


def _with_root(ring: KeyRing, root: tuple[SigningSeeds, ...]) -> KeyRing:
    return evolve(ring, custodian=tuple(evolve(keys, root=root) for keys in ring.custodian))


_ORDER = (Tag.CUSTODIAN_CERTIFICATE, Tag.PUBLICATION, Tag.DIRECTORY, Tag.CERTIFICATE)


def _verify(documents: Iterable[bytes], coalition_id: bytes, keys: KeyRing | Backup, *, strict: bool) -> _Verified:
    """Verify documents from the charter on, up to this device's certificate.

    Args:
        strict: each of them must count; of a home's own store those are passed over that were superseded.

    Raises:
        BackupDamaged, StoreCorrupt: they do not lead from the charter to this device.
    """
    by_tag: dict[Tag, list[bytes]] = {}
    signing = keys.device if isinstance(keys, KeyRing) else keys.device[0].signing
    try:
        for data in documents:
            by_tag.setdefault(peek(unpack_loose(data)), []).append(data)
        policy = read_policy(by_tag[Tag.POLICY][0])
        coalition = found(by_tag[Tag.CHARTER][0], by_tag[Tag.CHARTER_SIGNATURE], policy.hash)
        directory = Directory(coalition)
        for tag in _ORDER:
            _apply(directory, tag, by_tag.get(tag, ()), strict=strict)
        device = device_id(coalition.id, keys.nation, signing.key.public().ed25519)
        certified = next(known for known in directory.devices(keys.nation) if known.device == device)
    except (ProtocolError, KeyError, StopIteration):
        if strict:
            raise BackupDamaged("its documents do not lead from the charter to its device") from None
        raise StoreCorrupt("its documents do not lead from the charter to this device") from None
    if coalition.id != coalition_id:
        raise BackupDamaged("it is of another coalition than its charter")
    return _Verified(coalition, policy, directory, certified)


def _apply(directory: Directory, tag: Tag, documents: Iterable[bytes], *, strict: bool) -> None:
    doors = {
        Tag.CUSTODIAN_CERTIFICATE: directory.apply_custodian,
        Tag.PUBLICATION: directory.apply_publication,
        Tag.DIRECTORY: directory.apply_directory_part,
        Tag.CERTIFICATE: directory.apply_certificate,
    }
    for data in documents:
        if strict:
            doors[tag](data)
        else:
            with suppress(RemoteProtocolError):
                doors[tag](data)


def _rows(documents: Iterable[bytes], verified: _Verified, now: int) -> Iterable[Document]:
    coalition, certified = verified.coalition, verified.certified
    certificate = certified.certificate
    seat = custodian_id(coalition.id, certificate.nation, certificate.custodian)
    signatures = 0
    for data in documents:
        tag = peek(unpack_loose(data))
        if tag in {Tag.CHARTER, Tag.POLICY}:
            yield document(tag, coalition.id, 0, data, now, 0)
        elif tag is Tag.CHARTER_SIGNATURE:
            yield document(tag, coalition.id, signatures, data, now, 0)
            signatures += 1
        elif tag is Tag.CERTIFICATE:
            yield document(tag, certified.device, certificate.not_before, data, now)
        else:
            publication = verified.directory.publication(certificate.nation, certificate.custodian)
            number = 0 if publication is None else publication.number
            yield document(tag, read_signed(data).signer if tag is not Tag.DIRECTORY else seat, number, data, now)


def _holds(backup: Backup) -> tuple[str, ...]:
    parts = (("device", backup.device), ("custodian", backup.seat), ("root", backup.root))
    return tuple(name for name, there in parts if there)


def _contents(backup: Backup, verified: _Verified) -> Contents:
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
