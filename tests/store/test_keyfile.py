"""The key file. Most tests are given the key-encryption key; a few go through the whole door, at the lowest cost."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from coalchat.errors import (
    AlreadyExists,
    CoalchatError,
    ExitCode,
    HomeNotPrivate,
    Locked,
    NoHome,
    NotPrivate,
    StoreCorrupt,
    WrongPassphrase,
)
from coalchat.store.errors import KeyFileCost, KeyFileMissing, StoreNewer, ValueRefused
from coalchat.store.keyfile import MAGIC, MAX_CONTENT, Header, KdfCost, KeyFile, SealedKeys, derive, parse, seal, unseal
from protocol.base.limits import ARGON2_MEMORY_MAX, ARGON2_MEMORY_MIN, ARGON2_TIME_MAX, ARGON2_TIME_MIN

FLOOR = KdfCost(ARGON2_TIME_MIN, ARGON2_MEMORY_MIN)
PASSPHRASE = b"canary-passphrase-5f1d"
CONTENT = b"canary-content-8c02 and the seeds of a nation"


def header(passes: int = FLOOR.passes, memory_kib: int = FLOOR.memory_kib) -> Header:
    return Header(passes, memory_kib, b"s" * 16, b"n" * 24)


HEADER = header()


def kek() -> bytearray:
    return bytearray(b"k" * 32)


@pytest.fixture
def keys(home: Path) -> Path:
    """A key file that `kek()` opens; no passphrase does."""
    path = home / "keys"
    opened(path).replace(CONTENT, entropy=os.urandom)
    return path


def opened(path: Path) -> KeyFile:
    return KeyFile(path, kek(), FLOOR, HEADER.salt)


# --- through the whole door ---


def test_what_was_sealed_opens_under_its_passphrase_and_no_other(home: Path) -> None:
    path = home / "keys"
    KeyFile.create(path, PASSPHRASE, CONTENT, entropy=os.urandom, cost=FLOOR)
    _, content = KeyFile.unlock(path, PASSPHRASE)
    assert content == CONTENT
    assert isinstance(content, bytearray)
    with pytest.raises(WrongPassphrase) as caught:
        KeyFile.unlock(path, PASSPHRASE + b" ")
    assert caught.value.exit_code is ExitCode.NOT_AUTHORISED


def test_a_replacement_and_a_new_passphrase(home: Path) -> None:
    path = home / "keys"
    file = KeyFile.create(path, PASSPHRASE, CONTENT, entropy=os.urandom, cost=FLOOR)
    before = parse(path.read_bytes())
    file.replace(b"next segment", entropy=os.urandom)
    assert file.read() == b"next segment"
    after = parse(path.read_bytes())
    assert after.header.salt == before.header.salt, "a replacement must not cost a derivation"
    assert after.header.nonce != before.header.nonce

    costlier = KdfCost(FLOOR.passes + 1, FLOOR.memory_kib)
    file.change_passphrase(b"another", entropy=os.urandom, cost=costlier)
    assert file.read() == b"next segment"
    with pytest.raises(WrongPassphrase):
        KeyFile.unlock(path, PASSPHRASE)
    again, content = KeyFile.unlock(path, b"another")
    assert content == b"next segment"
    again.replace(b"kept at its cost", entropy=os.urandom)
    assert parse(path.read_bytes()).header.passes == costlier.passes


def test_altered_bytes_do_not_open_through_the_whole_door(home: Path) -> None:
    path = home / "keys"
    KeyFile.create(path, PASSPHRASE, CONTENT, entropy=os.urandom, cost=FLOOR)
    good = path.read_bytes()
    for at in range(0, len(good), len(good) // 19):
        path.write_bytes(flipped(good, at, 0x04))
        with pytest.raises(CoalchatError):
            KeyFile.unlock(path, PASSPHRASE)
    path.write_bytes(good)
    assert KeyFile.unlock(path, PASSPHRASE)[1] == CONTENT


# --- given the key-encryption key ---


def flipped(data: bytes, at: int, mask: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= mask
    return bytes(changed)


def test_key_file_with_any_byte_flipped_is_refused() -> None:
    good = seal(kek(), HEADER, CONTENT)
    assert unseal(kek(), parse(good)) == CONTENT
    for at in range(len(good)):
        for mask in (0x01, 0x80):
            with pytest.raises((StoreCorrupt, WrongPassphrase, StoreNewer)):
                unseal(kek(), parse(flipped(good, at, mask)))


def test_a_piece_of_a_key_file_or_more_than_one_is_refused() -> None:
    good = seal(kek(), HEADER, CONTENT)
    for size in range(len(good)):
        with pytest.raises(StoreCorrupt):
            parse(good[:size])
    with pytest.raises(StoreCorrupt):
        parse(good + b"\0")


def test_costs_of_another_header_cannot_be_put_in() -> None:
    """The costs are authenticated: those of another file, within the bounds, do not open under the same key."""
    parsed = parse(seal(kek(), HEADER, CONTENT))
    cheaper = SealedKeys(header(passes=ARGON2_TIME_MAX), parsed.commitment, parsed.sealed)
    with pytest.raises(WrongPassphrase):
        unseal(kek(), cheaper)


def test_the_ciphertext_is_bound_even_where_the_commitment_holds() -> None:
    parsed, other = parse(seal(kek(), HEADER, CONTENT)), parse(seal(kek(), HEADER, CONTENT[::-1]))
    with pytest.raises(StoreCorrupt) as caught:
        unseal(kek(), SealedKeys(parsed.header, parsed.commitment, other.sealed[:-1] + b"\0"))
    assert caught.value.exit_code is ExitCode.CORRUPT


HUGE = 2**40
"""Passes, or KiB: years, or more memory than there is. A test that ran the derivation would not end."""


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
def test_hostile_kdf_costs_are_refused_before_the_derivation(home: Path, passes: int, memory_kib: int) -> None:
    path = home / "keys"
    path.touch(mode=0o600)
    path.write_bytes(seal(kek(), header(passes, memory_kib), CONTENT))
    with pytest.raises(KeyFileCost) as caught:
        KeyFile.unlock(path, PASSPHRASE)
    assert caught.value.exit_code is ExitCode.CORRUPT
    assert caught.value.hint
    with pytest.raises(KeyFileCost):
        derive(PASSPHRASE, KdfCost(passes, memory_kib), HEADER.salt)


def test_a_newer_format_is_not_called_damage() -> None:
    with pytest.raises(StoreNewer):
        parse(MAGIC[:-1] + b"\x02" + b"whatever it will be")


def test_content_has_a_bound() -> None:
    largest = bytes(MAX_CONTENT)
    assert unseal(kek(), parse(seal(kek(), HEADER, largest))) == largest
    with pytest.raises(ValueRefused):
        seal(kek(), HEADER, largest + b"\0")


def test_a_file_longer_than_any_key_file_is_not_read_to_its_end(keys: Path) -> None:
    with keys.open("r+b") as file:
        file.truncate(2**40)
    with pytest.raises(StoreCorrupt):
        opened(keys).read()


def test_a_locked_key_file_has_forgotten_its_key(keys: Path) -> None:
    file = opened(keys)
    file.lock()
    with pytest.raises(Locked):
        file.read()
    with pytest.raises(Locked):
        file.replace(b"", entropy=os.urandom)


def test_a_destroyed_key_file_is_gone_with_what_a_crash_left(keys: Path) -> None:
    beside = keys.with_name("keys.new")
    beside.write_bytes(b"left by a crash")
    with keys.open("rb") as held:
        file = opened(keys)
        assert file.destroy()
        assert not any(held.read()), "its bytes were overwritten where they lay"
    assert list(keys.parent.iterdir()) == []
    with pytest.raises(Locked):
        file.read()
    with pytest.raises(KeyFileMissing):
        KeyFile.unlock(keys, PASSPHRASE)


def test_a_superseded_key_file_is_overwritten_where_it_lay(keys: Path) -> None:
    with keys.open("rb") as held:
        assert opened(keys).replace(b"new", entropy=os.urandom)
        assert not any(held.read())
    assert opened(keys).read() == b"new"


# --- whose it is ---


def test_a_key_file_is_made_once_and_for_its_owner_only(home: Path) -> None:
    path = home / "keys"
    umask = os.umask(0)
    try:
        opened(path).replace(CONTENT, entropy=os.urandom)
    finally:
        os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(AlreadyExists):
        KeyFile.create(path, PASSPHRASE, CONTENT, entropy=os.urandom, cost=FLOOR)
    assert opened(path).read() == CONTENT


def readable_by_group(keys: Path) -> None:
    keys.chmod(0o640)


def readable_by_others(keys: Path) -> None:
    keys.chmod(0o604)


def a_symlink(keys: Path) -> None:
    keys.rename(keys.with_name("elsewhere"))
    keys.symlink_to("elsewhere")


def a_pipe(keys: Path) -> None:
    keys.unlink()
    os.mkfifo(keys, 0o600)


def a_directory(keys: Path) -> None:
    keys.unlink()
    keys.mkdir(mode=0o700)


def in_an_open_home(keys: Path) -> None:
    keys.parent.chmod(0o750)


def behind_a_symlink(keys: Path) -> None:
    home = keys.parent
    home.rename(home.with_name("elsewhere"))
    home.symlink_to("elsewhere")


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (readable_by_group, NotPrivate),
        (readable_by_others, NotPrivate),
        (a_symlink, NotPrivate),
        (a_pipe, NotPrivate),
        (a_directory, NotPrivate),
        (in_an_open_home, HomeNotPrivate),
        (behind_a_symlink, HomeNotPrivate),
    ],
)
def test_a_key_file_that_is_not_ours_alone_is_refused(
    keys: Path, spoil: Callable[[Path], None], error: type[CoalchatError]
) -> None:
    spoil(keys)
    with pytest.raises(error) as caught:
        KeyFile.unlock(keys, PASSPHRASE)
    assert type(caught.value) is error
    assert caught.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("which", ["file", "home"])
def test_a_key_file_of_another_user_is_refused(keys: Path, which: str) -> None:
    os.chown(keys if which == "file" else keys.parent, 12345, -1)
    with pytest.raises(NotPrivate) as caught:
        KeyFile.unlock(keys, PASSPHRASE)
    assert "another user" in str(caught.value)


def test_no_home_and_no_key_file_are_told_apart(home: Path) -> None:
    with pytest.raises(KeyFileMissing):
        KeyFile.unlock(home / "keys", PASSPHRASE)
    with pytest.raises(NoHome):
        KeyFile.unlock(home / "nowhere" / "keys", PASSPHRASE)


# --- canaries ---


def test_neither_passphrase_nor_content_shows_anywhere(home: Path) -> None:
    path = home / "keys"
    file = KeyFile.create(path, PASSPHRASE, CONTENT, entropy=os.urandom, cost=FLOOR)
    shown = [repr(file), str(file), repr(parse(path.read_bytes())), repr(FLOOR)]

    def record(act: Callable[[], object]) -> None:
        with pytest.raises(CoalchatError) as caught:
            act()
        shown.append("".join(traceback.format_exception(caught.value)))
        shown.extend([str(caught.value), repr(caught.value), caught.value.hint])

    record(lambda: KeyFile.unlock(path, PASSPHRASE + b"?"))
    record(lambda: file.replace(CONTENT * MAX_CONTENT, entropy=os.urandom))
    good = path.read_bytes()
    path.write_bytes(flipped(good, len(good) - 1, 1))
    record(lambda: KeyFile.unlock(path, PASSPHRASE))
    record(lambda: file.change_passphrase(PASSPHRASE + b"?", entropy=os.urandom, cost=FLOOR))
    path.chmod(0o644)
    record(lambda: KeyFile.unlock(path, PASSPHRASE))
    file.lock()
    record(file.read)
    shown.extend([repr(file), good.decode("latin-1")])

    for canary in (b"canary", PASSPHRASE, CONTENT):
        assert canary.decode() not in "\n".join(shown)
