"""Search in what this device can read (SPEC 12.4)."""

from __future__ import annotations

from typing import Final

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Message
from coalchat.api.scopes import Scope
from coalchat.record import record

MAX_WORDS: Final = 512
"""Characters of what is searched for."""


@record
class Piece:
    """A part of a snippet; `hit`: it is what was searched for. `text` is the author's: `display_safe`."""

    text: str
    hit: bool


@record
class Found:
    """A message that was searched for, and on one line the words around what matched in it, or in what it quotes: of a report the
    fields in which something matched, as its card shows them.
    """

    message: Message
    snippet: tuple[Piece, ...]


@record
class FoundPage(Response):
    """Messages that were found, the newest first.

    Attributes:
        next_position: `before_position` of the page after this one. more: there is one.
    """

    found: tuple[Found, ...]
    next_position: int
    more: bool


@record
class SearchMessages(Request[FoundPage]):
    """Messages that hold all of these words, of what this device has opened and still has.

    What is withheld, cannot be read, was recalled, is purged, or was corrected since is not found, nor counted. Errors:
    UnknownChannel, UnknownDevice (nobody is called so), Ambiguous; UsageError (no words, or too many).

    Attributes:
        words: up to 512 characters: words as they stand in the text, without regard to case and accents, `begin*` for how
            one begins, `"several in a row"`. Everything else in it parts words.
        channel: one, or "" for all.
        author: a nation, parts of a person's name, or both: "XBB", "kowal", "XBB kowal"; "" for everybody.
        since, until: author's times, Unix seconds, both included; 0: no bound.
        before_position: 0: from the newest on.
        limit: 1 to 1,000.
    """

    op = "message.search"
    scope = Scope.READ
    words: str
    channel: str
    author: str
    since: int
    until: int
    before_position: int
    limit: int
