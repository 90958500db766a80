"""Positions and numbers of reports: a grid, and series over a form's history (look: section 6).

Rule 1: a position is drawn where its grid reference says, and one in degrees where they are on the same grid; what is of
another zone stands in the list alone. The list says what was sent, and beside it the other kind of coordinates.
Rule 2: of each report its newest version counts.

Nobody waits for it at the start: it is imported when the map opens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from string import ascii_lowercase
from typing import Any, Final

from coalchat.api.about import CardRow
from coalchat.api.base import MAX_LIMIT, Request, Response
from coalchat.api.nouns import Message
from coalchat.api.reports import ListReports
from coalchat.api.responses import MessagePage
from coalchat.api.vocabulary import Flag
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.model.converting import drawn_at, other_form
from coalchat.desk.model.lines import author_of
from coalchat.desk.model.reportviews import MapPoint, MapRow, MapView, SeriesRow
from coalchat.desk.model.state import State
from coalchat.desk.model.words import day_clock
from coalchat.display import display_safe
from coalchat.errors import CoalchatError
from coalchat.record import part
from protocol.messages.place import Grid

SIGNS: Final = "123456789" + ascii_lowercase
"""Of the newest positions; older ones have a dot."""
DOT: Final = "*"
LONGEST: Final = 40
"""Values of a series that are shown: the newest ones."""
_CHANGED: Final = Changes(frozenset({Part.MAP}))


@part
class Mapping:
    """Reports as the node has listed them, the newest first. `cursor`: row that is selected."""

    _state: State
    known: bool = False
    trouble: str = ""
    reports: tuple[Message, ...] = ()
    cursor: int = 0

    def begin(self, form: str = "") -> Changes:
        """The map opens, or is asked for anew; `form`: only of this one."""
        self.trouble = ""
        return Changes(asks=(ListReports(channel="", form=form, before_position=0, limit=MAX_LIMIT),))

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is for the map."""
        if not (isinstance(request, ListReports) and isinstance(answer, MessagePage)):
            return NOTHING
        self.known, self.cursor = True, -1
        self.reports = tuple(one for one in reversed(answer.messages) if one.report and Flag.PURGED not in one.flags)
        for message in self.reports:
            if self._state.find(message.entry_id) is None:
                self._state.quoted[message.entry_id] = message
        places = list(self._places())
        zone = self._zone(places)  # the newest of those that lie together; not one far away because it is the newest
        here = (at for at, (*_, grid) in enumerate(places) if grid is not None and grid.number == zone)
        self.cursor = next(here, 0)
        return _CHANGED

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not for the map."""
        if not isinstance(request, ListReports):
            return None
        self.trouble = str(error)
        return _CHANGED

    def move(self, step: int) -> Changes:
        """Select another position."""
        count = len(list(self._places()))
        self.cursor = (self.cursor + step) % max(count, 1)
        return _CHANGED

    @property
    def selected(self) -> str:
        """Key of the message of the selected position, or ""."""
        places = list(self._places())
        return places[self.cursor][0].entry_id if places else ""

    # --- the view ---

    def view(self) -> MapView:
        """All of it."""
        places = list(self._places())
        zone = self._zone(places)
        signs = {at: SIGNS[place] for place, at in enumerate(self._on_grid(places, zone)) if place < len(SIGNS)}
        rows, points = [], []
        for at, (message, row, grid) in enumerate(places):
            here = grid is not None and grid.number == zone
            sign = signs.get(at, DOT) if here else ""
            rows.append(self._row(message, row, sign, selected=at == self.cursor))
            if grid is not None and here:
                half = grid.size // 2
                points.append(
                    MapPoint(east=grid.east + half, north=grid.north + half, sign=sign, selected=at == self.cursor)
                )
        zones = {grid.zone for _, _, grid in places if grid is not None and grid.number == zone}
        series = tuple(self._series())
        return MapView(
            known=self.known,
            title=", ".join(sorted(zones)),
            points=tuple(points),
            rows=tuple(rows),
            elsewhere=len(rows) - len(points),
            series=series,
            keys=tuple(message.entry_id for message in self.reports),
            trouble=display_safe(self.trouble),
        )

    def _places(self) -> Iterator[tuple[Message, CardRow, Grid | None]]:
        for message in self.reports:
            for row in message.report.rows if message.report else ():
                if row.type == "loc" and not row.wrong:
                    yield message, row, drawn_at(row.value)

    def _zone(self, places: list[tuple[Message, CardRow, Grid | None]]) -> int:
        """The zone of what is selected; otherwise where most positions are."""
        chosen = places[self.cursor][2] if places and self.cursor >= 0 else None
        if chosen is not None:
            return chosen.number
        counted = Counter(grid.number for *_, grid in places if grid is not None)
        return counted.most_common(1)[0][0] if counted else 0

    @staticmethod
    def _on_grid(places: list[tuple[Message, CardRow, Grid | None]], zone: int) -> list[int]:
        return [at for at, (*_, grid) in enumerate(places) if grid is not None and grid.number == zone]

    def _row(self, message: Message, row: CardRow, sign: str, *, selected: bool) -> MapRow:
        report = message.report
        return MapRow(
            key=message.entry_id,
            sign=sign,
            what=f"{report.form} {report.serial:03}" if report else "",
            who=f"{message.author_nation} {author_of(message)}",
            time=day_clock(message.author_time),
            place=row.text,
            other=other_form(row.value),
            mark=self._mark(message),
            level=message.level,
            selected=selected,
        )

    def _mark(self, message: Message) -> str:
        coalition = self._state.coalition
        return coalition.marks.mark(message.portion, message.nations, coalition.members(message.channel_id))

    def _series(self) -> Iterator[SeriesRow]:
        """Of numbers that were reported more than once by one author on one form, in one channel under one label."""
        found: dict[tuple[str, ...], list[tuple[int, Message]]] = {}
        for message in reversed(self.reports):
            for row in message.report.rows if message.report else ():
                if message.report and row.type == "int" and not row.wrong and not row.row:
                    who = (message.author_nation, author_of(message), message.channel_id, message.marking)
                    found.setdefault((message.report.form, row.name, *who), []).append((int(row.value), message))
        for (form, name, nation, person, *_), values in found.items():
            if len(values) > 1:
                newest = values[-1][1]
                yield SeriesRow(
                    what=f"{form} {name}",
                    who=f"{nation} {person}",
                    values=tuple(value for value, _ in values[-LONGEST:]),
                    mark=self._mark(newest),
                    level=newest.level,
                )
