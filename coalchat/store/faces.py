"""The two faces of the store (SPEC, "At rest"): `Reader` and, inside a write, `Transaction`.

Verbs of two kinds meet here. Those in `CLIENT_FACING` answer clients and read only what this device opened and its own
affairs. Those in `REPLICATION` also see what is carried for others, and are for the drivers of links, never for an
answer to a client.
"""

from __future__ import annotations

from typing import Final

from coalchat.errors import StoreCorrupt
from coalchat.store.documents import DocumentReads, DocumentWrites
from coalchat.store.envelopes import EnvelopeReads, EnvelopeWrites
from coalchat.store.feeds import FeedReads, FeedWrites
from coalchat.store.filing import FilingReads, FilingWrites
from coalchat.store.journal import JournalReads, JournalWrites
from coalchat.store.local import LocalReads, LocalWrites
from coalchat.store.messages import MessageReads, MessageWrites
from coalchat.store.notices import NoticeReads, NoticeWrites
from coalchat.store.parking import ParkingReads, ParkingWrites
from coalchat.store.receipts import ReceiptReads, ReceiptWrites
from coalchat.store.reports import ReportReads, ReportWrites
from coalchat.store.searching import SearchReads
from coalchat.store.sql import Verbs
from coalchat.store.versions import VersionReads, VersionWrites

CLIENT_FACING: Final[tuple[type[Verbs], ...]] = (
    MessageReads,
    SearchReads,
    VersionReads,
    NoticeReads,
    ReportReads,
    FilingReads,
    ReceiptReads,
    JournalReads,
    LocalReads,
)
REPLICATION: Final[tuple[type[Verbs], ...]] = (DocumentReads, FeedReads, ParkingReads, EnvelopeReads)


class ClientReader(
    MessageReads,
    SearchReads,
    VersionReads,
    NoticeReads,
    ReportReads,
    FilingReads,
    ReceiptReads,
    JournalReads,
    LocalReads,
):
    """The verbs that may answer a client."""


class Reader(ClientReader, DocumentReads, FeedReads, ParkingReads, EnvelopeReads):
    """All verbs that read: what is committed, at once, on a connection of their own."""

    def check_integrity(self) -> None:
        """Check every page against its authenticator, and the tables against their indexes. Reads the whole file.

        Raises:
            StoreCorrupt: with the first damage found.
        """
        for pragma in ("cipher_integrity_check", "integrity_check"):
            for (finding,) in self.sql.run(f"PRAGMA {pragma}"):
                if finding != "ok":
                    raise StoreCorrupt(str(finding))


class Transaction(
    MessageWrites,
    VersionWrites,
    NoticeWrites,
    ReportWrites,
    FilingWrites,
    ReceiptWrites,
    JournalWrites,
    LocalWrites,
    DocumentWrites,
    FeedWrites,
    ParkingWrites,
    EnvelopeWrites,
    Reader,
):
    """All verbs: what they read includes what this write, and those before it in the batch, have written.

    An error ends the write: a function given to `Store.write` lets it through, or catches it only before its first
    change.
    """
