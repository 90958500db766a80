"""Documents announced by number, one frame each (SPEC 9.2): the chain of a certificate, a welcome, a grant.

A document and its frame may be 64 KiB; a chain or a welcome is more. The announcement is one small message, then the
DOCUMENTs come in its order, and nothing else in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from protocol.base.errors import AuthenticationError, LimitError, LocalProtocolError
from protocol.base.records import encode
from protocol.exchange.messages import Document, document_hash


def send_series(announcement: Any, documents: Sequence[bytes], max_bytes: int) -> tuple[bytes, ...]:
    """Frames of an announcement and its documents.

    Raises:
        LocalProtocolError: they are empty, or more than the peer takes.
    """
    if not all(documents) or sum(map(len, documents)) > max_bytes:
        raise LocalProtocolError(f"must be documents of at most {max_bytes} bytes in all", field="documents")
    return (encode(announcement), *(encode(Document(document_hash(data), data)) for data in documents))


@attrs.define
class Series:
    """Documents that arrive.

    Attributes:
        count: how many were announced.
        max_bytes: of all together.
        documents: those that are here.
    """

    count: int
    max_bytes: int
    documents: list[bytes] = attrs.field(factory=list, init=False, repr=False)
    _bytes: int = attrs.field(default=0, init=False)

    @property
    def complete(self) -> bool:
        """Whether all are here."""
        return len(self.documents) == self.count

    def take(self, message: Document) -> bytes:
        """Take the next one.

        Raises:
            LimitError: together they are too long.
            AuthenticationError: it is not the one that its message names.
        """
        self._bytes += len(message.data)
        if self._bytes > self.max_bytes:
            raise LimitError(f"more than {self.max_bytes} bytes in all", field="documents")
        if not message.data or document_hash(message.data) != message.id:
            raise AuthenticationError
        self.documents.append(message.data)
        return message.data
