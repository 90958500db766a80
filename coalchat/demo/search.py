"""Looking into a device as a thief would who has the passphrase: everything it keeps, opened, and searched for a text.

Rule 1: nothing is left out: all rows of all tables, the schema, the key file as it lies and as it opens, the log, every
other file of the home, and every frame of its links as the node saw it in clear.
Rule 2: a text is searched for in each form in which a program would keep it by accident: plain, as hex, as Base64, as
UTF-16. A search that should find nothing is made beside one that should find something.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

import attrs

from coalchat.demo.processes import Device
from coalchat.store.faces import Reader
from coalchat.store.keyfile import KeyFile
from coalchat.store.rows import Entry
from coalchat.store.sql import Sql
from protocol.base.records import decode
from protocol.keys.keyring import KeyRing

Remains: TypeAlias = Mapping[str, bytes]
"""What was found, by place: "message.payload", "key file, opened", "links", and so on."""

CHANGING: Final = frozenset({"event", "audit", "sqlite_sequence"})
"""Tables in which a node notes what happens around it, also when nothing comes of that."""
_SEPARATOR: Final = b"\x00\xff\x00"


@attrs.frozen
class Opened:
    """A home with its key: what the node itself would see."""

    ring: KeyRing = attrs.field(repr=False)
    content: bytes = attrs.field(repr=False)
    sql: Sql = attrs.field(repr=False)

    @property
    def read(self) -> Reader:
        """The store's own verbs."""
        return Reader(self.sql)

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables, and the schema."""
        names = [name for (name,) in self.sql.run("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: self.sql.run(f'SELECT * FROM "{name}"') for name in names}  # noqa: S608 -- the schema's own names
        return {**rows, "sqlite_master": self.sql.run("SELECT * FROM sqlite_master")}

    def columns(self) -> Iterator[tuple[str, list[Any]]]:
        """All values of each column of each table."""
        for table, rows in self.tables().items():
            names = [row[1] for row in self.sql.run(f'PRAGMA table_xinfo("{table}")')]
            for place, values in enumerate(zip(*rows, strict=True)):
                yield f"{table}.{names[place] if place < len(names) else place}", list(values)


@contextmanager
def opened(device: Device) -> Iterator[Opened]:
    """Open a device's key file with its passphrase, and its store with the key in there; its node may run."""
    _, content = KeyFile.unlock(device.home.keys, device.passphrase)
    ring = decode(KeyRing, bytes(content))
    sql = Sql.open(device.home.store, ring.database, read_only=True)
    try:
        yield Opened(ring, bytes(content), sql)
    finally:
        sql.close()


def remains_of(device: Device) -> Remains:
    """Everything that a device keeps, opened, and what went over its links in clear."""
    found: dict[str, bytes] = {}
    with opened(device) as home:
        found["key file, opened"] = home.content
        for name, values in home.columns():
            found[name] = _SEPARATOR.join(_raw(value) for value in values)
    for path in sorted(device.home.path.rglob("*")):
        if path.is_file():
            name = "links" if path == device.capture else f"file {path.name}"
            found[name] = path.read_bytes()
    return found


def _raw(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


def places(remains: Remains, what: str | bytes) -> list[str]:
    """Where a text, or a key, stands in any of its forms."""
    forms = _forms(what.encode("utf-8") if isinstance(what, str) else what)
    return [place for place, data in remains.items() if any(form in data for form in forms)]


def _forms(plain: bytes) -> list[bytes]:
    """The ways in which these bytes would be written."""
    hexed = plain.hex().encode("ascii")
    # In Base64 what stands before shifts the digits; those at both ends are shared with the neighbours.
    shifted = [b64encode(bytes(shift) + plain)[4 if shift else 0 : -4] for shift in range(3)]
    return [plain, hexed, hexed.upper(), plain.decode("latin-1").encode("utf-16-le"), *shifted]


def frames(device: Device) -> Counter[str]:
    """How many frames of its links were captured, by direction."""
    data, at = device.capture.read_bytes(), 0
    counted: Counter[str] = Counter({"in": 0, "out": 0})
    while at < len(data):
        direction = "in" if data.startswith(b"in", at) else "out"
        at += len(direction)
        at += 4 + int.from_bytes(data[at : at + 4], "big")
        counted[direction] += 1
    return counted


# --- what must not change ---


def unchanging(device: Device) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables that change only when something was accepted."""
    with opened(device) as home:
        return {table: sorted(rows, key=repr) for table, rows in home.tables().items() if table not in CHANGING}


def carries(device: Device, entry_ids: Iterable[bytes]) -> bool:
    """Whether a device keeps the ciphertext of all these entries, and has opened none of them."""
    with opened(device) as home:
        return all(
            isinstance(home.read.entry(entry_id), Entry) and home.read.message(entry_id) is None
            for entry_id in entry_ids
        )
