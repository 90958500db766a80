"""From the charter to a device (SPEC 11.3): the documents of a home's store, or of a backup, verified one by one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import attrs

from coalchat.custody.home import StoppedHome
from coalchat.errors import BackupDamaged, StoreCorrupt
from protocol.base.codec import unpack_loose
from protocol.base.errors import ProtocolError, RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.records import peek
from protocol.keys.backup import Backup
from protocol.keys.keyring import KeyRing
from protocol.trust.amendment import build_coalition
from protocol.trust.charter import Coalition
from protocol.trust.credential import Certified, device_id
from protocol.trust.directory import Directory
from protocol.trust.policy import Policy, read_policy


@attrs.frozen
class Verified:
    """Documents that lead from the charter to a device, verified."""

    coalition: Coalition
    policy: Policy
    directory: Directory
    certified: Certified


def coalition_of(held: StoppedHome) -> Coalition:
    """The coalition of a home in hand, by its own documents."""
    rows = held.store.read.all_documents()
    return verify([row.data for row in rows], held.ring.coalition, held.ring, strict=False).coalition


_ORDER = (Tag.CUSTODIAN_CERTIFICATE, Tag.PUBLICATION, Tag.DIRECTORY, Tag.CERTIFICATE)


def verify(documents: Iterable[bytes], coalition_id: bytes, keys: KeyRing | Backup, *, strict: bool) -> Verified:
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
        coalition, _ = build_coalition((*by_tag[Tag.CHARTER], *by_tag[Tag.CHARTER_SIGNATURE]), policy.hash)
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
    return Verified(coalition, policy, directory, certified)


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
