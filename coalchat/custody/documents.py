"""Control documents as the store keeps them (SPEC 10.2, 11.2)."""

from __future__ import annotations

from coalchat.custody.keying import DrawnEdition
from coalchat.store.rows import EVERYONE, Document
from protocol.base.ids import Tag
from protocol.exchange.messages import document_hash
from protocol.keys.edition import list_hash
from protocol.trust.charter import Coalition
from protocol.trust.founding import CharterFile


def document(tag: Tag, issuer: bytes, number: int, data: bytes, now: int, audience: int = EVERYONE) -> Document:
    """A control document as the store keeps it."""
    return Document(document_hash(data), int(tag), issuer, number, audience, data, now)


def list_document(edition: DrawnEdition, data: bytes, now: int) -> Document:
    """A segment list as the store keeps it."""
    return document(Tag.SEGMENT_LIST, list_hash(data)[:16], edition.edition.counter, data, now)


def founding_documents(file: CharterFile, coalition: Coalition, now: int) -> tuple[Document, ...]:
    """Charter, signatures and policy: what a node builds its coalition from; they are not exchanged by sync."""
    return (
        document(Tag.CHARTER, coalition.id, 0, file.charter, now, 0),
        document(Tag.POLICY, coalition.id, 0, file.policy, now, 0),
        *(
            document(Tag.CHARTER_SIGNATURE, coalition.id, number, data, now, 0)
            for number, data in enumerate(file.signatures)
        ),
    )
