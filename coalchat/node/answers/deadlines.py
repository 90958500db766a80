"""Reminders, and accounts of who has what, as clients ask for them."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from coalchat.api.base import MAX_CLIENT_ID
from coalchat.api.codec import fitting
from coalchat.api.deadlines import AccountPage, ListAccounts, RemindRecipients
from coalchat.api.nouns import Message
from coalchat.api.responses import Sent
from coalchat.api.shapes import MAX_INT
from coalchat.errors import UsageError
from coalchat.node.accounting import account_of, high_water
from coalchat.node.answers.naming import find_message, find_place
from coalchat.node.answers.session import Handlers, Session, check_limit
from coalchat.node.context import Context
from coalchat.node.noticing import considering
from coalchat.node.reminding import make_reminder
from coalchat.node.sending import Key, Posted, Sending
from coalchat.store.rows import Message as MessageRow
from protocol.base.records import decode, evolve
from protocol.trust.credential import Precedence
from protocol.trust.label import ReleaseKey, label_of


@attrs.define(eq=False)
class DeadlineAnswers:
    """Handlers for deadlines. `noun` and `sent` say what clients are told of a message, and of what they sent."""

    context: Context = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    noun: Callable[[MessageRow], Message] = attrs.field(repr=False)
    sent: Callable[[Posted], Sent] = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {RemindRecipients: self.remind, ListAccounts: self.accounts}

    async def remind(self, request: RemindRecipients, session: Session) -> Sent:
        """Remind who has not acknowledged a message; asked again under one key, it is sent once."""
        if not 1 <= len(request.client_id) <= MAX_CLIENT_ID:
            raise UsageError(f"client_id: must have 1 to {MAX_CLIENT_ID} characters")
        message, read = find_message(self.context, request.id), self.context.store.read
        known = read.posted(session.name, request.client_id)
        before = None if known is None else read.message(known)
        if before is not None:  # who is missing has changed since: it is not made anew
            return self.sent(Posted(before, repeated=True))
        payload = make_reminder(self.context, message, request.text, request.escalate, deputies=request.deputies)
        place = self.sending.place(message.channel)
        precedence = Precedence(min(message.precedence, self.context.member.certificate.scope.precedence))
        if request.considered:
            payload = evolve(payload, refs=considering(self.context, place, precedence, payload.refs))
        label = label_of(decode(ReleaseKey, message.release))
        key = Key(session.name, request.client_id)
        return self.sent(await self.sending.send_text(place, label, payload, precedence, key))

    async def accounts(self, request: ListAccounts, session: Session) -> AccountPage:
        """Accounts of messages in a channel and a span of time."""
        del session
        limit = check_limit(request.limit)
        if min(request.after_position, request.since, request.until) < 0:
            raise UsageError("after_position, since, until: must not be below 0")
        channel = find_place(self.context, request.channel).channel if request.channel else None
        read, since, until = self.context.store.read, request.since, request.until or MAX_INT
        rows = read.messages_between(channel, since, until, after_position=request.after_position, limit=limit + 1)
        accounts = fitting(account_of(self.context, row, self.noun(row), texts=request.texts) for row in rows[:limit])
        return AccountPage(
            accounts=accounts,
            marking=high_water(self.context, read.releases_between(channel, since, until)),
            next_position=accounts[-1].message.position if accounts else request.after_position,
            more=len(accounts) < len(rows),
        )
