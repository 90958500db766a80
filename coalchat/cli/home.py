"""Making a home: its directory, and what guarding its passphrase costs."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from coalchat.errors import AlreadyExists
from coalchat.paths import Home, ensure_private_home

if TYPE_CHECKING:
    from coalchat.cli.options import Asked
    from coalchat.store.keyfile import KdfCost


def new_home(asked: Asked) -> Home:
    """The home's directory, made if it is not there, without a key file.

    Raises:
        AlreadyExists: it has a key file. HomeNotPrivate, UsageError: see `ensure_private_home`.
    """
    home = ensure_private_home(asked.home.path)
    if home.keys.exists():
        raise AlreadyExists(f"the home {home.path}", hint="name another with --home: one home is one device")
    return home


def kdf_cost(home: Home) -> KdfCost:
    """What one guess at its passphrase costs, by `config.toml` if there is one."""
    from coalchat.config import load_config
    from coalchat.store.keyfile import KdfCost

    config = load_config(home)
    return KdfCost(config.kdf_passes, config.kdf_memory_kib)


def tidy(name: str) -> str:
    """A name as records want it: terminals differ in how they compose an accent, and people type spaces around."""
    return unicodedata.normalize("NFC", name).strip()
