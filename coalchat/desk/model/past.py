"""A part of a channel's past, away from its newest lines: what stands around a message that was looked for.

Rule 1: it is a log of its own, without a gap, that grows at both ends as somebody scrolls there.
Rule 2: where it reaches what is loaded of the channel, it becomes a part of that.

Nobody waits for it at the start: it is imported when somebody goes there.
"""

from __future__ import annotations

from typing import Any, Final

from coalchat.api.base import Request
from coalchat.api.requests import ListMessages
from coalchat.api.responses import MessagePage
from coalchat.desk.model import acts
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.log import PAGE, Log
from coalchat.desk.model.state import State
from coalchat.desk.model.timeline import Timeline
from coalchat.record import field, part

AROUND: Final = 100
"""Messages on each side at first: more than a screen has."""
_WHOLE: Final = frozenset(Part) - {Part.NOTICE}


@part
class Past:
    """Attributes:
    log: what is loaded of it. key: the message that somebody goes to.
    high: nothing is missing up to this position. ended: nothing at all comes behind it.
    """

    log: Log
    key: str
    high: int
    ended: bool = False
    _asked: set[Request[Any]] = field(factory=set)

    @property
    def is_whole(self) -> bool:
        """Whether both sides have come."""
        return not self._asked

    def begin(self) -> Asks:
        """Ask for both sides."""
        self.log.asking = True
        return self._ask(
            ListMessages(channel=self.log.channel, after_position=0, before_position=self.log.low, limit=AROUND),
            ListMessages(channel=self.log.channel, after_position=self.high, before_position=0, limit=AROUND),
        )

    def older(self) -> Asks:
        """Ask for what lies before it."""
        return self._ask(*self.log.older())

    def newer(self) -> Asks:
        """Ask for what comes behind it, unless that is under way."""
        if self.ended or any(isinstance(ask, ListMessages) and ask.after_position for ask in self._asked):
            return ()
        return self._ask(
            ListMessages(channel=self.log.channel, after_position=self.high, before_position=0, limit=PAGE)
        )

    def _ask(self, *requests: ListMessages) -> Asks:
        self._asked.update(requests)
        return requests

    def wants(self, request: ListMessages) -> bool:
        """Whether it has asked that."""
        return request in self._asked

    def took(self, state: State, request: ListMessages, page: MessagePage) -> Changes:
        """A page has come: it is shown once both sides are here, and joins what is loaded where it reaches that."""
        self._asked.discard(request)
        state.count(page.messages)
        if request.before_position:
            self.log.took_page(request, page)
        else:
            self.log.put(page.messages)
            self.high, self.ended = max(self.high, page.next_position), not page.more
        shown = state.timeline
        is_shown = shown is not None and shown.log is self.log
        if state.shown != self.log.channel or not (is_shown or self.is_whole):
            return NOTHING
        log = self._joined(state)
        if shown is not None and is_shown:
            shown.log = log
            return Changes(frozenset({Part.TIMELINE, Part.HEAD}), shown.update())
        state.selected, state.visible, state.reading_back = None, None, True
        state.timeline = Timeline(log, state.lines, state.coalition)
        return Changes(_WHOLE, reset=True, cursor=self.key)

    def _joined(self, state: State) -> Log:
        """The log that it is a part of by now."""
        live = state.log(self.log.channel)
        if not self.ended and self.high < live.low:
            return self.log
        live.put(self.log.messages)
        live.low, state.past = min(live.low, self.log.low), None
        state.lines.forget(message.entry_id for message in self.log.messages)  # no answer to them is missing any more
        return live


def find(state: State, entry_id: str) -> Changes:
    """Go to a message that was looked for: in what is loaded of its channel, or in a part of its past."""
    message = state.find(entry_id)
    if message is None or state.coalition.channel(message.channel_id) is None:
        return NOTHING
    changes = acts.show(state, message.channel_id)
    log = state.log(message.channel_id)
    if log.get(entry_id) is not None:
        state.reading_back = True
        return changes + Changes(cursor=entry_id)
    state.past = Past(Log(message.channel_id, low=message.position + 1), entry_id, message.position)
    return changes + Changes(asks=state.past.begin())
