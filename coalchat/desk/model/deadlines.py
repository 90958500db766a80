"""What is due: acknowledgements that wait for this person, or that this person waits for, and the key segment's end.

Rule 1: a deadline stays until it is met, however overdue it is.
Rule 2: it stays also when its message is no longer loaded.
"""

from __future__ import annotations

from coalchat.api.nouns import Message
from coalchat.api.vocabulary import Flag, Precedence
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.lines import author_of, report_title
from coalchat.desk.model.receipts import Receipts
from coalchat.desk.model.views import DueRow
from coalchat.desk.model.words import clock, clock_beside, left
from coalchat.record import field, part, record


@record(kw_only=False)
class Asked:
    """An ROE notice that waits for this person: until when, its name, where."""

    ack_by: int
    name: str
    channel_id: str


@part
class Deadlines:
    """Messages with a deadline, by entry id; `notices`: those of ROE, which the node counts itself."""

    _coalition: Coalition
    _receipts: Receipts
    notices: tuple[Asked, ...] = ()
    _asked: dict[str, Message] = field(factory=dict)
    _urgent: dict[str, Message] = field(factory=dict)
    """Own messages of FLASH or IMMEDIATE that have not been delivered everywhere."""

    def note(self, message: Message) -> None:
        """A message has come, or was acknowledged by this person."""
        waits = not self._receipts.complete(message) if message.mine else message.answered is None
        if message.ack_by and waits and message.kind != "roe" and Flag.UNREADABLE not in message.flags:
            self._asked[message.entry_id] = message
        else:
            self._asked.pop(message.entry_id, None)
        urgent = message.mine and message.precedence.rank >= Precedence.IMMEDIATE.rank
        if urgent and message.kind == "text" and not self._receipts.delivered(message):
            self._urgent[message.entry_id] = message
        self.met(message)

    def met(self, message: Message) -> None:
        """Something was said about who has a message: if everybody has acknowledged it, nothing is due."""
        if message.mine and self._receipts.complete(message):
            self._asked.pop(message.entry_id, None)
        if message.entry_id in self._urgent and self._receipts.delivered(message):
            del self._urgent[message.entry_id]

    def get(self, entry_id: str) -> Message | None:
        """A message with a deadline that is not met."""
        return self._asked.get(entry_id) or self._urgent.get(entry_id)

    def is_open(self, entry_id: str) -> bool:
        """Whether acknowledgements of it are due."""
        return entry_id in self._asked

    def acts(self, channel_id: str) -> int:
        """How many messages of a channel wait for this person."""
        return sum(one.channel_id == channel_id for one in self._waiting())

    def most_urgent(self) -> Message | Asked | None:
        """The first of those that wait for this person."""
        return min(self._waiting(), key=_due_at, default=None)

    def rows(self, now: int) -> tuple[DueRow, ...]:
        """All, by time. The end of the key segment comes last: it needs nobody."""
        waiting = [(*_due_at(one), what_of(one), _brief(one), True) for one in self._waiting()]
        waiting += [(m.ack_by, m.position, what_of(m), "", False) for m in self._asked.values() if m.mine]
        waiting += [
            (self._handle_by(m), m.position, f"deliver {clock(m.author_time)}", "", False)
            for m in self._urgent.values()
        ]
        rows = [
            DueRow(time=clock_beside(by, now), what=what, left=left(by, now), act=act, overdue=by <= now, brief=brief)
            for by, _, what, brief, act in sorted(waiting)
        ]
        keys = self._coalition.keys
        if keys is not None and now < keys.segment_ends <= keys.edition_ends:
            ends, what = clock_beside(keys.segment_ends, now), f"segment {keys.segment} ends"
            rows.append(DueRow(time=ends, what=what, left=left(keys.segment_ends, now), act=False, overdue=False))
        return tuple(rows)

    def _handle_by(self, message: Message) -> int:
        policy = self._coalition.marks.policy
        handling = policy.handling if policy is not None else ()
        return message.author_time + (handling[message.precedence.rank] if handling else 0)

    def _waiting(self) -> list[Message | Asked]:
        """For this person."""
        if not self._coalition.may_acknowledge:
            return []
        return [*self.notices, *(message for message in self._asked.values() if not message.mine)]


def what_of(message: Message | Asked) -> str:
    """ "ack Duarte 1537Z", "ack SALUTE 003", of an own message "acks of 1531Z", of an ROE notice "ack IMPL 005"."""
    if isinstance(message, Asked):
        return f"ack {message.name}"
    written = clock(message.author_time)
    if message.report is not None and not message.mine:
        return f"ack {report_title(message.report)}"
    return f"acks of {written}" if message.mine else f"ack {author_of(message)} {written}"


def _brief(message: Message | Asked) -> str:
    """The same in fewer words, where there are such."""
    return "" if isinstance(message, Asked) or message.report is not None else f"ack {author_of(message)}"


def _due_at(message: Message | Asked) -> tuple[int, int]:
    return message.ack_by, 0 if isinstance(message, Asked) else message.position
