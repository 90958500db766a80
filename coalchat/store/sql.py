"""The only door to SQLCipher (SPEC, "At rest"): opening and settings, rows in and out, errors mapped.

Rule 1: the key is raw (32 random bytes out of the key file), so that SQLCipher derives nothing; it is handed over
beside SQL, because statements are cached.
Rule 2: WAL with `synchronous=FULL`: what was committed survives power loss. With NORMAL it does not.
Rule 3: no plaintext beside the pages: temporary tables in memory, deleted cells overwritten, SQLCipher's own log off.
`cipher_memory_security` stays off: it would wipe and lock SQLite's page cache, but the same rows lie in Python objects
that nothing wipes, and it costs a fifth of the writes [measured]. SQLCipher always protects the key itself.
Rule 4: every value goes by parameter. Table and column names come from the row classes alone.
Rule 5: SQLite may roll back a whole transaction by itself (disk full, disk fault). `change` therefore refuses to
run outside one: nothing is ever written piecemeal.
Rule 6: after a fault of the disk or of the file a connection writes nothing more: a sync that failed once may report
success when tried again, and have lost the pages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
from sqlcipher3 import dbapi2

from coalchat.errors import CoalchatError, StoreCorrupt
from coalchat.store.errors import StoreClosed, StoreConflict, StoreError, StoreFull, StoreStopped, ValueRefused, again
from coalchat.store.rows import Row
from coalchat.store.said import functions

R = TypeVar("R", bound=Row)

KEY_SIZE: Final = 32
BUSY: Final = 5.0
"""Seconds to wait for another connection's lock; ours hardly ever meet, a stranger's copy must not stop the node."""

WRITER_CACHE: Final = "PRAGMA cache_size = -16384"
"""16 MiB: ids are random, and the indexes of 100,000 messages by id fit. With half of it each write reads and decrypts
pages anew, and takes twice as long [measured]."""

_SETTINGS: Final = (
    "PRAGMA cipher_log_level = NONE",  # it would write page numbers to stderr, across the desk's screen
    "PRAGMA temp_store = MEMORY",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA journal_size_limit = 67108864",  # after a burst the log shrinks again
)

# SQLite's primary result codes.
_CODES: Final[dict[int, type[CoalchatError]]] = {
    10: StoreStopped,  # IOERR
    11: StoreCorrupt,  # CORRUPT
    13: StoreFull,  # FULL
    18: ValueRefused,  # TOOBIG
    19: StoreConflict,  # CONSTRAINT
    26: StoreCorrupt,  # NOTADB
}


class Sql:
    """One connection; one caller at a time.

    Attributes:
        fault: the fault of the disk or of the file that was met, if any.
    """

    __slots__ = ("_connection", "_ended", "_open", "fault")

    def __init__(self, connection: Any) -> None:
        """For `open`."""
        self._connection = connection
        self._open = True
        self._ended: CoalchatError | None = None
        self.fault: CoalchatError | None = None

    @classmethod
    def open(cls, path: Path, key: bytes | bytearray, *, read_only: bool = False) -> Sql:
        """Connect to a database that exists, if only as an empty file.

        Raises:
            StoreCorrupt: the key is not its key, or its first page is damaged.
            StoreError: it cannot be opened.
        """
        if len(key) != KEY_SIZE:
            raise ValueRefused(f"the key of a store has {KEY_SIZE} bytes")
        try:
            connection = dbapi2.connect(
                str(path), timeout=BUSY, isolation_level=None, check_same_thread=False, cached_statements=256
            )
        except dbapi2.Error as error:
            raise _mapped(error) from error
        sql = cls(connection)
        try:
            connection.set_key(bytearray(f"x'{key.hex()}'", "ascii"))
            for setting in _SETTINGS:
                sql.run(setting)
            functions(connection)
            if sql.value("PRAGMA journal_mode") != "wal":
                raise StoreError(f"{path} lies on a file system without a write-ahead log")
            sql.run("PRAGMA query_only = ON" if read_only else WRITER_CACHE)
        except BaseException:
            sql.close()
            raise
        return sql

    def fold_log(self) -> None:
        """Fold the write-ahead log into the database and cut it to nothing, so that it holds no older page.

        Where a reader is in the way it is folded at the next one.
        """
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close it; the last connection also folds the log into the database."""
        self._open = False
        self._connection.close()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return bool(self._connection.in_transaction)

    @property
    def connection(self) -> Any:
        """The connection beneath, for tests."""
        return self._connection

    # --- statements ---

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and fetch all its rows.

        Raises:
            StoreError, StoreCorrupt: as the module says.
        """
        return self._execute(statement, values)[0]

    def begin(self) -> None:
        """Begin a transaction that will write.

        Raises:
            StoreError, StoreCorrupt: as `change`.
        """
        self._check_fault()
        self._ended = None
        self.run("BEGIN IMMEDIATE")

    def rollback(self) -> None:
        """Undo the transaction, if there is one."""
        if self.in_transaction:
            self.run("ROLLBACK")

    def change(self, statement: str, *values: object) -> int:
        """Run a statement that writes, inside a transaction; the number of rows it changed.

        Raises:
            StoreError, StoreCorrupt: as the module says; also what ended the transaction, or a fault met before.
        """
        self._check_fault()
        if not self._connection.in_transaction:
            raise again(self._ended or StoreError("there is no transaction"))
        return self._execute(statement, values)[1]

    def value(self, statement: str, *values: object) -> Any:
        """First column of the first row, or None."""
        rows = self.run(statement, *values)
        return rows[0][0] if rows else None

    # --- rows ---

    def one(self, cls: type[R], tail: str, *values: object) -> R | None:
        """The first row of its table that `tail` (WHERE, ORDER BY) picks, or None."""
        rows = self.run(f"{_select(cls)} {tail} LIMIT 1", *values)
        return cls(*rows[0]) if rows else None

    def all(self, cls: type[R], tail: str, *values: object) -> list[R]:
        """All rows of its table that `tail` (WHERE, ORDER BY, LIMIT) picks."""
        return [cls(*row) for row in self.run(f"{_select(cls)} {tail}", *values)]

    def insert(self, row: Row, tail: str = "") -> bool:
        """Insert a row; whether it, or the change that `tail` (ON CONFLICT) makes instead, took place."""
        statement, columns = _insert(type(row))
        return self.change(f"{statement} {tail}", *(getattr(row, column) for column in columns)) == 1

    def append(self, row: Row) -> int:
        """Insert a row into a table that numbers its rows; the number."""
        self.insert(row)
        return int(self.value("SELECT last_insert_rowid()"))

    def _check_fault(self) -> None:
        if self.fault is not None:
            raise again(self.fault)

    def _execute(self, statement: str, values: tuple[object, ...]) -> tuple[list[tuple[Any, ...]], int]:
        """All rows, and how many were changed."""
        try:
            cursor = self._connection.execute(statement, values)
            return cursor.fetchall(), cursor.rowcount
        except dbapi2.Error as error:
            if not self._open:
                raise StoreClosed from None
            mapped = _mapped(error)
            if isinstance(mapped, StoreStopped | StoreCorrupt):
                self.fault = mapped
            if not self.in_transaction:
                self._ended = mapped
            raise mapped from error
        except OverflowError:
            raise ValueRefused("an integer of more than 63 bits") from None
        except UnicodeEncodeError:
            raise ValueRefused("text that is not Unicode") from None


class Verbs:
    """Base of all verbs: what they run on.

    Attributes:
        sql: the connection.
        appended: whether an event was appended through these verbs.
        purged: whether something was written over through them that must not stay in the log either.
    """

    def __init__(self, sql: Sql) -> None:
        self.sql = sql
        self.appended = False
        self.purged = False


def _mapped(error: Exception) -> CoalchatError:
    """SQLite's messages name tables and columns, never values."""
    kind = _CODES.get(getattr(error, "sqlite_errorcode", 0), StoreError)
    return kind(str(error))


_SELECTS: Final[dict[type[Row], str]] = {}
_INSERTS: Final[dict[type[Row], tuple[str, list[str]]]] = {}


def _select(cls: type[Row]) -> str:
    if cls not in _SELECTS:
        _SELECTS[cls] = f"SELECT {columns(cls)} FROM {cls.TABLE}"  # noqa: S608 -- names of our own classes
    return _SELECTS[cls]


def _insert(cls: type[Row]) -> tuple[str, list[str]]:
    if cls not in _INSERTS:
        names = [name for name in _columns(cls) if name != cls.NUMBERED]
        marks = ", ".join("?" * len(names))
        _INSERTS[cls] = f"INSERT INTO {cls.TABLE} ({', '.join(names)}) VALUES ({marks})", names  # noqa: S608
    return _INSERTS[cls]


def columns(cls: type[Row], *, of: bool = False) -> str:
    """The columns that make a row, in its order; `of`: with the name of its table, where there are others."""
    return ", ".join(f"{cls.TABLE}.{name}" if of else name for name in _columns(cls))


def _columns(cls: type[Row]) -> list[str]:
    return [field.name for field in attrs.fields(cls)]
