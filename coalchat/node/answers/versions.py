"""Versions of messages, as clients ask for them."""

from __future__ import annotations

import attrs

from coalchat.api.base import MAX_CLIENT_ID
from coalchat.api.responses import Sent
from coalchat.api.versions import CorrectMessage, ListVersions, Recalled, RecallMessage, VersionList
from coalchat.errors import Refused, UsageError
from coalchat.node.answers.messages import MessageAnswers
from coalchat.node.answers.naming import find_message
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from coalchat.node.recalling import Recalling
from coalchat.node.sending import Key, Sending
from coalchat.node.versioning import all_versions, make_correction
from coalchat.store.rows import Message
from protocol.base.errors import ProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_TEXT
from protocol.base.records import decode
from protocol.messages.versions import Recall
from protocol.trust.access import Clause
from protocol.trust.credential import Precedence
from protocol.trust.label import ReleaseKey, label_of


@attrs.define(eq=False)
class VersionAnswers:
    """Handlers for what becomes of messages."""

    context: Context = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    messages: MessageAnswers = attrs.field(repr=False)
    recalling: Recalling = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {CorrectMessage: self.correct, ListVersions: self.versions, RecallMessage: self.recall}

    async def correct(self, request: CorrectMessage, session: Session) -> Sent:
        """Seal a new version of a message and queue it."""
        if not 1 <= len(request.client_id) <= MAX_CLIENT_ID:
            raise UsageError(f"client_id: must have 1 to {MAX_CLIENT_ID} characters")
        if not 1 <= len(request.text.encode("utf-8", "surrogatepass")) <= MAX_TEXT:
            raise UsageError(f"text: must have 1 to {MAX_TEXT} bytes")
        row = find_message(self.context, request.id)
        await self._refuse_final(row)
        first, correction = make_correction(self.context, row, request.text)
        place, label = self.sending.place(first.channel), label_of(decode(ReleaseKey, first.release))
        ceiling = self.context.member.certificate.scope.precedence
        precedence = Precedence(min(first.precedence, ceiling))
        try:
            posted = await self.sending.send_text(
                place, label, correction, precedence, Key(session.name, request.client_id)
            )
        except ProtocolError as error:
            raise UsageError(str(error)) from None
        return self.messages.sent(posted)

    async def versions(self, request: ListVersions, session: Session) -> VersionList:
        """All versions of a message."""
        del session
        rows = all_versions(self.context.store.read, find_message(self.context, request.id))
        return VersionList(versions=tuple(self.messages.noun(row, as_said=True) for row in rows))

    async def recall(self, request: RecallMessage, session: Session) -> Recalled:
        """Recall a message, with all its versions."""
        del session
        reason = Recall.SPILL if request.spill else Recall.AUTHOR
        row = find_message(self.context, request.id)
        await self._refuse_final(row)
        posted, said = await self.recalling.recall(row, reason)
        return Recalled(
            entry_id=posted.message.entry_id.hex(),
            channel_id=posted.message.channel.hex(),
            recalled=tuple(name.hex() for name in said.entries),
            spill=said.reason == Recall.SPILL,
            repeated=posted.repeated,
        )

    async def _refuse_final(self, row: Message) -> None:
        """ROE notices are never edited."""
        if row.kind == Tag.ROE_NOTICE:
            refused = Refused(Clause.ROE_FINAL, "an ROE notice is never edited: amend or cancel it by a further one")
            await self.sending.account(
                self.sending.place(row.channel), label_of(decode(ReleaseKey, row.release)), refused
            )
            raise refused
