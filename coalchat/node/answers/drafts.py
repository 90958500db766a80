"""Texts that are being written, as clients keep them here: in the store, under its key, and nowhere else."""

from __future__ import annotations

import attrs

from coalchat.api.drafts import Draft, DraftList, ListDrafts, SetDraft
from coalchat.api.responses import Done
from coalchat.errors import UsageError
from coalchat.node.answers.naming import find_place
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from protocol.base.limits import MAX_TEXT

MAX_LABEL = 512
"""Bytes of a label: a level, a category and all nations that a charter can have."""


@attrs.define(eq=False)
class DraftAnswers:
    """Handlers for drafts."""

    context: Context = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {ListDrafts: self.list, SetDraft: self.set}

    async def list(self, request: ListDrafts, session: Session) -> DraftList:
        """All drafts."""
        del request, session
        return DraftList(
            drafts=tuple(
                Draft(channel=channel.hex(), text=text, label=label)
                for channel, label, text in self.context.store.read.drafts()
            )
        )

    async def set(self, request: SetDraft, session: Session) -> Done:
        """Keep one, or forget it."""
        del session
        if len(request.text.encode("utf-8", "surrogatepass")) > MAX_TEXT:
            raise UsageError(f"text: must have at most {MAX_TEXT} bytes")
        if len(request.label.encode("utf-8", "surrogatepass")) > MAX_LABEL or "\n" in request.label:
            raise UsageError(f"label: must be one line of at most {MAX_LABEL} bytes")
        channel = find_place(self.context, request.channel).channel
        await self.context.store.write(lambda tx: tx.set_draft(channel, request.label, request.text))
        return Done()
