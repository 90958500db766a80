"""What persons said when they acknowledged what is in force: with a caveat, or that they cannot comply (SPEC 8.5, 8.11).

Rule 1: that is one person's word and not his nation's: the nation's own caveat stands before it, and the words tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from coalchat.api.roe import RoeAnswer, RoeBoard, RoeNotice, RoeRuling
from coalchat.api.vocabulary import Answer
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.labels import HighWater
from coalchat.desk.model.roenotice import mark_of
from coalchat.desk.model.roeviews import CaveatRow, Stance
from coalchat.desk.model.words import day_clock


def reserved(ruling: RoeRuling, board: RoeBoard, nation: str) -> Stance | None:
    """How persons of a nation acknowledged what put a rule in force, if any of them had a reservation."""
    found = [one for notice in board.notices if _behind(ruling, notice) for one in notice.reservations]
    mine = [one.answer for one in found if one.nation == nation]
    if not mine:
        return None
    unable = Answer.UNABLE in mine
    count = mine.count(Answer.UNABLE) if unable else len(mine)
    word = "unable" if unable else "caveat"
    return Stance(nation=nation, words=f"{word} {count}" if count > 1 else word, caveat=True, out=unable)


def reservation_rows(coalition: Coalition, board: RoeBoard, widest: HighWater) -> Iterator[CaveatRow]:
    """A row for each, under the notice that it is of: of those of which something is in force."""
    alive = [ruling for ruling in board.rulings if ruling.in_force]
    for notice in board.notices:
        if any(_behind(ruling, notice) for ruling in alive):
            for one in notice.reservations:
                yield _row(coalition, notice, one, widest)


def _row(coalition: Coalition, notice: RoeNotice, one: RoeAnswer, widest: HighWater) -> CaveatRow:
    unable = one.answer is Answer.UNABLE
    return CaveatRow(
        nation=one.nation,
        rules=f"{notice.name} " + ("unable:" if unable else "acknowledged:"),
        text=one.text,
        mark=mark_of(coalition, notice, widest),
        level=notice.level,
        who=f"{one.person} {day_clock(one.at)}",
        out=unable,
    )


def _behind(ruling: RoeRuling, notice: RoeNotice) -> bool:
    """Whether a notice put a rule in force, or changed it last."""
    if notice.entry_id == ruling.entry_id:
        return True
    return (notice.channel_id, notice.nation, notice.name) == (ruling.channel_id, ruling.nation, ruling.by)
