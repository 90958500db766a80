"""The ROE screens in words (SPEC 8.11, look: screens 04 and 05): the board, one notice, the row under the banner.

Rule 1: what is not in force says so, with the node's reason; nothing here judges, and the words say that.
Rule 2: the own nation's column comes first, and every caveat stands with its author and its mark.

Only `line` is wanted on the main screen; all of it is imported once the node has told of ROE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from coalchat.api.roe import JUDGES_NOTHING, RoeBoard, RoeCaveat, RoeNotice, RoeRuling, RoeVerb
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.labels import HighWater
from coalchat.desk.model.regulating import Regulating
from coalchat.desk.model.reservations import reservation_rows, reserved
from coalchat.desk.model.roedraft import name_of
from coalchat.desk.model.roenotice import caveat_rows, changes_of, label_of, mark_of, rule_name, tally_of, what_of
from coalchat.desk.model.roepowers import waits, why_not_sign
from coalchat.desk.model.roeviews import (
    BoardView,
    DeadRow,
    PendingRow,
    RuleRow,
    SigningRow,
    Stance,
)
from coalchat.desk.model.words import clock_beside, counted, day_clock, left, listed

_ORDER: Final = (RoeVerb.PROHIBITED, RoeVerb.LIMITED)
"""Of several caveats of a nation on a rule the most restrictive is shown."""


def high_water(coalition: Coalition, board: RoeBoard | None) -> HighWater:
    """Of all that stands on a board."""
    high = HighWater()
    for one in _labelled(board) if board is not None else ():
        high |= label_of(coalition, one)
    return high


def _labelled(board: RoeBoard) -> list[RoeRuling | RoeCaveat | RoeNotice]:
    return [*board.rulings, *board.caveats, *board.notices]


# --- the board ---


def board_view(coalition: Coalition, rules: Regulating, now: int) -> BoardView:
    """All of it, as it is known now."""
    board = rules.shown
    own = coalition.own
    if board is None:
        at = day_clock(rules.at or now)
        return BoardView(
            title=f"for {own} at {at}", note="", gap=False, alarms=(), trouble=rules.trouble, pending=(), profile="",
            nations=(), own=own, rules=(), caveats=(), dead=(), left_out=0, words=JUDGES_NOTHING, known=False,
            past=bool(rules.at),
        )  # fmt: skip
    widest = HighWater(nations=frozenset().union(*(one.nations for one in _labelled(board))))
    nations = (own, *(code for code in coalition.marks.codes if code != own and code in (widest.nations or ())))
    in_force = [ruling for ruling in board.rulings if ruling.in_force]
    alarms = [f"{gap.nation} {gap.words}: nothing behind it is in force" for gap in board.gaps]
    if not board.needed:
        alarms.append("the charter names no ROE authority: nothing can be in force")
    names = {(r.channel_id, r.rule.number): rule_name(r.rule) for r in in_force}
    signed = f"replayed from {counted(board.entries, 'signed entry', 'signed entries')}"
    return BoardView(
        title=f"for {own} at {day_clock(board.at)}",
        note=f"{signed} · {'GAP' if board.gaps else 'no gap'}",
        gap=bool(board.gaps),
        alarms=tuple(alarms),
        trouble=rules.trouble,
        pending=tuple(_pending(coalition, notice, widest, now) for notice in board.notices if notice.pending),
        profile=_profile(in_force),
        nations=nations,
        own=own,
        rules=tuple(_rule(coalition, ruling, board, nations, widest) for ruling in in_force),
        caveats=(
            *caveat_rows(coalition, board.caveats, names, widest),
            *reservation_rows(coalition, board, widest),
        ),
        dead=tuple(_dead(coalition, board, widest)),
        left_out=board.left_out,
        words=board.words,
        known=True,
        past=bool(rules.at),
        said=rules.said,
        signing=tuple(_signing(coalition, notice, board, widest) for notice in board.notices if waits(notice)),
    )


def _signing(coalition: Coalition, notice: RoeNotice, board: RoeBoard, widest: HighWater) -> SigningRow:
    why = why_not_sign(notice, board)
    return SigningRow(
        key=notice.entry_id,
        name=name_of(notice),
        what=what_of(notice),
        by=f"{notice.person} {day_clock(notice.time)}",
        count=f"{len(notice.signers)} of {notice.needed}",
        signed=listed([f"{who.person}, {who.nation}" for who in notice.signers]),
        mark=mark_of(coalition, notice, widest),
        level=notice.level,
        mine=not why,
        why_not=why,
        changes=tuple(changes_of(notice)),
    )


def _profile(in_force: list[RoeRuling]) -> str:
    if not in_force:
        return "nothing"
    words = f"{counted(len(in_force), 'rule')} · most restrictive wins for each nation"
    number = profile_number(in_force)
    return f"profile {number} · {words}" if number else words


def profile_number(in_force: Iterable[RoeRuling]) -> str:
    """Serial of the newest notice that put something in force, where all are of one series; else ""."""
    rulings = list(in_force)
    if len({(r.channel_id, r.marking, r.nation) for r in rulings}) != 1:
        return ""
    return max(ruling.notice.rpartition(" ")[2] for ruling in rulings)


def _pending(coalition: Coalition, notice: RoeNotice, widest: HighWater, now: int) -> PendingRow:
    return PendingRow(
        key=notice.entry_id,
        name=notice.name,
        what=what_of(notice),
        by=f"acknowledge by {clock_beside(notice.ack_by, now)}",
        left=left(notice.ack_by, now),
        overdue=notice.ack_by <= now,
        mark=mark_of(coalition, notice, widest),
        level=notice.level,
        changes=tuple(changes_of(notice)),
        tallies=tuple(tally_of(coalition, row, now) for row in notice.tally if row.persons),
    )


def _rule(
    coalition: Coalition, ruling: RoeRuling, board: RoeBoard, nations: tuple[str, ...], widest: HighWater
) -> RuleRow:
    return RuleRow(
        rule=rule_name(ruling.rule),
        verb=ruling.rule.verb.value,
        text=ruling.rule.text,
        specify=ruling.rule.specify,
        since=day_clock(ruling.since),
        by=ruling.by,
        mark=mark_of(coalition, ruling, widest),
        level=ruling.level,
        for_us=ruling.applies,
        stances=tuple(_stance(ruling, board, nation) for nation in nations),
    )


def _stance(ruling: RoeRuling, board: RoeBoard, nation: str) -> Stance:
    if nation not in ruling.nations or (ruling.applies_to and nation not in ruling.applies_to):
        return Stance(nation=nation, words="not for it", caveat=False, out=True)
    said = [
        caveat.verb
        for caveat in board.caveats
        if (caveat.nation, caveat.number, caveat.channel_id) == (nation, ruling.rule.number, ruling.channel_id)
    ]
    verb = next((verb for verb in _ORDER if verb in said), None)
    if verb is None and (stance := reserved(ruling, board, nation)) is not None:
        return stance
    words = {RoeVerb.PROHIBITED: "not us", RoeVerb.LIMITED: "narrower"}
    return Stance(
        nation=nation,
        words=words[verb] if verb else "as force",
        caveat=verb is not None,
        out=verb is RoeVerb.PROHIBITED,
    )


def _dead(coalition: Coalition, board: RoeBoard, widest: HighWater) -> Iterator[DeadRow]:
    for notice in board.notices:
        if notice.flaw and not waits(notice):
            yield DeadRow(
                key=notice.entry_id,
                name=notice.name,
                what=", ".join(rule_name(rule) for rule in notice.rules) or what_of(notice),
                mark=mark_of(coalition, notice, widest),
                level=notice.level,
                reason=f"{notice.reason} · from {notice.nation} {notice.person} {day_clock(notice.time)}",
                alarm=True,
            )
    pending = {notice.entry_id for notice in board.notices if notice.pending}
    for ruling in board.rulings:
        if not ruling.in_force and ruling.entry_id not in pending:
            yield DeadRow(
                key=ruling.entry_id,
                name=f"{ruling.notice} / {rule_name(ruling.rule)}",
                what=" ".join(word for word in (ruling.rule.text, ruling.rule.specify) if word),
                mark=mark_of(coalition, ruling, widest),
                level=ruling.level,
                reason=ruling.reason,
                alarm=False,
            )
