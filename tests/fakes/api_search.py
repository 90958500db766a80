"""Search of the scripted node: words and beginnings of words in the texts that it has."""

from __future__ import annotations

import re
from typing import Protocol

from coalchat.api.base import Response
from coalchat.api.codec import fitting
from coalchat.api.nouns import Channel, Message
from coalchat.api.search import Found, FoundPage, Piece, SearchMessages
from coalchat.api.vocabulary import Flag
from coalchat.node.answers.snippets import report_pieces
from coalchat.store.said import HIT


class Messages(Protocol):
    """A node, as far as it is asked here."""

    messages: list[Message]

    def find_channel(self, name: str) -> Channel: ...


def answer_search(node: Messages, request: SearchMessages) -> Response:
    """A page of what is found, the newest first."""
    channel_id = node.find_channel(request.channel).id if request.channel else ""
    words = [re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else r"\b") for word in request.words.split()]
    patterns = [re.compile(rf"\b{word}", re.IGNORECASE) for word in words]
    every = re.compile("|".join(rf"\b{word}" for word in words), re.IGNORECASE)
    found = [
        Found(message=message, snippet=_snippet(every, message))
        for message in reversed(node.messages)
        if all(pattern.search(message.text) for pattern in patterns)
        and (not channel_id or message.channel_id == channel_id)
        and (not request.before_position or message.position < request.before_position)
        and not {Flag.PURGED, Flag.CORRECTED, Flag.UNREADABLE} & set(message.flags)
    ]
    page = fitting(found[: request.limit])
    return FoundPage(
        found=page,
        next_position=page[-1].message.position if page else request.before_position,
        more=len(page) < len(found),
    )


def _snippet(every: re.Pattern[str], message: Message) -> tuple[Piece, ...]:
    if message.report is None:
        return _pieces(every, message.text)
    begin, end = HIT
    return report_pieces(message.report, every.sub(lambda match: f"{begin}{match[0]}{end}", message.text))


def _pieces(every: re.Pattern[str], text: str) -> tuple[Piece, ...]:
    pieces, at = [], 0
    text = text.replace("\n", " ")
    for match in every.finditer(text):
        pieces += [Piece(text=text[at : match.start()], hit=False), Piece(text=match[0], hit=True)]
        at = match.end()
    return tuple(piece for piece in (*pieces, Piece(text=text[at:], hit=False)) if piece.text)
