"""What goes wrong at rest (SPEC, "At rest"), beside `StoreCorrupt`, `WrongPassphrase` and `NotPrivate` of all rooms.

Rule 1: an error of the store names tables, columns and ids, never a value that was to be stored.
Rule 2: whatever a write raises, nothing of it was kept; after `StoreStopped` alone nobody knows, until the store is
opened anew.
"""

from __future__ import annotations

from coalchat.errors import CoalchatError, ExitCode, StoreCorrupt


def again(error: CoalchatError) -> CoalchatError:
    """The same error for another caller: a traceback belongs to one raise."""
    return type(error)(error.detail, hint=error.hint)


class StoreError(CoalchatError):
    """The store did not keep it."""

    code = "store-failed"


class StoreFull(StoreError):
    """The disk is full: it was not kept."""

    code = "store-full"
    exit_code = ExitCode.TRY_AGAIN
    advice = "free some space on the disk of the home; the node goes on by itself"


class StoreStopped(StoreError):
    """The disk reported a fault: nothing more is written."""

    code = "store-stopped"
    advice = "see to the disk, then start the node anew; what was confirmed before is kept"


class StoreClosed(StoreError):
    """The store is closed."""

    code = "store-closed"
    exit_code = ExitCode.TRY_AGAIN


class StoreNewer(StoreError):
    """This was written by a newer coalchat."""

    code = "store-newer"
    advice = "run the newer version on it; an older one would damage it"


class ValueRefused(StoreError):
    """A value is larger than the store can hold."""

    code = "store-value"


class StoreConflict(StoreError):
    """That does not fit what the store holds."""

    code = "store-conflict"


class EntryConflict(StoreConflict):
    """Another entry stands at this place of the feed.

    Attributes:
        held: id of the entry that stands there.
    """

    code = "entry-conflict"

    def __init__(self, detail: str = "", *, hint: str = "", held: bytes = b"") -> None:
        super().__init__(detail, hint=hint)
        self.held = held


class KeyFileMissing(StoreError):
    """There is no key file here."""

    code = "no-key-file"
    advice = "without it the store of this home stays closed; `coalchat keys restore` makes another home of a backup"


class KeyFileCost(StoreCorrupt):
    """The sealed file asks for a key derivation outside the allowed bounds."""

    code = "key-file-cost"
    advice = "it was not made by coalchat, or was altered: restore it from a backup"
