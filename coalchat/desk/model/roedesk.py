"""What the desk does with rules of engagement, and shows of them (SPEC 8.11).

Nobody waits for it at the start: it is imported when a screen of it opens.
"""

from __future__ import annotations

from coalchat.api.vocabulary import Answer
from coalchat.desk.model.changes import Changes
from coalchat.desk.model.overview import banner_of
from coalchat.desk.model.regulating import Regulating
from coalchat.desk.model.roescreen import board_view, choices, high_water, notice_view, notice_water
from coalchat.desk.model.roeviews import BoardView, Choice, NoticeView
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

    # --- views ---

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
        notice = self._rules.notice(entry_id) if entry_id else None
        coalition = self._state.coalition
        high = high_water(coalition, self._rules.shown) if notice is None else notice_water(coalition, notice)
        return banner_of(self._state, high, now)
