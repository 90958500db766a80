"""How the desk keeps up with all channels at once: one cursor of positions over all of them.

Rule 1: at most one page is under way; what arrives meanwhile makes one ask more.
Rule 2: a page is taken only where it joins what is known, so that nothing between is ever missing.
"""

from __future__ import annotations

from coalchat.api.base import NEWEST
from coalchat.api.requests import ListMessages
from coalchat.api.responses import MessagePage
from coalchat.desk.model.changes import Asks
from coalchat.desk.model.log import FIRST, PAGE
from coalchat.record import part


@part
class Arrivals:
    """Attributes:
    newest: everything up to this position was seen; none: no page has come yet.
    low: everything from this position on was seen; 0: from the beginning.
    """

    newest: int | None = None
    low: int = 0
    _asked: bool = False
    _wanted: int = 0

    def start(self) -> Asks:
        """Ask for the last page, or for what came while nobody listened."""
        self._asked = True
        if self.newest is None:
            return (ListMessages(channel="", after_position=0, before_position=NEWEST, limit=FIRST),)
        return (ListMessages(channel="", after_position=self.newest, before_position=0, limit=PAGE),)

    def told(self, position: int) -> Asks:
        """There is a message at this position."""
        self._wanted = max(self._wanted, position)
        return () if self._asked or self._wanted <= (self.newest or 0) else self.start()

    def took(self, request: ListMessages, page: MessagePage) -> tuple[bool, Asks]:
        """A page of all channels: whether it joins what is known, and what to ask on."""
        self._asked = False
        last = page.messages[-1].position if page.messages else 0
        more = page.more and request.before_position == 0
        joins = True
        if self.newest is None:
            self.newest = last if request.before_position else page.next_position
            self.low = page.messages[0].position if page.messages and page.more else 0
        elif request.before_position == 0:
            joins = request.after_position <= self.newest
            self.newest = max(self.newest, page.next_position) if joins else self.newest
        else:
            joins = not page.messages or page.messages[0].position <= self.newest
            self.newest = max(self.newest, last) if joins else self.newest
            more = not joins
        wanted, self._wanted = self._wanted, 0
        return joins, self.start() if more or wanted > self.newest else ()
