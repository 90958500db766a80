"""From a message to its line in the timeline.

Rule 1: a line is made once and kept, until something that it shows has changed.
Rule 2: a quote stands only where the quoted message can be read here: of one that is withheld there is no trace.
Rule 3: what cannot be opened has neither author nor size: one line with the reason. What was purged keeps its author and its
mark, and says below them, where no body stands, that it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from coalchat.api.about import Quoted, Report
from coalchat.api.nouns import Message
from coalchat.api.vocabulary import Flag, Likeness
from coalchat.desk.model.answers import Answers, answered
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.highlights import Highlights
from coalchat.desk.model.labels import HighWater
from coalchat.desk.model.log import UNPLACED, Outgoing
from coalchat.desk.model.receipts import Receipts
from coalchat.desk.model.reportviews import Card, CardRow
from coalchat.desk.model.views import MessageLine, Quote
from coalchat.desk.model.whoviews import Tally
from coalchat.desk.model.words import clock, clock_beside, dtg
from coalchat.display import display_safe
from coalchat.record import field, part

BOT: Final = "BOT"
UNKNOWN: Final = "unknown"
"""Name of an author whose certificate is not here."""
EXCERPT: Final = 120
"""Characters of a quote or an excerpt: more than a row has."""
_REMARKS: Final = {
    Flag.SUPERSEDED_KEY: "sealed under a superseded key",
    Flag.LAST_KEY: "sealed to a last key that had run out",
    Flag.NOT_VERIFIED: "author not verified yet",
    Flag.STALE_CERTIFICATE: "author checked against an old directory",
    Flag.DISPUTED: "DISPUTED: two entries stand at this number",
    Flag.NO_PLAY: "NO PLAY",
    Flag.MINIMIZE_CONSIDERED: "MINIMIZE CONSIDERED",
}
_LIKENESS: Final = {
    Likeness.SAME: "",
    Likeness.UNKNOWN: "- the original is not here",
    Likeness.DIFFERS: "- THE ORIGINAL DIFFERS",
}


def author_of(message: Message) -> str:
    """Name of a message's author."""
    return message.author_person or UNKNOWN


def title_of(message: Message) -> str:
    """ "1531Z Berg"."""
    return f"{clock(message.author_time)} {author_of(message)}"


def report_title(report: Report) -> str:
    """ "SALUTE 003"."""
    return f"{report.form} {report.serial:03}"


def excerpt_of(message: Message) -> str:
    """How a message begins, on one line: of a report its name and its first fields, of what only repeats others what it repeats."""
    text, report = message.text or " ".join(quoted.text for quoted in message.quotes), message.report
    if report is not None and text:
        fields = (f"{row.name}: {row.text}" for row in report.rows)
        text = " · ".join((report_title(report), *fields))
    return display_safe(" ".join(text.split()), limit=EXCERPT)


def utc(seconds: int) -> int:
    """Times in Z are ahead by nothing."""
    del seconds
    return 0


@part
class Lines:
    """The lines of all messages that were shown.

    Attributes:
        offset: seconds by which the times of lines are ahead of UTC, at a time. calls: words that call this person.
        answers: who answers whom.
    """

    _coalition: Coalition
    _receipts: Receipts
    _find: Callable[[str], Message | None]
    _lacks_later: Callable[[Message], bool]
    offset: Callable[[int], int] = utc
    calls: Highlights = field(factory=Highlights)
    answers: Answers = field(factory=Answers)
    _made: dict[str, MessageLine] = field(factory=dict)
    _lacking: dict[str, set[str]] = field(factory=dict)

    def clock(self, seconds: int) -> str:
        """A time, in the zone of the lines."""
        return clock(seconds, self.offset(seconds))

    def forget(self, entry_ids: Iterable[str]) -> None:
        """Something that these lines show has changed."""
        for entry_id in entry_ids:
            self._made.pop(entry_id, None)

    def learnt(self, entry_ids: Iterable[str]) -> bool:
        """These messages are here now: whether a line wanted to quote one of them."""
        wanted = [key for entry_id in entry_ids for key in self._lacking.pop(entry_id, ())]
        self.forget(wanted)
        return bool(wanted)

    def lacking(self, message: Message) -> tuple[str, ...]:
        """What a message quotes and is not here."""
        return tuple(ref for ref in answered(message) if message.entry_id in self._lacking.get(ref, ()))

    def forget_all(self) -> None:
        """Marks are written otherwise now."""
        self._made.clear()

    def line(self, message: Message) -> MessageLine:
        """A message's line."""
        made = self._made.get(message.entry_id)
        if made is None:
            made = self._made[message.entry_id] = self._make(message)
        return made

    def is_unread(self, message: Message) -> bool:
        """Whether it is another's, behind the read mark."""
        channel = self._coalition.channel(message.channel_id)
        return not message.mine and channel is not None and message.position > channel.read_position

    def _make(self, message: Message) -> MessageLine:
        marks, members = self._coalition.marks, self._coalition.members(message.channel_id)
        closed = Flag.UNREADABLE in message.flags
        bot = Flag.AUTO in message.flags
        ours = message.kind in {"retraction", "notice"} or {Flag.PURGED, Flag.CORRECTED} & set(message.flags)
        gone = (message.text,) if ours else ()
        answers = 0 if closed or Flag.CORRECTED in message.flags else self.answers.count(message)
        return MessageLine(
            key=message.entry_id,
            position=message.position,
            time=self.clock(message.author_time),
            dtg=dtg(message.author_time),
            nation="" if closed else BOT if bot else message.author_nation,
            person="" if closed else author_of(message),
            mine=message.mine,
            bot=bot,
            mark=marks.mark(message.portion, message.nations, members),
            level=message.level,
            marking=message.marking,
            text="" if gone else message.text,
            precedence=message.precedence,
            due="" if closed else self._due(message),
            answered=message.answered,
            quote=None if closed else self._quote(message.entry_id, answered(message), message.channel_id),
            remarks=()
            if closed
            else (
                *gone,
                *_purges(message),
                *_corrects(message),
                *self._withheld(message.nations, members),
                *_flagged(message),
            ),
            tallies=self.tallies(message),
            unread=self.is_unread(message),
            sending=False,
            failed="",
            unreadable=closed,
            repeats=tuple(_repeated(quoted) for quoted in message.quotes),
            versions=bool(message.corrects) or Flag.CORRECTED in message.flags,
            hits=() if message.mine or gone or closed else self.calls.find(message.text),
            answers=answers,
            more_answers=bool(answers) and self._lacks_later(message),
            gone=bool({Flag.PURGED, Flag.RECALLED} & set(message.flags)) or message.kind == "retraction",
            reminds=message.reminds,
            card=None if message.report is None else _card(message.report),
        )

    def outgoing(self, outgoing: Outgoing) -> MessageLine:
        """The line of what is being sent, or is not sent."""
        coalition, request, label = self._coalition, outgoing.request, outgoing.label
        members = coalition.members(request.channel)
        return MessageLine(
            key=outgoing.key,
            position=UNPLACED,
            time=self.clock(outgoing.at),
            dtg=dtg(outgoing.at),
            nation=coalition.own,
            person=(coalition.node.person if coalition.node else "") or UNKNOWN,
            mine=True,
            bot=False,
            mark=coalition.marks.mark(coalition.marks.portion(label), label.nations, members),
            level=label.level,
            marking=coalition.marks.marking(HighWater() | label),
            text=display_safe(request.text, multiline=True),
            precedence=request.precedence,
            due="",
            answered=None,
            quote=self._quote(outgoing.key, (request.reply_to,) if request.reply_to else (), request.channel),
            remarks=(*_going(outgoing), *self._withheld(label.nations, members)),
            tallies=(),
            unread=False,
            sending=not outgoing.failed,
            failed=outgoing.failed,
            unreadable=False,
        )

    def answered(self, message: Message) -> tuple[Message, ...]:
        """The message whose beginning stands above this one's text, if one does."""
        found = (self._find(ref) for ref in answered(message))
        return tuple(one for one in found if one is not None and _shows(one, message.channel_id))

    def tallies(self, message: Message) -> tuple[Tally, ...]:
        """How far an own message is."""
        return self._receipts.tallies(message, self._coalition.marks.ordered(message.nations)) if message.mine else ()

    def _due(self, message: Message) -> str:
        if message.mine or not message.ack_by or message.answered is not None or not self._coalition.may_acknowledge:
            return ""
        if message.text.startswith("NOT IN FORCE: ") and message.kind == "roe":
            return ""
        return f"ack by {clock_beside(message.ack_by, message.author_time, self.offset(message.ack_by))}"

    def _quote(self, key: str, refs: Iterable[str], channel_id: str) -> Quote | None:
        for ref in refs:
            quoted = self._find(ref)
            if quoted is None:
                self._lacking.setdefault(ref, set()).add(key)
            elif _shows(quoted, channel_id):
                marks, members = self._coalition.marks, self._coalition.members(channel_id)
                return Quote(
                    person=author_of(quoted),
                    time=self.clock(quoted.author_time),
                    text=excerpt_of(quoted),
                    mark=marks.mark(quoted.portion, quoted.nations, members),
                    level=quoted.level,
                )
        return None

    def _withheld(self, nations: Iterable[str], members: Iterable[str]) -> tuple[str, ...]:
        inside = set(nations)
        outside = [member for member in members if member not in inside]
        return (f"withheld from {', '.join(outside)}",) if outside else ()


def _card(report: Report) -> Card:
    notes = [f"version {report.version}"] if report.version > 1 else []
    notes += (
        [] if report.title else ["its form differs from the one here" if report.differs else "its form is not here"]
    )
    rows = (
        CardRow(name=f"{row.name} {row.row}" if row.row else row.name, text=row.text, wrong=row.wrong)
        for row in report.rows
    )
    return Card(
        title=report_title(report),
        notes=tuple(notes),
        rows=tuple(rows),
        missing=report.missing,
    )


def _shows(quoted: Message, channel_id: str) -> bool:
    return quoted.channel_id == channel_id and Flag.UNREADABLE not in quoted.flags


def _going(outgoing: Outgoing) -> Iterator[str]:
    if outgoing.corrects is not None:
        yield f"corrects {title_of(outgoing.corrects)}"
    yield from (f"repeats {title_of(message)}" for message in outgoing.quotes)


def _corrects(message: Message) -> Iterator[str]:
    if message.corrects and Flag.CORRECTED not in message.flags:
        done = "corrected" if message.report is None else "updated"
        yield f"{done} {dtg(message.author_time)} ({message.version}): stands for {message.corrects[:12]}"


def _purges(message: Message) -> Iterator[str]:
    if message.recall is not None and message.mine:
        yield f"{message.recall.confirmed} of {message.recall.asked} devices say that they purged it"


def _repeated(quoted: Quoted) -> tuple[str, str]:
    mark = f"({quoted.portion} REL {', '.join(quoted.nations)})"
    words = (mark, quoted.nation, quoted.person or UNKNOWN, dtg(quoted.time), _LIKENESS[quoted.likeness])
    head = " ".join(word for word in words if word)
    return head, quoted.text


def _flagged(message: Message) -> Iterator[str]:
    yield from (_REMARKS[flag] for flag in message.flags if flag in _REMARKS)
    if message.disowned is not None:
        yield f"DISOWNED BY {message.disowned.nation} AT {dtg(message.disowned.time)}"
