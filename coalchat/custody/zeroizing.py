"""Zeroizing a home (SPEC 11.3): the key file first, then everything else, and a mark that says so.

Rule 1: no passphrase is needed: who must destroy keys in a hurry may not have it at hand, and a thief gains nothing.
Rule 2: the key file is one seal over superseded, effective and reserve keys: with its first bytes all of them are gone,
in whatever order. What follows is ciphertext without a key.
Rule 3: nothing stops it half-way: what cannot be destroyed is named at the end, and doing it again goes on.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from coalchat.errors import CoalchatError
from coalchat.paths import Home, check_private, write_private_file
from coalchat.store import private

_KEPT = frozenset({"config.toml", "node.lock", "zeroized"})


@attrs.frozen
class Zeroizing:
    """What came of it.

    Attributes:
        destroyed: names of the files that are gone.
        not_overwritten: those of them whose bytes could not be overwritten first.
        left: names that are still there, though they should not be.
    """

    destroyed: tuple[str, ...]
    not_overwritten: tuple[str, ...]
    left: tuple[str, ...]


def zeroize(home: Home, said: str) -> Zeroizing:
    """Destroy a home's keys, then its store, token, log, and what programs kept in it.

    Args:
        said: what the mark says, for people.

    Raises:
        NoHome, HomeNotPrivate: there is no home of ours here.
    """
    check_private(home)
    destroyed: list[str] = []
    uncertain: list[str] = []
    left: list[str] = []

    def destroy(path: Path) -> None:
        try:
            there = private.exists(path)
            erased = private.destroy(path)  # what a crash left beside it goes too
        except CoalchatError:
            return  # it is still there, and named at the end
        if there:
            destroyed.append(path.name)
        if not erased:
            uncertain.append(path.name)

    destroy(home.keys)
    try:
        write_private_file(home.zeroized, f"{said}\n".encode())
    except OSError:  # a full or read-only disk: the keys are gone all the same
        left.append(f"no {home.zeroized.name} mark")
    for path in (*home.store_files, *_others(home)):
        destroy(path)
    left += [path.name for path in _others(home)]
    return Zeroizing(tuple(destroyed), tuple(uncertain), tuple(left))


def _others(home: Home) -> list[Path]:
    """Files in the home, in whatever directory of it, that are not kept: a link is a file of its own."""
    return sorted(
        path for path in home.path.rglob("*") if path.name not in _KEPT and (path.is_symlink() or path.is_file())
    )
