"""Threads of the scripted node, from the references that its messages have."""

from __future__ import annotations

from typing import Protocol

from coalchat.api.base import Response
from coalchat.api.nouns import Message
from coalchat.api.threads import ShowThread, ThreadPage, Turn
from coalchat.api.vocabulary import Flag


class Messages(Protocol):
    """A node, as far as it is asked here."""

    messages: list[Message]

    def find_message(self, entry_id: str) -> Message: ...


PAGE = 100
"""Answers that are looked at for a page."""


def answer_thread(node: Messages, request: ShowThread) -> Response:
    """A page, the newest first."""
    channel = node.find_message(request.id).channel_id
    said = [m for m in node.messages if m.channel_id == channel and Flag.UNREADABLE not in m.flags]
    names = {m.entry_id: m.corrects or m.entry_id for m in said}
    newest = {names[m.entry_id]: m for m in said}
    above = {names[m.entry_id]: names[m.refs[0]] for m in said if m.refs and m.refs[0] in names and not m.corrects}

    def first_of(name: str) -> str:
        return first_of(above[name]) if name in above else name

    first = first_of(names[node.find_message(request.id).entry_id])
    before = request.before_position or 2**62
    looked_at = [m for m in said if m.position < before][-PAGE:]
    found = [m.entry_id for m in looked_at if not m.corrects and m.entry_id != first and first_of(m.entry_id) == first]
    turns = [Turn(message=newest[name], name=name, to=above[name]) for name in found]
    head = [] if request.before_position else [Turn(message=newest[first], name=first, to="")]
    end = looked_at[0].position if looked_at else 1
    return ThreadPage(channel_id=channel, first=first, turns=(*head, *turns), next_position=end, more=end > 1)
