"""What the key screen shows, as plain records. The rules of `views` hold here too: texts are safe, times are words.

Nobody waits for it at the start: it is imported when the screen opens.
"""

from __future__ import annotations

from coalchat.record import record


@record
class ToDo:
    """Something that waits for somebody.

    Attributes:
        who: whom it is about, or "". what: a sentence. act: how it is done, e.g. "H decide", or "".
    """

    who: str
    what: str
    act: str


@record
class EditionRow:
    """An edition of the own nation.

    Attributes:
        name: "XAA 12"; of an alternate's seat "XAA 12, seat 1". state: "EFFECTIVE", "RESERVE", "SUPERSEDED".
        period: from when to when. keys: whether this device holds its keys, in words. notes: what else to know of it.
        runs: it is effective. gap: it runs, or will, and its keys are not here.
    """

    name: str
    state: str
    period: str
    keys: str
    notes: tuple[str, ...]
    runs: bool
    gap: bool


@record
class SegmentRow:
    """A segment on the scale; its four moments are parts of the scale's length, 0 to 1.

    Attributes:
        name: "3 of 12". erased: when its key is erased. state: "held", "effective", "not begun", "erased".
        begins, ends: it is sealed to between them. held: until there its key is kept.
    """

    name: str
    erased: str
    state: str
    begins: float
    ends: float
    held: float


@record
class Scale:
    """The segments of the edition that runs, on one linear scale of time.

    Attributes:
        title: "SEGMENTS OF EDITION 12". note: how long each runs and is held.
        days: where days begin on it, 0 to 1, with their names. now: where it is now. words: what is effective, held, to come.
    """

    title: str
    note: str
    segments: tuple[SegmentRow, ...]
    days: tuple[tuple[float, str], ...]
    now: float
    words: str


@record
class WindowRow:
    """How long what is sealed at a level can be opened.

    Attributes:
        name: of the level. wire: until when a later thief of keys opens what he recorded. keys: until when the oldest key
            here is kept, or why there is none. texts: until when the text of what is sealed now stays here.
        cleared: this device may read it; else the three are "".
    """

    level: int
    name: str
    wire: str
    keys: str
    texts: str
    cleared: bool


@record
class NationKeys:
    """What is known here of another nation's keys.

    Attributes:
        until: "published until 261800Z". heard: "3 h ago", or "". consequence: what follows. gap: it needs a look.
    """

    code: str
    until: str
    heard: str
    consequence: str
    gap: bool


@record
class EndRow:
    """A certificate that ends: whose, when, in how long, and what stops then. gap: within a month, or over."""

    what: str
    when: str
    left: str
    stops: str
    gap: bool


@record
class DemandRow:
    """An emergency rekey that is under way: since when, how many devices of how many are keyed, and have answered."""

    since: str
    keyed: int
    answered: int
    devices: int


@record
class KeyerRow:
    """A keying device: who, and what that means. gap: it needs a look."""

    who: str
    what: str
    gap: bool


@record
class SilentRow:
    """A device that holds a window open: who, since when nothing came, what that means. suspended: it gets no keys."""

    who: str
    heard: str
    what: str
    suspended: bool


@record
class KeyScreen:
    """All of it.

    Attributes:
        title: whose keys: "XAA Berg (1)". position: "edition 12 · segment 3 of 12 · ends 221800Z in 2h18".
        known: the node has said what runs.
        trouble: what went wrong with the person's last act here, or "". said: what came of it, or "".
        doubtful: this node's clock is in doubt.
    """

    title: str
    position: str
    known: bool
    trouble: str
    said: str
    doubtful: bool
    todo: tuple[ToDo, ...]
    editions: tuple[EditionRow, ...]
    scale: Scale | None
    demands: tuple[DemandRow, ...]
    silent: tuple[SilentRow, ...]
    keyers: tuple[KeyerRow, ...]
    windows: tuple[WindowRow, ...]
    nations: tuple[NationKeys, ...]
    ends: tuple[EndRow, ...]


@record
class HistoryView:
    """A request for history that waits for a decision.

    Attributes:
        id: to decide it by. who: "Varga (2)". device: its id. came: when. asked, givable: entries.
        span: of what would go, or "". markings: likewise.
    """

    id: str
    who: str
    device: str
    came: str
    asked: int
    givable: int
    span: str
    markings: tuple[str, ...]
