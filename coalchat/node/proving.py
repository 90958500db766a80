"""Making evidence (SPEC 8.7): what proves one entry, put together from the store while its body is kept.

Rule 1: what leaves was checked first, by the charter alone, as a stranger will.
Rule 2: what became of its author since does not matter: a revoked device's word, or one beyond a fork, is its word.
Rule 3: each export is in the audit record.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from coalchat.errors import Expired, UnknownMessage, UsageError
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.journal import Finding
from coalchat.node.retaining import gone_words
from coalchat.store.rows import Feed, Message
from protocol.base.errors import AuthenticationError, ProtocolError, RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_EVIDENCE_RUN
from protocol.messages.entry import Entry, read_any_entry
from protocol.messages.evidence import check_evidence, make_evidence
from protocol.trust.credential import Certified, check_certificate, check_custodian


@attrs.define(eq=False)
class Proving:
    """The node's part for evidence."""

    context: Context = attrs.field(repr=False)

    async def export(self, message: Message) -> bytes:
        """Evidence of a message, or of what else was opened here.

        Raises:
            Expired: its body was purged. UsageError: it could never be read here, or what proves it is not here.
        """
        data = self.make(message)
        member = self.context.member
        await self.context.record(
            Finding(AuditEvent.EVIDENCE_EXPORTED, message.entry_id.hex(), self.context.code(member.nation))
        )
        return data

    def make(self, message: Message) -> bytes:
        """The same, unaudited: for the parts that write a line of their own."""
        if message.kind == 0:
            raise UsageError("id: this message cannot be read here")
        if message.purged:
            raise Expired(gone_words(self.context, message))
        read, member = self.context.store.read, self.context.member
        feed, row = read.feed(message.feed_id), read.entry(message.entry_id)
        if feed is None or row is None:
            raise UnknownMessage(message.entry_id.hex())
        author = self._author(feed)
        entry, later = self._run(author, feed, read_any_entry(row.data))
        documents = (self._custodian(author), author.document.data, feed.record)
        data = make_evidence(documents, entry, later, message.ck, message.payload)
        try:
            check_evidence(member.coalition, member.policy, data)
        except ProtocolError as error:
            raise UsageError(f"id: what is here does not prove it ({error})") from None
        return data

    def _author(self, feed: Feed) -> Certified:
        standing = self.context.member.directory.standing(feed.device, self.context.now())
        if standing is None:
            raise UsageError("id: its author's certificate is not here any more")
        return standing.certified

    def _custodian(self, author: Certified) -> bytes:
        """The certificate of the custodian who certified him: the seat's, by the key of then."""
        for data in self._custodians():
            try:
                custodian, _ = check_custodian(self.context.member.coalition, data)
                check_certificate(custodian, author.document.data)
            except RemoteProtocolError:
                continue
            return data
        raise UsageError("id: the certificate of its author's custodian is not here any more")

    def _custodians(self) -> Iterator[bytes]:
        for control in self.context.member.controls.of(Tag.CUSTODIAN_CERTIFICATE):
            yield control.data

    def _run(self, author: Certified, feed: Feed, entry: Entry) -> tuple[Entry, list[Entry]]:
        """The entry, and those behind it up to the first whose signature holds; none where its own does."""
        key, start = author.certificate.key, entry.base.seq
        rows = self.context.store.read.entries_from(feed.feed_id, start, MAX_EVIDENCE_RUN + 1)
        run = [read_any_entry(row.data) for row in rows]
        for number, each in enumerate(run):
            try:
                each.verify(key)
            except AuthenticationError:
                continue
            return run[0], run[1 : number + 1]
        return entry, []
