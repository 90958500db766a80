"""What the desk does with rules of engagement, and shows of them (SPEC 8.11).

Nobody waits for it at the start: it is imported when a screen of it opens.
"""

from __future__ import annotations

from coalchat.api.vocabulary import Answer
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.overview import banner_of
from coalchat.desk.model.regulating import Regulating
from coalchat.desk.model.roedraft import is_called, spelled
from coalchat.desk.model.roeissuing import RoeIssuing
from coalchat.desk.model.roelog import RoeLogging
from coalchat.desk.model.roenotice import choices, notice_view, notice_water
from coalchat.desk.model.roepowers import waits, why_not_sign
from coalchat.desk.model.roescreen import board_view, high_water
from coalchat.desk.model.roeviews import BoardView, Choice, NoticeView, SigningRow
from coalchat.desk.model.state import State
from coalchat.desk.model.views import Banner
from coalchat.record import part


@part
class RoeDesk:
    """The acts and the views."""

    _state: State

    @property
    def _rules(self) -> Regulating:
        return self._state.regulating

    # --- acts ---

    def look(self, at: int = 0) -> Changes:
        """The board of a time; 0: of now."""
        return self._rules.look(at)

    def open(self, entry_id: str) -> Changes:
        """One notice whole."""
        return self._rules.open(entry_id)

    def acknowledge(self, view: NoticeView, answer: Answer, text: str) -> Changes:
        """A person has typed the serial of a notice."""
        return self._rules.acknowledge(view.key, int(view.serial), answer, text)

    def endorse(self, view: NoticeView) -> Changes:
        """A person has typed the serial of what another issued."""
        return self._rules.endorse(view.key)

    def say(self, trouble: str) -> Changes:
        """Why an act is not done."""
        self._rules.trouble, self._rules.acted = trouble, None
        return Changes(frozenset({Part.ROE, Part.ROE_LOG}))

    # --- what opens later ---

    @property
    def issuing(self) -> RoeIssuing:
        """Notices that are being written."""
        if self._state.issuing is None:
            self._state.issuing = RoeIssuing(self._state)
        return self._state.issuing

    @property
    def log(self) -> RoeLogging:
        """The log."""
        if self._state.roe_log is None:
            self._state.roe_log = RoeLogging(self._state)
        return self._state.roe_log

    def find(self, name: str) -> str:
        """Id of a notice by its name, with its nation's code or without; "" if there is none, or several."""
        board = self._rules.board
        found = [one for one in (board.notices if board is not None else ()) if is_called(one, spelled(name))]
        found = [one for one in found if not one.flaw] or found
        return found[0].entry_id if len(found) == 1 else ""

    # --- views ---

    def why_not_sign(self, entry_id: str = "") -> str:
        """Why this person signs nothing now, or not this notice."""
        board, notice = self._rules.board, self._rules.notice(entry_id) if entry_id else None
        if notice is not None:
            return why_not_sign(notice, board)
        waiting = [one for one in (board.notices if board is not None else ()) if waits(one)]
        return why_not_sign(waiting[0], board) if waiting else "no notice waits for a signature"

    def signing(self) -> tuple[SigningRow, ...]:
        """Notices that wait for this person's signature."""
        return tuple(row for row in self.board(0).signing if row.mine)

    def board(self, now: int) -> BoardView:
        """The board."""
        return board_view(self._state.coalition, self._rules, now)

    def notice(self, entry_id: str, now: int) -> NoticeView | None:
        """One notice; none if it is not known."""
        return notice_view(self._state.coalition, self._rules, entry_id, now)

    def choices(self) -> tuple[Choice, ...]:
        """All notices of the board that is shown."""
        return choices(self._rules)

    def banner(self, entry_id: str, now: int) -> Banner:
        """The high-water mark of the board, or of one notice of it."""
        log = self._state.roe_log
        notice = (
            self._rules.notice(entry_id) or (log.notice(entry_id) if log is not None else None) if entry_id else None
        )
        coalition = self._state.coalition
        high = (
            high_water(coalition, self._rules.shown)
            if notice is None
            else notice_water(coalition, notice, self._rules.board)
        )
        return banner_of(self._state, high, now)

    def form_banner(self, now: int) -> Banner:
        """Of the notice that is being written, and of what it refers to."""
        return banner_of(self._state, self.issuing.high_water(now), now)

    def log_banner(self, now: int) -> Banner:
        """Of all of the log."""
        return banner_of(self._state, self.log.high_water(), now)
