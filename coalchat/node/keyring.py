"""Where a node's key ring rests: a file that a passphrase opens (SPEC, "At rest")."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import attrs

from coalchat.errors import Locked
from coalchat.node.ports import Entropy
from coalchat.store.keyfile import KeyFile
from protocol.base.records import decode, encode
from protocol.keys.keyring import KeyRing


class Keys(Protocol):
    """Where the key ring rests."""

    def unlock(self, passphrase: bytes) -> KeyRing:
        """Open it; blocks while the key is derived. Raises WrongPassphrase and its kin."""
        ...

    def check(self, passphrase: bytes) -> None:
        """Nothing, if it opens; blocks likewise. Raises WrongPassphrase and its kin."""
        ...

    def replace(self, ring: KeyRing) -> None:
        """Put a new one in its place, durably."""
        ...


@attrs.define(eq=False)
class KeysInFile:
    """The key file of a home."""

    path: Path
    entropy: Entropy = attrs.field(repr=False)
    _file: KeyFile | None = attrs.field(default=None, init=False, repr=False)

    def unlock(self, passphrase: bytes) -> KeyRing:
        """Open the file."""
        self._file, content = KeyFile.unlock(self.path, passphrase)
        ring = decode(KeyRing, bytes(content))
        content[:] = bytes(len(content))
        return ring

    def check(self, passphrase: bytes) -> None:
        """Open the file beside the one in use, and forget what is in it."""
        _, content = KeyFile.unlock(self.path, passphrase)
        content[:] = bytes(len(content))

    def replace(self, ring: KeyRing) -> None:
        """Replace the file's content."""
        if self._file is None:
            raise Locked
        self._file.replace(encode(ring), entropy=self.entropy)
