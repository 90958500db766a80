"""Control documents (SPEC, "At rest"): signed bytes by their hash, found by kind, issuer and number.

Documents name people: clients see what the node makes of them, never these rows.
"""

from __future__ import annotations

from coalchat.store.rows import EVERYONE, Document, DocumentKey
from coalchat.store.sql import Verbs


class DocumentReads(Verbs):
    """Verbs that read documents."""

    def document(self, hash_: bytes) -> Document | None:
        """The document with this hash."""
        return self.sql.one(Document, "WHERE hash = ?", hash_)

    def documents(self, tag: int, issuer: bytes | None = None) -> list[Document]:
        """Documents of a kind, of one issuer or of all: by issuer, number and hash."""
        if issuer is None:
            return self.sql.all(Document, "WHERE tag = ? ORDER BY issuer, number, hash", tag)
        return self.sql.all(Document, "WHERE tag = ? AND issuer = ? ORDER BY number, hash", tag, issuer)

    def newest_document(self, tag: int, issuer: bytes) -> Document | None:
        """The document of a kind and issuer with the highest number; of several, the one with the lowest hash."""
        return self.sql.one(Document, "WHERE tag = ? AND issuer = ? ORDER BY number DESC, hash", tag, issuer)

    def all_documents(self) -> list[Document]:
        """Every document, in the order in which it came: what a starting node builds its trusted sets from."""
        return self.sql.all(Document, "ORDER BY rowid")

    def inventory(self, audience: int = EVERYONE) -> list[DocumentKey]:
        """What any of these nations (a bit set) may hold, sorted by tag, issuer, number and hash."""
        return self.sql.all(DocumentKey, "WHERE audience & ? ORDER BY tag, issuer, number, hash", audience)


class DocumentWrites(DocumentReads):
    """Verbs that write documents."""

    def put_document(self, document: Document) -> bool:
        """Keep a document; False if it is here already, which changes nothing."""
        return self.sql.insert(document, "ON CONFLICT (hash) DO NOTHING")

    def set_audience(self, hash_: bytes, audience: int) -> bool:
        """Change who may hold a document; False if it is not here."""
        return self.sql.change("UPDATE document SET audience = ? WHERE hash = ?", audience, hash_) == 1

    def drop_document(self, hash_: bytes) -> bool:
        """Forget a document; False if it was not here."""
        return self.sql.change("DELETE FROM document WHERE hash = ?", hash_) == 1

    def drop_documents(self, tag: int, issuer: bytes, below: int) -> int:
        """Forget superseded documents, those numbered below `below`; how many."""
        return self.sql.change("DELETE FROM document WHERE tag = ? AND issuer = ? AND number < ?", tag, issuer, below)
