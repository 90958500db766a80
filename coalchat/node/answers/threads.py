"""Threads, as clients ask for them."""

from __future__ import annotations

import attrs

from coalchat.api.codec import fitting
from coalchat.api.threads import ShowThread, ThreadPage, Turn
from coalchat.errors import UsageError
from coalchat.node.answers.messages import MessageAnswers
from coalchat.node.answers.naming import find_message
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from coalchat.node.threads import Said, Threads


@attrs.define(eq=False)
class ThreadAnswers:
    """The handler for threads."""

    context: Context = attrs.field(repr=False)
    messages: MessageAnswers = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {ShowThread: self.show}

    async def show(self, request: ShowThread, session: Session) -> ThreadPage:
        """A page of the thread of a message."""
        del session
        if request.before_position < 0:
            raise UsageError("before_position: must be a position")
        row = find_message(self.context, request.id)
        threads = Threads(self.context.store.read, row.channel)
        said = threads.said(row.entry_id)
        if said is None:
            raise UsageError("id: what cannot be opened here belongs to no thread that could be shown")
        first = threads.first(said)
        found, reached, more = threads.page(first, request.before_position or None)
        # What does not fit is left out at the front, and is the next page's.
        turns = fitting([self._turn(one, first) for one in reversed(found)])[::-1]
        if len(turns) < len(found):
            reached, more = found[-len(turns)].first.position, True
        head = () if request.before_position else (self._turn(first, first),)
        return ThreadPage(
            channel_id=row.channel.hex(),
            first=first.name.hex(),
            turns=(*head, *turns),
            next_position=reached,
            more=more,
        )

    def _turn(self, said: Said, first: Said) -> Turn:
        to = "" if said.to is None or said.name == first.name else said.to.hex()
        return Turn(message=self.messages.noun(said.newest), name=said.name.hex(), to=to)
