"""Control documents as the store keeps them (SPEC 10.2, 11.2)."""

from __future__ import annotations

from collections.abc import Iterable

from coalchat.custody.keying import DrawnEdition
from coalchat.store.rows import EVERYONE, Document
from protocol.base.codec import unpack_loose
from protocol.base.ids import Tag
from protocol.base.records import peek
from protocol.base.signed import read_signed
from protocol.exchange.messages import document_hash
from protocol.keys.edition import list_hash
from protocol.trust.charter import Coalition, read_charter


def document(tag: Tag, issuer: bytes, number: int, data: bytes, now: int, audience: int = EVERYONE) -> Document:
    """A control document as the store keeps it."""
    return Document(document_hash(data), int(tag), issuer, number, audience, data, now)


def list_document(edition: DrawnEdition, data: bytes, now: int) -> Document:
    """A segment list as the store keeps it."""
    return document(Tag.SEGMENT_LIST, list_hash(data)[:16], edition.edition.counter, data, now)


def policy_document(coalition: Coalition, policy: bytes, now: int) -> Document:
    """The policy; it is not exchanged by sync."""
    return document(Tag.POLICY, coalition.id, 0, policy, now, 0)


def charter_documents(coalition: Coalition, documents: Iterable[bytes], now: int) -> tuple[Document, ...]:
    """Charters and signatures: what a node builds its coalition from. The founding ones are not exchanged by sync.

    Args:
        documents: each charter before its signatures.
    """
    rows: list[Document] = []
    numbers: dict[bytes, int] = {}
    for data in documents:
        tag = peek(unpack_loose(data))
        if tag is Tag.CHARTER:
            charter = read_charter(data)
            number = numbers[charter.hash[:15]] = charter.number
        else:
            number = numbers[read_signed(data, Tag.CHARTER_SIGNATURE).signer[:15]]
        rows.append(document(tag, coalition.id, number, data, now, EVERYONE if number else 0))
    return tuple(rows)
