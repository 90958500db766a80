"""What a person looks for, and what the node has found (SPEC 12.4): asked while he types.

Rule 1: only what was typed last counts; an answer to something else is dropped.
Rule 2: what is purged or corrected goes from what was found, and all of it when nobody looks for anything any more: no copy
stays.

Nobody waits for it at the start: it is imported when somebody searches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Message
from coalchat.api.search import MAX_WORDS, Found, FoundPage, SearchMessages
from coalchat.api.vocabulary import Flag
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.model.lines import author_of
from coalchat.desk.model.refusal import named
from coalchat.desk.model.searchviews import FoundRow, SearchView
from coalchat.desk.model.words import counted, dtg
from coalchat.errors import CoalchatError
from coalchat.record import field, part

if TYPE_CHECKING:
    from coalchat.desk.model.state import State

PAGE: Final = 50
LEAST: Final = 2
"""Characters that one has to type: a letter begins everything."""
_CHANGED: Final = Changes(frozenset({Part.SEARCH, Part.BANNER}))


@part
class Searching:
    """Attributes:
    words, channel: what is looked for, and in which channel, or "" for all.
    found: the newest first. more: there is more of it. trouble: why there is nothing, or "".
    """

    state: State
    words: str = ""
    channel: str = ""
    found: tuple[Found, ...] = ()
    more: bool = False
    trouble: str = ""
    _next: int = 0
    _asked: SearchMessages | None = None
    _known: dict[str, Message] = field(factory=dict)

    def begin(self, words: str, channel: str) -> Changes:
        """The screen opens: look for this, in this channel or, with "", in all."""
        self.channel = channel
        return self.type(words)

    def type(self, words: str) -> Changes:
        """The person has typed."""
        self.words = words[:MAX_WORDS]
        self.trouble, self._asked = "", None
        if len(words.strip()) < LEAST:
            self._hold(())
            return _CHANGED
        return self._ask(0)

    def elsewhere(self) -> Changes:
        """Look in all channels in place of the shown one, or the other way round."""
        self.channel = "" if self.channel else self.state.shown
        return self.type(self.words)

    def further(self) -> Changes:
        """The end of what was found is in sight: ask for what is older."""
        return self._ask(self._next) if self.more and self._asked is None else NOTHING

    def end(self) -> None:
        """Nobody looks any more."""
        self.words, self._asked = "", None
        self._hold(())

    def _ask(self, before: int) -> Changes:
        self._asked = SearchMessages(
            words=as_typed(self.words),
            channel=self.channel,
            author="",
            since=0,
            until=0,
            before_position=before,
            limit=PAGE,
        )
        return _CHANGED + Changes(asks=(self._asked,))

    def _hold(self, found: tuple[Found, ...], *, more: bool = False) -> None:
        self.found, self.more = found, more
        self._known = {one.message.entry_id: one.message for one in found}

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is for this screen."""
        if not isinstance(answer, FoundPage) or request != self._asked:
            return NOTHING
        before = self.found if self._asked.before_position else ()
        self._asked, self._next = None, answer.next_position
        self._hold((*before, *answer.found), more=answer.more)
        return _CHANGED

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not for this screen."""
        if not isinstance(request, SearchMessages):
            return None
        if request != self._asked:
            return NOTHING
        self._asked, self.trouble = None, str(error)
        self._hold(())
        return _CHANGED

    def get(self, entry_id: str) -> Message | None:
        """A message that was found."""
        return self._known.get(entry_id)

    def replace(self, message: Message) -> None:
        """A message says something else now: what no longer says what was looked for goes."""
        if message.entry_id not in self._known:
            return
        gone = {Flag.PURGED, Flag.CORRECTED} & set(message.flags)
        kept = (
            Found(message=message, snippet=one.snippet) if one.message.entry_id == message.entry_id else one
            for one in self.found
            if not gone or one.message.entry_id != message.entry_id
        )
        self._hold(tuple(kept), more=self.more)

    # --- the view ---

    def view(self) -> SearchView:
        """All of it in words."""
        channel = self.state.coalition.channel(self.channel) if self.channel else None
        waits = self._asked is not None and not self.found
        if self.trouble:
            said = self.trouble
        elif len(self.words.strip()) < LEAST:
            said = "type what to look for"
        elif waits:
            said = "looking"
        else:
            said = f"{counted(len(self.found), 'message')}, older ones below" if self.more else self._count()
        return SearchView(
            scope=named(channel.title) if channel is not None else "all channels",
            narrow=channel is not None,
            said=said,
            wrong=bool(self.trouble),
            rows=tuple(self._row(one) for one in self.found),
        )

    def _count(self) -> str:
        return f"{counted(len(self.found), 'message')} found" if self.found else "nothing found"

    def _row(self, one: Found) -> FoundRow:
        message, coalition = one.message, self.state.coalition
        return FoundRow(
            key=message.entry_id,
            when=dtg(message.author_time),
            channel=message.channel_title,
            nation=message.author_nation,
            person=author_of(message),
            mark=coalition.marks.mark(message.portion, message.nations, coalition.members(message.channel_id)),
            level=message.level,
            pieces=tuple((piece.text, piece.hit) for piece in one.snippet),
            new=self.state.lines.is_unread(message),
            report=_report(message),
        )


def _report(message: Message) -> tuple[str, str]:
    report = message.report
    return ("", "") if report is None else (f"{report.form} {report.serial:03}", report.title)


def as_typed(words: str) -> str:
    """What is looked for while somebody types: the last word may be only begun."""
    last = words.rsplit(maxsplit=1)[-1] if words.split() else ""
    begun = len(last) >= LEAST and words[-1:].isalnum() and words.count('"') % 2 == 0
    return f"{words}*" if begun and len(words) < MAX_WORDS else words
