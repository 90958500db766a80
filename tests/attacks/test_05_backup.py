"""Attack 5 (Matrix backup IND-CCA): whoever holds key file or backup alters it, knowing even the key of its seal.

Every byte is flipped with the key-file key given, some twenty through the whole door; the costs of a derivation are put
below the floor and above the ceiling. Nothing opens, nothing is emitted, and no home is made of it.
"""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from coalchat.custody.backup import make_backup, make_root_backup, read_file
from coalchat.custody.restoring import restore_home
from coalchat.errors import BackupDamaged, CoalchatError, ExitCode, StoreCorrupt, WrongBackupPassphrase, WrongPassphrase
from coalchat.node.keyring import KeysInFile
from coalchat.paths import Home, ensure_private_home
from coalchat.store.errors import KeyFileCost, StoreNewer
from coalchat.store.keyfile import (
    BACKUP,
    BACKUP_MAGIC,
    MAGIC,
    Header,
    KdfCost,
    derive,
    open_backup,
    parse,
    seal,
    unseal,
)
from protocol.base.limits import ARGON2_MEMORY_MAX, ARGON2_MEMORY_MIN, ARGON2_TIME_MAX, ARGON2_TIME_MIN
from protocol.base.records import encode
from protocol.keys.backup import read_backup
from protocol.vectors.drbg import Drbg
from tests.fakes.nodes import FLOOR, NOW, PASSPHRASE

SECRET = b"canary-passphrase-of-the-backup"
HUGE = 2**40
"""Passes, or KiB: a test that ran the derivation would not end."""


def flipped(data: bytes, at: int, mask: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= mask
    return bytes(changed)


async def backups(home: Home, place: Path) -> tuple[Path, Path]:
    """A device's backup and a root's."""
    device, root = place / "device.backup", place / "root.backup"
    await make_backup(home, PASSPHRASE, device, SECRET, now=NOW, cost=FLOOR, entropy=os.urandom)
    await make_root_backup(
        home, PASSPHRASE, root, SECRET, remove=False, now=NOW, cost=FLOOR, entropy=os.urandom
    )  # fmt: skip
    return device, root


def kek_of(data: bytes) -> bytearray:
    header = parse(data, BACKUP).header
    return derive(SECRET, KdfCost(header.passes, header.memory_kib), header.salt)


async def test_a_backup_with_any_byte_flipped_is_refused(homes: dict[str, Home], tmp_path: Path) -> None:
    device, root = await backups(homes["XAA"], tmp_path)
    for path in (device, root):
        good = path.read_bytes()
        kek = kek_of(good)
        backup = read_backup(bytes(unseal(kek, parse(good, BACKUP), BACKUP)))
        assert encode(backup), "control: it opens as it was made"
        # With the key given: the commitment guards the header, the seal the rest.
        for at in range(len(good)):
            with pytest.raises((BackupDamaged, WrongBackupPassphrase, StoreNewer, KeyFileCost)):
                unseal(kek, parse(flipped(good, at, 1 << at % 8), BACKUP), BACKUP)

    # Through the whole door: no home, and no word of what was in it.
    good = device.read_bytes()
    home = ensure_private_home(tmp_path / "again")
    altered, shown = tmp_path / "altered", []
    for at in (*range(0, 96, 12), *range(96, len(good), len(good) // 12)):
        altered.write_bytes(flipped(good, at, 0x04))
        with pytest.raises(CoalchatError) as caught:
            await restore_home(
                home, PASSPHRASE, read_file(altered, SECRET), now=NOW, cost=FLOOR, entropy=Drbg("again")
            )  # fmt: skip
        assert type(caught.value) in {BackupDamaged, WrongBackupPassphrase, StoreNewer, KeyFileCost}
        shown += [str(caught.value), "".join(traceback.format_exception(caught.value))]
        assert list(home.path.iterdir()) == []
    assert SECRET.decode() not in "".join(shown)
    altered.write_bytes(good[:-1])
    with pytest.raises(BackupDamaged):
        read_file(altered, SECRET)


async def test_a_key_file_with_a_byte_flipped_unlocks_no_node(homes: dict[str, Home], tmp_path: Path) -> None:
    path = homes["XAA"].keys
    good = path.read_bytes()
    for at in range(0, len(good), len(good) // 7):
        path.write_bytes(flipped(good, at, 0x10))
        keys = KeysInFile(path, Drbg("keys"))
        with pytest.raises((StoreCorrupt, WrongPassphrase)):
            keys.unlock(PASSPHRASE)
    path.write_bytes(good)
    assert KeysInFile(path, Drbg("keys")).unlock(PASSPHRASE).founded


@pytest.mark.parametrize(
    ("passes", "memory_kib"),
    [
        pytest.param(HUGE, ARGON2_MEMORY_MIN, id="passes for years"),
        pytest.param(ARGON2_TIME_MIN, HUGE, id="memory of a data centre"),
        pytest.param(ARGON2_TIME_MAX + 1, ARGON2_MEMORY_MIN, id="passes above"),
        pytest.param(ARGON2_TIME_MIN - 1, ARGON2_MEMORY_MAX, id="passes below"),
        pytest.param(ARGON2_TIME_MIN, ARGON2_MEMORY_MAX + 1, id="memory above"),
        pytest.param(ARGON2_TIME_MAX, ARGON2_MEMORY_MIN - 1, id="memory below"),
        pytest.param(0, 0, id="nothing"),
    ],
)
def test_costs_outside_the_bounds_are_refused_before_the_derivation(
    tmp_path: Path, passes: int, memory_kib: int
) -> None:
    path = tmp_path / "hostile.backup"
    path.write_bytes(seal(bytearray(32), Header(passes, memory_kib, bytes(16), bytes(24)), b"content", BACKUP))
    with pytest.raises(KeyFileCost) as caught:
        read_file(path, SECRET)
    assert caught.value.exit_code is ExitCode.CORRUPT


def test_one_kind_of_file_is_never_taken_for_the_other() -> None:
    """Also where its first bytes are exchanged, and the very key is known."""
    header, kek = Header(FLOOR.passes, FLOOR.memory_kib, bytes(16), bytes(24)), bytearray(32)
    key_file, backup = seal(kek, header, b"content"), seal(kek, header, b"content", BACKUP)
    assert unseal(kek, parse(backup, BACKUP), BACKUP) == b"content", "control"
    with pytest.raises(StoreCorrupt):
        parse(backup)
    with pytest.raises(BackupDamaged):
        open_backup(SECRET, key_file)
    with pytest.raises(WrongPassphrase):
        unseal(kek, parse(MAGIC + backup[len(BACKUP_MAGIC) :]))
    with pytest.raises(WrongBackupPassphrase):
        unseal(kek, parse(BACKUP_MAGIC + key_file[len(MAGIC) :], BACKUP), BACKUP)
