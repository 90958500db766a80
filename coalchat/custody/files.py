"""Sealed files outside a home (SPEC 11.3): read whole within a bound. `paths.write_new` makes them.

They may lie on a disk that knows no owner or mode: what guards them is their seal.
"""

from __future__ import annotations

from pathlib import Path

from coalchat.errors import UsageError
from coalchat.store.keyfile import MAX_SEALED_FILE


def read_sealed(path: Path) -> bytes:
    """The bytes of a sealed file; one byte more than the largest has, so that "too long" shows.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_SEALED_FILE + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
