"""A thread that somebody looks at: what was answered, up to the first, and all answers (SPEC 12.14).

Rule 1: it is what the node says of it; what is purged goes at once, and no copy stays when nobody looks any more.
Rule 2: looking is not reading.

Nobody waits for it at the start: it is imported when somebody opens a thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Message
from coalchat.api.threads import ShowThread, ThreadPage, Turn, as_tree
from coalchat.api.vocabulary import Flag
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.labels import HighWater
from coalchat.desk.model.threadviews import ThreadRow, ThreadView
from coalchat.errors import CoalchatError, UsageError
from coalchat.record import evolve, field, part

if TYPE_CHECKING:
    from coalchat.desk.model.state import State

_CHANGED: Final = frozenset({Part.THREAD, Part.BANNER})


@part
class Threads:
    """Attributes:
    asked: message whose thread is looked at, or "". channel: where. trouble: why there is nothing, or "".
    whole: all pages have come.
    """

    state: State = field(repr=False)
    asked: str = ""
    channel: str = ""
    trouble: str = ""
    whole: bool = False
    _turns: tuple[Turn, ...] = ()
    _coming: tuple[Turn, ...] = ()

    def look(self, key: str | None) -> Changes:
        """Ask for the thread of a message.

        Raises:
            UsageError: none is meant, or it cannot be opened.
        """
        message = self.state.find(key) if key else None
        if message is None:
            raise UsageError("select the message whose thread you want to see first")
        if Flag.UNREADABLE in message.flags:
            raise UsageError("what cannot be opened here belongs to no thread")
        self.close()
        self.asked, self.channel = message.entry_id, message.channel_id
        return Changes(_CHANGED, asks=self._ask())

    def _ask(self) -> Asks:
        return (ShowThread(id=self.asked, before_position=0),) if self.asked else ()

    def again(self, channel_id: str) -> Asks:
        """Something has come into a channel, or is another now: ask anew, if it may be about this."""
        return self._ask() if channel_id == self.channel else ()

    def close(self) -> None:
        """Nobody looks any more."""
        self.asked, self.channel, self.trouble, self.whole = "", "", "", False
        self._turns = self._coming = ()

    # --- what is known ---

    def get(self, entry_id: str) -> Message | None:
        """A message of it."""
        return next((turn.message for turn in self._turns if turn.message.entry_id == entry_id), None)

    def replace(self, message: Message) -> None:
        """Another record of the same entry."""
        self._turns = tuple(
            evolve(turn, message=message) if turn.message.entry_id == message.entry_id else turn for turn in self._turns
        )
        self._coming = ()

    def high_water(self) -> HighWater:
        """The labels of all of it together."""
        high = HighWater()
        for turn in self._turns:
            high |= self.state.coalition.marks.label_of(turn.message)
        return high

    def view(self) -> ThreadView:
        """All of it, each answer under what it answers."""
        channel = self.state.coalition.channel(self.channel)
        return ThreadView(
            channel=channel.title if channel else "",
            rows=tuple(self._row(turn, depth) for turn, depth in as_tree(self._turns)),
            asked=self.asked,
            known=bool(self._turns),
            whole=self.whole,
            trouble=self.trouble,
        )

    def _row(self, turn: Turn, depth: int) -> ThreadRow:
        message = turn.message
        line = self.state.lines.line(self.state.log(message.channel_id).get(message.entry_id) or message)
        # Where it stands says what it answers, and what answers it.
        return ThreadRow(name=turn.name, depth=depth, line=evolve(line, quote=None, answers=0))

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is about this. The newest page comes first."""
        if not isinstance(request, ShowThread) or not isinstance(answer, ThreadPage):
            return NOTHING
        if request.id != self.asked:
            return Changes(frozenset({Part.THREAD}))
        self.trouble = ""
        if not request.before_position:
            self._coming = answer.turns
        elif self._coming:
            self._coming = (*self._coming[:1], *answer.turns, *self._coming[1:])
        else:
            return Changes(asks=self._ask())  # one of its messages changed meanwhile
        self.whole = self.whole or not answer.more
        if not answer.more or not self._turns or len(self._coming) > len(self._turns):
            self._turns = self._coming
            log = self.state.log(self.channel)
            named = (turn.message.entry_id for turn in self._turns)
            # Lines of what is loaded are kept true by what keeps that.
            self.state.lines.forget(entry_id for entry_id in named if log.get(entry_id) is None)
        asks = (ShowThread(id=self.asked, before_position=answer.next_position),) if answer.more else ()
        return Changes(_CHANGED, asks=asks)

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not about this."""
        if not isinstance(request, ShowThread):
            return None
        self.trouble = str(error)
        return Changes(_CHANGED)
