"""What the desk knows of rules of engagement: the node's newest board, and notices that somebody looks at (SPEC 8.11).

Rule 1: the node folds; this keeps what it said last, asks again when it says that something changed, and when its own time
for that has come.
Rule 2: an acknowledgement, or a signature, is put once; what went wrong with it stands where it was made.
"""

from __future__ import annotations

from typing import Any

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Message
from coalchat.api.requests import ShowMessage
from coalchat.api.roe import (
    AcknowledgeRoe,
    EndorseRoe,
    ListRoe,
    RoeBoard,
    RoeDetails,
    RoeIssued,
    RoeNotice,
    ShowRoe,
)
from coalchat.api.vocabulary import Answer
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.views import Count, RoeLine
from coalchat.desk.model.words import clock
from coalchat.errors import CoalchatError
from coalchat.record import field, part

NOW = ListRoe(channel="", at=0)
_PARTS = frozenset({Part.ROE, Part.NOTICE, Part.CHANNELS, Part.RAIL})
DEAD = "NOT IN FORCE: "
"""How the node begins the text of a notice of which nothing is in force."""


@part
class Regulating:
    """Attributes:
    board: of now. past: of another time, while somebody looks at that; `at` is that time, or 0.
    details: notices that were asked for, by entry id.
    trouble: what went wrong with the person's last act, or "". acted: what he did with which notice, as it was then.
    """

    board: RoeBoard | None = None
    past: RoeBoard | None = None
    at: int = 0
    trouble: str = ""
    acted: tuple[str, RoeNotice] | None = None
    details: dict[str, RoeDetails] = field(factory=dict)
    _asked_at: int = 0

    @property
    def used(self) -> bool:
        """Whether there are ROE in this coalition at all."""
        return self.board is not None and bool(self.board.entries or self.board.gaps)

    @property
    def shown(self) -> RoeBoard | None:
        """The board that the screen shows."""
        return self.past if self.at else self.board

    def pending(self) -> tuple[RoeNotice, ...]:
        """What waits for this person, the most urgent first."""
        return tuple(notice for notice in self.board.notices if notice.pending) if self.board is not None else ()

    def notice(self, entry_id: str) -> RoeNotice | None:
        """A notice as it is known now."""
        board = self.board
        return next((n for n in board.notices if n.entry_id == entry_id), None) if board is not None else None

    def line(self, coalition: Coalition) -> RoeLine | None:
        """What the main screen says of it; none where there are no ROE."""
        board = self.board
        if board is None or not self.used:
            return None
        in_force = [ruling for ruling in board.rulings if ruling.in_force and ruling.applies]
        series = {(ruling.channel_id, ruling.marking, ruling.nation) for ruling in in_force}
        words = f"{len(in_force)} rules in force" if len(in_force) > 1 else "1 rule in force"
        if len(series) == 1:
            words = f"profile {max(ruling.notice.rpartition(' ')[2] for ruling in in_force)} in force"
        pending = self.pending()
        first = pending[0] if pending else next((n for n in board.notices if n.tally and not n.closed), None)
        order = (coalition.own, *(code for code in coalition.marks.codes if code != coalition.own))
        tally = {row.nation: row for row in first.tally} if first is not None else {}
        counts = tuple(
            Count(code, tally[code].acknowledged, tally[code].persons, tally[code].caveats)
            for code in order
            if code in tally and tally[code].persons
        )
        waiting = tuple((n.name, clock(n.ack_by)) for n in pending)
        words = words if in_force else "no rule in force"
        unsigned = sum(board.signs and notice.flaw == "unsigned" and not notice.signed for notice in board.notices)
        return RoeLine(words + (f", {unsigned} to sign" if unsigned else ""), bool(board.gaps), waiting, counts)

    # --- what is asked ---

    def begin(self) -> Asks:
        """The first question."""
        return (NOW,)

    def look(self, at: int) -> Changes:
        """Show the board of a time; 0: of now."""
        self.at, self.past, self.trouble, self.acted = at, None, "", None
        return Changes(frozenset({Part.ROE}), asks=(ListRoe(channel="", at=at),))

    def open(self, entry_id: str) -> Changes:
        """Show one notice whole."""
        self.trouble, self.acted = "", None
        return Changes(asks=(ShowRoe(id=entry_id),))

    def again(self, now: int) -> Asks:
        """What becomes something else by itself is asked for when its time has come; once."""
        board = self.board
        if board is None or not 0 < board.changes <= now or self._asked_at == board.changes:
            return ()
        self._asked_at = board.changes
        return (NOW,)

    def moved(self, entry_id: str) -> Asks:
        """A notice, a signature or an acknowledgement has come."""
        return (NOW, *((ShowRoe(id=entry_id),) if entry_id in self.details else ()))

    def stale(self, messages: Any) -> Asks:
        """Lines of notices that say something else by now."""
        return tuple(ShowMessage(id=m.entry_id) for m in messages if self._is_stale(m))

    def _is_stale(self, message: Message) -> bool:
        notice = self.notice(message.entry_id) if message.kind == "roe" else None
        if notice is None:
            return False
        first = message.text.partition("\n")[0]
        return first != DEAD + notice.reason if notice.reason else first.startswith(DEAD)

    def endorse(self, entry_id: str) -> Changes:
        """A person has typed the serial of what another issued."""
        self.trouble, self.acted = "", None
        return Changes(frozenset({Part.ROE}), asks=(EndorseRoe(id=entry_id),))

    @property
    def said(self) -> str:
        """What came of the last act, as the notice stands by now; or ""."""
        if self.acted is None:
            return ""
        what, notice = self.acted
        known = self.notice(notice.entry_id)
        if known is not None and len(known.signers) >= len(notice.signers):  # else the board is older than the act
            notice = known
        missing = notice.needed - len(notice.signers)
        more = "another person signs" if missing == 1 else f"{missing} other persons sign"
        if missing > 0:
            return f"{what} {notice.nation} {notice.name}: NOT IN FORCE until {more}"
        signed = f": signed by {len(notice.signers)} of {notice.needed}" if notice.needed > 1 else ""
        return f"{what} {notice.nation} {notice.name}{signed}"

    def acknowledge(self, entry_id: str, serial: int, answer: Answer, text: str) -> Changes:
        """A person has typed the serial."""
        self.trouble, self.acted = "", None
        request = AcknowledgeRoe(id=entry_id, serial=serial, answer=answer, text=text)
        return Changes(frozenset({Part.ROE}), asks=(request,))

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is about ROE."""
        match request, answer:
            case ListRoe(at=0), RoeBoard():
                self.board = answer
                return Changes(_PARTS)
            case ListRoe(), RoeBoard():
                self.past = answer if request.at == self.at else self.past
                return Changes(frozenset({Part.ROE}))
            case ShowRoe() | AcknowledgeRoe(), RoeDetails():
                self.details[answer.notice.entry_id] = answer
                signed = isinstance(request, AcknowledgeRoe)
                said: Asks = (NOW, ShowMessage(id=answer.notice.entry_id)) if signed else ()  # its line says so too
                return Changes(frozenset({Part.ROE}), asks=said)
            case EndorseRoe(), RoeIssued():
                self.acted = ("you signed", answer.notice)
                return Changes(frozenset({Part.ROE, Part.ROE_LOG}), asks=self.moved(answer.notice.entry_id))
        return NOTHING

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not about ROE."""
        if isinstance(request, AcknowledgeRoe | EndorseRoe | ShowRoe):
            self.trouble = f"{error.clause}: {error}" if error.clause and error.clause not in str(error) else str(error)
            return Changes(frozenset({Part.ROE, Part.ROE_LOG}))
        return None
