"""The key file (SPEC, "At rest"): the secrets of one home under its passphrase, in one file apart from the database.

A backup (SPEC 11.3) is sealed in the same way, under its own passphrase, magic and persons: a `Container` says which.

    file       = "coalkey" 0x01 || [header, commitment, sealed]
    header     = [passes, memory in KiB, salt16, nonce24]
    kek        = Argon2id(passphrase, salt, passes, memory)
    commitment = BLAKE2b-256(key=kek, person="key file commit", magic || header)
    sealed     = XChaCha20-Poly1305(BLAKE2b-256(key=kek, person="key file", magic || header), nonce, aad = magic || header)

Rule 1: the costs in a file are checked before the derivation runs; a hostile file must not exhaust the machine, and a
weakened one must not be opened.
Rule 2: the commitment is compared first, in constant time: a file opens under one passphrase only, and a wrong one is
told from damage. A header that was altered looks like a wrong passphrase, because it makes another key.
Rule 3: the content is opaque here. Each replacement has its own nonce, and by it its own key; the salt stays until the
passphrase changes, so that a replacement at each segment does not cost a derivation.
Rule 4: secrets stand in bytearrays and are overwritten after use: best effort, since Python and the libraries copy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import attrs

from coalchat.errors import (
    AlreadyExists,
    BackupDamaged,
    CoalchatError,
    Locked,
    StoreCorrupt,
    WrongBackupPassphrase,
    WrongPassphrase,
)
from coalchat.store import private
from coalchat.store.errors import KeyFileCost, KeyFileMissing, StoreNewer, ValueRefused
from protocol.base import crypto
from protocol.base.crypto import Entropy
from protocol.base.errors import AuthenticationError, RemoteProtocolError
from protocol.base.ids import Person
from protocol.base.limits import (
    ARGON2_MEMORY_DEFAULT,
    ARGON2_MEMORY_MAX,
    ARGON2_MEMORY_MIN,
    ARGON2_TIME_MAX,
    ARGON2_TIME_MIN,
)
from protocol.base.records import Bin, Blob, Part, Uint, decode, encode_part, record

MAGIC: Final = b"coalkey\x01"
"""First bytes of the file; the last one is the version of its format."""

BACKUP_MAGIC: Final = b"coalback\x01"
"""First bytes of a backup."""

MAX_CONTENT: Final = 4 * 1024 * 1024
"""Bytes of content: 128 compartments of two editions, past segments in hold included, need less than 1 MiB."""

_MAX_FILE: Final = MAX_CONTENT + 1_024
MAX_SEALED_FILE: Final = _MAX_FILE + len(BACKUP_MAGIC)
"""Bytes of the largest sealed file."""
_ALTERED: Final = "altered, or not written to its end"


@attrs.frozen
class Container:
    """A kind of sealed file: one is never taken for another, whatever its passphrase.

    Attributes:
        magic: its first bytes, the version last. name: for people.
        key, commit: persons of its key and its commitment.
        damaged, wrong: the errors of a file that was altered, and of another passphrase.
    """

    magic: bytes
    name: str
    key: Person
    commit: Person
    damaged: type[CoalchatError]
    wrong: type[CoalchatError]


KEY_FILE: Final = Container(
    MAGIC, "the key file", Person.KEY_FILE, Person.KEY_FILE_COMMIT, StoreCorrupt, WrongPassphrase
)
BACKUP: Final = Container(
    BACKUP_MAGIC, "the backup", Person.BACKUP, Person.BACKUP_COMMIT, BackupDamaged, WrongBackupPassphrase
)


@attrs.frozen
class KdfCost:
    """What one guess at the passphrase costs: Argon2id passes and memory."""

    passes: int = ARGON2_TIME_MIN
    memory_kib: int = ARGON2_MEMORY_DEFAULT

    def check(self) -> None:
        """Raises:
        KeyFileCost: below the floor or above the ceiling.
        """
        if not ARGON2_TIME_MIN <= self.passes <= ARGON2_TIME_MAX:
            raise KeyFileCost(f"{self.passes} passes")
        if not ARGON2_MEMORY_MIN <= self.memory_kib <= ARGON2_MEMORY_MAX:
            raise KeyFileCost(f"{self.memory_kib} KiB of memory")


@record()
class Header:
    """What must be known before the passphrase helps; all of it is authenticated."""

    passes: Annotated[int, Uint()]
    memory_kib: Annotated[int, Uint()]
    salt: Annotated[bytes, Bin(16)]
    nonce: Annotated[bytes, Bin(24)]

    def bound(self, container: Container) -> bytes:
        """The bytes that commitment, key and ciphertext are bound to."""
        return container.magic + encode_part(self)


@record(max_size=_MAX_FILE)
class SealedKeys:
    """The file after its magic."""

    header: Annotated[Header, Part(Header)]
    commitment: Annotated[bytes, Bin(32)]
    sealed: Annotated[bytes, Blob(MAX_CONTENT + crypto.AEAD_TAG, min=crypto.AEAD_TAG)]


def seal(kek: bytearray, header: Header, content: bytes | bytearray, container: Container = KEY_FILE) -> bytes:
    """The bytes of a sealed file.

    Raises:
        ValueRefused: the content is longer than `MAX_CONTENT`.
    """
    if len(content) > MAX_CONTENT:
        raise ValueRefused(f"{container.name} holds at most {MAX_CONTENT} bytes")
    bound = header.bound(container)
    key = crypto.digest(container.key, bound, key=bytes(kek))
    sealed = crypto.aead_seal(key, header.nonce, bound, bytes(content))
    return container.magic + encode_part(SealedKeys(header, _commitment(kek, bound, container), sealed))


def parse(data: bytes, container: Container = KEY_FILE) -> SealedKeys:
    """Read the bytes of a sealed file, without any key.

    Raises:
        StoreNewer: of a newer format.
        KeyFileCost: its costs are outside the bounds; nothing was derived.
        StoreCorrupt, BackupDamaged: anything else that `seal` does not write.
    """
    size = len(container.magic)
    magic, rest = data[:size], data[size:]
    if magic != container.magic:
        if magic[:-1] == container.magic[:-1] and magic[-1] > container.magic[-1]:
            raise StoreNewer(f"{container.name} has a newer format")
        raise container.damaged(f"this is not {container.name.replace('the', 'a', 1)}")
    try:
        parsed = decode(SealedKeys, rest)
    except RemoteProtocolError:
        raise container.damaged(f"{container.name} is {_ALTERED}") from None
    KdfCost(parsed.header.passes, parsed.header.memory_kib).check()
    return parsed


def unseal(kek: bytearray, parsed: SealedKeys, container: Container = KEY_FILE) -> bytearray:
    """The content.

    Raises:
        WrongPassphrase, WrongBackupPassphrase: it was sealed under another key-encryption key, or its header was altered.
        StoreCorrupt, BackupDamaged: the key is right and the ciphertext was altered.
    """
    header = parsed.header
    bound = header.bound(container)
    if not crypto.same(_commitment(kek, bound, container), parsed.commitment):
        raise container.wrong
    key = crypto.digest(container.key, bound, key=bytes(kek))
    try:
        return bytearray(crypto.aead_open(key, header.nonce, bound, parsed.sealed))
    except AuthenticationError:
        raise container.damaged(f"{container.name} is {_ALTERED}") from None


def seal_backup(passphrase: bytes, content: bytes, *, entropy: Entropy, cost: KdfCost) -> bytes:
    """The bytes of a backup under its own passphrase.

    Raises:
        KeyFileCost, ValueRefused: see `derive` and `seal`.
    """
    header = Header(cost.passes, cost.memory_kib, entropy(16), entropy(24))
    kek = derive(passphrase, cost, header.salt)
    try:
        return seal(kek, header, content, BACKUP)
    finally:
        wipe(kek)


def open_backup(passphrase: bytes, data: bytes) -> bytearray:
    """The content of a backup; the caller overwrites it when done with it.

    Raises:
        WrongBackupPassphrase, BackupDamaged, KeyFileCost, StoreNewer: see `parse` and `unseal`.
    """
    parsed = parse(data, BACKUP)
    header = parsed.header
    kek = derive(passphrase, KdfCost(header.passes, header.memory_kib), header.salt)
    try:
        return unseal(kek, parsed, BACKUP)
    finally:
        wipe(kek)


def derive(passphrase: bytes, cost: KdfCost, salt: bytes) -> bytearray:
    """The key-encryption key: 32 bytes, after 0.5 to 1.5 seconds at the default cost.

    Raises:
        KeyFileCost: the cost is outside the bounds.
    """
    cost.check()
    return bytearray(crypto.argon2id(passphrase, salt, passes=cost.passes, memory_kib=cost.memory_kib))


def _commitment(kek: bytearray, bound: bytes, container: Container) -> bytes:
    return crypto.digest(container.commit, bound, key=bytes(kek))


class KeyFile:
    """An unlocked key file: it keeps the key-encryption key, not the passphrase and not the content.

    Deriving and writing block: call it from a worker thread. One process at a time; the home's lock sees to that.
    """

    __slots__ = ("_cost", "_kek", "_salt", "path")

    def __init__(self, path: Path, kek: bytearray, cost: KdfCost, salt: bytes) -> None:
        """For `create` and `unlock`."""
        self.path = path
        self._kek = kek
        self._cost = cost
        self._salt = salt

    def __repr__(self) -> str:
        return f"<KeyFile {self.path} {'unlocked' if self._kek else 'locked'}>"

    @classmethod
    def create(
        cls, path: Path, passphrase: bytes, content: bytes | bytearray, *, entropy: Entropy, cost: KdfCost = KdfCost()
    ) -> KeyFile:
        """Make the key file of a new home.

        Raises:
            AlreadyExists: there is one.
            NoHome, HomeNotPrivate, KeyFileCost, ValueRefused, StoreError: see `private.replace`, `derive` and `seal`.
        """
        if private.exists(path):
            raise AlreadyExists(str(path))
        salt = entropy(16)
        made = cls(path, derive(passphrase, cost, salt), cost, salt)
        made.replace(content, entropy=entropy)
        return made

    @classmethod
    def unlock(cls, path: Path, passphrase: bytes) -> tuple[KeyFile, bytearray]:
        """Open a key file: it, and its content, which the caller overwrites when done with it.

        Raises:
            WrongPassphrase, StoreCorrupt, KeyFileCost, StoreNewer: see `parse` and `unseal`.
            KeyFileMissing: there is none.
            NoHome, HomeNotPrivate, NotPrivate: it is not ours alone; see `private.check`.
        """
        parsed = _read(path)
        cost = KdfCost(parsed.header.passes, parsed.header.memory_kib)
        made = cls(path, derive(passphrase, cost, parsed.header.salt), cost, parsed.header.salt)
        try:
            content = unseal(made._kek, parsed)
        except (WrongPassphrase, StoreCorrupt):
            made.lock()
            raise
        private.sweep(path)
        return made, content

    def read(self) -> bytearray:
        """The content as it stands in the file now; the caller overwrites it when done with it.

        Raises:
            Locked: `lock` was called.
            as `unlock`.
        """
        return unseal(self._key(), _read(self.path))

    def replace(self, content: bytes | bytearray, *, entropy: Entropy) -> bool:
        """Put new content in the place of the old: all of it, durably, or nothing. Whether the old was overwritten.

        Raises:
            Locked: `lock` was called.
            ValueRefused: the content is too long.
            StoreError: it cannot be written; the old content stands.
        """
        header = Header(self._cost.passes, self._cost.memory_kib, self._salt, entropy(24))
        return private.replace(self.path, seal(self._key(), header, content))

    def change_passphrase(
        self,
        passphrase: bytes,
        *,
        entropy: Entropy,
        cost: KdfCost = KdfCost(),
        content: bytes | bytearray | None = None,
    ) -> None:
        """Seal the same content, or another one, under another passphrase; until it is written the old one opens.

        Raises:
            as `read`, `derive` and `replace`.
        """
        content = self.read() if content is None else bytearray(content)
        salt = entropy(16)
        changed = KeyFile(self.path, derive(passphrase, cost, salt), cost, salt)
        try:
            changed.replace(content, entropy=entropy)
        finally:
            wipe(content)
        self.lock()
        self._kek, self._cost, self._salt = changed._kek, cost, salt

    def lock(self) -> None:
        """Forget the key-encryption key."""
        wipe(self._kek)
        self._kek = bytearray()

    def destroy(self) -> bool:
        """Forget the key, overwrite and remove the file. Whether it could be overwritten; see `private.destroy`."""
        self.lock()
        return private.destroy(self.path)

    def _key(self) -> bytearray:
        if not self._kek:
            raise Locked
        return self._kek


def _read(path: Path) -> SealedKeys:
    try:
        return parse(private.read(path, max_size=_MAX_FILE + len(MAGIC)))
    except FileNotFoundError:
        raise KeyFileMissing(str(path)) from None


def wipe(secret: bytearray) -> None:
    """Overwrite a secret: best effort."""
    secret[:] = bytes(len(secret))
