"""The messages of a channel that are loaded, and what is being sent into it.

Rule 1: messages stand in the order of arrival here (`position`), each entry once. What is being sent stands behind them.
Rule 2: from `low` on, nothing of the channel is missing. A page that would leave a gap is not taken.
Rule 3: at most `KEPT` messages stay; the oldest pages go first, and can be asked for again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

from coalchat.api.nouns import Message
from coalchat.api.requests import ListMessages, SendMessage
from coalchat.api.responses import MessagePage
from coalchat.api.versions import CorrectMessage
from coalchat.desk.model.labels import Label
from coalchat.record import field, part

PAGE: Final = 200
FIRST: Final = 64
"""Messages of the first page: what the largest of common screens shows. A person waits for it; not for what he scrolls to."""
KEPT: Final = 5_000
"""Lines of a channel: an officer's busiest day, and a few MB."""
UNPLACED: Final = 2**63 - 1
"""Position of what the node has not stored yet: behind all others."""
_position = attrgetter("position")


@part
class Outgoing:
    """A message that this desk is sending.

    Attributes:
        request: what it says, and where. at: when. failed: why it is not sent, or "". uncertain: it failed, but may have
            been sent all the same.
        corrects: the own message of which it is a new version. quotes: those that it repeats.
    """

    request: SendMessage
    label: Label
    at: int
    failed: str = ""
    uncertain: bool = True
    corrects: Message | None = None
    quotes: tuple[Message, ...] = ()

    @property
    def ask(self) -> SendMessage | CorrectMessage:
        """What the node is asked to do."""
        request = self.request
        if self.corrects is None:
            return request
        return CorrectMessage(id=self.corrects.entry_id, text=request.text, client_id=request.client_id)

    @property
    def key(self) -> str:
        """Its line's key."""
        return self.request.client_id


@part
class Log:
    """One channel's loaded messages.

    Attributes:
        low: everything from this position on is loaded; 0: from the channel's beginning; `UNPLACED`: nothing yet.
        outgoing: being sent, or not sent, in the order of sending. placed: whose message came before the answer did.
        asking: a page before the first is under way.
    """

    channel: str
    low: int = UNPLACED
    messages: list[Message] = field(factory=list)
    outgoing: list[Outgoing] = field(factory=list)
    placed: dict[str, Outgoing] = field(factory=dict)
    asking: bool = False
    _by_id: dict[str, Message] = field(factory=dict)
    _provisional: set[str] = field(factory=set)

    def get(self, entry_id: str) -> Message | None:
        """A message by its whole id."""
        return self._by_id.get(entry_id)

    @property
    def newest(self) -> Message | None:
        """The last one that arrived."""
        return self.messages[-1] if self.messages else None

    def put(self, messages: Iterable[Message], *, provisional: bool = False) -> list[Message]:
        """Take messages in; those of them that are new here, or say more than we made of our own so far.

        Args:
            messages: in order of position.
            provisional: made by us until the node's own record is here.
        """
        fresh: list[Message] = []
        for message in messages:
            known = self._by_id.get(message.entry_id)
            # What could not be opened when it came arrives once more, further down, when its key does.
            arrived = known is not None and message.position > known.position
            if known is not None and not arrived and (provisional or message.entry_id not in self._provisional):
                continue
            if known is not None:
                self.replace(message)
            self._by_id[message.entry_id] = message
            (self._provisional.add if provisional else self._provisional.discard)(message.entry_id)
            fresh.append(message)
            if known is None and (not self.messages or message.position > self.messages[-1].position):
                self.messages.append(message)
        if missing := [message for message in fresh if not self._stands(message)]:
            self.messages = sorted([*missing, *self.messages], key=_position)
        return fresh

    def _stands(self, message: Message) -> bool:
        at = bisect_left(self.messages, message.position, key=_position)
        return at < len(self.messages) and self.messages[at].entry_id == message.entry_id

    def replace(self, message: Message) -> None:
        """Put another record of the same entry in its place."""
        known = self._by_id.get(message.entry_id)
        if known is None:
            return
        at = bisect_left(self.messages, known.position, key=_position)
        if known.position == message.position:
            self.messages[at] = message
        else:
            del self.messages[at]
            self.messages.insert(bisect_left(self.messages, message.position, key=_position), message)
        self._by_id[message.entry_id] = message

    def after(self, position: int) -> Sequence[Message]:
        """What arrived behind a position."""
        return self.messages[bisect_right(self.messages, position, key=_position) :]

    # --- pages ---

    @property
    def at_beginning(self) -> bool:
        """Whether nothing of the channel lies before the first message."""
        return self.low == 0

    def older(self) -> tuple[ListMessages, ...]:
        """Ask for the page before the first message, unless there is none or it is under way."""
        if self.low in {0, UNPLACED} or self.asking:
            return ()
        self.asking = True
        return (ListMessages(channel=self.channel, after_position=0, before_position=self.low, limit=PAGE),)

    def took_page(self, request: ListMessages, page: MessagePage) -> list[Message]:
        """The page before the first message; those of it that are new here."""
        self.asking = False
        if request.before_position < self.low:
            return []  # pages were dropped since it was asked: it does not join what is here
        if request.before_position == self.low:
            self.low = page.messages[0].position if page.messages and page.more else 0
        return self.put(page.messages)

    def trim(self) -> list[Message]:
        """Drop the oldest pages once there are too many; what was dropped."""
        if len(self.messages) <= KEPT:
            return []
        dropped = self.messages[: len(self.messages) - KEPT + PAGE]
        del self.messages[: len(dropped)]
        for message in dropped:
            del self._by_id[message.entry_id]
            self._provisional.discard(message.entry_id)
        self.low = self.messages[0].position
        return dropped

    # --- what is being sent ---

    def sending(self, key: str) -> Outgoing | None:
        """The outgoing message with this client id."""
        return next((outgoing for outgoing in self.outgoing if outgoing.key == key), None)

    def place(self, outgoing: Outgoing) -> None:
        """Its message is here; the answer about it is not."""
        self.outgoing.remove(outgoing)
        self.placed[outgoing.key] = outgoing

    def answered(self, key: str) -> Outgoing | None:
        """The answer is here: what is no longer being sent."""
        if (outgoing := self.sending(key)) is not None:
            self.outgoing.remove(outgoing)
        return outgoing or self.placed.pop(key, None)
