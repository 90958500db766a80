"""What the ROE screens show, as plain records. The rules are those of `views`: safe texts, words for times."""

from __future__ import annotations

from coalchat.api.vocabulary import Answer
from coalchat.record import record


@record
class ChangeRow:
    """A rule of a notice: "112 A", its verb and words, what it is limited to, and how that was before.

    Attributes:
        was: all of what was before in words, or "". old, new: only what it is limited to, where nothing else differs; else "".
    """

    rule: str
    verb: str
    text: str
    specify: str
    was: str
    old: str
    new: str


@record
class TallyRow:
    """How far a nation is with acknowledging.

    Attributes:
        words: what else is to be said: "nation 1522Z", "1 caveat", names of the missing. own: it is ours.
        waits: this person is among the missing.
    """

    nation: str
    done: int
    of: int
    caveats: int
    unable: int
    complete: bool
    words: str
    own: bool
    waits: bool


@record
class PendingRow:
    """A notice that waits for this person."""

    key: str
    name: str
    what: str
    by: str
    left: str
    overdue: bool
    mark: str
    level: int
    changes: tuple[ChangeRow, ...]
    tallies: tuple[TallyRow, ...]


@record
class SigningRow:
    """A notice that too few have signed.

    Attributes:
        name: "XBB IMPL 006". count: "1 of 2". signed: by whom. mine: this person may sign it. why_not: why he cannot.
    """

    key: str
    name: str
    what: str
    by: str
    count: str
    signed: str
    mark: str
    level: int
    mine: bool
    why_not: str
    changes: tuple[ChangeRow, ...]


@record
class Stance:
    """What one nation says of a rule: "as force", "narrower", "not us". `caveat`: it says something of its own."""

    nation: str
    words: str
    caveat: bool
    out: bool


@record
class RuleRow:
    """A rule in force. `for_us`: it applies to this nation."""

    rule: str
    verb: str
    text: str
    specify: str
    since: str
    by: str
    mark: str
    level: int
    for_us: bool
    stances: tuple[Stance, ...]


@record
class CaveatRow:
    """A caveat: whose, of which rules, what, under which mark, by whom and when. `out`: the nation takes no part."""

    nation: str
    rules: str
    text: str
    mark: str
    level: int
    who: str
    out: bool


@record
class DeadRow:
    """What is NOT IN FORCE: its name, what it is about, why. `alarm`: it is wrong, not only over or dormant."""

    key: str
    name: str
    what: str
    mark: str
    level: int
    reason: str
    alarm: bool


@record
class BoardView:
    """The ROE board.

    Attributes:
        title: "for XAA at 221542Z". note: "replayed from 41 signed entries · no gap". gap: there is one.
        alarms: one sentence each. profile: at the right of what is in force.
        nations: of the columns, the own first. known: the node has answered.
        past: it is of another time than now. said: what came of the last act, or "".
        signing: notices that too few have signed.
    """

    title: str
    note: str
    gap: bool
    alarms: tuple[str, ...]
    trouble: str
    pending: tuple[PendingRow, ...]
    profile: str
    nations: tuple[str, ...]
    own: str
    rules: tuple[RuleRow, ...]
    caveats: tuple[CaveatRow, ...]
    dead: tuple[DeadRow, ...]
    left_out: int
    words: str
    known: bool
    past: bool
    said: str = ""
    signing: tuple[SigningRow, ...] = ()


@record
class NoticeView:
    """One notice whole: on its screen, and where it is acknowledged.

    Attributes:
        marking, level: of the notice. reason: why nothing of it is in force, or "".
        author: "COMFOR, XBB 221515Z". signed: "signed with LEGAD, XAA", count "2 of 2"; whole: that is enough.
        scope: from when until when, to whom. own: caveats of the own nation on its rules.
        serial: as it is to be typed. answered: how this person did, or none. may: this person may acknowledge it.
        answers: of others, one row each. signs: "You sign as Berg, XAA, on device 1."
        stands: what it stands on, and what stands on it. said: of its rules, what other nations say of them.
        endorses: this person may sign it, as another issued it; why_not: where it waits for that, why he cannot.
        done, trouble: what came of the last act, and what went wrong with it, or "".
    """

    key: str
    name: str
    what: str
    marking: str
    level: int
    reason: str
    by: str
    left: str
    overdue: bool
    author: str
    signed: str
    count: str
    whole: bool
    changes: tuple[ChangeRow, ...]
    scope: str
    remark: str
    own: tuple[str, ...]
    serial: str
    answered: Answer | None
    may: bool
    tallies: tuple[TallyRow, ...]
    answers: tuple[str, ...]
    signs: str
    seen_by: str
    words: str
    stands: tuple[str, ...] = ()
    said: tuple[CaveatRow, ...] = ()
    endorses: bool = False
    why_not: str = ""
    done: str = ""
    trouble: str = ""


@record
class Choice:
    """A notice to open: "IMPL 005", and its standing in words."""

    key: str
    title: str
