"""Half-filled reports as the node keeps them: a form outlives the desk (SPEC 12.11).

Rule 1: what was kept is asked for once, when a form is asked for first; until then nothing here is known, nor forgotten.
Rule 2: what is being filled in is kept when the hands rest, every few seconds while they do not, and when the desk is left.
Rule 3: what came back and was not opened yet stays with the node as it is.

Nobody waits for it at the start: it is imported when a form is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from coalchat.api.drafts import ListReportDrafts, ReportDraft, SetReportDraft
from coalchat.desk.model.changes import Asks
from coalchat.record import evolve, field, part, values_of

PATIENCE: Final = 5
"""Ticks after which it is kept although it is still being changed."""
Place: TypeAlias = tuple[str, str]
"""A channel; and a form's id, or of an update the id of the report's first version."""


@part
class KeptReports:
    """Attributes:
    known: what the node has; none: it has not said yet. away: of that, what was not opened yet.
    """

    known: dict[Place, SetReportDraft] | None = field(default=None, repr=False)
    away: dict[Place, ReportDraft] = field(factory=dict, repr=False)
    _last: dict[Place, SetReportDraft] = field(factory=dict, repr=False)
    _waits: dict[Place, int] = field(factory=dict)

    def begin(self) -> Asks:
        """Ask what is kept, where that is not known."""
        return (ListReportDrafts(),) if self.known is None else ()

    def took(self, drafts: tuple[ReportDraft, ...]) -> None:
        """What the node has kept."""
        if self.known is None:
            self.away = {(one.channel, one.updates or one.form): one for one in drafts}
            self.known = {place: SetReportDraft(**values_of(one)) for place, one in self.away.items()}

    def open(self, place: Place) -> ReportDraft | None:
        """What was kept there and is opened now; none: there is nothing."""
        return self.away.pop(place, None)

    def keep(self, drafts: Mapping[Place, SetReportDraft], *, now: bool) -> Asks:
        """What to ask the node so that it has these drafts, and no other but those that were not opened yet."""
        if self.known is None:
            return ()  # what is kept there is not known: it must not be lost to what is here
        asks = []
        for place, draft in drafts.items():
            if draft == self.known.get(place):
                self._waits.pop(place, None)
                continue
            waited = self._waits[place] = self._waits.get(place, 0) + 1
            if now or draft == self._last.get(place) or waited >= PATIENCE:
                self.known[place], self._waits[place] = draft, 0
                asks.append(draft)
            self._last[place] = draft
        gone = sorted(self.known.keys() - drafts.keys() - self.away.keys())
        return (*asks, *(evolve(self.known.pop(place), values=(), ack="") for place in gone))

    def failed(self, request: SetReportDraft) -> None:
        """It was not kept: it is tried again once it is changed."""
        self._last.pop((request.channel, request.updates or request.form), None)
