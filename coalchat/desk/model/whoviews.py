"""Who has a message, as the desk shows it: the rail's first section, and the screen of F4. The rules of `views` hold.

Nobody's row says more than his receipts do.
"""

from __future__ import annotations

from coalchat.api.vocabulary import Answer, State
from coalchat.record import record


@record
class Tally:
    """How far an own message is with a nation.

    Attributes:
        state: what `reached` of `of` persons have reached at least; of those that lag, nothing is said here.
        caveat: one of them acknowledged with a caveat. unable: one of them said so.
        complete: everybody is there.
    """

    nation: str
    state: State
    reached: int
    of: int
    caveat: bool
    unable: bool

    @property
    def complete(self) -> bool:
        """Whether nobody is missing."""
        return self.reached >= self.of and self.of > 0


@record
class PersonRow:
    """One person of a nation, by the furthest of the person's devices.

    Attributes:
        device: number, or of several "1,2". since: "1538Z", or "" where nothing is known of it.
        times: when he first was so far, by state: "1538"; a state of which that is not known is not in it.
        now: in words: "read", "sent, nothing heard", "held by XBB", "caveat: watch only".
        gap: something is missing. why: the same as `now` with what else is known of it, for the list of gaps.
        you: it is this person. closes: what closes the gap, and the key for it or "".
    """

    person: str
    role: str
    device: str
    state: State
    answer: Answer | None
    since: str
    now: str
    gap: bool
    times: tuple[tuple[State, str], ...] = ()
    why: str = ""
    you: bool = False
    closes: tuple[str, str] = ("", "")


@record
class NationRow:
    """One nation of the release set, with its persons; none where none of them is known.

    Attributes:
        deputy: who stands in for it and can read the message, or "". lacks: somebody of it is missing.
    """

    tally: Tally
    persons: tuple[PersonRow, ...]
    deputy: str = ""
    lacks: bool = False


@record
class WhoHasIt:
    """Who has a message: the rail's first section, and the screen of F4.

    Attributes:
        title: "1531Z Berg". excerpt: the beginning of its text. id: of the entry, shortened.
        asked: an acknowledgement is asked for; then `by` is its time and `left` what remains.
        stored: when it came here, "1537". author: nation of its author.
        may_remind: it is this device's, asks for an acknowledgement, and lacks one. deputies: who is named as such by the
            nations where somebody lacks it: "XBB Kowal; XCC has none", or "" where none is.
        persons: "XCC Mets": who has it, of these nations, the furthest first.
        said: what came of the last reminder, or "".
        national: what the own nation marks alike, "XAA: GEHEIM", or "".
    """

    key: str
    title: str
    excerpt: str
    mark: str
    level: int
    id: str
    nations: tuple[NationRow, ...]
    asked: bool
    by: str
    left: str
    overdue: bool
    stored: str = ""
    author: str = ""
    may_remind: bool = False
    deputies: str = ""
    persons: tuple[str, ...] = ()
    said: str = ""
    national: str = ""
