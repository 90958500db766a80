"""Backups and restored homes on real files: what is checked before anything is kept, and what a crash leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coalchat.custody import backup as acts
from coalchat.custody.founding import unlock
from coalchat.custody.home import change_passphrase, opened
from coalchat.custody.restoring import restore_home, restore_root
from coalchat.errors import AlreadyExists, BackupDamaged, NoCoalition, UsageError, WrongPassphrase
from coalchat.paths import Home, ensure_private_home, write_new
from coalchat.store.keyfile import BACKUP, KeyFile, parse, seal, unseal
from protocol.base.codec import unpack_loose
from protocol.base.ids import Tag
from protocol.base.records import encode, evolve, peek
from protocol.keys.backup import Backup, read_backup
from protocol.keys.keyring import SigningSeeds, new_key_ring
from protocol.vectors.drbg import Drbg
from tests.fakes.nodes import FLOOR, NOW, PASSPHRASE
from tests.protocol.vector_files import vectors

SECRET = b"the passphrase of the backup"
LATER = NOW + 100


async def made(home: Home, path: Path) -> Backup:
    await acts.make_backup(home, PASSPHRASE, path, SECRET, entropy=Drbg("made"), now=LATER, cost=FLOOR)
    return acts.read_file(path, SECRET)


def with_document(backup: Backup, tag: Tag, change: Callable[[bytes], bytes | None]) -> Backup:
    documents = [change(data) if peek(unpack_loose(data)) is tag else data for data in backup.documents]
    return evolve(backup, documents=tuple(data for data in documents if data))


def last_byte(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def gone(data: bytes) -> None:
    del data


ALTERED: dict[str, Callable[[Backup], Backup]] = {
    "another device's keys": lambda b: evolve(
        b, device=(evolve(b.device[0], signing=SigningSeeds(bytes(32), bytes(32))),)
    ),
    "another nation": lambda b: evolve(b, nation=b.nation + 1),
    "another coalition": lambda b: evolve(b, coalition=bytes(16)),
    "no charter": lambda b: with_document(b, Tag.CHARTER, gone),
    "no policy": lambda b: with_document(b, Tag.POLICY, gone),
    "no custodian": lambda b: with_document(b, Tag.CUSTODIAN_CERTIFICATE, gone),
    "no certificate": lambda b: with_document(b, Tag.CERTIFICATE, gone),
    "altered charter": lambda b: with_document(b, Tag.CHARTER, last_byte),
    "altered signature": lambda b: with_document(b, Tag.CHARTER_SIGNATURE, last_byte),
    "altered publication": lambda b: with_document(b, Tag.PUBLICATION, last_byte),
    "altered certificate": lambda b: with_document(b, Tag.CERTIFICATE, last_byte),
    "no document": lambda b: evolve(b, documents=(b"\x00",)),
}


async def test_a_backup_that_does_not_lead_to_its_device_makes_no_home(homes: dict[str, Home], tmp_path: Path) -> None:
    good = await made(homes["XBB"], tmp_path / "xbb.backup")
    home = ensure_private_home(tmp_path / "again")
    for alter in ALTERED.values():
        with pytest.raises(BackupDamaged):
            await restore_home(home, PASSPHRASE, alter(good), entropy=Drbg("again"), now=LATER, cost=FLOOR)
        assert list(home.path.iterdir()) == []
    await restore_home(home, PASSPHRASE, good, entropy=Drbg("again"), now=LATER, cost=FLOOR)
    with pytest.raises(AlreadyExists):
        await restore_home(home, PASSPHRASE, good, entropy=Drbg("again"), now=LATER, cost=FLOOR)
    _, ring = unlock(home, PASSPHRASE)
    _, before = unlock(homes["XBB"], PASSPHRASE)
    assert (ring.device, ring.custodian[0].root) == (before.device, before.custodian[0].root)
    assert ring.database != before.database
    assert len(ring.seeds) == len(before.seeds), "a custodian's own device reads on"


async def test_a_root_stays_where_its_backup_cannot_be_read_again(
    homes: dict[str, Home], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lying_disk(path: Path, data: bytes) -> None:
        write_new(path, last_byte(data))

    monkeypatch.setattr(acts, "write_new", lying_disk)
    with pytest.RaisesGroup(BackupDamaged):
        await acts.make_root_backup(
            homes["XAA"],
            PASSPHRASE,
            tmp_path / "root",
            SECRET,
            remove=True,
            entropy=Drbg("root"),
            now=LATER,
            cost=FLOOR,
        )
    assert unlock(homes["XAA"], PASSPHRASE)[1].custodian[0].root
    monkeypatch.undo()
    await acts.make_root_backup(
        homes["XAA"], PASSPHRASE, tmp_path / "root2", SECRET, remove=True, entropy=Drbg("root"), now=LATER, cost=FLOOR
    )
    assert not unlock(homes["XAA"], PASSPHRASE)[1].custodian[0].root
    root = acts.read_file(tmp_path / "root2", SECRET)
    with pytest.RaisesGroup(UsageError):
        await restore_root(homes["XBB"], PASSPHRASE, root, now=NOW, entropy=Drbg("root"))
    await restore_root(homes["XAA"], PASSPHRASE, root, now=NOW, entropy=Drbg("root"))
    assert unlock(homes["XAA"], PASSPHRASE)[1].custodian[0].root == root.root


class Cut(Exception):
    """The power goes."""


async def test_a_crash_while_the_passphrase_changes_leaves_one_that_opens(
    homes: dict[str, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, new = homes["XAA"], b"another"
    before, _ = unlock(home, PASSPHRASE)[1], parse(home.keys.read_bytes())

    def cut(*_: object, **__: object) -> None:
        raise Cut

    async def change() -> None:
        await change_passphrase(home, PASSPHRASE, new, entropy=Drbg("new"), now=LATER, cost=FLOOR)

    monkeypatch.setattr(KeyFile, "change_passphrase", cut)
    with pytest.RaisesGroup(Cut):
        await change()
    monkeypatch.undo()
    assert unlock(home, PASSPHRASE)[1] == before
    header = parse(home.keys.read_bytes()).header
    await change()
    changed = parse(home.keys.read_bytes()).header
    assert changed.salt != header.salt
    assert changed.nonce != header.nonce
    with pytest.raises(WrongPassphrase):
        unlock(home, PASSPHRASE)
    after = unlock(home, new)[1]
    assert after == evolve(before, counter=after.counter)
    assert after.counter > before.counter
    async with opened(home, new) as held:
        stored = held.store.read.meta("ring.counter")
        assert stored is not None
        assert int.from_bytes(stored, "big") == after.counter
        assert [row.event for row in held.store.read.audit_after(0, 9)].count("passphrase-changed") == 2


async def test_an_act_on_a_restored_home_leaves_its_mark(homes: dict[str, Home], tmp_path: Path) -> None:
    """Else a node that starts on it afterwards would go on as if nobody had seen more of this device."""
    home = ensure_private_home(tmp_path / "again")
    backup = await made(homes["XBB"], tmp_path / "xbb.backup")
    await restore_home(home, PASSPHRASE, backup, now=LATER, cost=FLOOR, entropy=Drbg("again"))
    await change_passphrase(home, PASSPHRASE, SECRET, now=LATER, cost=FLOOR, entropy=Drbg("new"))
    async with opened(home, SECRET) as held:
        stored = held.store.read.meta("ring.counter")
        assert stored is not None
        assert int.from_bytes(stored, "big") not in {held.ring.counter, held.ring.counter + 1}


async def test_a_home_of_no_coalition_has_no_backup(tmp_path: Path) -> None:
    home = ensure_private_home(tmp_path / "new")
    KeyFile.create(home.keys, PASSPHRASE, encode(new_key_ring(Drbg("new"))), entropy=Drbg("new"), cost=FLOOR)
    with pytest.RaisesGroup(NoCoalition):
        await made(home, tmp_path / "new.backup")
    assert not (tmp_path / "new.backup").exists()


def test_a_file_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_new(path, b"first")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(AlreadyExists):
        write_new(path, b"second")
    assert path.read_bytes() == b"first"
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AlreadyExists):
        write_new(tmp_path / "link", b"third")
    with pytest.raises(UsageError):
        write_new(tmp_path / "nowhere" / "file", b"fourth")
    with pytest.raises(UsageError):
        acts.read_file(tmp_path / "nowhere", SECRET)


@pytest.mark.parametrize("case", vectors("custody")["backups"], ids=lambda case: case["name"])
def test_the_vectors_open(case: dict[str, str]) -> None:
    kek, parsed = bytearray.fromhex(case["kek"]), parse(bytes.fromhex(case["file"]), BACKUP)
    content = unseal(kek, parsed, BACKUP)
    assert content.hex() == case["backup"]
    assert seal(kek, parsed.header, content, BACKUP).hex() == case["file"]
    backup = read_backup(bytes(content))
    assert (bool(backup.device), bool(backup.seat)) == (case["name"] != "root", case["name"] == "custodian")
