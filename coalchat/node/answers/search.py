"""Search, as clients ask for it: words, filters, a page of what is found."""

from __future__ import annotations

from collections.abc import Callable, Collection

import attrs

from coalchat.api.codec import fitting
from coalchat.api.nouns import Message
from coalchat.api.search import MAX_WORDS, Found, FoundPage, Piece, SearchMessages
from coalchat.errors import UnknownDevice, UsageError
from coalchat.node.answers.naming import find_place
from coalchat.node.answers.session import Handlers, Session, check_limit
from coalchat.node.answers.snippets import pieces, report_pieces
from coalchat.node.context import Context
from coalchat.store.rows import Found as FoundRow
from coalchat.store.rows import Message as MessageRow
from coalchat.store.searching import Sought, terms

END = 2**63 - 1
"""Behind every position, and every time."""


@attrs.define(eq=False)
class SearchAnswers:
    """Handlers for searching.

    Attributes:
        noun: a message as clients see it.
    """

    context: Context = attrs.field(repr=False)
    noun: Callable[[MessageRow], Message] = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {SearchMessages: self.search}

    async def search(self, request: SearchMessages, session: Session) -> FoundPage:
        """A page of what is found, the newest first."""
        del session
        if not request.words.strip() or len(request.words) > MAX_WORDS:
            raise UsageError(f"words: must have 1 to {MAX_WORDS} characters")
        limit = check_limit(request.limit)
        for name in ("since", "until", "before_position"):
            if not 0 <= getattr(request, name) <= END:
                raise UsageError(f"{name}: must be 0 or more")
        nation, people = (None, None) if not request.author.strip() else self._author(request.author)
        sought = Sought(
            terms(request.words),
            channel=find_place(self.context, request.channel).channel if request.channel else None,
            nation=nation,
            people=people,
            since=request.since,
            until=request.until or END,
            before_position=request.before_position or END,
        )
        rows = self.context.store.read.found(sought, limit=limit + 1)
        nouns = fitting(self._found(row, sought.terms) for row in rows[:limit])
        reached = nouns[-1].message.position if nouns else request.before_position
        return FoundPage(found=nouns, next_position=reached, more=len(nouns) < len(rows))

    def _found(self, row: FoundRow, sought: str) -> Found:
        message = self.noun(row.message)
        shown: tuple[Piece, ...] = ()
        if message.report is not None:
            shown = report_pieces(message.report, self.context.store.read.marked(row.message.position, sought))
        return Found(message=message, snippet=shown or pieces(row.snippet))

    def _author(self, given: str) -> tuple[int | None, Collection[bytes] | None]:
        """A nation, or the persons whose names have words that begin so; both parts where both are said.

        Raises:
            UnknownDevice: nobody is called so.
        """
        member = self.context.member
        codes, words = member.coalition.codes, given.split()
        nation = codes.index(words[0].upper()) if words[0].upper() in codes else None
        if nation is not None:
            del words[0]
        if not words:
            return nation, None
        people = {
            known.certificate.person
            for known in member.directory.devices(nation)
            if all(any(part.startswith(word.casefold()) for part in _parts(known.certificate.name)) for word in words)
        }
        if not people:
            raise UnknownDevice(given)
        return nation, people


def _parts(name: str) -> list[str]:
    return [*name.casefold().split(), name.casefold()]
