"""All that the desk knows, joined: the parts of the model, and what is done with messages that come in.

Rule 1: a message enters here and nowhere else. So each stands once in its channel's log, its deadline is noted, what we
were sending finds its entry, and the shown timeline hears of it.
Rule 2: what was said about a message goes when the message is dropped, except its deadline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from coalchat.api.nouns import Channel, Message
from coalchat.api.requests import ShowMessage
from coalchat.desk.model.arrivals import Arrivals
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part, Splice
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.composing import Composing
from coalchat.desk.model.deadlines import Deadlines
from coalchat.desk.model.highlights import Highlights
from coalchat.desk.model.lines import Lines, author_of
from coalchat.desk.model.log import FIRST, Log, Outgoing
from coalchat.desk.model.receipts import Receipts
from coalchat.desk.model.refusal import Refused
from coalchat.desk.model.regulating import Regulating
from coalchat.desk.model.timeline import Timeline
from coalchat.display import display_safe
from coalchat.record import evolve, field, part

if TYPE_CHECKING:
    from coalchat.desk.model.afterwards import Afterwards
    from coalchat.desk.model.custody import Custody
    from coalchat.desk.model.direct import Direct
    from coalchat.desk.model.founding import Founding
    from coalchat.desk.model.kept import Kept
    from coalchat.desk.model.keying import Keying
    from coalchat.desk.model.mapping import Mapping
    from coalchat.desk.model.past import Past
    from coalchat.desk.model.reminding import Reminding
    from coalchat.desk.model.reporting import Reporting
    from coalchat.desk.model.roeissuing import RoeIssuing
    from coalchat.desk.model.roelog import RoeLogging
    from coalchat.desk.model.searching import Searching
    from coalchat.desk.model.threads import Threads
    from coalchat.desk.model.wants import Wants


_SAID: Final = frozenset({"text", "correction"})


@part
class State:
    """The parts.

    Attributes:
        shown: channel on the screen, or "". selected: message under the cursor.
        visible: lines on the screen; none: nobody has said yet. reading_back: the newest line is not among them.
        authors: the last message of each author, by nation and name.
        quoted: messages fetched for a quote only; they stand in no log. sought: ids that were asked for.
        called: by channel, positions of messages that call this person. words: what does, beside his name.
        places: of conversations that were begun here, the ids that the node has given them.
        kept: drafts as the node keeps them. regulating: what is known of ROE.
        keying, custody, direct, afterwards, reminding, searching, reporting, mapping: what only the key screen, a custodian, who begins a direct
            message, who does something with a message, who reminds, who searches, who fills in a report, or the map wants to know; made when it is wanted.
        threads: the one that somebody looks at; founding: the channel that somebody makes; issuing: the ROE notice that somebody writes;
            roe_log: the log that somebody looks at; each made when somebody does.
        recent: channels that were shown, the last one last.
        past: where the shown timeline is, or goes to, a part of the channel's past.
    """

    coalition: Coalition = field(factory=Coalition)
    receipts: Receipts = field(factory=Receipts)
    arrivals: Arrivals = field(factory=Arrivals)
    logs: dict[str, Log] = field(factory=dict)
    timeline: Timeline | None = None
    shown: str = ""
    selected: str | None = None
    visible: frozenset[str] | None = None
    reading_back: bool = False
    refused: Refused | None = None
    authors: dict[tuple[str, str], Message] = field(factory=dict)
    quoted: dict[str, Message] = field(factory=dict)
    sought: set[str] = field(factory=set)
    called: dict[str, set[int]] = field(factory=dict)
    words: tuple[str, ...] = ()
    places: dict[str, str] = field(factory=dict)
    kept: Kept | None = None
    keying: Keying | None = None
    custody: Custody | None = None
    direct: Direct | None = None
    regulating: Regulating = field(factory=Regulating)
    afterwards: Afterwards | None = None
    reminding: Reminding | None = None
    searching: Searching | None = None
    past: Past | None = None
    threads: Threads | None = None
    founding: Founding | None = None
    recent: list[str] = field(factory=list)
    reporting: Reporting | None = None
    mapping: Mapping | None = None
    issuing: RoeIssuing | None = None
    roe_log: RoeLogging | None = None
    composing: Composing = field(init=False)
    deadlines: Deadlines = field(init=False)
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        self.composing = Composing(self.coalition)
        self.deadlines = Deadlines(self.coalition, self.receipts)
        self.lines = Lines(self.coalition, self.receipts, self.find, self.lacks_later)

    @property
    def later(self) -> tuple[Wants | None, ...]:
        """What may have asked for something by itself."""
        opened = (self.keying, self.custody, self.direct, self.afterwards, self.reminding, self.searching)
        more = (self.threads, self.founding, self.reporting, self.mapping, self.issuing, self.roe_log)
        return self.kept, self.regulating, *opened, *more

    # --- finding ---

    def log(self, channel_id: str) -> Log:
        """A channel's log."""
        if not self.coalition.is_begun(channel_id):
            channel_id = self.places.get(channel_id, channel_id)
        if channel_id not in self.logs:
            log = self.logs[channel_id] = Log(channel_id)
            if self.arrivals.newest is not None:
                log.low = self.arrivals.low
        return self.logs[channel_id]

    def find(self, entry_id: str) -> Message | None:
        """A message, wherever it is known from."""
        for log in self._every_log():
            if (message := log.get(entry_id)) is not None:
                return message
        known = (part.get(entry_id) for part in (self.searching, self.threads) if part is not None)
        found = next((message for message in known if message is not None), None)
        return self.quoted.get(entry_id) or self.deadlines.get(entry_id) or found

    def _every_log(self) -> tuple[Log, ...]:
        return (*self.logs.values(), *((self.past.log,) if self.past is not None else ()))

    def lacks_later(self, message: Message) -> bool:
        """Whether not all is loaded that came into its channel after it: it stands in a part of the past."""
        log = self.logs.get(message.channel_id)
        return log is None or message.position < log.low

    def leave_past(self) -> None:
        """What was loaded of the past stays only where it is a part of the present."""
        if self.past is not None:
            left, self.past = self.past.log, None
            live = self.log(left.channel)
            self.drop([message for message in left.messages if live.get(message.entry_id) is None])

    def replace(self, message: Message) -> None:
        """Another record of the same entry, in the place of what is known of it."""
        for log in self._every_log():
            log.replace(message)
        if self.searching is not None:
            self.searching.replace(message)
        if self.threads is not None:
            self.threads.replace(message)

    def outgoing(self, key: str) -> Outgoing | None:
        """What is being sent under this client id."""
        found = (log.sending(key) for log in self.logs.values())
        return next((outgoing for outgoing in found if outgoing is not None), None)

    def placed(self, key: str) -> Outgoing | None:
        """What is being sent under this client id, or was: its message came before the answer did."""
        return self.outgoing(key) or next((log.placed[key] for log in self.logs.values() if key in log.placed), None)

    def newest_own(self) -> Message | None:
        """The last own message of the shown channel."""
        if self.timeline is None:
            return None
        return next((message for message in reversed(self.timeline.log.messages) if message.mine), None)

    def is_watched(self, entry_id: str) -> bool:
        """Whether somebody looks at a message, or waits for its acknowledgements."""
        newest = self.newest_own()
        return (
            self.visible is None
            or entry_id in self.visible
            or entry_id == self.selected
            or self.deadlines.get(entry_id) is not None
            or (newest is not None and newest.entry_id == entry_id)
        )

    # --- conversations that begin here ---

    def begin(self, channel: Channel) -> None:
        """A conversation of which nothing was sent yet: there is nothing of it to ask for."""
        self.places.pop(channel.id, None)
        self.coalition.begin(channel)
        self.log(channel.id).low = 0

    def settled(self, channel_id: str) -> str:
        """If the node's list has the conversation that was begun here, all of it goes there: its id, or ""."""
        other_id = self.places.get(channel_id, "")
        if not self.coalition.is_begun(channel_id) or self.coalition.channel(other_id) is None:
            return ""
        begun, log = self.logs.pop(channel_id), self.log(other_id)
        self.coalition.end_begun(channel_id)
        self.composing.move(channel_id, other_id)
        for outgoing in begun.outgoing:
            outgoing.request = evolve(outgoing.request, channel=other_id)
        log.outgoing += begun.outgoing
        log.placed |= begun.placed
        return other_id

    # --- messages come in ---

    def ingest(self, messages: Sequence[Message], *, provisional: bool = False) -> Changes:
        """Take messages in, in order of position."""
        changes = NOTHING
        for channel_id, group in groupby(sorted(messages, key=attrgetter("channel_id")), attrgetter("channel_id")):
            changes += self._ingest(self.log(channel_id), list(group), provisional=provisional)
        return changes

    def _ingest(self, log: Log, messages: list[Message], *, provisional: bool) -> Changes:
        settled = [self._settle(log, message) for message in messages if message.mine]
        known = {message.entry_id for message in messages if log.get(message.entry_id) is not None}
        fresh = log.put(messages, provisional=provisional)
        if not fresh and not any(settled):
            return NOTHING
        alone = not any(settled) and all(message.entry_id not in known for message in fresh)
        return self.joined(log, fresh, alone=alone)

    def joined(self, log: Log, fresh: Sequence[Message], *, alone: bool = False) -> Changes:
        """These messages are in the log now; `alone`: nothing else of it has changed."""
        for message in fresh:
            self._note(message)
        self.lines.forget(message.entry_id for message in fresh)
        recounted = self.count(fresh)
        requoted = self.lines.learnt(message.entry_id for message in fresh)
        shown = self.timeline is not None and self.timeline.log is log
        dropped = () if shown and self.reading_back else self.drop(log.trim())
        splices: tuple[Splice, ...] = ()
        if self.timeline is not None and shown:
            whole = requoted or dropped or not alone
            splices = self.timeline.update() if whole else self.timeline.append(fresh)
            splices += tuple(splice for key in recounted for splice in self.timeline.replace(key))
        parts = {Part.CHANNELS, Part.NOTICE, Part.RAIL} | ({Part.TIMELINE} if splices else set())
        # What is due of an own message is known only once the node has said who has acknowledged it.
        asks = tuple(ask for m in fresh if m.mine and m.ack_by for ask in self.receipts.lacks(m.entry_id))
        return Changes(frozenset(parts), splices, asks=asks)

    def count(self, messages: Iterable[Message]) -> set[str]:
        """Count these as answers; the ids of those whose lines say another number since."""
        changed: set[str] = set()
        for message in messages:
            changed |= self.lines.answers.note(message)
        self.lines.forget(changed)
        return changed

    def purged(self, message: Message) -> Changes:
        """A message's body is gone: no copy of it stays in this desk."""
        self.replace(message)
        if message.entry_id in self.quoted:
            self.quoted[message.entry_id] = message
        self.composing.purged(message)
        if self.afterwards is not None:
            self.afterwards.forget()
        self._note(message)
        self.count((message,))
        self.lines.forget_all()  # others quote it
        return self.redraw(Part.NOTICE, Part.RAIL, Part.SEARCH)

    def _note(self, message: Message) -> None:
        self.deadlines.note(message)
        self.composing.note(message)
        self._note_call(message)
        author = (message.author_nation, author_of(message))
        if message.author_person and message.position >= getattr(self.authors.get(author), "position", 0):
            self.authors[author] = message

    def _note_call(self, message: Message) -> None:
        called = self.called.setdefault(message.channel_id, set())
        if not message.mine and message.kind in _SAID and self.lines.calls.find(message.text):
            called.add(message.position)
        else:
            called.discard(message.position)

    def calls(self, channel: Channel) -> int:
        """How many unread messages of a channel call this person."""
        return sum(position > channel.read_position for position in self.called.get(channel.id, ()))

    def call_by(self, words: Highlights) -> Changes:
        """These words call this person from now on."""
        self.lines.calls = words
        self.called.clear()
        for log in self.logs.values():
            for message in log.messages:
                self._note_call(message)
        return self.remark(Part.CHANNELS)

    def _settle(self, log: Log, message: Message) -> bool:
        """An own message has come: if it is one that we are sending, its line gives way to it."""
        if log.get(message.entry_id) is not None:
            return False
        for outgoing in log.outgoing:
            request = outgoing.request
            same = message.text == display_safe(request.text, multiline=True) and message.ack_by == request.ack_by
            since = message.author_time >= outgoing.at - 1  # both clocks are this machine's, cut to seconds
            alike = bool(message.corrects) == bool(outgoing.corrects) and bool(message.quotes) == bool(request.quotes)
            if (
                outgoing.uncertain
                and alike
                and same
                and since
                and self.coalition.marks.label_of(message) == outgoing.label
            ):
                log.place(outgoing)
                return True
        return False

    def drop(self, messages: Collection[Message]) -> Collection[Message]:
        """Messages that are no longer loaded."""
        for message in messages:
            if self.deadlines.get(message.entry_id) is None:
                self.receipts.forget(message.entry_id)
        self.lines.forget(message.entry_id for message in messages)
        self.lines.answers.drop(message.entry_id for message in messages)
        return messages

    # --- what the shown timeline makes of a change ---

    def redraw(self, *parts: Part) -> Changes:
        """The shown timeline, brought to what is known now."""
        splices = self.timeline.update() if self.timeline is not None else ()
        return Changes(frozenset({*parts, *({Part.TIMELINE} if splices else ())}), splices)

    def reword(self, entry_id: str, *parts: Part) -> Changes:
        """One line of it says something else."""
        self.lines.forget((entry_id,))
        splices = self.timeline.replace(entry_id) if self.timeline is not None else ()
        return Changes(frozenset({*parts, *({Part.TIMELINE} if splices else ())}), splices)

    def remark(self, *parts: Part) -> Changes:
        """Marks are written otherwise: all lines are made anew."""
        self.lines.forget_all()
        return self.redraw(*parts)

    def marked(self, channel_id: str, position: int, newly: int = 0) -> Changes:
        """The read mark has moved."""
        before = self.read_positions()
        if not self.coalition.marked(channel_id, position, newly):
            return NOTHING
        self.unmark(before)
        return self.redraw(Part.CHANNELS)

    def read_positions(self) -> dict[str, int]:
        """The read mark of each channel."""
        return {channel.id: channel.read_position for channel in self.coalition.channels}

    def unmark(self, before: dict[str, int]) -> None:
        """Read marks were at these positions: what they have passed since is no longer unread."""
        for channel_id, position in self.read_positions().items():
            if channel_id in self.logs and position != (known := before.get(channel_id, 0)):
                passed = self.logs[channel_id].after(known)
                self.lines.forget(message.entry_id for message in passed if message.position <= position)

    def fill(self) -> Asks:
        """Ask for a page more of the shown channel, if hardly anything of it is loaded."""
        log = self.timeline.log if self.timeline is not None else None
        return log.older() if log is not None and len(log.messages) < FIRST // 2 else ()

    def quotes(self, keys: Iterable[str]) -> Asks:
        """Ask for the messages that these quote and that are not here, each once."""
        messages = [message for key in keys if (message := self.find(key)) is not None]
        refs = {ref: None for message in messages for ref in self.lines.lacking(message) if ref not in self.sought}
        self.sought.update(refs)
        return tuple(ShowMessage(id=ref) for ref in refs)
