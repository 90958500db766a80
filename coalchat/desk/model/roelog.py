"""The log of ROE notices as it was signed, for the screen that shows it (SPEC 8.11).

Rule 1: every notice stands there, whatever is wrong with it, by its author's clock; a gap stands before the notice that shows it.
Rule 2: it is asked for anew when something changes, and what is known stays until all pages of it are here.

Nobody waits for it at the start: it is imported when somebody opens the log.
"""

from __future__ import annotations

from typing import Any

from coalchat.api.base import Request, Response
from coalchat.api.roe import JUDGES_NOTHING, RoeGap, RoeNotice
from coalchat.api.roe_log import ListRoeLog, RoeLog
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.labels import HighWater
from coalchat.desk.model.roedraft import name_of
from coalchat.desk.model.roeformviews import LogRow, LogView
from coalchat.desk.model.roenotice import label_of, mark_of, rule_name, what_of
from coalchat.desk.model.state import State
from coalchat.desk.model.words import counted, day_clock, dtg, listed
from coalchat.errors import CoalchatError
from coalchat.record import evolve, part

_FIRST = ListRoeLog(channel="", after="")


@part
class RoeLogging:
    """Attributes:
    log: all of it, as it was known last. trouble: why it is not known, or not written to a file. written: where it was.
    """

    _state: State
    log: RoeLog | None = None
    trouble: str = ""
    written: str = ""
    _open: bool = False
    _pages: tuple[RoeNotice, ...] = ()

    def begin(self) -> Changes:
        """Somebody looks at it."""
        self._open, self.trouble, self.written = True, "", ""
        self._quiet()
        return Changes(frozenset({Part.ROE_LOG}), asks=(_FIRST,))

    def end(self) -> None:
        """Nobody does any more."""
        self._open, self.log, self._pages = False, None, ()

    def again(self) -> Asks:
        """Something of it has changed."""
        return (_FIRST,) if self._open else ()

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """A page of it."""
        if not isinstance(request, ListRoeLog) or not isinstance(answer, RoeLog):
            return NOTHING
        follows = self._pages and self._pages[-1].entry_id == request.after
        if request.after and not follows:
            return Changes()  # it was asked for anew meanwhile
        self._pages = (*(self._pages if request.after else ()), *answer.notices)
        if answer.next:
            return Changes(asks=(ListRoeLog(channel="", after=answer.next),))
        self.log, self.trouble = evolve(answer, notices=self._pages), ""
        return Changes(frozenset({Part.ROE_LOG, Part.BANNER}))

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node does not say."""
        if not isinstance(request, ListRoeLog):
            return None
        self.trouble = str(error)
        return Changes(frozenset({Part.ROE_LOG}))

    def notice(self, entry_id: str) -> RoeNotice | None:
        """A notice of it."""
        return next((one for one in self.log.notices if one.entry_id == entry_id), None) if self.log else None

    def wrote(self, where: str, trouble: str = "") -> Changes:
        """It was written to a file, or could not be."""
        self._quiet()
        self.written, self.trouble = where, trouble
        return Changes(frozenset({Part.ROE_LOG}))

    def _quiet(self) -> None:
        """What came of an act before this one is said no more."""
        self._state.regulating.acted, self._state.regulating.trouble = None, ""

    # --- views ---

    def high_water(self) -> HighWater:
        """Of all that stands there."""
        high = HighWater()
        for notice in self.log.notices if self.log is not None else ():
            high |= label_of(self._state.coalition, notice)
        return high

    def view(self, now: int) -> LogView:
        """The log."""
        log, rules = self.log, self._state.regulating
        rows: list[LogRow] = []
        gaps = list(log.gaps) if log is not None else []
        widest = HighWater()
        if log is not None:
            widest = HighWater(nations=frozenset().union(*(one.nations for one in log.notices)))
        for notice in log.notices if log is not None else ():
            for gap in [gap for gap in gaps if _shows(notice, gap)]:
                gaps.remove(gap)
                rows.append(_gap(gap))
            rows.append(self._row(notice, widest))
        signed = counted(log.entries, "signed entry", "signed entries") if log is not None else ""
        return LogView(
            title=f"at {day_clock(log.at if log is not None else now)}",
            note=f"{signed} · {'GAP' if log.gaps else 'no gap'}" if log is not None else "",
            gap=log is not None and bool(log.gaps),
            rows=(*rows, *map(_gap, gaps)),
            trouble=self.trouble or rules.trouble,
            said=f"written to {self.written}" if self.written else rules.said,
            words=log.words if log is not None else JUDGES_NOTHING,
            known=log is not None,
        )

    def _row(self, notice: RoeNotice, widest: HighWater) -> LogRow:
        standing = f"NOT IN FORCE: {notice.reason}" if notice.reason else "counts"
        return LogRow(
            key=notice.entry_id,
            gap="",
            time=dtg(notice.time),
            name=name_of(notice),
            person=notice.person,
            what=what_of(notice).partition(" · ")[0],
            rules=", ".join(rule_name(rule) for rule in notice.rules) or "all its rules",
            mark=mark_of(self._state.coalition, notice, widest),
            level=notice.level,
            standing=standing,
            dead=bool(notice.reason),
            alarm=notice.flaw not in {"", "unsigned"},
            count=f"{len(notice.signers)} of {notice.needed}",
            signed=listed([f"{who.person}, {who.nation}" for who in notice.signers]),
        )


def _shows(notice: RoeNotice, gap: RoeGap) -> bool:
    """Whether a notice is the one behind a gap."""
    series = (notice.nation, notice.channel_id, notice.act, notice.marking)
    return series == (gap.nation, gap.channel_id, gap.act, gap.marking) and notice.serial > gap.last


def _gap(gap: RoeGap) -> LogRow:
    return LogRow(
        key="",
        gap=f"{gap.nation} {gap.words}: nothing behind it is in force",
        time="",
        name="",
        person="",
        what="",
        rules="",
        mark="",
        level=0,
        standing="",
        dead=True,
        alarm=True,
        count="",
        signed="",
    )
