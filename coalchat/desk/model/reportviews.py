"""What the desk shows of reports: cards in the timeline, and the form that is being filled in.

The rules of `views` hold here too.
"""

from __future__ import annotations

from coalchat.api.vocabulary import Precedence
from coalchat.record import record


@record
class CardRow:
    """A field of a report: its name, and what it says. `wrong`: not as the form says."""

    name: str
    text: str
    wrong: bool


@record
class Card:
    """A report, under its head.

    Attributes:
        title: "SALUTE 4". notes: ours, beside it: "version 2". missing: names of what has yet to be filled.
    """

    title: str
    notes: tuple[str, ...]
    rows: tuple[CardRow, ...]
    missing: tuple[str, ...]


@record
class FieldRow:
    """A field to be filled.

    Attributes:
        key, row: which one. section: the heading that begins with it, or "".
        needed: it must be filled, first or last. text: as it was typed.
        verdict: what is said of it, in a few words; `good`: it is right, `bad`: it is not, neither: it is empty.
        note: the written form taken apart, or "". help: what it takes, while somebody is in it.
    """

    key: str
    row: int
    section: str
    name: str
    needed: bool
    text: str
    verdict: str
    good: bool
    bad: bool
    note: str
    help: str


@record
class MapPoint:
    """A position of the shown zone, in metres of its grid: the middle of what is meant."""

    east: int
    north: int
    sign: str
    selected: bool


@record
class FormView:
    """A report while it is filled in.

    Attributes:
        title: "SALUTE", with the serial of what is updated. form_title: "What was seen". to: the channel.
        kept: "1541Z", when its text was last changed, or "". returned: that is from before: the node has kept it.
        precedence: with which it will go.
        wrong, missing, open: how many fields are wrong, must be filled, may follow.
        following: names of those. parts: it may be sent before it is whole.
        sending: it is on its way to the node. trouble: why it was not sent, or "".
        card: as it will appear, empty fields too. text: the same as text. points: its positions, of one zone.
    """

    title: str
    form_title: str
    to: str
    kept: str
    returned: bool
    precedence: Precedence
    fields: tuple[FieldRow, ...]
    wrong: int
    missing: int
    open: int
    following: tuple[str, ...]
    parts: bool
    sending: bool
    trouble: str
    card: Card
    text: tuple[str, ...]
    points: tuple[MapPoint, ...]


@record
class MapRow:
    """A position in a report.

    Attributes:
        key: of the report's message. sign: stands on the grid, or "" where the position is of another zone.
        mark, level: of the report. place: as people read it. other: the other kind of coordinates, or "".
    """

    key: str
    sign: str
    what: str
    who: str
    time: str
    place: str
    other: str
    mark: str
    level: int
    selected: bool


@record
class SeriesRow:
    """A number over the reports of one author on one form, in one channel under one label, the oldest first."""

    what: str
    who: str
    values: tuple[int, ...]
    mark: str
    level: int


@record
class MapView:
    """Where reports are from, and how their numbers went.

    Attributes:
        known: the node has said. title: the zone of the grid, "31U". keys: of all messages of which something is shown.
        elsewhere: how many positions are not on the grid. trouble: why nothing is known, or "".
    """

    known: bool
    title: str
    points: tuple[MapPoint, ...]
    rows: tuple[MapRow, ...]
    elsewhere: int
    series: tuple[SeriesRow, ...]
    keys: tuple[str, ...]
    trouble: str
