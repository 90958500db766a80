"""The shown channel's timeline: its log with date lines and the unread line between, and what each step changed of it.

Rule 1: `lay_out` says what the timeline is; whatever a step does, `items` is what `lay_out` would make anew, and the
splices bring any mirror of the old items there.
Rule 2: messages at the end cost what they cost, however long the timeline is.
Rule 3: dates only move forward. They are of the author's clock, but not of one that runs ahead of ours: a date that
nobody has reached yet would swallow all that follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from coalchat.api.nouns import Message
from coalchat.desk.model.changes import Splice
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.lines import Lines
from coalchat.desk.model.log import Log
from coalchat.desk.model.views import DateLine, Item, MessageLine, UnreadLine
from coalchat.desk.model.words import HOUR, date, day


class Timeline:
    """The items of one log."""

    def __init__(self, log: Log, lines: Lines, coalition: Coalition) -> None:
        self.log = log
        self.items: list[Item] = []
        self._lines = lines
        self._coalition = coalition
        self._day = -1
        self._unread_at: int | None = None
        self.update()

    def update(self) -> tuple[Splice, ...]:
        """Bring the items to what the log is now: one splice around all that differs."""
        new = self.lay_out()
        old = self.items
        start, most = 0, min(len(old), len(new))
        while start < most and _same(old[start], new[start]):
            start += 1
        tail = 0
        while tail < most - start and _same(old[-1 - tail], new[-1 - tail]):
            tail += 1
        splice = Splice(start, len(old) - tail - start, tuple(new[start : len(new) - tail]))
        return self._apply(splice) if splice.removed or splice.items else ()

    def append(self, messages: Sequence[Message]) -> tuple[Splice, ...]:
        """The log has these messages more. At its end, and with nothing being sent, nothing is laid out anew."""
        first = len(self.log.messages) - len(messages)
        at_end = first >= 0 and all(map(is_, messages, self.log.messages[first:]))
        if not at_end or self.log.outgoing or self.counted_by_node:
            return self.update()
        splices: tuple[Splice, ...] = ()
        unread = [message for message in messages if self._lines.is_unread(message)]
        begins = None
        if self._unread_at is None:
            begins = unread[0] if unread else None
        elif unread and isinstance(line := self.items[self._unread_at], UnreadLine):
            grown = UnreadLine(count=line.count + len(unread), since=line.since)
            splices += self._apply(Splice(self._unread_at, 1, (grown,)))
        new: list[Item] = []
        for at, message in enumerate(messages, first):
            if (reached := day(self._seen_at(message))) > self._day:
                self._day = reached
                new.append(DateLine(text=date(self._seen_at(message))))
            if message is begins:
                self._unread_at = len(self.items) + len(new)
                new.append(self._unread_line(self.log.messages[max(at - 1, 0) : at], len(unread)))
            new.append(self._lines.line(message))
        return splices + self._apply(Splice(len(self.items), 0, tuple(new)))

    def replace(self, key: str) -> tuple[Splice, ...]:
        """A message's line says something else now."""
        message = self.log.get(key)
        at = self.find(key)
        if message is None or at is None or self.items[at] == self._lines.line(message):
            return ()
        return self._apply(Splice(at, 1, (self._lines.line(message),)))

    def find(self, key: str) -> int | None:
        """Where a line stands; what is asked about stands near the end."""
        for at in range(len(self.items) - 1, -1, -1):
            item = self.items[at]
            if isinstance(item, MessageLine) and item.key == key:
                return at
        return None

    def lay_out(self) -> list[Item]:
        """All items, from the log."""
        items: list[Item] = []
        self._day, self._unread_at = -1, None
        before: Sequence[Message] = ()
        unread = self._first_unread()
        for message in self.log.messages:
            if (reached := day(self._seen_at(message))) > self._day:
                self._day = reached
                items.append(DateLine(text=date(self._seen_at(message))))
            if message is unread:
                self._unread_at = len(items)
                items.append(self._unread_line(before, self._count_unread(message)))
            items.append(self._lines.line(message))
            before = (message,)
        for outgoing in self.log.outgoing:
            at = outgoing.at + self._lines.offset(outgoing.at)
            if day(at) > self._day:
                self._day = day(at)
                items.append(DateLine(text=date(at)))
            items.append(self._lines.outgoing(outgoing))
        return items

    def _first_unread(self) -> Message | None:
        channel = self._coalition.channel(self.log.channel)
        ahead = self.log.after(channel.read_position) if channel is not None else ()
        return next((message for message in ahead if not message.mine), None)

    def _count_unread(self, first: Message) -> int:
        counted = sum(not message.mine for message in self.log.after(first.position - 1))
        channel = self._coalition.channel(self.log.channel)
        return max(counted, channel.unread) if channel is not None and self.counted_by_node else counted

    @property
    def counted_by_node(self) -> bool:
        """Whether the first unread message may lie before what is loaded: then the node's count is the true one."""
        channel = self._coalition.channel(self.log.channel)
        return channel is not None and self.log.low > channel.read_position + 1

    def _unread_line(self, before: Sequence[Message], count: int) -> UnreadLine:
        return UnreadLine(count=count, since=self._lines.clock(before[0].author_time) if before else "")

    def _seen_at(self, message: Message) -> int:
        """In the zone of the lines."""
        seen = min(message.author_time, message.received_time + HOUR)
        return seen + self._lines.offset(seen)

    def _apply(self, splice: Splice) -> tuple[Splice, ...]:
        self.items[splice.at : splice.at + splice.removed] = splice.items
        return (splice,)


def _same(one: Item, other: Item) -> bool:
    return one is other or one == other
