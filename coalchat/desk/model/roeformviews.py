"""What the desk shows of an ROE notice that is being issued, and of the log. The rules are those of `views`."""

from __future__ import annotations

from coalchat.api.roe import RoeAct
from coalchat.desk.model.reportviews import FieldRow
from coalchat.desk.model.roeviews import NoticeView
from coalchat.desk.model.views import Composer
from coalchat.record import record


@record
class ActChoice:
    """An act of a notice.

    Attributes:
        word, means: "IMPLEMENT", "they are in force". why_not: why this person cannot do it, with the clause; "": he can.
    """

    act: RoeAct
    word: str
    means: str
    why_not: str


@record
class BasisChoice:
    """A notice that another may stand on: its name, and how it stands."""

    key: str
    title: str


@record
class RoeFormView:
    """A notice while it is written.

    Attributes:
        act, means: as in `ActChoice`. name: as it would be called, or "" as long as the node has not said.
        composer: its channel and label, and who will be able to read it. kept: "1541Z", when it was last changed, or "".
        wrong, missing: how many fields are; first: of the first of them, what is wrong. ready: the node would issue it.
        clause, trouble: why it would not, or did not, or "".
        signatures: "IN FORCE once 2 persons have signed", or "". sending: it is on its way to the node.
        notice: as it will appear. serial: to be typed, once `^S` was pressed and the node said yes; else "".
    """

    act: str
    means: str
    name: str
    composer: Composer
    kept: str
    fields: tuple[FieldRow, ...]
    wrong: int
    missing: int
    first: str
    ready: bool
    clause: str
    trouble: str
    signatures: str
    sending: bool
    notice: NoticeView
    serial: str


@record
class LogRow:
    """A notice in the log, or serials that are missing before one.

    Attributes:
        gap: what is missing, in words, or "": then all other fields are of a notice.
        time: "221515Z NOV 26". name: "XBB IMPL 005". what: "implements AUTH 004". rules: their numbers.
        standing: "counts", or why nothing of it is in force. dead: nothing is. alarm: it is wrong, not only over.
        count: "2 of 2", or "" where it needs one. signed: by whom.
    """

    key: str
    gap: str
    time: str
    name: str
    person: str
    what: str
    rules: str
    mark: str
    level: int
    standing: str
    dead: bool
    alarm: bool
    count: str
    signed: str


@record
class LogView:
    """The log. `known`: the node has answered. note: "41 signed entries · no gap"; gap: there is one."""

    title: str
    note: str
    gap: bool
    rows: tuple[LogRow, ...]
    trouble: str
    said: str
    words: str
    known: bool
