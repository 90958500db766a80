"""What the desk shows, as plain records: the model makes them, `coalchat.desk.paint` draws them.

Rule 1: every text that a peer had a hand in has passed `display_safe` before it stands in one of these records.
Rule 2: times are already words (`1531Z`, `221537Z NOV 26`, `5 min`): painting reads no clock.
Rule 3: a level is its index in the policy; `UNMARKED` is none of them.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeAlias

from coalchat.api.vocabulary import Answer, LinkState, Precedence
from coalchat.desk.model.reportviews import Card
from coalchat.desk.model.whoviews import Tally, WhoHasIt
from coalchat.record import record

UNMARKED: Final = -1
"""Level of what bears no label."""


class NodeState(Enum):
    """How the desk stands with its node."""

    CONNECTING = "connecting"
    """First connection, or the node is being started."""
    LOCKED = "locked"
    RESTARTING = "restarting"
    """It was there and is gone; the desk starts it anew and goes on where it was."""
    UP = "up"
    NO_COALITION = "no coalition"
    """Unlocked, but the home has not joined one."""
    FAILED = "failed"
    """It does not come up; the notice says why."""


@record
class Banner:
    """The band at the top and at the bottom: the high-water mark of what is on the screen.

    Attributes:
        marking: e.g. "MISSION SECRET REL XAA, XBB, XCC", or "UNMARKED – TREAT AS …".
        clock: "221542Z NOV 26".
        national: what the own nation marks alike, "XAA: GEHEIM", or "".
    """

    marking: str
    level: int
    coalition: str
    clock: str
    exercise: bool
    national: str = ""


@record(kw_only=False)
class Count:
    """How far a nation is with acknowledging the most urgent notice."""

    nation: str
    done: int
    of: int
    caveats: int

    @property
    def complete(self) -> bool:
        """Whether nobody is missing."""
        return self.done >= self.of


@record(kw_only=False)
class RoeLine:
    """What the main screen says of ROE.

    Attributes:
        words: "profile 004 in force", "3 rules in force, 1 to sign", "no rule in force"; `gap`: a serial is missing.
        pending: notices that wait for this person, e.g. "IMPL 005"; counts: of the most urgent.
    """

    words: str
    gap: bool
    pending: tuple[tuple[str, str], ...]
    counts: tuple[Count, ...]


@record
class Notice:
    """The row under the banner: how the node stands, and what waits for this person most.

    Attributes:
        node: state in words, e.g. "node up", "node restarting".
        fine: nothing of `node` needs attention.
        due: the most urgent thing to do, e.g. "acknowledge Duarte 1537Z by 1547Z", or "".
        left: "5 min", "OVERDUE 3 min", or "". overdue: it is.
        warnings: of the node, the gravest first. roe: of rules of engagement, where there are any.
    """

    node: str
    fine: bool
    due: str
    left: str
    overdue: bool
    warnings: tuple[str, ...]
    roe: RoeLine | None = None


@record
class ChannelRow:
    """A channel in the list.

    Attributes:
        level, letter: of its ceiling: "S".
        precedence: of the highest unread message, if it is above ROUTINE, else none.
        acts: messages in it that wait for this person's acknowledgement. calls: unread ones that call him.
    """

    id: str
    title: str
    level: int
    letter: str
    unread: int
    precedence: Precedence | None
    acts: int
    selected: bool
    calls: int = 0


@record
class Head:
    """Above the timeline. `ceiling` is the level's name; `nations` are the members' codes.

    Attributes:
        minimize: "MINIMIZE since 221531Z: no satellite", while that is in force; else "".
    """

    title: str
    purpose: str
    ceiling: str
    level: int
    nations: tuple[str, ...]
    minimize: str = ""


# --- the timeline ---


@record
class DateLine:
    """Where another day (UTC) begins: "22 NOV 2026"."""

    text: str


@record
class UnreadLine:
    """Where the unread begin; it stays until the channel is left. `since` is the last read line's time, or ""."""

    count: int
    since: str


@record
class Quote:
    """The message that this one answers; `person` "" if it is not here. `mark`: of what its text stands for, with its level."""

    person: str
    time: str
    text: str
    mark: str = ""
    level: int = UNMARKED


@record
class MessageLine:
    """A message.

    Attributes:
        key: the entry id, or of one that is still being sent, its client id.
        time: "1531Z". nation: code, or "BOT" for a bot of any nation. person: as certified.
        mark: "(S)", or "(S REL XAA, XBB)" where the release is narrower than the channel.
        due: "ack by 1547Z", while that is asked for and this person has not given it; else "".
        remarks: ours, in italics: "withheld from XCC", "sealed under a superseded key".
        tallies: of an own message, by nation. sending: not durable on the node yet. failed: why it is not sent, or "".
        unreadable: its key is gone; `text` is the one line to show. repeats: what it quotes: whose, and the whole text.
        versions: there are several of it. gone: no text of it is here any more. hits: words of it that call this person.
        answers: how many are here. more_answers: what came later is not all loaded, and there may be more.
        reminds: of a reminder, the key of what is to be acknowledged; else "". card: of a report.
    """

    key: str
    position: int
    time: str
    dtg: str
    nation: str
    person: str
    mine: bool
    bot: bool
    mark: str
    level: int
    marking: str
    text: str
    precedence: Precedence
    due: str
    answered: Answer | None
    quote: Quote | None
    remarks: tuple[str, ...]
    tallies: tuple[Tally, ...]
    unread: bool
    sending: bool
    failed: str
    unreadable: bool
    repeats: tuple[tuple[str, str], ...] = ()
    versions: bool = False
    gone: bool = False
    hits: tuple[str, ...] = ()
    answers: int = 0
    more_answers: bool = False
    reminds: str = ""
    card: Card | None = None


Item: TypeAlias = DateLine | UnreadLine | MessageLine


# --- the composer ---


@record
class Composer:
    """What stands around the text being written.

    Attributes:
        label: "SECRET REL XAA, XBB", without the policy's name. short: the same with the portion: "S REL XAA, XBB".
        reads: nations that will be able to read it, with the number of their devices. withheld: members that will not.
        denied: clause and sentence, if it cannot be sent so. warnings: what to know before sending.
        reply: "Berg 1531Z" of the message that it answers, or "". note: at the right of the label: "sending", "not sent", "draft", or "". known: the node has said who can read it; else reads and withheld are empty.
        only: of a direct message, whose devices alone can read it, by name; else "".
        about: the beginning of what it answers. quotes: of each message that it repeats, mark, author, time and beginning.
        corrects: "1531Z Berg", while an own message is corrected: its label and precedence are not chosen; else "".
        within: the handling time of its precedence, "10 min"; of ROUTINE, "".
        minimize: id of the notice to be considered before it is sent, or "".
        nowhere: there is no channel to write to.
        national: as of the banner.
        trouble: what went wrong with the person's last act, or "": the first of the warnings.
    """

    channel: str
    label: str
    short: str
    level: int
    precedence: Precedence
    ack: str
    reads: tuple[tuple[str, int], ...]
    withheld: tuple[str, ...]
    denied: tuple[str, str] | None
    warnings: tuple[str, ...]
    reply: str
    note: str
    known: bool
    only: str = ""
    about: str = ""
    quotes: tuple[str, ...] = ()
    corrects: str = ""
    within: str = ""
    minimize: str = ""
    nowhere: bool = False
    national: str = ""
    trouble: str = ""


# --- the rail ---


@record
class DueRow:
    """A deadline: "1547Z", "ack Duarte 1537Z", "5 min". `act`: it waits for this person. `brief`: "ack Duarte", or ""."""

    time: str
    what: str
    left: str
    act: bool
    overdue: bool
    brief: str = ""


@record
class KeysView:
    """The key period.

    Attributes:
        done: part of the edition that has passed, 0 to 1.
        ends: DTG of the segment's end. until: DTG of the last published edition's end. soon: it comes within three days.
    """

    edition: int
    segment: int
    segments: int
    done: float
    ends: str
    until: str
    soon: bool


@record
class LinkRow:
    """A link: nation or address, "up", "12 min"; `gap`: it is not up; `reason` says why."""

    peer: str
    state: LinkState
    age: str
    gap: bool
    reason: str


@record
class Rail:
    """The right column. `queued`: own messages that have not left for every nation."""

    who: WhoHasIt | None
    due: tuple[DueRow, ...]
    keys: KeysView | None
    links: tuple[LinkRow, ...]
    queued: int
