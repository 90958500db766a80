"""Homes made of backups (SPEC 11.3), and a root that comes back.

Rule 1: a restored home is a new one: fresh store, fresh store key. All of the backup is verified before a byte is kept.
Rule 2: it bears the mark of M-11.6: its store counts nothing yet, its key ring does. A node that starts on it knows
that others may have seen more of this device than it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from coalchat.custody.backup import Contents, contents_of, with_root
from coalchat.custody.documents import charter_documents, document, policy_document
from coalchat.custody.editions import MEANT
from coalchat.custody.founding import store_of
from coalchat.custody.home import COUNTER, account, opened
from coalchat.custody.proving import Verified, coalition_of, verify
from coalchat.errors import AlreadyExists, NotAuthorised, UsageError
from coalchat.paths import Home
from coalchat.store.faces import Transaction
from coalchat.store.keyfile import KdfCost, KeyFile
from coalchat.store.rows import Document, Peer
from protocol.base.codec import unpack_loose
from protocol.base.crypto import Entropy
from protocol.base.ids import Tag
from protocol.base.limits import RESTORE_LEAP
from protocol.base.records import encode, peek
from protocol.base.signed import VerifyKey, read_signed
from protocol.keys.backup import Backup, restored_ring
from protocol.trust.amendment import KINDS
from protocol.trust.credential import custodian_id

RESTORED = "custody.restored"
"""Name under which the store of a restored home says so, until its seat has published again."""


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
    verified = verify(backup.documents, backup.coalition, backup, strict=True)
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
    return contents_of(backup, verified)


async def restore_root(home: Home, passphrase: bytes, backup: Backup, *, now: int, entropy: Entropy) -> Contents:
    """Bring a nation's root back into its custodian's home.

    Raises:
        AlreadyExists: it rests there. NotAuthorised: this home has no seat. UsageError: it is another nation's root.
    """
    async with opened(home, passphrase) as held:
        held.require_coalition()
        coalition, ring = coalition_of(held), held.ring
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
        await held.keep(with_root(ring, backup.root), now=now, event="root-restored", entropy=entropy)
    return Contents(backup.made, backup.nation, coalition.codes[backup.nation], "", ("root",), 0, 0, 0)


def _rows(documents: Iterable[bytes], verified: Verified, now: int) -> Iterable[Document]:
    coalition, certified = verified.coalition, verified.certified
    certificate = certified.certificate
    seat = custodian_id(coalition.id, certificate.nation, certificate.custodian)
    tagged = sorted(((peek(unpack_loose(data)), data) for data in documents), key=lambda pair: pair[0])
    yield from charter_documents(coalition, (data for tag, data in tagged if tag in KINDS), now)
    for tag, data in tagged:
        if tag in KINDS:
            continue
        if tag is Tag.POLICY:
            yield policy_document(coalition, data, now)
        elif tag is Tag.CERTIFICATE:
            yield document(tag, certified.device, certificate.not_before, data, now)
        else:
            publication = verified.directory.publication(certificate.nation, certificate.custodian)
            number = 0 if publication is None else publication.number
            yield document(tag, read_signed(data).signer if tag is not Tag.DIRECTORY else seat, number, data, now)
